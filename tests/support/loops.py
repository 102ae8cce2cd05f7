"""How a test's coroutine is run, and what the time is meanwhile.

On a `VirtualLoop` hours take no time and every run is the same: the loop's clock jumps to the next
timer as soon as nothing is left to do, and blocking work runs inside the loop's own thread.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import random
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.thread_workers import SystemClock

EPOCH = 1_700_000_000.0  # what the virtual wall clock shows at the virtual second 0
_LIMIT_S = 60.0

T = TypeVar("T")


def asynchronous(test: Callable[..., Coroutine[Any, Any, T]]) -> Callable[..., T]:
    """Makes a coroutine function a test, on a plain loop in real time."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> T:
        return asyncio.run(asyncio.wait_for(test(*args, **kwargs), _LIMIT_S))

    return run


def in_virtual_time(test: Callable[..., Coroutine[Any, Any, T]]) -> Callable[..., T]:
    """Makes a coroutine function a test, on a loop whose time jumps over every wait.

    What spreads looks apart is drawn alike every time, too.
    """

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> T:
        random.seed(0)
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(test(*args, **kwargs))

    return run


class _JumpingSelector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Instead of waiting until the next timer, makes it that time."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "nothing is left that could ever happen"
        self.now += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps over every wait."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


class VirtualClock:
    """The loop's own time. Implements ``core.ports.Clock``."""

    def time(self) -> float:
        return EPOCH + asyncio.get_running_loop().time()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ScaledClock(SystemClock):
    """The real time of day; waiting passes ``time_scale`` times faster."""

    def __init__(self, time_scale: float) -> None:
        self._time_scale = time_scale

    def monotonic(self) -> float:
        return time.monotonic() * self._time_scale

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._time_scale)


async def in_place(lane: Lane, fn: Callable[..., Any], *args: object) -> Any:
    """Implements ``core.ports.RunBlocking``; what a fake answers may also be awaited."""
    await asyncio.sleep(0)
    value = fn(*args)
    return await value if inspect.isawaitable(value) else value


async def soon(condition: Callable[[], bool], within_s: float = 600.0, step_s: float = 0.5) -> None:
    """Let virtual time pass until something is true."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(step_s)
