"""Looks for unconfirmed jobs in the service's list and adopts what is found, never more."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from pixverse_desktop.core.engine.job_repository import StaleJob
from pixverse_desktop.core.engine.matching import match_by_time, may_be, proven_matches
from pixverse_desktop.core.engine.remote_list import Listing, RemoteList
from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.jobs.job import CLEAN_READS, Job
from pixverse_desktop.core.jobs.states import IllegalTransition, JobState
from pixverse_desktop.core.ports import RemoteJob

log = logging.getLogger(__name__)

_FIRST_S = 3.0
_MOST_S = 120.0
_MOST_PAGES = 10  # of a look; a rescue reads all
_BEFORE_S = 600.0  # how much older than the submission the list is read


class Reconciler:
    """Knows when to look again; the waits grow from 3 s to 2 min and start over with a new job."""

    def __init__(self, session: Session, jobs_list: RemoteList) -> None:
        self._session = session
        self._list = jobs_list
        self._due = 0.0  # monotonic
        self._wait_s = _FIRST_S
        self._looked_for: set[str] = set()
        self._first_seen: dict[str, float] = {}  # remote id -> seconds since 1970

    def due_at(self) -> float | None:
        """The monotonic time of the next look; None when nothing is unconfirmed."""
        ids = {job.id for job in self._session.watched(JobState.UNCONFIRMED)}
        if not ids:
            return None
        if not ids <= self._looked_for:
            self.start_over()
        self._looked_for = ids
        return max(self._due, self._list.again_at)

    def start_over(self) -> None:
        """Look at once, and often for a while."""
        self._due, self._wait_s = 0.0, _FIRST_S

    def put_off(self, until: float) -> None:
        """After trouble: not before the monotonic time ``until``."""
        self._due = max(self._due, until)

    async def read(self) -> Listing | None:
        """The list, as far back as the oldest unconfirmed job; plans the next look."""
        self._due = self._session.ports.clock.monotonic() + self._wait_s
        self._wait_s = min(_MOST_S, self._wait_s * 1.5)
        sent = [job.submitted_at or 0.0 for job in self._session.watched(JobState.UNCONFIRMED)]
        return await self._list.back_to(min(sent, default=0.0) - _BEFORE_S, _MOST_PAGES)

    async def link(self, listing: Listing, *, dropped_too: bool = False) -> int:
        """Adopt what the list proves; gives how many jobs that were."""
        session = self._session
        states = (JobState.UNCONFIRMED, *((JobState.DROPPED,) if dropped_too else ()))
        jobs = session.watched(*states)
        undecided = session.repository.of(session.origin.id, JobState.UNCONFIRMED)
        found: dict[str, RemoteJob] = {}
        by_time = None
        if jobs:
            known = {job.remote_id for job in session.repository.all() if job.remote_id}
            found, by_time = self._matches(jobs, undecided, listing, known)
        for row in listing.rows:
            self._first_seen.setdefault(row.remote_id, listing.asked_at)
        for job_id, row in found.items():
            try:
                await session.link(session.repository.get(job_id), row, by_time=row is by_time)
            except (StaleJob, IllegalTransition):
                log.info("job %s was decided meanwhile", job_id)
        await self._count(listing, [job for job in undecided if job.id not in found])
        return len(found)

    def _matches(
        self, jobs: list[Job], undecided: list[Job], listing: Listing, known: set[str]
    ) -> tuple[dict[str, RemoteJob], RemoteJob | None]:
        """The row of each job that is found, and which of them was found by its time alone."""
        in_the_air = self._session.repository.of(self._session.origin.id, JobState.SUBMITTING)
        found = {
            job_id: row
            for job_id, row in self.proven(jobs, listing.rows, known).items()
            if not any(may_be(row, job) for job in in_the_air)
        }
        # A row without inputs may also be that of the job which is being sent now.
        if found or not undecided or undecided[0] not in jobs or in_the_air:
            return found, None
        by_time = match_by_time(undecided, listing.rows, known, self._first_seen)
        return ({undecided[0].id: by_time} if by_time else {}), by_time

    def proven(
        self, jobs: list[Job], rows: Iterable[RemoteJob], known: set[str]
    ) -> dict[str, RemoteJob]:
        """The row that each of ``jobs`` certainly is, by the id of the job."""
        session = self._session
        ours = session.repository.of(session.origin.id, *JobState)
        few = {job.id for job in jobs if session.models.knows_few_seeds(job.request.model)}
        return proven_matches(jobs, rows, known, ours=ours, few_seeds=few)

    async def _count(self, listing: Listing, left: list[Job]) -> None:
        """A look in vain: enough of them, and the user may decide to send it again."""
        for job in left:
            in_vain = listing.whole and (job.submitted_at or 0.0) < listing.asked_at
            if in_vain and job.list_reads < CLEAN_READS:
                try:
                    await self._session.repository.update(job.id, list_reads=job.list_reads + 1)
                except StaleJob:
                    log.info("job %s was decided meanwhile", job.id)
