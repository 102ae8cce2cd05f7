"""The foot of the form: what the clip will be, what it costs, and the button that spends it."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStyleOptionButton,
    QVBoxLayout,
)

from pixverse_desktop.core.jobs.spending import NOTICE_AT, Period
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.service import Budget
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import color, set_style
from pixverse_desktop.ui.widgets.arranged import Arranged
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import ElidedLabel, SentenceLabel, plain_label, tip_text

_GAP = 8


class GenerateButton(QPushButton):
    """The one primary action, with its price; a double click is one click."""

    def __init__(self) -> None:
        super().__init__()
        self._price = ""
        self._primary = True
        set_style(self, kind="primary")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not leave Space on it
        self.setText(self.tr("Generate"))

    def set_price(self, price: str) -> None:
        """The price in words, such as "10 credits"."""
        self._price = price
        self.setAccessibleName(f"{self.text()}, {price}")
        self.update()

    def set_primary(self, primary: bool, text: str) -> None:
        """Whether this is the one thing to do here; what it says."""
        self._primary = primary
        set_style(self, kind="primary" if primary else "")
        self.setText(text)
        self.set_price(self._price)

    def price(self) -> str:
        """The price in words."""
        return self._price

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        price = self.fontMetrics().horizontalAdvance(self._price)
        return QSize(hint.width() + price + _GAP, max(40, hint.height()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # A second press so soon would be a second charge.
        event.accept()

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.text = ""  # the words are painted over the button

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            plain_font = QFont(self.font())
            plain_font.setWeight(QFont.Weight.Normal)
            bold = QFont(self.font())
            bold.setWeight(QFont.Weight.DemiBold)
            role = "on_accent" if self._primary else "text"
            painter.setPen(color(role if self.isEnabled() else "faint"))
            painter.setFont(bold)
            price_width = QFontMetrics(plain_font).horizontalAdvance(self._price)
            room = max(0, self.width() - 2 * _GAP - _GAP - price_width)  # the price is never cut
            metrics = painter.fontMetrics()
            word = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
            word_width = metrics.horizontalAdvance(word)
            left = (self.width() - word_width - _GAP - price_width) // 2
            self._draw(painter, bold, left, word_width, word)
            self._draw(painter, plain_font, left + word_width + _GAP, price_width, self._price)

    def _draw(self, painter: QPainter, font: QFont, left: int, width: int, text: str) -> None:
        painter.setFont(font)
        area = QRect(left, 0, width + 2, self.height())
        painter.drawText(
            area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text
        )


class CostBar(Arranged):
    """Pinned under the form."""

    generate_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._why = ""  # the price is what it is
        self._is_brief = False
        self._was = ""  # the price of the waiting clip that is edited
        self._tip = self.tr("Make this clip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="foot")
        self.note = SentenceLabel("note")
        self.reason = SentenceLabel("secondary")
        self.clip = ElidedLabel("", "muted")
        self.balance = plain_label("", "muted")
        self.why = SentenceLabel("secondary")
        self.button = GenerateButton()
        self.button.clicked.connect(self.on_button_clicked)
        self.takes_button = IconButton("stack", self.tr("Several takes"), size=40, kind="boxed")
        set_key_tip(self.takes_button, self.tr("Make several takes at once"), "several takes")
        self._line = line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        line.setSpacing(4)
        line.addWidget(self.clip, 1)
        line.addWidget(self.balance)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.note)
        column.addWidget(self.reason)
        column.addLayout(line)
        column.addWidget(self.why)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.button, 1)
        row.addWidget(self.takes_button)
        column.addLayout(row)

    def set_brief(self, brief: bool) -> None:
        """Where the form has hardly any height: what the clip is, and why it costs that, are told
        by the form and by the button's tooltip."""
        if brief != self._is_brief:
            self._is_brief = brief
            self.clip.setHidden(brief)
            self.why.show_message("" if brief else self._why)
            self.arrange()

    def set_clip(
        self, size: tuple[int, int] | None, duration_s: int | None, sound: bool | None
    ) -> None:
        """What the clip will be, None for what nobody knows; the size in pixels is approximate."""
        parts = [f"≈ {size[0]}×{size[1]}"] if size else []
        if duration_s is not None:
            parts.append(self.tr("{seconds} s").format(seconds=duration_s))
        if sound is not None:
            parts.append(self.tr("sound") if sound else self.tr("no sound"))
        self.clip.setText(" · ".join(parts))
        self.arrange()

    def set_purpose(self, word: str, tip: str) -> None:
        """The button makes something else than a new clip, and is not the one thing to do here."""
        self._tip = tip
        self.button.set_primary(False, word)
        self.takes_button.hide()

    def set_edited(self, was: str) -> None:
        """A waiting clip is edited, which costs ``was`` credits so far; "" when none is."""
        self._was = was
        text = self.tr("Add as a new clip") if was else self.tr("Generate")
        self.button.set_primary(not was, text)

    def set_cost(
        self, price: Price, credits: Decimal | None, waiting: Decimal, budget: Budget | None = None
    ) -> None:
        """Credits: the price of one clip, the balance (None when it is not known), what waits to be
        charged before this clip, and what the user's own limits leave. The smaller rest is told."""
        words = self.tr("{n} credits").format(n=localised.price_text(price))
        why = translated(price.why)
        why = f"{why[:1].upper()}{why[1:]}."
        self._why = why
        self.why.show_message("" if self._is_brief else why)
        self.button.set_price(words)
        tip = self._tip
        if self._was:
            tip = self.tr("Make one more clip of this; the waiting one stays as it was")
            self.button.setToolTip(tip_text(f"{tip}\n{why}"))
        else:
            set_key_tip(self.button, tip, "generate", why)
        left = None if credits is None else credits - waiting - price.high
        allowed = None if budget is None else budget.left - waiting - price.high
        short = False
        if budget is not None and allowed is not None and (left is None or allowed < left):
            left, text = allowed, self._budget_text(budget.period, allowed)
            short = allowed <= budget.limit * (1 - NOTICE_AT)
        elif left is None:
            text = words
        else:
            short = left < 0
            text = self.tr("{n} credits short") if short else self.tr("{n} left after")
            text = text.format(n=localised.shortest(abs(left)))
        if self._was:
            text, short = self._change_text(localised.price_text(price)), False
        self.balance.setText(text)
        set_style(self.balance, role="warn" if short else "muted")
        self.arrange()

    def _change_text(self, now: str) -> str:
        if now == self._was:
            return self.tr("{n} credits").format(n=now)
        text = self.tr("was {before}, now {now} credits")
        return text.format(before=self._was, now=now)

    def _budget_text(self, period: Period, left: Decimal) -> str:
        match period:
            case Period.DAY:
                text = self.tr("{n} left today")
                text = text if left >= 0 else self.tr("{n} above today's limit")
            case Period.WEEK:
                text = self.tr("{n} left this week")
                text = text if left >= 0 else self.tr("{n} above this week's limit")
            case Period.MONTH:
                text = self.tr("{n} left this month")
                text = text if left >= 0 else self.tr("{n} above this month's limit")
            case never:
                assert_never(never)
        return text.format(n=localised.shortest(abs(left)))

    def set_reason(self, reason: str) -> None:
        """Disable Generate with the reason in words; "" enables it."""
        self.reason.show_message(reason)
        self.button.setEnabled(not reason)

    def arrange(self) -> None:
        """Beside each other where there is room, else one under the other."""
        needed = self.clip.sizeHint().width() + 12 + self.balance.sizeHint().width()
        direction = QBoxLayout.Direction
        fits = needed <= self.width() - 32
        self._line.setDirection(direction.LeftToRight if fits else direction.TopToBottom)

    @Slot()
    def on_button_clicked(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and not self.button.hasFocus():
            focused.clearFocus()  # by the mouse: the next Space plays, and neither types nor pays
        self.generate_clicked.emit()
