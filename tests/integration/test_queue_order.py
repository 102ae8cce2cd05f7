"""Order, lanes and edits on real threads, database and simulator: what arrives, and what it costs."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

from pixverse_desktop.core.jobs.states import JobState
from tests.support.engine_harness import harness_on
from tests.support.factories import SHORT
from tests.support.loops import asynchronous
from tests.support.simulator_process import SimulatorProcess

_FRAME_S = 1 / 60


@asynchronous
async def test_what_arrives_is_what_the_queue_showed(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    earlier = len(simulator.ledger())
    async with harness_on(simulator, data_dir, key) as harness:
        harness.engine.pause()
        waiting = harness.engine.waiting
        jobs = {w: await harness.engine.generate(SHORT.changed(prompt=w)) for w in "abcde"}
        await waiting.move([jobs["d"].id, jobs["b"].id], jobs["a"].id)
        await waiting.move([jobs["d"].id], None, background=True)
        await waiting.begin_edit(jobs["c"].id)
        longer = jobs["c"].request.changed(prompt="C", duration_s=3)
        saved = await waiting.save_edit(jobs["c"].id, longer)
        assert saved.price_low != jobs["c"].price_low
    async with harness_on(simulator, data_dir, key, hold_on_cost=False) as harness:
        harness.engine.resume()
        await harness.until_saved(5)
        charges = simulator.ledger()[earlier:]
        assert [charge["input"]["prompt"] for charge in charges] == ["b", "a", "C", "e", "d"]
        assert charges[2]["input"]["duration"] == 3
        assert harness.states() == [JobState.SAVED] * 5


@asynchronous
async def test_moving_a_thousand_keeps_the_loop_free(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        harness.engine.pause()
        first = await harness.engine.generate(SHORT)
        copies = (replace(first, id=f"n{n}", position=first.position + n) for n in range(1, 1000))
        await harness.repository.add(*copies)
        ids = [job.id for job in harness.repository.all()]
        longest, last, moved = 0.0, time.thread_time(), False

        async def watch() -> None:
            nonlocal longest, last
            while not moved:
                await asyncio.sleep(0)
                now = time.thread_time()  # of the loop's own work, whatever else is busy here
                longest, last = max(longest, now - last), now

        watching = asyncio.ensure_future(watch())
        await asyncio.sleep(0)
        last = time.thread_time()
        await harness.engine.waiting.move(ids[::-1], None)
        moved = True
        await watching
        assert [job.id for job in harness.repository.all()] == ids[::-1]
        assert longest < 3 * _FRAME_S  # a tenth of one on an idle machine
