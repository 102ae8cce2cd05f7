"""The engine: commands of the user on one service, its loops, start and end.

Only its parts change a job (through ``JobRepository``). It knows neither Qt nor threads:
blocking work goes through ``EngineDependencies.run``, time through a clock, events to a sink.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain

from pixverse_desktop.core.engine.batches import release, withdraw_batch
from pixverse_desktop.core.engine.clip_import import ClipImport
from pixverse_desktop.core.engine.clip_marks import ClipMarks
from pixverse_desktop.core.engine.downloader import ClipDownloader
from pixverse_desktop.core.engine.film_repository import FilmRepository
from pixverse_desktop.core.engine.films import Films
from pixverse_desktop.core.engine.job_repository import JobRepository, StaleJob
from pixverse_desktop.core.engine.new_jobs import Cell, check, check_cells, new_batch, new_job
from pixverse_desktop.core.engine.poller import Poller, settle
from pixverse_desktop.core.engine.reconciler import Reconciler
from pixverse_desktop.core.engine.remote_list import RemoteList
from pixverse_desktop.core.engine.rescue import Rescue
from pixverse_desktop.core.engine.service_check import check_service
from pixverse_desktop.core.engine.session import EngineConfig, Session
from pixverse_desktop.core.engine.submitter import Submitter
from pixverse_desktop.core.engine.waiting_jobs import WaitingJobs, give_up_edits
from pixverse_desktop.core.errors import ProblemCode, Rejected, Unreachable, UserError, problem
from pixverse_desktop.core.jobs.job import Job, may_send_again
from pixverse_desktop.core.jobs.ledger import Ledger, ledger_of
from pixverse_desktop.core.jobs.spending import COUNTED, Limits
from pixverse_desktop.core.jobs.states import ACTIVE, JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.core.ports import EngineDependencies, ListedModel, Service
from pixverse_desktop.core.service import HoldReason, Origin, ServiceReport

log = logging.getLogger(__name__)

_SCHEMA_RETRY_S = (2.0, 5.0, 15.0, 60.0, 300.0)
_SCHEMA_AGAIN_S = 3600.0
_NO_LIMITS = Limits()
_DELETED = Message("job_deleted")
CLOSE_WAIT_S = 2.5  # of the 3 s that closing may take

_RETRYABLE = frozenset({JobState.REJECTED, JobState.FAILED, JobState.EXPIRED, JobState.NO_FILE,
                        JobState.DROPPED, JobState.SAVED})  # fmt: skip


class Engine:
    """Works for one origin; another origin is another engine on the same repository."""

    def __init__(
        self,
        repository: JobRepository,
        service: Service,
        origin: Origin,
        ports: EngineDependencies,
        config: EngineConfig | None,
        films: FilmRepository,
    ) -> None:
        self.session = Session(repository, service, origin, ports, config or EngineConfig())
        self._repository = repository
        self._submitter = Submitter(self.session)
        self._downloader = ClipDownloader(self.session, self._fetch_ended)
        self._list = RemoteList(self.session)
        self._reconciler = Reconciler(self.session, self._list)
        self.imports = ClipImport(self.session)
        self.waiting = WaitingJobs(self.session)
        self.marks = ClipMarks(self.session)
        self.films = Films(self.session, films)
        self.rescue = Rescue(self.session, self._list, self._reconciler)
        self._poller = Poller(self.session, self._list, self._reconciler, self._downloader.start)
        self._tasks: set[asyncio.Task[None]] = set()
        self._retrying: set[str] = set()

    # --- start and end ---

    async def recover(self) -> None:
        """After a start: what was in the air is UNCONFIRMED, what was verified is published."""
        await give_up_edits(self.session)
        for job in self._repository.all():
            if job.state is JobState.SUBMITTING:
                wrong = problem(ProblemCode.INTERRUPTED)
                await self._repository.transition(job.id, JobState.UNCONFIRMED, problem=wrong)
            elif job.deleted and job.may_be_deleted and job.clip is not None and job.clip.path:
                try:
                    await self._delete_file(job)
                except UserError as error:
                    log.warning("a deleted clip is still there: %s", error.problem.detail)

    def start(self, *, learn: bool = True, send: bool = True) -> None:
        """Start the loops: watching, fetching, (``send``) sending, (``learn``) the schema."""
        for job in self.session.watched(JobState.VERIFIED):
            self._poller.fetching.add(job.id)
            self._downloader.start(job, None)
        if learn:
            self._spawn(self._learn())
        else:
            self.session.rules_known.set()
        if send:
            self._spawn(self._submitter.run())
        self._spawn(self._poller.run())

    def _spawn(self, coroutine: object) -> None:
        # The set keeps a strong reference: a task nobody holds may vanish in mid-flight.
        task = asyncio.ensure_future(coroutine)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._loop_ended)

    def _loop_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or task.exception() is None or self.session.closing:
            return
        error = task.exception()
        log.error("an engine loop ended", exc_info=error)
        text = Message("store_unwritable")
        wrong = problem(ProblemCode.STORE, text, f"{type(error).__name__}: {error}")
        self.session.set_hold(HoldReason.DISK, UserError(wrong))

    async def close(self, timeout_s: float = CLOSE_WAIT_S) -> None:
        """Send nothing more; wait up to ``timeout_s`` for an answer in the air; end the loops."""
        self.session.closing = True
        try:
            await asyncio.wait_for(self._submitter.idle.wait(), timeout_s)
        except TimeoutError:
            log.warning("a submission is still in the air; it is unconfirmed at the next start")
        await settle(self._tasks | self._downloader.tasks)
        await self.marks.close()
        await self._repository.settle()

    async def _learn(self) -> None:
        """Read the live schema: now, after trouble again, then every hour."""
        attempt = 0
        while True:
            try:
                self.use_model(await self.session.models.learn(self.session.status.model.id))
                attempt = 0
                await self.session.ports.clock.sleep(_SCHEMA_AGAIN_S)
            except (Unreachable, Rejected) as error:
                log.info("the model's schema was not read: %s", error.problem.code)
                known = self.session.status.model
                self.use_model(dataclasses.replace(known, schema_unread=True))
                wait_s = _SCHEMA_RETRY_S[min(attempt, len(_SCHEMA_RETRY_S) - 1)]
                attempt += 1
                await self.session.ports.clock.sleep(wait_s)

    async def encoded(self, request: ClipRequest) -> bytes:
        """The body that ``request`` would be sent with, as the submitter makes it; sends nothing.

        Raises UserError: a picture is gone, or nothing is known of the model.
        """
        caps = await self.session.models.to_send_by(request.model)
        return await self.session.ports.run(Lane.FILES, self.session.service.encode, request, caps)

    async def link_of(self, job_id: str) -> str:
        """Where the service has a clip now; asking is free. Raises UserError: it has it no more."""
        return await self.session.links.link_of(job_id)

    async def choose_model(self, model_id: str) -> None:
        """Make clips with another model from now on. Raises Unreachable or Rejected where nothing
        is known of it."""
        self.session.set_status(model=await self.session.models.to_send_by(model_id))

    async def list_models(self) -> tuple[ListedModel, ...]:
        """Every video model of the service. Raises Unreachable or Rejected."""
        return await self.session.ask(self.session.service.models)

    async def check_service(self) -> ServiceReport:
        """Whether the service speaks as this program assumes; spends nothing."""
        return await check_service(self.session)

    def use_model(self, caps: ModelSpec) -> None:
        """The rules that hold from now on."""
        self.session.models.put(caps)
        self.session.rules_known.set()
        self.session.queue_changed()  # what waits may cost something else now

    def _fetch_ended(self, job_id: str) -> None:
        self._poller.fetching.discard(job_id)
        self.session.watch_wake.set()
        self.session.submit_wake.set()
        job = self._repository.get(job_id)
        if job.state is JobState.VERIFIED and not self.session.closing:
            self._poller.fetching.add(job_id)
            self._downloader.start(job, None)

    # --- commands of the user ---

    async def generate(self, request: ClipRequest, retry_of: str | None = None) -> Job:
        """Queue a clip. Raises UserError (INVALID, with the field) and leaves nothing behind."""
        self._check(request)
        before = self._repository.get(retry_of) if retry_of is not None else None
        job = new_job(self.session, request, self._repository.next_position(), retry_of=before)
        await self._repository.add(job)
        self.session.queue_changed()
        return job

    async def generate_all(
        self, cells: Sequence[Cell], *, background: bool = False, ceiling: Decimal | None = None
    ) -> list[Job]:
        """Queue a batch: all of it or, with UserError, nothing. Each is in the journal before the
        first is sent. What is left of it is held before it could cost more than ``ceiling``."""
        models = {cell.request.model: self.session.models.get(cell.request.model) for cell in cells}
        await self.session.ports.run(Lane.FILES, check_cells, cells, models)
        position = self._repository.next_position()
        jobs = new_batch(self.session, cells, position, background=background, ceiling=ceiling)
        await self._repository.add(*jobs)
        self.session.queue_changed()
        return jobs

    def _check(self, request: ClipRequest) -> None:
        check(request, self.session.models.get(request.model))

    async def retry(self, job_id: str, *, silent: bool = False) -> Job:
        """A new job with the same request (a saved clip's with another seed), or with the same but
        its sound; the old one stays."""
        job = self._repository.get(job_id)
        if job.state not in _RETRYABLE or job_id in self._retrying:
            raise UserError(problem(ProblemCode.INVALID, Message("job_under_way")))
        if job.hidden:
            raise UserError(problem(ProblemCode.INVALID, Message("job_queued_again")))
        self._retrying.add(job_id)
        try:
            request = job.request.changed(audio=False) if silent else job.request
            caps = self.session.models.get(request.model)
            # Of a saved clip the old seed would make one that is only alike; another may have been
            # drawn under other rules.
            wrong = any(found.field == "seed" for found in violations(request, caps))
            if job.state is JobState.SAVED or wrong:
                request = request.changed(seed=None)
            new = await self.generate(request, retry_of=job_id)
            if job.state is not JobState.SAVED:
                await self._repository.update(job_id, hidden=True)
            return new
        finally:
            self._retrying.discard(job_id)

    async def withdraw(self, job_id: str) -> Job:
        """Take a queued job back; nothing was sent."""
        job = await self._repository.transition(job_id, JobState.WITHDRAWN, hidden=True)
        self.session.queue_changed()
        return job

    async def withdraw_batch(self, batch: str) -> tuple[int, int]:
        """Take back what of a batch was not sent; how many that were, and how many go on."""
        return await withdraw_batch(self.session, batch)

    async def remove(self, job_id: str) -> Job:
        """Off the list, never forgotten: what is under way goes on and its clip is kept."""
        if self._repository.get(job_id).state is JobState.QUEUED:
            return await self.withdraw(job_id)
        return await self._repository.update(job_id, hidden=True)

    async def undo_remove(self, job_id: str) -> Job:
        """Back on the list; what was taken back from the queue waits again."""
        job = self._repository.get(job_id)
        with _refused_as(_DELETED):
            if job.state is not JobState.WITHDRAWN:
                return await self._repository.update(job_id, _is_kept, hidden=False)
            price = self.session.price(job.request_as_sent).high
            job = await self._repository.transition(
                job_id, JobState.QUEUED, _is_kept, hidden=False, problem=None, price=price
            )
        self.session.queue_changed()
        return job

    async def delete_for_good(self, job_id: str) -> None:
        """Delete the file of a removed clip; its job id and its charge are never forgotten.

        Raises UserError: still under way (INVALID), or the file cannot be deleted now (DISK).
        """
        with _refused_as(Message("not_deleted_under_way")):
            job = await self._repository.update(
                job_id, lambda job: job.may_be_deleted, deleted=True
            )
        await self._delete_file(job)

    async def _delete_file(self, job: Job) -> None:
        """The decision is committed before; that the file is gone, after. A start goes on here."""
        if job.clip is None or not job.clip.path:
            return
        delete = self.session.ports.files.delete
        try:
            ours = await self.session.ports.run(Lane.FILES, delete, job)
        except OSError as error:
            text = Message("clip_not_deleted", reason=str(error.strerror))
            raise UserError(problem(ProblemCode.DISK, text, str(error))) from error
        await self._repository.update(job.id, clip=dataclasses.replace(job.clip, path=""))
        if not ours:
            text = Message("other_file_there")
            raise UserError(problem(ProblemCode.DISK, text, job.clip.path))

    async def check_now(self, job_id: str) -> None:
        """Look again, at once; a job given up as expired or empty is taken up again."""
        job = self._repository.get(job_id)
        if job.remote_id and job.state in (JobState.EXPIRED, JobState.NO_FILE, JobState.FAILED):
            with _refused_as(_DELETED):
                await self._repository.transition(job_id, JobState.ACCEPTED, _is_kept, problem=None)
        self._poller.poll_now(job_id)

    async def fetch_again(self, job_id: str) -> None:
        """The saved file went missing: fetch it once more, free, while the service has it."""
        with _refused_as(_DELETED):
            await self._repository.transition(job_id, JobState.ACCEPTED, _is_kept)
        self._poller.poll_now(job_id)

    async def drop_unconfirmed(self, job_id: str) -> None:
        """The user says it was not charged."""
        await self._repository.transition(job_id, JobState.DROPPED, hidden=True, problem=None)

    async def send_again(self, job_id: str) -> Job:
        """The user's own choice to send an unconfirmed job again, at its price."""
        job = self._repository.get(job_id)
        if job.state is not JobState.UNCONFIRMED:
            raise UserError(problem(ProblemCode.INVALID, Message("job_decided")))
        status, now = self.session.status, self.session.ports.clock.time()
        if not may_send_again(job, now, has_list=status.has_list):
            text = Message("job_still_sought")
            raise UserError(problem(ProblemCode.INVALID, text))
        # A seed of its own, so that the two can be told apart in the service's list.
        request = job.request.changed(seed=None)
        self._check(request)
        # Dropped first: were it found at the service meanwhile, this fails and nothing is sent.
        await self._repository.transition(job_id, JobState.DROPPED, hidden=True)
        hold = self.session.status.hold
        if hold is not None and hold.reason is HoldReason.UNCERTAIN:
            self.session.end_hold()  # the user has just decided
        try:
            return await self.generate(request, retry_of=job_id)
        except UserError:
            await self._repository.update(job_id, hidden=False)
            raise

    def pause(self, until: float | None = None) -> None:
        """Send nothing until ``resume``, or until then (seconds since 1970)."""
        self.session.pause(until)

    def resume(self) -> None:
        """Go on sending, whatever held the queue."""
        hold = self.session.status.hold
        if hold is not None and hold.reason is HoldReason.LIMIT:
            self.session.limits_lifted[self.session.held_by] = self.session.ports.clock.time()
            release(self.session)
        self.session.remember("paused", "no")
        self.session.end_hold()
        self.session.prices.tell_charges()  # made while the user had paused

    def configure(self, jobs_at_a_time: int, limits: Limits = _NO_LIMITS) -> None:
        """Change how many jobs run at a time, 1-20, and what may be spent."""
        hold = self.session.status.hold
        if hold is not None and hold.reason is HoldReason.LIMIT:
            self.session.end_hold()  # judged anew by the new limit
        if limits != self.session.config.limits:
            self.session.limits_lifted.clear()
        self.session.config = dataclasses.replace(
            self.session.config,
            jobs_at_a_time=max(1, min(20, jobs_at_a_time)),
            limits=limits,
        )
        self.session.set_status()  # with what these limits leave
        self.session.submit_wake.set()

    def watch_only(self, job_ids: Iterable[str], capped: Iterable[str] | None = None) -> None:
        """Send and watch these jobs and leave all others alone; what they may cost at most is
        about the ``capped`` of them, or all."""
        only = frozenset(job_ids)
        self.session.config = dataclasses.replace(
            self.session.config, only_jobs=only,
            capped_jobs=only if capped is None else frozenset(capped),
        )  # fmt: skip

    def job(self, job_id: str) -> Job:
        """The latest snapshot. Raises KeyError."""
        return self._repository.get(job_id)

    def jobs(self) -> list[Job]:
        """Every job known here, oldest first."""
        return self._repository.all()

    async def ledger(self) -> Ledger:
        """What was paid at this service, or may have been."""
        jobs = chain.from_iterable(self._repository.groups(self.session.origin.id, *COUNTED))
        upper = self._repository.upper_prices(self.session.origin.id, self.session.upper_price)
        return await self.session.ports.run(Lane.FILES, ledger_of, jobs, upper)

    def price(self, request: ClipRequest) -> Price:
        """What a clip will be charged at this service, as far as it is known."""
        return self.session.price(request)

    def expected_s(self, request: ClipRequest) -> float | None:
        """The learned time from sending to finished, in seconds; None when unknown."""
        return self._repository.expected_s(request, self.session.origin.id)

    def active(self) -> list[Job]:
        """What is waiting or under way for this service."""
        return self._repository.of(self.session.origin.id, *ACTIVE)


def _is_kept(job: Job) -> bool:
    return not job.deleted


@contextlib.contextmanager
def _refused_as(text: str) -> Iterator[None]:
    """A job that changed meanwhile is told with this sentence."""
    try:
        yield
    except StaleJob:
        raise UserError(problem(ProblemCode.INVALID, text)) from None
