"""Looking through a clip by moving the pointer over its tile."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.ui.base.context import UiContext

FRAMES = 12
_HEIGHT = 225  # pixels, of a tile on a screen of double density
_REST_MS = 120  # a pointer on its way elsewhere decodes nothing


class HoverPreview(QObject):
    """Holds the frames of one clip at a time, decoded on a worker when the pointer rests on it."""

    moved = Signal()  # another frame, or none

    def __init__(self, context: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._workers = context.workers
        self._job: Job | None = None
        self._across = 0.0
        self._frames: list[QPixmap] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self.on_timer_timeout)

    @property
    def shown(self) -> tuple[str, QPixmap, float] | None:
        """The job's id, the frame under the pointer and where that is, 0..1."""
        if self._job is None or not self._frames:
            return None
        number = min(int(self._across * len(self._frames)), len(self._frames) - 1)
        return self._job.id, self._frames[number], self._across

    def point(self, job: Job | None, across: float) -> None:
        """The pointer is over ``job``, that far across; None when over nothing."""
        if job is None or job.clip is None:
            if self._job is not None:
                self._let_go()
            return
        self._across = across
        if self._job is None or job.id != self._job.id:
            self._let_go()
            self._job = job
            self._timer.start()
        else:
            self.moved.emit()

    @Slot()
    def on_timer_timeout(self) -> None:
        if self._job is not None and self._job.clip is not None:
            self._workers.call(
                Lane.DECODE, _frames_of, Path(self._job.clip.path),
                then=partial(self._take, self._job.id), otherwise=_ignore,
            )  # fmt: skip

    def _take(self, job_id: str, images: list[QImage]) -> None:
        if self._job is not None and self._job.id == job_id:
            self._frames = [QPixmap.fromImage(image) for image in images]
            self.moved.emit()

    def _let_go(self) -> None:
        self._timer.stop()
        self._job, self._frames = None, []
        self.moved.emit()


def _frames_of(path: Path) -> list[QImage]:
    """BLOCKING. Frames spread over the clip; [] for one that cannot be read."""
    import av

    from pixverse_desktop.media.video_frames import ClipReader

    try:
        with ClipReader(path) as clip:
            stills = list(clip.strip(FRAMES, _HEIGHT))
    except (av.FFmpegError, ValueError, IndexError, OSError):
        return []
    form = QImage.Format.Format_RGB888
    return [QImage(s.rgb, s.width, s.height, s.stride, form).copy() for s in stills]


def _ignore(_error: UserError) -> None:
    """A tile that cannot be looked through shows its picture."""
