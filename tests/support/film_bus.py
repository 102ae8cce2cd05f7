"""The real films over a repository of jobs in memory; every command is done inside the call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pixverse_desktop.core.engine.film_repository import FilmRepository
from pixverse_desktop.core.engine.films import Films
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.film.film import Film
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.model.request import ClipRequest
from tests.support.factories import demo_status
from tests.support.window_fakes import QueueBus


class MemoryStore:
    """A film store without a disk."""

    def __init__(self) -> None:
        self.kept: dict[str, Film] = {}

    def load(self) -> list[Film]:
        return list(self.kept.values())

    def save(self, film: Film) -> None:
        self.kept[film.id] = film

    def remove(self, film_id: str) -> None:
        self.kept.pop(film_id, None)


class FilmBus(QueueBus):
    """Ten credits a clip. ``made`` are the jobs that films queued, all of them paid for later."""

    def __init__(self, *jobs: Job) -> None:
        super().__init__(demo_status(credits=500))
        self.jobs = {job.id: job for job in jobs}
        self.made: list[Job] = []
        self.price_each = Price(Decimal(10), Decimal(10))
        self._loop = asyncio.new_event_loop()
        self._time = 1000.0
        sink = SimpleNamespace(film_changed=self.film_changed.emit)
        films = FilmRepository(MemoryStore(), self._run, sink)  # type: ignore[arg-type]
        self.real_films = Films(self._session(), films)  # type: ignore[arg-type]

    def films(self) -> Films:  # type: ignore[override]
        return self.real_films

    def price(self, request: ClipRequest) -> Price:
        return self.price_each

    def change_films(
        self, change: Callable[[Films], Coroutine[Any, Any, Any]], then: Callable[[Any], None]
    ) -> None:
        try:
            found = self._loop.run_until_complete(change(self.real_films))
        except UserError as error:
            found = error.problem
        then(found)

    def now(self, command: Coroutine[Any, Any, Any]) -> Any:
        """The answer of a command on the films."""
        return self._loop.run_until_complete(command)

    def film_is(self, film: Film) -> None:
        """There is this film."""
        self.now(self.real_films.put_back(film))

    def close(self) -> None:
        self._loop.close()

    # --- what the films see of the engine ---

    async def _run(self, lane: Lane, fn: Callable[..., Any], *args: object) -> Any:
        return fn(*args)

    def _session(self) -> SimpleNamespace:
        async def add(*jobs: Job) -> None:
            self.made += jobs
            for job in jobs:
                self.show_job(job)

        async def transition(job_id: str, state: JobState, **changes: object) -> None:
            raise AssertionError("nothing of these films is taken back")

        def clock() -> float:
            self._time += 1
            return self._time

        repository = SimpleNamespace(
            find=lambda job_id: self.jobs.get(job_id),
            get=lambda job_id: self.jobs[job_id],
            by_remote=lambda origin, remote_id: None,
            of_film=lambda film: [job for job in self.jobs.values() if job.film == film],
            add=add,
            next_position=lambda: len(self.jobs),
            transition=transition,
        )
        files = SimpleNamespace(has_file=lambda job: Path(job.clip.path).is_file())
        ports = SimpleNamespace(clock=SimpleNamespace(time=clock), run=self._run, files=files)
        return SimpleNamespace(
            ports=ports, repository=repository, price=self.price, origin=demo_status().origin,
            models=SimpleNamespace(get=lambda model: PIXVERSE_V6), queue_changed=lambda: None,
        )  # fmt: skip
