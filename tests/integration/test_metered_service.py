"""Sixty clips of every shape at a service that bills by second, resolution and sound."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import time
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.jobs.ledger import Source
from pixverse_desktop.core.jobs.spending import Limits
from pixverse_desktop.core.jobs.states import JobState as S
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import HoldReason
from tests.support.engine_harness import EngineHarness, paid_harness
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import reply

# Credits a second, silent and with sound.
RATES = {
    "360p": ("0.83", "1.17"), "540p": ("1.17", "1.5"), "720p": ("1.5", "2"), "1080p": ("3", "3.83"),
}  # fmt: skip
SHAPES = [
    ClipRequest(f"clip {resolution} {seconds}", resolution=resolution, audio=audio, duration_s=seconds)
    for resolution in RATES for audio in (False, True) for seconds in (1, 3, 5, 5, 8, 12, 15)
]  # fmt: skip
SIXTY = [*SHAPES, *SHAPES[:4]]
random.Random(12).shuffle(SIXTY)
DAY = 86_400.0


class Meter:
    """Bills each request that comes, and names what is left."""

    def __init__(self, service: PaidService) -> None:
        self._service = service
        self.left = Decimal(2000)
        self.bills: list[tuple[float, Decimal]] = []  # when, credits
        service.always["run"] = self.answer

    def answer(self, connection: socket.socket, request: bytes) -> None:
        done = self._service.charge(request)
        cost = cost_of(done.sent)
        self.left -= cost
        self.bills.append((done.created_at, cost))
        receipt = {"jobId": done.job_id, "status": "pending", "creditCost": float(cost),
                   "creditsRemaining": str(self.left)}  # fmt: skip
        reply("202 Accepted", json.dumps(receipt).encode())(connection, request)


def cost_of(sent: dict[str, Any]) -> Decimal:
    return Decimal(RATES[sent["resolution"]][sent["generate_audio"]]) * sent["duration"]


async def saved(harness: EngineHarness, count: int, step_s: float = 5.0) -> int:
    """Go on whenever the queue stops for a price, until ``count`` clips are saved."""
    stops = 0
    while len(harness.in_state(S.SAVED)) < count:
        if harness.held_for() is HoldReason.COST:
            stops += 1
            harness.engine.resume()
        await asyncio.sleep(step_s)
    return stops


async def sums_close(engine: Engine, meter: Meter) -> None:
    ledger = await engine.ledger()
    assert ledger.total(Source.CHARGED) == sum(cost for _, cost in meter.bills)
    assert {row.source for row in ledger.rows} == {Source.CHARGED}
    assert len(ledger.rows) == len(SIXTY)
    assert engine.session.status.credits == meter.left


@in_virtual_time
async def test_prices_are_learned_and_the_sums_are_the_services(tmp_path: Path, key: str) -> None:
    seen: defaultdict[tuple[str, bool], set[int]] = defaultdict(set)
    with PaidService() as service:
        meter = Meter(service)
        async with paid_harness(service, tmp_path, key) as harness:
            for number, request in enumerate(SIXTY, 1):
                announced = harness.engine.price(request)
                await harness.ask(1, request)
                stops = await saved(harness, number)
                cost = meter.bills[-1][1]
                lengths = seen[request.resolution, request.audio]
                if request.duration_s in lengths or len(lengths) > 1:
                    assert (announced.low, announced.high) == (cost, cost)
                assert stops == (cost > announced.high)
                lengths.add(request.duration_s)
            await sums_close(harness.engine, meter)


@in_virtual_time
async def test_limits_are_never_passed(tmp_path: Path, key: str) -> None:
    limits = Limits(day=Decimal(130), week=Decimal(500), clip=Decimal(58))
    with PaidService() as service:
        meter = Meter(service)
        async with paid_harness(service, tmp_path, key, limits=limits) as harness:
            for request in SIXTY:
                await harness.ask(1, request)
            async with asyncio.timeout(60 * DAY):
                await saved(harness, len(SIXTY), step_s=900.0)
            await sums_close(harness.engine, meter)
    days: defaultdict[str, Decimal] = defaultdict(Decimal)
    weeks: defaultdict[str, Decimal] = defaultdict(Decimal)
    for at, cost in meter.bills:
        days[time.strftime("%Y-%j", time.localtime(at))] += cost
        weeks[time.strftime("%Y-%W", time.localtime(at))] += cost
    assert len(days) > 2
    assert max(days.values()) <= limits.day
    assert max(weeks.values()) <= limits.week
    assert len(service.api.requests) < len(days) * 24 * 6  # also while it waits for midnight
