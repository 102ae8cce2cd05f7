"""What the user thinks of clips: in the list, its journal, an older database, and the clip's own file."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
from pathlib import Path

import pytest

from pixverse_desktop.core.jobs.clip_metadata import project_from_text, project_of, project_to_text
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.library_query import ClipQuery
from pixverse_desktop.core.jobs.marks import Mark, Verdict
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.media.metadata_tag import read_tag, write_tag
from pixverse_desktop.services.frames import still_of_job
from pixverse_desktop.services.own_clips import make_clip_folder, read_own_clip
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.store.durable_files import sha256_of
from pixverse_desktop.store.job_rows import job_from_row, job_to_row
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.store.schema import MIGRATIONS
from tests.support.clips import write_grey_clip
from tests.support.databases import delete
from tests.support.engine_harness import EngineHarness, virtual_harness
from tests.support.factories import DEMO, make_job
from tests.support.fake_service import FakeService
from tests.support.loops import in_virtual_time

FIVE = Mark(Verdict.PICKED, 5)


def saved_clip(folder: Path, number: int = 1, *, tagged: bool = True) -> Job:
    """A job whose clip is a real file that says which job it is of."""
    path = folder / f"{number}.mp4"
    clip = write_grey_clip(path)
    job = make_job(number, JobState.SAVED, remote_id=f"r{number}", clip=clip)
    if tagged:
        plain = path.rename(folder / f"{number}.plain")
        write_tag(plain, path, project_to_text(project_of(job, "test", {"a.jpg": b"small"})))
        plain.unlink()
    known = dataclasses.replace(clip, sha256=sha256_of(path), size_bytes=path.stat().st_size)
    return dataclasses.replace(job, clip=known)


def harness_with(folder: Path, *jobs: Job) -> EngineHarness:
    files = make_clip_folder(paths_below(folder), Settings())
    return virtual_harness(folder, FakeService(), DEMO, "key", files=files).begin_with(*jobs)


def clip_of(job: Job) -> Clip:
    assert job.clip is not None
    return job.clip


@pytest.mark.logs_warnings
@in_virtual_time
async def test_a_mark_is_in_the_list_the_journal_and_the_clip(tmp_path: Path) -> None:
    job = saved_clip(tmp_path)
    async with harness_with(tmp_path, job) as harness:
        before = await harness.engine.marks.set({job.id: FIVE})
        assert before == {job.id: Mark(Verdict.NONE, 0)}
        await harness.engine.marks.set({job.id: Mark(stars=4)})  # the verdict stays
        await harness.until(lambda: clip_of(harness.job()) != clip_of(job))
    delete(tmp_path)  # the list is lost
    async with harness_with(tmp_path) as again:
        assert again.job().mark == Mark(Verdict.PICKED, 4)
        found = again.store.library.find(ClipQuery(picked=True, stars=4), 0, 9).jobs
        assert [one.id for one in found] == [job.id]
        assert again.store.library.find(ClipQuery(stars=5), 0, 9).jobs == ()
    said = read_own_clip(Path(clip_of(job).path), paths_below(tmp_path))
    assert said is not None
    assert (said[0].verdict, said[0].stars) == (Verdict.PICKED, 4)
    assert said[0].to_job(said[1], 1.0, 1).mark == Mark(Verdict.PICKED, 4)


@in_virtual_time
async def test_undo_brings_back_what_each_was(tmp_path: Path) -> None:
    jobs = [make_job(1, JobState.SAVED), make_job(2, JobState.SAVED, stars=3)]
    async with harness_with(tmp_path, *jobs) as harness:
        before = await harness.engine.marks.set({job.id: FIVE for job in jobs})
        assert set(await harness.engine.marks.set(before)) == {"job1", "job2"}
        assert [job.mark for job in harness.repository.all()] == [job.mark for job in jobs]
        assert await harness.engine.marks.set(before) == {}  # nothing changed


@in_virtual_time
async def test_a_file_that_is_another_is_not_written(tmp_path: Path) -> None:
    job = saved_clip(tmp_path)
    path = Path(clip_of(job).path)
    write_grey_clip(path, count=3)  # the user's own
    before = path.read_bytes()
    async with harness_with(tmp_path, job) as harness:
        await harness.engine.marks.set({job.id: FIVE})
    assert path.read_bytes() == before
    assert list(tmp_path.glob(".*.marks")) == []


def test_a_clip_written_and_not_remembered_is_still_ours_to_delete(tmp_path: Path) -> None:
    job = saved_clip(tmp_path)
    files = make_clip_folder(paths_below(tmp_path), Settings())
    written = files.write_marks(job.marked(FIVE))
    assert written is not None
    assert written.sha256 == sha256_of(Path(written.path)) != clip_of(job).sha256
    assert files.delete(job)  # which remembers the hash from before: the program was killed
    assert not Path(clip_of(job).path).exists()


def test_marking_again_and_again_makes_no_clip_longer_and_keeps_its_pictures(
    tmp_path: Path,
) -> None:
    job = saved_clip(tmp_path)
    files = make_clip_folder(paths_below(tmp_path), Settings())
    sizes = set()
    for stars in (1, 2, 3):
        written = files.write_marks(job.marked(Mark(Verdict.PICKED, stars)))
        assert written is not None
        job = dataclasses.replace(job, clip=written)
        sizes.add(written.size_bytes)
    assert len(sizes) == 1
    text = read_tag(Path(clip_of(job).path))
    assert text is not None
    assert project_from_text(text).pictures == {"a.jpg": b"small"}


def test_a_clip_that_came_without_words_gets_them(tmp_path: Path) -> None:
    job = saved_clip(tmp_path, tagged=False)
    files = make_clip_folder(paths_below(tmp_path), Settings())
    assert files.write_marks(job.marked(FIVE)) is not None
    text = read_tag(Path(clip_of(job).path))
    assert text is not None
    assert project_from_text(text).stars == 5


def test_a_clip_that_is_gone_says_nothing(tmp_path: Path) -> None:
    job = saved_clip(tmp_path)
    Path(clip_of(job).path).unlink()
    files = make_clip_folder(paths_below(tmp_path), Settings())
    assert files.write_marks(job) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("verdict", "stars"), [("maybe", 9), (None, True), (3, "5"), ([], -1)])
def test_marks_that_are_none_are_not_read(verdict: object, stars: object) -> None:
    text = project_to_text(project_of(make_job(1, verdict=verdict, stars=stars), "test", {}))
    project = project_from_text(text)
    assert project.verdict is Verdict.NONE
    assert project.stars in (0, 1)
    assert job_from_row(job_to_row(make_job(1, verdict=verdict))).verdict is Verdict.NONE


def test_a_favourite_of_an_earlier_version_is_a_pick_and_the_old_file_is_kept(
    tmp_path: Path,
) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "pixverse.db")) as connection:
        connection.create_function("fold", 1, bytes.decode, deterministic=True)
        for number, script in enumerate(MIGRATIONS[:6], start=1):
            connection.executescript(f"{script} PRAGMA user_version = {number};")
        marks = ", ".join("?" * 9)
        names = "id, origin, state, remote_id, position, created_at, updated_at, prompt, data"
        for number in (1, 2):
            row = job_to_row(make_job(number, JobState.SAVED))
            connection.execute(f"INSERT INTO jobs ({names}) VALUES ({marks})", row)
        connection.execute("INSERT INTO favourites VALUES ('job2')")
        connection.commit()
    store = JobStore(tmp_path)
    assert store.open() is None
    assert [job.is_picked for job in store.load_jobs()] == [False, True]
    assert store.library.counts().picked == 1
    store.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "backups" / "version-6.db")) as kept:
        assert kept.execute("SELECT job_id FROM favourites").fetchall() == [("job2",)]
        assert kept.execute("PRAGMA user_version").fetchone() == (6,)


@in_virtual_time
async def test_a_close_ends_after_the_file_that_is_being_written(tmp_path: Path) -> None:
    jobs = [saved_clip(tmp_path, number) for number in range(1, 6)]
    async with harness_with(tmp_path, *jobs) as harness:
        await harness.engine.marks.set({job.id: FIVE for job in jobs})
        await harness.engine.marks.close()
        known = [clip_of(harness.job(job)) for job in jobs]
        assert [sha256_of(Path(clip.path)) for clip in known] == [clip.sha256 for clip in known]
        assert sum(one != clip_of(job) for one, job in zip(known, jobs, strict=True)) < 5


def test_a_clip_that_bears_a_mark_its_row_does_not_know_is_still_the_clip(tmp_path: Path) -> None:
    """The program was killed between the two."""
    job = saved_clip(tmp_path)
    folder = make_clip_folder(paths_below(tmp_path), Settings())
    assert folder.write_marks(job.marked(FIVE)) is not None
    assert sha256_of(Path(clip_of(job).path)) != clip_of(job).sha256
    folder.publish(job)
    frame = still_of_job(paths_below(tmp_path), job, -1)
    assert frame.parent == job.id
