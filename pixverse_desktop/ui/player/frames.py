"""Exact frames of the clip on the stage, decoded on a worker; only the last wish counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from pixverse_desktop.core.ports import Lane
from pixverse_desktop.core.problems import UserError
from pixverse_desktop.services.worker import Workers


@dataclass(frozen=True)
class StillFrame:
    """A decoded frame; ``missing`` or ``trouble`` instead when there is none."""

    image: QImage
    index: int = 0
    time_s: float = 0.0
    count: int = 0
    missing: bool = False
    trouble: str = ""


class FrameFinder(QObject):
    """One decode at a time: what is wished for meanwhile replaces what was wished before."""

    found = Signal(object)  # StillFrame

    def __init__(self, workers: Workers, parent: QObject) -> None:
        super().__init__(parent)
        self._workers = workers
        self._path: Path | None = None
        self._wish: tuple[int, int] | None = None  # frame index, long side in pixels
        self._busy = False

    def use(self, path: Path | None) -> None:
        """Look into this clip from now on; wishes for another are forgotten."""
        self._path = path
        self._wish = None

    def want(self, index: int, long_side_px: int) -> None:
        """Ask for a frame, counted from 0; ``found`` follows."""
        self._wish = (index, long_side_px)
        self._start()

    def _start(self) -> None:
        if self._busy or self._wish is None or self._path is None:
            return
        (index, long_side_px), self._wish = self._wish, None
        self._busy = True
        path = self._path
        self._workers.call(
            Lane.DECODE,
            find_frame,
            path,
            index,
            long_side_px,
            then=partial(self._take, path),
            otherwise=partial(self._give_up, path),
        )

    def _take(self, path: Path, still: StillFrame) -> None:
        self._busy = False
        if path == self._path and (self._wish is None or still.trouble or still.missing):
            self.found.emit(still)
        self._start()

    def _give_up(self, path: Path, error: UserError) -> None:
        self._take(path, StillFrame(QImage(), trouble=error.problem.detail))


def find_frame(path: Path, index: int, long_side_px: int) -> StillFrame:
    """BLOCKING. One frame of a clip, at most ``long_side_px`` wide or high."""
    if not path.is_file():
        return StillFrame(QImage(), missing=True)
    import av

    from pixverse_desktop.media.stills import frame_at

    try:
        still = frame_at(path, index, long_side_px)
    except (av.FFmpegError, ValueError, IndexError, OSError) as error:
        return StillFrame(QImage(), trouble=str(error) or type(error).__name__)
    image = QImage(still.rgb, still.width, still.height, still.stride, QImage.Format.Format_RGB888)
    return StillFrame(image.copy(), still.index, still.time_s, still.frame_count)
