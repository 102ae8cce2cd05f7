"""Event sinks: what the engine tells goes nowhere, is kept, or is kept and judged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.core.text import plain


class NullSink:
    """Ignores every event."""

    def job_changed(self, job: Job) -> None:
        pass

    def jobs_changed(self, jobs: Sequence[Job]) -> None:
        pass

    def progress_changed(self, job_id: str, fraction: float) -> None:
        pass

    def status_changed(self, status: ServiceStatus) -> None:
        pass

    def film_changed(self, film_id: str) -> None:
        pass


class RecordingSink:
    """Keeps the states of every job, every problem the user could have read, and the status."""

    def __init__(self) -> None:
        self.states: dict[str, list[JobState]] = {}
        self.history: list[JobState] = []  # of all jobs
        self.problems: list[Problem] = []
        self.together: list[tuple[Job, ...]] = []
        self.films: list[str] = []  # that changed
        self.status: ServiceStatus | None = None
        self.changed = asyncio.Event()

    def job_changed(self, job: Job) -> None:
        self.states.setdefault(job.id, []).append(job.state)
        self.history.append(job.state)
        self._keep(job.problem)

    def jobs_changed(self, jobs: Sequence[Job]) -> None:
        self.together.append(tuple(jobs))
        for job in jobs:
            self.job_changed(job)

    def progress_changed(self, job_id: str, fraction: float) -> None:
        assert 0 <= fraction <= 1

    def status_changed(self, status: ServiceStatus) -> None:
        self.status = status
        self._keep(status.hold.problem if status.hold else None)

    def film_changed(self, film_id: str) -> None:
        self.films.append(film_id)

    def _keep(self, problem: Problem | None) -> None:
        if problem is not None:
            self.problems.append(problem)
        self.changed.set()


class CheckingSink(RecordingSink):
    """Also judges every problem it was told."""

    def check(self, key: str) -> None:
        """Every sentence is one: short, plain, no page of markup, no key."""
        for problem in self.problems:
            assert problem.message[0].isupper()
            assert plain(problem.message) == problem.message
            assert "<html" not in problem.message.lower()
            assert key not in problem.message + problem.detail
