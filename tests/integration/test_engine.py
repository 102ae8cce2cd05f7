"""The engine on plain asyncio with real threads, database and simulator; restarts and origins."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path

import pytest

from pixverse_desktop.core.engine import submitter
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import IllegalTransition, JobState
from pixverse_desktop.core.service import HoldReason, custom_origin
from pixverse_desktop.store.job_store import JobStore, StoreError
from tests.desk import SHORT, Desk, desk, run
from tests.simulator_process import SimulatorProcess


def test_a_job_becomes_a_clip_with_every_step_in_order(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            job = await d.engine.generate(SHORT)
            assert job.request.seed is not None
            await d.until_saved(1)
            order = list(dict.fromkeys(d.seen.states))
            assert order == ["queued", "submitting", "accepted", "verified", "saved"]
            saved = d.repository.get(job.id)
            assert saved.clip is not None
            assert (saved.clip.width, saved.clip.height, saved.clip.has_audio) == (640, 360, True)
            assert Path(saved.clip.path).stat().st_size == saved.clip.size_bytes
            charge = simulator.ledger()[-1]
            assert charge["jobId"] == saved.remote_id
            assert charge["input"]["seed"] == job.request.seed
            assert d.seen.status is not None
            assert d.seen.status.credits == charge["balance_after"]
            assert d.engine.expected_s(SHORT) is not None

    run(work())


def test_only_so_many_run_at_a_time(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    most = 0

    async def work() -> None:
        nonlocal most
        async with desk(simulator, data_dir, key, jobs_at_a_time=2) as d:
            for _ in range(6):
                await d.engine.generate(SHORT)

            def look() -> bool:
                nonlocal most
                most = max(most, d.engine.session.in_flight())
                return len(d.in_state(JobState.SAVED)) == 6

            await d.seen.until(look)

    run(work())
    assert 1 <= most <= 2


def test_a_restart_polls_what_was_accepted_and_keeps_what_waits(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())
    simulator.settings(min_job_s=1.0)

    async def first() -> None:
        async with desk(simulator, data_dir, key, jobs_at_a_time=1) as d:
            await d.engine.generate(SHORT)
            await d.engine.generate(SHORT)
            await d.seen.until(lambda: bool(d.in_state(JobState.ACCEPTED)))

    async def second() -> None:
        async with desk(simulator, data_dir, key) as d:
            await d.until_saved(2)

    run(first())
    run(second())
    assert len(simulator.ledger()) == before + 2


def test_what_was_in_the_air_is_unconfirmed_and_never_sent_again(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(list_mode="none")
    before = len(simulator.ledger())

    async def first() -> None:
        async with desk(simulator, data_dir, key) as d:
            d.engine.pause()
            job = await d.engine.generate(SHORT)
            # The state a crash between commit and answer leaves behind.
            await d.repository.transition(job.id, JobState.SUBMITTING)

    async def second() -> None:
        async with desk(simulator, data_dir, key) as d:
            (job,) = d.in_state(JobState.UNCONFIRMED)
            assert job.problem is not None
            assert "charged" in job.problem.message
            d.engine.resume()
            await d.engine.generate(SHORT)
            await d.until_saved(1)
            assert d.repository.get(job.id).state is JobState.UNCONFIRMED

    run(first())
    run(second())
    assert len(simulator.ledger()) == before + 1


@pytest.mark.parametrize("kind", ["drop_after_charge", "reset_after_charge"])
def test_a_lost_answer_is_found_in_the_list(
    simulator: SimulatorProcess, data_dir: Path, key: str, kind: str
) -> None:
    simulator.fault("run", kind)
    before = len(simulator.ledger())

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            await d.engine.generate(SHORT)
            await d.until_saved(1)
            assert JobState.UNCONFIRMED in d.seen.states

    run(work())
    assert len(simulator.ledger()) == before + 1


def test_the_users_three_choices(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.settings(list_mode="none")
    simulator.fault("run", "drop_after_charge", times=2)
    before = len(simulator.ledger())

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            one = await d.engine.generate(SHORT)
            two = await d.engine.generate(SHORT)
            await d.seen.until(lambda: len(d.in_state(JobState.UNCONFIRMED)) == 2)
            await d.engine.drop_unconfirmed(one.id)
            # Two lost answers in a row: nothing more is sent until the user decides.
            assert d.seen.status is not None
            assert d.seen.status.hold is not None
            assert d.seen.status.hold.reason is HoldReason.UNCERTAIN
            again = await d.engine.send_again(two.id)
            await d.until_saved(1)
            assert d.repository.get(again.id).retry_of == two.id
            assert len(d.in_state(JobState.DROPPED)) == 2

    run(work())
    assert len(simulator.ledger()) == before + 3


def test_402_holds_the_queue_until_the_user_goes_on(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.control("refill", {"credits": 10})

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            for _ in range(3):
                await d.engine.generate(SHORT)
            await d.seen.until(
                lambda: (
                    d.seen.status is not None
                    and d.seen.status.hold is not None
                    and d.seen.status.hold.reason is HoldReason.CREDITS
                )
            )
            assert len(d.in_state(JobState.QUEUED)) == 2
            await d.until_saved(1)
            simulator.control("refill", {"credits": 100})
            d.engine.resume()
            await d.until_saved(3)

    run(work())


def test_429_waits_and_goes_on(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.fault("run", "status", status=429, headers={"Retry-After": "1"})
    before = len(simulator.ledger())

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            await d.engine.generate(SHORT)
            await d.until_saved(1)

    run(work())
    assert len(simulator.ledger()) == before + 1


def test_an_expired_link_is_refreshed(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.fault("download", "expired_url")

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            await d.engine.generate(SHORT)
            await d.until_saved(1)

    run(work())


def test_a_cut_clip_is_never_saved(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.fault("download", "cut", fraction=0.5)
    simulator.fault("download", "cut_no_length", fraction=0.7)
    simulator.fault("download", "wrong_body")

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            await d.engine.generate(SHORT)
            await d.until_saved(1)

    run(work())
    assert not list(data_dir.rglob("*.part"))


def test_a_job_of_one_service_is_never_sent_to_another(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    async def first() -> None:
        async with desk(simulator, data_dir, key) as d:
            d.engine.pause()
            await d.engine.generate(SHORT)

    async def second(other: SimulatorProcess) -> None:
        async with Desk(data_dir, custom_origin(other.api_url), key) as d:
            await d.engine.generate(SHORT)
            await d.until_saved(1)
            assert len(d.in_state(JobState.QUEUED)) == 1

    run(first())
    before = len(simulator.ledger())
    with SimulatorProcess(tmp_path / "other") as other:
        other.settings(render="cached")
        run(second(other))
        assert len(other.ledger()) == 1
    assert len(simulator.ledger()) == before


def test_a_broken_list_does_not_stop_polling(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(min_job_s=1)
    simulator.fault("jobs", "status", status=500, body="<html>", times=None)

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            for _ in range(3):
                await d.engine.generate(SHORT)
            await d.until_saved(3)

    run(work())


def test_a_job_withdrawn_while_it_is_prepared_leaves_the_queue_running(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            for _ in range(3):
                job = await d.engine.generate(SHORT)
                with contextlib.suppress(IllegalTransition):
                    await d.engine.withdraw(job.id)
            await d.engine.generate(SHORT)
            await d.until_saved(1)

    run(work())


@pytest.mark.logs_warnings
def test_a_database_that_fails_for_a_moment_stops_nothing(
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

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            await d.engine.generate(SHORT)
            await d.until_saved(1)

    run(work())
    assert len(simulator.ledger()) == before + 1


def test_a_second_retry_of_the_same_job_is_refused(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.fault("run", "status", status=400, body="{}")

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            job = await d.engine.generate(SHORT)
            await d.seen.until(lambda: bool(d.in_state(JobState.REJECTED)))
            both = await asyncio.gather(
                d.engine.retry(job.id), d.engine.retry(job.id), return_exceptions=True
            )
            assert sum(isinstance(result, UserError) for result in both) == 1
            with pytest.raises(UserError):
                await d.engine.retry(job.id)
            await d.until_saved(1)
            assert len(d.repository.all()) == 2

    run(work())


def test_removing_and_undoing(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            d.engine.pause()
            job = await d.engine.generate(SHORT)
            assert (await d.engine.remove(job.id)).state is JobState.WITHDRAWN
            assert (await d.engine.undo_remove(job.id)).state is JobState.QUEUED
            d.engine.resume()
            await d.until_saved(1)
            assert (await d.engine.remove(job.id)).hidden
            assert not (await d.engine.undo_remove(job.id)).hidden

    run(work())


def test_another_price_than_expected_holds_the_queue(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(credit_cost=40)

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            job = await d.engine.generate(SHORT)
            if job.price != 40:  # the live price had not arrived yet: told before it is sent
                await d.seen.until(lambda: d.engine.session.status.hold is not None)
                hold = d.engine.session.status.hold
                assert hold is not None
                assert hold.reason is HoldReason.COST
                assert hold.problem is not None
                assert "The next clip may cost 40 credits instead of 10" in hold.problem.message
                assert d.in_state(JobState.QUEUED)
                d.engine.resume()
            await d.until_saved(1)
            assert d.repository.get(job.id).credit_cost == 40

    run(work())


def test_the_daily_limit_stops_the_queue_until_it_is_raised(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())

    async def work() -> None:
        async with desk(simulator, data_dir, key, daily_limit=25) as d:
            for _ in range(4):
                await d.engine.generate(SHORT)
            await d.until_saved(2)
            await d.seen.until(lambda: d.engine.session.status.hold is not None)
            hold = d.engine.session.status.hold
            assert hold is not None
            assert hold.reason is HoldReason.LIMIT
            assert hold.problem is not None
            assert "25 credits" in hold.problem.message
            assert len(d.in_state(JobState.QUEUED)) == 2
            d.engine.configure(4, daily_limit=30)
            await d.until_saved(3)
            await d.seen.until(lambda: d.engine.session.status.hold is not None)
            d.engine.resume()  # the user goes on in spite of it
            await d.until_saved(4)

    run(work())
    assert len(simulator.ledger()) == before + 4


def test_a_lost_answer_is_matched_by_time_where_the_list_shows_no_inputs(
    tmp_path: Path, data_dir: Path, key: str
) -> None:
    # A service of its own: jobs of other tests would make the match ambiguous, and refused.
    with SimulatorProcess(tmp_path / "service") as simulator:
        simulator.settings(render="cached", list_mode="bare")
        _lose_one_answer(simulator, data_dir, key)


def _lose_one_answer(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.fault("run", "drop_after_charge")
    before = len(simulator.ledger())

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            first = await d.engine.generate(SHORT)
            await d.engine.generate(SHORT)
            await d.until_saved(2)
            found = d.repository.get(first.id)
            assert found.matched_by_time
            assert found.problem is not None
            assert found.problem.code is ProblemCode.MATCHED  # the user is asked to look
            charges = simulator.ledger()[before:]
            assert found.remote_id == charges[0]["jobId"]
            # Nothing else was sent until it was found: or the two could not be told apart.
            states = d.seen.states
            assert states.index(JobState.UNCONFIRMED) < states.index(JobState.SAVED)

    run(work())
    assert len(simulator.ledger()) == before + 2


def test_sending_again_waits_until_it_was_looked_for(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.fault("run", "drop")
    before = len(simulator.ledger())

    async def work() -> None:
        async with desk(simulator, data_dir, key) as d:
            job = await d.engine.generate(SHORT)
            await d.seen.until(lambda: bool(d.in_state(JobState.UNCONFIRMED)))
            with pytest.raises(UserError, match="still being looked for"):
                await d.engine.send_again(job.id)
            await d.repository.update(job.id, list_reads=5, submitted_at=time.time() - 601)
            await d.engine.send_again(job.id)
            await d.until_saved(1)

    run(work())
    assert len(simulator.ledger()) == before + 1
