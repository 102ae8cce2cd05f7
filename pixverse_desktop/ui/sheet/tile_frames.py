"""The pictures of one clip on the sheet: decoded small and ahead on workers, kept for a moment."""

from __future__ import annotations

import threading
from bisect import bisect_right
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.records import record
from pixverse_desktop.services.qt_workers import Workers

if TYPE_CHECKING:
    from pixverse_desktop.media.video_frames import ClipReader

_AHEAD = 12  # pictures kept ready, at most
_FIRST = 3  # kept for when all begin again
_ROOM_BYTES = 12_000_000  # for the pictures of one clip that are ready; zoomed in they are fewer
_BEHIND_DECODER = 4


@record
class Run:
    """Some pictures in their order, by their numbers from 0. ``trouble`` when there are no more."""

    images: dict[int, QImage]
    times_s: list[float] | None = None  # of every picture, told with the first run
    shape: QSize | None = None  # likewise: as the clip is shown, in pixels
    trouble: str = ""


class TileClip:
    """An open clip. All of it is BLOCKING and may be called from any worker: one has it at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._reader: ClipReader | None = None
        self._closed = False

    def run(self, first: int, count: int, long_side_px: int) -> Run:
        """``count`` pictures from ``first`` on, on from the first after the last; no wider and no
        higher than ``long_side_px``."""
        import av

        with self._lock:
            if self._closed:
                return Run({})
            images: dict[int, QImage] = {}
            try:
                opened = self._reader is None
                reader = self._opened()
                wanted = min(count, reader.count)
                for number in range(first, first + wanted):
                    index = number % reader.count
                    images[index] = _image_of(reader, index, long_side_px)
                if not opened:
                    return Run(images)
                shape = QSize(*reader.view.size(reader.frame(first % reader.count)))
                return Run(images, reader.times_s(), shape)
            except (av.FFmpegError, ValueError, IndexError, OSError) as error:
                return Run(images, trouble=str(error) or type(error).__name__)

    def close(self) -> None:
        """Let go of the file for good."""
        with self._lock:
            self._closed = True
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def _opened(self) -> ClipReader:
        from pixverse_desktop.media.video_frames import ClipReader

        if self._reader is None:
            # One thread each: sixteen clips keep every processor busy as it is.
            self._reader = ClipReader(self._path, kept=_BEHIND_DECODER, threads=1)
        return self._reader


def _image_of(reader: ClipReader, index: int, long_side_px: int) -> QImage:
    shown = reader.view.picture(reader.frame(index), long_side_px, form="bgr0", quick=True)
    image = QImage(shown.rgb, shown.width, shown.height, shown.stride, QImage.Format.Format_RGB32)
    return image.copy()  # its own: the bytes go


class TileFrames(QObject):
    """Keeps the pictures from the wished one on ready, around the end of the clip too."""

    ready = Signal()
    failed = Signal()  # ``trouble`` says why

    def __init__(self, workers: Workers, clip: Clip, parent: QObject) -> None:
        super().__init__(parent)
        self._workers = workers
        self._clip = TileClip(Path(clip.path))
        fps = clip.fps if clip.fps > 0 else 24.0
        count = max(1, round(clip.duration_s * fps))
        self.times_s = [number / fps for number in range(count)]  # until the file has told them
        self.length_s = max(clip.duration_s, self.times_s[-1])
        self.shape = QSize(clip.width or 16, clip.height or 9)
        self.trouble = ""
        self._known = self._busy = self._closed = False
        self._images: dict[int, QImage] = {}
        self._long_side_px = 0
        self._wish = 0

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self.times_s)

    @property
    def is_settled(self) -> bool:
        """True when nobody has to wait for its next picture: it is ready, or will never be."""
        return bool(self.trouble) or self._wish in self._images

    def index_at(self, time_s: float) -> int:
        """The picture that is shown at a time; before the first and after the last these."""
        return max(0, bisect_right(self.times_s, time_s + 1e-6) - 1)

    def next_change_s(self, time_s: float) -> float | None:
        """When the next picture begins; None after the last one began."""
        following = bisect_right(self.times_s, time_s + 1e-6)
        return self.times_s[following] if following < len(self.times_s) else None

    def image(self, index: int) -> QImage | None:
        """A picture, if it is ready."""
        return self._images.get(index)

    def any_image(self) -> QImage | None:
        """Some picture, for a place that would be empty."""
        return next(reversed(self._images.values()), None)

    def want(self, index: int, long_side_px: int) -> None:
        """Have this picture and the next ones ready; ``ready`` follows as they come."""
        if long_side_px != self._long_side_px:
            self._long_side_px = long_side_px
            self._images.clear()
        self._wish = index
        self._start()

    def close(self) -> None:
        """Let go of the file; safe to repeat."""
        if not self._closed:
            self._closed = True
            self._images.clear()
            self._workers.call(Lane.DECODE, self._clip.close, then=_nothing)

    def _start(self) -> None:
        if self._busy or self._closed or self.trouble:
            return
        ahead = (number % self.count for number in range(self._wish, self._wish + self._span()))
        first = next((index for index in ahead if index not in self._images), None)
        if first is None:
            return
        at_once = max(1, self._span() // 2)
        if first != self._wish and (first - self._wish) % self.count > self._span() - at_once:
            return  # enough for now: a few at a time cost less than one by one
        self._busy = True
        size = self._long_side_px
        self._workers.call(
            Lane.DECODE, self._clip.run, first, at_once, size,
            then=partial(self._take, size), otherwise=self._give_up,
        )  # fmt: skip

    def _span(self) -> int:
        long, short = self._long_side_px, min(self.shape.width(), self.shape.height())
        high = long * short // max(self.shape.width(), self.shape.height(), 1)
        fitting = _ROOM_BYTES // max(1, 4 * long * high)
        return min(max(2, min(_AHEAD, fitting)), self.count)

    def _take(self, size: int, run: Run) -> None:
        self._busy = False
        if self._closed:
            return
        if run.times_s is not None and run.shape is not None:
            self.times_s, self.shape = run.times_s, run.shape
            self.length_s = max(self.length_s, self.times_s[-1])
            self._wish = min(self._wish, self.count - 1)
        if size == self._long_side_px:
            self._images |= run.images
        if run.trouble:
            self.trouble = run.trouble
            self.failed.emit()
            return
        self._forget()
        self.ready.emit()
        self._start()

    def _forget(self) -> None:
        far = self._span() * 3 // 2
        for index in list(self._images):
            ahead = (index - self._wish) % self.count
            if index >= _FIRST and ahead > far and ahead != self.count - 1:
                del self._images[index]

    def _give_up(self, error: UserError) -> None:
        self._take(0, Run({}, trouble=error.problem.detail or "unknown"))


def _nothing(_value: object) -> None:
    """Nobody waits for it."""
