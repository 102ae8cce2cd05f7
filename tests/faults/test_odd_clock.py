"""The clock of the day set an hour back or ahead while the program runs, K18."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.core.engine.rate_limit import RateHint
from pixverse_desktop.core.errors import ProblemCode, Rejected, problem
from pixverse_desktop.core.jobs.spending import Limits, midnight_of
from pixverse_desktop.core.jobs.states import JobState as S
from pixverse_desktop.core.service import HoldReason, custom_origin
from pixverse_desktop.ui.jobs.job_text import row_text
from tests.faults.catalogue import fault
from tests.support.engine_harness import EngineHarness, virtual_harness
from tests.support.fake_service import FakeFiles, FakeService, no_list
from tests.support.loops import EPOCH, VirtualClock, in_virtual_time

HOUR = 3600.0


class SetClock(VirtualClock):
    """Noon at first, so that an hour is no other day; then it is set."""

    def __init__(self) -> None:
        self.offset = midnight_of(EPOCH) + 12 * HOUR - EPOCH

    def time(self) -> float:
        return super().time() + self.offset


def harness(service: FakeService, folder: Path, clock: SetClock, **config: Any) -> EngineHarness:
    """A service that is paid: limits do not count play credits."""
    origin = custom_origin("http://127.0.0.1:9/api/v1")
    return virtual_harness(
        folder, service, origin, "a canary key", files=FakeFiles(), clock=clock, **config
    )


both_ways = pytest.mark.parametrize("change", [-HOUR, HOUR], ids=["back", "ahead"])


@fault("K18")
@both_ways
@in_virtual_time
async def test_what_waits_for_a_minute_waits_no_hour(tmp_path: Path, change: float) -> None:
    service, clock = FakeService(), SetClock()

    def slower(*_: object) -> None:
        del service.answers["submit"]
        raise Rejected(problem(ProblemCode.RATE), RateHint(limited=True, wait_s=60.0))

    service.answers["submit"] = slower
    async with harness(service, tmp_path, clock) as running:
        await running.ask()
        await running.until_held(HoldReason.RATE)
        await asyncio.sleep(5)
        clock.offset += change
        await asyncio.sleep(90)
        assert len(service.attempts) == 2
        assert running.states() == [S.ACCEPTED]


@fault("K18")
@both_ways
@in_virtual_time
async def test_what_is_made_meanwhile_is_fetched_and_lasts_no_negative_time(
    tmp_path: Path, change: float
) -> None:
    service, clock = FakeService(), SetClock()
    async with harness(service, tmp_path, clock) as running:
        await running.ask()
        await running.until_states(S.ACCEPTED)
        await asyncio.sleep(1)
        asked = len(service.times("job"))
        clock.offset += change
        job = running.job()
        assert row_text(job, clock.time(), None, 45.0).aside in ("0:00 of ~0:45", "1:00:01")
        await asyncio.sleep(120)
        looks = len(service.times("job", "jobs")) - asked
        assert 2 <= looks <= 60  # neither forgotten nor asked for without a pause
        service.finish_all()
        await asyncio.sleep(120)
        assert running.states() == [S.SAVED]
        usual = running.repository.expected_s(job.request, job.origin)
        assert usual is None or usual >= 0


@fault("K18")
@both_ways
@in_virtual_time
async def test_the_limit_of_a_day_stays_that_of_this_day(tmp_path: Path, change: float) -> None:
    service, clock = FakeService(), SetClock()
    service.answers["jobs"] = no_list
    limits = Limits(Decimal(20))
    async with harness(service, tmp_path, clock, limits=limits, jobs_at_a_time=20) as running:
        await running.ask(2)
        await asyncio.sleep(60)
        clock.offset += change
        await running.ask(2)
        await asyncio.sleep(1800)
        assert len(service.attempts) == 2
        assert running.held_for() is HoldReason.LIMIT
        clock.offset -= change  # and it is right again
        await asyncio.sleep(1800)
        assert len(service.attempts) == 2


@fault("K18", "P1")
@in_virtual_time
async def test_a_job_that_is_not_known_yet_is_not_given_up_for_a_clock_set_ahead(
    tmp_path: Path,
) -> None:
    service, clock = FakeService(), SetClock()
    async with harness(service, tmp_path, clock) as running:
        await running.ask()
        await running.until_states(S.ACCEPTED)
        await asyncio.sleep(1)
        rows, service.rows = service.rows, {}
        clock.offset += HOUR
        await asyncio.sleep(540)  # ten minutes after it was sent it may be given up
        assert running.states() == [S.ACCEPTED]
        service.rows = rows
        service.finish_all()
        await asyncio.sleep(600)
        assert running.states() == [S.SAVED]
