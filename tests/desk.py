"""An engine with everything below it on plain asyncio: for tests that let it work for real."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import Origin, ServiceStatus, custom_origin
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.runtime import Runtime, build_engine
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.services.thread_workers import SystemClock, ThreadWorkers
from tests.simulator_process import SimulatorProcess

SHORT = ClipRequest(prompt="a short clip", resolution="360p", duration_s=1)


class Seen:
    """An event sink that keeps what it was told."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.states: list[JobState] = []
        self.status: ServiceStatus | None = None
        self.changed = asyncio.Event()

    def job_changed(self, job: Job) -> None:
        self.jobs[job.id] = job
        self.states.append(job.state)
        self.changed.set()

    def progress_changed(self, job_id: str, fraction: float) -> None:
        assert 0 <= fraction <= 1

    def status_changed(self, status: ServiceStatus) -> None:
        self.status = status
        self.changed.set()

    async def until(self, condition: Callable[[], bool], limit_s: float = 30) -> None:
        end = time.monotonic() + limit_s
        while not condition():
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), end - time.monotonic())


class Desk:
    """An engine with everything below it, for one service."""

    def __init__(self, data_dir: Path, origin: Origin, key: str, **config: object) -> None:
        self.seen = Seen()
        self._run = ThreadWorkers()
        self._runtime = Runtime(paths_below(data_dir), self._run, SystemClock(), self.seen)
        self.repository = self._runtime.repository
        self._origin, self._key = origin, key
        self._config = EngineConfig(unknown_expected_s=1.0, **config)  # type: ignore[arg-type]

    async def __aenter__(self) -> Desk:
        await self._runtime.open()
        self.engine = await build_engine(
            self._runtime, self._origin, self._key, Settings(), self._config
        )
        self.engine.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.engine.close()
        await self._runtime.close()
        self._run.close()

    def in_state(self, state: JobState) -> list[Job]:
        return [job for job in self.repository.all() if job.state is state]

    async def until_saved(self, count: int) -> None:
        await self.seen.until(lambda: len(self.in_state(JobState.SAVED)) >= count)


def desk(simulator: SimulatorProcess, data_dir: Path, key: str, **config: object) -> Desk:
    return Desk(data_dir, custom_origin(simulator.api_url), key, **config)


def run(work: Awaitable[None]) -> None:
    asyncio.run(asyncio.wait_for(work, 60))
