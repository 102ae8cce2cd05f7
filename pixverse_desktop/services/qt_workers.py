"""The QThread-backed executor: blocking functions run on workers by lane, values come back.

Measured hazards of qasync's executor, and what is done here: a BaseException in a function kills
its worker (the call catches everything); arguments appear in a debug log (they travel inside the
call object); an executor that was shut down twice raises (each is ended once).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6 import QtCore  # noqa: F401 - qasync takes the binding that is already imported
from qasync import QThreadExecutor

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.slot_border import SlotTasks

log = logging.getLogger(__name__)
T = TypeVar("T")

__all__ = ["Lane", "Workers"]

_THREADS = {
    Lane.STORE: 1,  # one connection, one thread
    Lane.SUBMIT: 1,  # single flight
    Lane.NETWORK: 2,
    Lane.DOWNLOAD: 4,
    Lane.FILES: 2,
    Lane.DECODE: 2,
    Lane.GIVEN: 3,
}


class _Call:
    """A function with its arguments, out of sight of debug logs; never raises."""

    def __init__(self, fn: Callable[..., Any], args: tuple[object, ...]) -> None:
        self._fn = fn
        self._args = args
        self.value: Any = None
        self.error: BaseException | None = None

    def __call__(self) -> None:
        try:
            self.value = self._fn(*self._args)
        except BaseException as error:  # noqa: BLE001 - worker border: raised again on the loop
            self.error = error

    def __repr__(self) -> str:
        return f"<call of {getattr(self._fn, '__name__', 'a function')}>"


class Workers:
    """Executors by lane, started when first used. Belongs to the loop's thread."""

    def __init__(self) -> None:
        self._executors: dict[Lane, QThreadExecutor] = {}
        self._pending: set[Future[None]] = set()
        self._tasks = SlotTasks()
        self._closed = False

    async def run(self, lane: Lane, fn: Callable[..., T], *args: object) -> T:
        """``fn(*args)`` on a worker of ``lane``. Raises what ``fn`` raises."""
        if self._closed:
            raise RuntimeError("the workers have ended")
        call = _Call(fn, args)
        executor = self._executors.get(lane)
        if executor is None:
            executor = self._executors[lane] = QThreadExecutor(_THREADS[lane])  # type: ignore[no-untyped-call]
        future: Future[None] = executor.submit(call)  # type: ignore[no-untyped-call]
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        await asyncio.wrap_future(future)
        if call.error is not None:
            raise call.error
        result: T = call.value
        return result

    def call(
        self,
        lane: Lane,
        fn: Callable[..., T],
        *args: object,
        then: Callable[[T], None],
        otherwise: Callable[[UserError], None] | None = None,
    ) -> None:
        """Run ``fn`` on a worker; ``then`` runs on this thread later, and ``otherwise`` where one
        of the two raised."""
        if self._closed:
            return  # the window is on its way out; nobody is left to tell
        self._tasks.start(self._call(lane, fn, args, then), otherwise or _not_told)

    async def _call(
        self,
        lane: Lane,
        fn: Callable[..., T],
        args: tuple[object, ...],
        then: Callable[[T], None],
    ) -> None:
        then(await self.run(lane, fn, *args))

    async def drain(self, limit_s: float) -> None:
        """Take nothing more and give what is under way up to ``limit_s`` seconds to come back."""
        self._closed = True
        waiting = [asyncio.wrap_future(future) for future in self._pending]
        if waiting:
            await asyncio.wait(waiting, timeout=limit_s)

    def close(self) -> bool:
        """Take nothing more, end idle workers; False when some are still at work.

        Threads cannot be killed: with busy ones left the caller ends the process itself.
        """
        self._closed = True
        self._tasks.cancel()
        if any(not future.done() for future in self._pending):
            return False
        for executor in self._executors.values():
            executor.shutdown()  # type: ignore[no-untyped-call]
        self._executors.clear()
        return True


def _not_told(error: UserError) -> None:
    log.warning("a call failed: %s", error)
