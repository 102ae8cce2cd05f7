"""Many jobs, long times and hours offline, P9 to P11."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import ProblemCode
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import Connection, HoldReason
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.queue.card import JobCard
from tests.faults.catalogue import fault
from tests.support.engine_harness import (
    memory_harness,
    paid_harness,
)
from tests.support.factories import accepted_job, demo_status
from tests.support.fake_service import (
    FakeService,
    MemoryStore,
    limited,
    no_list,
    offline,
)
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import ScriptedServer
from tests.support.window_fakes import RESOURCES, make_context

S = JobState


MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def busiest_minute(times: list[float]) -> int:
    """The most calls in any minute."""
    return max(sum(1 for t in times if start <= t < start + 59.9) for start in times)


@pytest.mark.parametrize(
    "with_list",
    [
        pytest.param(True, marks=fault("P9"), id="P9-list"),
        pytest.param(False, marks=fault("P9"), id="P9-one-by-one"),
    ],
)
@in_virtual_time
async def test_fifty_jobs_share_one_budget_through_a_storm_of_429(
    with_list: bool, tmp_path: Path, key: str
) -> None:
    service = FakeService()
    if not with_list:
        service.answers["jobs"] = no_list
    jobs = [accepted_job(n, age_s=40) for n in range(1, 51)]
    for job in jobs:
        service.has(job.remote_id or "")
    harness = memory_harness(service, tmp_path, key, store=MemoryStore())
    async with harness.begin_with(*jobs):
        loop = asyncio.get_running_loop()
        await asyncio.sleep(5 * MINUTE)
        calm = service.times("job", "jobs")
        assert busiest_minute(calm) <= 30
        if with_list:
            assert service.times("job") == []  # one question for all fifty
        storm = loop.time()
        service.answers |= {"job": limited, "jobs": limited}
        await asyncio.sleep(20 * MINUTE)
        during = [t for t in service.times("job", "jobs") if t >= storm]
        # The bare 429s double the wait up to a minute.
        assert busiest_minute([t for t in during if t > storm + 5 * MINUTE]) <= 2
        assert harness.engine.session.budget.per_minute == 10
        assert set(harness.states()) == {S.ACCEPTED}
        over = loop.time()
        service.answers = {} if with_list else {"jobs": no_list}
        service.finish_all()
        await harness.until(lambda: set(harness.states()) == {S.SAVED}, within_s=30 * MINUTE)
        after = [t for t in service.times("job", "jobs") if t >= over]
        assert busiest_minute(after) <= 10
        assert service.attempts == []


@fault("P9")
@in_virtual_time
async def test_a_submission_does_not_stand_behind_polls(tmp_path: Path, key: str) -> None:
    service = FakeService()
    jobs = [accepted_job(n, age_s=60) for n in range(1, 4)]
    for job in jobs:
        service.has(job.remote_id or "")
    async with memory_harness(service, tmp_path, key).begin_with(*jobs) as harness:
        for _ in range(30):
            harness.engine.session.budget.record()
        await harness.ask()
        await asyncio.sleep(1)
        assert len(service.attempts) == 1
        assert service.times("job", "jobs") == []


@fault("P10")
@in_virtual_time
async def test_a_job_that_never_finishes_is_looked_at_ever_more_slowly_and_said_to_be_late(
    tmp_path: Path, key: str
) -> None:
    service = FakeService()
    async with memory_harness(service, tmp_path, key) as harness:
        began = asyncio.get_running_loop().time()
        await harness.ask()
        await asyncio.sleep(4.8 * MINUTE)
        assert harness.job().problem is None
        await asyncio.sleep(MINUTE)
        assert harness.problem().code is ProblemCode.SLOW
        assert "longer than usual" in harness.problem().message
        assert "not lost" in harness.problem().message
        await asyncio.sleep(DAY - 5.8 * MINUTE)
        looks = [t - began for t in service.times("job", "jobs")]
        late = [t for t in looks if t >= 36 * MINUTE]
        gaps = [b - a for a, b in itertools.pairwise(late)]
        assert all(0.89 * 5 * MINUTE <= gap <= 1.11 * 5 * MINUTE for gap in gaps)
        assert harness.states() == [S.ACCEPTED]
        assert len(service.attempts) == 1
        service.finish_all()
        await harness.until_states(S.SAVED)
        assert harness.job().problem is None


@fault("P10")
@in_virtual_time
async def test_being_late_is_said_without_alarm(qtbot: QtBot, tmp_path: Path, key: str) -> None:
    theme.install(RESOURCES, "dark")
    card = JobCard(make_context().bridge.price)
    qtbot.addWidget(card)

    service = FakeService()
    async with memory_harness(service, tmp_path, key) as harness:
        await harness.ask()
        await asyncio.sleep(10 * MINUTE)
        card.show_job(harness.job(), demo_status())
    assert card.sentence.text().startswith("This takes longer than usual.")
    assert not card.property("tone")


@fault("P11")
@in_virtual_time
async def test_two_hours_offline_end_by_themselves_with_looks_spread_apart(
    tmp_path: Path, key: str
) -> None:
    service = FakeService()
    service.answers |= {"job": offline, "jobs": no_list}
    jobs = [accepted_job(n, age_s=30) for n in range(1, 9)]
    async with memory_harness(service, tmp_path, key).begin_with(*jobs) as harness:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(2 * HOUR)
        assert harness.engine.session.status.connection is Connection.OFFLINE
        assert set(harness.states()) == {S.ACCEPTED}
        looks = service.times("job")
        assert 100 <= len(looks) <= 200  # about one a minute, for all jobs together
        back = loop.time()
        del service.answers["job"]
        for job in jobs:
            service.has(job.remote_id or "")
        await asyncio.sleep(2 * MINUTE)
        assert harness.engine.session.status.connection is Connection.ONLINE
        due = [t for t in service.times("job") if t >= back]
        assert len(due) >= 8
        assert busiest_minute(due) <= 30
        gaps = [b - a for a, b in itertools.pairwise(due[:8])]
        assert sum(gap > 0.05 for gap in gaps) >= 3  # without the spread there is none
        service.finish_all()
        await harness.until(lambda: set(harness.states()) == {S.SAVED}, within_s=6 * MINUTE)


@fault("P11")
@in_virtual_time
async def test_what_waits_offline_is_sent_once_when_the_network_is_back(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        port = int(service.url.rsplit(":", 1)[1])
        async with paid_harness(service, tmp_path, key) as harness:
            service.status = "processing"
            await harness.ask()
            await harness.until_states(S.ACCEPTED)
            service.api.__exit__()
            await harness.ask()
            await asyncio.sleep(2 * HOUR)
            assert harness.states() == [S.ACCEPTED, S.QUEUED]
            assert harness.held_for() is HoldReason.OFFLINE
            service.api = ScriptedServer(service.api._answer, port=port)
            service.api.__enter__()
            service.status = "completed"
            await harness.until_states(S.SAVED, S.SAVED)
            assert len(service.charges) == 2
