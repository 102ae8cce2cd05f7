"""A clip once more at another resolution: a new take, alike, not the same."""

from __future__ import annotations

from enum import StrEnum

from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.request import ClipRequest


class Finer(StrEnum):
    """What of the clip is kept beside its prompt and settings."""

    AS_IT_WAS = "as it was"
    FIRST = "first frame"  # it starts from its own first frame
    BETWEEN = "between"  # it goes from its own first frame to its own last


def ways(model: ModelSpec) -> list[Finer]:
    """What a model can do."""
    found = [Finer.AS_IT_WAS]
    if model.offers("start_frame"):
        found.append(Finer.FIRST)
        if model.offers("end_frame"):
            found.append(Finer.BETWEEN)
    return found


def finer(
    request: ClipRequest, resolution: str, first: Frame | None = None, last: Frame | None = None
) -> ClipRequest:
    """The request at another resolution, with the clip's own frames where they are given."""
    made = request.changed(resolution=resolution)
    if first is None:
        return made
    return made.changed(start_frame=first, end_frame=last)
