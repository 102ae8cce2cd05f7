"""A job id pasted by the user: for an unconfirmed job, or for one this program never knew."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import ElidedLabel, SentenceLabel, plain_label

_LONGEST = 400


class JobIdDialog(Dialog):
    """Asks the service about the id before anything is changed; stays open when it is wrong."""

    def __init__(self, parent: QWidget, bridge: EngineBridge) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._job: Job | None = None
        self.setMinimumWidth(460)
        self.title = plain_label("", "title")
        self.prompt = ElidedLabel("", "secondary")
        hint = plain_label(
            self.tr(
                "Copy the job's id, or its address, from your history at the service. "
                "Nothing is sent again: its clip is fetched and becomes part of your list."
            ),
            wrap=True,
        )
        self.field = TextField()
        self.field.setPlaceholderText("job_abc123")
        self.field.setAccessibleName(self.tr("Job id"))
        self.field.setMaxLength(_LONGEST)
        self.field.textChanged.connect(self.on_field_text_changed)
        self.answer = SentenceLabel("error")
        self.add_button = QPushButton(self.tr("Fetch its clip"))
        self.add_button.setAccessibleName(self.tr("Fetch the clip of this job"))
        set_style(self.add_button, kind="primary")
        self.add_button.setDefault(True)
        self.add_button.clicked.connect(self.on_add_button_clicked)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAccessibleName(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.add_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        for widget in (self.title, self.prompt, hint, self.field, self.answer):
            column.addWidget(widget)
        column.addSpacing(4)
        column.addLayout(buttons)

    def ask(self, job: Job | None) -> None:
        """Open, for an unconfirmed job or for a new one."""
        self._job = job
        title = self.tr("Recover by job ID") if job is None else self.tr("Enter the job id")
        self.setWindowTitle(title)
        self.title.setText(title)
        self.prompt.setText(one_line(job.request.prompt) if job else "")
        self.prompt.setVisible(job is not None)
        self.field.clear()
        self._enable()
        self.open()
        self.field.setFocus()

    @Slot(str)
    def on_field_text_changed(self, _text: str) -> None:
        self.answer.show_message("")
        self._enable()

    @Slot()
    def on_add_button_clicked(self) -> None:
        self.add_button.setEnabled(False)
        self._bridge.add_by_id(
            self.field.text(), self._job.id if self._job else None, self._answered
        )

    def _answered(self, problem: Problem | None) -> None:
        if problem is None:
            self.accept()
            return
        self.answer.show_message(translated(problem.message))
        self.adjustSize()
        self._enable()
        self.field.setFocus()
        self.field.selectAll()

    def _enable(self) -> None:
        self.add_button.setEnabled(bool(self.field.text().strip()))
