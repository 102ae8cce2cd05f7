"""One service in use: what submitter, watcher and fetcher share, and the status the user sees."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from math import inf
from typing import NamedTuple, TypeVar

from pixverse_desktop.core.credits import ZERO, read_credits
from pixverse_desktop.core.engine import clip_links
from pixverse_desktop.core.engine.clip_links import ClipLinks
from pixverse_desktop.core.engine.job_repository import JobRepository
from pixverse_desktop.core.engine.model_catalogue import ModelCatalogue
from pixverse_desktop.core.engine.price_watch import COST_MARK, ENDED_BY_USER, PriceWatch
from pixverse_desktop.core.engine.rate_limit import START_PER_MINUTE, RateBudget, RateHint
from pixverse_desktop.core.errors import (
    OUT_OF_REACH,
    ProblemCode,
    Rejected,
    Unreachable,
    UserError,
    problem,
)
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.spending import COUNTED, Limits, Period, midnight_of, span_of
from pixverse_desktop.core.jobs.states import IN_FLIGHT, JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message, message_from_json
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID, PIXVERSE_V6
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import EngineDependencies, RemoteJob, Reply, Service
from pixverse_desktop.core.records import record
from pixverse_desktop.core.service import (
    Budget,
    Connection,
    Hold,
    HoldReason,
    Origin,
    OriginKind,
    ServiceStatus,
)

log = logging.getLogger(__name__)
T = TypeVar("T")

_MATCH_WAIT_S = 90.0
BATCH_MARK = "batch "  # before the id of a batch, in ``held_by`` and ``limits_lifted``
_UNTIL = "until "  # before a time, in the remembered fact "paused"


@record
class EngineConfig:
    """Choices of the window's or the command's engine. Times in seconds."""

    jobs_at_a_time: int = 4
    only_jobs: frozenset[str] | None = None  # a command sends and watches its own alone
    # After the first dead link a fresh one is asked for at once, then after these delays: an hour.
    refresh_delays_s: tuple[float, ...] = (0.0, 10.0, 90.0, 800.0, 2700.0)
    unknown_expected_s: float = 60.0
    least_free_bytes: int = 512 * 2**20
    hold_on_cost: bool = True
    bad_clips_most: int = 8  # what is no clip is fetched again so many times
    limits: Limits = Limits()
    # What the jobs of a command may cost together at most, and which of them that is about.
    most_credits: Decimal | None = None
    capped_jobs: frozenset[str] = frozenset()


class RunningLimit(NamedTuple):
    """A limit of the user's that holds now; ``ends`` in seconds since 1970."""

    period: Period
    limit: Decimal
    spent: Decimal
    ends: float


class Session:
    """The origin in use with its service, request budget, status and wake-up calls."""

    def __init__(
        self,
        repository: JobRepository,
        service: Service,
        origin: Origin,
        ports: EngineDependencies,
        config: EngineConfig,
    ) -> None:
        self.repository = repository
        self.service = service
        self.origin = origin
        self.ports = ports
        self.config = config
        self.budget = RateBudget(ports.clock.monotonic)
        self.status = ServiceStatus(origin, has_key=service.key_fingerprint() is not None)
        self.submit_wake = asyncio.Event()
        self.watch_wake = asyncio.Event()
        self.closing = False
        self.asked_at = ports.clock.monotonic()  # when the service was last asked anything
        self.rules_known = asyncio.Event()  # the live schema was read, or could not be
        self.models = ModelCatalogue(self)
        self.links = ClipLinks(self)
        self.prices = PriceWatch(self)
        # When the user went on in spite of a limit, by its name; and the one that holds now.
        self.limits_lifted: dict[str, float] = {}
        self.held_by = ""
        self.waits_until = inf  # monotonic: when a hold ends that goes by itself
        # Batches of which nothing is sent, each with the sentence why; "" while one is withdrawn.
        self.held_batches: dict[str, str] = {}
        self._list_echoes = False
        self._unconfirmed_since: dict[str, float] = {}  # job id -> monotonic

    def recall(self, facts: dict[str, str], cached: Mapping[str, ModelSpec]) -> None:
        """Take over what was known about the service when it was last in use."""
        self.budget = RateBudget(
            self.ports.clock.monotonic, _number(facts.get("per_minute")) or START_PER_MINUTE
        )
        credits_at = float(facts["credits_at"]) if facts.get("credits_at") else None
        lost = self.repository.of(self.origin.id, JobState.UNCONFIRMED)
        self.set_status(
            credits=read_credits(facts.get("credits")),
            credits_at=credits_at,
            credits_old=facts.get("credits_old") == "yes"
            or any((job.submitted_at or 0.0) >= (credits_at or 0.0) for job in lost),
            model=cached.get(MODEL_ID, PIXVERSE_V6),
        )
        self.models.remembered = dict(cached)
        self.links.recall(facts.get(clip_links.FACT, ""))
        if MODEL_ID in cached:
            self.rules_known.set()
        self.prices.recall(facts.get("told_prices", ""))
        paused = facts.get("paused", "no")
        if paused == "yes":
            self.set_hold(HoldReason.PAUSED)
        elif paused.startswith(_UNTIL):
            if (until := float(paused.removeprefix(_UNTIL))) > self.ports.clock.time():
                self.pause(until)
        elif paused == "ask":
            self.ask_first()
        elif paused.startswith(COST_MARK):
            text = paused.removeprefix(COST_MARK)
            said = message_from_json(facts.get("paused_by"), text)
            self.prices.hold(said if said == text else text)  # it may be older

    def set_status(self, **changes: object) -> None:
        """Replace fields of the status and tell the sink when something changed."""
        known = {"budget": self._budget(), "held_batches": frozenset(self.held_batches)}
        new = dataclasses.replace(self.status, **known, **changes)  # type: ignore[arg-type]
        if new != self.status:
            self.status = new
            self.ports.events.status_changed(new)

    def set_hold(
        self, reason: HoldReason, error: UserError | None = None, wait_s: float | None = None
    ) -> None:
        """Stop sending; with ``wait_s`` it goes on by itself after that many seconds."""
        if self.status.hold is not None and self.status.hold.reason in ENDED_BY_USER:
            return
        until = None if wait_s is None else self.ports.clock.time() + wait_s
        self.waits_until = self.ports.clock.monotonic() + (inf if wait_s is None else wait_s)
        self.set_status(hold=Hold(reason, error.problem if error else None, until))

    def ask_first(self) -> None:
        """Send what waits from before only when the user says so, over restarts too."""
        waiting = [j for j in self.repository.of(self.origin.id, JobState.QUEUED) if not j.paused]
        asking = self.status.hold is not None and self.status.hold.reason is HoldReason.ASK
        if waiting and (asking or self.status.hold is None):
            credits = sum((self.upper_price(job) for job in waiting), ZERO)
            self.set_status(hold=Hold(HoldReason.ASK, waiting=len(waiting), credits=credits))
            self.remember("paused", "ask")
        elif asking:
            self.remember("paused", "no")
            self.end_hold()

    def pause(self, until: float | None = None) -> None:
        """Send nothing until ``end_hold``, or until then (seconds since 1970); over restarts."""
        self.waits_until = inf  # a time of day is one by the clock as it is then
        self.set_status(hold=Hold(HoldReason.PAUSED, until=until))
        self.remember("paused", "yes" if until is None else f"{_UNTIL}{until!r}")

    async def pause_after(self, job_id: str) -> None:
        """Pause, where the user wants that after this job and it was sent; once."""
        job = self.repository.get(job_id)
        if not job.pauses_queue or job.state in (JobState.QUEUED, JobState.WITHDRAWN):
            return
        if self.status.hold is None or self.status.hold.until is not None:
            self.pause()
        await self.repository.update(job_id, pauses_queue=False)

    def queue_changed(self) -> None:
        """A job was queued or taken back: send it, or ask about it too."""
        hold = self.status.hold
        if hold is not None and hold.reason is HoldReason.ASK:
            self.ask_first()
        elif (
            hold is not None
            and hold.reason is HoldReason.LIMIT
            and self.held_by.startswith(BATCH_MARK)
        ):
            self.end_hold()  # what is not of that batch goes on; the rest is told of again
        self.submit_wake.set()
        self.watch_wake.set()

    def end_hold(self) -> None:
        """Go on sending."""
        self.set_status(hold=None)
        self.submit_wake.set()

    # --- an unconfirmed job that may be found by its time alone ---

    def note_list(self, has_list: bool, *, echoes: bool) -> None:
        """What was learned about the service's list of jobs."""
        self._list_echoes = self._list_echoes or echoes
        self.set_status(has_list=has_list)
        if echoes or not has_list:
            self.end_match_wait()

    def match_wait_s(self) -> float:
        """Seconds for which nothing is sent, so that a lost job stays the only one to be matched.

        Needed only where the list shows no inputs, for the one unconfirmed job, 90 s at most; an
        explicit ``generate`` does not wait.
        """
        if self.is_alone or self._list_echoes or self.status.has_list is False:
            return 0.0
        unconfirmed = self.repository.first(self.origin.id, JobState.UNCONFIRMED)
        if unconfirmed is None or self.repository.count(self.origin.id, JobState.UNCONFIRMED) > 1:
            return 0.0
        now = self.ports.clock.monotonic()
        # What went by before this start counts: an answer lost long ago holds nothing anew.
        age_s = self.ports.clock.time() - (unconfirmed.submitted_at or 0.0)
        since = self._unconfirmed_since.setdefault(unconfirmed.id, now - max(0.0, age_s))
        return max(0.0, since + _MATCH_WAIT_S - now)

    def hold_for_match(self, wait_s: float) -> None:
        """Nothing is sent while a lost answer can be matched by its time."""
        wrong = problem(ProblemCode.UNCONFIRMED, Message("answer_sought"))
        self.set_hold(HoldReason.UNCERTAIN, UserError(wrong), wait_s)

    def end_match_wait(self) -> None:
        """It was found, or cannot be found that way: go on, unless others are still lost."""
        hold = self.status.hold
        if hold is None or hold.reason is not HoldReason.UNCERTAIN:
            return
        if hold.until is not None or not self.repository.count(
            self.origin.id, JobState.UNCONFIRMED
        ):
            self.end_hold()

    def in_flight(self) -> int:
        """How many jobs are being sent, made or fetched for this service."""
        return self.repository.count(self.origin.id, *IN_FLIGHT)

    def own_in_flight(self) -> int:
        """The same of the jobs that this engine looks after: a command waits for no others."""
        if self.config.only_jobs is None:
            return self.in_flight()
        return len(self.watched(*IN_FLIGHT))

    def watched(self, *states: JobState) -> list[Job]:
        """The jobs this engine looks after, in any of ``states``."""
        jobs = self.repository.of(self.origin.id, *states)
        only = self.config.only_jobs
        return jobs if only is None else [job for job in jobs if job.id in only]

    @property
    def is_alone(self) -> bool:
        """Whether this engine works for one job of a command."""
        return self.config.only_jobs is not None and len(self.config.only_jobs) <= 1

    async def ask(self, fn: Callable[..., Reply[T]], *args: object, judges_key: bool = True) -> T:
        """Put one free question to the service; keeps budget, connection and key state up to date.

        ``judges_key``: a refusal tells that the key is bad. Raises what ``fn`` raises.
        """
        self.budget.record()
        self.asked_at = self.ports.clock.monotonic()
        try:
            reply = await self.ports.run(Lane.NETWORK, fn, *args)
        except Unreachable as error:
            self.observe(error.rate)
            if error.problem.message != self.status.trouble_said:
                log.info("%s (%s)", error.problem.message, error.problem.detail)
            offline = error.problem.code in OUT_OF_REACH
            self.set_status(
                connection=Connection.OFFLINE if offline else Connection.ONLINE,
                trouble=error.problem.detail,
                trouble_said=error.problem.message,
            )
            raise
        except Rejected as error:
            self.observe(error.rate)
            self.set_status(connection=Connection.ONLINE)
            if judges_key and error.problem.code is ProblemCode.KEY:
                self.set_hold(HoldReason.KEY, error)
            raise
        self.budget.observe(reply.rate)
        self.set_status(connection=Connection.ONLINE, trouble="", trouble_said="")
        hold = self.status.hold
        if hold is not None and hold.reason is HoldReason.OFFLINE:
            self.end_hold()
        return reply.value

    def observe(self, rate: RateHint) -> None:
        """Learn from an answer, for the next start too where it lowers the budget."""
        before = self.budget.per_minute
        self.budget.observe(rate)
        if self.budget.per_minute != before:
            self.remember("per_minute", str(self.budget.per_minute))

    def note_balance(self, remaining: Decimal | None) -> None:
        """Keep the balance the service just told, with its age."""
        if remaining is None:
            return
        now = self.ports.clock.time()
        self.set_status(credits=remaining, credits_at=now, credits_old=False)
        self.remember("credits", f"{remaining:f}")
        self.remember("credits_at", repr(now))
        self.remember("credits_old", "no")

    def doubt_balance(self, submitted_at: float | None) -> None:
        """A request of then may have been charged without the service telling the balance."""
        status = self.status
        told = status.credits_at is not None and status.credits_at <= (submitted_at or 0.0)
        if told and not status.credits_old:
            self.set_status(credits_old=True)
            self.remember("credits_old", "yes")

    def price(self, request: ClipRequest) -> Price:
        """What a clip will be charged here, as far as it is known."""
        return self.repository.price(request, self.origin.id, self.models.get(request.model).price)

    def upper_price(self, job: Job) -> Decimal:
        """The most that a job may be charged: what was learned of its like, else what was said."""
        price = self.price(job.request_as_sent)
        return price.high if price.seen else max(price.high, job.price)

    def upper_sum(self) -> Decimal:
        """The most that the jobs of this command may be charged together, as far as it is known:
        what was charged, what may have been, and what is still to be sent."""
        capped = self.config.capped_jobs
        jobs = [job for job in self.watched(JobState.QUEUED, *COUNTED) if job.id in capped]
        return sum(
            (self.upper_price(j) if j.credit_cost is None else j.credit_cost for j in jobs), ZERO
        )

    def running_limits(self) -> Iterator[RunningLimit]:
        """The user's limits of a day, week and month; the demo has none.

        One that the user went on in spite of holds again from the next midnight on.
        """
        if self.origin.kind is OriginKind.DEMO:
            return
        now = self.ports.clock.time()
        for period in Period:
            limit = self.config.limits.of(period)
            if limit and self.limits_lifted.get(period, 0.0) < midnight_of(now):
                began, ends = span_of(period, now)
                spent = self.repository.spent_since(self.origin.id, began, self.upper_price)
                yield RunningLimit(period, limit, spent, ends)

    def _budget(self) -> Budget | None:
        """What the tightest limit leaves."""
        found = [
            Budget(running.period, max(ZERO, running.limit - running.spent), running.limit)
            for running in self.running_limits()
        ]
        return min(found, key=lambda budget: budget.left, default=None)

    def remember(self, name: str, value: str) -> None:
        """Store a small fact about the service, without waiting for it."""
        future = asyncio.ensure_future(
            self.ports.run(Lane.STORE, self.ports.save_fact, self.origin.id, name, value)
        )
        future.add_done_callback(_log_failure)

    async def wait(self, wake: asyncio.Event, seconds: float | None) -> None:
        """Wait for ``wake`` or the clock, whichever is first."""
        if seconds is None:
            await wake.wait()
        else:
            sleep = asyncio.ensure_future(self.ports.clock.sleep(max(0.0, seconds)))
            woken = asyncio.ensure_future(wake.wait())
            try:
                await asyncio.wait((sleep, woken), return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleep.cancel()
                woken.cancel()
        wake.clear()

    async def link(self, job: Job, row: RemoteJob, *, by_time: bool = False) -> Job:
        """An unconfirmed job was found at the service."""
        self.doubt_balance(job.submitted_at)
        found = await self.repository.transition(
            job.id,
            JobState.ACCEPTED,
            remote_id=row.remote_id,
            remote_status=row.status,
            credit_cost=row.credit_cost,
            problem=problem(ProblemCode.MATCHED) if by_time else None,
            matched_by_time=by_time,
            hidden=False,
        )
        self.end_match_wait()
        return found


def _log_failure(future: asyncio.Future[None]) -> None:
    if not future.cancelled() and future.exception() is not None:
        log.error("a fact about the service was not stored: %s", future.exception())


def _number(text: str | None) -> int | None:
    return int(text) if text and text.lstrip("-").isdigit() else None
