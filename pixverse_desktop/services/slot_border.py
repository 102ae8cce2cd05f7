"""Coroutines that a slot began: each is kept until it ends, and no error in one goes unseen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from pixverse_desktop.core.errors import Problem, ProblemCode, UserError, problem

log = logging.getLogger(__name__)


class SlotTasks:
    """Runs them on the loop. Belongs to the loop's thread."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(
        self, work: Coroutine[Any, Any, object], tell: Callable[[UserError], None]
    ) -> asyncio.Task[None]:
        """Begin ``work``; ``tell`` hears what went wrong, an error of our own among it."""
        task = asyncio.ensure_future(_guarded(work, tell))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def cancel(self) -> None:
        """End what is still under way."""
        for task in self._tasks:
            task.cancel()


def internal_problem(error: Exception) -> Problem:
    """What is told of an error that is none of our own."""
    return problem(ProblemCode.INTERNAL, detail=f"{type(error).__name__}: {error}")


async def _guarded(work: Coroutine[Any, Any, object], tell: Callable[[UserError], None]) -> None:
    try:
        await work
    except UserError as error:
        tell(error)
    except Exception as error:  # slot border
        log.exception("a command failed")
        tell(UserError(internal_problem(error)))
