"""A service, a clip folder and a database in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pixverse_desktop.core.engine.rate_limit import RateHint
from pixverse_desktop.core.errors import ProblemCode, Rejected, Unreachable, problem
from pixverse_desktop.core.film.film import Film
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import JobsPage, LiveModel, Phase, RemoteJob, Reply, Submission


class FakeService:
    """A service in memory. Implements ``core.ports.Service``; counts every call with its time.

    ``answers`` replaces the usual answer of a call by its name; it may raise, or be a coroutine.
    """

    def __init__(self, key: str = "another key") -> None:
        self.calls: list[tuple[float, str]] = []
        self.rows: dict[str, RemoteJob] = {}
        self.attempts: list[str] = []
        self.answers: dict[str, Callable[..., Any]] = {}
        self.key = key

    def times(self, *names: str) -> list[float]:
        """When these calls came, in seconds of the loop."""
        return [when for when, name in self.calls if name in names]

    def has(self, remote_id: str, phase: Phase = Phase.RUNNING, url: str | None = None) -> None:
        """The job is there, with that status."""
        self.rows[remote_id] = RemoteJob(remote_id, str(phase), phase, video_url=url)

    def finish_all(self) -> None:
        """Every job is done."""
        for remote_id in self.rows:
            self.has(remote_id, Phase.COMPLETED, f"https://media.example/{remote_id}.mp4")

    def _count(self, name: str, *args: object) -> Any:
        self.calls.append((asyncio.get_running_loop().time(), name))
        return self.answers[name](*args) if name in self.answers else None

    def encode(self, request: ClipRequest, caps: ModelSpec) -> bytes:
        return request.prompt.encode()

    def submit(self, body: bytes, attempt_id: str, model_id: str = "pixverse-v6") -> Any:
        self.attempts.append(attempt_id)
        answer = self._count("submit", body, attempt_id)
        if answer is not None:
            return answer
        remote_id = f"job_{len(self.attempts)}"
        self.has(remote_id)
        return Reply(Submission(remote_id, 10, 90))

    def job(self, remote_id: str) -> Any:
        answer = self._count("job", remote_id)
        if answer is not None:
            return answer
        if remote_id not in self.rows:
            raise Rejected(problem(ProblemCode.JOB_UNKNOWN))
        return Reply(self.rows[remote_id])

    def jobs(self, *_: object, **__: object) -> Any:
        answer = self._count("jobs")
        return Reply(JobsPage(tuple(self.rows.values()))) if answer is None else answer

    def model(self, model_id: str = "pixverse-v6") -> Reply[LiveModel]:
        raise Unreachable(problem(ProblemCode.SERVICE))

    def download(self, url: str, part: Path, progress: Callable[..., None]) -> Any:
        answer = self._count("download", url, part)
        return "0" * 64 if answer is None else answer

    def key_fingerprint(self) -> str | None:
        return self.key[:8]


def offline(*_: object) -> None:
    """No answer at all."""
    raise Unreachable(problem(ProblemCode.OFFLINE))


def limited(*_: object) -> None:
    """Too many requests, with no word on how long to wait."""
    raise Unreachable(problem(ProblemCode.RATE), RateHint(limited=True))


def no_list(*_: object) -> None:
    """This service has no list of jobs."""
    raise Rejected(problem(ProblemCode.JOB_UNKNOWN))


class FakeFiles:
    """A clip folder in memory. Implements ``core.ports.ClipFiles``."""

    def part_path(self, job: Job) -> Path:
        return Path("/nowhere") / f".{job.id}.part"

    def verify(self, job: Job, sha256: str) -> Clip:
        return Clip(f"/nowhere/{job.id}.mp4", 1, sha256)

    def publish(self, job: Job) -> None:
        assert job.clip is not None

    def has_file(self, job: Job) -> bool:
        return True

    def delete(self, job: Job) -> bool:
        return True

    def write_marks(self, job: Job) -> Clip | None:
        return None

    def free_bytes(self) -> int:
        return 2**40


class NoFilms:
    """Implements ``core.ports.FilmStore`` for what makes none."""

    def load(self) -> list[Film]:
        return []

    def save(self, film: Film) -> None:
        raise AssertionError(film)

    def remove(self, film_id: str) -> None:
        raise AssertionError(film_id)


class MemoryStore:
    """A database in memory. Implements ``core.ports.Store``; shared by repositories, like a file."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.films = NoFilms()

    def open(self) -> None:
        return None

    def close(self) -> None:
        return None

    def load_jobs(self) -> list[Job]:
        return list(self.jobs.values())

    def add_jobs(self, *jobs: Job) -> None:
        self.jobs |= {job.id: job for job in jobs}

    def update_job(self, job: Job, expected: JobState) -> bool:
        if self.jobs[job.id].state is not expected:
            return False
        self.jobs[job.id] = job
        return True

    def change_jobs(self, jobs: Sequence[Job]) -> list[Job]:
        return [job for job in jobs if self.update_job(job, job.state)]

    def facts(self, origin: str) -> dict[str, str]:
        return {}

    def save_fact(self, origin: str, name: str, value: str) -> None:
        return None
