"""Prepared start and end frames, kept so that a queued job never depends on the original file."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.store.durable_files import sha256_of, write_durably

_NAME = re.compile(r"[0-9a-f]{64}\.jpg")


def is_frame_name(name: str) -> bool:
    """True for what a frame file may be called; anything else would lie elsewhere."""
    return _NAME.fullmatch(name) is not None


class FrameFolder:
    """JPEG files named by their own SHA-256."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, jpeg: bytes) -> str:
        """Store a prepared picture durably and give its name. Raises OSError."""
        name = hashlib.sha256(jpeg).hexdigest() + ".jpg"
        path = self._folder / name
        if not path.exists() or sha256_of(path) != path.stem:
            write_durably(path, jpeg)
        return name

    def has(self, name: str) -> bool:
        """True while the stored JPEG is there."""
        return is_frame_name(name) and (self._folder / name).is_file()

    def load(self, name: str) -> bytes:
        """The stored JPEG. Raises UserError (FRAME) when it is gone, or no longer the same."""
        try:
            if not is_frame_name(name):
                raise FileNotFoundError(name)
            jpeg = (self._folder / name).read_bytes()
            if hashlib.sha256(jpeg).hexdigest() != Path(name).stem:
                raise OSError("it was changed")
            return jpeg
        except OSError as error:
            text = Message("stored_picture_gone")
            raise UserError(problem(ProblemCode.FRAME, text, str(error))) from error
