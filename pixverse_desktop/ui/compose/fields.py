"""The form's values: for every kind of rule a widget with ``value``, ``set_value``, ``set_rule``
and a signal when it changed. None is the value of a parameter that is not set.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QLocale, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pixverse_desktop.core.model.parameters import Group, ParameterSpec
from pixverse_desktop.core.model.rules import (
    Choice,
    Flag,
    Image,
    IntRange,
    Json,
    Number,
    Rows,
    Rule,
    Text,
)
from pixverse_desktop.core.text import read_json
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.base.theme import set_style, tabular
from pixverse_desktop.ui.compose.aspect_field import AspectField
from pixverse_desktop.ui.compose.clip_field import ClipField
from pixverse_desktop.ui.compose.combo_field import ComboField
from pixverse_desktop.ui.compose.pictures_field import PicturesField
from pixverse_desktop.ui.compose.prompt_edit import PromptEdit
from pixverse_desktop.ui.compose.rows_field import RowsField
from pixverse_desktop.ui.compose.seed_field import SeedField
from pixverse_desktop.ui.compose.style_field import StyleField
from pixverse_desktop.ui.jobs.value_labels import (
    label_for,
    parameter_help,
    parameter_label,
)
from pixverse_desktop.ui.widgets.inputs import QuietSlider, TextField
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.segmented import Segmented
from pixverse_desktop.ui.widgets.toggle import Toggle

CLIP_LENGTH = "video_duration"  # of the clip that is given, which the caller states
_MOST_SEGMENTS = 5
_LETTERS = 24  # of all segments together: what a narrow form has room for
_SLIDER_SPAN = 120
_LINES_IN_ROW = 2
_ONE_LINE = 200  # characters; a longer text gets several lines


class Field(Protocol):
    """What the form asks of the widget of a value."""

    value_changed: SignalInstance

    def value(self) -> object: ...

    def set_value(self, value: object) -> None: ...

    def set_rule(self, rule: Rule) -> None: ...


def field_kind(spec: ParameterSpec) -> type[QWidget]:
    """The widget that suits a parameter."""
    rule = spec.rule
    if spec.name == CLIP_LENGTH and isinstance(rule, Text | Choice | IntRange | Number):
        return LineField  # which can be empty, and holds any length that was measured
    match rule:
        case Text(clip=True) if spec.group is not Group.ROW:
            return ClipField
        case Text():
            return LineField if rule.max_length <= _ONE_LINE else TextBlockField
        case Choice() if spec.name == "aspect_ratio":
            return AspectField
        case Choice() if spec.name == "style":
            return StyleField
        case Choice():
            few = len(rule.values) <= _MOST_SEGMENTS and sum(map(len, rule.values)) <= _LETTERS
            return SegmentedField if few and rule.default is not None else ComboField
        case IntRange() if spec.name == "seed":
            return SeedField
        case IntRange():
            few = rule.maximum - rule.minimum <= _SLIDER_SPAN and rule.default is not None
            return SliderField if few else LineField
        case Number():
            return LineField
        case Flag():
            return FlagField
        case Image():
            return PicturesField
        case Rows():
            return RowsField
        case Json():
            return JsonField


def make_field(spec: ParameterSpec, context: UiContext) -> QWidget:
    """The widget of a parameter, with its rule."""
    label = parameter_label(spec)
    kind: Any = field_kind(spec)
    field: Any
    if kind is PicturesField:
        field = PicturesField(label, context)
    elif kind is StyleField:
        field = StyleField(label, context.workers)
    elif kind is ClipField:
        field = ClipField(label, context)
    elif kind is RowsField:
        field = RowsField(label, partial(make_field, context=context))
    elif kind is TextBlockField and spec.group is Group.ROW:
        field = TextBlockField(label, parameter_help(spec) or label, _LINES_IN_ROW)
    elif kind is TextBlockField:
        field = TextBlockField(label, parameter_help(spec))
    elif kind is SliderField and isinstance(spec.rule, IntRange) and spec.rule.unit:
        words, unit = (
            translate("Fields", "{name} in {unit}"),
            translate("Parameter", spec.rule.unit),
        )
        field = SliderField(words.format(name=label, unit=unit))
    else:
        field = kind(label)
    set_rule(field, spec)
    return field  # type: ignore[no-any-return]


def set_rule(field: Any, spec: ParameterSpec) -> None:
    """Give a field the rule of its parameter."""
    field.set_rule(spec.rule)
    if isinstance(field, LineField) and spec.required and not spec.nullable:
        field.setPlaceholderText("")  # there is no value that the service would take instead


class SegmentedField(Segmented):
    """A choice of few words."""

    def set_rule(self, rule: Choice) -> None:
        """Offer what the model offers; the choice falls back to the default when it is gone."""
        before = self.value()
        if rule.values != self.values():
            self.set_choices((value, label_for(value)) for value in rule.values)
        if before not in rule.values:
            self.set_value(rule.default or "")


class SliderField(QWidget):
    """A whole number on a slider, with the number beside it."""

    value_changed = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._rule = IntRange(0, 1)
        self.slider = QuietSlider(name)
        self.slider.valueChanged.connect(self.on_slider_value_changed)
        self._label = plain_label("", "strong")
        font = tabular(self._label.font())
        font.setWeight(QFont.Weight.DemiBold)  # as the style sheet will say: it is measured now
        self._label.setFont(font)
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.slider, 1)
        row.addWidget(self._label)

    def _words(self, value: int) -> str:
        return self.tr("{seconds} s").format(seconds=value) if self._rule.unit else str(value)

    def focus_stops(self) -> list[QWidget]:
        """What Tab stops at."""
        return [self.slider]

    def set_rule(self, rule: IntRange) -> None:
        """Another range; the value is kept where it is legal."""
        before, self._rule = self.value(), rule
        # Where not every number is allowed, the slider stands on their places in the list.
        self.slider.blockSignals(True)
        low, high = (0, len(rule.allowed) - 1) if rule.allowed else (rule.minimum, rule.maximum)
        self.slider.setRange(low, high)
        self.slider.setPageStep(1 if rule.allowed else 5)
        self.slider.blockSignals(False)
        widest = self._words(rule.maximum)
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance(widest) + 6)
        self.set_value(before)
        self.on_slider_value_changed(self.slider.value())

    def value(self) -> int:
        """The number."""
        at = self.slider.value()
        return self._rule.allowed[at] if self._rule.allowed else at

    def set_value(self, value: object) -> None:
        """Show another number, or the allowed one next to it."""
        if not isinstance(value, int):
            return
        nearest = self._rule.nearest(value)
        allowed = self._rule.allowed
        self.slider.setValue(allowed.index(nearest) if allowed else nearest)

    @Slot(int)
    def on_slider_value_changed(self, _at: int) -> None:
        self._label.setText(self._words(self.value()))
        self.value_changed.emit(self.value())


class FlagField(Toggle):
    """Yes or no."""

    value_changed = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._unset = False  # nobody has chosen, and the service knows best
        self.toggled.connect(self.on_toggled)

    def set_rule(self, _rule: Flag) -> None:
        """Nothing about a switch depends on the model."""

    def value(self) -> bool | None:
        """None while nobody has chosen."""
        return None if self._unset else self.isChecked()

    def set_value(self, value: bool | None) -> None:
        """On, off, or not chosen."""
        self.setChecked(bool(value))
        self._unset = value is None

    @Slot(bool)
    def on_toggled(self, on: bool) -> None:
        self._unset = False
        self.value_changed.emit(on)


class LineField(TextField):
    """A short text or a number; what is no number stays to be read and mended."""

    value_changed = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._rule: Text | Choice | IntRange | Number = Text(_ONE_LINE)
        self.setAccessibleName(name)
        self.textChanged.connect(self.on_text_changed)

    def set_rule(self, rule: Text | Choice | IntRange | Number) -> None:
        """Name the range; a number outside of it is told apart when it is sent."""
        self._rule = rule
        self.setPlaceholderText(self.tr("Default") if rule.default is None else "")

    def value(self) -> object:
        """The text or number; None when empty, unless that is a text by itself."""
        text = self.text() if isinstance(self._rule, Text) else self.text().strip()
        if not text:
            return "" if self._rule.default == "" else None
        try:
            return self._rule.parsed(text)
        except ValueError:
            number, whole = QLocale().toDouble(text)  # with a comma, where that is the custom
            return number if whole and isinstance(self._rule, Number) else text

    def set_value(self, value: object) -> None:
        """Show another value."""
        text = localised.typed(value) if isinstance(value, float) else str(value)
        self.setText("" if value is None else text)

    def set_invalid(self, invalid: bool) -> None:
        """Mark the field."""
        set_style(self, invalid=invalid)

    @Slot()
    def on_text_changed(self) -> None:
        self.value_changed.emit(self.value())


class TextBlockField(PromptEdit):
    """A text of several lines."""

    value_changed = Signal(object)

    def __init__(self, name: str, placeholder: str, lines: int = 4) -> None:
        super().__init__(name, placeholder, lines, 1)
        self.textChanged.connect(self.on_value_changed)

    def set_rule(self, rule: Text | Json) -> None:
        """Another limit; the text is kept."""
        self.set_limit(rule.max_length)

    def value(self) -> object:
        """The text."""
        return self.text()

    def set_value(self, value: object) -> None:
        """Show another text."""
        self.set_text("" if value is None else str(value))

    @Slot()
    def on_value_changed(self) -> None:
        self.value_changed.emit(self.value())


class JsonField(TextBlockField):
    """What no control fits, as JSON; what cannot be read is kept and named when it is sent."""

    def __init__(self, name: str) -> None:
        super().__init__(name, self.tr("JSON, as the service's documentation describes it"))

    def value(self) -> object:
        """What the JSON means; None when empty or unreadable (then see ``unreadable``)."""
        return self._read()[0]

    def unreadable(self) -> str:
        """Why the text cannot be read, "" when it can."""
        return self._read()[1]

    def _read(self) -> tuple[object, str]:
        try:
            return read_json(self.text() or "null"), ""
        except ValueError as error:
            return None, self.tr("This is not JSON: {reason}.").format(reason=str(error)[:120])

    def set_value(self, value: object) -> None:
        """Show another value."""
        self.set_text("" if value is None else json.dumps(value, ensure_ascii=False, indent=2))
