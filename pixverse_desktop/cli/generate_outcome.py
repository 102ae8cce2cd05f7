"""Waits for the end of a job, or of several, on behalf of a command, and tells how it ended.

Limits: a refused or broken connection ends the wait within 30 s, a silent service after 60 s, a
429 after 2 minutes, an unconfirmed job after a short look at the service's list.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from pixverse_desktop.core.errors import ProblemCode
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.parents import ancestors, blocker, name_of
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.ports import Clock
from pixverse_desktop.core.records import record
from pixverse_desktop.core.service import Connection, HoldReason, ServiceStatus

_BROKEN_LIMIT_S = 20.0
_SILENT_LIMIT_S = 60.0
_RATE_LIMIT_S = 120.0
_RECONCILE_S = 12.0
_STORE_LIMIT_S = 15.0
_MATCH_LIMIT_S = 100.0  # an answer may be sought for 90 s before the next is sent
_TICK_S = 0.25
_UNDECIDED = 7
_FAILED = 6


@record
class Outcome:
    """The exit code and, for a failure, its sentence."""

    code: int
    message: str | None = None


_ENDS: dict[JobState, int] = {
    JobState.SAVED: 0,
    JobState.REJECTED: 5,
    JobState.FAILED: 6,
    JobState.EXPIRED: 11,
    JobState.NO_FILE: 12,
}
_HOLDS: dict[HoldReason, int] = {
    HoldReason.KEY: 3,
    HoldReason.CREDITS: 4,
    HoldReason.LIMIT: 4,
    HoldReason.OFFLINE: 8,
    HoldReason.DISK: 9,
}
# Seconds without any job having moved, after which what waits is given up.
_STILL_LIMITS: dict[HoldReason, float] = {
    HoldReason.RATE: _RATE_LIMIT_S,
    HoldReason.UNCERTAIN: _MATCH_LIMIT_S,
}


class JobEnd:
    """The event sink of ``generate``; with ``show`` it keeps a progress line on stderr."""

    def __init__(self, clock: Clock, show: bool | None) -> None:
        self._clock = clock
        self._show = bool(show)
        self._jobs: dict[str, Job] = {}
        self._status: ServiceStatus | None = None
        self._since: dict[str, float] = {}
        self._fraction: float | None = None
        self._started = clock.monotonic()

    # --- core.ports.EventSink ---

    def job_changed(self, job: Job) -> None:
        """Keep the newest snapshot."""
        self._jobs[job.id] = job

    def jobs_changed(self, jobs: Sequence[Job]) -> None:
        """Keep the newest snapshots."""
        for job in jobs:
            self.job_changed(job)

    def film_changed(self, film_id: str) -> None:
        """The film is read when all of it is over."""

    def status_changed(self, status: ServiceStatus) -> None:
        """Keep the newest status."""
        self._status = status

    def progress_changed(self, job_id: str, fraction: float) -> None:
        """Keep how much of the clip is fetched."""
        self._fraction = fraction
        self._since.pop("offline", None)  # bytes are coming

    def outcome(self) -> Outcome | None:
        """How the one job ended, or why it is not waited for any longer; None until then."""
        return self._outcome(next(iter(self._jobs.values())))

    def is_withdrawn(self) -> bool:
        """Whether the one job was taken back."""
        return next(iter(self._jobs.values())).state is JobState.WITHDRAWN

    async def wait_for(self, job_id: str) -> Outcome:
        """The end of the job, or the reason why it is not waited for any longer."""
        while True:
            outcome = self._outcome(self._jobs[job_id])
            self._draw(self._jobs[job_id])
            if outcome is not None:
                self._clear()
                return outcome
            await self._clock.sleep(_TICK_S)

    def _outcome(self, job: Job) -> Outcome | None:
        message = job.problem.message if job.problem else None
        if job.state in _ENDS:
            return Outcome(_ENDS[job.state], None if job.state is JobState.SAVED else message)
        if job.state is JobState.UNCONFIRMED:
            return Outcome(7, message) if self._lasts("unconfirmed", _RECONCILE_S) else None
        self._since.pop("unconfirmed", None)
        if job.state is JobState.QUEUED:
            return self._held()
        if stuck := self._local_trouble(job):
            return stuck
        if job.problem is not None and job.problem.code is ProblemCode.DISK:
            return Outcome(9, message)
        return self._unreachable(job)

    def _held(self) -> Outcome | None:
        hold = self._status.hold if self._status else None
        if hold is None:
            return None  # between two refusals the hold is gone for a moment; the time goes on
        message = hold.problem.message if hold.problem else None
        if hold.reason is HoldReason.RATE:
            late = self._lasts("rate", _RATE_LIMIT_S)
            return Outcome(8, message) if late else None
        code = _HOLDS.get(hold.reason)
        return None if code is None else Outcome(code, message)

    def _local_trouble(self, job: Job) -> Outcome | None:
        """The database stays unwritable: 7 while the paid request's answer is not kept."""
        hold = self._status.hold if self._status else None
        if hold is None or hold.reason is not HoldReason.DISK:
            self._since.pop("store", None)
            return None
        message = hold.problem.message if hold.problem else None
        code = 7 if job.state is JobState.SUBMITTING else 9
        return Outcome(code, message) if self._lasts("store", _STORE_LIMIT_S) else None

    def _unreachable(self, job: Job) -> Outcome | None:
        status = self._status
        if status is not None and status.hold and status.hold.reason is HoldReason.KEY:
            return Outcome(3, status.hold.problem.message if status.hold.problem else None)
        silent = status is not None and "Timeout" in status.trouble
        offline = status is not None and status.connection is Connection.OFFLINE
        broken_download = job.problem is not None and job.problem.code is ProblemCode.OFFLINE
        troubled = status is not None and bool(status.trouble)
        if not (offline or broken_download or troubled):
            self._since.pop("offline", None)
            return None
        limit_s = _SILENT_LIMIT_S if silent else _BROKEN_LIMIT_S
        if troubled and not (offline or broken_download):
            limit_s = _RATE_LIMIT_S  # it answers, with "wait" or "not now"
        if not self._lasts("offline", limit_s):
            return None
        return Outcome(
            8,
            "The service cannot be reached. The job was accepted and is not lost: "
            "open the window to fetch its clip.",
        )

    def _lasts(self, what: str, limit_s: float) -> bool:
        since = self._since.setdefault(what, self._clock.monotonic())
        return self._clock.monotonic() - since >= limit_s

    def _draw(self, job: Job) -> None:
        if not self._show:
            return
        took = int(self._clock.monotonic() - self._started)
        word = job.remote_status or str(job.state)
        if self._fraction is not None:
            word = f"saving {self._fraction:.0%}"
        sys.stderr.write(f"\r\033[K{word} · {took // 60}:{took % 60:02d}")
        sys.stderr.flush()

    def _clear(self) -> None:
        if self._show:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


class JobEnds:
    """The event sink of a command that works for several jobs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._status: ServiceStatus | None = None
        self._jobs: dict[str, Job] = {}
        self._ends: dict[str, JobEnd] = {}  # of those that were sent
        self._progress_at = clock.monotonic()  # when a job was last accepted or done

    # --- core.ports.EventSink ---

    def job_changed(self, job: Job) -> None:
        """Keep the newest snapshot."""
        before = self._jobs.get(job.id)
        self._jobs[job.id] = job
        if job.state is JobState.QUEUED:
            self._ends.pop(job.id, None)  # it was refused for now, and waits like the others
            return
        if job.id not in self._ends:
            self._ends[job.id] = JobEnd(self._clock, None)
            if self._status is not None:
                self._ends[job.id].status_changed(self._status)
        self._ends[job.id].job_changed(job)
        moved = before is None or before.state is not job.state
        if moved and job.state not in (JobState.SUBMITTING, JobState.UNCONFIRMED):
            self._progress_at = self._clock.monotonic()

    def jobs_changed(self, jobs: Sequence[Job]) -> None:
        """Keep the newest snapshots."""
        for job in jobs:
            self.job_changed(job)

    def film_changed(self, film_id: str) -> None:
        """The film is read when all of it is over."""

    def status_changed(self, status: ServiceStatus) -> None:
        """Keep the newest status."""
        self._status = status
        for end in self._ends.values():
            end.status_changed(status)

    def progress_changed(self, job_id: str, fraction: float) -> None:
        """Bytes are coming."""
        if job_id in self._ends:
            self._ends[job_id].progress_changed(job_id, fraction)

    async def wait_for_all(
        self,
        job_ids: Iterable[str],
        say: Callable[[str], None] | None,
        give_up: Callable[[], Awaitable[None]],
        find: Callable[[str], Job | None],
    ) -> dict[str, Outcome]:
        """How each of the jobs ended; ``say`` hears after each how many have, ``find`` gives a job.

        What waits is judged as one: when a hold will not end by itself ``give_up`` is awaited,
        which takes back what was not sent, and what was sent is waited for all the same.
        """
        ids, outcomes = set(job_ids), dict[str, Outcome]()
        while len(outcomes) < len(ids):
            found = {
                job_id: outcome
                for job_id in (ids & self._ends.keys()) - outcomes.keys()
                if (outcome := self._ends[job_id].outcome()) is not None
            }
            waiting = ids - self._ends.keys() - outcomes.keys()
            found |= self._blocked(waiting, find)
            behind = self._behind(waiting - found.keys(), found, find)
            if len(outcomes) + len(found) + len(behind) < len(ids):
                # Others go on: what is undecided may still be found meanwhile.
                found = {job_id: end for job_id, end in found.items() if end.code != _UNDECIDED}
            else:
                found |= behind
            for job_id, outcome in found.items():
                outcomes[job_id] = outcome
                if say is not None:
                    say(f"{len(outcomes)} of {len(ids)}")
            waiting = ids - self._ends.keys() - outcomes.keys()
            if waiting and (held := self._held()) is not None:
                await give_up()
                outcomes |= dict.fromkeys(waiting - self._sent(), held)
            await self._clock.sleep(_TICK_S)
        return outcomes

    def _blocked(
        self, waiting: Iterable[str], find: Callable[[str], Job | None]
    ) -> dict[str, Outcome]:
        """Those that go on from a clip which does not come."""
        lost = {job_id: blocker(self._jobs[job_id], find) for job_id in waiting}
        return {
            job_id: Outcome(_FAILED, Message("parent_failed", name=name_of(parent)))
            for job_id, parent in lost.items()
            if parent is not None
        }

    def _behind(
        self, waiting: Iterable[str], found: Mapping[str, Outcome],
        find: Callable[[str], Job | None],
    ) -> dict[str, Outcome]:  # fmt: skip
        """Those that go on from a clip of which nobody knows whether it comes."""
        behind = {}
        for job_id in waiting:
            for parent in ancestors(self._jobs[job_id], find):
                end = found.get(parent.id)
                if end is not None and end.code == _UNDECIDED:
                    behind[job_id] = end
        return behind

    def _sent(self) -> set[str]:
        """Those that were on their way before they could be taken back."""
        return {job_id for job_id, end in self._ends.items() if not end.is_withdrawn()}

    def _held(self) -> Outcome | None:
        """Why nothing more is sent, when that is so since nothing has moved for a while."""
        hold = self._status.hold if self._status else None
        if hold is None:
            return None
        code = _HOLDS.get(hold.reason, 7 if hold.reason is HoldReason.UNCERTAIN else 8)
        message = hold.problem.message if hold.problem else None
        for_good = hold.reason in (HoldReason.KEY, HoldReason.CREDITS, HoldReason.LIMIT)
        still_s = self._clock.monotonic() - self._progress_at
        limit_s = 0.0 if for_good else _STILL_LIMITS.get(hold.reason, _SILENT_LIMIT_S)
        return Outcome(code, message) if still_s >= limit_s else None
