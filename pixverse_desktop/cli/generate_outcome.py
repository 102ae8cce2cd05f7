"""Waits for the end of a job, or of several, on behalf of a command, and tells how it ended.

Limits: a refused or broken connection ends the wait within 30 s, a silent service after 60 s, a
429 after 2 minutes, an unconfirmed job after a short look at the service's list.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pixverse_desktop.core.errors import ProblemCode
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.ports import Clock
from pixverse_desktop.core.service import Connection, HoldReason, ServiceStatus

_BROKEN_LIMIT_S = 20.0
_SILENT_LIMIT_S = 60.0
_RATE_LIMIT_S = 120.0
_RECONCILE_S = 12.0
_STORE_LIMIT_S = 15.0
_TICK_S = 0.25


@dataclass(frozen=True, slots=True)
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

    def status_changed(self, status: ServiceStatus) -> None:
        """Keep the newest status."""
        self._status = status

    def progress_changed(self, job_id: str, fraction: float) -> None:
        """Keep how much of the clip is fetched."""
        self._fraction = fraction
        self._since.pop("offline", None)  # bytes are coming

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
        if hold.reason is HoldReason.UNCERTAIN and hold.until is None:
            return Outcome(7, message) if self._lasts("uncertain", _RECONCILE_S) else None
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
        self._ends: dict[str, JobEnd] = {}

    # --- core.ports.EventSink ---

    def job_changed(self, job: Job) -> None:
        """Keep the newest snapshot."""
        if job.id not in self._ends:
            self._ends[job.id] = JobEnd(self._clock, None)
            if self._status is not None:
                self._ends[job.id].status_changed(self._status)
        self._ends[job.id].job_changed(job)

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
        self, job_ids: Iterable[str], say: Callable[[str], None] | None
    ) -> dict[str, Outcome]:
        """How each of the jobs ended; ``say`` hears after each how many have."""
        ids = list(job_ids)
        done = 0

        async def end_of(job_id: str) -> Outcome:
            nonlocal done
            outcome = await self._ends[job_id].wait_for(job_id)
            done += 1
            if say is not None:
                say(f"{done} of {len(ids)}")
            return outcome

        return dict(zip(ids, await asyncio.gather(*map(end_of, ids)), strict=True))
