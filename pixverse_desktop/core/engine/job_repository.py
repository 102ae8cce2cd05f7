"""The one writer of jobs: a change is checked, committed, remembered and told, in that order."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from pixverse_desktop.core.engine.estimate import LearnedTimes
from pixverse_desktop.core.engine.job_index import JobIndex
from pixverse_desktop.core.errors import PixverseError
from pixverse_desktop.core.jobs.batch_sums import BatchSums
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.marks import Mark
from pixverse_desktop.core.jobs.spending import SpentCounter
from pixverse_desktop.core.jobs.states import JobState, check_transition
from pixverse_desktop.core.lanes import Lane, RunBlocking
from pixverse_desktop.core.model.price import LearnedPrices, Price, shape_of
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import Clock, EventSink, Store

T = TypeVar("T")


class StaleJob(PixverseError):
    """The stored row was not in the state the change started from; nothing was written."""


class JobRepository:
    """All jobs of the data folder, as snapshots; lives on the event loop's thread."""

    def __init__(self, store: Store, run: RunBlocking, clock: Clock, events: EventSink) -> None:
        self._store = store
        self._run = run
        self._clock = clock
        self._events = events
        self._jobs = JobIndex()
        self._times = LearnedTimes(lambda: self._jobs.all())
        self._prices = LearnedPrices()
        self._spent = SpentCounter()
        self._batches = BatchSums()
        self.on_charge: Callable[[Job], None] = lambda job: None
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._writes: set[asyncio.Task[Any]] = set()

    async def load(self) -> None:
        """Read everything."""
        loaded = await self._run(Lane.STORE, self._store.load_jobs)
        self._jobs = JobIndex(loaded)
        self._times.forget()
        self._prices = LearnedPrices(loaded)
        self._spent = SpentCounter(loaded)
        self._batches = BatchSums(loaded)

    def get(self, job_id: str) -> Job:
        """The latest snapshot. Raises KeyError."""
        return self._jobs.get(job_id)

    def find(self, job_id: str) -> Job | None:
        """The latest snapshot; None for an unknown job."""
        return self._jobs.find(job_id)

    def of_film(self, film: str) -> list[Job]:
        """The jobs that were made for a film, in no order."""
        return self._jobs.of_film(film)

    def all(self) -> list[Job]:
        """Every job, oldest first."""
        return self._jobs.all()

    def of(self, origin: str, *states: JobState) -> list[Job]:
        """The jobs of one service in any of ``states``, oldest first."""
        return self._jobs.of(origin, *states)

    def groups(self, origin: str, *states: JobState) -> list[list[Job]]:
        """The same by state, to be gone through on a worker."""
        return self._jobs.groups(origin, *states)

    def count(self, origin: str, *states: JobState) -> int:
        """How many jobs of one service are in any of ``states``."""
        return self._jobs.count(origin, *states)

    def first(self, origin: str, state: JobState) -> Job | None:
        """The oldest job of one service in ``state``."""
        return self._jobs.first(origin, state)

    def by_remote(self, origin: str, remote_id: str) -> Job | None:
        """The job of that service that holds that id of the service."""
        return self._jobs.by_remote(origin, remote_id)

    def models(self, origin: str) -> set[str]:
        """The ids of the models that jobs of one service were asked of."""
        return self._jobs.models(origin)

    def expected_s(self, request: ClipRequest, origin: str) -> float | None:
        """The learned time from sending to finished, in seconds; None when unknown."""
        return self._times.expected_s(request, origin)

    def price(self, request: ClipRequest, origin: str, rule: PriceRule) -> Price:
        """What a clip will be charged, as far as it is known; ``rule`` is the service's price."""
        return self._prices.expected(origin, shape_of(request), rule)

    def spent_since(
        self, origin: str, midnight: float, upper_price: Callable[[Job], Decimal]
    ) -> Decimal:
        """Credits charged by a service since a local midnight, with those that may have been."""
        return self._spent.since(origin, midnight, self._clock.time(), upper_price)

    def batch_sum(self, batch: str, upper_price: Callable[[Job], Decimal]) -> Decimal:
        """The most that a batch may cost: charged, under way or in doubt, and still to be sent."""
        return self._batches.upper(batch, upper_price)

    def upper_prices(self, origin: str, price: Callable[[Job], Decimal]) -> dict[str, Decimal]:
        """``price`` of the jobs that may have been charged nobody knows how much, by their ids."""
        return {job.id: price(job) for job in self._spent.open(origin)}

    def next_position(self) -> int:
        """A queue position behind every other."""
        return self._jobs.last_position() + 1

    async def add(self, *jobs: Job) -> None:
        """Commit new jobs, all of them or none."""
        await self._whole(self._add(jobs))

    async def transition(
        self,
        job_id: str,
        state: JobState,
        only_if: Callable[[Job], bool] = lambda job: True,
        **changes: Any,
    ) -> Job:
        """Commit a transition. Raises IllegalTransition, StoreError, and StaleJob unless
        ``only_if`` holds then."""
        return await self._whole(self._transition(job_id, state, only_if, changes))

    async def update(
        self, job_id: str, only_if: Callable[[Job], bool] = lambda job: True, **changes: Any
    ) -> Job:
        """Commit a change that keeps the state. Raises StaleJob unless ``only_if`` holds then."""
        return await self._whole(self._update(job_id, only_if, changes))

    async def change_all(
        self,
        job_ids: Iterable[str],
        change: Callable[[Job], Job | None],
        state: JobState = JobState.QUEUED,
    ) -> list[Job]:
        """Commit a change of those that are still in ``state``, in which nothing was sent: all of
        it or nothing. Gives what they were.

        ``change``, which runs on a worker, keeps id and origin, and gives None for what stays as
        it is. Raises IllegalTransition, StoreError.
        """
        return await self._whole(self._change(sorted(set(job_ids)), change, state))

    async def mark(self, marks: Mapping[str, Mark]) -> list[Job]:
        """Commit what the user thinks of jobs, in any state; gives those that changed as they
        were."""

        def marked(job: Job) -> Job:
            return job.marked(marks[job.id])

        return await self._whole(self._change(sorted(marks), marked, None))

    async def settle(self) -> None:
        """Wait until every commit that was begun is remembered too."""
        await asyncio.gather(*self._writes, return_exceptions=True)

    async def _whole(self, write: Coroutine[Any, Any, T]) -> T:
        """Who is cancelled in the middle must not leave memory behind what was committed."""
        task = asyncio.ensure_future(write)
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        return await asyncio.shield(task)

    async def _add(self, jobs: Sequence[Job]) -> None:
        await self._run(Lane.STORE, self._store.add_jobs, *jobs)
        for job in jobs:
            self._take_in(job)
        self._tell_unsent(jobs)

    async def _transition(
        self,
        job_id: str,
        state: JobState,
        only_if: Callable[[Job], bool],
        changes: dict[str, Any],
    ) -> Job:
        async with self._lock(job_id):
            old = self._checked(job_id, only_if)
            check_transition(old.state, state)
            return await self._commit(old, state=state, **changes)

    async def _update(
        self, job_id: str, only_if: Callable[[Job], bool], changes: dict[str, Any]
    ) -> Job:
        async with self._lock(job_id):
            return await self._commit(self._checked(job_id, only_if), **changes)

    async def _change(
        self, job_ids: list[str], change: Callable[[Job], Job | None], state: JobState | None
    ) -> list[Job]:
        async with contextlib.AsyncExitStack() as locks:
            for job_id in job_ids:  # in one order, or two of these could wait for each other
                await locks.enter_async_context(self._lock(job_id))
            known = [self._jobs.get(job_id) for job_id in job_ids]
            old = [job for job in known if state in (None, job.state)]
            write = partial(_write_changed, self._store, old, change, self._clock.time(), state)
            asked, written = await self._run(Lane.STORE, write)
            new = {job.id: job for job in written}
            for job_id in asked - new.keys():
                await self._reread(job_id)
            if len(written) > 1 and all(job.state is state for job in written):
                self._jobs.rearrange(written)
            else:
                for job in written:
                    self._take_in(job)
            if state is not None:
                self._tell_unsent(written)
            else:
                for job in written:
                    self._events.job_changed(job)
            return [job for job in old if job.id in new]

    def _checked(self, job_id: str, only_if: Callable[[Job], bool]) -> Job:
        job = self._jobs.get(job_id)
        if not only_if(job):
            raise StaleJob(f"job {job_id} changed meanwhile")
        return job

    async def _commit(self, old: Job, **changes: Any) -> Job:
        if changes.get("hidden") is False:
            changes["deleted"] = False  # what is back in a list is not to be deleted
        if changes.get("state", JobState.QUEUED) is not JobState.QUEUED:
            changes["being_edited"] = False  # there is nothing left to be saved into
        new = dataclasses.replace(old, updated_at=self._clock.time(), **changes)
        if not await self._run(Lane.STORE, self._store.update_job, new, old.state):
            await self._reread(old.id)
            raise StaleJob(f"job {old.id} is no longer {old.state}")
        return self._remember(new)

    async def _reread(self, job_id: str) -> None:
        """Another program changed the row: what it says now holds here too."""
        for job in await self._run(Lane.STORE, self._store.load_jobs):
            if job.id == job_id:
                self._remember(job)

    def _remember(self, job: Job) -> Job:
        self._take_in(job)
        self._events.job_changed(job)
        return job

    def _tell_unsent(self, jobs: Sequence[Job]) -> None:
        if len(jobs) == 1:
            self._events.job_changed(jobs[0])
        elif jobs:
            self._events.jobs_changed(jobs)

    def _take_in(self, job: Job) -> None:
        old = self._jobs.put(job)
        self._spent.put(old, job)
        self._batches.put(old, job)
        if job.finished_at != (old.finished_at if old else None):
            self._times.forget()
        if job.credit_cost != (old.credit_cost if old else None):
            self.on_charge(job)  # judged by what was known before it
            self._prices.learn(job)

    def _lock(self, job_id: str) -> asyncio.Lock:
        # Two changes of one job wait for each other; a commit is awaited in between.
        return self._locks.setdefault(job_id, asyncio.Lock())


def _write_changed(
    store: Store,
    jobs: Sequence[Job],
    change: Callable[[Job], Job | None],
    now: float,
    state: JobState | None,
) -> tuple[set[str], list[Job]]:
    """BLOCKING. The ids of those that were to be changed, and the jobs that were."""
    changed = [(job, new) for job in jobs if (new := change(job)) is not None]
    asked = [dataclasses.replace(new, updated_at=now) for job, new in changed if new != job]
    for job, new in changed:
        if new.state is not job.state:
            check_transition(job.state, new.state)
    return {job.id for job in asked}, store.change_jobs(asked, state) if asked else []
