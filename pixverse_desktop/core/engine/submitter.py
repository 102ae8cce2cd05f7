"""Sends queued jobs, one at a time. The only caller of ``Service.submit``.

What is durable before what: the row is SUBMITTING, with attempt, body hash, seed and key
fingerprint, before the request leaves; the job id is committed before anything else is done with
the reply. Whatever is not a definite answer becomes UNCONFIRMED.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import uuid
from collections import deque
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pixverse_desktop.core.engine.batches import hold_above_ceiling, reason_to_stand
from pixverse_desktop.core.engine.border import failure_of
from pixverse_desktop.core.engine.job_repository import StaleJob
from pixverse_desktop.core.engine.scheduler import next_job, next_start_s
from pixverse_desktop.core.engine.session import BATCH_MARK, Session
from pixverse_desktop.core.engine.stills import with_stills
from pixverse_desktop.core.errors import (
    Action,
    Ambiguous,
    NotSent,
    Problem,
    ProblemCode,
    Rejected,
    Unreachable,
    UserError,
    problem,
)
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.spending import Period
from pixverse_desktop.core.jobs.states import IllegalTransition, JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.core.ports import Reply, Submission
from pixverse_desktop.core.service import Connection, HoldReason, OriginKind

log = logging.getLogger(__name__)

_FIRST_RETRY_S = 5.0
_MOST_RETRY_S = 60.0
_RATE_WAIT_S = 5.0
_LONGEST_WAIT_S = 3600.0  # then it is looked at again
_BUSY_WAIT_S = 30.0  # with no clip of ours under way: others of this account are
_LONGEST_BUSY_S = 600.0  # else until one of ours has ended, which wakes it earlier
_STORE_RETRY_S = 30.0
_RULES_WAIT_S = 10.0  # for the live schema, before the first request is sent by bundled rules
_KEEP_RETRY_S = 2.0
_UNCERTAIN_WINDOW_S = 600.0
_LIMIT_CODES = {
    Period.DAY: "limit_passed",
    Period.WEEK: "week_limit_passed",
    Period.MONTH: "month_limit_passed",
}

_HOLDS = {
    ProblemCode.KEY: HoldReason.KEY,
    ProblemCode.CREDITS: HoldReason.CREDITS,
    ProblemCode.RATE: HoldReason.RATE,
    ProblemCode.BUSY: HoldReason.BUSY,
}  # refusals that are about the queue, not about the job


class Submitter:
    """The loop behind the queue."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._not_sent_in_a_row = 0
        self._ambiguous_in_a_row = 0
        self._ambiguous_at: deque[float] = deque()
        self._busy_with = 0  # how many were under way when the service took no more at a time
        self._cost_unsaid = False  # the user was told that the service names no price
        self.idle = asyncio.Event()  # set while no paid request is in the air
        self.idle.set()

    async def run(self) -> None:
        """Send what is queued whenever there is room, until cancelled."""
        session = self._session
        while True:
            delay = self._hold_left_s()
            job = next_job(session)
            if job is not None and delay is None and not session.rules_known.is_set():
                await session.wait(session.rules_known, _RULES_WAIT_S)
                session.rules_known.set()
                continue
            if job is not None and delay is None and self._must_wait(job):
                continue  # a hold says why
            if job is None and delay is None and self._must_stand():
                continue
            if job is None or delay is not None or session.closing:
                wait_s = next_start_s(session) if delay is None else delay or None
                await session.wait(session.submit_wake, wait_s)
                continue
            self.idle.clear()
            try:
                error = await failure_of(self._send(job), log, f"job {job.id} was not sent")
            finally:
                self.idle.set()
            if error is not None:
                wrong = problem(ProblemCode.STORE, detail=f"{type(error).__name__}: {error}")
                session.set_hold(HoldReason.DISK, UserError(wrong), _STORE_RETRY_S)

    async def _send(self, job: Job) -> None:
        try:
            await self.submit(job)
        except (StaleJob, IllegalTransition):
            log.info("job %s changed before it was sent", job.id)
        await self._session.pause_after(job.id)

    def _hold_left_s(self) -> float | None:
        """None: nothing holds. 0.0: held until somebody acts. Else seconds."""
        hold = self._session.status.hold
        if hold is None:
            return None
        if hold.until is None:
            return 0.0
        if hold.reason is HoldReason.BUSY and self._session.in_flight() < self._busy_with:
            self._session.end_hold()
            return None
        # By both clocks: that of the day may be set meanwhile, the other one stands in sleep.
        clock = self._session.ports.clock
        left = min(
            hold.until - clock.time(),
            self._session.waits_until - clock.monotonic(),
            _LONGEST_WAIT_S,
        )
        if left <= 0:
            self._session.end_hold()
            return None
        return left

    def _must_wait(self, job: Job) -> bool:
        """Hold the queue while a lost answer can be matched by time, or at the daily limit."""
        session = self._session
        if wait_s := session.match_wait_s():
            session.hold_for_match(wait_s)
            return True
        if session.prices.hold_before_sending(job):
            return True
        most, price = session.config.most_credits, session.upper_price(job)
        if most is not None and (whole := session.upper_sum()) > most:
            text = Message("most_passed", price=whole, most=most)
            session.set_hold(HoldReason.LIMIT, UserError(problem(ProblemCode.LIMIT, text)))
            return True
        if hold_above_ceiling(session, job):
            return True
        return session.origin.kind is not OriginKind.DEMO and self._above_a_limit(job, price)

    def _must_stand(self) -> bool:
        """Hold the queue where only what is left of held batches waits."""
        found = reason_to_stand(self._session)
        if found is None:
            return False
        self._session.held_by = BATCH_MARK + found[0]
        # No setting of the user's stands against it: the one thing to do is to go on.
        wrong = replace(problem(ProblemCode.LIMIT, found[1]), action=Action.RETRY)
        self._session.set_hold(HoldReason.LIMIT, UserError(wrong))
        return True

    def _above_a_limit(self, job: Job, price: Decimal) -> bool:
        """Hold the queue where sending ``job`` could pass one of the user's own limits."""
        session, most = self._session, self._session.config.limits.clip
        name = f"clip {job.id}"
        if most and price > most and name not in session.limits_lifted:
            text = Message("clip_limit_passed", limit=most, price=price)
            self._hold_at_limit(name, text)
            return True
        for period, limit, spent, ends in session.running_limits():
            if spent + price > limit:
                text = Message(_LIMIT_CODES[period], limit=limit, spent=spent, price=price)
                self._hold_at_limit(str(period), text, ends - session.ports.clock.time())
                return True
        return False

    def _hold_at_limit(self, name: str, text: str, wait_s: float | None = None) -> None:
        self._session.held_by = name
        wrong = UserError(problem(ProblemCode.LIMIT, text))
        self._session.set_hold(HoldReason.LIMIT, wrong, wait_s)

    async def submit(self, job: Job) -> None:
        """Send one job and put it into the state its answer demands."""
        session = self._session
        prepared = await self._prepared(job)
        if prepared is None or session.closing or session.status.hold is not None:
            return  # nothing was written yet: the job simply waits on
        job, body = prepared
        attempt_id = str(uuid.uuid4())
        await session.repository.transition(
            job.id,
            JobState.SUBMITTING,
            # Not if the user has changed or paused it since: the body is of what it was.
            lambda now: job.is_as_asked(now) and self._may_be_sent(now),
            attempt_id=attempt_id,
            body_sha256=hashlib.sha256(body).hexdigest(),
            key_fingerprint=session.service.key_fingerprint(),
            submitted_at=session.ports.clock.time(),
            problem=None,
        )
        if session.closing:
            await session.repository.transition(job.id, JobState.QUEUED)
            return
        session.budget.record()
        try:
            reply = await session.ports.run(
                Lane.SUBMIT, session.service.submit, body, attempt_id, job.request.model
            )
        except UserError as error:
            await self._refused(job, error)
        except Exception as error:  # engine border: in doubt it may have been charged
            log.exception("submission of job %s", job.id)
            detail = f"{type(error).__name__}: {error}"
            await self._refused(job, Ambiguous(problem(ProblemCode.UNCONFIRMED, detail=detail)))
        else:
            await self._accepted(job, reply)

    def _may_be_sent(self, job: Job) -> bool:
        return not job.is_passed_over(self._session.ports.clock.time())

    async def _reject(self, job: Job, wrong: Problem) -> None:
        state, repository = JobState.REJECTED, self._session.repository
        await repository.transition(job.id, state, job.is_as_asked, problem=wrong)

    async def _prepared(self, job: Job) -> tuple[Job, bytes] | None:
        """The job as it is to be sent and its request's body, or None when that cannot be now
        (and says why)."""
        session = self._session
        try:
            # For the check and the request: one and the same.
            caps = await session.models.to_send_by(job.request.model)
        except Unreachable as error:
            session.set_hold(HoldReason.OFFLINE, error, _FIRST_RETRY_S)
            return None
        except Rejected as error:
            await self._reject(job, error.problem)
            return None
        if job.missing_stills and not await self._has_room():
            return None  # where the clip folder is away, so are the clips in it
        try:
            with_frames = await with_stills(session, job)
        except UserError as error:
            await self._no_frame(job, error)
            return None
        if with_frames is None or self._must_wait(with_frames):
            return None  # its price was read anew
        job = with_frames
        found = violations(job.request, caps)
        if job.seed_drawn and [wrong.field for wrong in found] == ["seed"]:
            # Drawn by us under other rules: nobody asked for this one.
            request = job.request.changed(seed=caps.range("seed").draw())
            job = await session.repository.update(job.id, job.is_as_asked, request=request)
            found = []
        if found:
            wrong = problem(ProblemCode.INVALID, found[0].message, field=found[0].field)
            await self._reject(job, wrong)
            return None
        if not await self._has_room():
            return None
        try:
            request = await session.links.renewed(job.request)
            if request != job.request:
                job = await session.repository.update(job.id, job.is_as_asked, request=request)
            encode = session.service.encode
            return job, await session.ports.run(Lane.FILES, encode, request, caps)
        except Unreachable as error:
            session.set_hold(HoldReason.OFFLINE, error, _FIRST_RETRY_S)
            return None
        except UserError as error:
            await self._reject(job, error.problem)
            return None

    async def _has_room(self) -> bool:
        """Whether the clip can be saved when it is there; else a hold says why."""
        session = self._session
        try:
            free = await session.ports.run(Lane.FILES, session.ports.files.free_bytes)
        except OSError as error:
            text = Message("clip_folder_unusable", reason=str(error.strerror))
            wrong = problem(ProblemCode.DISK, text, str(error))
            session.set_hold(HoldReason.DISK, UserError(wrong), _STORE_RETRY_S)
            return False
        if free is not None and free < session.config.least_free_bytes:
            wrong = problem(ProblemCode.DISK, Message("disk_nearly_full"))
            session.set_hold(HoldReason.DISK, UserError(wrong), _STORE_RETRY_S)
            return False
        return True

    async def _no_frame(self, job: Job, error: UserError) -> None:
        """A still could not be made: a full disk ends one day, a clip stays as it is."""
        if error.problem.code is ProblemCode.DISK:
            self._session.set_hold(HoldReason.DISK, error, _STORE_RETRY_S)
        else:
            await self._reject(job, error.problem)

    async def _accepted(self, job: Job, reply: Reply[Submission]) -> None:
        session, answer = self._session, reply.value
        self._not_sent_in_a_row = 0
        if session.repository.by_remote(job.origin, answer.remote_id) is not None:
            detail = f"The service answered with the known job id {answer.remote_id}."
            await self._refused(job, Ambiguous(problem(ProblemCode.UNCONFIRMED, detail=detail)))
            wrong = problem(ProblemCode.UNCONFIRMED, Message("known_id"), detail)
            session.set_hold(HoldReason.UNCERTAIN, UserError(wrong))
            return
        await self._keep_id(job, answer)
        self._ambiguous_in_a_row = 0
        session.budget.observe(reply.rate)
        session.set_status(connection=Connection.ONLINE)
        session.note_balance(answer.credits_remaining)
        session.watch_wake.set()
        if session.config.hold_on_cost and answer.credit_cost is None and not self._cost_unsaid:
            self._cost_unsaid = True
            session.prices.hold(Message("charge_unsaid", expected=job.price))

    async def _keep_id(self, job: Job, answer: Submission) -> None:
        """Commit the job id of a paid job; what is paid for is never given up over a full disk."""
        await self._write_down(
            job.id,
            JobState.ACCEPTED,
            remote_id=answer.remote_id,
            credit_cost=answer.credit_cost,
            credits_left=answer.credits_remaining,
            problem=None,
        )

    async def _write_down(self, job_id: str, state: JobState, **changes: Any) -> None:
        """What has become of a request that was sent: again and again until it is written."""
        session = self._session
        while True:
            try:
                await session.repository.transition(job_id, state, **changes)
                return
            except UserError as error:
                if remote_id := changes.get("remote_id"):
                    # The log is the second place that knows the id, should the program end now.
                    log.critical("job %s is %s at the service", job_id, remote_id)
                session.set_hold(HoldReason.DISK, error, _STORE_RETRY_S)
                await session.ports.clock.sleep(_KEEP_RETRY_S)

    async def _refused(self, job: Job, error: UserError) -> None:
        session = self._session
        session.budget.observe(error.rate)
        match error:
            case NotSent():
                await self._write_down(job.id, JobState.QUEUED, problem=error.problem)
                session.set_status(connection=Connection.OFFLINE)
                wait_s = min(_MOST_RETRY_S, _FIRST_RETRY_S * 2**self._not_sent_in_a_row)
                self._not_sent_in_a_row += 1
                session.set_hold(HoldReason.OFFLINE, error, wait_s)
            case Rejected():
                await self._rejected(job, error)
            case _:
                session.doubt_balance(session.ports.clock.time())
                await self._write_down(job.id, JobState.UNCONFIRMED, problem=error.problem)
                session.watch_wake.set()
                self._count_ambiguous()

    def _count_ambiguous(self) -> None:
        """Two unclear answers in a row, or more than three in ten minutes, stop the queue."""
        now = self._session.ports.clock.monotonic()
        self._ambiguous_in_a_row += 1
        self._ambiguous_at.append(now)
        while now - self._ambiguous_at[0] > _UNCERTAIN_WINDOW_S:
            self._ambiguous_at.popleft()
        if self._ambiguous_in_a_row >= 2 or len(self._ambiguous_at) > 3:
            wrong = problem(ProblemCode.UNCONFIRMED, Message("answers_lost"))
            self._session.set_hold(HoldReason.UNCERTAIN, UserError(wrong))

    async def _rejected(self, job: Job, error: Rejected) -> None:
        session = self._session
        session.set_status(connection=Connection.ONLINE)
        reason = _HOLDS.get(error.problem.code)
        if reason is None:
            await self._write_down(job.id, JobState.REJECTED, problem=error.problem)
            return
        await self._write_down(job.id, JobState.QUEUED, problem=error.problem)
        wait_s = None
        if reason is HoldReason.RATE:
            wait_s = session.budget.cool_down_s() or _RATE_WAIT_S
        elif reason is HoldReason.BUSY:
            self._busy_with = session.in_flight()
            wait_s = error.rate.wait_s or (_LONGEST_BUSY_S if self._busy_with else _BUSY_WAIT_S)
        session.set_hold(reason, error, wait_s)
