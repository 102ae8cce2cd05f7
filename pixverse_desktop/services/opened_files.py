"""What a file is that the program was asked to open: told by what is in it, not by its name."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from pixverse_desktop.core.messages import Message

_START_BYTES = 64 * 1024
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_STILL_BRANDS = (b"avif", b"avis", b"mif1", b"msf1", b"hei", b"hev")  # pictures in MP4's boxes
_TABLES = frozenset({".csv", ".tsv", ".txt"})
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class FileKind(Enum):
    """What is done with a file."""

    PICTURE = auto()  # also an address, and what is not there: the form says so
    CLIP = auto()
    TABLE = auto()  # or a list of prompts
    FILM = auto()
    OTHER = auto()


class OpenedFile(NamedTuple):
    """A file, or an address of a picture, as it was named; ``reason`` why it cannot be read."""

    kind: FileKind
    name: str
    reason: Message | None = None


def look_at(names: list[str]) -> list[OpenedFile]:
    """BLOCKING. What each of these is, paths and addresses as they were given."""
    return [_look_at(name) for name in names]


def _look_at(name: str) -> OpenedFile:
    if "://" in name:
        return OpenedFile(FileKind.PICTURE, name)
    path = Path(name)
    try:
        with path.open("rb") as file:
            start = file.read(_START_BYTES)
    except OSError as error:
        if path.suffix.lower() in _TABLES | {".mp4", ".json", ""}:
            said = Message("named_unreadable_because", name=path.name, reason=str(error.strerror))
            return OpenedFile(FileKind.OTHER, name, said)
        return OpenedFile(FileKind.PICTURE, name)
    return OpenedFile(_kind(start, path.suffix.lower()), name)


def _kind(start: bytes, suffix: str) -> FileKind:
    if start.startswith(_PICTURES) or (start[:4], start[8:12]) == (b"RIFF", b"WEBP"):
        return FileKind.PICTURE
    if start[4:8] == b"ftyp":
        return FileKind.PICTURE if start[8:12].startswith(_STILL_BRANDS) else FileKind.CLIP
    if b"\0" in start and not start.startswith(_UTF_16):
        return FileKind.OTHER
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{") and suffix not in _TABLES:
        return FileKind.FILM if b'"shots"' in text else FileKind.OTHER
    return FileKind.TABLE if suffix in _TABLES else FileKind.OTHER
