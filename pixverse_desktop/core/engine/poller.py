"""Looks at what the service is working on: one job by its id, several through the list.

A failed look is never a failed job. The list also finds unconfirmed jobs again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from typing import assert_never

from pixverse_desktop.core.engine.border import failure_of
from pixverse_desktop.core.engine.job_repository import StaleJob
from pixverse_desktop.core.engine.rate_limit import NOTICE_AFTER_S, poll_interval_s
from pixverse_desktop.core.engine.reconciler import Reconciler
from pixverse_desktop.core.engine.remote_list import RemoteList
from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.errors import ProblemCode, Rejected, Unreachable, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.ports import Phase, RemoteJob
from pixverse_desktop.core.service import HoldReason, OriginKind

log = logging.getLogger(__name__)

_UNKNOWN_LOOKS = 5
_UNKNOWN_AFTER_S = 600.0
_UNKNOWN_AGAIN_S = 10.0
_NO_FILE_LOOKS = 3
_TROUBLE_FIRST_S = 3.0
_TROUBLE_MOST_S = 60.0
_BORDER_WAIT_S = 30.0
# While jobs wait here, held by something else, a service that is gone is noticed all the same: by
# a look after so long, and ever more seldom while it is there, for a hold may last for days.
_QUIET_S = 25.0
_QUIET_MOST_S = 900.0


class Poller:
    """The polling loop. ``fetch`` is told of every job whose clip can be fetched."""

    def __init__(
        self,
        session: Session,
        jobs_list: RemoteList,
        reconciler: Reconciler,
        fetch: Callable[[Job, RemoteJob | None], None],
    ) -> None:
        self._session = session
        self._list = jobs_list
        self._reconciler = reconciler
        self._fetch = fetch
        self._due: dict[str, float] = {}  # job id -> monotonic time of the next look
        self._sent: dict[str, float] = {}  # job id -> monotonic time when it was
        self._unknown_looks: dict[str, int] = {}  # "no such job", in a row
        self._empty_looks: dict[str, int] = {}  # completed without a file, in a row
        self._early_looks: dict[str, int] = {}  # a link, but not said to be completed
        self._troubles = 0
        self._quiet_s = _QUIET_S
        self.fetching: set[str] = set()

    async def run(self) -> None:
        """Look whenever a look is due, until cancelled."""
        while True:
            delay = self._delay_s()
            if delay is None or delay > 0:
                await self._session.wait(self._session.watch_wake, delay)
                continue
            if await failure_of(self._try_to_look(), log, "a look at the service") is not None:
                self._put_off(_BORDER_WAIT_S)

    async def _try_to_look(self) -> None:
        try:
            await self._look()
            self._troubles = 0
        except Unreachable as error:
            self._quiet_s = _QUIET_S
            log.info("a look at the service failed: %s", error.problem.code)
            self._put_off()
        except Rejected as error:
            log.info("the service refused a look: %s", error.problem.code)
            self._put_off()

    def poll_now(self, job_id: str) -> None:
        """The user asks: look at this job as soon as the budget allows."""
        self._due[job_id] = 0.0
        self._reconciler.start_over()
        self._list.again_at = 0.0
        self._session.watch_wake.set()

    def _jobs(self) -> list[Job]:
        watched = self._session.watched(JobState.ACCEPTED)
        return [job for job in watched if job.id not in self.fetching]

    def _delay_s(self) -> float | None:
        now = self._session.ports.clock.monotonic()
        times = [self._due.setdefault(job.id, self._first_look(job)) for job in self._jobs()]
        reconcile_at = self._reconciler.due_at()
        if reconcile_at is not None:
            times.append(reconcile_at)
        hold = self._session.status.hold
        # A key that was refused is not shown again and again.
        if self._session.watched(JobState.QUEUED) and not (hold and hold.reason is HoldReason.KEY):
            times.append(self._session.asked_at + self._quiet_s)
        if not times:
            return None
        return max(min(times) - now, self._session.budget.poll_delay_s())

    def _first_look(self, job: Job) -> float:
        """A new job is looked at after its first interval, one from before the start at once."""
        now = self._session.ports.clock.monotonic()
        age = self._age_s(job)
        return now + self._interval_s(job) if age < 1.0 else now + random.random()

    def _age_s(self, job: Job) -> float:
        """As it was when it was first seen, and what went by since: a clock that is set ahead
        meanwhile makes no job old."""
        clock = self._session.ports.clock
        now = clock.monotonic()
        age = max(0.0, clock.time() - (job.submitted_at or 0.0))
        return now - self._sent.setdefault(job.id, now - age)

    def _interval_s(self, job: Job) -> float:
        session = self._session
        usual = session.repository.expected_s(job.request, job.origin)
        return poll_interval_s(
            self._age_s(job),
            usual if usual is not None else session.config.unknown_expected_s,
            jitter=random.uniform(-1, 1),
        )

    async def _look(self) -> None:
        jobs = self._jobs()
        now = self._session.ports.clock.monotonic()
        reconcile_at = self._reconciler.due_at()
        reconcile = reconcile_at is not None and now >= reconcile_at
        if now >= self._list.again_at and (len(jobs) >= 2 or reconcile):
            listing = await (self._reconciler.read() if reconcile else self._list.newest())
            if listing is not None:
                await self._reconciler.link(listing)
                await self._take_list(jobs, listing.rows)
                return
        due = [job for job in jobs if self._due[job.id] <= now]
        if due:
            self._quiet_s = _QUIET_S
            await self._look_at(min(due, key=lambda job: self._due[job.id]))
        elif now >= self._session.asked_at + self._quiet_s:
            self._quiet_s = min(2 * self._quiet_s, _QUIET_MOST_S)
            await self._list.look_whether_there()

    async def _take_list(self, jobs: list[Job], rows: tuple[RemoteJob, ...]) -> None:
        by_id = {row.remote_id: row for row in rows}
        missing = []
        for job in jobs:
            row = by_id.get(job.remote_id or "")
            silent = row is None or not row.status
            if row is None or silent or (row.phase is Phase.COMPLETED and not row.video_url):
                missing.append(job)
            else:
                await self._take(job, row)
        # What the list does not tell is asked for by its id: one a turn, the rest stay due.
        if missing:
            await self._look_at(min(missing, key=lambda job: self._due[job.id]))

    async def _look_at(self, job: Job) -> None:
        self._plan(job)
        try:
            row = await self._session.ask(self._session.service.job, job.remote_id)
        except Rejected as error:
            if error.problem.code is ProblemCode.JOB_UNKNOWN:
                await self._unknown(job, error)
                return
            raise
        await self._take(job, row)

    async def _unknown(self, job: Job, error: Rejected) -> None:
        looks = self._unknown_looks.get(job.id, 0) + 1
        self._unknown_looks[job.id] = looks
        # Under another key the job may well be there: another account, not a lost job.
        # The demo has one account, and a key of its own for every start.
        same_key = self._session.origin.kind is OriginKind.DEMO or job.key_fingerprint in (
            None,
            self._session.service.key_fingerprint(),
        )
        if not same_key:
            wrong = problem(ProblemCode.KEY, Message("other_key"), error.problem.detail)
            if job.problem != wrong:
                await self._session.repository.update(job.id, problem=wrong)
        elif looks >= _UNKNOWN_LOOKS and self._age_s(job) >= _UNKNOWN_AFTER_S:
            del self._unknown_looks[job.id]
            ports = self._session.ports
            if job.clip is not None and await ports.run(Lane.FILES, ports.files.has_file, job):
                self.fetching.add(job.id)  # it was only away: nothing is lost
                self._fetch(job, None)
                return
            await self._session.repository.transition(
                job.id, JobState.EXPIRED, problem=error.problem
            )
            self._session.submit_wake.set()
        elif self._age_s(job) >= _UNKNOWN_AFTER_S:
            soon = self._session.ports.clock.monotonic() + _UNKNOWN_AGAIN_S
            self._due[job.id] = min(self._due[job.id], soon)  # an old job, too, has its end soon

    def _plan(self, job: Job) -> None:
        self._due[job.id] = self._session.ports.clock.monotonic() + self._interval_s(job)

    def _put_off(self, least_s: float = 0.0) -> None:
        """After trouble: everything due waits, longer each time, spread apart."""
        base = max(least_s, min(_TROUBLE_MOST_S, _TROUBLE_FIRST_S * 1.6**self._troubles))
        self._troubles = min(self._troubles + 1, 20)
        now = self._session.ports.clock.monotonic()
        for job in self._jobs():
            self._due[job.id] = now + base * (1 + 0.2 * random.random())
        self._reconciler.put_off(now + base)

    async def _take(self, job: Job, row: RemoteJob) -> None:
        """Apply what the service says about one job."""
        session = self._session
        self._plan(job)
        self._unknown_looks.pop(job.id, None)
        if row.phase is not Phase.COMPLETED:
            self._empty_looks.pop(job.id, None)
        session.note_balance(row.credits_remaining)
        try:
            match row.phase:
                case Phase.RUNNING:
                    await self._running(job, row)
                    if row.video_url is not None:
                        self._fetch_early(job, row)
                case Phase.FAILED:
                    text = Message("failed_because", reason=row.error) if row.error else ""
                    wrong = problem(ProblemCode.FAILED, text, row.error)
                    await self._end(job, JobState.FAILED, row, wrong)
                case Phase.COMPLETED if row.video_url is None:
                    await self._without_file(job, row)
                case Phase.COMPLETED:
                    await self._ready(job, row)
                case never:
                    assert_never(never)
        except StaleJob:
            log.info("job %s changed while it was looked at", job.id)

    async def _running(self, job: Job, row: RemoteJob) -> None:
        if row.status != job.remote_status:
            log.info("job %s: the service says %r", job.id, row.status)
        late = problem(ProblemCode.MATCHED) if job.matched_by_time else None
        if self._age_s(job) >= NOTICE_AFTER_S:
            late = problem(ProblemCode.SLOW)
        if (row.status, late) != (job.remote_status, job.problem):
            await self._session.repository.update(job.id, remote_status=row.status, problem=late)

    def _fetch_early(self, job: Job, row: RemoteJob) -> None:
        """A word nobody knows and a link: that it can be fetched says more than the word.

        It is tried at the 1st, 2nd, 3rd, 5th, 9th … such look; polling goes on when it cannot be.
        """
        looks = self._early_looks.get(job.id, 0)
        self._early_looks[job.id] = looks + 1
        if looks & (looks - 1) == 0:
            self.fetching.add(job.id)
            self._fetch(job, row)

    async def _without_file(self, job: Job, row: RemoteJob) -> None:
        looks = self._empty_looks.get(job.id, 0) + 1
        self._empty_looks[job.id] = looks
        if looks >= _NO_FILE_LOOKS:
            del self._empty_looks[job.id]
            await self._end(job, JobState.NO_FILE, row, problem(ProblemCode.NO_FILE))
        else:
            self._due[job.id] = self._session.ports.clock.monotonic() + 2.0

    async def _end(self, job: Job, state: JobState, row: RemoteJob, wrong: object) -> None:
        await self._session.repository.transition(
            job.id,
            state,
            remote_status=row.status,
            credit_cost=row.credit_cost if row.credit_cost is not None else job.credit_cost,
            problem=wrong,
        )
        self._session.submit_wake.set()

    async def _ready(self, job: Job, row: RemoteJob) -> None:
        self._empty_looks.pop(job.id, None)
        self._early_looks.pop(job.id, None)
        now = self._session.ports.clock.time()
        await self._session.repository.update(
            job.id,
            remote_status=row.status,
            finished_at=job.finished_at or now,
            expires_at=row.expires_at or now + 3600.0,
            credit_cost=row.credit_cost if row.credit_cost is not None else job.credit_cost,
            problem=job.problem if job.matched_by_time else None,
        )
        self.fetching.add(job.id)
        self._fetch(job, row)


async def settle(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel ``tasks`` and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
