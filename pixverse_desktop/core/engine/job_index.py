"""Jobs in their order, by service and state: what the engine asks at every turn of its loops costs
no more with thousands of jobs than with ten.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.queue_order import place_of
from pixverse_desktop.core.jobs.states import JobState


class JobIndex:
    """The latest snapshot of every job. Lists are oldest first, and the caller's own."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._jobs: dict[str, Job] = {}
        self._all: list[Job] = []
        self._collections: dict[tuple[str, JobState], list[Job]] = {}
        self._remote: dict[tuple[str, str], str] = {}  # to the id of the job
        self._models: dict[str, set[str]] = {}
        self._films: dict[str, set[str]] = {}  # the ids of their jobs
        for job in jobs:
            self.put(job)

    def get(self, job_id: str) -> Job:
        """The latest snapshot. Raises KeyError."""
        return self._jobs[job_id]

    def find(self, job_id: str) -> Job | None:
        """The same; None for an unknown one."""
        return self._jobs.get(job_id)

    def of_film(self, film: str) -> list[Job]:
        """The jobs that were made for a film, in no order."""
        return [self._jobs[job_id] for job_id in self._films.get(film, ())]

    def put(self, job: Job) -> Job | None:
        """A new job, or a new snapshot of one; gives the one it replaces."""
        old = self._jobs.get(job.id)
        collection = self._collection(job)
        if old is not None and place_of(old) == place_of(job):
            self._all[bisect_left(self._all, place_of(job), key=place_of)] = job
            before = self._collection(old)
            if before is collection:
                collection[bisect_left(collection, place_of(job), key=place_of)] = job
            else:
                _take(before, old)
                _insert(collection, job)
        else:
            if old is not None:
                _take(self._all, old)
                _take(self._collection(old), old)
            _insert(self._all, job)
            _insert(collection, job)
        self._jobs[job.id] = job
        self._models.setdefault(job.origin, set()).add(job.request.model)
        if job.film:
            self._films.setdefault(job.film, set()).add(job.id)
        if old is not None and old.remote_id is not None:
            self._remote.pop((old.origin, old.remote_id), None)
        if job.remote_id is not None:
            self._remote[job.origin, job.remote_id] = job.id
        return old

    def rearrange(self, jobs: Iterable[Job]) -> None:
        """New snapshots of jobs that differ in what is no id and no state; a thousand at once."""
        new = {job.id: job for job in jobs}
        collections = {id(found): found for found in map(self._collection, new.values())}
        for known in (self._all, *collections.values()):
            known[:] = sorted((new.get(job.id, job) for job in known), key=place_of)
        self._jobs |= new

    def all(self) -> list[Job]:
        """Every job."""
        return list(self._all)

    def of(self, origin: str, *states: JobState) -> list[Job]:
        """The jobs of one service in any of ``states``."""
        collections = [self._collections.get((origin, state), []) for state in states]
        found = [job for collection in collections for job in collection]
        if sum(map(bool, collections)) > 1:
            found.sort(key=place_of)
        return found

    def groups(self, origin: str, *states: JobState) -> list[list[Job]]:
        """The same by state: without a step for every job, for who sorts them elsewhere."""
        return [list(self._collections.get((origin, state), ())) for state in states]

    def count(self, origin: str, *states: JobState) -> int:
        """How many those are."""
        return sum(len(self._collections.get((origin, state), ())) for state in states)

    def first(self, origin: str, state: JobState) -> Job | None:
        """The oldest of them."""
        collection = self._collections.get((origin, state))
        return collection[0] if collection else None

    def last_position(self) -> int:
        """The highest queue position; 0 with no jobs."""
        return self._all[-1].position if self._all else 0

    def by_remote(self, origin: str, remote_id: str) -> Job | None:
        """The job of that service that holds that id of the service."""
        job_id = self._remote.get((origin, remote_id))
        return self._jobs[job_id] if job_id is not None else None

    def models(self, origin: str) -> set[str]:
        """The ids of the models that jobs of that service were asked of."""
        return self._models.get(origin, set())

    def _collection(self, job: Job) -> list[Job]:
        return self._collections.setdefault((job.origin, job.state), [])


def _insert(jobs: list[Job], job: Job) -> None:
    jobs.insert(bisect_left(jobs, place_of(job), key=place_of), job)


def _take(jobs: list[Job], job: Job) -> None:
    del jobs[bisect_left(jobs, place_of(job), key=place_of)]
