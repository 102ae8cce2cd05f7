"""What is sent next, when the user steers: order, lanes, pauses, and edits of jobs that wait."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from pixverse_desktop.api.error_bodies import refusal, says_busy
from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.engine.rate_limit import RateHint
from pixverse_desktop.core.errors import ProblemCode, Rejected, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import Reply, Submission
from pixverse_desktop.core.service import HoldReason
from pixverse_desktop.store.job_store import StoreError
from tests.support.engine_harness import EngineHarness, memory_harness
from tests.support.factories import SHORT
from tests.support.fake_service import FakeService
from tests.support.loops import in_virtual_time

S = JobState
HOUR = 3600.0


class Sent(FakeService):
    """Knows the prompts that were sent, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.prompts: list[str] = []

    def submit(self, body: bytes, attempt_id: str, model_id: str = "pixverse-v6") -> object:
        self.prompts.append(body.decode())
        return super().submit(body, attempt_id, model_id)


async def waiting(harness: EngineHarness, words: str) -> dict[str, Job]:
    """A job for each letter, none of which is sent yet."""
    harness.engine.pause()
    return {word: await harness.engine.generate(SHORT.changed(prompt=word)) for word in words}


def queue_of(harness: EngineHarness) -> str:
    return "".join(job.request.prompt for job in harness.in_state(S.QUEUED))


async def all_sent(harness: EngineHarness, service: Sent, count: int) -> str:
    harness.engine.configure(20)
    harness.engine.resume()
    await harness.until(lambda: len(service.prompts) >= count)
    return "".join(service.prompts)


@in_virtual_time
async def test_the_order_that_is_shown_is_the_one_that_is_sent_over_restarts(
    tmp_path: Path, key: str
) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        jobs = await waiting(harness, "abcdef")
        move = harness.engine.waiting.move
        await move([jobs["e"].id, jobs["c"].id], jobs["a"].id)
        undo = await move([jobs["d"].id], None)
        await move([jobs["b"].id], jobs["a"].id)
        assert queue_of(harness) == "ecbafd"
    async with memory_harness(service, tmp_path, key) as harness:
        assert queue_of(harness) == "ecbafd"
        redo = await harness.engine.waiting.put_back(undo)
        assert queue_of(harness) == "ecbadf"
        await harness.engine.waiting.put_back(redo)
        assert await all_sent(harness, service, 6) == "ecbafd"


@in_virtual_time
async def test_moves_that_come_at_once_are_made_one_after_the_other(
    tmp_path: Path, key: str
) -> None:
    async with memory_harness(FakeService(), tmp_path, key) as harness:
        jobs = await waiting(harness, "abcd")
        move = harness.engine.waiting.move
        await asyncio.gather(*(move([jobs[word].id], None) for word in "abcd"))
        assert queue_of(harness) == "abcd"
        await asyncio.gather(*(move([jobs[word].id], jobs["a"].id) for word in "dcb"))
        assert queue_of(harness) == "dcba"


@in_virtual_time
async def test_a_job_in_the_background_is_sent_when_nothing_waits_in_front(
    tmp_path: Path, key: str
) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        jobs = await waiting(harness, "abcd")
        move = harness.engine.waiting.move
        await move([jobs["a"].id, jobs["b"].id], None, background=True)
        await move([jobs["b"].id], jobs["a"].id)
        assert await all_sent(harness, service, 4) == "cdba"


@in_virtual_time
async def test_a_paused_job_is_passed_over_and_keeps_its_place(tmp_path: Path, key: str) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        jobs = await waiting(harness, "abc")
        await harness.engine.waiting.pause([jobs["a"].id])
    async with memory_harness(service, tmp_path, key) as harness:
        assert await all_sent(harness, service, 2) == "bc"
        await asyncio.sleep(HOUR)
        assert queue_of(harness) == "a"
        await harness.engine.waiting.go_on([jobs["a"].id])
        await harness.until(lambda: service.prompts == ["b", "c", "a"])


@in_virtual_time
async def test_a_job_waits_for_its_time(tmp_path: Path, key: str) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        jobs = await waiting(harness, "ab")
        begun = harness.engine.session.ports.clock.time()
        await harness.engine.waiting.pause([jobs["a"].id], begun + 2.5 * HOUR)
        assert await all_sent(harness, service, 1) == "b"
        await harness.until(lambda: service.prompts == ["b", "a"], within_s=3 * HOUR)
        waited = harness.engine.session.ports.clock.time() - begun
        assert 2.5 * HOUR <= waited < 2.5 * HOUR + 60


@in_virtual_time
async def test_the_queue_pauses_after_one_job(tmp_path: Path, key: str) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        jobs = await waiting(harness, "abc")
        await harness.engine.waiting.pause_queue_after(jobs["b"].id, wanted=True)
        await all_sent(harness, service, 2)
        await harness.until_held(HoldReason.PAUSED)
        await asyncio.sleep(HOUR)
        assert service.prompts == ["a", "b"]
    async with memory_harness(service, tmp_path, key) as harness:
        assert harness.held_for() is HoldReason.PAUSED
        assert await all_sent(harness, service, 3) == "abc"
        assert harness.hold is None


@in_virtual_time
async def test_the_queue_pauses_until_a_time_over_restarts(tmp_path: Path, key: str) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        await waiting(harness, "a")
        until = harness.engine.session.ports.clock.time() + 5 * HOUR
        harness.engine.pause(until)
    async with memory_harness(service, tmp_path, key) as harness:
        assert harness.hold is not None
        assert harness.hold.until == until
        await asyncio.sleep(4 * HOUR)
        assert not service.prompts
        await harness.until(lambda: service.prompts == ["a"], within_s=2 * HOUR)


# --- edits ---


@in_virtual_time
async def test_an_edited_job_is_sent_as_it_was_saved_and_once(tmp_path: Path, key: str) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        jobs = await waiting(harness, "ab")
        engine, job = harness.engine, jobs["a"]
        held = await engine.waiting.begin_edit(job.id)
        assert held.being_edited
        assert await all_sent(harness, service, 1) == "b"
        await asyncio.sleep(HOUR)
        assert service.prompts == ["b"]
        longer = job.request.changed(prompt="A", duration_s=15, resolution="1080p", seed=None)
        saved = await engine.waiting.save_edit(job.id, longer)
        assert saved.request == longer.changed(seed=job.request.seed)
        alike = await engine.generate(longer)
        assert saved.asked == alike.asked != job.asked  # by which a batch knows what is there
        await engine.withdraw(alike.id)
        assert saved.price == engine.price(longer).high > job.price
        await harness.until(lambda: service.prompts == ["b", "A"])
        await asyncio.sleep(HOUR)
        assert len(service.prompts) == 2
        stored = {j.id: j.request.prompt for j in harness.store.load_jobs()}
        assert stored[job.id] == "A"


@in_virtual_time
async def test_what_was_sent_cannot_be_edited(tmp_path: Path, key: str) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        job = (await harness.ask())[0]
        await harness.until(lambda: len(service.prompts) == 1)
        before = harness.job(job)
        for command in (
            harness.engine.waiting.begin_edit(job.id),
            harness.engine.waiting.save_edit(job.id, SHORT.changed(prompt="other")),
        ):
            with pytest.raises(UserError, match="was sent"):
                await command
        assert harness.job(job) == before


@in_virtual_time
async def test_an_edit_that_begins_while_the_body_is_made_wins(tmp_path: Path, key: str) -> None:
    """Between the choice of a job and its intent, other things are asked and read."""
    service, begun = Sent(), list[Job]()

    async with memory_harness(service, tmp_path, key) as harness:
        job = (await waiting(harness, "a"))["a"]
        links = harness.engine.session.links
        real = links.renewed

        async def renewed(request: ClipRequest) -> ClipRequest:
            if not begun:
                begun.append(await harness.engine.waiting.begin_edit(job.id))
            return await real(request)

        links.renewed = renewed  # type: ignore[method-assign]
        harness.engine.resume()
        await asyncio.sleep(HOUR)
        assert begun
        assert not service.prompts
        await harness.engine.waiting.save_edit(job.id, job.request.changed(prompt="b"))
        await harness.until(lambda: service.prompts == ["b"])
        await asyncio.sleep(HOUR)
        assert len(service.prompts) == 1


@in_virtual_time
async def test_a_bad_edit_names_the_field_and_changes_nothing(tmp_path: Path, key: str) -> None:
    async with memory_harness(FakeService(), tmp_path, key) as harness:
        job = (await waiting(harness, "a"))["a"]
        await harness.engine.waiting.begin_edit(job.id)
        with pytest.raises(UserError) as refused:
            await harness.engine.waiting.save_edit(job.id, job.request.changed(prompt=" "))
        assert refused.value.problem.field == "prompt"
        assert harness.job(job).request == job.request
        assert harness.job(job).being_edited
        await harness.engine.waiting.end_edit(job.id)
        assert not harness.job(job).being_edited


@in_virtual_time
async def test_after_a_crash_what_was_being_edited_waits_paused(tmp_path: Path, key: str) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        job = (await waiting(harness, "a"))["a"]
        await harness.engine.waiting.begin_edit(job.id)
        harness.engine.resume()
    async with memory_harness(service, tmp_path, key) as harness:
        await asyncio.sleep(HOUR)
        assert (harness.job(job).paused, harness.job(job).being_edited) == (True, False)
        assert not service.prompts


@in_virtual_time
async def test_an_edit_that_the_journal_cannot_keep_is_not_made(tmp_path: Path, key: str) -> None:
    async with memory_harness(FakeService(), tmp_path, key) as harness:
        job = (await waiting(harness, "a"))["a"]
        await harness.engine.waiting.begin_edit(job.id)
        journal = next(tmp_path.rglob("journal.jsonl"))
        journal.rename(journal.with_name("kept"))
        journal.mkdir()
        with pytest.raises(StoreError):
            await harness.engine.waiting.save_edit(job.id, job.request.changed(prompt="b"))
        journal.rmdir()
        journal.with_name("kept").rename(journal)
        assert harness.job(job).request == job.request
        assert harness.store.load_jobs()[0].request == job.request


@in_virtual_time
async def test_a_dear_job_at_the_limit_gives_way_to_the_next(tmp_path: Path, key: str) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        jobs = await waiting(harness, "ab")
        harness.engine.session.held_by = f"clip {jobs['a'].id}"
        harness.engine.session.set_status(hold=None)
        error = UserError(problem(ProblemCode.LIMIT))
        harness.engine.session.set_hold(HoldReason.LIMIT, error)
        await harness.engine.waiting.pause([jobs["a"].id])
        await harness.until(lambda: service.prompts == ["b"])


@in_virtual_time
async def test_what_is_taken_back_while_it_is_edited_can_wait_again(
    tmp_path: Path, key: str
) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        job = (await waiting(harness, "a"))["a"]
        await harness.engine.waiting.begin_edit(job.id)
        await harness.engine.remove(job.id)
        harness.engine.resume()
        await harness.engine.undo_remove(job.id)
        await harness.until(lambda: service.prompts == ["a"])


# --- too many at a time ---


@pytest.mark.parametrize(
    ("status", "body", "busy"),
    [
        (429, b'{"error": {"code": "concurrency_limit", "message": "Too many"}}', True),
        (429, b'{"error": "Too many jobs are running"}', True),
        (429, b'{"error": {"code": "rate_limited", "message": "Slow down"}}', False),
        (429, b"<html>", False),
        (409, b'{"code": "max_concurrent_jobs"}', True),
        (409, b'{"code": "conflict", "message": "too many jobs"}', False),
    ],
)
def test_a_refusal_for_the_number_of_jobs_is_told_apart(
    status: int, body: bytes, busy: bool
) -> None:
    if status == 409:  # any other may be about a request that was charged
        assert says_busy(status, body) is busy
    else:
        assert (refusal(status, body).code is ProblemCode.BUSY) is busy


@in_virtual_time
async def test_too_many_at_a_time_waits_for_one_to_end_and_for_no_click(
    tmp_path: Path, key: str
) -> None:
    service, times = Sent(), list[float]()

    def submit(body: bytes, attempt: str) -> Reply[Submission] | None:
        times.append(asyncio.get_running_loop().time())
        if len(times) == 2:
            raise Rejected(problem(ProblemCode.BUSY), RateHint())
        return None

    service.answers["submit"] = submit
    async with memory_harness(service, tmp_path, key) as harness:
        rate = harness.engine.session.budget.per_minute
        await waiting(harness, "ab")
        harness.engine.resume()
        await harness.until_held(HoldReason.BUSY)
        await asyncio.sleep(120)
        assert len(times) == 2
        assert "credits" not in str(harness.problem(harness.repository.all()[1]).message)
        service.finish_all()
        await harness.until(lambda: len(times) == 3)
        assert harness.hold is None
        assert harness.engine.session.budget.per_minute == rate
        await harness.until(lambda: harness.states()[1] is S.ACCEPTED)


@in_virtual_time
async def test_too_many_of_others_is_tried_again_after_a_while(tmp_path: Path, key: str) -> None:
    service, times = Sent(), list[float]()

    def submit(body: bytes, attempt: str) -> Reply[Submission] | None:
        times.append(asyncio.get_running_loop().time())
        if len(times) < 3:
            raise Rejected(problem(ProblemCode.BUSY), RateHint())
        return None

    service.answers["submit"] = submit
    async with memory_harness(service, tmp_path, key) as harness:
        await harness.ask()
        await harness.until(lambda: harness.states() == [S.ACCEPTED])
        assert [round(b - a) for a, b in pairwise(times)] == [30, 30]


# --- a thousand ---


@in_virtual_time
async def test_a_thousand_are_moved_in_one_commit(tmp_path: Path, key: str) -> None:
    async with memory_harness(FakeService(), tmp_path, key) as harness:
        harness.engine.pause()
        engine, repository = harness.engine, harness.repository
        first = await engine.generate(SHORT)
        copies = (replace(first, id=f"n{n}", position=first.position + n) for n in range(1, 1000))
        await repository.add(*copies)
        ids = [job.id for job in repository.all()]
        harness.sink.together.clear()
        lines = _lines(tmp_path)
        await engine.waiting.move(ids[::-1], None)
        assert [job.id for job in repository.all()] == ids[::-1]
        assert _lines(tmp_path) - lines == 1000
        assert len(harness.sink.together) == 1


@in_virtual_time
async def test_a_batch_is_taken_back_and_queued_again_as_one(tmp_path: Path, key: str) -> None:
    async with memory_harness(FakeService(), tmp_path, key) as harness:
        harness.engine.pause()
        engine, repository = harness.engine, harness.repository
        jobs = await engine.generate_all([Cell(SHORT, row) for row in range(1, 501)])
        ids = [job.id for job in jobs]
        await engine.waiting.begin_edit(ids[3])
        assert [len(told) for told in harness.sink.together] == [500]
        lines = _lines(tmp_path)
        assert await engine.withdraw_batch(jobs[0].batch) == (500, 0)
        assert {(job.state, job.hidden, job.being_edited) for job in repository.all()} == {
            (JobState.WITHDRAWN, True, False)
        }
        assert await engine.waiting.take_back(ids) == []
        await engine.waiting.queue_again(ids)
        assert [job.id for job in repository.all()] == ids
        assert {(job.state, job.hidden) for job in repository.all()} == {(JobState.QUEUED, False)}
        assert [len(told) for told in harness.sink.together] == [500] * 3
        assert _lines(tmp_path) - lines == 1000


def _lines(folder: Path) -> int:
    return len(next(folder.rglob("journal.jsonl")).read_bytes().splitlines())


@in_virtual_time
async def test_once_more_for_a_failed_clip_stays_in_its_batch(tmp_path: Path, key: str) -> None:
    service = Sent()
    async with memory_harness(service, tmp_path, key) as harness:
        cells = [Cell(SHORT.changed(prompt=word), row) for row, word in enumerate("ab", 1)]
        jobs = await harness.engine.generate_all(cells)
        service.answers["submit"] = _refuse
        await harness.until_states(S.REJECTED, S.REJECTED)
        again = await harness.engine.retry(jobs[1].id)
        assert (again.batch, again.row) == (jobs[1].batch, 2)


@in_virtual_time
async def test_what_the_user_paused_is_not_asked_about(tmp_path: Path, key: str) -> None:
    async with memory_harness(FakeService(), tmp_path, key) as harness:
        jobs = await waiting(harness, "abc")
        await harness.engine.waiting.pause([jobs["a"].id])
        harness.engine.session.set_status(hold=None)
        harness.engine.session.ask_first()
        assert harness.hold is not None
        assert (harness.hold.reason, harness.hold.waiting) == (HoldReason.ASK, 2)


def _refuse(body: bytes, attempt: str) -> None:
    raise Rejected(problem(ProblemCode.INVALID))
