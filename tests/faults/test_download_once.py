"""One clip is fetched once, D18."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.ports import Phase
from tests.faults.catalogue import fault
from tests.support.downloads import (
    SHA,
    saved_as_sent,
)
from tests.support.engine_harness import memory_harness, paid_harness
from tests.support.factories import accepted_job
from tests.support.fake_service import FakeService
from tests.support.loops import in_virtual_time, soon
from tests.support.paid_service import PaidService

S = JobState


MINUTE, HOUR = 60.0, 3600.0


@fault("D18")
@in_virtual_time
async def test_a_clip_asked_for_again_and_again_is_fetched_once(tmp_path: Path, key: str) -> None:
    together = most = 0

    async def slowly(url: str, part: Path) -> str:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(10 * MINUTE)
        together -= 1
        return SHA

    service = FakeService()
    service.answers["download"] = slowly
    service.has("job_1")
    service.has("job_2")
    service.finish_all()
    jobs = accepted_job(1, age_s=60), accepted_job(2, age_s=60)
    async with memory_harness(service, tmp_path, key).begin_with(*jobs) as harness:
        await soon(lambda: len(service.times("download")) == 2)
        for _ in range(20):
            await harness.engine.check_now("local1")
            await asyncio.sleep(11)
        await harness.until_states(S.SAVED, S.SAVED, within_s=HOUR)
        assert len(service.times("download")) == 2
        assert most == 2  # two jobs, one writer each


@fault("D18")
@in_virtual_time
async def test_at_most_four_clips_come_at_a_time(tmp_path: Path, key: str) -> None:
    together = most = 0

    async def slowly(url: str, part: Path) -> str:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(MINUTE)
        together -= 1
        return SHA

    service = FakeService()
    service.answers["download"] = slowly
    jobs = [accepted_job(n, age_s=60) for n in range(1, 11)]
    for job in jobs:
        service.has(job.remote_id or "", Phase.COMPLETED, "https://media.example/a.mp4")
    async with memory_harness(service, tmp_path, key).begin_with(*jobs) as harness:
        await harness.until(lambda: set(harness.states()) == {S.SAVED}, within_s=HOUR)
        assert len(service.times("download")) == 10
        assert most == 4


@fault("D18")
@in_virtual_time
async def test_a_saved_clip_is_fetched_again_only_when_asked(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.SAVED)
            await harness.engine.check_now(job.id)
            await asyncio.sleep(HOUR)
            assert len(service.media.requests) == 1
            clip = harness.job().clip
            assert clip is not None
            os.unlink(clip.path)
            results = await asyncio.gather(
                *[harness.engine.fetch_again(job.id) for _ in range(3)], return_exceptions=True
            )
            assert results.count(None) == 1
            await harness.until_states(S.SAVED)
            saved_as_sent(harness)
            assert len(service.media.requests) == 2
            assert len(service.charges) == 1
