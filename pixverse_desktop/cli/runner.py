"""What every command that works on a data folder shares: the folder's lock, the log, an engine."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from pixverse_desktop.cli.arguments import (
    Exit,
    Stop,
)
from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.errors import (
    ProblemCode,
    UserError,
)
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.ports import EventSink
from pixverse_desktop.core.service import (
    Origin,
    OriginKind,
    custom_origin,
    demo_origin,
    pixeldojo_origin,
)
from pixverse_desktop.services import logs
from pixverse_desktop.services.data_lock import lock_data_folder
from pixverse_desktop.services.demo_service import SimulatorProcess
from pixverse_desktop.services.network import find_route
from pixverse_desktop.services.paths import Paths, paths_below, paths_of_user
from pixverse_desktop.services.runtime import (
    Runtime,
    build_engine,
    explain_repair,
    find_key,
)
from pixverse_desktop.services.secrets import Secrets
from pixverse_desktop.services.settings import load_settings
from pixverse_desktop.services.thread_workers import SystemClock, ThreadWorkers
from pixverse_desktop.store.job_store import StoreError

log = logging.getLogger(__name__)


Work = Callable[["Workspace"], Awaitable[Exit]]


def with_workspace(options: argparse.Namespace, sink: EventSink, work: Work) -> Exit:
    """Run ``work`` with the data folder locked, the log open and a service chosen."""
    try:
        custom = custom_origin(options.api_url) if options.api_url else None
    except ValueError as error:
        raise Stop(Exit.ARGUMENTS, str(error)) from None
    paths = paths_below(options.data_dir) if options.data_dir else paths_of_user()
    try:
        lock = lock_data_folder(paths)
        if lock is None:
            raise Stop(
                Exit.BUSY, "Another Pixverse Desktop uses this data folder. Close its window first."
            )
        log = logs.Logs(paths.logs)
    except UserError as error:
        raise Stop(Exit.DISK, error.problem.message) from None
    except OSError as error:
        raise Stop(Exit.DISK, f"The data folder cannot be written ({error.strerror}).") from None
    simulator = SimulatorProcess(paths.simulator) if options.demo else None
    try:
        origin = demo_origin(simulator.start()) if simulator else custom or pixeldojo_origin()
        desk = Workspace(paths, origin, sink, simulator)
        return asyncio.run(_until_interrupted(work(desk)))
    except UserError as error:
        code = Exit.DISK if error.problem.code is ProblemCode.STORE else Exit.NETWORK
        raise Stop(code, error.problem.message) from None
    except OSError as error:
        raise Stop(Exit.DISK, f"A file cannot be written ({error.strerror}).") from None
    finally:
        if simulator:
            simulator.stop()
        log.close()
        lock.close()


async def _until_interrupted(work: Awaitable[Exit]) -> Exit:
    """Cancel ``work`` on SIGINT, SIGTERM, SIGHUP; it may still end in order."""
    interrupted = asyncio.Event()
    if sys.platform != "win32":  # there the interpreter raises KeyboardInterrupt by itself
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(name, interrupted.set)
    task = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(interrupted.wait())
    await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not task.done():
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            return await task
        raise Stop(Exit.INTERRUPTED, "Interrupted.")
    return await task


class Workspace:
    """Workers, store and one engine for one service."""

    def __init__(
        self, paths: Paths, origin: Origin, sink: EventSink, demo: SimulatorProcess | None
    ) -> None:
        self.paths = paths
        self._demo = demo
        self.origin = origin
        self.run = ThreadWorkers()
        self.has_key = False
        self._runtime = Runtime(paths, self.run, SystemClock(), sink)

    @contextlib.asynccontextmanager
    async def engine(self, config: EngineConfig) -> AsyncIterator[Engine]:
        """An engine that has recovered and not started; closed with everything below it."""
        settings = load_settings(self.paths.settings)
        key = await self.key()
        self.has_key = key is not None
        repair = await self._runtime.open()
        if repair is not None:
            message = explain_repair(repair).message
            print(f"pixverse-desktop: {message}", file=sys.stderr)
        route = await self.run(Lane.FILES, find_route, settings, Secrets())
        expected_s = 8.0 if self.origin.kind is OriginKind.DEMO else 60.0
        config = replace(config, refresh_delays_s=(0.0, 2.0), unknown_expected_s=expected_s)
        try:
            engine = await build_engine(
                self._runtime, self.origin, key, settings, config, remember_hold=False,
                route=route,
            )  # fmt: skip
            try:
                yield engine
            finally:
                await engine.close()
        finally:
            await self.run(Lane.STORE, self._back_up)
            await self._runtime.close()
            self.run.close()

    def _back_up(self) -> None:
        try:
            self._runtime.store.back_up(time.strftime("%Y-%m-%d"))
        except StoreError as error:
            log.warning("the daily copy was not made: %s", error.problem.detail)

    async def key(self) -> str | None:
        """The key for the service, None without one. Raises Stop (KEY) for what can be none."""
        if self._demo is not None:
            return self._demo.key
        try:
            settings = load_settings(self.paths.settings)
            find = partial(find_key, Secrets(), self.origin, settings, self.paths)
            found = await self.run(Lane.FILES, find)
        except ValueError as error:
            raise Stop(Exit.KEY, str(error)) from None
        return found.key if found else None


class Report(Protocol):
    """What is told at the end; under ``--json`` the one line on stdout."""

    error: str | None

    def print(self, code: Exit) -> None: ...
