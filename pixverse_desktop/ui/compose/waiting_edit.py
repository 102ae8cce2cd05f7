"""A clip that waits, edited in the form itself: over the form, with Save and Cancel.

It is not sent meanwhile. What stood in the form before comes back; what cannot be saved stays
there as a new clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.errors import Problem, ProblemCode
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.composing import finish_composing
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.icon_button import Glyph
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import plain_label

if TYPE_CHECKING:
    from pixverse_desktop.ui.compose.panel import ComposePanel


class WaitingEdit(QWidget):
    """Hidden unless a waiting clip is edited; ``panel`` is the form around it."""

    began = Signal()
    copied = Signal(object)  # Job that was sent already: its settings, as of any other clip
    said = Signal(str)  # a sentence for the window to show

    def __init__(self, bridge: EngineBridge, panel: ComposePanel) -> None:
        super().__init__()
        self._bridge = bridge
        self._panel = panel
        self.job: Job | None = None  # the one that is edited
        self._before: ClipRequest | None = None  # what stood in the form
        self._shown: ClipRequest | None = None  # the clip's own settings there
        self._saving = False
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="strip")
        self._build_layout()
        self.hide()
        bridge.job_changed.connect(self.on_bridge_job_changed)
        bridge.jobs_changed.connect(self.on_bridge_jobs_changed)
        bridge.status_changed.connect(self.on_bridge_status_changed)

    def _build_layout(self) -> None:
        self.title = plain_label(self.tr("Editing a waiting clip, not sent yet"), wrap=True)
        self.save_button = QPushButton(self.tr("Save changes"))
        set_key_tip(self.save_button, self.tr("The clip waits on in its place"), "generate")
        set_style(self.save_button, kind="primary")
        self.save_button.clicked.connect(self.save)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAccessibleName(self.tr("Cancel: leave the waiting clip as it was"))
        self.cancel_button.setToolTip(self.tr("The clip waits on as it was (Esc)"))
        self.cancel_button.clicked.connect(self.cancel)
        head, row = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Glyph("pencil", role="text"))
        head.addWidget(self.title, 1)
        row.setSpacing(8)
        row.addWidget(self.save_button, 1)
        row.addWidget(self.cancel_button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(row)

    @Slot(object)
    def begin(self, job: Job) -> None:
        """Edit a waiting clip; of one that was sent already, or cannot be held, take a copy."""
        if self.job is not None and self.job.id == job.id:
            self._panel.focus_field("prompt")
        elif self.job is not None and self._panel.request() != self._shown:
            self.said.emit(self.tr("Save or cancel the clip that you are editing first."))
        elif job.state is not JobState.QUEUED:
            self._copy(job)
        else:
            self.cancel()
            self._bridge.begin_edit(job.id, lambda found: self._begun(job, found))

    def _begun(self, job: Job, found: Job | Problem) -> None:
        if isinstance(found, Problem):
            if found.code is ProblemCode.INVALID:
                self._copy(job)
            else:
                self.said.emit(translated(found.message))
            return
        if self.job is not None:  # two were asked for at once
            self._bridge.end_edit(found.id)
            return
        self.job, self._before = found, self._panel.request()
        # A seed that we drew is not shown as one that was asked for.
        drawn = {"seed": None} if found.seed_drawn else {}
        self._panel.set_request(found.request.changed(**drawn))
        self._shown = self._panel.request()
        low = found.price if found.price_low is None else found.price_low
        self._panel.cost.set_edited(localised.price_text(Price(low, found.price)))
        self._panel.show_price()
        self.show()
        self.began.emit()
        self._panel.focus_field("prompt")

    @Slot()
    def save(self) -> None:
        """Let the clip ask for what stands in the form; it is looked at as before sending."""
        finish_composing()
        if self.job is None or self._saving or self._panel.is_unready():
            return
        if self._panel.point_at_wrong():
            return
        self._set_saving(True)
        self._bridge.save_edit(self.job.id, self._panel.request(), self._saved)

    def _saved(self, found: Job | Problem) -> None:
        self._set_saving(False)
        if not isinstance(found, Problem):
            self._leave(restore=True)
            self.said.emit(self.tr("Changes saved. The clip waits on in its place."))
        elif found.field is not None:
            self._panel.focus_field(found.field, translated(found.message))
        elif found.code is ProblemCode.INVALID:
            self._lose()
        else:
            self.said.emit(translated(found.message))

    @Slot()
    def cancel(self) -> None:
        """The clip waits on as it was."""
        if self.job is not None and not self._saving:
            self._bridge.end_edit(self.job.id)
            self._leave(restore=True)

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        if self.job is None or self._saving or job.id != self.job.id:
            return
        if job.hidden or job.state is not JobState.QUEUED or not job.being_edited:
            self._lose()

    @Slot(object)
    def on_bridge_jobs_changed(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self.on_bridge_job_changed(job)

    @Slot(object)
    def on_bridge_status_changed(self, status: ServiceStatus) -> None:
        if self.job is not None and status.origin.id != self.job.origin:
            self.cancel()

    def _copy(self, job: Job) -> None:
        self.copied.emit(job)
        text = self.tr("This clip was sent already. Its settings are in the form as a new clip.")
        self.said.emit(text)

    def _lose(self) -> None:
        self._leave(restore=False)
        text = self.tr(
            "This clip no longer waits to be edited. Your changes stay in the form as a new clip."
        )
        self.said.emit(text)

    def _leave(self, *, restore: bool) -> None:
        before, self._before = self._before, None
        self.job = None
        self.hide()
        self._panel.cost.set_edited("")
        if restore and before is not None:
            self._panel.set_request(before)
        self._panel.show_price()

    def _set_saving(self, saving: bool) -> None:
        self._saving = saving
        self.save_button.setEnabled(not saving)
        self.cancel_button.setEnabled(not saving)
