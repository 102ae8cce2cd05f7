"""An engine with everything below it, for one service: in real, virtual or faster time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pixverse_desktop.api.client import Client
from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import ACTIVE, JobState
from pixverse_desktop.core.lanes import RunBlocking
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import ClipFiles, Clock, Service, Store
from pixverse_desktop.core.service import Hold, HoldReason, Origin, custom_origin
from pixverse_desktop.media.probe import inspect_part
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.runtime import Runtime, build_engine
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.services.thread_workers import SystemClock, ThreadWorkers
from pixverse_desktop.store.clip_folder import ClipFolder
from pixverse_desktop.store.job_store import JobStore
from tests.support.factories import DEMO, SHORT
from tests.support.fake_service import FakeFiles
from tests.support.loops import EPOCH, ScaledClock, VirtualClock, in_place
from tests.support.paid_service import PaidService
from tests.support.simulator_process import SimulatorProcess
from tests.support.sinks import CheckingSink, NullSink, RecordingSink

_GLANCE_S = 0.01  # how often the user looks at the window
_THINKING_S = 2.0  # by the scaled clock, before Resume is pressed
_LIST_READS = 2  # what is not found in so many whole lists is not there


class EngineHarness:
    """An engine on the program's own wiring, as a context manager.

    ``service`` and ``files`` replace the real client and clip folder, ``store`` the database;
    ``config`` are fields of `EngineConfig`.
    """

    def __init__(
        self,
        folder: Path,
        origin: Origin,
        key: str,
        *,
        run: RunBlocking,
        clock: Clock,
        sink: RecordingSink | NullSink | None = None,
        service: Service | None = None,
        files: ClipFiles | None = None,
        store: Store | None = None,
        settings: Settings | None = None,
        learn: bool = True,
        **config: Any,
    ) -> None:
        self.folder = folder
        self.origin = origin
        self.sink: Any = sink or RecordingSink()
        self.run = run
        held: Any = store
        self._runtime = Runtime(paths_below(folder), run, clock, self.sink, held)
        self.repository = self._runtime.repository
        self._key, self._settings = key, settings or Settings()
        self._service, self._files = service, files
        self._learn = learn
        self._config = EngineConfig(**config)
        self._earlier: list[Job] = []

    def begin_with(self, *jobs: Job) -> EngineHarness:
        """Jobs of an earlier run."""
        self._earlier += jobs
        return self

    async def __aenter__(self) -> EngineHarness:
        await self._runtime.open()
        for job in self._earlier:
            await self.repository.add(job)
        self.engine: Engine = await build_engine(
            self._runtime, self.origin, self._key, self._settings, self._config,
            service=self._service, files=self._files,
        )  # fmt: skip
        self.engine.start(learn=self._learn)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.engine.close()
        await self._runtime.close()
        if isinstance(self.run, ThreadWorkers):
            self.run.close()
        if isinstance(self.sink, CheckingSink):
            self.sink.check(self._key)

    @property
    def store(self) -> JobStore:
        """The database."""
        return self._runtime.store

    @property
    def hold(self) -> Hold | None:
        """Why nothing is sent."""
        return self.engine.session.status.hold

    def held_for(self) -> HoldReason | None:
        """The reason why nothing is sent."""
        return self.hold.reason if self.hold else None

    async def ask(self, count: int = 1, request: ClipRequest = SHORT) -> list[Job]:
        """Press Generate so many times."""
        return [await self.engine.generate(request) for _ in range(count)]

    def states(self) -> list[JobState]:
        """The states of all jobs, oldest first."""
        return [job.state for job in self.repository.all()]

    def in_state(self, *states: JobState) -> list[Job]:
        """The jobs in one of these states, of every service."""
        return [job for job in self.repository.all() if job.state in states]

    def job(self, which: Job | None = None) -> Job:
        """A job as it stands; the oldest by default."""
        return self.repository.get(which.id) if which else self.repository.all()[0]

    def problem(self, which: Job | None = None) -> Problem:
        """What the user reads about a job."""
        found = self.job(which).problem
        assert found is not None
        return found

    async def until(self, condition: Callable[[], bool], within_s: float = 600.0) -> None:
        """Let time pass until something is true; looked at after every event."""
        async with asyncio.timeout(within_s):
            while not condition():
                self.sink.changed.clear()
                await self.sink.changed.wait()

    async def until_states(self, *states: JobState, within_s: float = 600.0) -> None:
        """Let time pass until the jobs are in these states, oldest first."""
        await self.until(lambda: self.states() == list(states), within_s)

    async def until_saved(self, count: int) -> None:
        """Let time pass until so many clips are saved."""
        await self.until(lambda: len(self.in_state(JobState.SAVED)) >= count)

    async def until_held(self, reason: HoldReason | None = None) -> None:
        """Let time pass until nothing is sent, for ``reason`` or any."""
        await self.until(lambda: self.hold is not None and reason in (None, self.held_for()))

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


# --- real time ---


def live_harness(
    data_dir: Path, origin: Origin, key: str, *, clock: Clock | None = None,
    settings: Settings | None = None, **config: Any,
) -> EngineHarness:  # fmt: skip
    """An engine in real time, with threads of its own."""
    config = {"unknown_expected_s": 1.0, **config}
    return EngineHarness(
        data_dir, origin, key, run=ThreadWorkers(), clock=clock or SystemClock(),
        settings=settings, **config,
    )  # fmt: skip


def harness_on(
    simulator: SimulatorProcess, data_dir: Path, key: str, **options: Any
) -> EngineHarness:
    """An engine in real time, for the simulator."""
    return live_harness(data_dir, custom_origin(simulator.api_url), key, **options)


# --- virtual time ---


def no_frames(frame: Frame) -> bytes:
    raise AssertionError("no frame is sent here")


def client_of(url: str, key: str | None, **options: Any) -> Client:
    """A client of the service at ``url``."""
    return Client(custom_origin(f"{url}/api/v1"), key, no_frames, **options)


def virtual_harness(
    folder: Path, service: Service, origin: Origin, key: str, *,
    files: ClipFiles | None = None, store: Store | None = None, clock: Clock | None = None,
    **config: Any,
) -> EngineHarness:  # fmt: skip
    """An engine in virtual time; every sentence it tells is judged at the end."""
    return EngineHarness(
        folder, origin, key, run=in_place, clock=clock or VirtualClock(), sink=CheckingSink(),
        service=service, files=files or ClipFolder(folder / "clips", inspect_part), store=store,
        learn=False, **config,
    )  # fmt: skip


def paid_harness(
    service: PaidService, folder: Path, key: str, url: str = "", **config: Any
) -> EngineHarness:
    """An engine for a scripted service on loopback, or for one that is reached by ``url``."""
    loop = asyncio.get_running_loop()
    service.tell_time(lambda: EPOCH + loop.time())
    url = url or service.url
    return virtual_harness(
        folder, client_of(url, key), custom_origin(f"{url}/api/v1"), key, **config
    )


def memory_harness(service: Service, folder: Path, key: str, **config: Any) -> EngineHarness:
    """An engine for a service in memory, with files in memory too."""
    return virtual_harness(folder, service, DEMO, key, files=FakeFiles(), **config)


# --- faster time ---


class User:
    """Presses Resume whenever the queue waits for it."""

    def __init__(self, engine: Engine, time_scale: float) -> None:
        self._engine = engine
        self._time_scale = time_scale
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
            await asyncio.sleep(max(0.0, wait_s) / self._time_scale)
            if session.status.hold is not hold:
                continue
            if hold.until is None:
                self.resumed += 1
                self._engine.resume()
            else:
                session.end_hold()


@asynccontextmanager
async def scaled_harness(
    run: RunBlocking, data_dir: Path, origin: Origin, key: str, time_scale: float, **config: Any
) -> AsyncIterator[tuple[EngineHarness, User]]:
    """An engine whose waits pass ``time_scale`` times faster, and a user at its window.

    Requests, the disk, the database and the service take their own time.
    """
    clock = ScaledClock(time_scale)
    harness = EngineHarness(data_dir, origin, key, run=run, clock=clock, sink=NullSink(), **config)
    async with harness:
        user = User(harness.engine, time_scale)
        watching = asyncio.ensure_future(user.watch())
        try:
            yield harness, user
        finally:
            watching.cancel()
