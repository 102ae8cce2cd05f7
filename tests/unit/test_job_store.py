"""The database with its journal and copies: deleted, emptied, damaged, newer, behind, full."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path

import pytest

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.store.backups import KEPT
from pixverse_desktop.store.job_store import JobStore, Repair, StoreError
from pixverse_desktop.store.journal import Entry, Journal
from pixverse_desktop.store.schema import MIGRATIONS, VERSION, Corruption, corruption_of
from tests.support.databases import DAMAGES, delete, fill, moved, no_wal, opened, scribble
from tests.support.factories import plain_job

S = JobState
PATH_TO_CLIP = (S.SUBMITTING, S.ACCEPTED, S.VERIFIED, S.SAVED)


@pytest.mark.logs_warnings
@pytest.mark.parametrize("name", DAMAGES)
def test_a_lost_database_comes_back_from_the_journal(tmp_path: Path, name: str) -> None:
    harm, corruption = DAMAGES[name]
    jobs = fill(tmp_path)
    harm(tmp_path)
    harmed = (tmp_path / "pixverse.db").read_bytes() if (tmp_path / "pixverse.db").exists() else b""
    store, repair = opened(tmp_path)
    assert repair is not None
    assert (repair.corruption, repair.jobs) == (corruption, 4)
    assert store.load_jobs() == jobs
    assert repair.held
    assert store.facts(jobs[3].origin)["paused"] == "yes"  # nothing waiting is sent unseen
    if harmed:
        assert repair.kept is not None
        assert repair.kept.read_bytes() == harmed  # nothing was written to it
    else:
        assert repair.kept is None
    store.close()
    again, second = opened(tmp_path)
    assert second is None
    assert again.load_jobs() == jobs
    again.close()


@pytest.mark.logs_warnings
def test_a_missing_write_ahead_file_is_noticed_and_caught_up(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    job = plain_job(id="early")
    store.add_jobs(job)
    store.close()
    store, _ = opened(tmp_path)
    accepted = moved(store, job, S.SUBMITTING, S.ACCEPTED)
    late = plain_job(id="late", position=2)
    store.add_jobs(late)
    # What is only in the write-ahead file is gone when that file is.
    kept = (tmp_path / "pixverse.db").read_bytes()
    store._database.close()
    (tmp_path / "pixverse.db").write_bytes(kept)
    no_wal(tmp_path)
    store, repair = opened(tmp_path)
    assert repair == Repair(Corruption.NONE, 2, None)
    assert repair.held
    assert store.load_jobs() == [accepted, late]
    store.close()


@pytest.mark.logs_warnings
def test_a_copy_of_an_earlier_day_and_the_journal_make_the_whole(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    first = plain_job(id="first")
    store.add_jobs(first)
    store.save_fact("demo", "credits", "77")
    assert store.back_up("2026-01-01")
    assert not store.back_up("2026-01-01")
    first = moved(store, first, S.SUBMITTING, S.ACCEPTED)
    second = plain_job(id="second", position=2)
    store.add_jobs(second)
    store._database.close()
    scribble(tmp_path)
    store, repair = opened(tmp_path)
    assert repair is not None
    assert repair.corruption is Corruption.DAMAGED
    assert store.load_jobs() == [first, second]
    assert store.facts("demo")["credits"] == "77"  # the journal alone would not know
    store.close()


@pytest.mark.logs_warnings
def test_a_damaged_copy_is_passed_over(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    job = plain_job()
    store.add_jobs(job)
    store.save_fact("demo", "credits", "1")
    store.back_up("2026-01-01")
    store.back_up("2026-01-02")
    store._database.close()
    (tmp_path / "backups" / "jobs-2026-01-02.db").write_bytes(b"nothing good")
    delete(tmp_path)
    store, repair = opened(tmp_path)
    assert repair is not None
    assert store.facts("demo")["credits"] == "1"
    assert store.load_jobs() == [job]
    store.close()


def test_seven_copies_are_kept_and_each_is_whole(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    store.add_jobs(plain_job())
    for day in range(1, 12):
        store.back_up(f"2026-01-{day:02}")
    store.close()
    copies = sorted((tmp_path / "backups").iterdir())
    assert [c.name for c in copies] == [f"jobs-2026-01-{d:02}.db" for d in range(12 - KEPT, 12)]
    assert {corruption_of(c, thorough=True) for c in copies} == {Corruption.NONE}


def test_a_new_installation_is_nothing_to_tell_about(tmp_path: Path) -> None:
    store, repair = opened(tmp_path / "new")
    assert repair is None
    store.close()
    (tmp_path / "killed").mkdir()
    (tmp_path / "killed" / "pixverse.db").write_bytes(b"")  # killed in its very first second
    store, repair = opened(tmp_path / "killed")
    assert repair is None
    store.close()


@pytest.mark.logs_warnings
def test_a_deleted_journal_is_written_anew(tmp_path: Path) -> None:
    jobs = fill(tmp_path)
    store, _ = opened(tmp_path)
    store.close()
    (tmp_path / "journal.jsonl").unlink()
    store, _ = opened(tmp_path)
    store._database.close()
    delete(tmp_path)
    store, repair = opened(tmp_path)
    assert repair is not None
    assert store.load_jobs() == jobs
    store.close()


@pytest.mark.logs_warnings
def test_torn_and_damaged_lines_hide_no_others(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    one, two = plain_job(id="one"), plain_job(id="two")
    journal.append(Entry(1, one))
    with journal.path.open("ab") as file:
        file.write(b'00000000 {"number": 2, "row": [')  # the power went
    journal.append(Entry(3, two))
    with journal.path.open("ab") as file:
        file.write(b"\xff\xfe not hex\n" + b"deadbeef " + b"[" * 100_000 + b"\n")
    journal.append(Entry(4, one))
    assert [(e.number, e.job) for e in journal.entries()] == [(1, one), (3, two), (4, one)]


def test_nothing_is_sent_unless_the_journal_holds_it(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    job = plain_job()
    store.add_jobs(job)
    (tmp_path / "journal.jsonl").unlink()
    (tmp_path / "journal.jsonl").mkdir()  # cannot be written, not even by root
    with pytest.raises(StoreError):
        moved(store, job, S.SUBMITTING)
    assert store.load_jobs() == [job]
    (tmp_path / "journal.jsonl").rmdir()
    moved(store, job, S.SUBMITTING)
    store.close()


def test_many_jobs_are_added_or_none(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    many = [plain_job(id=f"j{n}", position=n) for n in range(200)]
    store.add_jobs(*many)
    assert store.load_jobs() == many
    (tmp_path / "journal.jsonl").unlink()
    (tmp_path / "journal.jsonl").mkdir()
    with pytest.raises(StoreError):
        store.add_jobs(plain_job(id="more", position=201), plain_job(id="last", position=202))
    assert store.load_jobs() == many
    store.close()


def test_many_are_changed_as_one_and_only_while_they_wait(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    many = [plain_job(id=f"j{n}", position=n) for n in range(20)]
    store.add_jobs(*many)
    sent = moved(store, many[3], S.SUBMITTING)
    turned = [dataclasses.replace(job, position=50 - job.position) for job in many]
    written = store.change_jobs(turned)
    assert written == [job for job in turned if job.id != "j3"]
    assert store.load_jobs() == sorted([sent, *written], key=lambda job: job.position)
    (tmp_path / "journal.jsonl").rename(tmp_path / "kept.jsonl")
    (tmp_path / "journal.jsonl").mkdir()
    with pytest.raises(StoreError):
        store.change_jobs(many)
    assert store.load_jobs() == sorted([sent, *written], key=lambda job: job.position)
    (tmp_path / "journal.jsonl").rmdir()
    store.close()


@pytest.mark.logs_warnings
def test_order_and_edits_come_back_from_the_journal(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    store.add_jobs(*(plain_job(id=f"j{n}", position=n) for n in range(3)))
    asked = plain_job().request.changed(prompt="another")
    edited = plain_job(id="j0", position=7, request=asked)
    store.change_jobs([edited])
    store.close()
    delete(tmp_path)
    store, _ = opened(tmp_path)
    assert store.load_jobs()[-1] == edited
    store.close()


@pytest.mark.logs_warnings
def test_what_was_paid_is_kept_by_the_database_when_the_journal_cannot(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    job = plain_job()
    store.add_jobs(job)
    job = moved(store, job, S.SUBMITTING)
    (tmp_path / "journal.jsonl").rename(tmp_path / "kept.jsonl")
    (tmp_path / "journal.jsonl").mkdir()
    saved = moved(store, job, *PATH_TO_CLIP[1:])
    assert store.load_jobs() == [saved]
    (tmp_path / "journal.jsonl").rmdir()
    store.close()


@pytest.mark.logs_warnings
def test_what_was_paid_is_kept_by_the_journal_when_the_database_cannot(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    job = plain_job()
    store.add_jobs(job)
    job = moved(store, job, S.SUBMITTING)
    other = sqlite3.connect(tmp_path / "pixverse.db", isolation_level=None)
    store._database.connection.execute("PRAGMA busy_timeout = 0")
    other.execute("BEGIN EXCLUSIVE")
    accepted = dataclasses.replace(job, state=S.ACCEPTED, remote_id="paid")
    for _ in range(2):  # the engine tries again and again
        with pytest.raises(StoreError):
            store.update_job(accepted, S.SUBMITTING)
    other.close()
    store._database.close()  # killed
    store, repair = opened(tmp_path)
    assert repair == Repair(Corruption.NONE, 1, None)
    assert store.load_jobs() == [accepted]
    assert len([e for e in Journal(tmp_path / "journal.jsonl").entries() if e.number == 0]) == 1
    store.close()


@pytest.mark.logs_warnings
def test_a_row_that_cannot_be_read_comes_from_the_journal(tmp_path: Path) -> None:
    jobs = fill(tmp_path)
    with sqlite3.connect(tmp_path / "pixverse.db") as connection:
        connection.execute("UPDATE jobs SET data = '{}' WHERE id = 'j1'")
    connection.close()
    store, _ = opened(tmp_path)
    assert sorted(store.load_jobs(), key=lambda job: job.id) == jobs
    store.close()


def test_an_older_database_is_brought_up_to_date(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "pixverse.db", isolation_level=None) as connection:
        connection.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
    connection.close()
    store, repair = opened(tmp_path)
    assert repair is None
    version = store._database.connection.execute("PRAGMA user_version").fetchone()
    assert version == (VERSION,)
    store.close()


def test_a_database_is_copied_before_it_is_brought_up_to_date(tmp_path: Path) -> None:
    """So that an older program, which refuses the newer one, has something to go back to."""
    kept = tmp_path / "backups" / "version-1.db"
    with sqlite3.connect(tmp_path / "pixverse.db", isolation_level=None) as connection:
        connection.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
    connection.close()
    for _ in range(2):  # no second copy, of what is up to date by then
        store, _ = opened(tmp_path)
        store.close()
        with sqlite3.connect(kept) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        connection.close()
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_a_database_that_is_in_use_is_not_taken_for_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, **{**k, "timeout": 0}))
    other = real(tmp_path / "pixverse.db", isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError):
        JobStore(tmp_path).open()
    other.close()
    assert [p.name for p in tmp_path.glob("*damaged*")] == []
