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
from tests.faults.fakes import SHORT, play
from tests.faults.rig import PaidService, Rig, rig_of

S = JobState


def trash(rig: Rig) -> list[str]:
    return [job.id for job in rig.store.library.find(ClipQuery(Collection.TRASH), 0, 10).jobs]


def test_the_file_goes_and_the_charge_stays(tmp_path: Path, key: str) -> None:
    async def work() -> None:
        with PaidService() as service:
            async with rig_of(service, tmp_path, key) as rig:
                await rig.ask()
                await rig.until_states(S.SAVED)
                job = rig.job()
                assert job.clip is not None
                path = Path(job.clip.path)
                await rig.engine.remove(job.id)
                assert path.exists()
                assert trash(rig) == [job.id]
                await rig.engine.delete_for_good(job.id)
                assert not path.exists()
                assert trash(rig) == []
                kept = rig.job()
                assert (kept.remote_id, kept.credit_cost, kept.state) == ("job_1", 10, S.SAVED)
                assert (kept.hidden, kept.deleted) == (True, True)
                scan = await rig.engine.rescue.scan()
                await rig.engine.rescue.recover(scan)
                await asyncio.sleep(600)
                assert not path.exists()  # nothing fetches it again
            async with rig_of(service, tmp_path, key) as again:
                assert again.job() == kept
                assert len(service.charges) == 1

    play(work())


def test_a_kill_between_decision_and_deletion_is_made_good(tmp_path: Path, key: str) -> None:
    async def work() -> None:
        with PaidService() as service:
            async with rig_of(service, tmp_path, key) as rig:
                await rig.ask()
                await rig.until_states(S.SAVED)
                job = rig.job()
                assert job.clip is not None
                await rig.engine.remove(job.id)
                await rig.repository.update(job.id, deleted=True)  # and here the program is killed
            assert Path(job.clip.path).exists()
            async with rig_of(service, tmp_path, key) as again:
                assert not Path(job.clip.path).exists()
                assert again.job().clip == dataclasses.replace(job.clip, path="")

    play(work())


def test_another_file_in_its_place_is_left_alone(tmp_path: Path, key: str) -> None:
    async def work() -> None:
        with PaidService() as service:
            async with rig_of(service, tmp_path, key) as rig:
                await rig.ask()
                await rig.until_states(S.SAVED)
                job = rig.job()
                assert job.clip is not None
                Path(job.clip.path).write_bytes(b"the user's own cut")
                await rig.engine.remove(job.id)
                with pytest.raises(UserError, match="it was left alone"):
                    await rig.engine.delete_for_good(job.id)
                assert Path(job.clip.path).read_bytes() == b"the user's own cut"

    play(work())


def test_a_file_that_cannot_go_now_goes_at_the_next_start(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    async def work() -> None:
        with PaidService() as service:
            async with rig_of(service, tmp_path, key) as rig:
                await rig.ask()
                await rig.until_states(S.SAVED)
                job = rig.job()
                assert job.clip is not None
                await rig.engine.remove(job.id)
                with monkeypatch.context() as patch:
                    patch.setattr(Path, "unlink", refuse)
                    with pytest.raises(UserError) as caught:
                        await rig.engine.delete_for_good(job.id)
                assert caught.value.problem.code is ProblemCode.DISK
                assert Path(job.clip.path).exists()
            async with rig_of(service, tmp_path, key) as again:
                assert not Path(job.clip.path).exists()
                assert trash(again) == []

    play(work())


def test_what_is_under_way_or_not_removed_is_not_deleted(tmp_path: Path, key: str) -> None:
    async def work() -> None:
        with PaidService() as service:
            service.status = "processing"
            async with rig_of(service, tmp_path, key) as rig:
                (job,) = await rig.ask()
                await rig.until_states(S.ACCEPTED)
                for _ in range(2):
                    with pytest.raises(UserError):
                        await rig.engine.delete_for_good(job.id)
                    await rig.engine.remove(job.id)  # off the list, and still fetched
                service.status = "completed"
                await rig.until_states(S.SAVED)

    play(work())


def test_a_withdrawn_job_is_in_the_trash_and_comes_back_at_todays_price(
    tmp_path: Path, key: str
) -> None:
    async def work() -> None:
        with PaidService() as service:
            async with rig_of(service, tmp_path, key) as rig:
                rig.engine.pause()
                (job,) = await rig.ask(1, dataclasses.replace(SHORT, duration_s=15))
                assert job.price == Decimal("17.5")
                await rig.engine.withdraw(job.id)
                assert trash(rig) == [job.id]
                service.always["run"] = service.receipt(creditCost=12)
                rig.engine.resume()
                await rig.ask(1, dataclasses.replace(SHORT, duration_s=15))
                await rig.until(lambda: rig.states().count(S.SAVED) == 1)
                rig.engine.pause()
                back = await rig.engine.undo_remove(job.id)
                assert (back.state, back.price, back.hidden) == (S.QUEUED, 12, False)
                assert trash(rig) == []
                assert rig.held_for() is HoldReason.PAUSED

    play(work())


def test_what_was_deleted_and_comes_back_is_not_deleted_at_the_next_start(
    tmp_path: Path, key: str
) -> None:
    async def work() -> None:
        with PaidService() as service:
            service.always["job"] = service.shows(output=None)
            service.always["list"] = service.lists(
                lambda rows: [{**r, "output": None} for r in rows]
            )
            async with rig_of(service, tmp_path, key) as rig:
                await rig.ask()
                await rig.until_states(S.NO_FILE, within_s=5000)
                await rig.engine.remove(rig.job().id)
                await rig.engine.delete_for_good(rig.job().id)
                service.always.clear()
                assert (await rig.engine.rescue.scan()).to_take_up() == []
                await rig.engine.rescue.add_by_id("job_1", None)  # asked for by name
                await rig.until_states(S.SAVED)
                back = rig.job()
                assert back.clip is not None
                assert (back.hidden, back.deleted) == (False, False)
            async with rig_of(service, tmp_path, key):
                assert Path(back.clip.path).exists()

    play(work())


def test_a_withdrawn_job_deleted_for_good_does_not_come_back(tmp_path: Path, key: str) -> None:
    async def work() -> None:
        with PaidService() as service:
            async with rig_of(service, tmp_path, key) as rig:
                rig.engine.pause()
                (job,) = await rig.ask()
                await rig.engine.withdraw(job.id)
                await rig.engine.delete_for_good(job.id)
                with pytest.raises(UserError, match="deleted for good"):
                    await rig.engine.undo_remove(job.id)
                rig.engine.resume()
                await asyncio.sleep(600)
                assert service.charges == []

    play(work())


def test_a_clip_on_a_drive_that_is_away_is_deleted_when_it_is_back(
    tmp_path: Path, key: str
) -> None:
    async def work() -> None:
        with PaidService() as service:
            async with rig_of(service, tmp_path, key) as rig:
                await rig.ask()
                await rig.until_states(S.SAVED)
                job = rig.job()
                assert job.clip is not None
                path = Path(job.clip.path)
                await rig.engine.remove(job.id)
                path.parent.rename(tmp_path / "away")
                with pytest.raises(UserError, match="cannot be removed"):
                    await rig.engine.delete_for_good(job.id)
                (tmp_path / "away").rename(path.parent)
                assert path.exists()
            async with rig_of(service, tmp_path, key):
                assert not path.exists()

    play(work())


def test_a_deleted_clip_is_no_twin(tmp_path: Path, key: str) -> None:
    async def work() -> None:
        with PaidService() as service:
            async with rig_of(service, tmp_path, key) as rig:
                asked = dataclasses.replace(SHORT, seed=5)
                await rig.ask(1, asked)
                await rig.until_states(S.SAVED)
                assert same_request(asked, rig.origin.id, rig.repository.all()) is not None
                await rig.engine.remove(rig.job().id)
                await rig.engine.delete_for_good(rig.job().id)
                assert same_request(asked, rig.origin.id, rig.repository.all()) is None

    play(work())


def test_looking_again_brings_nothing_back_that_was_deleted(tmp_path: Path, key: str) -> None:
    async def work() -> None:
        with PaidService() as service:
            service.status = "failed"
            async with rig_of(service, tmp_path, key) as rig:
                (job,) = await rig.ask()
                await rig.until_states(S.FAILED)
                await rig.engine.remove(job.id)
                await rig.engine.delete_for_good(job.id)
                for again in (rig.engine.check_now, rig.engine.undo_remove):
                    with pytest.raises(UserError, match="deleted for good"):
                        await again(job.id)
                assert (rig.job().state, rig.job().deleted) == (S.FAILED, True)

    play(work())
