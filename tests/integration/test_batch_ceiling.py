"""A batch never costs more than was agreed to, and what was not sent of it can be taken back."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.errors import Action, UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import HoldReason
from pixverse_desktop.store.job_store import JobStore
from tests.support.engine_harness import EngineHarness, paid_harness
from tests.support.factories import SHORT
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService

S = JobState


def cells(count: int) -> list[Cell]:
    return [Cell(SHORT.changed(prompt=f"take {n}"), n) for n in range(1, count + 1)]


async def queued(harness: EngineHarness, count: int, ceiling: int | None = None) -> list[Job]:
    most = None if ceiling is None else Decimal(ceiling)
    return await harness.engine.generate_all(cells(count), ceiling=most)


@in_virtual_time
async def test_a_price_that_rises_meanwhile_holds_the_rest_of_the_batch_alone(
    tmp_path: Path, key: str
) -> None:
    """Ten each was announced and agreed to; the first is charged 25, so four would cost 100."""
    with PaidService() as service:
        service.always["run"] = service.receipt(creditCost=25, creditsRemaining=900)
        harness = paid_harness(service, tmp_path, key, hold_on_cost=False, jobs_at_a_time=1)
        async with harness:
            await queued(harness, 4, 40)
            await harness.until_held(HoldReason.LIMIT)
            assert harness.hold is not None
            assert harness.hold.problem is not None
            said = harness.hold.problem.message
            assert "100 credits" in said
            assert "40" in said
            assert harness.hold.problem.action is Action.RETRY  # no setting stands against it
            await asyncio.sleep(600)
            assert len(service.charges) == 1
            held = harness.engine.session.status.held_batches  # for the rows to say so
            assert held == {harness.job().batch}
            await harness.ask()  # what is not of the batch is not held up by it
            await harness.until_saved(2)
            await harness.until_held(HoldReason.LIMIT)
            assert len(service.charges) == 2
            harness.engine.resume()
            await harness.until_saved(5)
            assert len(service.charges) == 5
        async with paid_harness(service, tmp_path, key) as again:
            assert {job.ceiling for job in again.repository.all() if job.batch} == {Decimal(40)}


@in_virtual_time
async def test_what_may_have_been_charged_counts_in_full(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.always["run"] = service.receipt(creditCost=None)
        harness = paid_harness(service, tmp_path, key, hold_on_cost=False, jobs_at_a_time=1)
        async with harness:
            upper = harness.engine.price(SHORT).high
            await queued(harness, 3, int(upper * 3) - 1)
            await harness.until_held(HoldReason.LIMIT)
            assert service.charges == []
            await harness.engine.withdraw_batch(harness.job().batch)
            await harness.ask()
            await harness.until_saved(1)


@in_virtual_time
async def test_a_batch_below_its_ceiling_is_made_whole(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            upper = harness.engine.price(SHORT).high
            await queued(harness, 3, int(upper * 3) + 1)
            await harness.until_saved(3)


@in_virtual_time
async def test_undo_takes_back_what_was_not_sent(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key, jobs_at_a_time=1) as harness:
            jobs = await queued(harness, 5)
            await harness.until(lambda: len(service.charges) == 2)
            withdrawn, going_on = await harness.engine.withdraw_batch(jobs[0].batch)
            sent = 5 - withdrawn
            assert 2 <= sent < 5
            assert going_on == 1  # the others of them are finished
            await asyncio.sleep(600)
            assert len(service.charges) == sent
            assert harness.states().count(S.WITHDRAWN) == withdrawn


@in_virtual_time
async def test_one_wrong_clip_stops_all_of_it(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            wrong = Cell(SHORT.changed(prompt="x" * 6000), 17)
            with pytest.raises(UserError, match="6,000"):
                await harness.engine.generate_all([*cells(16), wrong])
            assert harness.repository.all() == []


@pytest.mark.parametrize("turns", range(4))
@in_virtual_time
async def test_closing_while_a_batch_is_added_keeps_all_of_it_or_nothing(
    turns: int, tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            harness.engine.pause()
            adding = asyncio.ensure_future(queued(harness, 500, 5000))
            for _ in range(turns):
                await asyncio.sleep(0)
            adding.cancel()
            await asyncio.gather(adding, return_exceptions=True)
        store = JobStore(tmp_path)
        store.open()
        try:
            assert len(store.load_jobs()) in (0, 500)
        finally:
            store.close()
        assert service.charges == []
