"""The one writer of jobs: a change is checked, committed, remembered and told, in that order."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Coroutine
from typing import Any

from pixverse_desktop.core.job import Job, JobState, check_transition
from pixverse_desktop.core.ports import Clock, EventSink, Lane, RunBlocking, Store
from pixverse_desktop.core.problems import PixverseError


class StaleJob(PixverseError):
    """The stored row was not in the state the change started from; nothing was written."""


class JobBook:
    """All jobs of the data folder, as snapshots; lives on the event loop's thread."""

    def __init__(self, store: Store, run: RunBlocking, clock: Clock, events: EventSink) -> None:
        self._store = store
        self._run = run
        self._clock = clock
        self._events = events
        self._jobs: dict[str, Job] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._writes: set[asyncio.Task[Job]] = set()

    async def load(self) -> None:
        """Read everything."""
        loaded = await self._run(Lane.STORE, self._store.load_jobs)
        self._jobs = {job.id: job for job in loaded}

    def get(self, job_id: str) -> Job:
        """The latest snapshot. Raises KeyError."""
        return self._jobs[job_id]

    def all(self) -> list[Job]:
        """Every job, oldest first."""
        return sorted(self._jobs.values(), key=lambda job: (job.position, job.created_at))

    def of(self, origin: str, *states: JobState) -> list[Job]:
        """The jobs of one service in any of ``states``, oldest first."""
        return [job for job in self.all() if job.origin == origin and job.state in states]

    def next_position(self) -> int:
        """A queue position behind every other."""
        return max((job.position for job in self._jobs.values()), default=0) + 1

    async def add(self, job: Job) -> Job:
        """Commit a new job."""
        return await self._whole(self._add(job))

    async def move(self, job_id: str, state: JobState, **changes: Any) -> Job:
        """Commit a transition. Raises IllegalTransition, StaleJob, StoreError."""
        return await self._whole(self._move(job_id, state, changes))

    async def note(self, job_id: str, **changes: Any) -> Job:
        """Commit a change that keeps the state."""
        return await self._whole(self._note(job_id, changes))

    async def settle(self) -> None:
        """Wait until every commit that was begun is remembered too."""
        await asyncio.gather(*self._writes, return_exceptions=True)

    async def _whole(self, write: Coroutine[Any, Any, Job]) -> Job:
        """Who is cancelled in the middle must not leave memory behind what was committed."""
        task = asyncio.ensure_future(write)
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        return await asyncio.shield(task)

    async def _add(self, job: Job) -> Job:
        await self._run(Lane.STORE, self._store.add_job, job)
        return self._remember(job)

    async def _move(self, job_id: str, state: JobState, changes: dict[str, Any]) -> Job:
        async with self._lock(job_id):
            old = self._jobs[job_id]
            check_transition(old.state, state)
            return await self._commit(old, state=state, **changes)

    async def _note(self, job_id: str, changes: dict[str, Any]) -> Job:
        async with self._lock(job_id):
            return await self._commit(self._jobs[job_id], **changes)

    async def _commit(self, old: Job, **changes: Any) -> Job:
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
        self._jobs[job.id] = job
        self._events.job_changed(job)
        return job

    def _lock(self, job_id: str) -> asyncio.Lock:
        # Two changes of one job wait for each other; a commit is awaited in between.
        return self._locks.setdefault(job_id, asyncio.Lock())
