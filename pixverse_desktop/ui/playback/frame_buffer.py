"""One of two clips that are compared: its exact frames, decoded ahead on a worker."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.ui.playback.frame_decoder import OpenClip, StillFrame

_AHEAD = 16  # frames kept ready; at 900 by 506 about 1.8 MB each
_BEHIND = 6
_AT_ONCE = 4


class FrameBuffer(QObject):
    """Keeps the frames from the wished one on ready, around the end of the clip too."""

    ready = Signal()
    failed = Signal(str)

    def __init__(self, workers: Workers, clip: Clip, parent: QObject) -> None:
        super().__init__(parent)
        self._workers = workers
        self._open = OpenClip(Path(clip.path))
        self.fps = clip.fps if clip.fps > 0 else 24.0
        self.count = max(1, round(clip.duration_s * self.fps))
        self.duration_ms = round(clip.duration_s * 1000)
        self.shape = QSize(clip.width, clip.height)  # until the file itself has told it
        self._images: dict[int, QImage] = {}
        self._long_side_px = 0
        self._wish = 0
        self._busy = self._closed = False

    def index_at(self, position_ms: float) -> int:
        """The frame shown at a time; the shorter clip stays on its last."""
        return max(0, min(int(position_ms * self.fps / 1000 + 0.01), self.count - 1))

    def image(self, index: int) -> QImage | None:
        """A frame, if it is ready."""
        return self._images.get(index)

    def want(self, index: int, long_side_px: int) -> None:
        """Have this frame and the next ones ready; ``ready`` follows as they come."""
        if long_side_px != self._long_side_px:
            self._long_side_px = long_side_px
            self._images.clear()
        self._wish = index
        self._start()

    def close(self) -> None:
        """Let go of the file; safe to repeat."""
        if not self._closed:
            self._closed = True
            self._workers.call(Lane.DECODE, self._open.close, then=_nothing)

    def _start(self) -> None:
        if self._busy or self._closed:
            return
        span = min(_AHEAD, self.count)
        missing = [
            place % self.count
            for place in range(self._wish, self._wish + span)
            if place % self.count not in self._images
        ]
        if not missing:
            return
        self._busy = True
        size = self._long_side_px
        self._workers.call(
            Lane.DECODE,
            self._open.run,
            missing[0],
            _AT_ONCE,
            size,
            then=partial(self._take, size),
            otherwise=self._give_up,
        )

    def _take(self, size: int, stills: list[StillFrame]) -> None:
        self._busy = False
        if self._closed:
            return
        for still in stills:
            if still.missing or still.trouble:
                self._closed = True
                self.failed.emit(still.trouble)
                return
            self.count, self.shape = still.count, still.shape
            if size == self._long_side_px:
                self._images[still.index] = still.image
        self._forget()
        self.ready.emit()
        self._start()

    def _forget(self) -> None:
        for index in list(self._images):
            if _BEHIND < (self._wish - index) % self.count < self.count - _AHEAD - _AT_ONCE:
                del self._images[index]

    def _give_up(self, error: UserError) -> None:
        self._take(0, [StillFrame(QImage(), trouble=error.problem.detail or "unknown")])


def _nothing(_value: object) -> None:
    """Nobody waits for it."""
