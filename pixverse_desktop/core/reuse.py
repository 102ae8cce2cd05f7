"""Taking a part of one request into another."""

from __future__ import annotations

from dataclasses import fields, replace
from enum import StrEnum

from pixverse_desktop.core.request import ClipRequest


class Part(StrEnum):
    """What of a clip's settings is taken."""

    ALL = "all"
    PROMPT = "prompt"
    PARAMETERS = "parameters"
    FRAMES = "frames"
    SEED = "seed"


_FIELDS = {
    Part.PROMPT: ("prompt", "negative_prompt"),
    Part.FRAMES: ("start_frame", "end_frame"),
    Part.SEED: ("seed",),
}


def merged(current: ClipRequest, other: ClipRequest, part: Part) -> ClipRequest:
    """``current`` with ``part`` of ``other``; what is no other part is a parameter."""
    if part is Part.ALL:
        return other
    names: tuple[str, ...] = _FIELDS.get(part, ())
    if part is Part.PARAMETERS:
        elsewhere = {name for group in _FIELDS.values() for name in group}
        names = tuple(f.name for f in fields(ClipRequest) if f.name not in elsewhere)
    return replace(current, **{name: getattr(other, name) for name in names})
