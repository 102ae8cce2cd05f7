"""Prompt and parameters: one widget for each field of the request."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from pixverse_desktop.core.model.parameters import BUNDLED, Capabilities
from pixverse_desktop.core.model.request import ClipRequest, Frame
from pixverse_desktop.core.model.validation import asked_in_vain, lacks
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.compose.fields import AspectField, ChipField, ComboField, DurationField
from pixverse_desktop.ui.compose.form_row import FormRow
from pixverse_desktop.ui.compose.prompt_edit import PromptEdit
from pixverse_desktop.ui.compose.seed_field import SeedField
from pixverse_desktop.ui.widgets.fold_out import FoldOut
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.toggle import Toggle


class Form(QWidget):
    """Holds values only; what they cost and whether they may be sent is the panel's."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._caps = BUNDLED
        self._filling = False
        self._width = 0
        self.rows: dict[str, FormRow] = {}
        self._build_fields()
        self._build_layout()
        self._connect_fields()

    def request(self, start: Frame | None, end: Frame | None) -> ClipRequest:
        """The values as a request with these frames."""
        return ClipRequest(
            prompt=self.prompt.text(),
            resolution=self.resolution.value(),
            duration_s=self.duration.value(),
            aspect_ratio=self.aspect.value(),
            negative_prompt=self.negative.text(),
            seed=self.seed.value(),
            audio=self.sound.isChecked(),
            thinking=self.thinking.value(),
            multi_clip=self.shots.isChecked(),
            style=self.style_field.value(),
            start_frame=start,
            end_frame=end,
        )

    def fill(self, request: ClipRequest) -> None:
        """Show a request's values; one signal for all of them."""
        self._filling = True
        self.prompt.set_text(request.prompt)
        self.negative.set_text(request.negative_prompt)
        for name in ("resolution", "duration_s", "aspect_ratio", "style", "thinking", "seed"):
            self._set(name, getattr(request, name))
        self.sound.setChecked(request.audio)
        self.shots.setChecked(request.multi_clip)
        self._filling = False
        self.on_field_changed()

    def set_capabilities(self, caps: Capabilities) -> None:
        """Offer what the model accepts; a value that was its old default becomes the new one."""
        old, kept = self._caps.defaults(), self.request(None, None)
        self._caps = caps
        self._filling = True
        self.prompt.set_limit(caps.prompt.max_length)
        self.negative.set_limit(caps.negative_prompt.max_length)
        self.resolution.set_rule(caps.resolution)
        self.duration.set_rule(caps.duration_s)
        self.aspect.set_rule(caps.aspect_ratio)
        self.style_field.set_rule(caps.style)
        self.thinking.set_rule(caps.thinking)
        self.seed.set_rule(caps.seed)
        new = caps.defaults()
        for name in self.rows:
            if getattr(kept, name) == getattr(old, name):
                self._set(name, getattr(new, name))
        self._order_tabs()
        self._filling = False
        self.on_field_changed()

    def show_differences(self, request: ClipRequest, defaults: ClipRequest) -> None:
        """Offer a reset wherever the value is not the model's default."""
        for name, row in self.rows.items():
            follows = name == "aspect_ratio" and request.start_frame is not None
            row.set_differs(not follows and getattr(request, name) != getattr(defaults, name))

    def show_offered(self, request: ClipRequest) -> None:
        """Only what the model has a setting for can be set; and what is asked for all the same."""
        in_vain = asked_in_vain(request, self._caps)
        for name, row in self.rows.items():
            if name != "aspect_ratio":  # a start frame decides about that one
                row.field.setEnabled(True)
            row.set_offered(self._caps.offers(name), lacks(name) if name in in_vain else "")
        inside = ("negative_prompt", "thinking")
        self.more.setVisible(any(not self.rows[name].isHidden() for name in inside))

    def show_length_note(self, note: str, error: str) -> None:
        """About the length of the prompt: a quiet note, or an error."""
        self._length.show_message(error or note, "error" if error else "secondary")
        if error or not self._prompt_error.text():
            self.prompt.set_invalid(bool(error))

    def show_hint(self, hint: str) -> None:
        """A hint under Several shots."""
        self._shots_hint.show_message(hint)

    def focus_field(self, name: str, sentence: str = "") -> None:
        """Put the focus on a field and, with a sentence, mark it."""
        if name in ("negative_prompt", "thinking"):
            self.more.set_open(True)
        if name == "prompt":
            self.prompt.set_invalid(bool(sentence))
            self._prompt_error.show_message(sentence)
            self.prompt.setFocus(Qt.FocusReason.OtherFocusReason)
            self._show_field(self.prompt)
        elif name in self.rows:
            row = self.rows[name]
            row.error.show_message(sentence)
            if isinstance(row.field, SeedField | PromptEdit):
                row.field.set_invalid(bool(sentence))
            row.focus()
            self._show_field(row.field)

    def clear_errors(self) -> None:
        """Take all marks away."""
        self._prompt_error.show_message("")
        self.prompt.set_invalid(False)
        self.seed.set_invalid(False)
        self.negative.set_invalid(False)
        for row in self.rows.values():
            row.error.show_message("")

    def arrange(self, width: int) -> None:
        """Labels beside the values, or above them when ``width`` pixels are too few."""
        self._width = width
        beside = [row for row in self.rows.values() if row.field is not self.negative]
        head = max(row.wanted_head_width() for row in beside)
        needed = max(row.wanted_field_width() for row in beside)
        stacked = head + 8 + needed > width
        for row in beside:
            row.arrange(head, stacked)
        self.rows["negative_prompt"].arrange(head, True)

    def event(self, event: QEvent) -> bool:
        # Styles and words arrive late, and both decide what fits.
        late = event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show)
        if late and self._width:
            self.arrange(self._width)
        return super().event(event)

    def _order_tabs(self) -> None:
        """From top to bottom; chips made anew would otherwise come last.

        Fields of several parts have no focus proxy: with one, Qt walks in circles here.
        """
        stops: list[QWidget] = [self.prompt]
        for row in self.rows.values():
            if row.name == "negative_prompt":
                stops.append(self.more.button)
            stops += row.focus_stops()
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    @Slot()
    def on_field_changed(self) -> None:
        if not self._filling:
            self.changed.emit()

    @Slot()
    def on_prompt_changed(self) -> None:
        self._prompt_error.show_message("")
        self.prompt.set_invalid(False)
        self._notice.show_message("")
        self.on_field_changed()

    @Slot()
    def on_seed_changed(self) -> None:
        self.rows["seed"].error.show_message("")
        self.seed.set_invalid(False)
        self.on_field_changed()

    @Slot()
    def on_negative_changed(self) -> None:
        self.rows["negative_prompt"].error.show_message("")
        self.negative.set_invalid(False)
        self.on_field_changed()

    @Slot(str)
    def on_prompt_noticed(self, sentence: str) -> None:
        self._notice.show_message(sentence)

    @Slot(str)
    def on_negative_noticed(self, sentence: str) -> None:
        self.rows["negative_prompt"].error.show_message(sentence, "note")

    @Slot(str)
    def on_row_reset_requested(self, name: str) -> None:
        self.rows[name].error.show_message("")
        self._set(name, getattr(self._caps.defaults(), name))

    def _set(self, name: str, value: object) -> None:
        field = self.rows[name].field
        if isinstance(field, Toggle):
            field.setChecked(bool(value))
        elif isinstance(field, PromptEdit):
            field.set_text(str(value))
        elif isinstance(field, SeedField):
            field.set_value(value if isinstance(value, int) else None)
        elif isinstance(field, DurationField):
            field.set_value(int(str(value)))
        elif isinstance(field, ChipField | ComboField | AspectField):
            field.set_value(str(value))

    def _show_field(self, field: QWidget) -> None:
        parent = self.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(field, 0, 48)

    def _build_fields(self) -> None:
        self.prompt = PromptEdit(
            self.tr("Prompt"), self.tr("Describe the clip: who, what moves, the camera, the light"),
            5, BUNDLED.prompt.max_length,
        )  # fmt: skip
        self.earlier = IconButton("clock", self.tr("Earlier prompts (Ctrl+H)"), size=28, glyph=16)
        self.negative = PromptEdit(
            self.tr("Negative prompt"), self.tr("What must not appear"),
            4, BUNDLED.negative_prompt.max_length,
        )  # fmt: skip
        self.resolution = ChipField(self.tr("Resolution"))
        self.duration = DurationField(self.tr("Duration in seconds"))
        self.aspect = AspectField(self.tr("Aspect ratio"))
        self.style_field = ComboField(self.tr("Style"))
        self.sound = Toggle(self.tr("Sound"))
        self.shots = Toggle(self.tr("Several shots"))
        self.seed = SeedField(self.tr("Seed"))
        self.thinking = ChipField(self.tr("Thinking"))
        self._notice = SentenceLabel("note")
        self._length = SentenceLabel("secondary")
        self._prompt_error = SentenceLabel("error")
        self._shots_hint = SentenceLabel("secondary")

    def _build_rows(self) -> list[FormRow]:
        make = FormRow
        return [
            make("resolution", self.tr("Resolution"),
                 self.tr("How many lines the clip has. More is sharper and takes longer."),
                 self.resolution),
            make("duration_s", self.tr("Duration"),
                 self.tr("How long the clip lasts. Arrow keys change it by a second."),
                 self.duration),
            make("aspect_ratio", self.tr("Aspect ratio"),
                 self.tr("The shape of the clip. With a start frame the clip takes its shape."),
                 self.aspect),
            make("style", self.tr("Style"),
                 self.tr("A look for the whole clip. None leaves it to the prompt."),
                 self.style_field),
            make("audio", self.tr("Sound"),
                 self.tr("Make a sound track that fits the picture."), self.sound, stacks=False),
            make("multi_clip", self.tr("Several shots"),
                 self.tr("Let the clip cut between several shots instead of one take."),
                 self.shots, stacks=False),
            make("seed", self.tr("Seed"),
                 self.tr("The same seed and settings make a similar clip again."), self.seed),
            make("negative_prompt", self.tr("Negative prompt"),
                 self.tr("What the clip should not show. Empty means nothing is ruled out."),
                 self.negative),
            make("thinking", self.tr("Thinking"),
                 self.tr("Whether the service works out your prompt before it starts."),
                 self.thinking),
        ]  # fmt: skip

    def _build_layout(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(plain_label(self.tr("Prompt"), "head"))
        head.addStretch(1)
        head.addWidget(self.earlier)
        column.addLayout(head)
        column.addWidget(self.prompt)
        for label in (self._prompt_error, self._length, self._notice):
            column.addWidget(label)
        column.addSpacing(8)
        hidden = QWidget()
        more = QVBoxLayout(hidden)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(8)
        self.more = FoldOut(self.tr("More"), self.tr("Negative prompt, thinking"), hidden)
        for row in self._build_rows():
            self.rows[row.name] = row
            row.reset_requested.connect(self.on_row_reset_requested)
            inside = row.name in ("negative_prompt", "thinking")
            (more if inside else column).addWidget(row)
            if row.name == "multi_clip":
                column.addWidget(self._shots_hint)
        column.addWidget(self.more)
        set_style(self, surface="panel")

    def _connect_fields(self) -> None:
        self.prompt.textChanged.connect(self.on_prompt_changed)
        self.prompt.noticed.connect(self.on_prompt_noticed)
        self.negative.textChanged.connect(self.on_negative_changed)
        self.negative.noticed.connect(self.on_negative_noticed)
        for field in (self.resolution, self.duration, self.aspect, self.style_field, self.thinking):
            field.value_changed.connect(self.on_field_changed)
        self.sound.toggled.connect(self.on_field_changed)
        self.shots.toggled.connect(self.on_field_changed)
        self.seed.value_changed.connect(self.on_seed_changed)
