"""Keeps the computer awake while clips are made, unless the user wants none of that."""

from __future__ import annotations

import time
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import ACTIVE, JobState
from pixverse_desktop.core.jobs.unattended import goes_on_by_itself
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.awake import Awake
from pixverse_desktop.ui.base.context import UiContext

_SETTLE_MS = 250  # much comes at once
_AGAIN_MS = 60_000  # a lost answer is not looked for without end
_OPEN = ACTIVE | {JobState.UNCONFIRMED}


class KeepAwake(QObject):
    """Asks the system on a worker, one question at a time."""

    changed = Signal(bool)  # whether it is kept awake now

    def __init__(self, context: UiContext, awake: Awake, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._workers = context.bridge, context.workers
        self._commands = context.commands
        self._awake = awake
        self._jobs: dict[str, Job] = {}  # that may go on, those taken off the list too
        self._asked = self._asking = self._held = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.look)
        self._again = QTimer(self)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self.look)
        self._bridge.jobs_reset.connect(self.on_bridge_jobs_reset)
        self._bridge.jobs_changed.connect(self.on_bridge_jobs_changed)
        self._bridge.job_changed.connect(self.on_bridge_job_changed)
        self._bridge.status_changed.connect(self._settle.start)
        self.on_bridge_jobs_reset(self._bridge.jobs.values())

    @Slot()
    def look(self) -> None:
        """Ask for what is wanted now."""
        self._settle.stop()
        wanted = self._commands.settings.keep_awake and self._is_at_work()
        if wanted:
            self._again.start()
        else:
            self._again.stop()
        if wanted != self._asked and not self._asking:
            self._asked, self._asking = wanted, True
            why = self.tr("Clips that are paid for are being made and fetched")
            ask = (self._awake.keep, why) if wanted else (self._awake.release,)
            self._workers.call(Lane.FILES, *ask, then=self._take, otherwise=self._give_up)

    @Slot(object)
    def on_bridge_jobs_reset(self, jobs: Iterable[Job]) -> None:
        self._jobs.clear()
        self.on_bridge_jobs_changed(jobs)

    @Slot(object)
    def on_bridge_jobs_changed(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            if job.state in _OPEN:
                self._jobs[job.id] = job
            else:
                self._jobs.pop(job.id, None)
        self._settle.start()

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        self.on_bridge_jobs_changed((job,))

    def _is_at_work(self) -> bool:
        status, find, now = self._bridge.status, self._bridge.find_job, time.time()
        return any(goes_on_by_itself(job, status, find, now) for job in self._jobs.values())

    def _take(self, held: bool) -> None:
        self._asking = False
        if held != self._held:
            self._held = held
            self.changed.emit(held)
        self.look()  # it may be wanted otherwise by now

    def _give_up(self, _error: UserError) -> None:
        self._take(False)
