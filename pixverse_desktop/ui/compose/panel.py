"""The compose panel: the form over one frozen request, filled from what the model accepts."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.model.output_size import output_size
from pixverse_desktop.core.model.parameters import PROMPT_NOTE_LENGTH, ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.model.reuse import carried_over
from pixverse_desktop.core.model.validation import (
    Violation,
    guess_note,
    seconds_note,
    violations,
)
from pixverse_desktop.core.service import OriginKind, ServiceStatus
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.composing import finish_composing, watch_composing
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import pixels, set_style
from pixverse_desktop.ui.compose.aspect_field import AspectField
from pixverse_desktop.ui.compose.cost_bar import CostBar
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from pixverse_desktop.ui.compose.form import Form
from pixverse_desktop.ui.compose.frames_section import FramesSection
from pixverse_desktop.ui.compose.model_field import ModelField
from pixverse_desktop.ui.compose.presets import PresetButton
from pixverse_desktop.ui.compose.waiting_edit import WaitingEdit
from pixverse_desktop.ui.jobs.value_labels import frames_note, parameter_label, parameter_spec
from pixverse_desktop.ui.widgets.scroll_area import WideArea
from pixverse_desktop.ui.widgets.tab_order import tab_through

if TYPE_CHECKING:
    from pixverse_desktop.core.model.preset import Preset
    from pixverse_desktop.ui.compose.prompt_history import PromptHistory

_SECOND_PRESS_S = 1.0
_LEAST_WIDTH = 280  # pixels
_LITTLE_HEIGHT = 320
_FRAME_FIELDS = {"start_frame": FrameSlot.START, "end_frame": FrameSlot.END}


class ComposePanel(QWidget):
    """Never resets itself: only the user, Reuse and Undo change what stands in it."""

    generate_requested = Signal(object)  # ClipRequest
    changed = Signal()

    def __init__(self, context: UiContext, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._status: ServiceStatus = context.bridge.status
        self._caps: ModelSpec = self._status.model
        self._waiting = ZERO
        self._now = now
        self._as_sent: Callable[[ClipRequest], ClipRequest] = lambda request: request
        self._asked: ClipRequest | None = None
        self._kept: dict[str, ClipRequest] = {}  # what stood in the form for other models
        self._said: dict[str, object] = {}  # the last value of each setting, whatever the model
        # A request of a model that is not here yet, and what is shown until it is.
        self._wanted: tuple[ClipRequest, ClipRequest] | None = None
        self._asked_at = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="panel")
        self.setAccessibleName(self.tr("Compose"))
        self.model = ModelField(context)
        self.presets = PresetButton(context)
        self.model.put_at_head(self.presets)
        self.frames = FramesSection(context)
        self._bridge = context.bridge
        self._history: PromptHistory | None = None
        watch_composing()
        self.form = Form(context)
        self.form.earlier.clicked.connect(self.show_earlier_prompts)
        self.cost = CostBar()
        self.edit = WaitingEdit(context.bridge, self)
        self._build_layout()
        self.form.set_model(self._caps)
        self.frames.set_model(self._caps)
        self.form.fill(default_request(self._caps))
        self.frames.changed.connect(self.on_frames_changed)
        self.form.changed.connect(self.on_form_changed)
        self.presets.chosen.connect(self.on_presets_chosen)
        self.form.picture_pasted.connect(self.on_prompt_picture_pasted)
        self.cost.generate_clicked.connect(self.generate)
        self._refresh()

    def request(self) -> ClipRequest:
        """Everything that stands in the form."""
        return self.form.request(
            self.frames.frame(FrameSlot.START), self.frames.frame(FrameSlot.END)
        )

    @property
    def offered_model(self) -> ModelSpec:
        """The model in use."""
        return self._caps

    def serve_as(
        self, head: QWidget, word: str, tip: str, as_sent: Callable[[ClipRequest], ClipRequest]
    ) -> None:
        """Be the form of something else than a new clip: ``head`` stands over it, the button says
        ``word``, and prices and rules are those of the request that ``as_sent`` makes of it."""
        self._as_sent = as_sent
        self._inner.insertWidget(0, head)
        tab_through((head, self))
        self.cost.set_purpose(word, tip)

    def set_given_frames(self, start: str, end: str) -> None:
        """Start and end frame come from where these sentences say, "" for those that are given
        here; what is sent with them is told anew."""
        self.frames.set_given(start, end, self._caps)
        self._refresh()

    def set_request(self, request: ClipRequest) -> None:
        """Show a request; what the model does not offer stays at its default. One of another model
        is shown as far as the model in use goes, until the other one is here."""
        shown = request
        if request.model != self._caps.id:
            shown, _lost = carried_over(request, self._caps)
            self._bridge.choose_model(request.model)
        self.form.fill(shown)
        self.frames.set_frames(request.start_frame, request.end_frame)
        self._wanted = None if shown is request else (request, self.request())
        self.form.clear_errors()
        self._refresh()
        self.changed.emit()

    def set_model(self, caps: ModelSpec) -> None:
        """Offer what the model accepts now; values are kept where they are legal."""
        if caps.id != self._caps.id:
            self._change_model(caps)
        elif caps != self._caps:
            self._caps = caps
            self.form.set_model(caps)
            self.frames.set_model(caps)
            self.model.set_model(caps)
        self._refresh()

    def _change_model(self, model: ModelSpec) -> None:
        """Carry over what fits by its meaning; the rest is kept for the way back, and said."""
        before, old = self.request(), self._caps
        self._kept[old.id] = before
        # What this model has no setting for stays as an earlier one had it, for the next.
        said = {name: value for name, value in before.values.items() if old.offers(name)}
        self._said |= said
        whole = before.changed(**{n: v for n, v in self._said.items() if n not in said})
        wanted, self._wanted = self._wanted, None
        lost: list[str] = []
        if wanted is not None and wanted[0].model == model.id and wanted[1] == before:
            request = wanted[0]
        else:
            request, lost = carried_over(whole, model)
            lost = [name for name in lost if name in said]
            kept = self._kept.get(model.id)
            if kept is not None:
                request = kept.changed(**{n: v for n, v in request.values.items() if old.offers(n)})
        self._caps = model
        self.form.set_model(model)
        self.frames.set_model(model)
        own = model.id == PIXVERSE_V6.id  # of which a picture is expected, so its lack is said
        self.frames.setVisible(own or bool(self.frames.taken_slots()))
        self.model.set_model(model)
        self.form.fill(request)
        words = ", ".join(parameter_label(parameter_spec(name)).lower() for name in lost)
        text = self.tr("{model} has no setting for {names}.")
        self.model.note.show_message(text.format(model=model.name, names=words) if lost else "")
        self.changed.emit()

    def set_status(self, status: ServiceStatus) -> None:
        """The balance, the price and the model's rules."""
        self._status = status
        self.set_model(status.model)

    def set_waiting(self, credits: Decimal) -> None:
        """What the jobs that wait to be sent may cost together."""
        if credits != self._waiting:
            self._waiting = credits
            self._show_cost(self.request())

    def show_price(self) -> None:
        """Tell what the clip in the form costs, and leaves."""
        self._show_cost(self.request())

    def waiting_credits(self) -> Decimal:
        """The same as it is now."""
        return self._waiting

    def set_frame_source(self, slot: str, source: FrameSource) -> None:
        """Read a picture into "start" or "end"."""
        self.frames.take_source(FrameSlot(slot), source)
        self._refresh()

    def frame_note(self, slot: str, label: str) -> str:
        """What became of a picture that was offered as "start" or "end" frame."""
        if not self._caps.offers(f"{slot}_frame"):
            text = self.tr("{model} takes no such frame, so it is not used.")
            return text.format(model=self._caps.name)
        words = (
            self.tr("Start frame: {frame}.") if slot == "start" else self.tr("End frame: {frame}.")
        )
        return words.format(frame=label)

    def focus_field(self, name: str, sentence: str = "") -> None:
        """Put the focus on a request's field, opening what hides it, with ``sentence`` under it."""
        if name in _FRAME_FIELDS:
            self.frames.focus_slot(_FRAME_FIELDS[name], sentence)
        else:
            self.form.focus_field(name, sentence)

    def remember_seed(self, seed: int) -> None:
        """The seed of the clip just asked for, for the lock."""
        if self.form.seed is not None:
            self.form.seed.remember(seed)

    @Slot()
    def draw_seeds(self) -> None:
        """Every clip gets a seed of its own again."""
        if self.form.seed is not None:
            self.form.seed.set_random()

    def disabled_reason(self) -> str:
        """Why nothing can be generated now, "" when it can."""
        if self.frames.is_reading():
            return self.tr("A picture is still being read.")
        if self.form.is_measuring():
            return self.tr("The clip is still being measured.")
        if self._status.origin.kind is OriginKind.PIXELDOJO and not self._status.has_key:
            return self.tr("Add your API key to make clips with PixelDojo.")
        return ""

    @Slot()
    def show_earlier_prompts(self) -> None:
        """Earlier prompts in a popup over the prompt."""
        if self._history is None:
            from pixverse_desktop.ui.compose.prompt_history import PromptHistory

            self._history = PromptHistory(self)
            self._history.chosen.connect(self.on_history_chosen)
        self._history.open_below(
            self.form.prompt.mapToGlobal(QPoint(0, 0)), self._bridge.jobs.values()
        )

    @Slot(str)
    def on_history_chosen(self, prompt: str) -> None:
        self.form.prompt.set_text(prompt)
        self.form.prompt.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def generate(self) -> None:
        """Ask for the clip in the form, or point at the first thing that is wrong with it."""
        finish_composing()
        if self.disabled_reason() or self.point_at_wrong():
            return
        request = self.request()
        if not self._is_second_press(request):
            self.generate_requested.emit(request)

    def point_at_wrong(self) -> bool:
        """Mark what is wrong with the form; False when nothing is."""
        found = self.wrong()
        self.form.clear_errors()
        self.frames.error.show_message("")
        for violation in reversed(found):
            self.focus_field(violation.field, translated(violation.message))
        return bool(found)

    def is_unready(self, *, but_for_frames: bool = False) -> bool:
        """Whether the form is not yet what it will be: something is read, or another model."""
        awaited = self._wanted is not None and self._wanted[0].model != self._caps.id
        reading = self.frames.is_reading() and not but_for_frames
        return awaited or reading or self.form.is_measuring()

    def note_asked(self) -> None:
        """Clips were asked for elsewhere: a second press that lands here asks for nothing."""
        self._asked, self._asked_at = self.request(), self._now()

    def wrong(self) -> list[Violation]:
        """Why the form must not be sent as it stands; empty when it may."""
        request = self._as_sent(self.request())
        return [*self.form.unreadable(), *violations(request, self._caps)]

    def _is_second_press(self, request: ClipRequest) -> bool:
        """Whether the very same was asked for a moment ago: one intention, one charge."""
        again = request == self._asked and self._now() - self._asked_at < _SECOND_PRESS_S
        self._asked, self._asked_at = request, self._now()
        text = self.tr("This was asked for a moment ago. Wait a second to make another one.")
        self.cost.note.show_message(text if again else translated(guess_note(request, self._caps)))
        return again

    @Slot()
    def on_frames_changed(self) -> None:
        self._refresh()
        self.changed.emit()

    @Slot()
    def on_form_changed(self) -> None:
        self._refresh()
        self.changed.emit()

    @Slot(object)
    def on_presets_chosen(self, preset: Preset) -> None:
        """Its values stand in the form; prompt and pictures stay what they are."""
        from pixverse_desktop.core.model.preset import applied  # the start is without

        request, lost = applied(preset, self.request(), self._caps)
        self.form.fill(request)
        names = ", ".join(parameter_label(parameter_spec(name)).lower() for name in lost)
        text = self.tr("{preset}: {model} takes no such value for {names}.")
        said = text.format(preset=preset.name, model=self._caps.name, names=names)
        self.model.note.show_message(said if lost else "")
        self._refresh()
        self.changed.emit()

    @Slot()
    def on_prompt_picture_pasted(self) -> None:
        self.frames.paste()
        self._refresh()

    @Slot(int, int)
    def on_bar_range_changed(self, _low: int, high: int) -> None:
        if not isValid(self._bar):
            return  # the window is being taken apart
        # The scroll bar stands in the margin, so that nothing moves when it comes and goes.
        right = 16 - self._bar.sizeHint().width() if high > 0 else 16
        self._inner.setContentsMargins(16, 16, max(0, right), 16)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.cost.set_brief(self.height() < pixels(_LITTLE_HEIGHT))
        self.form.arrange(self.width() - 32)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.form.arrange(self.width() - 32)

    def _refresh(self) -> None:
        request = self.request()
        self.form.show_differences(request, default_request(self._caps))
        aspect = self.form.rows.get("aspect_ratio")
        if aspect is not None and isinstance(aspect.field, AspectField):
            aspect.field.follow(request.start_frame)
        self.form.show_offered(request)
        both = request.start_frame is not None and request.end_frame is not None
        self.form.show_hint(
            "multi_clip",
            self.tr("With a start and an end frame, several shots may be ignored.")
            if both and request.multi_clip
            else "",
        )
        length, longest = len(request.prompt), self._caps.text("prompt").max_length
        self.form.show_length_note(
            self.tr("Very long: the service may ignore everything after {n} characters.").format(
                n=localised.number(PROMPT_NOTE_LENGTH)
            )
            if PROMPT_NOTE_LENGTH < length <= longest
            else "",
            self.tr("%Ln characters too many.", "", length - longest) if length > longest else "",
        )
        self.frames.note.show_message(frames_note(request))
        notes = guess_note(request, self._caps), seconds_note(request, self._caps)
        self.cost.note.show_message(" ".join(map(translated, filter(None, notes))))
        self._tell_clip(request)
        self._show_cost(request)
        self.cost.set_reason(self.disabled_reason())

    def _tell_clip(self, request: ClipRequest) -> None:
        """What the clip will be, as far as the model lets it be chosen."""
        caps = self._caps
        shaped = request.start_frame is not None or caps.offers("aspect_ratio")
        self.cost.set_clip(
            output_size(request) if shaped and caps.offers("resolution") else None,
            request.duration_s if caps.offers("duration_s") else None,
            request.audio if caps.offers("audio") else None,
        )

    def _show_cost(self, request: ClipRequest) -> None:
        price, status = self._bridge.price(self._as_sent(request)), self._status
        self.cost.set_cost(price, status.credits, self._waiting, status.budget)

    def _build_layout(self) -> None:
        content = QWidget()
        content.setMinimumWidth(_LEAST_WIDTH)
        content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(content, surface="panel")
        self._inner = inner = QVBoxLayout(content)
        inner.setContentsMargins(16, 16, 16, 16)
        inner.setSpacing(16)
        inner.addWidget(self.model)
        inner.addWidget(self.frames)
        inner.addWidget(self.form)
        inner.addStretch(1)
        scroll = WideArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setViewport(QWidget())  # see VideoPage
        scroll.setWidget(content)
        scroll.viewport().setAutoFillBackground(False)
        self._bar = scroll.verticalScrollBar()
        self._bar.rangeChanged.connect(self.on_bar_range_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.edit)
        column.addWidget(scroll, 1)
        column.addWidget(self.cost)
