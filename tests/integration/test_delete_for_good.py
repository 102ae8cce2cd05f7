"""Deleting for good: the file goes, what was paid is never forgotten, and a kill changes nothing."""

from __future__ import annotations

import asyncio
import dataclasses
from decimal import Decimal
from pathlib import Path

import pytest

from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.core.jobs.library_query import ClipQuery, Collection
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.reuse import same_request
from pixverse_desktop.core.service import HoldReason
from tests.support.engine_harness import EngineHarness, paid_harness
from tests.support.factories import SHORT
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService

S = JobState


def trash(harness: EngineHarness) -> list[str]:
    return [job.id for job in harness.store.library.find(ClipQuery(Collection.TRASH), 0, 10).jobs]


@in_virtual_time
async def test_the_file_goes_and_the_charge_stays(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
            job = harness.job()
            assert job.clip is not None
            path = Path(job.clip.path)
            await harness.engine.remove(job.id)
            assert path.exists()
            assert trash(harness) == [job.id]
            await harness.engine.delete_for_good(job.id)
            assert not path.exists()
            assert trash(harness) == []
            kept = harness.job()
            assert (kept.remote_id, kept.credit_cost, kept.state) == ("job_1", 10, S.SAVED)
            assert (kept.hidden, kept.deleted) == (True, True)
            scan = await harness.engine.rescue.scan()
            await harness.engine.rescue.recover(scan)
            await asyncio.sleep(600)
            assert not path.exists()  # nothing fetches it again
        async with paid_harness(service, tmp_path, key) as again:
            assert again.job() == kept
            assert len(service.charges) == 1


@in_virtual_time
async def test_a_kill_between_decision_and_deletion_is_made_good(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
            job = harness.job()
            assert job.clip is not None
            await harness.engine.remove(job.id)
            await harness.repository.update(job.id, deleted=True)  # and here the program is killed
        assert Path(job.clip.path).exists()
        async with paid_harness(service, tmp_path, key) as again:
            assert not Path(job.clip.path).exists()
            assert again.job().clip == dataclasses.replace(job.clip, path="")


@in_virtual_time
async def test_another_file_in_its_place_is_left_alone(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
            job = harness.job()
            assert job.clip is not None
            Path(job.clip.path).write_bytes(b"the user's own cut")
            await harness.engine.remove(job.id)
            with pytest.raises(UserError, match="it was left alone"):
                await harness.engine.delete_for_good(job.id)
            assert Path(job.clip.path).read_bytes() == b"the user's own cut"


@in_virtual_time
async def test_a_file_that_cannot_go_now_goes_at_the_next_start(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
            job = harness.job()
            assert job.clip is not None
            await harness.engine.remove(job.id)
            with monkeypatch.context() as patch:
                patch.setattr(Path, "unlink", refuse)
                with pytest.raises(UserError) as caught:
                    await harness.engine.delete_for_good(job.id)
            assert caught.value.problem.code is ProblemCode.DISK
            assert Path(job.clip.path).exists()
        async with paid_harness(service, tmp_path, key) as again:
            assert not Path(job.clip.path).exists()
            assert trash(again) == []


@in_virtual_time
async def test_what_is_under_way_or_not_removed_is_not_deleted(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.status = "processing"
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.ACCEPTED)
            for _ in range(2):
                with pytest.raises(UserError):
                    await harness.engine.delete_for_good(job.id)
                await harness.engine.remove(job.id)  # off the list, and still fetched
            service.status = "completed"
            await harness.until_states(S.SAVED)


@in_virtual_time
async def test_a_withdrawn_job_is_in_the_trash_and_comes_back_at_todays_price(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            harness.engine.pause()
            (job,) = await harness.ask(1, dataclasses.replace(SHORT, duration_s=15))
            assert job.price == Decimal("17.5")
            await harness.engine.withdraw(job.id)
            assert trash(harness) == [job.id]
            service.always["run"] = service.receipt(creditCost=12)
            harness.engine.resume()
            await harness.ask(1, dataclasses.replace(SHORT, duration_s=15))
            await harness.until(lambda: harness.states().count(S.SAVED) == 1)
            harness.engine.pause()
            back = await harness.engine.undo_remove(job.id)
            assert (back.state, back.price, back.hidden) == (S.QUEUED, 12, False)
            assert trash(harness) == []
            assert harness.held_for() is HoldReason.PAUSED


@in_virtual_time
async def test_what_was_deleted_and_comes_back_is_not_deleted_at_the_next_start(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.always["job"] = service.shows(output=None)
        service.always["list"] = service.lists(lambda rows: [{**r, "output": None} for r in rows])
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.NO_FILE, within_s=5000)
            await harness.engine.remove(harness.job().id)
            await harness.engine.delete_for_good(harness.job().id)
            service.always.clear()
            assert (await harness.engine.rescue.scan()).to_take_up() == []
            await harness.engine.rescue.add_by_id("job_1", None)  # asked for by name
            await harness.until_states(S.SAVED)
            back = harness.job()
            assert back.clip is not None
            assert (back.hidden, back.deleted) == (False, False)
        async with paid_harness(service, tmp_path, key):
            assert Path(back.clip.path).exists()


@in_virtual_time
async def test_a_withdrawn_job_deleted_for_good_does_not_come_back(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            harness.engine.pause()
            (job,) = await harness.ask()
            await harness.engine.withdraw(job.id)
            await harness.engine.delete_for_good(job.id)
            with pytest.raises(UserError, match="deleted for good"):
                await harness.engine.undo_remove(job.id)
            harness.engine.resume()
            await asyncio.sleep(600)
            assert service.charges == []


@in_virtual_time
async def test_a_clip_on_a_drive_that_is_away_is_deleted_when_it_is_back(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
            job = harness.job()
            assert job.clip is not None
            path = Path(job.clip.path)
            await harness.engine.remove(job.id)
            path.parent.rename(tmp_path / "away")
            with pytest.raises(UserError, match="cannot be removed"):
                await harness.engine.delete_for_good(job.id)
            (tmp_path / "away").rename(path.parent)
            assert path.exists()
        async with paid_harness(service, tmp_path, key):
            assert not path.exists()


@in_virtual_time
async def test_a_deleted_clip_is_no_twin(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            asked = dataclasses.replace(SHORT, seed=5)
            await harness.ask(1, asked)
            await harness.until_states(S.SAVED)
            assert same_request(asked, harness.origin.id, harness.repository.all()) is not None
            await harness.engine.remove(harness.job().id)
            await harness.engine.delete_for_good(harness.job().id)
            assert same_request(asked, harness.origin.id, harness.repository.all()) is None


@in_virtual_time
async def test_looking_again_brings_nothing_back_that_was_deleted(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.status = "failed"
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.FAILED)
            await harness.engine.remove(job.id)
            await harness.engine.delete_for_good(job.id)
            for again in (harness.engine.check_now, harness.engine.undo_remove):
                with pytest.raises(UserError, match="deleted for good"):
                    await again(job.id)
            assert (harness.job().state, harness.job().deleted) == (S.FAILED, True)
