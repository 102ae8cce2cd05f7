"""Prompt and parameters: one row for each parameter of the model."""

from __future__ import annotations

from itertools import pairwise
from math import floor

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.parameters import Group, ModelSpec, ParameterSpec
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.model.rules import Number
from pixverse_desktop.core.model.validation import Violation, asked_in_vain, lacks
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.compose.clip_field import ClipField, Length
from pixverse_desktop.ui.compose.fields import (
    CLIP_LENGTH,
    Field,
    JsonField,
    field_kind,
    make_field,
    set_rule,
)
from pixverse_desktop.ui.compose.form_row import FormRow
from pixverse_desktop.ui.compose.prompt_edit import PromptEdit
from pixverse_desktop.ui.compose.rows_field import RowsField
from pixverse_desktop.ui.compose.seed_field import SeedField
from pixverse_desktop.ui.jobs.value_labels import parameter_help, parameter_label
from pixverse_desktop.ui.widgets.fold_out import FoldOut
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label

_ELSEWHERE = frozenset({"prompt", "start_frame", "end_frame"})  # not in a row of its own

_FRAME_S = 0.1  # longer than any clip's last frame
_WIDE = (PromptEdit, RowsField, ClipField, SeedField)


class Form(QWidget):
    """Holds values only; what they cost and whether they may be sent is the panel's."""

    changed = Signal()
    picture_pasted = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._model = PIXVERSE_V6
        self._filling = False
        self._width = 0
        self._measured_s: float | None = None  # how long the given clip is
        self._others: dict[str, object] = {}  # values that no row of this model shows
        self.rows: dict[str, FormRow] = {}
        self._build_prompt()
        self._build_layout()
        self._make_rows(self._model)

    def field(self, name: str) -> QWidget:
        """The widget of a parameter's value."""
        return self.rows[name].field

    @property
    def seed(self) -> SeedField | None:
        """The seed's field, where the model has one."""
        row = self.rows.get("seed")
        return row.field if row is not None and isinstance(row.field, SeedField) else None

    def request(self, start: Frame | None, end: Frame | None) -> ClipRequest:
        """The values as a request with these frames."""
        values = self._others | {name: _field(row).value() for name, row in self.rows.items()}
        return ClipRequest(
            self.prompt.text() if self._model.offers("prompt") else None,
            model=self._model.id,
            values=values | {"start_frame": start, "end_frame": end},
        )

    def fill(self, request: ClipRequest) -> None:
        """Show a request's values; one signal for all of them."""
        self._filling = True
        self.prompt.set_text(request.prompt)
        for name, row in self.rows.items():
            if name in request.values or not row.is_choice:
                _field(row).set_value(request.get(name))
        shown = _ELSEWHERE | self.rows.keys()
        self._others = {name: v for name, v in request.values.items() if name not in shown}
        self._order_tabs()
        self._filling = False
        self.on_field_changed()

    def set_model(self, model: ModelSpec) -> None:
        """Offer what the model accepts; a value that was its old default becomes the new one."""
        if model is self._model:
            return
        old, kept = default_request(self._model), self.request(None, None)
        new = default_request(model)
        self._model = model
        self._filling = True
        self.prompt.set_limit(model.text("prompt").max_length)
        self._prompt_part.setVisible(model.offers("prompt"))
        self._make_rows(model)
        for name, row in self.rows.items():
            usual = kept.get(name) == old.get(name)
            _field(row).set_value(new.get(name) if usual else kept.get(name))
        self._order_tabs()
        self._filling = False
        self.on_field_changed()

    def show_differences(self, request: ClipRequest, defaults: ClipRequest) -> None:
        """Offer a reset wherever the value is not the model's default."""
        for name, row in self.rows.items():
            spec = self._model.get(name)
            follows = spec is not None and request.get(spec.yields_to) is not None
            follows = follows or (name == CLIP_LENGTH and self._is_told())
            row.set_differs(not follows and request.get(name) != defaults.get(name))

    def show_offered(self, request: ClipRequest) -> None:
        """Only what the model has a setting for can be set; and what is asked for all the same."""
        in_vain = asked_in_vain(request, self._model)
        for name, row in self.rows.items():
            spec = self._model.get(name)
            if spec is not None and not spec.yields_to:  # a picture decides about the others
                row.field.setEnabled(name != CLIP_LENGTH or not self._is_told())
            if isinstance(row.field, RowsField):
                timed = self._model.offers("duration_s")
                row.field.set_duration(request.duration_s if timed else 0)
            if name == CLIP_LENGTH:
                row.hint.show_message(self._length_hint())
            if isinstance(row.field, ClipField):
                row.field.set_measured(self._model.offers(CLIP_LENGTH))
            row.set_offered(self._model.offers(name), lacks(name) if name in in_vain else "")
        self.more.setVisible(any(not row.isHidden() for row in self._rows_inside()))

    def is_measuring(self) -> bool:
        """Whether the length of a given clip will be known in a moment."""
        return self._states({Length.MEASURING}) and self._model.offers(CLIP_LENGTH)

    def unreadable(self) -> list[Violation]:
        """What was typed and cannot be understood, by parameter."""
        found = []
        for name, row in self.rows.items():
            if isinstance(row.field, JsonField) and (text := row.field.unreadable()):
                found.append(Violation(name, text))
        return found

    def show_length_note(self, note: str, error: str) -> None:
        """About the length of the prompt: a quiet note, or an error."""
        self._length.show_message(error or note, "error" if error else "secondary")
        if error or not self._prompt_error.text():
            self.prompt.set_invalid(bool(error))

    def show_hint(self, name: str, hint: str) -> None:
        """A hint under a row."""
        if name in self.rows:
            self.rows[name].hint.show_message(hint)

    def focus_field(self, name: str, sentence: str = "") -> None:
        """Put the focus on a field and, with a sentence, mark it."""
        if name == "prompt":
            self.prompt.set_invalid(bool(sentence))
            self._prompt_error.show_message(sentence)
            self.prompt.setFocus(Qt.FocusReason.OtherFocusReason)
            if self.prompt.textCursor().atStart():  # as it is after another text was put in
                self.prompt.moveCursor(self.prompt.textCursor().MoveOperation.End)
            self._show_field(self.prompt)
        elif name in self.rows:
            row = self.rows[name]
            if row in self._rows_inside():
                self.more.set_open(True)
            row.error.show_message(sentence)
            _mark(row, bool(sentence))
            row.focus()
            self._show_field(getattr(row.field, "wrong_stop", None) or row.field)

    def clear_errors(self) -> None:
        """Take all marks away."""
        self._prompt_error.show_message("")
        self.prompt.set_invalid(False)
        for row in self.rows.values():
            row.error.show_message("")
            _mark(row, False)

    def arrange(self, width: int) -> None:
        """Labels beside the values, or above them when ``width`` pixels are too few."""
        self._width = width
        rows = self.rows.values()
        beside = [row for row in rows if not isinstance(row.field, _WIDE)]
        head = max((row.wanted_head_width() for row in beside), default=0)
        needed = max((row.wanted_field_width() for row in beside), default=0)
        for row in self.rows.values():
            row.arrange(head, row not in beside or head + 8 + needed > width)

    def event(self, event: QEvent) -> bool:
        # Styles and words arrive late, and both decide what fits.
        late = event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show)
        if late and self._width:
            self.arrange(self._width)
        return super().event(event)

    def _order_tabs(self) -> None:
        """From top to bottom; segments made anew would otherwise come last.

        Fields of several parts have no focus proxy: with one, Qt walks in circles here.
        """
        stops: list[QWidget] = [self.prompt]
        inside = self._rows_inside()
        for row in self.rows.values():
            if row in inside and self.more.button not in stops:
                stops.append(self.more.button)
            stops += row.focus_stops()
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    @Slot()
    def on_stops_changed(self) -> None:
        if not self._filling:
            self._order_tabs()

    @Slot()
    def on_field_changed(self) -> None:
        if not self._filling:
            self.changed.emit()

    @Slot(object)
    def on_length_changed(self, seconds: float | None) -> None:
        row, self._measured_s = self.rows.get(CLIP_LENGTH), seconds
        if row is not None:
            _field(row).set_value(None if seconds is None else _stated(seconds, self._whole_only()))
            row.error.show_message("")
        self.on_field_changed()

    def _whole_only(self) -> bool:
        """Whether the service takes whole seconds alone as the length of a given clip."""
        spec = self._model.get(CLIP_LENGTH)
        return spec is not None and not isinstance(spec.rule, Number)

    def _is_told(self) -> bool:
        """Whether nobody has to say how long the given clip is; what does not fit is the user's."""
        spec, row = self._model.get(CLIP_LENGTH), self.rows.get(CLIP_LENGTH)
        if self._states({Length.MEASURING}) or spec is None or row is None:
            return True
        value = _field(row).value()
        fits = value is not None and not spec.rule.problem(spec.name, value)
        return fits and self._states({Length.MEASURED})

    def _length_hint(self) -> str:
        if self._measured_s is None or not self._states({Length.MEASURED}):
            return ""
        text = self.tr("Measured from the clip: {n} s.")
        return text.format(n=localised.shortest(round(self._measured_s, 2)))

    @Slot()
    def on_prompt_changed(self) -> None:
        self._prompt_error.show_message("")
        self.prompt.set_invalid(False)
        self._notice.show_message("")
        self.on_field_changed()

    @Slot(str)
    def on_prompt_noticed(self, sentence: str) -> None:
        self._notice.show_message(sentence)

    @Slot(str)
    def on_row_value_changed(self, name: str) -> None:
        row = self.rows.get(name)
        if row is not None and hasattr(row.field, "set_invalid"):  # it was marked for its text
            row.error.show_message("")
            _mark(row, False)
        self.on_field_changed()

    @Slot(str)
    def on_row_reset_requested(self, name: str) -> None:
        self.rows[name].error.show_message("")
        _field(self.rows[name]).set_value(default_request(self._model).get(name))

    def _states(self, lengths: set[Length]) -> bool:
        """Whether a given clip is in one of these states."""
        fields = (row.field for row in self.rows.values())
        return any(field.length in lengths for field in fields if isinstance(field, ClipField))

    def _show_field(self, field: QWidget) -> None:
        parent = self.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(field, 0, 48)

    def _rows_inside(self) -> list[FormRow]:
        """The rows below More."""
        return [row for row in self.rows.values() if row.parentWidget() is self._hidden]

    def _make_rows(self, model: ModelSpec) -> None:
        """A row for every parameter, in the model's order; those that can stay are kept."""
        before, self.rows = self.rows, {}
        for spec in model.parameters:
            if spec.name in _ELSEWHERE:
                continue
            row = before.get(spec.name)
            if row is not None and type(row.field) is field_kind(spec):
                del before[spec.name]
                set_rule(row.field, spec)
                row.set_words(_marked(spec), parameter_help(spec))
            else:
                row = self._make_row(spec)
            self.rows[spec.name] = row
            column = self._more_column if spec.group is Group.MORE else self._column
            column.addWidget(row)
        for gone in before.values():
            gone.hide()
            gone.deleteLater()
        inside = [row.words for row in self._rows_inside()]
        self.more.set_hint(", ".join([*inside[:1], *(w.lower() for w in inside[1:4])]))
        self._column.removeWidget(self.more)
        self._column.addWidget(self.more)

    def _make_row(self, spec: ParameterSpec) -> FormRow:
        field = make_field(spec, self._context)
        row = FormRow(spec.name, _marked(spec), parameter_help(spec), field)
        row.reset_requested.connect(self.on_row_reset_requested)
        row.value_changed.connect(self.on_row_value_changed)
        if isinstance(field, PromptEdit):
            field.picture_pasted.connect(self.picture_pasted)
        if isinstance(field, ClipField):
            field.length_changed.connect(self.on_length_changed)
        if isinstance(field, RowsField):
            field.stops_changed.connect(self.on_stops_changed)
        return row

    def _build_prompt(self) -> None:
        spec = PIXVERSE_V6.get("prompt")
        assert spec is not None
        limit = PIXVERSE_V6.text("prompt").max_length
        self.prompt = PromptEdit(parameter_label(spec), parameter_help(spec), 5, limit)
        self.prompt.textChanged.connect(self.on_prompt_changed)
        self.prompt.noticed.connect(self.on_prompt_noticed)
        self.prompt.picture_pasted.connect(self.picture_pasted)
        self.earlier = IconButton("clock", self.tr("Earlier prompts"), size=28, glyph=16)
        set_key_tip(self.earlier, self.tr("Earlier prompts"), "earlier prompts")
        self._notice = SentenceLabel("note")
        self._length = SentenceLabel("secondary")
        self._prompt_error = SentenceLabel("error")

    def _build_layout(self) -> None:
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(plain_label(self.tr("Prompt"), "head"))
        head.addStretch(1)
        head.addWidget(self.earlier)
        self._prompt_part = QWidget()
        part = QVBoxLayout(self._prompt_part)
        part.setContentsMargins(0, 0, 0, 8)
        part.setSpacing(8)
        part.addLayout(head)
        part.addWidget(self.prompt)
        for label in (self._prompt_error, self._length, self._notice):
            part.addWidget(label)
        column.addWidget(self._prompt_part)
        self._hidden = QWidget()
        self._more_column: QBoxLayout = QVBoxLayout(self._hidden)
        self._more_column.setContentsMargins(0, 0, 0, 0)
        self._more_column.setSpacing(8)
        self.more = FoldOut(self.tr("More"), "", self._hidden)
        set_style(self, surface="panel")


def _marked(spec: ParameterSpec) -> str:
    """The label, with a star where somebody has to give a value."""
    missing = spec.required and spec.rule.default in (None, "")
    return f"{parameter_label(spec)} *" if missing else parameter_label(spec)


def _field(row: FormRow) -> Field:
    return row.field  # type: ignore[return-value]


def _mark(row: FormRow, invalid: bool) -> None:
    """Mark what is typed into; a choice cannot be wrong by itself."""
    if mark := getattr(row.field, "set_invalid", None):
        mark(invalid)


def _stated(seconds: float, whole_only: bool) -> float | int:
    """A measured length as the service is told; the last frame's share is no second of its own."""
    if not whole_only:
        return round(seconds, 3)
    begun = floor(seconds)
    return begun if begun and seconds - begun < _FRAME_S else begun + 1
