"""The foot of the sheet: how many clips, what they cost, how long they take, and Generate."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.records import record
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.toggle import Toggle

_NARROW = 820  # pixels: from here on the buttons stand under the words


@record
class Totals:
    """What would be made. Credits: their sum, and the most and least that is left; times in
    seconds, None where it is not known."""

    clips: int = 0
    low: Decimal = ZERO
    high: Decimal = ZERO
    seconds: float | None = None
    credits: Decimal | None = None
    waiting: Decimal = ZERO
    before: int = 0  # clips that wait or are under way
    why: str = ""  # where the price comes from, when there is one reason


class SheetFoot(QWidget):
    """Only shows; the sheet decides."""

    generate_clicked = Signal()
    leave_out_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="foot")
        self.count = plain_label("", "head")
        self.price = plain_label("", "title")
        self.after = SentenceLabel("secondary")
        self.reason = SentenceLabel("note")
        self.leave_out = QPushButton(self.tr("Leave these out"))
        set_style(self.leave_out, kind="small")
        self.leave_out.clicked.connect(self.leave_out_clicked)
        self.background = Toggle(self.tr("Add in the background"))
        self.background.setToolTip(self.tr("Sent only when nothing else waits"))
        self.button = _OnceButton()
        self.button.clicked.connect(self.generate_clicked)
        self._build_layout()
        self.show_totals(Totals())

    def show_totals(self, totals: Totals) -> None:
        """Tell what is new."""
        n = totals.clips
        self.count.setText(self.tr("%Ln clips", "", n))
        parts = []
        amount = ""
        if n:
            low, high = localised.shortest(totals.low), localised.shortest(totals.high)
            amount = high if totals.low == totals.high else f"{low}–{high}"
            amount = self.tr("{amount} credits").format(amount=amount)
            parts.append(amount)
        if n and totals.seconds:
            minutes = max(1, round(totals.seconds / 60))
            parts.append(
                self.tr("about %Ln min", "", minutes)
                if minutes < 100
                else self.tr("about %Ln h", "", round(minutes / 60))
            )
        self.price.setText("".join(f" · {part}" for part in parts))
        self.after.show_message(" ".join(filter(None, self._after(totals))))
        self.button.setText(self.tr("Generate %Ln clips", "", n) if n else self.tr("Generate"))
        self.button.setAccessibleName(", ".join(filter(None, (self.button.text(), amount))))
        set_key_tip(self.button, self.tr("Make these clips"), "generate")

    def set_reason(self, reason: str, *, can_leave_out: bool = False) -> None:
        """Why Generate cannot be pressed, "" when it can; and whether leaving out would mend it."""
        self.reason.show_message(reason)
        self.leave_out.setVisible(can_leave_out)
        self.button.setEnabled(not reason)

    def show_note(self, note: str) -> None:
        """Something to be read before Generate is pressed once more."""
        self.reason.show_message(note)

    def arrange(self, width: int) -> None:
        """Words and buttons beside each other, or one under the other."""
        direction = QBoxLayout.Direction
        narrow = width < max(_NARROW, self._buttons.sizeHint().width() * 2)
        self._line.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)

    def _after(self, totals: Totals) -> list[str]:
        """What is left, where the price comes from, and what comes first."""
        said = []
        if totals.clips and totals.credits is not None:
            low = totals.credits - totals.waiting - totals.high
            high = totals.credits - totals.waiting - totals.low
            least, most = localised.shortest(low), localised.shortest(high)
            rest = most if low == high else f"{least}–{most}"
            if low < 0:
                short = localised.shortest(-low)
                said.append(self.tr("Up to {n} credits short.").format(n=short))
            else:
                text = self.tr("{rest} of your {all} credits left after.")
                said.append(text.format(rest=rest, all=localised.shortest(totals.credits)))
        if totals.clips and totals.why:
            said.append(f"{totals.why[:1].upper()}{totals.why[1:]}.")
        if totals.before:
            said.append(self.tr("%Ln clips wait before these or are under way.", "", totals.before))
        return said

    def _build_layout(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.count)
        head.addWidget(self.price)
        head.addStretch(1)
        wrong = QHBoxLayout()
        wrong.setSpacing(12)
        wrong.addWidget(self.reason, 1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addLayout(head)
        words.addWidget(self.after)
        words.addLayout(wrong)
        words.addStretch(1)
        self._buttons = QWidget()
        label = plain_label(self.background.accessibleName())
        label.setBuddy(self.background)
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.background)
        row.addWidget(label)
        row.addSpacing(8)
        row.addWidget(self.leave_out)
        row.addWidget(self.button)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(24, 14, 24, 14)
        self._line.setSpacing(16)
        self._line.addLayout(words, 1)
        self._line.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignRight)


class _OnceButton(QPushButton):
    """The one primary action; a double click is one click, and a click leaves no Space on it."""

    def __init__(self) -> None:
        super().__init__()
        set_style(self, kind="primary")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
