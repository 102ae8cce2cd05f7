"""What is worth a notice while the window is not in front: decided from the changes alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.parents import blocker
from pixverse_desktop.core.jobs.states import ACTIVE, ENDED_BADLY, JobState
from pixverse_desktop.core.records import record
from pixverse_desktop.core.service import Hold, HoldReason

_PENDING = ACTIVE | {JobState.UNCONFIRMED}
# What only the user can bring on; a lost answer is told of with its clip.
_NEEDS_USER = frozenset({
    HoldReason.KEY, HoldReason.CREDITS, HoldReason.DISK, HoldReason.COST, HoldReason.LIMIT,
})  # fmt: skip


class Wanted(StrEnum):
    """Which notices the user wants."""

    ALL = "all"
    FAILURES = "failures"  # and what waits for the user
    OFF = "off"


@record
class Together:
    """A film or a batch of which nothing more comes by itself: what it has made since it began."""

    film: str  # the id; "" for a batch
    made: tuple[Job, ...]
    failed: tuple[Job, ...]


@dataclass(slots=True)
class News:
    """What happened since the user has last looked, each in the order in which it happened."""

    ready: list[Job] = field(default_factory=list)
    failed: list[Job] = field(default_factory=list)
    unconfirmed: list[Job] = field(default_factory=list)
    together: list[Together] = field(default_factory=list)
    hold: Hold | None = None
    last: Job | Together | None = None  # what a click on it shows; None: the window as it is

    def __bool__(self) -> bool:
        return bool(self.ready or self.failed or self.unconfirmed or self.together or self.hold)


class NoticeRules:
    """Follows every job; each change is given with what the user wants to hear at that moment,
    which is nothing (OFF) while the window is in front."""

    def __init__(self) -> None:
        self.news = News()
        self._jobs: dict[str, Job] = {}
        self._open: dict[str, set[str]] = {}  # ids of what may still come, by film or batch
        self._ended: dict[str, list[str]] = {}  # and of what came of it since it began
        self._hold: HoldReason | None = None

    def restore(self, jobs: Iterable[Job]) -> None:
        """All jobs anew; none of it is news."""
        self._jobs = {job.id: job for job in jobs}
        self._open, self._ended = {}, {}
        for job in self._jobs.values():
            if job.state in _PENDING and (name := _name(job)):
                self._open.setdefault(name, set()).add(job.id)
        for job in self._jobs.values():
            # What a batch had made before a restart belongs to it; older takes of a film do not.
            if job.state not in _PENDING and not job.film and _name(job) in self._open:
                self._ended.setdefault(_name(job), []).append(job.id)

    def look(self) -> None:
        """The user looks at the window: nothing of it is news any more."""
        self.news = News()

    def take_job(self, job: Job, wanted: Wanted) -> bool:
        """A change of a job; True when there is something to tell."""
        before = self._jobs.get(job.id)
        self._jobs[job.id] = job
        name = _name(job)
        if job.state in _PENDING and name and not job.hidden:
            self._open.setdefault(name, set()).add(job.id)
        if before is None or before.state is job.state:
            return job.hidden and self._close(name, job, wanted)
        self.news.unconfirmed = [one for one in self.news.unconfirmed if one.id != job.id]
        if job.state is JobState.UNCONFIRMED:
            return self._add(self.news.unconfirmed, job, wanted, Wanted.FAILURES)
        if job.state in _PENDING:
            return False
        ended = before.state in _PENDING and not job.hidden
        if name:
            if ended:
                self._ended.setdefault(name, []).append(job.id)
            return self._close(name, job, wanted)
        if ended and job.state is JobState.SAVED:
            return self._add(self.news.ready, job, wanted, Wanted.ALL)
        if ended and job.state in ENDED_BADLY:
            return self._add(self.news.failed, job, wanted, Wanted.FAILURES)
        return False

    def take_hold(self, hold: Hold | None, wanted: Wanted) -> bool:
        """Why nothing is sent, or that something is again; True when there is something to tell."""
        before, self._hold = self._hold, hold.reason if hold is not None else None
        if hold is None or hold.reason not in _NEEDS_USER:
            self.news.hold = None
            return False
        if before is hold.reason or wanted is Wanted.OFF:
            return False
        self.news.hold = hold
        return True

    def _add(self, to: list[Job], job: Job, wanted: Wanted, least: Wanted) -> bool:
        if wanted is Wanted.OFF or (least is Wanted.ALL and wanted is not Wanted.ALL):
            return False
        to.append(job)
        self.news.last = job
        return True

    def _close(self, name: str, job: Job, wanted: Wanted) -> bool:
        """A job of a film or a batch is done with: that is told once nothing more comes."""
        left = self._open.get(name, set())
        left.discard(job.id)
        if any(self._comes(self._jobs[job_id]) for job_id in left):
            return False
        ended = [self._jobs[job_id] for job_id in self._ended.pop(name, ())]
        told = Together(job.film, _in(ended, {JobState.SAVED}), _in(ended, ENDED_BADLY))
        worth = told.failed if wanted is Wanted.FAILURES else told.made or told.failed
        if wanted is Wanted.OFF or not worth:
            return False
        self.news.together.append(told)
        self.news.last = told
        return True

    def _comes(self, job: Job) -> bool:
        return job.state is not JobState.QUEUED or blocker(job, self._jobs.get) is None


def _name(job: Job) -> str:
    """Of what it is a part; "" for a clip by itself."""
    return job.film or job.batch


def _in(jobs: Sequence[Job], states: Iterable[JobState]) -> tuple[Job, ...]:
    return tuple(job for job in jobs if job.state in states)
