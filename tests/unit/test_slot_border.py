"""One border for what slots begin: no error goes unseen, whichever step raised it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.services.slot_border import SlotTasks


def refuse(_: object = None) -> None:
    raise UserError(problem(ProblemCode.DISK))


def stumble(_: object = None) -> None:
    raise KeyError("a bug")


def go_well(_: object = None) -> None:
    return


def told_of_call(fn: Callable[[], None], then: Callable[[object], None]) -> list[ProblemCode]:
    """The problems that the caller of a worker heard of."""
    told: list[ProblemCode] = []

    async def main() -> None:
        workers = Workers()
        ended = asyncio.Event()

        def finish(value: object) -> None:
            ended.set()
            then(value)

        def otherwise(error: UserError) -> None:
            told.append(error.problem.code)
            ended.set()

        workers.call(Lane.FILES, fn, then=finish, otherwise=otherwise)
        await asyncio.wait_for(ended.wait(), 10)
        await asyncio.sleep(0)
        assert workers.close()

    asyncio.run(main())
    return told


def test_a_call_that_goes_well_tells_nothing() -> None:
    assert told_of_call(go_well, go_well) == []


def test_what_a_worker_refuses_is_told() -> None:
    assert told_of_call(refuse, go_well) == [ProblemCode.DISK]


@pytest.mark.logs_warnings
@pytest.mark.parametrize(("fn", "then"), [(stumble, go_well), (go_well, stumble)])
def test_a_bug_on_either_side_is_logged_and_told(
    fn: Callable[[], None], then: Callable[[object], None], caplog: pytest.LogCaptureFixture
) -> None:
    assert told_of_call(fn, then) == [ProblemCode.INTERNAL]
    assert "KeyError" in caplog.text


def test_what_is_cancelled_is_no_error() -> None:
    told: list[UserError] = []

    async def main() -> None:
        tasks = SlotTasks()
        task = tasks.start(asyncio.Event().wait(), told.append)
        await asyncio.sleep(0)
        tasks.cancel()
        await asyncio.wait({task})
        assert task.cancelled()

    asyncio.run(main())
    assert told == []
