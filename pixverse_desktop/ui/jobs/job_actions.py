"""What can be done with a job, in words and in deeds."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import assert_never

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QGuiApplication

from pixverse_desktop.core.jobs.job import Job, may_send_again
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.jobs.job_text import ENDED_BADLY, RUNNING


class JobAction(StrEnum):
    """A command on one job."""

    PLAY = "play"
    COPY_PROMPT = "copy_prompt"
    COPY_FILE = "copy_file"
    FAVOURITE = "favourite"
    REUSE = "reuse"
    RETRY = "retry"
    CHECK = "check"
    NOT_CHARGED = "not_charged"
    ENTER_ID = "enter_id"
    SEND_AGAIN = "send_again"
    REMOVE = "remove"


class JobActions(QObject):
    """Carries verbs out."""

    play_requested = Signal(object)  # Job
    reuse_requested = Signal(object)  # Job
    removed = Signal(str)  # job id
    job_id_wanted = Signal(object)  # Job
    copy_requested = Signal(object)  # list of one Job, as ClipActions takes it
    favourite_requested = Signal(object)  # likewise

    def __init__(self, context: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = context.bridge

    def do(self, action: JobAction, job: Job) -> None:
        """Carry out ``verb`` on ``job``."""
        match action:
            case JobAction.PLAY:
                self.play_requested.emit(job)
            case JobAction.COPY_PROMPT:
                QGuiApplication.clipboard().setText(job.request.prompt)
            case JobAction.COPY_FILE:
                self.copy_requested.emit([job])
            case JobAction.FAVOURITE:
                self.favourite_requested.emit([job])
            case JobAction.ENTER_ID:
                self.job_id_wanted.emit(job)
            case JobAction.REUSE:
                self.reuse_requested.emit(job)
            case JobAction.REMOVE:
                self._bridge.remove(job.id)
                self.removed.emit(job.id)
            case JobAction.RETRY:
                self._bridge.retry(job.id)
            case JobAction.CHECK:
                self._bridge.check_now(job.id)
            case JobAction.NOT_CHARGED:
                self._bridge.drop_unconfirmed(job.id)
            case JobAction.SEND_AGAIN:
                self._bridge.send_again(job.id)
            case never:
                assert_never(never)


def menu_actions(job: Job, status: ServiceStatus) -> list[JobAction]:
    """What the context menu of a job that is no clip yet offers, in order."""
    return [*card_actions(job, status), JobAction.COPY_PROMPT, JobAction.REUSE, JobAction.REMOVE]


def card_actions(job: Job, status: ServiceStatus) -> list[JobAction]:
    """The decisions a job asks for; paying once more only after it was looked for long enough."""
    match job.state:
        case JobState.UNCONFIRMED:
            decided = may_send_again(job, time.time(), has_list=status.has_list)
            again = [JobAction.SEND_AGAIN] if decided else []
            return [JobAction.CHECK, JobAction.NOT_CHARGED, JobAction.ENTER_ID, *again]
        case JobState.EXPIRED | JobState.NO_FILE | JobState.ACCEPTED:
            return [JobAction.CHECK]
        case JobState.FAILED | JobState.REJECTED:
            return [JobAction.RETRY]
        case (
            JobState.QUEUED | JobState.SUBMITTING | JobState.VERIFIED | JobState.SAVED
            | JobState.DROPPED | JobState.WITHDRAWN
        ):  # fmt: skip
            return []
        case never:
            assert_never(never)


def action_label(action: JobAction, job: Job, status: ServiceStatus, price: Price) -> str:
    """What a menu entry or button says; what costs credits says how many: now, not once."""
    elsewhere = job.origin != status.origin.id
    match action:
        case JobAction.RETRY if elsewhere:
            text = _tr("Make again on {service} · {n} credits")
            return text.format(service=status.origin.name, n=price)
        case JobAction.RETRY if job.state is JobState.SAVED:
            return _tr("Make again · {n} credits").format(n=price)
        case JobAction.RETRY:
            return _tr("Retry · {n} credits").format(n=price)
        case JobAction.SEND_AGAIN if elsewhere:
            return _tr("Send to {service} · {n}").format(service=status.origin.name, n=price)
        case JobAction.SEND_AGAIN:
            return _tr("Send again · {n}").format(n=price)
        case JobAction.CHECK if job.state in ENDED_BADLY:
            return _tr("Check again")
        case JobAction.CHECK:
            return _tr("Check now")
        case JobAction.REMOVE:
            return removal_label(job)
        case JobAction.PLAY:
            return _tr("Play")
        case JobAction.COPY_PROMPT:
            return _tr("Copy prompt")
        case JobAction.COPY_FILE:
            return _tr("Copy file")
        case JobAction.FAVOURITE:
            return _tr("Favourite")
        case JobAction.REUSE:
            return _tr("Reuse settings")
        case JobAction.NOT_CHARGED:
            return _tr("Not charged")
        case JobAction.ENTER_ID:
            return _tr("Enter job id…")
        case never:
            assert_never(never)


def removal_label(job: Job) -> str:
    """What removing this job does, said before it is done."""
    if job.state is JobState.SAVED:
        return _tr("Move to trash")
    if job.state is JobState.QUEUED:
        return _tr("Withdraw: nothing was sent")
    if job.state in RUNNING:
        return _tr(
            "Take off the list: the clip goes on at the service, is charged, and is still saved"
        )
    if job.state is JobState.UNCONFIRMED:
        return _tr("Take off the list: it is still looked for at the service")
    return _tr("Remove from list")


def _tr(text: str) -> str:
    return QCoreApplication.translate("JobVerbs", text)
