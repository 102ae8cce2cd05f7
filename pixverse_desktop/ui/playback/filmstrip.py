"""The clip as a strip of small pictures, decoded once on a worker."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.ui.playback.frame_decoder import frame_of

MOST = 120  # pictures; at 96 pixels high about 8 MB
_HEIGHT = 96


class FilmstripMaker(QObject):
    """Makes the strip of the clip asked for last; what was asked before is given up."""

    made = Signal(object)  # list[QImage], evenly spread over the clip

    def __init__(self, workers: Workers, parent: QObject) -> None:
        super().__init__(parent)
        self._workers = workers
        self._cancelled = threading.Event()

    def stop(self) -> None:
        """Nothing is wanted any more."""
        self._cancelled.set()

    def want(self, path: Path, count: int) -> None:
        """Ask for the strip of a clip with ``count`` frames; ``made`` follows."""
        self.stop()
        mine = self._cancelled = threading.Event()
        self._workers.call(
            Lane.DECODE,
            filmstrip_of,
            path,
            max(1, min(count, MOST)),
            mine,
            then=partial(self._take, mine),
            otherwise=_nothing,
        )

    def _take(self, mine: threading.Event, images: list[QImage]) -> None:
        if images and not mine.is_set():
            self.made.emit(images)


def filmstrip_of(path: Path, count: int, cancelled: threading.Event) -> list[QImage]:
    """BLOCKING. ``count`` small pictures; fewer, or none, from a clip that is damaged or gone."""
    if cancelled.is_set() or not path.is_file():
        return []
    import av

    from pixverse_desktop.media.video_frames import ClipReader

    images: list[QImage] = []
    try:
        with ClipReader(path) as reader:
            for still in reader.strip(count, _HEIGHT):
                if cancelled.is_set():
                    return []
                images.append(frame_of(still).image)
    except (av.FFmpegError, ValueError, IndexError, OSError):
        return []  # the stage tells what is wrong with the clip
    return images


def _nothing(_error: UserError) -> None:
    """The time line does without pictures."""
