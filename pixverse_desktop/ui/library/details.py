"""Under the player: what the chosen clip is, where it comes from, and what to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.parameters import ParameterSpec
from pixverse_desktop.core.model.pixverse_v6 import DEFAULTS
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.commands import with_key
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.jobs.value_labels import parameter_label, parameter_spec, value_text
from pixverse_desktop.ui.widgets.flow_layout import FlowLayout
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import ElidedLabel, plain_label, tip_text

_MARGIN = 16
_PROMPT_LENGTH = 320  # characters shown; the tooltip has all of them
_SHOWN_ELSEWHERE = frozenset(
    {"prompt", "start_frame", "end_frame", "resolution", "duration_s", "aspect_ratio"}
)
_UNPAID = frozenset({JobState.QUEUED, JobState.WITHDRAWN, JobState.REJECTED, JobState.DROPPED})


class ClipDetails(QWidget):
    """Only shows and asks."""

    favourite_clicked = Signal()
    parent_clicked = Signal(str)  # job id
    compare_clicked = Signal()
    trash_clicked = Signal()
    put_back_clicked = Signal()
    continue_clicked = Signal()
    reuse_clicked = Signal()
    locate_clicked = Signal()
    fetch_clicked = Signal()
    more_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._parent_id = ""
        self.setAccessibleName(self.tr("About the clip"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="panel")
        self._build_head()
        self._build_facts()
        self._build_buttons()
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 12, _MARGIN, 16)
        column.setSpacing(8)
        column.addLayout(self._head)
        column.addWidget(self.prompt)
        column.addLayout(self._facts)
        column.addStretch(1)
        column.addWidget(self._buttons)
        self.show_jobs((), favourite=False, missing=False)

    def show_jobs(
        self, jobs: Sequence[Job], *, favourite: bool, missing: bool, put_back: str = ""
    ) -> None:
        """The chosen clips, the current one first; ``missing`` when its file is gone. ``put_back``
        is what leads out of the trash, "" elsewhere."""
        one = jobs[0] if jobs else None
        self.title.setText(self._title(jobs))
        for widget in (self.star, self.trash, self.more):
            widget.setEnabled(one is not None)
        single = one if len(jobs) == 1 else None
        words = one_line(single.request.prompt) if single is not None else ""
        short = words if len(words) <= _PROMPT_LENGTH else words[: _PROMPT_LENGTH - 1] + "…"
        self.prompt.setText(short)
        self.prompt.setToolTip(tip_text(words) if short != words else "")
        self._show_prompt()
        self._show_facts(single)
        self.star.set_icon("star" if favourite else "star-outline", "star" if favourite else "")
        name = self.tr("No longer a favourite") if favourite else self.tr("Favourite")
        self.star.setToolTip(with_key(name, "favourite"))
        self.star.setAccessibleName(name)
        self.go_on.setVisible(single is not None and single.clip is not None and not missing)
        self.reuse.setVisible(single is not None)
        self.compare.setVisible(len(jobs) == 2 and all(job.clip for job in jobs))
        self.put_back.setText(put_back)
        self.put_back.setVisible(bool(put_back))
        self.trash.setText(self.tr("Delete for good…") if put_back else self.tr("Move to trash"))
        gone = missing and single is not None
        self.locate.setVisible(gone)
        self.fetch.setVisible(gone and single is not None and single.remote_id is not None)

    def show_children(self, count: int) -> None:
        """How many clips go on from this one."""
        self._set_fact("children", self.tr("%n clips", "", count) if count else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_prompt()

    def _show_prompt(self) -> None:
        """All of the words, where the title has no room for them."""
        words = self.prompt.text()
        room = self.width() - 2 * _MARGIN - self.star.width() - self._head.spacing()
        self.prompt.setVisible(self.title.fontMetrics().horizontalAdvance(words) > room)

    @Slot()
    def on_parent_button_clicked(self) -> None:
        self.parent_clicked.emit(self._parent_id)

    def _title(self, jobs: Sequence[Job]) -> str:
        if not jobs:
            return self.tr("No clip chosen")
        if len(jobs) > 1:
            return self.tr("%n clips", "", len(jobs))
        return one_line(jobs[0].request.prompt)

    def _show_facts(self, job: Job | None) -> None:
        facts = _facts_of(job) if job is not None else {}
        for name in self._values:
            self._set_fact(name, facts.get(name, ""))
        self._show_parameters(job.request if job is not None else None)
        frames = (job.request.start_frame, job.request.end_frame) if job is not None else ()
        self._parent_id = next((f.parent for f in frames if f is not None and f.parent), "")
        self._form.setRowVisible(self.parent_button, bool(self._parent_id))

    def _show_parameters(self, request: ClipRequest | None) -> None:
        """A row for every other value that is not the usual one."""
        while self._parameters:
            self._form.removeRow(self._parameters.pop())
        at = 2  # below when it was made and what it looks like
        for spec, text in told_parameters(request) if request is not None else ():
            value = ElidedLabel(text)
            self._form.insertRow(at, plain_label(parameter_label(spec), "muted"), value)
            self._parameters.append(value)
            at += 1

    def _set_fact(self, name: str, text: str) -> None:
        value = self._values[name]
        value.setText(text)
        self._form.setRowVisible(value, bool(text))

    def _build_head(self) -> None:
        self.title = ElidedLabel("", "head")
        self.star = IconButton("star-outline", self.tr("Favourite"), size=28, glyph=18)
        self.star.clicked.connect(self.favourite_clicked)
        self.prompt = plain_label("", "secondary", wrap=True)
        self._head = QHBoxLayout()
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.star)

    def _build_facts(self) -> None:
        names = {
            "made": self.tr("Made"), "picture": self.tr("Picture"), "frame": self.tr("From"),
            "children": self.tr("Led to"),
        }  # fmt: skip
        self._parameters: list[QWidget] = []
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(6)
        self._values = {name: ElidedLabel() for name in names}
        for name, word in names.items():
            self._form.addRow(plain_label(word, "muted"), self._values[name])
        self.parent_button = QPushButton(self.tr("Show the clip it goes on from"))
        set_style(self.parent_button, kind="link")
        self.parent_button.clicked.connect(self.on_parent_button_clicked)
        self._form.addRow(plain_label("", "muted"), self.parent_button)
        self._facts = self._form

    def _build_buttons(self) -> None:
        self.compare = QPushButton(self.tr("Compare"))
        self.compare.setToolTip(with_key(self.tr("Side by side or under a wipe"), "compare"))
        self.go_on = QPushButton(self.tr("Continue"))
        self.go_on.setAccessibleName(self.tr("Use the last frame as start frame"))
        self.go_on.setToolTip(self.go_on.accessibleName())
        self.reuse = QPushButton(self.tr("Reuse"))
        self.reuse.setAccessibleName(self.tr("Reuse the settings of this clip"))
        self.reuse.setToolTip(with_key(self.reuse.accessibleName(), "reuse"))
        self.go_on.clicked.connect(self.continue_clicked)
        self.reuse.clicked.connect(self.reuse_clicked)
        self.locate = QPushButton(self.tr("Locate…"))
        self.fetch = QPushButton(self.tr("Fetch again"))
        self.trash = QPushButton(self.tr("Move to trash"))
        self.more = IconButton("more", self.tr("More"), size=32, glyph=18, kind="boxed")
        self.compare.clicked.connect(self.compare_clicked)
        self.locate.clicked.connect(self.locate_clicked)
        self.fetch.clicked.connect(self.fetch_clicked)
        self.put_back = QPushButton()
        self.put_back.clicked.connect(self.put_back_clicked)
        self.trash.clicked.connect(self.trash_clicked)
        self.more.clicked.connect(self.more_clicked)
        self._buttons = QWidget()
        row = FlowLayout(8, self._buttons)
        for button in (
            self.go_on, self.reuse, self.compare, self.locate, self.fetch, self.put_back,
            self.trash, self.more,
        ):  # fmt: skip
            row.addWidget(button)


def _facts_of(job: Job) -> dict[str, str]:
    made = localised.date_and_time(job.finished_at or job.created_at)
    cost = translate("ClipDetails", "{n} credits").format(n=localised.shortest(_charged(job)))
    if job.credit_cost is None and job.state in _UNPAID:
        cost = translate("ClipDetails", "not charged")
    request, clip = job.request, job.clip
    picture = request.resolution
    if clip is not None and clip.width:
        rate = translate("ClipDetails", "{n} fps").format(n=localised.shortest(clip.fps))
        picture = f"{clip.width}×{clip.height} · {rate}"
    frame = request.start_frame or request.end_frame
    if clip is not None and clip.has_audio:
        picture += " · " + translate("ClipDetails", "sound")
    return {
        "made": f"{made} · {cost}",
        "picture": picture,
        "frame": frame.label or translate("ClipDetails", "a picture") if frame is not None else "",
    }


def told_parameters(request: ClipRequest) -> list[tuple[ParameterSpec, str]]:
    """The values that are not the usual ones, beside those which the clip itself shows."""
    rows = []
    for name, value in request.values.items():
        spec = parameter_spec(name)
        if name not in _SHOWN_ELSEWHERE and value not in (DEFAULTS.get(name), spec.unsaid):
            rows.append((spec, value_text(spec, value)))
    return [(spec, text) for spec, text in rows if text]


def _charged(job: Job) -> Decimal:
    return job.price if job.credit_cost is None else job.credit_cost
