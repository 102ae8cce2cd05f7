"""What the user does with jobs that wait: their order, lanes and pauses, and edits in the form.

Each is one commit of jobs that are still QUEUED; what was sent meanwhile is left out, and an edit
of it refused. Nothing here sends.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from pixverse_desktop.core.engine.batches import withdrawn
from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.queue_order import Place, moved_places
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.price import request_of, shape_of
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.model.reuse import asked_for
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.core.service import HoldReason

Places = Mapping[str, Place]  # by job id


class WaitingJobs:
    """Commands on the waiting jobs of one service. Raise StoreError, and change nothing then."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._repository = session.repository
        # An order is worked out from the one before: two at a time would undo each other.
        self._moving = asyncio.Lock()

    async def move(
        self, job_ids: Sequence[str], before: str | None, *, background: bool | None = None
    ) -> Places:
        """Put jobs, in this order, before another one; ``before`` None: at the end of their lane.

        ``background`` says which lane that is; None: the one of the first. Gives where those that
        moved waited until now, for ``put_back``.
        """
        async with self._moving:
            jobs = self._repository.of(self._session.origin.id, JobState.QUEUED)
            waiting = {job.id: job for job in jobs}
            moved = [waiting[job_id] for job_id in dict.fromkeys(job_ids) if job_id in waiting]
            if not moved:
                return {}
            behind = moved[0].background if background is None else background
            lane = [job for job in waiting.values() if job.background is behind]
            beyond = self._repository.next_position()
            places = moved_places(lane, moved, before, beyond, background=behind)
            return await self._place(places)

    async def put_back(self, places: Places) -> Places:
        """Undo a ``move``; gives what it took to undo this."""
        async with self._moving:
            return await self._place(places)

    async def _place(self, places: Places) -> Places:
        old = await self._change(places, partial(_placed, places))
        return {job.id: Place(job.position, job.background) for job in old}

    async def pause(self, job_ids: Iterable[str], until: float | None = None) -> None:
        """Pass over these until ``go_on``, or until then (seconds since 1970); over restarts."""
        changes = {"paused": until is None, "not_before": until}
        await self._change(job_ids, partial(_with, changes))

    async def go_on(self, job_ids: Iterable[str]) -> None:
        """Send these again when it is their turn."""
        await self._change(job_ids, partial(_with, {"paused": False, "not_before": None}))

    async def take_back(self, job_ids: Iterable[str]) -> list[str]:
        """Off the list before they were sent; gives the ids of those that still waited."""
        return [job.id for job in await self._change(job_ids, withdrawn)]

    async def queue_again(self, job_ids: Iterable[str]) -> None:
        """Undo of it: they wait again, in their places and at the prices of now."""
        jobs = {job_id: self._repository.get(job_id) for job_id in job_ids}
        asked = {job_id: shape_of(job.request_as_sent) for job_id, job in jobs.items()}
        prices = {s: self._session.price(request_of(s)).high for s in set(asked.values())}

        def queued(job: Job) -> Job | None:
            if job.deleted:
                return None
            price = prices[asked[job.id]]
            return dataclasses.replace(
                job, state=JobState.QUEUED, hidden=False, problem=None, price=price
            )

        await self._repository.change_all(jobs, queued, JobState.WITHDRAWN)
        self._session.queue_changed()

    async def pause_queue_after(self, job_id: str, *, wanted: bool) -> None:
        """Pause the whole queue once this job was sent; or not, after all."""
        await self._change([job_id], partial(_with, {"pauses_queue": wanted}))

    # --- an edit in the form ---

    async def begin_edit(self, job_id: str) -> Job:
        """Keep a job from being sent while it is edited. Raises UserError when it was sent."""
        return await self._edit(job_id, lambda job: True, being_edited=True)

    async def end_edit(self, job_id: str) -> None:
        """It may be sent again, as it was; nothing to do where it no longer waits."""
        await self._change([job_id], partial(_with, {"being_edited": False}))

    async def save_edit(self, job_id: str, request: ClipRequest) -> Job:
        """Ask for ``request`` instead, at its price of now, in the same place.

        Raises UserError: with a ``field`` when the request must not be sent; else it no longer
        waits, or its edit was ended. The job is as it was then.
        """
        session, old = self._session, self._repository.get(job_id)
        caps = session.models.get(request.model)
        asked, drawn = asked_for(request, default_request(caps)), request.seed is None
        if drawn and caps.offers("seed"):
            kept = request.changed(seed=old.request.seed) if old.seed_drawn else request
            if kept.seed is None or violations(kept, caps):
                kept = request.changed(seed=caps.range("seed").draw())
            request = kept
        if found := violations(request, caps):
            text, field = found[0].message, found[0].field
            raise UserError(problem(ProblemCode.INVALID, text, field=field))
        price = session.price(request)
        return await self._edit(
            job_id,
            lambda job: job.being_edited,
            request=request, price=price.high, price_low=price.low, seed_drawn=drawn, asked=asked,
            pattern=old.pattern if request.prompt == old.request.prompt else "",
            problem=None, being_edited=False, **_parents_beside(old, request),
        )  # fmt: skip

    async def _edit(self, job_id: str, only_if: Callable[[Job], bool], **changes: object) -> Job:
        def change(job: Job) -> Job | None:
            return dataclasses.replace(job, **changes) if only_if(job) else None  # type: ignore[arg-type]

        if not await self._change([job_id], change):
            raise UserError(problem(ProblemCode.INVALID, Message("job_not_waiting")))
        return self._repository.get(job_id)

    # --- inside ---

    async def _change(
        self, job_ids: Iterable[str], change: Callable[[Job], Job | None]
    ) -> list[Job]:
        old = await self._repository.change_all(job_ids, change)
        hold = self._session.status.hold
        if hold is not None and hold.reason is HoldReason.LIMIT:
            self._session.end_hold()  # another one may be the next now: judged anew
        self._session.queue_changed()
        return old


async def give_up_edits(session: Session) -> None:
    """After a start nothing is edited any more: what was is not sent until the user says so."""

    edited = [job.id for job in session.repository.all() if job.being_edited]
    if edited:
        await session.repository.change_all(
            edited, partial(_with, {"paused": True, "being_edited": False})
        )


def _parents_beside(old: Job, request: ClipRequest) -> dict[str, str]:
    """The clips that give their stills, where the user gave no other picture instead."""
    found = {}
    for slot, frame in (("after", request.start_frame), ("meets", request.end_frame)):
        job_id = getattr(old, slot)
        found[slot] = job_id if frame is None or frame.parent == job_id else ""
    return found


def _placed(places: Places, job: Job) -> Job:
    place = places[job.id]
    return dataclasses.replace(job, position=place.position, background=place.background)


def _with(changes: Mapping[str, object], job: Job) -> Job:
    return dataclasses.replace(job, **changes)  # type: ignore[arg-type]
