"""Exact frames of the clip on the stage, decoded on a worker; only the last wish counts."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.records import record
from pixverse_desktop.services.qt_workers import Workers

if TYPE_CHECKING:
    from pixverse_desktop.media.video_frames import ClipReader, Still


@record
class StillFrame:
    """A decoded frame, ``shape`` being the clip's own size in pixels as it is shown.

    ``missing`` or ``trouble`` instead when there is none.
    """

    image: QImage
    index: int = 0
    time_s: float = 0.0
    count: int = 0
    missing: bool = False
    trouble: str = ""
    shape: QSize = QSize()


class OpenClip:
    """A clip that stays open between wishes, so that a step does not read it from its start.

    All of it is BLOCKING and may be called from any worker: one at a time has it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._reader: ClipReader | None = None
        self._closed = False

    def find(self, index: int, long_side_px: int) -> StillFrame:
        """BLOCKING. One frame, at most ``long_side_px`` wide or high."""
        return self.run(index, 1, long_side_px)[0]

    def run(self, index: int, count: int, long_side_px: int) -> list[StillFrame]:
        """BLOCKING. Up to ``count`` frames from ``index`` on; trouble comes alone, at the end."""
        if not self.path.is_file():
            return [StillFrame(QImage(), missing=True)]
        import av

        from pixverse_desktop.media.video_frames import first_frame

        found: list[StillFrame] = []
        try:
            if self._reader is None and (index, count) == (0, 1):
                return [frame_of(first_frame(self.path, long_side_px))]
            with self._lock:
                reader = self._opened()
                for place in range(index, max(index + 1, min(index + count, reader.count))):
                    found.append(frame_of(reader.still(place, long_side_px)))
                if self._closed:
                    self._let_go()
        except (av.FFmpegError, ValueError, IndexError, OSError) as error:
            found.append(StillFrame(QImage(), trouble=str(error) or type(error).__name__))
        return found

    def close(self) -> None:
        """BLOCKING. Let go of the file; what is asked later opens and closes it again."""
        self._closed = True
        with self._lock:
            self._let_go()

    def _opened(self) -> ClipReader:
        from pixverse_desktop.media.video_frames import ClipReader

        if self._reader is None:
            self._reader = ClipReader(self.path)
        return self._reader

    def _let_go(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()


class FrameFinder(QObject):
    """One decode at a time: what is wished for meanwhile replaces what was wished before."""

    found = Signal(object)  # StillFrame

    def __init__(self, workers: Workers, parent: QObject) -> None:
        super().__init__(parent)
        self._workers = workers
        self._clip: OpenClip | None = None
        self._wish: tuple[int, int] | None = None  # frame index, long side in pixels
        self._busy: OpenClip | None = None

    @property
    def is_busy(self) -> bool:
        """True while a wish is being fulfilled."""
        return self._busy is not None and self._busy is self._clip

    def use(self, path: Path | None) -> None:
        """Look into this clip from now on; wishes for another are forgotten."""
        before, self._clip = self._clip, OpenClip(path) if path is not None else None
        self._wish = None
        if before is not None:
            self._workers.call(Lane.DECODE, before.close, then=_nothing)

    def want(self, index: int, long_side_px: int) -> None:
        """Ask for a frame, counted from 0; ``found`` follows."""
        self._wish = (index, long_side_px)
        self._start()

    def _start(self) -> None:
        # A clip that is no longer wanted may still be decoding: the next one does not wait for it.
        if self.is_busy or self._wish is None or self._clip is None:
            return
        (index, long_side_px), self._wish = self._wish, None
        clip = self._busy = self._clip
        self._workers.call(
            Lane.DECODE,
            clip.find,
            index,
            long_side_px,
            then=partial(self._take, clip),
            otherwise=partial(self._give_up, clip),
        )

    def _take(self, clip: OpenClip, still: StillFrame) -> None:
        if clip is not self._clip:
            return
        self._busy = None
        if self._wish is None or still.trouble or still.missing:
            self.found.emit(still)
        self._start()

    def _give_up(self, clip: OpenClip, error: UserError) -> None:
        self._take(clip, StillFrame(QImage(), trouble=error.problem.detail))


def frame_of(still: Still) -> StillFrame:
    """A decoded picture as one to paint; made on the worker, since it is copied."""
    image = QImage(still.rgb, still.width, still.height, still.stride, QImage.Format.Format_RGB888)
    shown = image.convertToFormat(QImage.Format.Format_RGB32)  # what is painted fastest
    shape = QSize(*still.full_size)
    return StillFrame(shown, still.index, still.time_s, still.frame_count, shape=shape)


def _nothing(_value: object) -> None:
    """Nobody waits for it."""
