"""Films on the real engine, database and simulator: chains of paid jobs, each from the last still."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.film import Shot
from pixverse_desktop.core.film.plan import Wish
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.service import HoldReason
from pixverse_desktop.services.frames import load_frame
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.store.job_store import JobStore
from tests.support.engine_harness import EngineHarness, harness_on, paid_harness
from tests.support.factories import SHORT, saved_job
from tests.support.films import ENCODED_ONCE, chain, shot, start_frame_error, states
from tests.support.loops import asynchronous, in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.simulator_process import SimulatorProcess

S = JobState
MISSING = Wish()


async def film_of(harness: EngineHarness, *names: str) -> str:
    """The id of a film in which each shot goes on from the one before."""
    film = await harness.engine.films.create("A film", chain(*names).shots)
    return film.id


async def made(harness: EngineHarness, film_id: str, wish: Wish = MISSING) -> list[Job]:
    """Press the button and wait until all of it is there."""
    jobs = await harness.engine.films.make(film_id, wish)
    saved = len(harness.in_state(S.SAVED))
    await harness.until_saved(saved + len(jobs))
    return [harness.job(job) for job in jobs]


def films_states(harness: EngineHarness, film_id: str) -> list[str]:
    return states(harness.engine.films.plan(film_id))


@asynchronous
async def test_each_shot_starts_from_the_exact_last_still_of_the_one_before(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.requests())
    async with harness_on(simulator, data_dir, key) as harness:
        film_id = await film_of(harness, "one", "two", "three")
        jobs = await made(harness, film_id)
        assert films_states(harness, film_id) == ["ready"] * 3
        assert [job.after for job in jobs] == ["", jobs[0].id, jobs[1].id]
        for parent, child in pairwise(jobs):
            frame = child.request.start_frame
            assert frame is not None
            assert frame.parent == parent.id
            assert parent.clip is not None
            jpeg = load_frame(frame, paths_below(data_dir))
            error, allowed = start_frame_error(Path(parent.clip.path), jpeg)
            assert error <= allowed + ENCODED_ONCE  # encoded once, from the picture itself
        sent = [r["body"] for r in simulator.requests()[before:] if r["method"] == "POST"]
        hashes = [body["start_image_url"]["data_uri_sha256"] for body in sent[1:]]
        assert hashes == [job.request.start_frame.value.removesuffix(".jpg") for job in jobs[1:]]  # type: ignore[union-attr]
        assert await made(harness, film_id) == []  # a second press pays for nothing


@asynchronous
async def test_a_chain_goes_on_after_a_restart(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(min_job_s=1.0)
    before = len(simulator.ledger())
    async with harness_on(simulator, data_dir, key) as harness:
        film_id = await film_of(harness, "one", "two", "three")
        jobs = await harness.engine.films.make(film_id, MISSING)
        await harness.until(lambda: harness.job(jobs[0]).state is S.ACCEPTED)
    simulator.settings(min_job_s=0.0)
    async with harness_on(simulator, data_dir, key) as harness:
        assert harness.held_for() is HoldReason.ASK  # what was cut short is asked about once
        assert await harness.engine.films.make(film_id, MISSING) == []
        harness.engine.resume()
        await harness.until_saved(3)
        assert films_states(harness, film_id) == ["ready"] * 3
    assert len(simulator.ledger()) == before + 3


@asynchronous
async def test_a_failure_stops_its_branch_alone_and_a_retry_takes_the_rest_along(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key, jobs_at_a_time=1) as harness:
        film_id = await film_of(harness, "one", "two", "three")
        await harness.engine.films.change(
            film_id, lambda film: replace(film, shots=(*film.shots, shot("alone")))
        )
        simulator.fault("job", "fail_job", error="content moderation")
        await harness.engine.films.make(film_id, MISSING)
        await harness.until_saved(1)
        assert films_states(harness, film_id) == ["failed", "under_way", "under_way", "ready"]
        assert harness.engine.films.plan(film_id).of("two").reason.startswith("It needs “one”")
        assert len(harness.in_state(S.QUEUED)) == 2
        retry = Wish(retry_failed=True)
        new = await made(harness, film_id, retry)
        assert len(new) == 3
        assert films_states(harness, film_id) == ["ready"] * 4
        assert len(harness.in_state(S.WITHDRAWN)) == 2


@asynchronous
async def test_a_parent_whose_file_is_gone_is_fetched_first_free_of_charge(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())
    async with harness_on(simulator, data_dir, key) as harness:
        film_id = await film_of(harness, "one")
        (first,) = await made(harness, film_id)
        assert first.clip is not None
        Path(first.clip.path).unlink()
        await harness.engine.films.change(
            film_id, lambda film: replace(film, shots=chain("one", "two").shots)
        )
        await made(harness, film_id)
        assert Path(harness.job(first).clip.path).exists()  # type: ignore[union-attr]
        assert films_states(harness, film_id) == ["ready"] * 2
    assert len(simulator.ledger()) == before + 2


@asynchronous
async def test_a_clip_that_was_replaced_starts_nothing(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    """Another file of the same name is not what was paid for."""
    async with harness_on(simulator, data_dir, key) as harness:
        film_id = await film_of(harness, "one", "two")
        harness.engine.pause()
        jobs = await harness.engine.films.make(film_id, MISSING)
        harness.engine.resume()
        await harness.until_saved(1)
        harness.engine.pause()
        await harness.until_saved(1)
        first = harness.job(jobs[0])
        assert first.clip is not None
        Path(first.clip.path).write_bytes(b"something else")
        harness.engine.resume()
        await harness.until_saved(2)
        child = harness.job(jobs[1])
        parent = harness.job(first)
        assert parent.clip is not None
        jpeg = load_frame(child.request.start_frame, paths_below(data_dir))  # type: ignore[arg-type]
        error, allowed = start_frame_error(Path(parent.clip.path), jpeg)
        assert error <= allowed + ENCODED_ONCE


@asynchronous
async def test_a_child_of_a_clip_in_the_trash_waits_until_the_user_says_what_then(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        film_id = await film_of(harness, "one", "two")
        harness.engine.pause()
        await made_first(harness, film_id)
        child = harness.in_state(S.QUEUED)[0]
        await harness.engine.remove(child.after)
        harness.engine.resume()
        assert "trash" in harness.engine.films.plan(film_id).of("two").reason
        await harness.engine.films.go_on_from(child.id, "")  # with a cut
        await harness.until_saved(2)
        assert harness.job(child).request.start_frame is None
        plan = harness.engine.films.plan(film_id)
        assert not plan.of("two").shot.continues
        assert str(plan.of("two").state) == "ready"


async def made_first(harness: EngineHarness, film_id: str) -> None:
    """The first of two shots is made, and nothing else is sent."""
    jobs = await harness.engine.films.make(film_id, MISSING)
    await harness.engine.waiting.pause([jobs[1].id])
    harness.engine.resume()
    await harness.until_saved(1)
    harness.engine.pause()
    await harness.engine.waiting.go_on([jobs[1].id])


@asynchronous
async def test_a_shot_ends_on_the_first_picture_of_the_next(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        shots = (
            shot("one"), shot("two", continues=True, meets=True), shot("three"),
        )  # fmt: skip
        film = await harness.engine.films.create("A film", shots)
        jobs = await made(harness, film.id)
        by_shot = {job.shot: job for job in jobs}
        assert by_shot["two"].meets == by_shot["three"].id
        end = by_shot["two"].request.end_frame
        assert end is not None
        assert end.parent == by_shot["three"].id
        assert films_states(harness, film.id) == ["ready"] * 3


@asynchronous
async def test_nothing_is_queued_above_what_was_agreed_to_or_with_a_shot_that_is_wrong(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        films = harness.engine.films
        film_id = await film_of(harness, "one", "two")
        low, high = films.price(films.plan(film_id, MISSING))
        assert 0 < low <= high
        with pytest.raises(UserError, match="agreed"):
            await films.make(film_id, MISSING, ceiling=high - Decimal("0.01"))
        request = shot("two").request.changed(prompt="")
        await films.change(film_id, lambda film: film.with_shot("two", request=request))
        with pytest.raises(UserError, match="Shot “two”"):
            await films.make(film_id, MISSING)
        assert [(one.shot_id, one.field) for one in films.problems(films.get(film_id))] == [
            ("two", "prompt")
        ]
        assert harness.repository.all() == []


@asynchronous
async def test_what_waits_stays_where_the_new_version_may_not_cost_as_much(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        films = harness.engine.films
        harness.engine.pause()
        film_id = await film_of(harness, "one")
        (waits,) = await films.make(film_id, MISSING)
        request = shot("one").request.changed(prompt="another text")
        await films.change(film_id, lambda film: film.with_shot("one", request=request))
        with pytest.raises(UserError, match="agreed"):
            await films.make(film_id, MISSING, ceiling=Decimal("0.5"))
        assert harness.job(waits).state is S.QUEUED
        (new,) = await films.make(film_id, MISSING)
        assert [harness.job(job).state for job in (waits, new)] == [S.WITHDRAWN, S.QUEUED]


@pytest.mark.logs_warnings
@asynchronous
async def test_films_come_back_from_the_journal_when_the_database_is_gone(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        films = harness.engine.films
        kept = await film_of(harness, "one", "two")
        await films.change(kept, lambda film: film.with_shot("two", name="second"))
        gone = await films.create("Another", (shot("x"),))
        await films.remove(gone.id)
        known = films.all()
    for name in ("pixverse.db", "pixverse.db-wal", "pixverse.db-shm"):
        (data_dir / name).unlink(missing_ok=True)
    async with harness_on(simulator, data_dir, key) as harness:
        assert harness.engine.films.all() == known
        assert [one.name for one in known[0].shots] == ["one", "second"]
    (data_dir / "journal.jsonl").unlink()
    for _ in range(2):  # it is written anew
        store = JobStore(data_dir)
        store.open()
        assert store.films.load() == known
        store.close()


@asynchronous
async def test_choosing_keeping_and_duplicating_takes_costs_nothing(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        films = harness.engine.films
        film_id = await film_of(harness, "one", "two")
        first, _ = await made(harness, film_id)
        charges = len(simulator.ledger())
        (second,) = await made(harness, film_id, Wish(again={"one"}, missing=False))
        assert films.plan(film_id).of("one").take == second
        assert films_states(harness, film_id) == ["ready", "out_of_date"]
        assert films.plan(film_id).redone_with("one") == {"two"}
        await films.choose(film_id, "one", first.id)
        assert films_states(harness, film_id) == ["ready", "ready"]
        await films.choose(film_id, "one", "")
        await films.keep(film_id, "two")
        assert films_states(harness, film_id) == ["ready", "ready"]
        copy = await films.duplicate(film_id)
        assert copy.name == "A film 2"
        assert films_states(harness, copy.id) == ["ready", "ready"]
        assert await films.make(copy.id, MISSING) == []
        new = Shot("new", "new", shot("new").request)
        await films.change(film_id, lambda film: replace(film, shots=(*film.shots, new)))
        await films.add_take(film_id, "new", first.id)
        assert films_states(harness, film_id) == ["ready", "ready", "ready"]
        with pytest.raises(UserError, match="no take"):
            await films.choose(film_id, "two", second.id)
        assert len(simulator.ledger()) == charges + 1


@asynchronous
async def test_every_version_of_a_film_is_told(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        films, told = harness.engine.films, harness.sink.films
        film_id = await film_of(harness, "one")
        await films.change(film_id, lambda film: film.with_shot("one", name="first"))
        await films.change(film_id, lambda film: film)
        with pytest.raises(UserError, match="no longer in the film"):
            await films.change(film_id, lambda film: film.with_shot("gone", name="x"))
        removed = await films.remove(film_id)
        assert films.all() == []
        await films.put_back(removed)
        assert told == [film_id] * 4


@asynchronous
async def test_a_chain_goes_on_when_credits_are_bought(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.reset(15)  # each costs 10
    before = len(simulator.ledger())
    async with harness_on(simulator, data_dir, key) as harness:
        film_id = await film_of(harness, "one", "two", "three")
        await harness.engine.films.make(film_id, MISSING)
        await harness.until(lambda: harness.held_for() is HoldReason.CREDITS)
        await harness.until_saved(1)
        simulator.reset(500)
        harness.engine.resume()
        await harness.until_saved(3)
    assert len(simulator.ledger()) == before + 3


@asynchronous
async def test_a_disk_without_room_for_a_frame_holds_the_shot_and_sends_nothing(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        session = harness.engine.session
        whole, full = session.ports, UserError(problem(ProblemCode.DISK))

        def no_room(job: Job, index: int) -> Frame:
            raise full

        session.ports = replace(whole, still=no_room)
        film_id = await film_of(harness, "one", "two")
        await harness.engine.films.make(film_id, MISSING)
        await harness.until(lambda: harness.held_for() is HoldReason.DISK)
        assert [job.state for job in harness.repository.all()] == [S.SAVED, S.QUEUED]
        session.ports = whole
        harness.engine.resume()
        await harness.until_saved(2)


@asynchronous
async def test_a_clip_that_is_not_there_yet_is_no_take(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        films = harness.engine.films
        harness.engine.pause()
        waits = await harness.engine.generate(SHORT)
        film_id = await film_of(harness, "one")
        for job_id in (waits.id, "unknown"):
            with pytest.raises(UserError, match="not there yet"):
                await films.add_take(film_id, "one", job_id)
        assert films_states(harness, film_id) == ["missing"]


@asynchronous
async def test_a_foreign_clip_whose_file_is_gone_is_not_waited_for_in_vain(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    """It is of another service, which is not asked at the moment."""
    async with harness_on(simulator, data_dir, key) as harness:
        films = harness.engine.films
        foreign = replace(saved_job(1), origin="elsewhere")
        await harness.repository.add(foreign)
        film_id = await film_of(harness, "one", "two")
        await films.add_take(film_id, "one", foreign.id)
        (child,) = await films.make(film_id, MISSING)
        assert child.after == foreign.id
        await harness.until(lambda: harness.job(child).state is S.REJECTED)
        assert harness.job(foreign).state is S.SAVED
        assert "no longer there" in films.plan(film_id).of("two").reason


@in_virtual_time
async def test_a_film_that_became_dearer_is_held_and_says_so_whatever_waits_for_it(
    tmp_path: Path, key: str
) -> None:
    """Ten each was agreed to; the first is charged 25. A later shot goes on from one that is held."""
    with PaidService() as service:
        service.always["run"] = service.receipt(creditCost=25, creditsRemaining=900)
        harness = paid_harness(service, tmp_path, key, hold_on_cost=False)
        async with harness:
            films = harness.engine.films
            film_id = await film_of(harness, "one", "two")
            await films.make(film_id, MISSING, ceiling=Decimal(20))
            await harness.until_held(HoldReason.LIMIT)
            longer = chain("one", "two", "three").shots
            await films.change(film_id, lambda film: replace(film, shots=longer))
            (child,) = await films.make(film_id, MISSING)
            assert harness.job(child).batch != harness.job(harness.repository.all()[0]).batch
            await asyncio.sleep(600)
            assert harness.held_for() is HoldReason.LIMIT
            assert len(service.charges) == 1


@asynchronous
async def test_a_shot_behind_a_failure_goes_on_from_an_earlier_one_when_the_user_says_so(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key, jobs_at_a_time=1) as harness:
        films = harness.engine.films
        film_id = await film_of(harness, "one")
        (first,) = await made(harness, film_id)
        longer = chain("one", "two", "three").shots
        await films.change(film_id, lambda film: replace(film, shots=longer))
        simulator.fault("job", "fail_job", error="content moderation")
        failing, waits = await films.make(film_id, MISSING)
        await harness.until(lambda: harness.job(failing).state is S.FAILED)
        with pytest.raises(UserError):
            await films.go_on_from(waits.id, waits.id)
        await films.go_on_from(waits.id, first.id)
        await harness.until_saved(2)
        plan = films.plan(film_id)
        assert plan.of("three").shot.follows == "one"
        assert states(plan) == ["ready", "failed", "ready"]
        frame = harness.job(waits).request.start_frame
        assert frame is not None
        assert frame.parent == first.id
        with pytest.raises(UserError, match="no longer waits"):
            await films.go_on_from(waits.id, failing.id)
