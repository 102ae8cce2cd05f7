"""Several things at once: a list that fails, a rescue while something is sent, a day that ends."""

from __future__ import annotations

import asyncio
from dataclasses import replace

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
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.ports import JobsPage, Phase, RemoteJob, Reply, Submission
from pixverse_desktop.core.service import HoldReason, custom_origin
from pixverse_desktop.media.probe import inspect_part
from pixverse_desktop.store.clip_folder import ClipFolder
from tests.faults.fakes import (
    EPOCH,
    SHORT,
    FakeFiles,
    FakeService,
    MemoryStore,
    accepted_job,
    no_list,
    offline,
    play,
)
from tests.faults.rig import PaidService, Rig, client_of, memory_rig
from tests.scripted_server import reply


def paying_rig(service, folder, **config):
    """As memory_rig, but no demo: the limit does not count play credits."""
    return Rig(
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
def test_a_list_that_is_refused_or_hangs_stops_no_fetching(tmp_path, name, answer):
    """Two jobs finished at the service; /jobs answers 401/403, or times out; /jobs/{id} is fine."""
    service = FakeService()
    service.has("job_1")
    service.has("job_2")
    service.finish_all()
    service.answers["jobs"] = answer

    async def work():
        rig = memory_rig(service, tmp_path, "a canary key").begin_with(
            accepted_job(1, 30), accepted_job(2, 30)
        )
        async with rig:
            await asyncio.sleep(3600)
            assert rig.states() == [S.SAVED, S.SAVED]
            assert rig.held_for() is not HoldReason.KEY

    play(work())


def test_a_lost_answer_is_written_down_however_often_the_database_fails(tmp_path):
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

    async def work():
        rig = memory_rig(service, tmp_path, "a canary key", store=Flaky())
        async with rig:
            await rig.ask()
            service.answers["jobs"] = lambda *a: Reply(
                JobsPage(
                    (
                        RemoteJob(
                            "job_9",
                            "running",
                            Phase.RUNNING,
                            seed=rig.job().request.seed,
                            prompt=SHORT.prompt,
                            created_at=rig.job().created_at,
                        ),
                    )
                )
            )
            await asyncio.sleep(3600)
            assert S.SUBMITTING not in rig.states()

    play(work())


def row_of(remote_id, at, job=None, phase=Phase.RUNNING):
    return RemoteJob(
        remote_id,
        str(phase),
        phase,
        created_at=at,
        seed=job.request.seed if job else None,
        prompt=job.request.prompt if job else None,
    )


def test_a_match_by_time_never_takes_the_row_of_the_job_in_the_air(tmp_path):
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

    async def work():
        rig = memory_rig(service, tmp_path, "a canary key")
        async with rig:
            (a,) = await rig.ask(request=replace(SHORT, prompt="A"))
            (b,) = await rig.ask(request=replace(SHORT, prompt="B"))
            await asyncio.sleep(400)
            assert rig.job(b).remote_id == "job_B"
            assert rig.job(a).remote_id is None

    play(work())


def test_a_rescue_leaves_the_job_in_the_air_alone(tmp_path):
    """The window's Rescue while a slow submission is under way."""
    service = FakeService()
    rows = []
    service.answers["jobs"] = lambda *a: Reply(JobsPage(tuple(rows)))
    holder = {}

    async def submit(body, attempt):
        job = holder["rig"].repository.all()[0]
        rows.append(row_of("job_B", EPOCH + asyncio.get_running_loop().time(), job))
        service.has("job_B")
        await asyncio.sleep(50)
        return Reply(Submission("job_B", 10, 90))

    service.answers["submit"] = submit

    async def work():
        rig = holder["rig"] = memory_rig(service, tmp_path, "a canary key")
        async with rig:
            await rig.ask()
            await asyncio.sleep(5)
            scan = await rig.engine.rescue.scan()
            await rig.engine.rescue.recover(scan)
            await asyncio.sleep(100)
            assert len(rig.repository.all()) == 1
            assert rig.job().remote_id == "job_B"

    play(work())


def test_a_rescue_leaves_a_job_alone_whose_answer_is_lost_then(tmp_path):
    """Same, and then the answer is lost: the charge can never be matched any more."""
    service = FakeService()
    rows = []
    service.answers["jobs"] = lambda *a: Reply(JobsPage(tuple(rows)))
    holder = {}

    async def submit(body, attempt):
        job = holder["rig"].repository.all()[0]
        rows.append(row_of("job_B", EPOCH + asyncio.get_running_loop().time(), job))
        service.has("job_B")
        await asyncio.sleep(50)
        raise Ambiguous(problem(ProblemCode.UNCONFIRMED))

    service.answers["submit"] = submit

    async def work():
        rig = holder["rig"] = memory_rig(service, tmp_path, "a canary key")
        async with rig:
            await rig.ask()
            await asyncio.sleep(5)
            scan = await rig.engine.rescue.scan()
            await rig.engine.rescue.recover(scan)
            await asyncio.sleep(3600)
            assert S.UNCONFIRMED not in rig.states()

    play(work())


def test_a_pasted_id_settles_the_unconfirmed_job_it_proves(tmp_path):
    """Rescue dialog, "Add by job id": the job's own answer echoes seed and prompt."""
    service = FakeService()
    service.answers["jobs"] = no_list

    def lost(body, attempt):
        raise Ambiguous(problem(ProblemCode.UNCONFIRMED))

    service.answers["submit"] = lost

    async def work():
        rig = memory_rig(service, tmp_path, "a canary key")
        async with rig:
            await rig.ask()
            await rig.until_states(S.UNCONFIRMED)
            service.rows["job_9"] = row_of("job_9", EPOCH + 1001, rig.job())
            await rig.engine.rescue.add_by_id("job_9")
            await asyncio.sleep(100)
            assert S.UNCONFIRMED not in rig.states()

    play(work())


def test_the_daily_limit_ends_at_midnight_and_a_resume_lifts_it_for_a_day(tmp_path):
    service = FakeService()
    service.answers["jobs"] = no_list

    async def work():
        rig = paying_rig(service, tmp_path, daily_limit=20, jobs_at_a_time=20)
        async with rig:
            await rig.ask(3)
            await asyncio.sleep(100)
            assert len(service.attempts) == 2
            assert rig.held_for() is HoldReason.LIMIT
            service.finish_all()
            await asyncio.sleep(86_400 * 1.2)
            held_next_day = len(service.attempts) == 2
            rig.engine.resume()
            await asyncio.sleep(86_400 * 1.2)
            before = len(service.attempts)
            await rig.ask(10)
            await asyncio.sleep(200)
            assert 10 * (len(service.attempts) - before) <= 20
            assert not held_next_day

    play(work())


def test_a_new_limit_holds_after_a_resume(tmp_path):
    service = FakeService()
    service.answers["jobs"] = no_list

    async def work():
        rig = paying_rig(service, tmp_path, daily_limit=10, jobs_at_a_time=20)
        async with rig:
            await rig.ask(2)
            await asyncio.sleep(100)
            rig.engine.resume()
            await asyncio.sleep(10)
            assert len(service.attempts) == 2
            rig.engine.configure(20, daily_limit=30)  # the user now sets another limit
            await rig.ask(5)
            await asyncio.sleep(100)
            assert len(service.attempts) <= 3

    play(work())


def test_a_list_that_begins_with_the_oldest_is_read_to_its_end(tmp_path):
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

    async def work():
        rig = memory_rig(service, tmp_path, "a canary key")
        async with rig:
            await rig.ask()
            await rig.until_states(S.UNCONFIRMED)
            tail.append(row_of("job_9", EPOCH + 1001, rig.job()))
            service.has("job_9")
            await asyncio.sleep(900)
            job = rig.job()
            assert job.state is not S.UNCONFIRMED

    play(work())


@pytest.mark.parametrize("more", [True])
def test_a_list_that_does_not_turn_its_pages_is_not_whole(tmp_path, more):
    """A cursor list: says more follows, ignores ?page=."""
    service = FakeService()
    page = JobsPage(tuple(row_of(f"r{n}", EPOCH + n, phase=Phase.FAILED) for n in range(20)), more)
    service.answers["jobs"] = lambda *a: Reply(page)

    async def work():
        rig = memory_rig(service, tmp_path, "a canary key")
        async with rig:
            scan = await rig.engine.rescue.scan()
            assert not scan.whole

    play(work())


def test_two_looks_at_once_adopt_once(tmp_path):
    service = FakeService()
    service.answers["jobs"] = no_list

    def lost(body, attempt):
        raise Ambiguous(problem(ProblemCode.UNCONFIRMED))

    service.answers["submit"] = lost

    async def work():
        rig = memory_rig(service, tmp_path, "a canary key")
        async with rig:
            await rig.ask()
            await rig.until_states(S.UNCONFIRMED)
            from pixverse_desktop.core.engine.remote_list import Listing

            listing = Listing((row_of("job_9", EPOCH + 1001, rig.job()),), True, EPOCH + 1005)
            rec = rig.engine._reconciler
            done = await asyncio.gather(
                rec.link(listing), rec.link(listing), return_exceptions=True
            )
            assert not any(isinstance(d, Exception) for d in done)

    play(work())


def test_what_the_service_no_longer_knows_holds_no_slot_for_long(tmp_path):
    """Rescue takes up what expired yesterday and is 404 now: how long does it hold a slot?"""
    service = FakeService()

    async def work():
        gone = [accepted_job(n, 90_000, state=S.EXPIRED) for n in range(1, 5)]
        rig = memory_rig(service, tmp_path, "a canary key").begin_with(*gone)
        async with rig:
            scan = await rig.engine.rescue.scan()
            await rig.engine.rescue.recover(scan)
            start = asyncio.get_running_loop().time()
            (_new,) = await rig.ask()
            while not service.attempts:
                await asyncio.sleep(5)
            waited = asyncio.get_running_loop().time() - start
            assert waited < 120

    play(work())


@pytest.mark.logs_warnings
def test_a_rescue_while_the_drive_is_away_forgets_nothing(tmp_path):
    """Saved on a drive; the drive is unplugged; rescue; links have expired; the drive comes back."""

    async def work(service):
        loop = asyncio.get_running_loop()
        service.tell_time(lambda: EPOCH + loop.time())
        drive = tmp_path / "drive"
        drive.mkdir()
        files = ClipFolder(drive, inspect_part, chosen=True)
        url = service.url
        rig = Rig(
            tmp_path / "data",
            client_of(url, "a canary key"),
            custom_origin(f"{url}/api/v1"),
            "a canary key",
            files=files,
        )
        async with rig:
            await rig.ask(2)
            await rig.until_states(S.SAVED, S.SAVED)
            [j.clip.path for j in rig.repository.all()]
            drive.rename(tmp_path / "unplugged")
            service.always["clip"] = reply("404 Not Found", b"")
            scan = await rig.engine.rescue.scan()
            await rig.engine.rescue.recover(scan)
            await asyncio.sleep(100)
            (tmp_path / "unplugged").rename(drive)
            await asyncio.sleep(7200)
            assert rig.states() == [S.SAVED, S.SAVED]

    with PaidService() as service:
        play(work(service))


def test_a_clip_without_its_file_is_not_counted_as_on_disk(tmp_path):
    service = FakeService()
    service.has("job_1", Phase.COMPLETED, "https://m.example/1.mp4")

    async def work():
        rig = memory_rig(service, tmp_path, "a canary key").begin_with(
            accepted_job(1, 99, state=S.SAVED, hidden=True, clip=Clip("/gone.mp4", 1, "00"))
        )
        async with rig:
            rig.engine.session.ports.files.has_file = lambda job: False
            scan = await rig.engine.rescue.scan()
            assert not scan.of(RescueItem.ON_DISK)

    play(work())
