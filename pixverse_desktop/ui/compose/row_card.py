"""One row of a list in the form: its fields, and the buttons that move and remove it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from pixverse_desktop.core.model.parameters import Group, ParameterSpec
from pixverse_desktop.core.model.rules import CellRule, Choice, Column, IntRange, Number, Rows, Text
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.compose.prompt_edit import PromptEdit
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import plain_label

_NUMBER_WIDTH = 96
_LEFT = Qt.AlignmentFlag.AlignLeft
_SHORT_TEXT = 200  # characters; plain values are names and ids, which stand in one line


class RowCard(QWidget):
    """Shows a row by the columns of ``rule``; what no field can show is kept, and refused when it
    is sent, until its field is changed."""

    changed = Signal()
    remove_requested = Signal(object)  # this card
    shift_requested = Signal(object, int)  # this card, and by how many places

    def __init__(
        self, name: str, rule: Rows, make: Callable[[ParameterSpec], QWidget], row: object
    ) -> None:
        super().__init__()
        self._name = name
        self._rule = rule
        self._kept: dict[str, object] = {}
        self.fields: dict[str, Any] = {c.key: make(_spec_of(c)) for c in rule.columns}
        self.number = plain_label("", "strong")
        self.up_button = IconButton("chevron-up", "", size=24, glyph=14)
        self.down_button = IconButton("chevron-down", "", size=24, glyph=14)
        self.remove_button = IconButton("close", "", size=24, glyph=12)
        self._build_layout()
        self.up_button.clicked.connect(self.on_up_button_clicked)
        self.down_button.clicked.connect(self.on_down_button_clicked)
        self.remove_button.clicked.connect(self.on_remove_button_clicked)
        usual = {c.key: c.rule.spelled(c.rule.default) for c in rule.columns}
        self._show({k: v for k, v in usual.items() if v is not None} if row is None
                   else rule.cells(row))  # fmt: skip
        for field in self.fields.values():
            field.value_changed.connect(self.on_field_value_changed)

    def row(self) -> object:
        """The row as it is sent: what is empty and has no meaning so is left out."""
        cells = {c.key: cell for c in self._rule.columns if (cell := self._cell(c)) is not None}
        return self._rule.row({**cells, **self._kept})

    def focus_stops(self) -> list[QWidget]:
        """What Tab stops at."""
        stops: list[QWidget] = []
        for field in self.fields.values():
            inner = getattr(field, "focus_stops", None)
            stops += inner() if inner else [field]
        return [*stops, self.up_button, self.down_button, self.remove_button]

    def focus(self) -> None:
        """Put the focus on the first value."""
        self.focus_stops()[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def wrong_stop(self) -> QWidget | None:
        """The first field whose value must not be sent."""
        cells = self._rule.cells(self.row())
        wrong = (c.key for c in self._rule.columns if c.problem(cells.get(c.key)))
        return next((self.fields[key] for key in wrong), None)

    def set_invalid(self, invalid: bool) -> None:
        """Mark the fields whose values must not be sent."""
        cells = self._rule.cells(self.row())
        for column in self._rule.columns:
            if mark := getattr(self.fields[column.key], "set_invalid", None):
                mark(invalid and bool(column.problem(cells.get(column.key))))

    def set_place(self, place: int, of: int) -> None:
        """Where the row stands, from 0; it is read aloud with every field."""
        called = f"{self._name} {place + 1}"
        self.number.setText(str(place + 1))
        for column in self._rule.columns:
            words = f"{called}: {column.label}" if column.key else called
            self.fields[column.key].setAccessibleName(words)
        for button, words, key in (
            (self.up_button, self.tr("Move {name} up"), "row up"),
            (self.down_button, self.tr("Move {name} down"), "row down"),
            (self.remove_button, self.tr("Remove {name}"), ""),
        ):
            text = words.format(name=called)
            button.setAccessibleName(text)
            if key:
                set_key_tip(button, text, key)
            else:
                button.setToolTip(text)
        # A button that is disabled while it is pressed would lose the focus.
        for button, there in ((self.up_button, place > 0), (self.down_button, place + 1 < of)):
            if not there and button.hasFocus():
                self.focus()
            button.setEnabled(there)

    def shift(self, step: int) -> None:
        """Ask for another place, ``step`` further down."""
        self.shift_requested.emit(self, step)

    @Slot()
    def on_up_button_clicked(self) -> None:
        self.shift(-1)

    @Slot()
    def on_down_button_clicked(self) -> None:
        self.shift(1)

    @Slot()
    def on_remove_button_clicked(self) -> None:
        self.remove_requested.emit(self)

    @Slot()
    def on_field_value_changed(self) -> None:
        sender = self.sender()
        for key, field in self.fields.items():
            if field is sender:
                self._kept.pop(key, None)
        self.changed.emit()

    def _cell(self, column: Column) -> object:
        value = self.fields[column.key].value()
        if value is None or (value == "" and not column.rule.default):
            return None
        return column.rule.spelled(value)

    def _show(self, cells: dict[str, object]) -> None:
        for column in self._rule.columns:
            cell = cells.pop(column.key, None)
            rule = column.rule
            self.fields[column.key].set_value(rule.read(cell) if isinstance(rule, Choice) else cell)
            shown = self._cell(column)
            alike = shown == cell and isinstance(shown, bool) is isinstance(cell, bool)
            if cell is not None and not alike:
                self._kept[column.key] = cell
        self._kept |= cells

    def _build_layout(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="card")
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.number)
        if self._rule.plain:
            head.addSpacing(6)
            head.addWidget(self.fields[""], 1)
        else:
            head.addStretch(1)
        for button in (self.up_button, self.down_button, self.remove_button):
            head.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 6, 6, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.addLayout(head, 0, 0, 1, 2)
        for line, column in enumerate(self._rule.columns if not self._rule.plain else (), 1):
            field = self.fields[column.key]
            if isinstance(field, PromptEdit):
                grid.addWidget(field, line, 0, 1, 2)
                continue
            label = plain_label(column.label + " *" * column.required, "muted")
            label.setToolTip(column.help)
            field.setToolTip(column.help)
            grid.addWidget(label, line, 0)
            short = isinstance(column.rule, IntRange | Number)
            grid.addWidget(field, line, 1, _LEFT if short else Qt.AlignmentFlag(0))
            if short:
                field.setFixedWidth(_NUMBER_WIDTH)


def _spec_of(column: Column) -> ParameterSpec:
    """A parameter that gets the field for one value of a row."""
    rule: CellRule = column.rule
    if isinstance(rule, IntRange | Number):
        rule = replace(rule, default=None)  # typed, for a slider would mend what it cannot show
    elif isinstance(rule, Text) and not column.key:
        rule = replace(rule, max_length=min(rule.max_length, _SHORT_TEXT))
    name = f"[{column.key}]"  # is no parameter of the program's own, whatever it is called
    return ParameterSpec(
        name, column.key, rule, Group.ROW, column.label, column.help, required=column.required
    )
