"""A list as rows of fields: added, removed, moved, and counted in seconds where they tell some."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from pixverse_desktop.core.model.parameters import ParameterSpec
from pixverse_desktop.core.model.rules import Rows
from pixverse_desktop.core.model.validation import SAME_SECONDS
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.command import Command
from pixverse_desktop.ui.base.commands import add_keys, command
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.undo_strip import UndoStrip

if TYPE_CHECKING:
    from pixverse_desktop.ui.compose.row_card import RowCard

_SHOWN_LETTERS = 200


class RowsField(QWidget):
    """The value is the list as it is sent; None without rows, where no list is the usual one.

    ``make`` gives the field of one value of a row.
    """

    value_changed = Signal(object)
    stops_changed = Signal()

    def __init__(self, name: str, make: Callable[[ParameterSpec], QWidget]) -> None:
        super().__init__()
        self._name = name
        self._make = make
        self._rule = Rows(())
        self._duration = 0
        self._odd: object = None  # what cannot be shown in rows is kept until it is replaced
        self._filling = False
        self._serial = count()
        self._removed: dict[str, tuple[int, object]] = {}
        self.cards: list[RowCard] = []
        self.setAccessibleName(name)
        self._odd_label = SentenceLabel("note")
        self.undo_strip = UndoStrip()
        self.undo_strip.undo_requested.connect(self.on_undo_requested)
        add_keys(self, [command("undo")], self._undo)
        self.add_button = QPushButton(self.tr("Add a row"))
        self.add_button.setAccessibleName(f"{name}: {self.add_button.text()}")
        set_style(self.add_button, kind="small")
        self.add_button.clicked.connect(self.on_add_button_clicked)
        self.sum_label = plain_label("", "secondary")
        foot = QHBoxLayout()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        foot.addWidget(self.sum_label)
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._odd_label)
        column.addLayout(self._list)
        column.addLayout(foot)
        column.addWidget(self.undo_strip)

    def focus_stops(self) -> list[QWidget]:
        """What Tab stops at."""
        inside = [stop for card in self.cards for stop in card.focus_stops()]
        return [*inside, self.add_button, self.undo_strip.button]

    @property
    def wrong_stop(self) -> QWidget | None:
        """The first field whose value must not be sent."""
        return next((wrong for card in self.cards if (wrong := card.wrong_stop())), None)

    def set_rule(self, rule: Rows) -> None:
        """Other limits; with other columns the rows are made anew and keep what they hold."""
        before, same = self.value(), rule.columns == self._rule.columns
        self._rule = rule
        if not same:
            self._fill(before)
        self._refresh()

    def value(self) -> object:
        """The list, in the order of the rows."""
        if self._odd is not None:
            return self._odd
        if not self.cards:
            return None if self._rule.default is None else []
        return [card.row() for card in self.cards]

    def set_value(self, value: object) -> None:
        """Show another list."""
        if value != self.value():
            self._fill(value)
            self._changed()

    def set_duration(self, seconds: int) -> None:
        """How long the whole clip is, 0 for what nobody says."""
        self._duration = seconds
        self._show_sum()

    def set_invalid(self, invalid: bool) -> None:
        """Mark the fields whose values must not be sent."""
        for card in self.cards:
            card.set_invalid(invalid)

    @Slot()
    def on_add_button_clicked(self) -> None:
        self._odd = None
        for _ in range(max(1, self._rule.least - len(self.cards))):
            self._insert(len(self.cards), None)
        self._changed()
        self.cards[-1].focus()
        self._follow()

    @Slot(object)
    def on_card_remove_requested(self, card: RowCard) -> None:
        place, serial = self.cards.index(card), str(next(self._serial))
        self._removed[serial] = (place, card.row())
        self._take_out(card)
        self.undo_strip.add(serial)
        self._changed()
        neighbour = self.cards[min(place, len(self.cards) - 1)] if self.cards else None
        stop = neighbour.remove_button if neighbour is not None else self.add_button
        stop.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object, int)
    def on_card_shift_requested(self, card: RowCard, step: int) -> None:
        place = self.cards.index(card)
        if not 0 <= place + step < len(self.cards):
            return
        self.cards.insert(place + step, self.cards.pop(place))
        self._list.removeWidget(card)
        self._list.insertWidget(place + step, card)
        self._changed()
        self._follow()

    @Slot(str)
    def on_undo_requested(self, serial: str) -> None:
        place, row = self._removed.pop(serial)
        self._insert(min(place, len(self.cards)), row)
        self._changed()
        self.cards[min(place, len(self.cards) - 1)].focus()
        self._follow()

    @Slot()
    def on_card_changed(self) -> None:
        if not self._filling:
            self._show_sum()
            self.value_changed.emit(self.value())

    @Slot()
    def on_laid_out(self) -> None:
        focused = next((c for c in self.cards if c.isAncestorOf(self.focusWidget())), None)
        area: QWidget | None = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None and focused is not None:
            area.ensureWidgetVisible(focused, 0, 16)

    def _follow(self) -> None:
        """Bring the row with the focus into sight, once it has its place."""
        QTimer.singleShot(0, self.on_laid_out)

    def _undo(self, pressed: Command) -> None:
        pressed.start(self.undo_strip)

    def _fill(self, value: object) -> None:
        self._filling = True
        for card in list(self.cards):
            self._take_out(card)
        self._removed.clear()
        self.undo_strip.on_timer_timeout()
        rows = value if isinstance(value, list) else []
        fits = value is None or (self._rule.holds(value) and len(rows) <= max(self._rule.most, 100))
        self._odd = None if fits else value
        for row in rows if fits else ():
            self._insert(len(self.cards), row)
        self._filling = False

    def _insert(self, place: int, row: object) -> None:
        """A row with these values; with the usual ones for None."""
        from pixverse_desktop.ui.compose.row_card import RowCard

        card = RowCard(self._name, self._rule, self._make, row)
        card.changed.connect(self.on_card_changed)
        card.remove_requested.connect(self.on_card_remove_requested)
        card.shift_requested.connect(self.on_card_shift_requested)
        add_keys(card, [command("row up"), command("row down")], partial(_start, card))
        self.cards.insert(place, card)
        self._list.insertWidget(place, card)
        card.show()  # at once, or Tab would pass over it

    def _take_out(self, card: RowCard) -> None:
        self.cards.remove(card)
        self._list.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _changed(self) -> None:
        self._refresh()
        self.stops_changed.emit()
        self.value_changed.emit(self.value())

    def _refresh(self) -> None:
        for place, card in enumerate(self.cards):
            card.set_place(place, len(self.cards))
        full = len(self.cards) >= self._rule.most
        self.add_button.setEnabled(not full)
        self.add_button.setToolTip(
            self.tr("The service takes %n rows.", "", self._rule.most) if full else ""
        )
        words = ""
        if self._odd is not None:
            text = json.dumps(self._odd, ensure_ascii=False)[:_SHOWN_LETTERS]
            words = self.tr("This does not fit into rows: {value}").format(value=text)
        self._odd_label.show_message(words)
        self._show_sum()

    def _show_sum(self) -> None:
        total = self._rule.total(self.value())
        told, whole = localised.shortest(total or 0), localised.shortest(self._duration)
        words, differs = "", False
        if total is not None and self._duration:
            words = self.tr("{total} of {duration} s").format(total=told, duration=whole)
            differs = abs(total - self._duration) > SAME_SECONDS
        elif total is not None:
            words = self.tr("{total} s").format(total=told)
        self.sum_label.setText(words)
        set_style(self.sum_label, role="note" if differs else "secondary")


def _start(card: RowCard, pressed: Command) -> None:
    pressed.start(card)
