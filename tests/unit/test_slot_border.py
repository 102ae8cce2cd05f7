"""One border for what slots begin: no error goes unseen, whichever step raised it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.errors import Problem, ProblemCode, UserError, problem
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.services.slot_border import SlotTasks
from tests.support.factories import demo_status


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


class StumblingEngine:
    """An engine whose every question ends in a bug."""

    async def check_service(self) -> None:
        raise RecursionError("a bug")

    ledger = check_service

    async def link_of(self, job_id: str) -> None:
        raise RecursionError("a bug")

    async def encoded(self, request: ClipRequest) -> None:
        raise RecursionError("a bug")


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    "ask",
    [EngineBridge.check_service, EngineBridge.ledger,
     lambda bridge, then: bridge.clip_link("a", then),
     lambda bridge, then: bridge.told_body(ClipRequest("a fox"), then)],
    ids=["check", "spend", "link", "what-is-sent"],
)  # fmt: skip
def test_who_waits_for_an_answer_hears_of_a_bug(
    ask: Callable[[EngineBridge, Callable[[object], None]], None], caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[object] = []

    async def main() -> None:
        bridge = EngineBridge(demo_status())
        bridge.attach(cast("Engine", StumblingEngine()))
        ask(bridge, answers.append)
        async with asyncio.timeout(10):
            while not answers:
                await asyncio.sleep(0)

    asyncio.run(main())
    (told,) = answers
    assert isinstance(told, Problem)
    assert told.code is ProblemCode.INTERNAL
    assert "RecursionError" in caplog.text
