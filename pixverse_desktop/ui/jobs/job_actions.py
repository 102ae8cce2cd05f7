"""What can be done with a job, in words and in deeds."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import assert_never

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from pixverse_desktop.core.jobs.job import Job, may_send_again, refused_for_sound
from pixverse_desktop.core.jobs.states import ENDED_BADLY, JobState
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translate, translated
from pixverse_desktop.ui.jobs.job_text import RUNNING


class JobAction(StrEnum):
    """A command on one job."""

    PLAY = "play"
    COPY_PROMPT = "copy_prompt"
    COPY_FILE = "copy_file"
    PICK = "pick"
    REUSE = "reuse"
    RETRY = "retry"
    RETRY_SILENT = "retry_silent"
    CHECK = "check"
    NOT_CHARGED = "not_charged"
    ENTER_ID = "enter_id"
    SEND_AGAIN = "send_again"
    REMOVE = "remove"
    EDIT = "edit"
    PAUSE = "pause"


class JobActions(QObject):
    """Carries verbs out."""

    play_requested = Signal(object)  # Job
    reuse_requested = Signal(object)  # Job
    removed = Signal(str)  # job id
    edit_requested = Signal(object)  # Job
    job_id_wanted = Signal(object)  # Job
    copy_requested = Signal(object)  # list of one Job, as ClipActions takes it
    pick_requested = Signal(object)  # likewise

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
            case JobAction.PICK:
                self.pick_requested.emit([job])
            case JobAction.ENTER_ID:
                self.job_id_wanted.emit(job)
            case JobAction.REUSE:
                self.reuse_requested.emit(job)
            case JobAction.REMOVE:
                self._bridge.remove(job.id)
                self.removed.emit(job.id)
            case JobAction.EDIT:
                self.edit_requested.emit(job)
            case JobAction.PAUSE if job.is_paused:
                self._bridge.go_on([job.id])
            case JobAction.PAUSE:
                self._bridge.pause_jobs([job.id])
            case JobAction.RETRY:
                self._bridge.retry(job.id)
            case JobAction.RETRY_SILENT:
                self._bridge.retry(job.id, silent=True)
            case JobAction.CHECK:
                self._bridge.check_now(job.id)
            case JobAction.NOT_CHARGED:
                self._bridge.drop_unconfirmed(job.id)
            case JobAction.SEND_AGAIN:
                self._bridge.send_again(job.id)
            case never:
                assert_never(never)


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
            return [JobAction.RETRY, *([JobAction.RETRY_SILENT] if refused_for_sound(job) else [])]
        case JobState.QUEUED:
            return [JobAction.EDIT, JobAction.PAUSE]
        case (
            JobState.SUBMITTING | JobState.VERIFIED | JobState.SAVED
            | JobState.DROPPED | JobState.WITHDRAWN
        ):  # fmt: skip
            return []
        case never:
            assert_never(never)


def asked_by(action: JobAction, job: Job) -> ClipRequest:
    """What the service is asked for by an action that costs credits."""
    silent = action is JobAction.RETRY_SILENT
    return job.request.changed(audio=False) if silent else job.request


def action_label(action: JobAction, job: Job, status: ServiceStatus, price: Price) -> str:
    """What a menu entry or button says; what costs credits says how many: now, not once."""
    elsewhere = job.origin != status.origin.id
    service, amount = translated(status.origin.name), localised.price_text(price)
    match action:
        case JobAction.RETRY if elsewhere:
            text = translate("JobActions", "Make again on {service} · {n} credits")
            return text.format(service=service, n=amount)
        case JobAction.RETRY if job.state is JobState.SAVED:
            return translate("JobActions", "Make again · {n} credits").format(n=amount)
        case JobAction.RETRY:
            return translate("JobActions", "Retry · {n} credits").format(n=amount)
        case JobAction.RETRY_SILENT:
            text = translate("JobActions", "Once more, without sound · {n} credits")
            return text.format(n=amount)
        case JobAction.SEND_AGAIN if elsewhere:
            return translate("JobActions", "Send to {service} · {n}").format(
                service=service, n=amount
            )
        case JobAction.SEND_AGAIN:
            return translate("JobActions", "Send again · {n}").format(n=amount)
        case JobAction.CHECK if job.state in ENDED_BADLY:
            return translate("JobActions", "Check again")
        case JobAction.CHECK:
            return translate("JobActions", "Check now")
        case JobAction.EDIT:
            return translate("JobActions", "Edit")
        case JobAction.PAUSE if job.is_paused:
            return translate("JobActions", "Go on")
        case JobAction.PAUSE:
            return translate("JobActions", "Pause")
        case JobAction.REMOVE:
            return removal_label(job)
        case JobAction.PLAY:
            return translate("JobActions", "Play")
        case JobAction.COPY_PROMPT:
            return translate("JobActions", "Copy prompt")
        case JobAction.COPY_FILE:
            return translate("JobActions", "Copy file")
        case JobAction.PICK:
            return translate("JobActions", "Pick")
        case JobAction.REUSE:
            return translate("JobActions", "Reuse settings")
        case JobAction.NOT_CHARGED:
            return translate("JobActions", "Not charged")
        case JobAction.ENTER_ID:
            return translate("JobActions", "Enter job id…")
        case never:
            assert_never(never)


def removal_label(job: Job) -> str:
    """What removing this job does, said before it is done."""
    if job.state is JobState.SAVED:
        return translate("JobActions", "Move to trash")
    if job.state is JobState.QUEUED:
        return translate("JobActions", "Cancel (not charged)")
    if job.state in RUNNING:
        return translate(
            "JobActions",
            "Take off the list: the clip goes on at the service, is charged, and is still saved",
        )
    if job.state is JobState.UNCONFIRMED:
        return translate("JobActions", "Take off the list: it is still looked for at the service")
    return translate("JobActions", "Remove from list")
