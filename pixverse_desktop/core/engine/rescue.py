"""Goes through everything known here and listed by the service, and takes up what is paid for and
not on disk. Nothing in this file submits anything.
"""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import assert_never

from pixverse_desktop.core.engine.reconciler import Reconciler
from pixverse_desktop.core.engine.remote_list import Listing, RemoteList
from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.errors import ProblemCode, Rejected, Unreachable, UserError, problem
from pixverse_desktop.core.jobs.job import REMOTE_ID, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import Phase, RemoteJob
from pixverse_desktop.core.records import record


class RescueItem(StrEnum):
    """What a rescue found out about one job."""

    ON_DISK = "on_disk"
    TO_FETCH = "to_fetch"  # paid for and not on disk
    RUNNING = "running"  # the service still works on it
    FAILED = "failed"  # the service could not make it
    UNDECIDED = "undecided"  # it may have been charged; nobody can say


@record
class Finding:
    """One job: known here (``job``), listed by the service (``row``), or both."""

    find: RescueItem
    job: Job | None = None
    row: RemoteJob | None = None

    @property
    def remote_id(self) -> str | None:
        """The service's id, where there is one."""
        return self.row.remote_id if self.row else self.job.remote_id if self.job else None

    @property
    def prompt(self) -> str:
        """The prompt as far as it is known, else an empty text."""
        return self.job.request.prompt if self.job else (self.row and self.row.prompt) or ""


@record
class RescueScan:
    """All findings, newest first. ``listed`` when the service's list could be read, ``whole``
    when it was read to its end."""

    findings: tuple[Finding, ...]
    listed: bool
    whole: bool

    def to_take_up(self) -> list[Finding]:
        """What nobody looks after yet: to be fetched, or still being made and unknown here."""
        watched = (JobState.ACCEPTED, JobState.VERIFIED)
        return [
            finding
            for finding in self.of(RescueItem.TO_FETCH, RescueItem.RUNNING)
            if finding.job is None or finding.job.state not in watched
        ]

    def of(self, *finds: RescueItem) -> list[Finding]:
        """The findings of some kinds."""
        return [finding for finding in self.findings if finding.find in finds]


class Rescue:
    """Looks first, takes up afterwards; fetching is then the watcher's and fetcher's usual work."""

    def __init__(self, session: Session, jobs_list: RemoteList, reconciler: Reconciler) -> None:
        self._session = session
        self._list = jobs_list
        self._reconciler = reconciler

    async def scan(self) -> RescueScan:
        """Read the whole list and compare it with what is known. Raises Rejected (KEY)."""
        try:
            listing = await self._list.back_to(None)
        except Unreachable:
            listing = None
        if listing is not None:
            await self._reconciler.link(listing, dropped_too=True)
        jobs = {
            job.remote_id: job
            for job in self._session.repository.of(self._session.origin.id, *JobState)
            if job.remote_id
        }
        missing = await self._missing(list(jobs.values()))
        rows = listing.rows if listing else ()
        findings = [_finding(jobs.get(row.remote_id), row, missing) for row in rows]
        seen = {row.remote_id for row in rows}
        for remote_id, job in jobs.items():
            if remote_id not in seen:
                findings.append(_finding(job, await self._asked(job), missing))
        undecided = self._session.repository.of(self._session.origin.id, JobState.UNCONFIRMED)
        findings += [Finding(RescueItem.UNDECIDED, job) for job in undecided]
        # What the user took off the list and deleted is neither missing nor there.
        findings = [
            f
            for f in findings
            if not (f.job and (f.job.deleted or (f.job.hidden and f.job.id in missing)))
        ]
        findings.sort(key=_made_at, reverse=True)
        return RescueScan(
            tuple(findings), listing is not None, listing is not None and listing.whole
        )

    async def recover(self, scan: RescueScan) -> list[Job]:
        """Put what is to be fetched, or still running, under watch; gives those jobs."""
        # What was in the air during the survey may be unconfirmed by now.
        rows = tuple(finding.row for finding in scan.findings if finding.row is not None)
        now = self._session.ports.clock.time()
        await self._reconciler.link(Listing(rows, False, now), dropped_too=True)
        taken = []
        for finding in scan.of(RescueItem.TO_FETCH, RescueItem.RUNNING):
            if finding.job is not None:
                job = self._session.repository.get(finding.job.id)
                if job.state not in (JobState.ACCEPTED, JobState.VERIFIED):
                    job = await self._session.repository.transition(
                        job.id, JobState.ACCEPTED, problem=None, hidden=False
                    )
                taken.append(job)
            elif finding.row is not None and not (
                self._is_known(finding.row.remote_id) or self._is_in_the_air(finding.row)
            ):
                taken.append(await self.import_row(finding.row))
        self._session.watch_wake.set()
        return taken

    async def import_row(self, row: RemoteJob) -> Job:
        """A job of this service that is not known here becomes one of ours, as accepted."""
        session = self._session
        now = session.ports.clock.time()
        made = row.created_at if row.created_at is not None else now
        request = row.request or ClipRequest(prompt=row.prompt or "", seed=row.seed)
        usual = session.price(request).high
        job = Job(
            id=uuid.uuid4().hex,
            origin=session.origin.id,
            request=request,
            state=JobState.ACCEPTED,
            created_at=made,
            updated_at=now,
            price=usual if row.credit_cost is None else row.credit_cost,
            position=session.repository.next_position(),
            key_fingerprint=session.service.key_fingerprint(),
            submitted_at=made,
            remote_id=row.remote_id,
            remote_status=row.status,
            credit_cost=row.credit_cost,
        )
        await session.repository.add(job)
        return job

    async def add_by_id(self, text: str, job_id: str | None = None) -> Job:
        """A job id, or its address, pasted by the user: for an unconfirmed job, or for a new one.

        Raises UserError with the sentence when it is no id, known already, unknown to the
        service, or another clip's.
        """
        remote_id = text.strip().split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        if not REMOTE_ID.fullmatch(remote_id):
            raise _invalid("not_a_job_id")
        known = self._session.repository.by_remote(self._session.origin.id, remote_id)
        if known is not None and known.deleted and job_id is None:  # asked for by name: free
            added = await self._session.repository.transition(
                known.id, JobState.ACCEPTED, problem=None, hidden=False
            )
            self._session.watch_wake.set()
            return added
        if known is not None:
            raise _invalid("job_listed_already")
        row = await self._look_up(remote_id)
        job_id = job_id or self._proven(row)
        if job_id is None and self._is_in_the_air(row):
            raise _invalid("sending_now")
        if job_id is None:
            added = await self.import_row(row)
        else:
            job = self._session.repository.get(job_id)
            if None not in (row.seed, job.request.seed) and row.seed != job.request.seed:
                raise _invalid("id_of_other_clip")
            added = await self._session.link(job, row)
        self._session.watch_wake.set()
        return added

    async def _look_up(self, remote_id: str) -> RemoteJob:
        """The job as the list shows it, with its inputs, else as asked for by its id."""
        listing = await self._list.newest()
        for row in listing.rows if listing else ():
            if row.remote_id == remote_id:
                return row
        try:
            return await self._session.ask(self._session.service.job, remote_id)
        except Rejected as error:
            if error.problem.code is ProblemCode.JOB_UNKNOWN:
                raise _invalid("job_id_unknown") from None
            raise

    async def _asked(self, job: Job) -> RemoteJob | None:
        """What the service says of an unfinished job that is not on its list; None: nothing."""
        if job.state is not JobState.ACCEPTED or job.finished_at is not None:
            return None
        await self._session.ports.clock.sleep(self._session.budget.poll_delay_s())
        try:
            return await self._session.ask(self._session.service.job, job.remote_id)
        except Unreachable:
            return None
        except Rejected as error:
            if error.problem.code is ProblemCode.KEY:
                raise
            return None

    def _is_known(self, remote_id: str) -> bool:
        return self._session.repository.by_remote(self._session.origin.id, remote_id) is not None

    def _proven(self, row: RemoteJob) -> str | None:
        """The unconfirmed job that this row certainly is."""
        session = self._session
        jobs = session.repository.of(session.origin.id, JobState.UNCONFIRMED, JobState.DROPPED)
        return next(iter(self._reconciler.proven(jobs, [row], set())), None)

    def _is_in_the_air(self, row: RemoteJob) -> bool:
        """It may be the job that is being sent now, whose answer will bring this very id."""
        session = self._session
        for job in session.repository.of(session.origin.id, JobState.SUBMITTING):
            if row.seed is not None and job.request.seed is not None:
                same = row.seed == job.request.seed
            else:
                same = row.created_at is None or row.created_at >= (job.submitted_at or 0.0) - 60.0
            if same:
                return True
        return False

    async def _missing(self, jobs: list[Job]) -> set[str]:
        """The ids of saved jobs whose file is gone."""
        saved = [job for job in jobs if job.state is JobState.SAVED]
        files = self._session.ports.files

        def look() -> set[str]:
            return {job.id for job in saved if not files.has_file(job)}

        return await self._session.ports.run(Lane.FILES, look)


def _finding(job: Job | None, row: RemoteJob | None, missing: set[str]) -> Finding:
    if job is not None and job.state is JobState.SAVED:
        return Finding(RescueItem.TO_FETCH if job.id in missing else RescueItem.ON_DISK, job, row)
    if row is None and job is not None and job.state is JobState.FAILED:
        return Finding(RescueItem.FAILED, job)
    if row is None:
        return Finding(RescueItem.TO_FETCH, job)  # not on the list any more: tried by its id
    match row.phase:
        case Phase.RUNNING:
            return Finding(RescueItem.TO_FETCH if row.video_url else RescueItem.RUNNING, job, row)
        case Phase.FAILED:
            return Finding(RescueItem.FAILED, job, row)
        case Phase.COMPLETED:
            return Finding(RescueItem.TO_FETCH, job, row)
        case never:
            assert_never(never)


def _made_at(finding: Finding) -> float:
    if finding.job is not None:
        return finding.job.submitted_at or finding.job.created_at
    return (finding.row and finding.row.created_at) or 0.0


def _invalid(code: str) -> UserError:
    return UserError(problem(ProblemCode.INVALID, Message(code)))
