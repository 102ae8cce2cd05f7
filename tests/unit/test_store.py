"""The database, clip names and durable files, on a real disk."""

from __future__ import annotations

import dataclasses
import hashlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.file_name import clip_name, slug
from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.store.clip_folder import ClipFolder
from pixverse_desktop.store.database import Database, StoreError
from pixverse_desktop.store.durable_files import write_durably
from pixverse_desktop.store.frame_folder import FrameFolder
from tests.support.factories import plain_job


@pytest.fixture
def database(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    made = Database(tmp_path / "folder" / "pixverse.db")
    made.open()
    yield made
    made.close()


def test_a_job_comes_back_whole(database: Database) -> None:
    job = plain_job(
        remote_id="r", problem=problem(ProblemCode.OFFLINE, field="x"), credit_cost=10,
        clip=Clip("/a.mp4", 5, "00", 640, 360, 5.0, 24.0, True), expires_at=9.5, hidden=True,
    )  # fmt: skip
    database.add_jobs(job)
    assert database.load_jobs()[0] == [job]


def test_a_change_only_from_the_expected_state(database: Database) -> None:
    job = plain_job()
    database.add_jobs(job)
    sent = dataclasses.replace(job, state=JobState.SUBMITTING)
    assert database.update_job(sent, JobState.QUEUED)
    assert not database.update_job(sent, JobState.QUEUED)
    assert database.load_jobs()[0] == [sent]


def test_two_jobs_never_hold_one_remote_id(database: Database) -> None:
    database.add_jobs(plain_job(remote_id="r"))
    with pytest.raises(StoreError):
        database.add_jobs(plain_job(id="j2", remote_id="r"))
    database.add_jobs(plain_job(id="j3", remote_id="r", origin="elsewhere"))


def test_commits_are_durable_and_transitions_logged(database: Database, tmp_path: Path) -> None:
    database.add_jobs(plain_job())
    database.update_job(plain_job(state=JobState.WITHDRAWN), JobState.QUEUED)
    with sqlite3.connect(tmp_path / "folder" / "pixverse.db") as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        rows = other.execute("SELECT old_state, new_state FROM transitions").fetchall()
    other.close()
    assert rows == [(None, "queued"), ("queued", "withdrawn")]
    assert database.connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_facts(database: Database) -> None:
    database.save_fact("demo", "credits", "5")
    database.save_fact("demo", "credits", "6")
    assert database.facts("demo") == {"credits": "6"}
    assert database.facts("other") == {}


def test_a_file_that_is_no_database_is_an_explained_error(tmp_path: Path) -> None:
    path = tmp_path / "pixverse.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError):
        Database(path).open()


@pytest.mark.logs_warnings
def test_a_damaged_row_hides_no_other(database: Database) -> None:
    database.add_jobs(plain_job())
    database.add_jobs(plain_job(id="j2"))
    database.connection.execute("UPDATE jobs SET data = '{}' WHERE id = 'j1'")
    jobs, unreadable = database.load_jobs()
    assert [job.id for job in jobs] == ["j2"]
    assert unreadable == ["j1"]


@given(st.text())
def test_any_prompt_gives_a_safe_file_name(prompt: str) -> None:
    name = clip_name(plain_job(request=dataclasses.replace(plain_job().request, prompt=prompt)))
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert 10 < len(name.encode()) < 200
    assert name.endswith(".mp4")


@pytest.mark.parametrize("word", ["con", "NUL", "", "../..", "  "])
def test_reserved_names_are_not_used(word: str) -> None:
    assert slug(word) == "clip"


def test_a_part_becomes_the_clip(tmp_path: Path) -> None:
    folder = ClipFolder(tmp_path, lambda part: Clip("", 0, "", width=640))
    job = plain_job(state=JobState.ACCEPTED)
    part = folder.part_path(job)
    part.write_bytes(b"clip")
    part.with_suffix(".etag").write_text("x")
    clip = folder.verify(job, hashlib.sha256(b"clip").hexdigest())
    assert clip.size_bytes == 4
    job = dataclasses.replace(job, clip=clip)
    folder.publish(job)
    folder.publish(job)  # repeated after a crash
    assert Path(clip.path).read_bytes() == b"clip"
    assert [p.suffix for p in tmp_path.rglob("*") if p.is_file()] == [".mp4"]
    assert folder.has_file(job)
    Path(clip.path).unlink()
    assert not folder.has_file(job)
    with pytest.raises(FileNotFoundError):
        folder.publish(job)


@pytest.mark.parametrize("template", ["{id}", "{{id}}", "{{prompt}} {{id}} {id}"])
def test_no_clip_takes_the_place_of_another_file(tmp_path: Path, template: str) -> None:
    folder = ClipFolder(tmp_path, lambda part: Clip("", 0, ""), template=template)
    contents = [b"one", b"two", b"three"]
    kept = []
    for number, content in enumerate(contents):
        job = plain_job(id=f"12345678{number}", state=JobState.ACCEPTED)
        folder.part_path(job).write_bytes(content)
        clip = folder.verify(job, hashlib.sha256(content).hexdigest())
        folder.publish(dataclasses.replace(job, clip=clip))
        kept.append(Path(clip.path))
    assert [path.read_bytes() for path in kept] == contents


def test_a_name_taken_since_it_was_chosen_is_left_alone(tmp_path: Path) -> None:
    folder = ClipFolder(tmp_path, lambda part: Clip("", 0, ""))
    job = plain_job(state=JobState.ACCEPTED)
    folder.part_path(job).write_bytes(b"clip")
    sha256 = hashlib.sha256(b"clip").hexdigest()
    clip = folder.verify(job, sha256)
    Path(clip.path).write_bytes(b"the user's own")
    with pytest.raises(FileNotFoundError):
        folder.publish(dataclasses.replace(job, clip=clip))
    assert Path(clip.path).read_bytes() == b"the user's own"
    anew = folder.verify(job, sha256)
    folder.publish(dataclasses.replace(job, clip=anew))
    assert Path(anew.path).read_bytes() == b"clip"


def test_durable_writes_leave_no_pieces(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "a"
    write_durably(path, b"1")
    write_durably(path, b"2")
    assert path.read_bytes() == b"2"
    assert [p.name for p in path.parent.iterdir()] == ["a"]


def test_two_threads_may_store_the_same_picture(tmp_path: Path) -> None:
    frames = FrameFolder(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: frames.save(b"jpeg" * 50_000), range(40)))
    assert [p.name for p in tmp_path.iterdir()] == list(names)


def test_frames_are_kept_by_content(tmp_path: Path) -> None:
    frames = FrameFolder(tmp_path)
    name = frames.save(b"jpeg")
    assert frames.save(b"jpeg") == name
    assert frames.load(name) == b"jpeg"
    for bad in ("../secret", "x.jpg", "0" * 64 + ".jpg"):
        with pytest.raises(UserError):
            frames.load(bad)
