"""A picture that goes to the service with a request."""

from __future__ import annotations

from enum import StrEnum

from pixverse_desktop.core.records import record

# What the names of files end with that are taken as pictures.
PICTURE_SUFFIXES = (
    ".jpg", ".jpeg", ".jfif", ".png", ".webp", ".avif", ".heic", ".heif", ".hif", ".gif",
)  # fmt: skip


class FrameKind(StrEnum):
    """How a picture is known: a public address, or a prepared copy in the data folder."""

    URL = "url"
    FILE = "file"


@record
class Frame:
    """A start frame, an end frame or another reference picture.

    ``value`` is the URL, or the name of the prepared JPEG inside the frame folder.
    ``width`` and ``height`` are pixels after preparation, 0 when the picture was never seen.
    ``label`` is what the user called it (a file name), for display only. ``parent`` is the id of
    the clip it was taken from, "" for a picture of another kind.
    """

    kind: FrameKind
    value: str
    width: int = 0
    height: int = 0
    label: str = ""
    parent: str = ""
