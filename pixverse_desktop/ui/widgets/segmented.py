"""A row of chips of which one is chosen, shown by its outline."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from pixverse_desktop.ui.base.theme import set_style


class Segmented(QWidget):
    """Choices as chips; the arrow keys move the choice, Tab enters at the chosen one."""

    value_changed = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._values: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._group = QButtonGroup(self)
        self._group.idToggled.connect(self.on_group_id_toggled)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer ``(value, word)`` pairs; the choice is kept when it is still offered."""
        choices = tuple(choices)
        chosen = self.value()
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._values = tuple(value for value, _ in choices)
        for index, (_, word) in enumerate(choices):
            self._add_chip(index, word)
        self.set_value(chosen if chosen in self._values else next(iter(self._values), ""))

    def focus_stops(self) -> list[QWidget]:
        """The chips; Tab stops at the chosen one alone."""
        chips: list[QWidget] = list(self._group.buttons())
        return chips

    def value(self) -> str:
        """The chosen value, "" without choices."""
        index = self._group.checkedId()
        return self._values[index] if 0 <= index < len(self._values) else ""

    def values(self) -> tuple[str, ...]:
        """Everything on offer."""
        return self._values

    def set_value(self, value: str) -> None:
        """Choose ``value``; a value that is not offered changes nothing."""
        if value in self._values:
            self._group.button(self._values.index(value)).setChecked(True)

    def set_word(self, value: str, word: str) -> None:
        """Call a choice something else."""
        chip = self._group.button(self._values.index(value))
        chip.setText(word)
        chip.setAccessibleName(f"{self._name}: {word}")

    def choose_none(self) -> None:
        """Nothing of what is offered is meant."""
        chosen = self._group.checkedButton()
        if chosen is not None:
            self._group.setExclusive(False)
            chosen.setChecked(False)
            self._group.setExclusive(True)
            chosen.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Tab still comes in here

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        chosen = self._group.checkedButton()
        if chosen is not None:
            chosen.setFocus(reason)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.setFocus(event.reason())

    @Slot(int, bool)
    def on_group_id_toggled(self, index: int, checked: bool) -> None:
        # One stop for Tab: the chosen chip; the arrow keys reach the others.
        policy = Qt.FocusPolicy.StrongFocus if checked else Qt.FocusPolicy.ClickFocus
        self._group.button(index).setFocusPolicy(policy)
        if checked and index < len(self._values):
            self.value_changed.emit(self._values[index])

    def _add_chip(self, index: int, word: str) -> QAbstractButton:
        chip = QPushButton(word)
        chip.setCheckable(True)
        chip.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        chip.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
        chip.setAccessibleName(f"{self._name}: {word}")
        set_style(chip, kind="chip")
        self._group.addButton(chip, index)
        self._row.addWidget(chip)
        return chip
