"""An engine with everything below it on a clock that passes faster, and a user at its window.

Waiting costs little that way; requests, the disk, the database and the service take their own time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.engine.job_repository import JobRepository
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import ACTIVE, JobState
from pixverse_desktop.core.ports import EventSink, RunBlocking
from pixverse_desktop.core.service import Origin
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.runtime import Runtime, build_engine
from pixverse_desktop.services.settings import Settings
from tests.crash.child import Deaf, SwiftClock

_GLANCE_S = 0.01  # how often the user looks at the window
_THINKING_S = 2.0  # by the swift clock, before Resume is pressed
_LIST_READS = 2  # what is not found in so many whole lists is not there


class User:
    """Presses Resume whenever the queue waits for it."""

    def __init__(self, engine: Engine, swift: float) -> None:
        self._engine = engine
        self._swift = swift
        self.resumed = 0

    async def watch(self) -> None:
        """Until cancelled. Holds with an end are ended here too: they go by the time of day."""
        session = self._engine.session
        while True:
            hold = session.status.hold
            if hold is None:
                await asyncio.sleep(_GLANCE_S)
                continue
            wait_s = _THINKING_S if hold.until is None else hold.until - time.time()
            await asyncio.sleep(max(0.0, wait_s) / self._swift)
            if session.status.hold is not hold:
                continue
            if hold.until is None:
                self.resumed += 1
                self._engine.resume()
            else:
                session.end_hold()


@dataclass(frozen=True)
class SwiftDesk:
    """The engine, its jobs and its user."""

    engine: Engine
    repository: JobRepository
    user: User

    def in_state(self, *states: JobState) -> list[Job]:
        return self.repository.of(self.engine.session.origin.id, *states)

    async def until_settled(self, limit_s: float) -> None:
        """Wait until nothing is under way and what was lost is found, or known to be nowhere."""
        end = time.monotonic() + limit_s
        while self.in_state(*ACTIVE) or any(
            job.list_reads < _LIST_READS for job in self.in_state(JobState.UNCONFIRMED)
        ):
            if time.monotonic() > end:
                left = {str(job.state) for job in self.in_state(*ACTIVE, JobState.UNCONFIRMED)}
                raise TimeoutError(f"jobs are still {', '.join(sorted(left))}")
            await asyncio.sleep(0.05)


@asynccontextmanager
async def swift_desk(
    run: RunBlocking,
    data_dir: Path,
    origin: Origin,
    key: str,
    swift: float,
    events: EventSink | None = None,
    **config: object,
) -> AsyncIterator[SwiftDesk]:
    """The engine as the window runs it, on the workers behind ``run``."""
    runtime = Runtime(paths_below(data_dir), run, SwiftClock(swift), events or Deaf())
    await runtime.open()
    engine = await build_engine(runtime, origin, key, Settings(), EngineConfig(**config))  # type: ignore[arg-type]
    user = User(engine, swift)
    engine.start()
    watching = asyncio.ensure_future(user.watch())
    try:
        yield SwiftDesk(engine, runtime.repository, user)
    finally:
        watching.cancel()
        await engine.close()
        await runtime.close()
