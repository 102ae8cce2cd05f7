"""Credits a day as bars, stacked by board; the day under the pointer says its sum and parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import floor, log10

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.rate import Rate
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import color, is_contrast, pixels, stroke
from pixverse_desktop.ui.spend.figures import NO_BOARD, OTHER, Figures, Series
from pixverse_desktop.ui.widgets.labels import escaped

_HEIGHT, _LEAST_HEIGHT = 214, 120
_LEFT, _BOTTOM, _TOP = 44, 22, 18
_MOST_DAYS = 62
_TONES = ("text", "muted")  # of the two dearest boards; the third is hatched
_DIMMED = 0.25  # of what another board than the chosen one was charged


def paint_swatch(painter: QPainter, area: QRectF, key: str, place: int) -> None:
    """The tone of a series, told apart without hue: ``place`` counts from the dearest board."""
    quiet = color("faint")
    quiet.setAlpha(110)
    painter.setPen(Qt.PenStyle.NoPen)
    if is_contrast():
        _set_pattern(painter, key, place)
        area = area.adjusted(0.5, 0.5, -0.5, -0.5)
    elif key == NO_BOARD:
        painter.setBrush(quiet)
    elif key != OTHER and place < len(_TONES):
        painter.setBrush(color(_TONES[place]))
    else:
        pattern = Qt.BrushStyle.Dense6Pattern if key == OTHER else Qt.BrushStyle.BDiagPattern
        painter.setPen(QPen(color("muted"), 1))
        painter.setBrush(QBrush(color("muted"), pattern))
        area = area.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRect(area)


def _set_pattern(painter: QPainter, key: str, place: int) -> None:
    """All in one tone: filled, striped in two ways, dotted, and empty."""
    styles = Qt.BrushStyle
    pattern = (styles.SolidPattern, styles.HorPattern, styles.BDiagPattern)[min(place, 2)]
    named = {NO_BOARD: styles.NoBrush, OTHER: styles.Dense6Pattern}
    painter.setPen(QPen(color("text"), 1))
    painter.setBrush(QBrush(color("text"), named.get(key, pattern)))


class DayChart(QWidget):
    """The days of a month, or the last two months; the arrow keys go from day to day."""

    def __init__(self) -> None:
        super().__init__()
        self._days: list[tuple[date, Decimal]] = []
        self._series: Sequence[Series] = ()
        self._names: dict[str, str] = {}
        self._chosen = ""
        self._limit = ZERO
        self._rate: Rate | None = None
        self._at = -1  # the day that is pointed at
        self._today = date.today()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMaximumHeight(_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Credits a day"))

    def show_figures(self, found: Figures, names: dict[str, str], chosen: str) -> None:
        """The days of ``found``; ``names`` of the series by key; with a ``chosen`` series the
        others are dimmed."""
        series, last, self._today = found.series, found.last, found.today
        first = max(found.first, last - timedelta(days=_MOST_DAYS - 1))
        count = max(1, (last - first).days + 1)
        days = [first + timedelta(days=n) for n in range(count)]
        if days != [day for day, _ in self._days]:
            self._point_at(-1)  # else who looks at a day goes on looking at it
        self._series, self._names, self._chosen = series, names, chosen
        self._days = [
            (day, sum((each.days.get(day.isoformat(), ZERO) for each in series), ZERO))
            for day in days
        ]
        told = [f"{localised.day(day)}: {localised.shortest(n)}" for day, n in self._days if n]
        self.setAccessibleDescription(", ".join(told[-31:]))
        self.update()

    def set_limit(self, limit: Decimal) -> None:
        """The daily limit, as a dashed line; 0 for none."""
        self._limit = limit
        self.update()

    def set_rate(self, rate: Rate | None) -> None:
        """What credits cost in money, for the words of a day."""
        self._rate = rate

    def words_of(self, at: int) -> str:
        """The day in that place with its sum and its parts, as HTML."""
        day, total = self._days[at]
        amount = localised.credits_and_money(total, self._rate)
        parts = [(self._names[each.key], each.days.get(day.isoformat())) for each in self._series]
        lines = [(f"<b>{localised.day(day)}</b>", f"<b>{amount}</b>")]
        if len(self._series) > 1:
            lines += [(escaped(name), localised.shortest(n)) for name, n in parts if n]
        cells = "".join(
            f'<tr><td>{name}</td><td align="right">&nbsp;&nbsp;{n}</td></tr>' for name, n in lines
        )
        return f'<table style="white-space: pre">{cells}</table>'

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, _LEAST_HEIGHT)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(int((event.position().x() - pixels(_LEFT)) // self._step()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}
        step = steps.get(event.key())
        if step is None or not self._days:
            super().keyPressEvent(event)
            return
        place = self._at + step if self._at >= 0 else self._day_to_begin()
        self._point_at(min(max(place, 0), len(self._days) - 1))

    def paintEvent(self, _event: QPaintEvent) -> None:
        top = float(max([self._limit, Decimal(1), *(amount for _, amount in self._days)]))
        base, room = self.height() - pixels(_BOTTOM), self.height() - pixels(_BOTTOM) - _TOP
        font = QFont(self.font())
        font.setPixelSize(pixels(12))
        with QPainter(self) as painter:
            painter.setFont(font)
            if self._series:
                self._paint_lines(painter, base, room, top)
            else:
                self._paint_nothing(painter, base)
            self._paint_bars(painter, base, room, top)
            self._paint_dates(painter, base)
            painter.setFont(font)
            if self._limit and self._series:
                self._paint_limit(painter, base - room * float(self._limit) / top)
            if self.hasFocus():
                painter.setPen(QPen(color("accent"), stroke(1)))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _paint_lines(self, painter: QPainter, base: int, room: int, top: float) -> None:
        step, value, line = _round_step(top), 0.0, pixels(16)
        free = base
        while value <= top:
            y = round(base - room * value / top)
            painter.setPen(QPen(color("line"), 1))
            painter.drawLine(pixels(_LEFT), y, self.width() - 1, y)
            if value and y <= free:  # no number stands on another
                free = y - line
                painter.setPen(color("muted"))
                area = QRectF(0, y - line / 2, pixels(_LEFT) - 8, line)
                words = localised.number(value, 0 if step >= 1 else 1)
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(area, int(right), words)
            value += step

    def _paint_nothing(self, painter: QPainter, base: int) -> None:
        painter.setPen(QPen(color("line"), 1))
        painter.drawLine(pixels(_LEFT), base, self.width() - 1, base)
        painter.setPen(color("muted"))
        area = QRectF(pixels(_LEFT), _TOP, self.width() - pixels(_LEFT), base - _TOP)
        middle = Qt.AlignmentFlag.AlignCenter
        painter.drawText(area, int(middle), self.tr("Nothing was spent in this time."))

    def _paint_bars(self, painter: QPainter, base: int, room: int, top: float) -> None:
        step = self._step()
        gap = 2 if step > 8 else 0.5
        for n, (day, _) in enumerate(self._days):
            left, y = pixels(_LEFT) + n * step, float(base)
            if n == self._at:
                painter.fillRect(QRectF(left, _TOP, step, base - _TOP), color("hover"))
            for place, each in enumerate(self._series):
                height = room * float(each.days.get(day.isoformat(), ZERO)) / top
                if not height:
                    continue
                y -= height
                bar = QRectF(left + gap, y, max(1.0, step - 2 * gap), max(1.0, height - 1))
                painter.setOpacity(1 if self._chosen in ("", each.key) else _DIMMED)
                if len(self._series) == 1:
                    painter.fillRect(bar, color("text" if day == self._today else "muted"))
                else:
                    paint_swatch(painter, bar, each.key, place)
        painter.setOpacity(1)

    def _paint_dates(self, painter: QPainter, base: int) -> None:
        step, today = self._step(), self._today
        every = max(1, -int(-pixels(48) // step))
        here = next((n for n, (day, _) in enumerate(self._days) if day == today), -1)
        for n, (day, _) in enumerate(self._days):
            near_today = here >= 0 and n != here and abs(n - here) * step < pixels(48)
            if n != here and (n % every or near_today):
                continue
            painter.setPen(color("text" if n == here else "muted"))
            font = painter.font()
            font.setBold(n == here)
            painter.setFont(font)
            area = QRectF(pixels(_LEFT) + n * step - 30, base + 4, step + 60, pixels(16))
            if area.right() > self.width():
                area.moveRight(self.width())
            words = self.tr("today") if n == here else localised.number(day.day)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignHCenter), words)

    def _paint_limit(self, painter: QPainter, y: float) -> None:
        painter.setPen(QPen(color("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(pixels(_LEFT), int(y), self.width(), int(y))
        words = self.tr("{limit} a day").format(limit=localised.shortest(self._limit))
        area = QRectF(pixels(_LEFT), y - pixels(17), self.width() - pixels(_LEFT) - 4, pixels(16))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignRight), words)

    def _point_at(self, place: int) -> None:
        place = place if 0 <= place < len(self._days) else -1
        if place == self._at:
            return
        self._at = place
        self.update()
        if place < 0:
            QToolTip.hideText()
            return
        where = QPoint(int(pixels(_LEFT) + (place + 1) * self._step()), self.height() // 3)
        QToolTip.showText(self.mapToGlobal(where), self.words_of(place), self)

    def _day_to_begin(self) -> int:
        """Today, else the last one."""
        days = [day for day, _ in self._days]
        return days.index(self._today) if self._today in days else len(days) - 1

    def _step(self) -> float:
        return (self.width() - pixels(_LEFT)) / max(1, len(self._days))


def _round_step(top: float) -> float:
    """A round number for the lines, of which one to four stand below ``top``."""
    size = 10.0 ** floor(log10(top))
    return next(size * part for part in (0.2, 0.5, 1, 2, 5) if top / (size * part) <= 4.5)
