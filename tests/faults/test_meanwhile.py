"""Several things at once: a list that fails, a rescue while something is sent, a day that ends."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from pixverse_desktop.core.engine.rescue import RescueItem
from pixverse_desktop.core.errors import (
    Ambiguous,
    ProblemCode,
    Rejected,
    UserError,
    problem,
)
from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.core.jobs.spending import Limits
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.ports import JobsPage, Phase, RemoteJob, Reply, Submission
from pixverse_desktop.core.service import HoldReason, custom_origin
from pixverse_desktop.media.probe import inspect_part
from pixverse_desktop.store.clip_folder import ClipFolder
from tests.support.engine_harness import client_of, memory_harness, virtual_harness
from tests.support.factories import SHORT, accepted_job
from tests.support.fake_service import FakeFiles, FakeService, MemoryStore, no_list, offline
from tests.support.loops import EPOCH, in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import reply


def paying_harness(service, folder, **config):
    """As memory_rig, but no demo: the limit does not count play credits."""
    return virtual_harness(
        folder,
        service,
        custom_origin("http://127.0.0.1:9/api/v1"),
        "a canary key",
        files=FakeFiles(),
        **config,
    )


S = JobState


def key_refused(*_):
    raise Rejected(problem(ProblemCode.KEY))


@pytest.mark.parametrize(("name", "answer"), [("401", key_refused), ("timeout", offline)])
@in_virtual_time
async def test_a_list_that_is_refused_or_hangs_stops_no_fetching(tmp_path, name, answer):
    """Two jobs finished at the service; /jobs answers 401/403, or times out; /jobs/{id} is fine."""
    service = FakeService()
    service.has("job_1")
    service.has("job_2")
    service.finish_all()
    service.answers["jobs"] = answer

    harness = memory_harness(service, tmp_path, "a canary key").begin_with(
        accepted_job(1, 30), accepted_job(2, 30)
    )
    async with harness:
        await asyncio.sleep(3600)
        assert harness.states() == [S.SAVED, S.SAVED]
        assert harness.held_for() is not HoldReason.KEY


@in_virtual_time
async def test_a_lost_answer_is_written_down_however_often_the_database_fails(tmp_path):
    service = FakeService()

    class Flaky(MemoryStore):
        failed = False

        def update_job(self, job, expected):
            if job.state is S.UNCONFIRMED and not self.failed:
                Flaky.failed = True
                raise UserError(problem(ProblemCode.STORE))
            return super().update_job(job, expected)

    def lost(body, attempt):
        service.has("job_9")
        raise Ambiguous(problem(ProblemCode.UNCONFIRMED))

    service.answers["submit"] = lost

    harness = memory_harness(service, tmp_path, "a canary key", store=Flaky())
    async with harness:
        await harness.ask()
        service.answers["jobs"] = lambda *a: Reply(
            JobsPage(
                (
                    RemoteJob(
                        "job_9",
                        "running",
                        Phase.RUNNING,
                        seed=harness.job().request.seed,
                        prompt=SHORT.prompt,
                        created_at=harness.job().created_at,
                    ),
                )
            )
        )
        await asyncio.sleep(3600)
        assert S.SUBMITTING not in harness.states()


def row_of(remote_id, at, job=None, phase=Phase.RUNNING):
    return RemoteJob(
        remote_id,
        str(phase),
        phase,
        created_at=at,
        seed=job.request.seed if job else None,
        prompt=job.request.prompt if job else None,
    )


@in_virtual_time
async def test_a_match_by_time_never_takes_the_row_of_the_job_in_the_air(tmp_path):
    """List without inputs. A was lost and never charged; B is in the air and listed already."""
    service = FakeService()
    rows = []
    service.answers["jobs"] = lambda *a: Reply(JobsPage(tuple(rows)))

    async def submit(body, attempt):
        if body == b"A":
            raise Ambiguous(problem(ProblemCode.UNCONFIRMED))
        rows.append(row_of("job_B", EPOCH + asyncio.get_running_loop().time()))
        service.has("job_B")
        await asyncio.sleep(50)  # slower than the list; the read limit is 60 s
        return Reply(Submission("job_B", 10, 90))

    service.answers["submit"] = submit

    harness = memory_harness(service, tmp_path, "a canary key")
    async with harness:
        (a,) = await harness.ask(request=replace(SHORT, prompt="A"))
        (b,) = await harness.ask(request=replace(SHORT, prompt="B"))
        await asyncio.sleep(400)
        assert harness.job(b).remote_id == "job_B"
        assert harness.job(a).remote_id is None


@in_virtual_time
async def test_a_rescue_leaves_the_job_in_the_air_alone(tmp_path):
    """The window's Rescue while a slow submission is under way."""
    service = FakeService()
    rows = []
    service.answers["jobs"] = lambda *a: Reply(JobsPage(tuple(rows)))
    holder = {}

    async def submit(body, attempt):
        job = holder["harness"].repository.all()[0]
        rows.append(row_of("job_B", EPOCH + asyncio.get_running_loop().time(), job))
        service.has("job_B")
        await asyncio.sleep(50)
        return Reply(Submission("job_B", 10, 90))

    service.answers["submit"] = submit

    harness = holder["harness"] = memory_harness(service, tmp_path, "a canary key")
    async with harness:
        await harness.ask()
        await asyncio.sleep(5)
        scan = await harness.engine.rescue.scan()
        await harness.engine.rescue.recover(scan)
        await asyncio.sleep(100)
        assert len(harness.repository.all()) == 1
        assert harness.job().remote_id == "job_B"


@in_virtual_time
async def test_a_rescue_leaves_a_job_alone_whose_answer_is_lost_then(tmp_path):
    """Same, and then the answer is lost: the charge can never be matched any more."""
    service = FakeService()
    rows = []
    service.answers["jobs"] = lambda *a: Reply(JobsPage(tuple(rows)))
    holder = {}

    async def submit(body, attempt):
        job = holder["harness"].repository.all()[0]
        rows.append(row_of("job_B", EPOCH + asyncio.get_running_loop().time(), job))
        service.has("job_B")
        await asyncio.sleep(50)
        raise Ambiguous(problem(ProblemCode.UNCONFIRMED))

    service.answers["submit"] = submit

    harness = holder["harness"] = memory_harness(service, tmp_path, "a canary key")
    async with harness:
        await harness.ask()
        await asyncio.sleep(5)
        scan = await harness.engine.rescue.scan()
        await harness.engine.rescue.recover(scan)
        await asyncio.sleep(3600)
        assert S.UNCONFIRMED not in harness.states()


@in_virtual_time
async def test_a_pasted_id_settles_the_unconfirmed_job_it_proves(tmp_path):
    """Rescue dialog, "Add by job id": the job's own answer echoes seed and prompt."""
    service = FakeService()
    service.answers["jobs"] = no_list

    def lost(body, attempt):
        raise Ambiguous(problem(ProblemCode.UNCONFIRMED))

    service.answers["submit"] = lost

    harness = memory_harness(service, tmp_path, "a canary key")
    async with harness:
        await harness.ask()
        await harness.until_states(S.UNCONFIRMED)
        service.rows["job_9"] = row_of("job_9", EPOCH + 1001, harness.job())
        await harness.engine.rescue.add_by_id("job_9")
        await asyncio.sleep(100)
        assert S.UNCONFIRMED not in harness.states()


@in_virtual_time
async def test_the_daily_limit_ends_at_midnight_and_a_resume_lifts_it_for_a_day(tmp_path):
    service = FakeService()
    service.answers["jobs"] = no_list

    harness = paying_harness(service, tmp_path, limits=Limits(Decimal(20)), jobs_at_a_time=20)
    async with harness:
        await harness.ask(3)
        await asyncio.sleep(100)
        assert len(service.attempts) == 2
        assert harness.held_for() is HoldReason.LIMIT
        service.finish_all()
        await asyncio.sleep(86_400 * 1.2)
        held_next_day = len(service.attempts) == 2
        harness.engine.resume()
        await asyncio.sleep(86_400 * 1.2)
        before = len(service.attempts)
        await harness.ask(10)
        await asyncio.sleep(200)
        assert 10 * (len(service.attempts) - before) <= 20
        assert not held_next_day


@in_virtual_time
async def test_a_new_limit_holds_after_a_resume(tmp_path):
    service = FakeService()
    service.answers["jobs"] = no_list

    harness = paying_harness(service, tmp_path, limits=Limits(Decimal(10)), jobs_at_a_time=20)
    async with harness:
        await harness.ask(2)
        await asyncio.sleep(100)
        harness.engine.resume()
        await asyncio.sleep(10)
        assert len(service.attempts) == 2
        harness.engine.configure(20, limits=Limits(Decimal(30)))  # the user now sets another limit
        await harness.ask(5)
        await asyncio.sleep(100)
        assert len(service.attempts) <= 3


@in_virtual_time
async def test_a_list_that_begins_with_the_oldest_is_read_to_its_end(tmp_path):
    """300 old jobs, oldest first, pages of 100: the charge is on the last page."""
    service = FakeService()
    old = [row_of(f"old_{n}", EPOCH - 90_000 + n) for n in range(300)]
    tail = []

    def jobs(page=None):
        rows = [*old, *tail]
        if page is None:
            return Reply(JobsPage(tuple(rows[:100]), True))
        return Reply(JobsPage(tuple(rows[(page - 1) * 100 : page * 100]), page * 100 < len(rows)))

    service.jobs = jobs

    def lost(body, attempt):
        raise Ambiguous(problem(ProblemCode.UNCONFIRMED))

    service.answers["submit"] = lost

    harness = memory_harness(service, tmp_path, "a canary key")
    async with harness:
        await harness.ask()
        await harness.until_states(S.UNCONFIRMED)
        tail.append(row_of("job_9", EPOCH + 1001, harness.job()))
        service.has("job_9")
        await asyncio.sleep(900)
        job = harness.job()
        assert job.state is not S.UNCONFIRMED


@pytest.mark.parametrize("more", [True])
@in_virtual_time
async def test_a_list_that_does_not_turn_its_pages_is_not_whole(tmp_path, more):
    """A cursor list: says more follows, ignores ?page=."""
    service = FakeService()
    page = JobsPage(tuple(row_of(f"r{n}", EPOCH + n, phase=Phase.FAILED) for n in range(20)), more)
    service.answers["jobs"] = lambda *a: Reply(page)

    harness = memory_harness(service, tmp_path, "a canary key")
    async with harness:
        scan = await harness.engine.rescue.scan()
        assert not scan.whole


@in_virtual_time
async def test_two_looks_at_once_adopt_once(tmp_path):
    service = FakeService()
    service.answers["jobs"] = no_list

    def lost(body, attempt):
        raise Ambiguous(problem(ProblemCode.UNCONFIRMED))

    service.answers["submit"] = lost

    harness = memory_harness(service, tmp_path, "a canary key")
    async with harness:
        await harness.ask()
        await harness.until_states(S.UNCONFIRMED)
        from pixverse_desktop.core.engine.remote_list import Listing

        listing = Listing((row_of("job_9", EPOCH + 1001, harness.job()),), True, EPOCH + 1005)
        rec = harness.engine._reconciler
        done = await asyncio.gather(rec.link(listing), rec.link(listing), return_exceptions=True)
        assert not any(isinstance(d, Exception) for d in done)


@in_virtual_time
async def test_what_the_service_no_longer_knows_holds_no_slot_for_long(tmp_path):
    """Rescue takes up what expired yesterday and is 404 now: how long does it hold a slot?"""
    service = FakeService()

    gone = [accepted_job(n, 90_000, state=S.EXPIRED) for n in range(1, 5)]
    harness = memory_harness(service, tmp_path, "a canary key").begin_with(*gone)
    async with harness:
        scan = await harness.engine.rescue.scan()
        await harness.engine.rescue.recover(scan)
        start = asyncio.get_running_loop().time()
        (_new,) = await harness.ask()
        while not service.attempts:
            await asyncio.sleep(5)
        waited = asyncio.get_running_loop().time() - start
        assert waited < 120


@pytest.mark.logs_warnings
@in_virtual_time
async def test_a_rescue_while_the_drive_is_away_forgets_nothing(tmp_path):
    """Saved on a drive; the drive is unplugged; rescue; links have expired; the drive comes back."""

    with PaidService() as service:
        loop = asyncio.get_running_loop()
        service.tell_time(lambda: EPOCH + loop.time())
        drive = tmp_path / "drive"
        drive.mkdir()
        files = ClipFolder(drive, inspect_part, chosen=True)
        url = service.url
        harness = virtual_harness(
            tmp_path / "data",
            client_of(url, "a canary key"),
            custom_origin(f"{url}/api/v1"),
            "a canary key",
            files=files,
        )
        async with harness:
            await harness.ask(2)
            await harness.until_states(S.SAVED, S.SAVED)
            [j.clip.path for j in harness.repository.all()]
            drive.rename(tmp_path / "unplugged")
            service.always["clip"] = reply("404 Not Found", b"")
            scan = await harness.engine.rescue.scan()
            await harness.engine.rescue.recover(scan)
            await asyncio.sleep(100)
            (tmp_path / "unplugged").rename(drive)
            await asyncio.sleep(7200)
            assert harness.states() == [S.SAVED, S.SAVED]


@in_virtual_time
async def test_a_clip_without_its_file_is_not_counted_as_on_disk(tmp_path):
    service = FakeService()
    service.has("job_1", Phase.COMPLETED, "https://m.example/1.mp4")

    harness = memory_harness(service, tmp_path, "a canary key").begin_with(
        accepted_job(1, 99, state=S.SAVED, hidden=True, clip=Clip("/gone.mp4", 1, "00"))
    )
    async with harness:
        harness.engine.session.ports.files.has_file = lambda job: False
        scan = await harness.engine.rescue.scan()
        assert not scan.of(RescueItem.ON_DISK)
