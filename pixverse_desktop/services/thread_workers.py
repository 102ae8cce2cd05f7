"""Workers and a clock for programs without Qt: the command line, and tests of the engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pixverse_desktop.core.lanes import Lane

T = TypeVar("T")
_THREADS = {Lane.STORE: 1, Lane.SUBMIT: 1, Lane.NETWORK: 2, Lane.DOWNLOAD: 4}


class SystemClock:
    """The real time. Implements ``core.ports.Clock``."""

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait on the loop."""
        await asyncio.sleep(seconds)


class ThreadWorkers:
    """One thread pool a lane. Implements ``core.ports.RunBlocking`` by being called."""

    def __init__(self) -> None:
        self._pools: dict[Lane, ThreadPoolExecutor] = {}

    async def __call__(self, lane: Lane, fn: Callable[..., T], *args: object) -> T:
        """``fn(*args)`` on a thread of ``lane``. Raises what ``fn`` raises."""
        if lane not in self._pools:
            self._pools[lane] = ThreadPoolExecutor(_THREADS.get(lane, 2), thread_name_prefix=lane)
        return await asyncio.get_running_loop().run_in_executor(self._pools[lane], fn, *args)

    def close(self) -> None:
        """End the threads that are idle; the others end with their call."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
