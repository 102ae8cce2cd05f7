"""The index behind the repository, against plain scans; and what is learned from finished jobs."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from pixverse_desktop.core.engine.estimate import LearnedTimes
from pixverse_desktop.core.engine.job_index import JobIndex
from pixverse_desktop.core.engine.job_repository import JobRepository
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import IN_FLIGHT, JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import ServiceStatus
from tests.support.loops import asynchronous

T = TypeVar("T")
REQUEST = ClipRequest(prompt="a fox", seed=7)
S = JobState


def make_job(number: int, state: JobState = S.QUEUED, **changes: object) -> Job:
    base = Job(
        id=f"j{number}", origin="demo", request=REQUEST, state=state, created_at=float(number),
        updated_at=0.0, price=10, position=number,
    )  # fmt: skip
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


snapshots = st.builds(
    make_job,
    st.integers(0, 9),
    st.sampled_from(list(JobState)),
    origin=st.sampled_from(["demo", "elsewhere"]),
    position=st.integers(0, 4),
    created_at=st.sampled_from([1.0, 2.0]),
    remote_id=st.sampled_from([None, "r1", "r2"]),
)


@given(st.lists(snapshots, max_size=40))
def test_the_index_tells_what_a_scan_would(changes: list[Job]) -> None:
    index, plain = JobIndex(), dict[str, Job]()
    for job in changes:
        # As the database has it: an id of the service belongs to one job of its origin.
        if job.remote_id is not None:
            job = dataclasses.replace(job, remote_id=f"{job.remote_id}-{job.id}")
        assert index.put(job) == plain.get(job.id)
        plain[job.id] = job
        ordered = sorted(plain.values(), key=lambda j: (j.position, j.created_at, j.id))
        assert index.all() == ordered
        assert index.get(job.id) is job
        for origin in ("demo", "elsewhere"):
            here = [j for j in ordered if j.origin == origin]
            assert index.of(origin, *IN_FLIGHT) == [j for j in here if j.state in IN_FLIGHT]
            assert index.count(origin, *IN_FLIGHT) == len(index.of(origin, *IN_FLIGHT))
            waiting = [j for j in here if j.state is S.QUEUED]
            assert index.of(origin, S.QUEUED) == waiting
            assert index.first(origin, S.QUEUED) == (waiting[0] if waiting else None)
            for other in plain.values():
                if other.remote_id is not None:
                    held = other.origin == origin
                    found = index.by_remote(origin, other.remote_id)
                    assert (found is not None) is held
    assert index.last_position() == max((job.position for job in plain.values()), default=0)


def test_a_list_from_the_index_is_the_callers_own() -> None:
    index = JobIndex([make_job(1), make_job(2)])
    index.of("demo", S.QUEUED).clear()
    index.all().clear()
    assert len(index.of("demo", S.QUEUED)) == len(index.all()) == 2


def test_learned_times_are_worked_out_once_until_forgotten() -> None:
    jobs = [make_job(1, S.SAVED, submitted_at=0.0, finished_at=20.0)]
    scans = 0

    def all_jobs() -> list[Job]:
        nonlocal scans
        scans += 1
        return jobs

    times = LearnedTimes(all_jobs)
    assert [times.expected_s(REQUEST, "demo") for _ in range(3)] == [20, 20, 20]
    assert times.expected_s(REQUEST, "elsewhere") is None
    assert scans == 2
    jobs.append(make_job(2, S.SAVED, submitted_at=0.0, finished_at=40.0))
    times.forget()
    assert times.expected_s(REQUEST, "demo") == 30


class Memory:
    """A store that keeps nothing but what it was given at the start."""

    def __init__(self, *jobs: Job) -> None:
        self.jobs = list(jobs)

    def load_jobs(self) -> list[Job]:
        return self.jobs

    def add_jobs(self, *jobs: Job) -> None:
        pass

    def update_job(self, job: Job, expected: JobState) -> bool:
        return True

    def change_jobs(self, jobs: Sequence[Job], expected: JobState | None = None) -> list[Job]:
        return list(jobs)

    def facts(self, origin: str) -> dict[str, str]:
        return {}

    def save_fact(self, origin: str, name: str, value: str) -> None:
        pass


class Still:
    """A clock that stands, and an event sink that hears nothing."""

    def time(self) -> float:
        return 100.0

    def monotonic(self) -> float:
        return 100.0

    async def sleep(self, seconds: float) -> None:
        pass

    def job_changed(self, job: Job) -> None:
        pass

    def film_changed(self, film_id: str) -> None:
        pass

    def jobs_changed(self, jobs: Sequence[Job]) -> None:
        pass

    def progress_changed(self, job_id: str, fraction: float) -> None:
        pass

    def status_changed(self, status: ServiceStatus) -> None:
        pass


async def run(_lane: Lane, fn: Callable[..., T], *args: object) -> T:
    return fn(*args)


@asynchronous
async def test_the_repository_learns_from_a_job_that_finished() -> None:
    repository = JobRepository(
        Memory(make_job(1, S.ACCEPTED, submitted_at=60.0)), run, Still(), Still()
    )
    await repository.load()
    assert repository.expected_s(REQUEST, "demo") is None
    await repository.update("j1", remote_status="processing")
    assert repository.expected_s(REQUEST, "demo") is None
    await repository.update("j1", finished_at=100.0)
    assert repository.expected_s(REQUEST, "demo") == 40
    assert (repository.next_position(), repository.count("demo", S.ACCEPTED)) == (2, 1)


@asynchronous
async def test_changes_of_one_job_wait_for_each_other_and_leave_no_lock_behind() -> None:
    repository = JobRepository(Memory(make_job(1)), run, Still(), Still())
    await repository.load()
    await asyncio.gather(*(repository.update("j1", list_reads=n) for n in range(5)))
    assert repository.get("j1").list_reads == 4
    await repository.settle()
    gc.collect()
    assert len(repository._locks) == 0
