"""The film's time line: every shot as wide as it is long, with the playhead over all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base.theme import color, icon, stroke
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.playback.seek_bar import TimeSlider, clock_text

_BAR = 40  # pixels high
_NUMBERS = 18  # above it
_EDGE = 3
_ARROW_MS = 500
_PAGE_MS = 2000
_NARROW = 20  # pixels of a shot without a take
_DIMMED = 0.62
_CUT, _JOINT = 3, 1  # pixels between shots


class Part(NamedTuple):
    """A shot in the film; ``take`` is None for a slate of its length."""

    shot_id: str
    number: int
    name: str
    first_ms: int
    length_ms: int
    take: Job | None
    continues: bool = False
    late: bool = False  # its take is out of date

    @property
    def end_ms(self) -> int:
        """Where the next one begins."""
        return self.first_ms + self.length_ms


class Timeline(TimeSlider):
    """The shots of the film beside each other, as wide as they are long."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self.parts: tuple[Part, ...] = ()
        self._chosen = ""
        self.setAccessibleName(self.tr("Position in the film"))
        pictures.loaded.connect(self.update)

    def show_parts(self, parts: Sequence[Part], chosen: str) -> None:
        """The shots of the film, and the id of the one that is meant."""
        self.parts, self._chosen = tuple(parts), chosen
        self.set_length(self.parts[-1].end_ms if self.parts else 0)
        self.update()

    def part_at(self, position_ms: int) -> Part | None:
        """The shot that is seen then."""
        for part in self.parts:
            if position_ms < part.end_ms:
                return part
        return self.parts[-1] if self.parts else None

    def spoken(self) -> str:
        part = self.part_at(self.sliderPosition())
        if part is None:
            return ""
        return self.tr("{time} of {length}, shot {number}: {name}").format(
            time=clock_text(self.sliderPosition()), length=clock_text(self.maximum()),
            number=part.number, name=one_line(part.name),
        )  # fmt: skip

    def sizeHint(self) -> QSize:
        return QSize(200, _NUMBERS + _BAR + 2 * _EDGE)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.maximum():
            self.setSliderDown(True)
            self.scrub_started.emit()
            self._scrub(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._scrub(event)
            return
        position_ms = self._ms_at(round(event.position().x()))
        part = self.part_at(position_ms)
        if part is not None:
            self.setToolTip(f"{clock_text(position_ms)} · {part.number} {one_line(part.name)}")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            for place, part in enumerate(self.parts):
                after = self.parts[place + 1] if place + 1 < len(self.parts) else None
                self._paint_part(painter, part, after)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(color("accent"), stroke(1.5)))
                painter.drawRoundedRect(QRectF(self._bar()).adjusted(-1, -2, 1, 2), 6, 6)
            if self.maximum():
                self._paint_head(painter)

    def _paint_part(self, painter: QPainter, part: Part, after: Part | None) -> None:
        gap = 0 if after is None else _JOINT if after.continues else _CUT
        bar = self._bar()
        left, right = self._x_of(part.first_ms), self._x_of(part.end_ms) - gap
        area = QRect(left, bar.top(), max(2, right - left), bar.height())
        path = QPainterPath()
        path.addRoundedRect(QRectF(area), 4, 4)
        chosen = part.shot_id == self._chosen
        if part.take is None:
            self._paint_missing(painter, area, part)
        else:
            painter.save()
            painter.setClipPath(path)
            painter.fillRect(area, color("raised"))
            painter.setOpacity(1 if chosen else _DIMMED)
            found = self._pictures.clip(part.take)
            if found is not None and not found.pixmap.isNull():
                self._paint_film(painter, area, found.pixmap)
            painter.restore()
        self._paint_number(painter, area, part, chosen)

    def _paint_film(self, painter: QPainter, area: QRect, pixmap: QPixmap) -> None:
        wide = max(8, pixmap.width() * area.height() // max(1, pixmap.height()))
        for left in range(area.left(), area.right() + 1, wide):
            painter.drawPixmap(QRect(left, area.top(), wide, area.height()), pixmap)

    def _paint_missing(self, painter: QPainter, area: QRect, part: Part) -> None:
        if area.width() < _NARROW:  # many dashes beside each other are a pattern
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("line"))
            painter.drawRoundedRect(QRectF(area), 2, 2)
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color("faint"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        small = paint.sized(self.font(), 11)
        words = self.tr("{n} s missing").format(n=round(part.length_ms / 1000))
        painter.setFont(small)
        painter.setPen(color("muted"))
        shown = paint.elided(small, words, area.width() - 8)
        if len(shown) > 1:
            painter.drawText(area, paint.ALIGN_CENTER, shown)

    def _paint_number(self, painter: QPainter, area: QRect, part: Part, chosen: bool) -> None:
        small = paint.sized(self.font(), 11)
        small.setBold(chosen)
        painter.setFont(small)
        painter.setPen(color("text" if chosen else "muted"))
        text = str(part.number)
        place = QRect(area.left() + 2, 0, area.width(), _NUMBERS - 2)
        if painter.fontMetrics().horizontalAdvance(text) + 2 > area.width() and not chosen:
            return
        painter.drawText(place.adjusted(0, 0, 20, 0), paint.ALIGN_LEFT, text)
        if part.late and area.width() > 34:
            left = place.left() + painter.fontMetrics().horizontalAdvance(text) + 5
            icon("warning", "warn").paint(painter, QRect(left, 2, 12, 12))

    def _paint_head(self, painter: QPainter) -> None:
        x, bar = self._x_of(self.sliderPosition()), self._bar()
        tall = QRectF(x - 1.5, bar.top() - 5, 3, bar.height() + 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("stage"))
        painter.drawRoundedRect(tall.adjusted(-1, 0, 1, 0), 2, 2)
        painter.setBrush(color("accent"))
        painter.drawRoundedRect(tall, 1.5, 1.5)
        painter.drawRoundedRect(QRectF(x - 4.5, bar.top() - 6, 9, 6), 2, 2)

    def _bar(self) -> QRect:
        return QRect(2, _NUMBERS + _EDGE, self.width() - 4, _BAR)

    def _scrub(self, event: QMouseEvent) -> None:
        self.setValue(self._ms_at(round(event.position().x())))
        self.sought.emit(self.value())

    def _x_of(self, position_ms: int) -> int:
        bar = self._bar()
        part = min(max(position_ms / max(1, self.maximum()), 0.0), 1.0)
        return bar.left() + round(part * bar.width())

    def _ms_at(self, x: int) -> int:
        bar = self._bar()
        part = (x - bar.left()) / max(1, bar.width())
        return round(min(max(part, 0.0), 1.0) * self.maximum())
