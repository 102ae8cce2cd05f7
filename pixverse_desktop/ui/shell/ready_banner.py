"""Which clip is on the stage: the one the user picked, else the newest; a finished clip that does
not get there announces itself."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QTimer, Signal, Slot

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import ENDED_BADLY, JobState
from pixverse_desktop.ui.base.announce import announce
from pixverse_desktop.ui.base.context import Player
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.jobs.job_text import row_text, short_prompt
from pixverse_desktop.ui.widgets.strip import Strip

_STAYS_MS = 20_000
_NEWS = ENDED_BADLY | {JobState.UNCONFIRMED}


class ReadyBanner(Strip):
    """Hidden while every finished clip was on the stage."""

    unseen_wanted = Signal(object)  # Job, to be shown together with the stage

    def __init__(self, player: Player) -> None:
        super().__init__(dismissible=True)
        self._player = player
        self._states: dict[str, JobState] = {}
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(_STAYS_MS)
        self.timer.timeout.connect(self.hide)
        self._shown = False  # a clip was put into the player
        self._picked = False  # by the user
        self._expected = ""  # the batch of the job that was expected last
        self._ready: dict[str, Job] = {}  # finished since, oldest first
        self.action_clicked.connect(self.on_action_clicked)
        self.dismissed.connect(self.on_dismissed)

    @Slot(object)
    def pick(self, job: Job | None) -> None:
        """The user chose what to look at."""
        self._picked = job is not None and job.state is JobState.SAVED
        self._shown = job is not None
        self._player.show_job(job)
        if job is not None:
            self._ready.pop(job.id, None)
            self._announce()

    def restore(self, jobs: Iterable[Job], job: Job | None) -> None:
        """These are not news; an empty stage shows the last clip of an earlier run, until there
        is another one."""
        self._states = {job.id: job.state for job in jobs}
        if job is not None and not self._shown and self._player.current_job is None:
            self._player.show_job(job, autoplay=False)

    def take(self, job: Job) -> JobState | None:
        """Show what a new snapshot is news of; gives the state before it, None of a new job."""
        before = self._states.get(job.id)
        self._states[job.id] = job.state
        if before is None and job.is_active:
            self._expect(job)
        elif job.state in _NEWS and before not in (None, job.state):
            announce(self, self._failure(job))
        elif job.state is JobState.SAVED and before not in (None, JobState.SAVED):
            self.greet(job)
        return before

    def _expect(self, job: Job) -> None:
        """A job has just begun: an empty stage shows how far it is, of a batch the first one."""
        if job.batch and job.batch == self._expected:
            return
        self._expected = job.batch
        empty = self._player.current_job is None and self._player.is_idle()
        if not self._shown and empty:
            self._player.show_job(job)

    def greet(self, job: Job) -> None:
        """A clip has just been finished."""
        # Where the stage is not seen nothing is to be heard of it either.
        if self._player.is_idle() and not self._picked and self._player.stage.isVisible():
            self._shown = True
            self._player.show_job(job)
            announce(self, self.tr("“{clip}” is ready.").format(clip=short_prompt(job)))
        else:
            self._ready[job.id] = job
            self._announce()

    def _failure(self, job: Job) -> str:
        """The queue shows it; who does not see that hears it."""
        words = row_text(job, 0.0)
        reason = translated(job.problem.message) if job.problem is not None else ""
        return f"{words.aside}: {short_prompt(job)}. {reason}".strip()

    @Slot()
    def on_action_clicked(self) -> None:
        if self._ready:
            self.bring(next(reversed(self._ready.values())))

    def bring(self, job: Job) -> None:
        """Play a clip on the stage, or show it where the stage is as well."""
        if self._player.stage.isVisible():
            self.pick(job)
        else:
            self.unseen_wanted.emit(job)

    @Slot()
    def on_dismissed(self) -> None:
        self._ready.clear()
        self._announce()

    def _announce(self) -> None:
        if not self._ready:
            self.hide()
            return
        newest = short_prompt(next(reversed(self._ready.values())))
        text = self.tr("%n clips are ready, the newest is “{clip}”.", "", len(self._ready))
        self.show_message(text.format(clip=newest), self.tr("Play"))
        self.timer.start()
