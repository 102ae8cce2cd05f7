"""The left of the sheet: prompts or a table, pictures, and what else is varied."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pixverse_desktop.core.batch.cells import Axis
from pixverse_desktop.core.batch.plan import Asked, Plan, numbered_prompts
from pixverse_desktop.core.batch.table_rows import looks_like_table
from pixverse_desktop.core.model.parameters import Group, ModelSpec
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.services.batch_files import GivenTable
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from pixverse_desktop.ui.compose.takes.frames_axis import FramesAxis
from pixverse_desktop.ui.compose.takes.prompt_lines import PromptLines
from pixverse_desktop.ui.compose.takes.vary import VaryPart
from pixverse_desktop.ui.jobs.value_labels import parameter_label, value_text
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.inputs import Stepper
from pixverse_desktop.ui.widgets.labels import ElidedLabel, SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.segmented import Segmented
from pixverse_desktop.ui.widgets.tab_order import tab_through
from pixverse_desktop.ui.widgets.toggle import Toggle

_MOST_SEEDS = 1000
_EVERY, _PAIRED = "every", "paired"


@dataclass
class Decisions:
    """What the user decided of single clips."""

    left_out: set[Hashable] = field(default_factory=set)
    mended: dict[Hashable, Mapping[str, object]] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)


class TakesForm(QWidget):
    """Holds what was entered; it is never reset by the program."""

    changed = Signal()
    files_pasted = Signal()
    table_pasted = Signal(str)

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.table: GivenTable | None = None
        self.decisions = Decisions()
        self._model: ModelSpec | None = None
        self._base: ClipRequest | None = None
        self._build_prompts()
        self.start = FramesAxis(
            context, "start_frame", self.tr("Start frames"), self.tr("Add start frames")
        )
        self.end = FramesAxis(
            context, "end_frame", self.tr("End frames"), self.tr("Add end frames")
        )
        self.match = Segmented(self.tr("What comes together"))
        self.match.set_choices(
            [(_EVERY, self.tr("Every combination")), (_PAIRED, self.tr("One to one"))]
        )
        self.seeds = Stepper(
            self.tr("Seeds"), 1, _MOST_SEEDS, self.tr("One seed fewer"), self.tr("One seed more")
        )
        self.vary = VaryPart()
        self.rest = SentenceLabel("secondary")
        self._build_layout()
        self.lines.textChanged.connect(self.changed)
        self.whole.toggled.connect(self.on_whole_toggled)
        self.match.value_changed.connect(self.changed)
        self.seeds.value_changed.connect(self.changed)
        for part in (self.start, self.end, self.vary):
            part.changed.connect(self.changed)
        self.vary.changed.connect(self._tell_rest)
        self.start.changed.connect(self._tell_rest)

    def set_base(self, model: ModelSpec, base: ClipRequest) -> None:
        """What the model takes, and what holds where nothing is varied."""
        self._model, self._base = model, base
        self._prompts.setVisible(model.offers("prompt") and self.table is None)
        self.start.setVisible(model.offers("start_frame"))
        self.end.setVisible(model.offers("end_frame"))
        self._seed_row.setVisible(model.offers("seed"))
        self.vary.set_base(model, base)
        self._tell_rest()

    def focusNextPrevChild(self, forward: bool) -> bool:
        # Pictures and what is varied come later than what stands below them.
        prompts = (self._prompts, self._table_card)
        tab_through((*prompts, self.start, self.end, self.match, self._seed_row, self.vary))
        return super().focusNextPrevChild(forward)

    def _tell_rest(self) -> None:
        """What the form decides."""
        if self._model is None or self._base is None:
            return
        # With start frames each clip takes the shape of its own.
        by_frame = {"aspect_ratio"} if self.start.axis().values else set[str]()
        words = [
            parameter_label(spec).lower() if value is True else value_text(spec, value)
            for spec in self._model.offered()
            if spec.group is Group.MAIN and spec.name not in {*self.vary.rows, *by_frame}
            if (value := self._base.get(spec.name)) not in (False, None, spec.unsaid)
        ]
        told = " · ".join(word for word in words if word)
        text = self.tr("Everything else as in the form: {values}.").format(values=told)
        self.rest.show_message(text if told else "")

    def add_prompts(self, text: str) -> None:
        """Put prompts behind those that are there."""
        before = self.lines.text().rstrip()
        self.lines.set_text(f"{before}\n{text}" if before else text)

    def _is_table(self, text: str) -> bool:
        return self._model is not None and looks_like_table(text, self._model)

    def set_table(self, table: GivenTable | None) -> None:
        """Take the rows of a table instead of prompts; None takes the prompts again."""
        self.table = table
        has_prompts = self._model is None or self._model.offers("prompt")
        self._prompts.setVisible(table is None and has_prompts)
        self._table_card.setVisible(table is not None)
        if table is not None:
            heads = ", ".join(table.columns)
            self._table_name.setText(table.name)
            rows = self.tr("%Ln rows", "", table.records)
            self._table_rows.show_message(f"{rows}: {heads}")
        self.changed.emit()

    def asked(self, origin: str) -> Asked | None:
        """What stands here; None before anything was said of the model."""
        if self._model is None or self._base is None:
            return None
        decided = self.decisions
        return Asked(
            base=self._base,
            model=self._model,
            origin=origin,
            prompts=self.lines.text(),
            whole=self.whole.isChecked(),
            table=self.table.found if self.table is not None else None,
            axes=tuple(self._axes()),
            every=self.match.value() == _EVERY,
            left_out=frozenset(decided.left_out),
            mended=dict(decided.mended),
            again=frozenset(decided.again),
        )

    def is_reading(self) -> bool:
        """Whether a picture is still being read."""
        return self.start.is_reading() or self.end.is_reading()

    def show_counts(self, plan: Plan) -> None:
        """How many clips there would be either way."""
        every, paired = localised.number(plan.every), localised.number(plan.paired)
        self.match.set_word(_EVERY, self.tr("Every combination {n}").format(n=every))
        self.match.set_word(_PAIRED, self.tr("One to one {n}").format(n=paired))
        prompts = len(numbered_prompts(self.lines.text(), whole=self.whole.isChecked()))
        text = self.tr("%Ln prompts", "", prompts) if prompts else ""
        if plan.texts > prompts:
            make = self.tr("%Ln prompts make {n}", "", prompts)
            text = make.format(n=localised.number(plan.texts))
        self._lines_count.setText(text)

    @Slot(bool)
    def on_whole_toggled(self, whole: bool) -> None:
        self.lines.set_numbered(not whole)
        self._hint.setText(self._hint_text())
        self.changed.emit()

    @Slot()
    def on_table_close_clicked(self) -> None:
        self.set_table(None)
        self.lines.setFocus(Qt.FocusReason.OtherFocusReason)

    def _axes(self) -> list[Axis]:
        axes = []
        if self._model is not None:
            parts = ((FrameSlot.START, self.start), (FrameSlot.END, self.end))
            axes = [part.axis() for slot, part in parts if self._model.offers(f"{slot}_frame")]
        axes += self.vary.axes()
        seeds = int(self.seeds.value())
        if seeds > 1 and self._seed_row.isVisibleTo(self):
            axes.append(Axis("seed", [{"seed": None}] * seeds))
        return [axis for axis in axes if axis.values]

    def _hint_text(self) -> str:
        if self.whole.isChecked():
            return self.tr("{this|that} makes one of each.")
        return self.tr("One prompt a line. {this|that} makes one of each.")

    def _build_prompts(self) -> None:
        self.lines = PromptLines(
            self.tr("Prompts"), self.tr("A {red|blue} boat in the harbour, slow push in")
        )
        self.lines.files_pasted.connect(self.files_pasted)
        self.lines.table_pasted.connect(self.table_pasted)
        self.lines.is_table = self._is_table
        self._lines_count = plain_label("", "secondary")
        head = QHBoxLayout()
        head.addWidget(plain_label(self.tr("Prompts"), "strong"))
        head.addStretch(1)
        head.addWidget(self._lines_count)
        self.whole = Toggle(self.tr("The whole text is one prompt"))
        label = plain_label(self.whole.accessibleName(), "muted")
        label.setBuddy(self.whole)
        switch = QHBoxLayout()
        switch.setSpacing(8)
        switch.addWidget(self.whole)
        switch.addWidget(label)
        switch.addStretch(1)
        self._hint = plain_label(self._hint_text(), "secondary", wrap=True)
        self._prompts = QWidget()
        column = QVBoxLayout(self._prompts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.lines)
        column.addWidget(self._hint)
        column.addLayout(switch)
        self._table_card = QWidget()
        self._table_card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self._table_card, surface="card")
        self._table_name = ElidedLabel("", "strong")
        self._table_rows = SentenceLabel("secondary")
        self.table_close = IconButton("close", self.tr("Use prompts instead of the table"), size=24)
        self.table_close.clicked.connect(self.on_table_close_clicked)
        top = QHBoxLayout()
        top.addWidget(self._table_name, 1)
        top.addWidget(self.table_close)
        card = QVBoxLayout(self._table_card)
        card.setContentsMargins(12, 8, 8, 10)
        card.setSpacing(4)
        card.addLayout(top)
        card.addWidget(self._table_rows)
        self._table_card.hide()

    def _build_layout(self) -> None:
        self._seed_row = QWidget()
        seed = QHBoxLayout(self._seed_row)
        seed.setContentsMargins(0, 0, 0, 0)
        seed.setSpacing(12)
        label = plain_label(self.tr("&Seeds"), "strong")
        label.setBuddy(self.seeds.spin)
        seed.addWidget(label)
        seed.addWidget(self.seeds)
        seed.addWidget(plain_label(self.tr("random"), "secondary"))
        seed.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 8, 12, 20)
        column.setSpacing(18)
        for part in (self._prompts, self._table_card, self.start, self.end, self.match,
                     self._seed_row, self.vary, self.rest):  # fmt: skip
            column.addWidget(part)
        column.addStretch(1)
