"""Parameters that are varied: several values of one, as chips or as a list."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QLocale, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.batch.cells import Axis
from pixverse_desktop.core.model.parameters import ModelSpec, ParameterSpec
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.rules import Choice, Flag, IntRange, Number, Rule, Text
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import icon, set_style
from pixverse_desktop.ui.compose.prompt_edit import PromptEdit
from pixverse_desktop.ui.jobs.value_labels import parameter_label, value_text
from pixverse_desktop.ui.widgets.flow_layout import FlowLayout
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label

_ELSEWHERE = frozenset({"prompt", "start_frame", "end_frame", "seed"})
_BETWEEN = re.compile(r"[;\s]+|,\s+")
_BETWEEN_WHOLE = re.compile(r"[,;\s]+")
_MOST_VALUES = 1000


class VaryPart(QWidget):
    """A row for every parameter that is varied, and a menu of the others."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._model: ModelSpec | None = None
        self._base: ClipRequest | None = None
        self.rows: dict[str, VaryRow] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(16)
        self.add_button = QPushButton(self.tr("Vary…"))
        self.add_button.setIcon(icon("plus"))
        set_style(self.add_button, kind="quiet")
        self.add_button.setToolTip(self.tr("Try several values of another setting"))
        self.add_button.clicked.connect(self.open_menu)
        self.menu = QMenu(self)
        self.menu.triggered.connect(self.on_menu_triggered)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._list)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    def set_base(self, model: ModelSpec, base: ClipRequest) -> None:
        """What the model has, and what holds where nothing is varied."""
        if model != self._model:
            for name in list(self.rows):
                spec = model.get(name)
                if spec is None or not spec.offered or spec.rule != self.rows[name].spec.rule:
                    self._take_out(name)
        self._model, self._base = model, base
        self.add_button.setVisible(bool(self._others()))

    def axes(self) -> list[Axis]:
        """What is varied, in its order."""
        found = []
        for name, row in self.rows.items():
            found.append(Axis(name, [{name: value} for value in row.values()]))
        return found

    def problem(self) -> str:
        """Why what was typed cannot be understood, "" when it can."""
        return next((text for row in self.rows.values() if (text := row.problem())), "")

    def vary(self, name: str) -> None:
        """Try several values of a parameter; what the form says is the first."""
        spec = self._model.get(name) if self._model is not None else None
        if spec is None or self._base is None or name in self.rows:
            return
        row = VaryRow(spec, self._base.get(name))
        row.changed.connect(self.changed)
        row.remove_requested.connect(self.on_row_remove_requested)
        self.rows[name] = row
        self._list.addWidget(row)
        row.show()
        row.focus_field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.set_base(self._model, self._base)  # type: ignore[arg-type]
        self.changed.emit()

    @Slot()
    def open_menu(self) -> None:
        """What else can be varied."""
        self.menu.clear()
        for spec in self._others():
            self.menu.addAction(parameter_label(spec)).setData(spec.name)
        self.menu.popup(self.add_button.mapToGlobal(QPoint(0, self.add_button.height())))

    @Slot(QAction)
    def on_menu_triggered(self, action: QAction) -> None:
        self.vary(str(action.data()))

    @Slot(str)
    def on_row_remove_requested(self, name: str) -> None:
        self._take_out(name)
        if self._model is not None and self._base is not None:
            self.set_base(self._model, self._base)
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _take_out(self, name: str) -> None:
        row = self.rows.pop(name)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _others(self) -> list[ParameterSpec]:
        if self._model is None:
            return []
        known = _ELSEWHERE | self.rows.keys()
        return [s for s in self._model.offered() if s.name not in known and can_vary(s.rule)]


class VaryRow(QWidget):
    """The values of one parameter to be tried."""

    changed = Signal()
    remove_requested = Signal(str)

    def __init__(self, spec: ParameterSpec, value: object) -> None:
        super().__init__()
        self.spec = spec
        self.setAccessibleName(parameter_label(spec))
        self.number = plain_label("", "secondary")
        words = self.tr("Do not vary {label}").format(label=parameter_label(spec).lower())
        close = IconButton("close", words, size=24, glyph=12)
        close.clicked.connect(self.on_close_clicked)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(plain_label(parameter_label(spec), "strong"))
        head.addStretch(1)
        head.addWidget(self.number)
        head.addWidget(close)
        self.error = SentenceLabel("error")
        self.chips: dict[object, QPushButton] = {}
        self.line: TextField | PromptEdit | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._make_field(value))
        column.addWidget(self.error)
        self.focus_field = self.line or next(iter(self.chips.values()), close)
        self._refresh()

    def values(self) -> list[object]:
        """The values, each once, in their order."""
        if self.line is None:
            return [value for value, chip in self.chips.items() if chip.isChecked()]
        return list(dict.fromkeys(self._read()[0]))[:_MOST_VALUES]

    def problem(self) -> str:
        """Why what was typed cannot be understood, "" when it can."""
        return self._read()[1] if self.line is not None else ""

    @Slot()
    def on_field_changed(self) -> None:
        self._refresh()
        self.changed.emit()

    @Slot()
    def on_close_clicked(self) -> None:
        self.remove_requested.emit(self.spec.name)

    def _refresh(self) -> None:
        n = len(self.values())
        self.number.setText(
            self.tr("%Ln chosen", "", n) if self.line is None else self.tr("%Ln values", "", n)
        )
        self.error.show_message(self.problem())
        for chip in self.chips.values():
            set_style(chip, on=chip.isChecked())

    def _make_field(self, value: object) -> QWidget:
        label = parameter_label(self.spec)
        offered = _offered(self.spec.rule)
        if offered:
            field = QWidget()
            flow = FlowLayout(6, field)
            for one in offered:
                chip = QPushButton(value_text(self.spec, one))
                chip.setCheckable(True)
                chip.setChecked(one == value)
                chip.setAccessibleName(f"{label}: {chip.text()}")
                set_style(chip, kind="filter")
                chip.toggled.connect(self.on_field_changed)
                flow.addWidget(chip)
                self.chips[one] = chip
            return field
        if isinstance(self.spec.rule, Text):
            lines = PromptEdit(label, self.tr("One text a line"), 3, 100_000)
            lines.set_text("" if value is None else str(value))
            lines.textChanged.connect(self.on_field_changed)
            self.line = lines
            return lines
        line = TextField()
        line.setAccessibleName(label)
        line.setPlaceholderText(self.tr("Numbers, such as 3 5 8"))
        line.setText("" if value is None else localised.typed(float(str(value))))
        line.textChanged.connect(self.on_field_changed)
        self.line = line
        return line

    def _read(self) -> tuple[list[object], str]:
        """What was typed, and the first of it that cannot be understood."""
        text = self.line.text() if self.line is not None else ""
        if isinstance(self.spec.rule, Text):
            return [line.strip() for line in text.split("\n") if line.strip()], ""
        whole = isinstance(self.spec.rule, IntRange)
        found: list[object] = []
        for word in filter(None, (_BETWEEN_WHOLE if whole else _BETWEEN).split(text.strip())):
            number, readable = QLocale().toDouble(word)
            if not readable or (whole and number != int(number)):
                said = self.tr("“{text}” is no whole number.") if whole else self.tr(
                    "“{text}” is no number."
                )  # fmt: skip
                return found, said.format(text=word[:40])
            found.append(int(number) if whole else number)
        return found, ""


def can_vary(rule: Rule) -> bool:
    """Whether there is a control for several values."""
    return bool(_offered(rule)) or isinstance(rule, IntRange | Number | Text)


def _offered(rule: Rule) -> Iterable[object]:
    match rule:
        case Choice():
            return rule.values
        case Flag():
            return (True, False)
        case IntRange(allowed=allowed):
            return allowed
        case _:
            return ()
