"""Odd receipts of a paid request, S24 and S25."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import HoldReason
from tests.faults.catalogue import fault
from tests.support.engine_harness import paid_harness
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import ScriptedServer, reply

S = JobState


MINUTE, HOUR = 60.0, 3600.0


@pytest.mark.parametrize(
    ("changes", "charged", "balance", "says"),
    [
        pytest.param({"creditCost": 40}, 40, 490, "charged 40 credits instead of 10",
                     marks=fault("S24"), id="S24-40"),
        pytest.param({"creditCost": 0}, 0, 490, "",
                     marks=fault("S24"), id="S24-0"),
        pytest.param({"creditCost": None}, None, 490, "did not say what it charged",
                     marks=fault("S24"), id="S24-missing"),
        pytest.param({"creditCost": "10"}, 10, 490, "",
                     marks=fault("S24"), id="S24-text"),
        pytest.param({"creditCost": -40}, None, 490, "did not say what it charged",
                     marks=fault("S24"), id="S24-negative"),
        pytest.param({"creditsRemaining": -5}, 10, None, "", marks=fault("S24"), id="S24-left-neg"),
        pytest.param({"creditsRemaining": "95"}, 10, None, "", marks=fault("S24"), id="S24-left-text"),
        pytest.param({"creditsRemaining": True}, 10, None, "", marks=fault("S24"), id="S24-left-true"),
        pytest.param({"creditsRemaining": None}, 10, None, "", marks=fault("S24"), id="S24-left-none"),
    ],
)  # fmt: skip
@in_virtual_time
async def test_an_odd_price_is_accepted_and_stops_the_queue(
    changes: dict[str, object],
    charged: int | None,
    balance: int | None,
    says: str,
    tmp_path: Path,
    key: str,
) -> None:
    with PaidService() as service:
        service.next["run"] = [service.receipt(**changes)]
        async with paid_harness(service, tmp_path, key) as harness:
            first, _ = await harness.ask(2)
            await harness.until(lambda: harness.job(first).state is S.SAVED)
            assert harness.job(first).credit_cost == charged
            if says:
                assert harness.engine.session.status.credits == balance
                assert harness.held_for() is HoldReason.COST
                assert harness.hold
                assert harness.hold.problem
                assert says in harness.hold.problem.message
                await asyncio.sleep(HOUR)
                assert harness.states() == [S.SAVED, S.QUEUED]
                harness.engine.resume()
            await harness.until_states(S.SAVED, S.SAVED)
            assert len(service.charges) == 2
            assert harness.engine.session.status.credits == 480


@fault("S24")
@in_virtual_time
async def test_a_service_that_never_names_its_price_is_told_of_once(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.always["run"] = service.receipt(creditCost=None)
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask(3)
            await harness.until(lambda: harness.held_for() is HoldReason.COST)
            harness.engine.resume()
            await harness.until_states(S.SAVED, S.SAVED, S.SAVED)
            assert harness.hold is None


@fault("S24")
@in_virtual_time
async def test_an_odd_balance_is_not_shown(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.status = "processing"
        service.always["run"] = service.receipt(creditsRemaining=-5)
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            service.next["job"] = [service.shows(creditsRemaining="-1", creditCost=-3)]
            await asyncio.sleep(MINUTE)
            assert harness.engine.session.status.credits is None
            assert harness.job().credit_cost == 10


@fault("S25")
@in_virtual_time
async def test_a_status_address_elsewhere_is_never_visited(tmp_path: Path, key: str) -> None:
    with PaidService() as service, ScriptedServer(reply("200 OK", b"{}")) as evil:
        steal = f"{evil.url}/steal"
        service.next["run"] = [service.receipt(statusUrl=steal)]
        service.next["job"] = [service.shows(status="processing", statusUrl=steal)]
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
        assert set(service.looks()) == {"/api/v1/jobs/job_1"}
        assert evil.requests == []
