"""The sums above the chart: today, this week, this month, and what is left."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.spending import NOTICE_AT, Limits, Period
from pixverse_desktop.core.rate import Rate
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import color, set_style
from pixverse_desktop.ui.spend.figures import Figures
from pixverse_desktop.ui.widgets.labels import ElidedLabel, plain_label

_BAR, _TICK = 6, 12  # pixels high
_HUNDRED = Decimal(100)


class LimitBar(QWidget):
    """How much of a limit is used, with a tick where notice is given. Keeps its place unseen."""

    def __init__(self) -> None:
        super().__init__()
        self._share: Decimal | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_TICK)

    def show_share(self, share: Decimal | None) -> None:
        """1 is all of it; None shows nothing."""
        self._share = share
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._share is None:
            return
        track = QRectF(0, (_TICK - _BAR) / 2, self.width(), _BAR)
        used = QRectF(track)
        used.setWidth(track.width() * float(min(self._share, Decimal(1))))
        tick = round(track.width() * float(NOTICE_AT))
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for area, role in ((track, "track"), (used, _role_of(self._share))):
                painter.setBrush(color(role))
                painter.drawRoundedRect(area, _BAR / 2, _BAR / 2)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(color("muted"), 1))
            painter.drawLine(tick, 0, tick, _TICK)


class Sum:
    """One column: the amount, what it is in money, how much of the limit it is."""

    def __init__(self, name: str) -> None:
        self.name = plain_label(name, "muted")
        self.value = plain_label("0", "figure")
        self.money = ElidedLabel("", "secondary")
        self.bar = LimitBar()
        self.note = ElidedLabel("", "secondary")
        self.value.setAccessibleDescription(name)


class Sums(QWidget):
    """The columns are in line with each other, whether they have a limit or not."""

    unexplained_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        names = {
            Period.DAY: self.tr("Today"), Period.WEEK: self.tr("This week"),
            Period.MONTH: self.tr("This month"),
        }  # fmt: skip
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        self.of = {period: Sum(name) for period, name in names.items()}
        for column, each in enumerate(self.of.values()):
            self._put(column, each.name, each.value, each.money)
            grid.addWidget(each.bar, 2, column)
            grid.addWidget(each.note, 3, column)
        self.left = Sum(self.tr("Left"))
        self._put(3, self.left.name, self.left.value, self.left.money)
        grid.addWidget(self.left.note, 2, 3)
        self.unexplained = QPushButton()
        set_style(self.unexplained, kind="notice")
        self.unexplained.setToolTip(self.tr("Used elsewhere? Show what is not explained"))
        self.unexplained.clicked.connect(self.unexplained_chosen)
        place = self.unexplained.sizePolicy()
        place.setRetainSizeWhenHidden(True)
        self.unexplained.setSizePolicy(place)
        grid.addWidget(self.unexplained, 3, 3, Qt.AlignmentFlag.AlignLeft)

    def show_figures(
        self,
        found: Figures,
        limits: Limits | None,
        left: Decimal | None,
        rate: Rate | None,
        waits: bool,
    ) -> None:
        """``limits`` are None where they are not meant: a part of the spending is looked at.
        ``waits`` says whether clips wait at a limit: those of the demo do not."""
        for period, each in self.of.items():
            _show_amount(each, found.spent[period], rate)
            self._show_limit(
                each, found.spent[period], limits.of(period) if limits else ZERO, waits
            )
        if left is None:
            self.left.value.setText(self.tr("not known"))
            self.left.money.setText("")
        else:
            _show_amount(self.left, left, rate)
        opening = found.opening
        known = opening is not None and left is not None and left <= opening
        words = self.tr("of {n} on {day}")
        began = localised.short_day(found.today.replace(day=1))
        amount = localised.shortest(opening or ZERO)
        self.left.note.setText(words.format(n=amount, day=began) if known else "")
        amount = localised.shortest(found.unexplained)
        self.unexplained.setText(self.tr("{n} not explained").format(n=amount))
        self.unexplained.setVisible(bool(found.unexplained))

    def _show_limit(self, each: Sum, spent: Decimal, limit: Decimal, waits: bool) -> None:
        share = spent / limit if limit else None
        each.bar.show_share(share)
        if share is None:
            each.note.setText("")
            return
        near = share >= NOTICE_AT
        words = self.tr("{share} % of {limit}") if near else self.tr("of {limit}")
        if near and waits:
            words = self.tr("{share} % of {limit}. At the limit, clips wait.")
        percent = localised.number(int(share * _HUNDRED))
        each.note.setText(words.format(limit=localised.shortest(limit), share=percent))
        set_style(each.note, role="note" if near else "secondary")

    def _put(self, column: int, name: QLabel, value: QLabel, money: QLabel) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(value)
        line.addWidget(money, 1, Qt.AlignmentFlag.AlignBottom)
        self._grid.addWidget(name, 0, column)
        self._grid.addLayout(line, 1, column)
        self._grid.setColumnStretch(column, 1)


def _show_amount(each: Sum, amount: Decimal, rate: Rate | None) -> None:
    each.value.setText(localised.shortest(amount))
    words = "" if rate is None else localised.money(rate.money_for(amount), rate.currency)
    each.money.setText(words)


def _role_of(share: Decimal) -> str:
    return "warn" if share >= NOTICE_AT else "text"
