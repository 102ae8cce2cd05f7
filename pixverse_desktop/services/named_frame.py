"""A picture that a table or the command line names: a file, a still of a clip, an address."""

from __future__ import annotations

import re
from pathlib import Path

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.route import Route
from pixverse_desktop.core.text import percent_encoded
from pixverse_desktop.services.frames import frame_from_clip, frame_from_file, frame_from_url
from pixverse_desktop.services.own_clips import job_in_clip
from pixverse_desktop.services.paths import Paths

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{0,9})?")


def named_frame(text: str, paths: Paths, route: Route) -> tuple[Frame, str]:
    """BLOCKING. The picture that ``text`` names and what the user should know of it, "" for
    nothing; an https address is not fetched. Raises UserError."""
    if text.startswith("https://"):
        text = percent_encoded(text)
        return Frame(FrameKind.URL, text, label=text[:200]), ""
    if text.startswith("http://"):
        frame, _, note = frame_from_url(text, paths, route)
    elif "://" in text:
        raise UserError(problem(ProblemCode.FRAME, Message("picture_address")))
    else:
        frame, _, note = _frame_of_file(text, paths)
    return frame, note


def _frame_of_file(text: str, paths: Paths) -> tuple[Frame, bytes, str]:
    """The picture in a file, or the still of a clip that ``PATH@which`` names.

    A file that bears the whole text as its name wins. Raises UserError.
    """
    path, which = Path(text), "last"
    stem, at, after = text.rpartition("@")
    if at and not path.exists() and Path(stem).is_file():
        path, which = Path(stem), after
    if not _holds_a_clip(path):
        made = frame_from_file(path, paths)
        if which != "last":
            said = Message("only_clips_have_stills", which=which)
            raise UserError(problem(ProblemCode.FRAME, said))
        return made
    index: int | float
    match which:
        case "last" | "first":
            index, label = -1 if which == "last" else 0, f"{which.capitalize()} frame of"
        case _ if _SECONDS.fullmatch(which):
            index, label = float(which), f"Frame at {which} s of"
        case _:
            said = Message("still_not_named", which=which)
            raise UserError(problem(ProblemCode.FRAME, said))
    job = job_in_clip(path, paths)
    parent = job.id if job is not None else ""
    return frame_from_clip(path, index, f"{label} {path.name}", parent, paths)


def _holds_a_clip(path: Path) -> bool:
    from pixverse_desktop.media.image_prepare import is_clip

    try:
        return path.is_file() and is_clip(path)
    except OSError:
        return False  # why it cannot be read is said when it is
