"""Records that fail at the worst moment, and what the next start makes of them."""

from __future__ import annotations

import dataclasses
import random
import shutil
import sqlite3

import pytest

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.store.job_store import StoreError
from tests.support.databases import moved, opened, scribble
from tests.support.factories import plain_job

S = JobState


class Wrapped:
    """A connection whose COMMIT fails on demand, as with a full disk."""

    def __init__(self, real):
        self.real, self.bad = real, False

    def execute(self, sql, *a):
        if self.bad and sql == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")
        return self.real.execute(sql, *a)

    def __getattr__(self, n):
        return getattr(self.real, n)


@pytest.mark.logs_warnings
def test_a_paid_id_in_the_journal_wins_over_a_copy_that_says_queued(tmp_path):
    """Copy made while the job waited; the database breaks while it is being sent; id kept by the journal."""
    store, _ = opened(tmp_path)
    job = plain_job(id="j0", position=1)
    store.add_jobs(job)
    store.back_up("2026-01-01")
    job = moved(store, job, S.SUBMITTING)
    w = Wrapped(store._database.connection)

    class Broken(Wrapped):
        def execute(self, sql, *a):
            if sql == "BEGIN IMMEDIATE":
                raise sqlite3.DatabaseError("database disk image is malformed")
            return self.real.execute(sql, *a)

    store._database._connection = Broken(w.real)
    with pytest.raises(StoreError):
        store.update_job(dataclasses.replace(job, state=S.ACCEPTED, remote_id="paid"), S.SUBMITTING)
    w.real.close()
    store._database._connection = None
    scribble(tmp_path)
    again, _repair = opened(tmp_path)
    (loaded,) = again.load_jobs()
    again.close()
    assert (loaded.state, loaded.remote_id) == (S.ACCEPTED, "paid")


@pytest.mark.logs_warnings
def test_a_job_that_could_not_be_queued_is_not_sent_at_the_next_start(tmp_path):
    store, _ = opened(tmp_path)
    store._database._connection = w = Wrapped(store._database.connection)
    w.bad = True
    job = plain_job(id="j0", position=1)
    with pytest.raises(StoreError):  # the user is told: it was not queued
        store.add_jobs(job)
    w.real.close()  # the program ends
    again, _repair = opened(tmp_path)
    loaded = again.load_jobs()
    facts = again.facts(job.origin)
    again.close()
    assert not [j for j in loaded if j.state is S.QUEUED] or facts.get("paused") == "yes"


@pytest.mark.logs_warnings
def test_a_lost_journal_and_then_a_lost_database(tmp_path):
    """Copy of the day; journal deleted; it is written anew; more is paid; the database breaks."""
    store, _ = opened(tmp_path)
    for n in range(30):
        store.add_jobs(plain_job(id=f"x{n}", position=n))
        moved(store, plain_job(id=f"x{n}", position=n), S.SUBMITTING, S.ACCEPTED)
    waiting = plain_job(id="w", position=99)
    store.add_jobs(waiting)
    store.close()
    store, _ = opened(tmp_path)  # offset is noted at every start
    store.back_up("2026-01-01")
    store.close()
    (tmp_path / "journal.jsonl").unlink()
    store, _ = opened(tmp_path)  # written anew
    moved(store, waiting, S.SUBMITTING, S.ACCEPTED)
    extra = plain_job(id="extra", position=100)
    store.add_jobs(extra)
    moved(store, extra, S.SUBMITTING, S.ACCEPTED)
    store._database.close()
    scribble(tmp_path)
    again, _ = opened(tmp_path)
    by = {j.id: j for j in again.load_jobs()}
    again.close()
    # and once more
    scribble(tmp_path)
    again, _repair = opened(tmp_path)
    by2 = {j.id: j for j in again.load_jobs()}
    again.close()
    assert by["w"].state is S.ACCEPTED
    assert "extra" in by
    assert by2["w"].state is S.ACCEPTED
    assert "extra" in by2


@pytest.mark.logs_warnings
def test_any_damaged_byte_is_survived(tmp_path):
    store, _ = opened(tmp_path)
    for n in range(20):
        store.add_jobs(plain_job(id=f"x{n}", position=n))
    store.close()
    bad = {}
    rng = random.Random(1)
    data = (tmp_path / "pixverse.db").read_bytes()
    places = [(i, v) for i in range(100) for v in (0, 255, 7)] + [
        (rng.randrange(len(data)), rng.randrange(256)) for _ in range(400)
    ]
    for i, v in places:
        folder = tmp_path / "t"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        d = bytearray(data)
        d[i] = v
        (folder / "pixverse.db").write_bytes(d)
        shutil.copy(tmp_path / "journal.jsonl", folder)
        try:
            s, _r = opened(folder)
            n = len(s.load_jobs())
            s.close()
            if n != 20:
                bad[i, v] = f"{n} jobs"
        except (StoreError, ValueError, IndexError, sqlite3.Error) as error:
            bad[i, v] = f"{type(error).__name__} {error}"[:90]
    assert not bad


@pytest.mark.logs_warnings
def test_a_note_that_is_no_number_is_passed_over(tmp_path):
    store, _ = opened(tmp_path)
    store.add_jobs(plain_job(id="x"))
    store.close()
    c = sqlite3.connect(tmp_path / "pixverse.db")
    c.execute("UPDATE meta SET value='1x' WHERE name='journal_offset'")
    c.commit()
    c.close()
    s, _r = opened(tmp_path)
    assert [job.id for job in s.load_jobs()] == ["x"]
    s.close()
