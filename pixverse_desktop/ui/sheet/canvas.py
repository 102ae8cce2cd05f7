"""The clips of a page beside each other, in one widget; the one with the ring is meant by keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.marks import Verdict
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import color
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.job_text import short_prompt
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.playback.fitted import fitted
from pixverse_desktop.ui.sheet import tile_paint
from pixverse_desktop.ui.sheet.axes import Table
from pixverse_desktop.ui.sheet.clock import SheetClock
from pixverse_desktop.ui.sheet.layout import GAP, Layout, lay_out
from pixverse_desktop.ui.sheet.tile_frames import TileFrames

ZOOMS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_MARGIN = 16
_SETTLE_MS = 120  # after resizing, before pictures of the new size are decoded
_DRAGGED = 4  # pixels from which on a press is a drag


class Tile(NamedTuple):
    """A clip, and its pictures."""

    job: Job
    frames: TileFrames


class SheetCanvas(QWidget):
    """Paints what is due, and only where another picture is. Zoom and place are of all clips."""

    focus_wanted = Signal(str)  # job id
    star_clicked = Signal(str, int)  # job id, 1 to 5
    menu_wanted = Signal(QPoint)  # on the screen, for the one with the ring
    escaped = Signal()
    zoomed = Signal(float)

    def __init__(self, clock: SheetClock, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures  # small ones, for until a clip is open
        self._clock = clock
        self.tiles: Sequence[Tile] = ()
        self.focus_id = ""
        self.heard_id = ""  # the one whose sound is on
        self.champion_id = ""
        self.zoom = 1.0
        self._middle = QPointF(0.5, 0.5)  # of what is seen of each picture, as shares of it
        self._table: Table | None = None
        self._layout = Layout((), ())
        self._drawn: dict[str, tuple[int, QImage]] = {}  # what was shown last, by job ids
        self._pressed: QPointF | None = None
        self._drags = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.on_settle_timeout)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Clips"))
        clock.moved.connect(self.on_clock_moved)
        pictures.loaded.connect(self.on_pictures_loaded)

    def show_tiles(
        self, tiles: Sequence[Tile], table: Table | None, focus: str, champion: str = ""
    ) -> None:
        """Show these, the ring at ``focus``."""
        before = [(tile.frames, tile.frames.shape) for tile in self.tiles]
        shapes_before = self._table, self.champion_id
        self.tiles, self._table = tiles, table
        self.focus_id, self.champion_id = focus, champion
        there = {tile.job.id for tile in tiles}
        self._drawn = {id: drawn for id, drawn in self._drawn.items() if id in there}
        after = [(tile.frames, tile.frames.shape) for tile in tiles]
        if before != after or shapes_before != (table, champion):
            self._arrange()
            self.on_settle_timeout()
        self.update()
        self._tell()

    def place_of(self, job_id: str) -> QRect:
        """Where a clip is seen, in its own shape; empty for one that is not shown."""
        for tile, cell in zip(self.tiles, self._layout.cells, strict=True):
            if tile.job.id == job_id:
                return fitted(tile.frames.shape, cell, 0)
        return QRect()

    def show_heard(self, job_id: str) -> None:
        """The sound is of this clip; "" for none."""
        if job_id != self.heard_id:
            self.heard_id = job_id
            self.update()

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """See a part of every picture, larger; ``at`` is the point that stays where it is."""
        zoom = min(max(zoom, ZOOMS[0]), ZOOMS[-1])
        if at is not None:
            share = 1 / self.zoom - 1 / zoom
            self._middle += QPointF((at.x() - 0.5) * share, (at.y() - 0.5) * share)
        self.zoom = zoom
        self._keep_inside()
        self._settle.start()
        self.zoomed.emit(zoom)
        self.update()

    def zoom_by(self, steps: int) -> None:
        """To the next size, or the one before."""
        nearest = min(range(len(ZOOMS)), key=lambda n: abs(ZOOMS[n] - self.zoom))
        self.set_zoom(ZOOMS[min(max(nearest + steps, 0), len(ZOOMS) - 1)])

    def toggle_zoom(self) -> None:
        """Twice as large, or whole."""
        self.set_zoom(1.0 if self.zoom > 1 else 2.0)

    def sizes(self) -> list[int]:
        """How large the pictures are wanted: the long side of each, in pixels of the screen."""
        scale = self.devicePixelRatioF() * self.zoom
        wanted = []
        for tile in self.tiles:
            place, shape = self.place_of(tile.job.id), tile.frames.shape
            most = max(shape.width(), shape.height())
            wanted.append(min(most, round(max(place.width(), place.height()) * scale)))
        return wanted

    # --- what is seen ---

    @Slot()
    def on_clock_moved(self) -> None:
        shapes = False
        for tile in self.tiles:
            index = tile.frames.index_at(self._clock.time_of(tile.frames))
            image = tile.frames.image(index)
            before = self._drawn.get(tile.job.id)
            if image is None and before is None:
                image = tile.frames.any_image()
            if image is not None and (before is None or before[1] is not image):
                shapes |= before is None
                self._drawn[tile.job.id] = (index, image)
                self.update(self.place_of(tile.job.id))
            elif tile.frames.trouble and before is None:
                self.update()
        if shapes:  # the files have told them now
            self._arrange()
            self.on_settle_timeout()

    @Slot(str)
    def on_pictures_loaded(self, _key: str) -> None:
        if len(self._drawn) < len(self.tiles):
            self.update()

    def shown_index(self, job_id: str) -> int | None:
        """The number of the picture that is seen of a clip; None while there is none."""
        drawn = self._drawn.get(job_id)
        return None if drawn is None else drawn[0]

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), color("bg"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(paint.sized(self.font(), 13))
            for label in self._layout.labels:
                if label.place.intersects(event.rect()):
                    tile_paint.paint_label(painter, label.text, label.place)
            for tile in self.tiles:
                place = self.place_of(tile.job.id)
                if place.adjusted(-5, -5, 5, 5).intersects(event.rect()):
                    self._paint_tile(painter, tile, place)

    def _paint_tile(self, painter: QPainter, tile: Tile, place: QRect) -> None:
        drawn = self._drawn.get(tile.job.id)
        rejected = tile.job.verdict is Verdict.REJECTED
        if tile.frames.trouble and drawn is None:
            paint.well(painter, place, "stage", tile_paint.RADIUS)
            tile_paint.paint_trouble(painter, place, self.font())
        elif (image := drawn[1] if drawn is not None else self._small_picture(tile)) is None:
            paint.well(painter, place, "stage", tile_paint.RADIUS)
        else:
            source = self._source(image.size())
            tile_paint.paint_picture(painter, place, image, source, rejected=rejected)
            tile_paint.round_corners(painter, place)
        focused = tile.job.id == self.focus_id
        tile_paint.paint_marks(painter, place, self.font(), tile.job, focused=focused)
        if tile.job.id == self.heard_id and not tile.frames.trouble:
            tile_paint.paint_corner(painter, place, "volume")
        elif tile.job.id == self.champion_id:
            tile_paint.paint_corner(painter, place, "crown")
        if focused:
            tile_paint.paint_ring(painter, place)

    def _small_picture(self, tile: Tile) -> QImage | None:
        found = self._pictures.clip(tile.job) if self._pictures.has_clip(tile.job) else None
        return None if found is None or found.pixmap.isNull() else found.pixmap.toImage()

    def _source(self, size: QSize) -> QRectF:
        """What is seen of a picture of that size."""
        wide, high = size.width() / self.zoom, size.height() / self.zoom
        left = self._middle.x() * size.width() - wide / 2
        top = self._middle.y() * size.height() - high / 2
        return QRectF(left, top, wide, high)

    # --- pointer and keys ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._drags = event.position(), False
        tile = self._tile_at(event.position())
        if tile is not None:
            self.focus_wanted.emit(tile.job.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        moved = event.position() - self._pressed
        self._drags |= moved.manhattanLength() >= _DRAGGED
        place = self.place_of(self.focus_id)
        if self._drags and self.zoom > 1 and not place.isEmpty():
            self._pressed = event.position()
            self._middle -= QPointF(
                moved.x() / place.width() / self.zoom, moved.y() / place.height() / self.zoom
            )
            self._keep_inside()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        tile = self._tile_at(event.position())
        if tile is not None and not self._drags and event.button() is Qt.MouseButton.LeftButton:
            places = tile_paint.star_places(self.place_of(tile.job.id), self.font(), tile.job)
            for number, star in enumerate(places, 1):
                if star.contains(event.position().toPoint()):
                    self.star_clicked.emit(tile.job.id, number)
        self._pressed = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        tile = self._tile_at(event.position())
        if tile is None:
            return
        place = self.place_of(tile.job.id)
        at = QPointF(
            (event.position().x() - place.left()) / place.width(),
            (event.position().y() - place.top()) / place.height(),
        )
        self.set_zoom(self.zoom * 1.2 ** (event.angleDelta().y() / 120), at)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_wanted.emit(self.mapToGlobal(self.place_of(self.focus_id).center()))
        elif (tile := self._tile_at(QPointF(event.pos()))) is not None:
            self.focus_wanted.emit(tile.job.id)
            self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._pan(event.key()):
            return
        if event.key() == Qt.Key.Key_Escape:
            if self.zoom > 1:
                self.set_zoom(1.0)
            else:
                self.escaped.emit()
        elif not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier and (
            job_id := self._neighbour(event.key())
        ):
            self.focus_wanted.emit(job_id)
        else:
            super().keyPressEvent(event)

    def _pan(self, key: int) -> bool:
        """With Shift the arrows move what is seen of all."""
        keys = Qt.Key
        steps = {
            keys.Key_Left: (-1, 0), keys.Key_Right: (1, 0), keys.Key_Up: (0, -1),
            keys.Key_Down: (0, 1),
        }  # fmt: skip
        step = steps.get(Qt.Key(key)) if self.zoom > 1 else None
        if step is None:
            return False
        self._middle += QPointF(step[0] * 0.1 / self.zoom, step[1] * 0.1 / self.zoom)
        self._keep_inside()
        self.update()
        return True

    def _neighbour(self, key: int) -> str:
        """Where an arrow leads from the ring: left and right in order, up and down in place."""
        ids = [tile.job.id for tile in self.tiles]
        if self.focus_id not in ids:
            return ids[0] if ids else ""
        at, keys = ids.index(self.focus_id), Qt.Key
        match Qt.Key(key):
            case keys.Key_Left:
                return ids[max(0, at - 1)]
            case keys.Key_Right:
                return ids[min(len(ids) - 1, at + 1)]
            case keys.Key_Home:
                return ids[0]
            case keys.Key_End:
                return ids[-1]
            case keys.Key_Up | keys.Key_Down:
                return self._above_or_below(at, -1 if key == keys.Key_Up else 1)
        return ""

    def _above_or_below(self, at: int, way: int) -> str:
        here = self._layout.cells[at].center()
        others = [
            ((cell.center().y() - here.y()) * way, abs(cell.center().x() - here.x()), number)
            for number, cell in enumerate(self._layout.cells)
            if (cell.center().y() - here.y()) * way > cell.height() // 2
        ]
        return self.tiles[min(others)[2] if others else at].job.id

    # --- inside ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._settle.start()

    @Slot()
    def on_settle_timeout(self) -> None:
        """Ask for pictures of the size that they are seen in."""
        frames = [tile.frames for tile in self.tiles]
        self._clock.set_tiles(list(zip(frames, self.sizes(), strict=True)))

    def _arrange(self) -> None:
        room = self.rect().adjusted(_MARGIN, GAP, -_MARGIN, -GAP)
        shapes = [tile.frames.shape for tile in self.tiles]
        ids = [tile.job.id for tile in self.tiles]
        self._layout = lay_out(room, shapes, ids, self._table, beside=bool(self.champion_id))
        self.update()

    def _tile_at(self, point: QPointF) -> Tile | None:
        for tile in self.tiles:
            if self.place_of(tile.job.id).contains(point.toPoint()):
                return tile
        return None

    def _keep_inside(self) -> None:
        half = 0.5 / self.zoom
        self._middle = QPointF(
            min(max(self._middle.x(), half), 1 - half), min(max(self._middle.y(), half), 1 - half)
        )

    def _tell(self) -> None:
        """What a screen reader says of the one with the ring."""
        ids = [tile.job.id for tile in self.tiles]
        if self.focus_id not in ids:
            self.setAccessibleDescription("")
            return
        job = self.tiles[ids.index(self.focus_id)].job
        place = self.tr("Clip {number} of {count}").format(
            number=localised.number(ids.index(job.id) + 1), count=localised.number(len(ids))
        )
        verdict = tile_paint.verdict_word(job) or self.tr("not judged")
        stars = [self.tr("%n stars", "", job.stars)] if job.stars else []
        prompt = short_prompt(job)
        self.setAccessibleDescription(", ".join([place, prompt, verdict, *stars]))
