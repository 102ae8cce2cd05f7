"""The engine on plain asyncio with real threads, database and simulator; restarts and origins."""

from __future__ import annotations

import asyncio
import contextlib
import time
from decimal import Decimal
from pathlib import Path

import pytest

from pixverse_desktop.core.engine import submitter
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.spending import Limits
from pixverse_desktop.core.jobs.states import IllegalTransition, JobState
from pixverse_desktop.core.model.request import default_request
from pixverse_desktop.core.service import HoldReason, custom_origin
from pixverse_desktop.services.told_body import read_body
from pixverse_desktop.store.job_store import JobStore, StoreError
from tests.support.engine_harness import harness_on, live_harness
from tests.support.factories import SHORT
from tests.support.loops import asynchronous
from tests.support.simulator_process import SimulatorProcess


@asynchronous
async def test_a_job_becomes_a_clip_with_every_step_in_order(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        job = await harness.engine.generate(SHORT)
        assert job.request.seed is not None
        await harness.until_saved(1)
        order = list(dict.fromkeys(harness.sink.states[job.id]))
        assert order == ["queued", "submitting", "accepted", "verified", "saved"]
        saved = harness.repository.get(job.id)
        assert saved.clip is not None
        assert (saved.clip.width, saved.clip.height, saved.clip.has_audio) == (640, 360, True)
        assert Path(saved.clip.path).stat().st_size == saved.clip.size_bytes
        charge = simulator.ledger()[-1]
        assert charge["jobId"] == saved.remote_id
        assert charge["input"]["seed"] == job.request.seed
        assert harness.sink.status is not None
        assert harness.sink.status.credits == charge["balance_after"]
        assert harness.engine.expected_s(SHORT) is not None


@pytest.mark.parametrize("model_id", ["pixverse-v6", "seedance-story"])
@asynchronous
async def test_the_told_body_is_the_one_that_arrives(
    model_id: str, simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    shots = {"multi_prompt": [{"prompt": "a", "duration": 2}, {"prompt": "b", "duration": 3}],
             "elements": ["fox"], "tier": "3"}  # fmt: skip
    values = {"duration_s": 5, "seed": 5, **(shots if model_id == "seedance-story" else {})}
    async with harness_on(simulator, data_dir, key) as harness:
        await harness.engine.choose_model(model_id)
        caps = harness.engine.session.models.get(model_id)
        request = default_request(caps).changed(prompt="a fox", **values)
        before = len(simulator.ledger())
        told = read_body(await harness.engine.encoded(request))
        assert len(simulator.ledger()) == before  # telling it sends nothing
        await harness.engine.generate(request)
        await harness.until_saved(1)
        assert simulator.ledger()[-1]["input"] == told
        assert key not in str(told)
        if model_id == "seedance-story":
            assert (told["multi_prompt"], told["tier"]) == (shots["multi_prompt"], 3)


@asynchronous
async def test_only_so_many_run_at_a_time(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    most = 0

    async with harness_on(simulator, data_dir, key, jobs_at_a_time=2) as harness:
        for _ in range(6):
            await harness.engine.generate(SHORT)

        def look() -> bool:
            nonlocal most
            most = max(most, harness.engine.session.in_flight())
            return len(harness.in_state(JobState.SAVED)) == 6

        await harness.until(look)
    assert 1 <= most <= 2


@asynchronous
async def test_a_restart_polls_what_was_accepted_and_keeps_what_waits(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())
    simulator.settings(min_job_s=1.0)

    async with harness_on(simulator, data_dir, key, jobs_at_a_time=1) as harness:
        await harness.engine.generate(SHORT)
        await harness.engine.generate(SHORT)
        await harness.until(lambda: bool(harness.in_state(JobState.ACCEPTED)))
    async with harness_on(simulator, data_dir, key) as harness:
        await harness.until_saved(2)
    assert len(simulator.ledger()) == before + 2


@asynchronous
async def test_what_was_in_the_air_is_unconfirmed_and_never_sent_again(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(list_mode="none")
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        harness.engine.pause()
        job = await harness.engine.generate(SHORT)
        # The state a crash between commit and answer leaves behind.
        await harness.repository.transition(job.id, JobState.SUBMITTING)
    async with harness_on(simulator, data_dir, key) as harness:
        (job,) = harness.in_state(JobState.UNCONFIRMED)
        assert job.problem is not None
        assert "charged" in job.problem.message
        harness.engine.resume()
        await harness.engine.generate(SHORT)
        await harness.until_saved(1)
        assert harness.repository.get(job.id).state is JobState.UNCONFIRMED
    assert len(simulator.ledger()) == before + 1


@pytest.mark.parametrize("kind", ["drop_after_charge", "reset_after_charge"])
@asynchronous
async def test_a_lost_answer_is_found_in_the_list(
    simulator: SimulatorProcess, data_dir: Path, key: str, kind: str
) -> None:
    simulator.fault("run", kind)
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        job = await harness.engine.generate(SHORT)
        await harness.until_saved(1)
        assert JobState.UNCONFIRMED in harness.sink.states[job.id]
    assert len(simulator.ledger()) == before + 1


@asynchronous
async def test_the_users_three_choices(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(list_mode="none")
    simulator.fault("run", "drop_after_charge", times=2)
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        one = await harness.engine.generate(SHORT)
        two = await harness.engine.generate(SHORT)
        await harness.until(lambda: len(harness.in_state(JobState.UNCONFIRMED)) == 2)
        await harness.engine.drop_unconfirmed(one.id)
        # Two lost answers in a row: nothing more is sent until the user decides.
        assert harness.sink.status is not None
        assert harness.sink.status.hold is not None
        assert harness.sink.status.hold.reason is HoldReason.UNCERTAIN
        again = await harness.engine.send_again(two.id)
        await harness.until_saved(1)
        assert harness.repository.get(again.id).retry_of == two.id
        assert len(harness.in_state(JobState.DROPPED)) == 2
    assert len(simulator.ledger()) == before + 3


@asynchronous
async def test_402_holds_the_queue_until_the_user_goes_on(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.control("refill", {"credits": 10})

    async with harness_on(simulator, data_dir, key) as harness:
        for _ in range(3):
            await harness.engine.generate(SHORT)
        await harness.until(
            lambda: (
                harness.sink.status is not None
                and harness.sink.status.hold is not None
                and harness.sink.status.hold.reason is HoldReason.CREDITS
            )
        )
        assert len(harness.in_state(JobState.QUEUED)) == 2
        await harness.until_saved(1)
        simulator.control("refill", {"credits": 100})
        harness.engine.resume()
        await harness.until_saved(3)


@asynchronous
async def test_429_waits_and_goes_on(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.fault("run", "status", status=429, headers={"Retry-After": "1"})
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        await harness.engine.generate(SHORT)
        await harness.until_saved(1)
    assert len(simulator.ledger()) == before + 1


@asynchronous
async def test_an_expired_link_is_refreshed(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.fault("download", "expired_url")

    async with harness_on(simulator, data_dir, key) as harness:
        await harness.engine.generate(SHORT)
        await harness.until_saved(1)


@asynchronous
async def test_a_cut_clip_is_never_saved(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.fault("download", "cut", fraction=0.5)
    simulator.fault("download", "cut_no_length", fraction=0.7)
    simulator.fault("download", "wrong_body")

    async with harness_on(simulator, data_dir, key) as harness:
        await harness.engine.generate(SHORT)
        await harness.until_saved(1)
    assert not list(data_dir.rglob("*.part"))


@asynchronous
async def test_a_job_of_one_service_is_never_sent_to_another(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        harness.engine.pause()
        await harness.engine.generate(SHORT)
    before = len(simulator.ledger())
    with SimulatorProcess(tmp_path / "other") as other:
        other.settings(render="cached")
        async with live_harness(data_dir, custom_origin(other.api_url), key) as harness:
            await harness.engine.generate(SHORT)
            await harness.until_saved(1)
            assert len(harness.in_state(JobState.QUEUED)) == 1
        assert len(other.ledger()) == 1
    assert len(simulator.ledger()) == before


@asynchronous
async def test_a_broken_list_does_not_stop_polling(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(min_job_s=1)
    simulator.fault("jobs", "status", status=500, body="<html>", times=None)

    async with harness_on(simulator, data_dir, key) as harness:
        for _ in range(3):
            await harness.engine.generate(SHORT)
        await harness.until_saved(3)


@asynchronous
async def test_a_job_withdrawn_while_it_is_prepared_leaves_the_queue_running(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        for _ in range(3):
            job = await harness.engine.generate(SHORT)
            with contextlib.suppress(IllegalTransition):
                await harness.engine.withdraw(job.id)
        await harness.engine.generate(SHORT)
        await harness.until_saved(1)


@pytest.mark.logs_warnings
@asynchronous
async def test_a_database_that_fails_for_a_moment_stops_nothing(
    simulator: SimulatorProcess, data_dir: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to a paid request is kept through a failing commit."""
    real = JobStore.update_job
    failures = iter([True, True])

    def failing(self: JobStore, job: Job, expected: JobState) -> bool:
        if job.state is JobState.ACCEPTED and next(failures, False):
            raise StoreError(problem(ProblemCode.STORE))
        return real(self, job, expected)

    monkeypatch.setattr(JobStore, "update_job", failing)
    monkeypatch.setattr(submitter, "_KEEP_RETRY_S", 0.05)
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        await harness.engine.generate(SHORT)
        await harness.until_saved(1)
    assert len(simulator.ledger()) == before + 1


@asynchronous
async def test_a_second_retry_of_the_same_job_is_refused(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.fault("run", "status", status=400, body="{}")

    async with harness_on(simulator, data_dir, key) as harness:
        job = await harness.engine.generate(SHORT)
        await harness.until(lambda: bool(harness.in_state(JobState.REJECTED)))
        both = await asyncio.gather(
            harness.engine.retry(job.id), harness.engine.retry(job.id), return_exceptions=True
        )
        assert sum(isinstance(result, UserError) for result in both) == 1
        with pytest.raises(UserError):
            await harness.engine.retry(job.id)
        await harness.until_saved(1)
        assert len(harness.repository.all()) == 2


@asynchronous
async def test_removing_and_undoing(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        harness.engine.pause()
        job = await harness.engine.generate(SHORT)
        assert (await harness.engine.remove(job.id)).state is JobState.WITHDRAWN
        assert (await harness.engine.undo_remove(job.id)).state is JobState.QUEUED
        harness.engine.resume()
        await harness.until_saved(1)
        assert (await harness.engine.remove(job.id)).hidden
        assert not (await harness.engine.undo_remove(job.id)).hidden


@asynchronous
async def test_another_price_than_expected_holds_the_queue(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(credit_cost=40)

    async with harness_on(simulator, data_dir, key) as harness:
        job = await harness.engine.generate(SHORT)
        if job.price != 40:  # the live price had not arrived yet: told before it is sent
            await harness.until(lambda: harness.engine.session.status.hold is not None)
            hold = harness.engine.session.status.hold
            assert hold is not None
            assert hold.reason is HoldReason.COST
            assert hold.problem is not None
            assert "The next clip may cost 40 credits instead of 10" in hold.problem.message
            assert harness.in_state(JobState.QUEUED)
            harness.engine.resume()
        await harness.until_saved(1)
        assert harness.repository.get(job.id).credit_cost == 40


@asynchronous
async def test_the_daily_limit_stops_the_queue_until_it_is_raised(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key, limits=Limits(Decimal(25))) as harness:
        for _ in range(4):
            await harness.engine.generate(SHORT)
        await harness.until_saved(2)
        await harness.until(lambda: harness.engine.session.status.hold is not None)
        hold = harness.engine.session.status.hold
        assert hold is not None
        assert hold.reason is HoldReason.LIMIT
        assert hold.problem is not None
        assert "25 credits" in hold.problem.message
        assert len(harness.in_state(JobState.QUEUED)) == 2
        harness.engine.configure(4, limits=Limits(Decimal(30)))
        await harness.until_saved(3)
        await harness.until(lambda: harness.engine.session.status.hold is not None)
        harness.engine.resume()  # the user goes on in spite of it
        await harness.until_saved(4)
    assert len(simulator.ledger()) == before + 4


def test_a_lost_answer_is_matched_by_time_where_the_list_shows_no_inputs(
    tmp_path: Path, data_dir: Path, key: str
) -> None:
    # A service of its own: jobs of other tests would make the match ambiguous, and refused.
    with SimulatorProcess(tmp_path / "service") as simulator:
        simulator.settings(render="cached", list_mode="bare")
        _lose_one_answer(simulator, data_dir, key)


@asynchronous
async def _lose_one_answer(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.fault("run", "drop_after_charge")
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        first = await harness.engine.generate(SHORT)
        await harness.engine.generate(SHORT)
        await harness.until_saved(2)
        found = harness.repository.get(first.id)
        assert found.matched_by_time
        assert found.problem is not None
        assert found.problem.code is ProblemCode.MATCHED  # the user is asked to look
        charges = simulator.ledger()[before:]
        assert found.remote_id == charges[0]["jobId"]
        # Nothing else was sent until it was found: or the two could not be told apart.
        states = harness.sink.history
        assert states.index(JobState.UNCONFIRMED) < states.index(JobState.SAVED)
    assert len(simulator.ledger()) == before + 2


@asynchronous
async def test_sending_again_waits_until_it_was_looked_for(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.fault("run", "drop")
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        job = await harness.engine.generate(SHORT)
        await harness.until(lambda: bool(harness.in_state(JobState.UNCONFIRMED)))
        with pytest.raises(UserError, match="still being looked for"):
            await harness.engine.send_again(job.id)
        await harness.repository.update(job.id, list_reads=5, submitted_at=time.time() - 601)
        await harness.engine.send_again(job.id)
        await harness.until_saved(1)
    assert len(simulator.ledger()) == before + 1
