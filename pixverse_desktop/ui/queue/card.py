"""The card under the queue: what a job's state means, and the decisions it asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.errors import ProblemCode
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import ENDED_BADLY, JobState
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.ui.base.messages import translate, translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.job_actions import (
    JobAction,
    action_label,
    asked_by,
    card_actions,
    removal_label,
)
from pixverse_desktop.ui.jobs.job_text import RUNNING, one_line
from pixverse_desktop.ui.widgets.flow_layout import FlowLayout
from pixverse_desktop.ui.widgets.labels import ElidedLabel, plain_label
from pixverse_desktop.ui.widgets.problem_view import ProblemDetails

_DETAIL_LINES = 5


class JobCard(QWidget):
    """Shows one job; ``verb_chosen`` says what the user decided."""

    action_chosen = Signal(object, object)  # Verb, Job

    def __init__(self, price: Callable[[ClipRequest], Price]) -> None:
        super().__init__()
        self._price = price
        self.job: Job | None = None
        self._status: ServiceStatus | None = None
        self._why = ""
        self._offers: list[JobAction] = []
        self.buttons: dict[JobAction, QPushButton] = {}  # none before the first job
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="card")
        self.hide()

    def show_job(self, job: Job | None, status: ServiceStatus, why: str = "") -> None:
        """Show a job, or nothing; ``why`` it waits. The same again changes nothing."""
        offered = [] if job is None else _offered(job, status)
        same_job = job == self.job and why == self._why
        if same_job and status == self._status and offered == self._offers:
            return
        self._why = why
        same = job is not None and self.job is not None and job.id == self.job.id
        self.job, self._status, self._offers = job, status, offered
        if job is None:
            self.hide()
            return
        if not self.buttons:
            self._build()
        set_style(self, tone=_tone(job))
        self.prompt.setText(one_line(job.request.prompt))
        sentence = sentence_of(job, undecided=JobAction.SEND_AGAIN in offered)
        if why:
            text = self.tr("{reason}. Not charged yet.").format(reason=why)
            sentence = f"{text} {sentence}" if job.problem is not None else text
        self.sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self._offer(job, status)
        self.details.show_message(job.problem)
        if not same:
            self.details.close_up()
        self.show()

    def focus_first(self) -> None:
        """Put the keyboard on the first decision."""
        for button in self.buttons.values():
            if not button.isHidden():
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    @Slot()
    def on_button_clicked(self) -> None:
        sender = self.sender()
        if self.job is not None and sender is not None:
            self.action_chosen.emit(JobAction(sender.property("verb")), self.job)

    def _build(self) -> None:
        """Only when there is a job to show: a start without one is spared its widgets."""
        self.prompt = ElidedLabel("", "secondary")
        self.sentence = plain_label("", wrap=True)
        self._row = QWidget()
        flow = FlowLayout(6, self._row)
        for action in _BUTTONS:
            self.buttons[action] = button = QPushButton()
            button.hide()
            set_style(button, kind="small")
            button.setProperty("verb", str(action))
            button.clicked.connect(self.on_button_clicked)
            flow.addWidget(button)
        self.details = ProblemDetails(_DETAIL_LINES)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.prompt)
        column.addWidget(self.sentence)
        column.addWidget(self._row)
        column.addWidget(self.details)

    def _offer(self, job: Job, status: ServiceStatus) -> None:
        for action, button in self.buttons.items():
            button.setVisible(action in self._offers)
            if action in self._offers:
                button.setText(
                    _button_word(action, job, status, self._price(asked_by(action, job)))
                )
                tip = removal_label(job) if action is JobAction.REMOVE else ""
                button.setToolTip(tip)
                button.setAccessibleName(tip or self._spoken(action, button.text()))

    def _spoken(self, action: JobAction, words: str) -> str:
        """The words of a button; where they are short of it, with what the number is."""
        words = words.replace(" · ", ", ")
        priced = action is JobAction.SEND_AGAIN
        return self.tr("{words} credits").format(words=words) if priced else words


_BUTTONS = (
    JobAction.EDIT,
    JobAction.PAUSE,
    JobAction.CHECK,
    JobAction.NOT_CHARGED,
    JobAction.ENTER_ID,
    JobAction.SEND_AGAIN,
    JobAction.RETRY,
    JobAction.RETRY_SILENT,
    JobAction.REUSE,
    JobAction.REMOVE,
)


def _offered(job: Job, status: ServiceStatus) -> list[JobAction]:
    actions = card_actions(job, status)
    if job.state in (JobState.FAILED, JobState.REJECTED):
        actions = [*actions, JobAction.REUSE]
    return actions if job.state is JobState.UNCONFIRMED else [*actions, JobAction.REMOVE]


def sentence_of(job: Job, *, undecided: bool = False) -> str:
    """What the state of a job means; ``undecided`` when looking for it has not helped."""
    problem = job.problem
    if job.state is JobState.UNCONFIRMED:
        interrupted = problem is not None and problem.code is ProblemCode.INTERRUPTED
        if interrupted:
            what = translate(
                "JobCard", "The program ended while this was being sent; it may have been charged."
            )
        else:
            what = translate("JobCard", "The service's answer was lost; it may have been charged.")
        if undecided:
            more = translate(
                "JobCard", "It was not found: check your history at the service, then decide."
            )
        else:
            more = translate("JobCard", "It is being looked for. Nothing is sent again by itself.")
        return f"{what} {more}"
    if problem is not None:
        return translated(problem.message)
    match job.state:
        case JobState.QUEUED:
            return translate("JobCard", "Waiting. Not charged yet.")
        case JobState.SUBMITTING:
            return translate("JobCard", "Is being sent to the service.")
        case JobState.FAILED:
            return translated(Message("failed"))
        case JobState.REJECTED:
            return translated(Message("invalid"))
        case JobState.NO_FILE:
            return translated(Message("no_file"))
        case JobState.EXPIRED:
            return translated(Message("expired"))
        case JobState.ACCEPTED if job.finished_at is None:
            return translate("JobCard", "The service is making this clip.")
        case (
            JobState.ACCEPTED | JobState.VERIFIED | JobState.SAVED | JobState.DROPPED
            | JobState.WITHDRAWN | JobState.UNCONFIRMED
        ):  # fmt: skip
            return translate("JobCard", "The clip is made and is being saved.")
        case never:
            assert_never(never)


def _tone(job: Job) -> str:
    if job.state in (JobState.FAILED, JobState.REJECTED):
        return "error"
    if job.state is JobState.UNCONFIRMED or job.state in ENDED_BADLY:
        return "warn"
    if job.problem is not None and job.problem.code is not ProblemCode.SLOW:
        return "warn"
    return ""


def _button_word(action: JobAction, job: Job, status: ServiceStatus, price: Price) -> str:
    """Shorter than in a menu: the card's sentence and the tooltip say the rest."""
    if action is JobAction.REUSE:
        return translate("JobCard", "Edit")
    if action is JobAction.REMOVE and job.state is JobState.QUEUED:
        return translate("JobCard", "Cancel")
    if action is JobAction.REMOVE:
        return (
            translate("JobCard", "Take off the list")
            if job.state in RUNNING
            else translate("JobCard", "Remove")
        )
    return action_label(action, job, status, price)
