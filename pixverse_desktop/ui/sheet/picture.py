"""The sheet as a picture, and as a clip of its own: drawn on a worker."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.marks import Verdict
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.services.export import Progress, replacing
from pixverse_desktop.ui.base.theme import color
from pixverse_desktop.ui.playback.fitted import fitted
from pixverse_desktop.ui.sheet import tile_paint
from pixverse_desktop.ui.sheet.axes import Table
from pixverse_desktop.ui.sheet.layout import lay_out
from pixverse_desktop.ui.sheet.tile_frames import TileClip

SIZE = QSize(1920, 1080)
_MARGIN = 24
_MOST_FPS = 60


@record
class DrawnTile:
    """A clip, and where it stands."""

    path: Path
    fps: float
    length_s: float
    place: QRect
    rejected: bool


@record
class SheetPicture:
    """What stands still: below the clips the labels, over them the marks. Painted on the main
    thread, which has the icons; the rest is for a worker."""

    below: QImage
    over: QImage
    tiles: tuple[DrawnTile, ...]
    loops: bool  # shorter clips begin again, else hold their last picture

    @property
    def fps(self) -> Fraction:
        """That of the fastest clip."""
        fastest = max((tile.fps for tile in self.tiles), default=24.0)
        return Fraction(min(fastest, _MOST_FPS)).limit_denominator(1001)

    @property
    def count(self) -> int:
        """How many pictures the longest clip takes."""
        longest = max((tile.length_s for tile in self.tiles), default=0.0)
        return max(1, round(longest * self.fps))


def plan_of(
    jobs: Sequence[Job], shapes: Sequence[QSize], table: Table | None, font: QFont, *, loops: bool
) -> SheetPicture:
    """How these lie on the picture; to be called on the main thread."""
    room = QRect(0, 0, SIZE.width(), SIZE.height())
    inner = room.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    layout = lay_out(inner, shapes, [job.id for job in jobs], table)
    below = QImage(SIZE, QImage.Format.Format_RGB32)
    below.fill(color("bg"))
    over = QImage(SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    over.fill(QColor(Qt.GlobalColor.transparent))
    tiles = []
    with QPainter(below) as painter:
        painter.setFont(font)
        for label in layout.labels:
            tile_paint.paint_label(painter, label.text, label.place)
        for job, shape, cell in zip(jobs, shapes, layout.cells, strict=True):
            place = fitted(shape, cell, 0)
            painter.fillRect(place, color("stage"))
            if job.clip is not None:
                clip, rejected = job.clip, job.verdict is Verdict.REJECTED
                fps = clip.fps or 24.0
                tiles.append(DrawnTile(Path(clip.path), fps, clip.duration_s, place, rejected))
    with QPainter(over) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for job, tile in zip(jobs, tiles, strict=True):
            tile_paint.round_corners(painter, tile.place)
            tile_paint.paint_marks(painter, tile.place, font, job, focused=False)
    return SheetPicture(below, over, tuple(tiles), loops)


def write_picture(plan: SheetPicture, position_s: float, target: Path) -> None:
    """BLOCKING. What is seen at a time, as a PNG file. Raises UserError."""
    with _told(plan, target) as aside, closing(_images(plan, [position_s])) as images:
        if not next(images).save(str(aside), "PNG"):  # type: ignore[call-overload]
            raise OSError(0, "the picture could not be saved")


def write_film(plan: SheetPicture, progress: Progress, target: Path) -> bool:
    """BLOCKING. All clips from their beginnings until the longest ends; False when it was stopped,
    which leaves nothing. Raises UserError."""
    import av

    from pixverse_desktop.media.clip_writer import write_clip

    def pictures() -> Iterator[bytes]:
        times = (float(number / plan.fps) for number in range(plan.count))
        with closing(_images(plan, times)) as images:
            for number, image in enumerate(images, 1):
                yield bytes(image.constBits())
                progress.share = number / plan.count
                if progress.is_stopped:
                    raise _Stopped

    try:
        with _told(plan, target) as aside:
            write_clip(aside, (SIZE.width(), SIZE.height()), plan.fps, pictures())
    except _Stopped:
        return False
    except av.FFmpegError as error:
        text = Message("not_written", name=target.name, reason=str(error))
        raise UserError(problem(ProblemCode.DISK, text)) from error
    return True


class _Stopped(Exception):
    """Somebody stopped it."""


@contextmanager
def _told(plan: SheetPicture, target: Path) -> Iterator[Path]:
    """Where to write to in the place of the target; errors of the disk become sentences."""
    try:
        for tile in plan.tiles:
            if target.exists() and tile.path.exists() and target.samefile(tile.path):
                raise UserError(problem(ProblemCode.DISK, Message("clip_itself")))
        with replacing(target) as aside:
            yield aside
    except OSError as error:
        reason = error.strerror or type(error).__name__
        text = Message("not_written", name=target.name, reason=reason)
        raise UserError(problem(ProblemCode.DISK, text, str(error))) from error


def _images(plan: SheetPicture, times_s: Iterable[float]) -> Generator[QImage, None, None]:
    """The whole sheet at these times. What cannot be read stays dark; where that is everything
    it raises UserError."""
    clips = [_Moments(tile, loops=plan.loops) for tile in plan.tiles]
    try:
        for time_s in times_s:
            image = plan.below.copy()
            with QPainter(image) as painter:
                for clip in clips:
                    clip.paint(painter, time_s)
                painter.drawImage(0, 0, plan.over)
            if all(clip.shown is None for clip in clips):
                raise UserError(problem(ProblemCode.BAD_CLIP, Message("no_clip_readable")))
            yield image
    finally:
        for clip in clips:
            clip.close()


class _Moments:
    """One clip, read as it goes on."""

    def __init__(self, tile: DrawnTile, *, loops: bool) -> None:
        self._tile = tile
        self._loops = loops
        self._clip = TileClip(tile.path)
        self._times = [0.0]
        self._index = -1
        self.shown: QImage | None = None

    def paint(self, painter: QPainter, time_s: float) -> None:
        """What it shows at that time."""
        if self._index < 0:
            self._take(0)
        length_s = max(self._tile.length_s, self._times[-1])
        time_s = time_s % length_s if self._loops and length_s > 0 else min(time_s, length_s)
        index = max(0, bisect_right(self._times, time_s + 1e-6) - 1)
        if index != self._index:
            self._take(index)
        if self.shown is not None:
            whole = QRectF(self.shown.rect())
            rejected = self._tile.rejected
            tile_paint.paint_picture(
                painter, self._tile.place, self.shown, whole, rejected=rejected
            )

    def close(self) -> None:
        self._clip.close()

    def _take(self, index: int) -> None:
        place = self._tile.place
        run = self._clip.run(index, 1, max(place.width(), place.height()))
        self._index = index
        self._times = run.times_s or self._times
        self.shown = run.images.get(index, self.shown)
