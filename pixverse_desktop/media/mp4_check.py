"""A cheap test whether a file is a whole MP4, before any decoder or player sees it.

First box ``ftyp``; the top-level boxes tile the file exactly; ``moov`` and ``mdat`` are there.
That refuses cut files, HTML, playlists and scripts, whatever they are called. Follows the box
structure of ISO/IEC 14496-12, section 4.2.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

_MOST_BOXES = 10_000


class NotMp4(ValueError):
    """The file is not a whole MP4; the text says why."""


class Box(NamedTuple):
    """A top-level box: its name, where it begins and how many bytes it has, its head included."""

    kind: bytes
    at: int
    length: int


def check_mp4(path: Path) -> list[Box]:
    """Walk the top-level boxes of ``path`` and give them. Raises NotMp4, OSError."""
    size = path.stat().st_size
    boxes: list[Box] = []
    kinds: set[bytes] = set()
    at = 0
    with path.open("rb") as file:
        while at < size:
            file.seek(at)
            length, kind = _header(file.read(16), size - at)
            if not boxes and kind != b"ftyp":
                raise NotMp4("it does not start like an MP4")
            # Bytes after the last box are tolerated (zeros, too), a cut box is not.
            if {b"moov", b"mdat"} <= kinds and not _is_name(kind):
                return boxes
            if at + length > size:
                raise NotMp4("it is cut short")
            boxes.append(Box(kind, at, length))
            kinds.add(kind)
            at += length
            if len(boxes) > _MOST_BOXES:
                raise NotMp4("it has too many parts")
    for needed in (b"ftyp", b"moov", b"mdat"):
        if needed not in kinds:
            raise NotMp4(f"it has no {needed.decode()} part")
    return boxes


def _header(head: bytes, left: int) -> tuple[int, bytes]:
    """Length and name of a box; a length of 0 means "to the end of the file"."""
    if len(head) < 8:
        return left + 1, b""
    length, kind = struct.unpack(">I4s", head[:8])
    if length == 1:
        length = struct.unpack(">Q", head[8:16])[0] if len(head) == 16 else 0
        return max(length, 16) if length >= 16 else left + 1, kind
    if length == 0:
        return left, kind
    return length if length >= 8 else left + 1, kind


def _is_name(kind: bytes) -> bool:
    return len(kind) == 4 and all(32 <= c < 127 for c in kind)
