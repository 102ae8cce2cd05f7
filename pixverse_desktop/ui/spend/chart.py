"""Credits a day as bars, painted; the day under the pointer says its sum."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from PySide6.QtCore import QDate, QEvent, QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import color

_HEIGHT = 170
_LEFT, _BOTTOM, _TOP = 44, 22, 12
_MOST_DAYS = 62


class DayChart(QWidget):
    """The last days up to today, at most two months of them."""

    def __init__(self) -> None:
        super().__init__()
        self._days: list[tuple[date, Decimal]] = []
        self._limit = ZERO
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Credits a day"))

    def show_days(self, amounts: Mapping[str, Decimal], first: date, last: date) -> None:
        """Credits by day (2026-11-26), from ``first`` to ``last``."""
        first = max(first, last - timedelta(days=_MOST_DAYS - 1))
        count = (last - first).days + 1
        days = [first + timedelta(days=n) for n in range(max(1, count))]
        self._days = [(day, amounts.get(day.isoformat(), ZERO)) for day in days]
        told = [f"{self._name(day)}: {localised.shortest(n)}" for day, n in self._days if n]
        self.setAccessibleDescription(", ".join(told[-31:]))
        self.update()

    def set_limit(self, limit: Decimal) -> None:
        """The daily limit, as a dashed line; 0 for none."""
        self._limit = limit
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._days:
            at = int((event.pos().x() - _LEFT) / self._step())
            if 0 <= at < len(self._days):
                day, amount = self._days[at]
                words = self.tr("{day}: {n} credits")
                text = words.format(day=self._name(day), n=localised.shortest(amount))
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        top = float(max([self._limit, Decimal(1), *(amount for _, amount in self._days)]))
        room = self.height() - _BOTTOM - _TOP
        base = self.height() - _BOTTOM
        with QPainter(self) as painter:
            painter.setPen(QPen(color("line"), 1))
            painter.drawLine(_LEFT, base, self.width(), base)
            for part in (0.5, 1.0):
                y = int(base - room * part)
                painter.setPen(QPen(color("line"), 1))
                painter.drawLine(_LEFT, y, self.width(), y)
                painter.setPen(color("muted"))
                area = QRectF(0, y - 8, _LEFT - 8, 16)
                words = localised.number(top * part, 0 if top >= 4 else 1)
                painter.drawText(area, int(Qt.AlignmentFlag.AlignRight), words)
            self._paint_bars(painter, base, room, top)
            if self._limit:
                y = int(base - room * float(self._limit) / top)
                painter.setPen(QPen(color("warn"), 1, Qt.PenStyle.DashLine))
                painter.drawLine(_LEFT, y, self.width(), y)

    def _paint_bars(self, painter: QPainter, base: int, room: int, top: float) -> None:
        step = self._step()
        every = max(1, round(48 / step))
        today = date.today()
        for n, (day, amount) in enumerate(self._days):
            left = _LEFT + n * step
            height = room * float(amount) / top
            bar = QRectF(left + 2, base - height, max(2.0, step - 4), height)
            painter.fillRect(bar, color("text" if day == today else "muted"))
            if n % every == 0:
                painter.setPen(color("text" if day == today else "muted"))
                area = QRectF(left - 20, base + 4, step + 40, 16)
                painter.drawText(area, int(Qt.AlignmentFlag.AlignHCenter), str(day.day))

    def _step(self) -> float:
        return (self.width() - _LEFT) / max(1, len(self._days))

    def _name(self, day: date) -> str:
        return QLocale().toString(
            QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat
        )
