"""Databases as the program leaves them, and every way in which one is damaged."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable
from pathlib import Path

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.store.job_store import JobStore, Repair
from pixverse_desktop.store.schema import VERSION, Corruption
from tests.support.factories import plain_job

S = JobState
PATH_TO_CLIP = (S.SUBMITTING, S.ACCEPTED, S.VERIFIED, S.SAVED)


def opened(folder: Path) -> tuple[JobStore, Repair | None]:
    store = JobStore(folder)
    return store, store.open()


def moved(store: JobStore, job: Job, *states: JobState) -> Job:
    """Through ``states``, as the engine would."""
    for state in states:
        changes: dict[str, object] = {}
        if state is S.ACCEPTED:
            changes["remote_id"] = f"r-{job.id}"
        if state is S.VERIFIED:
            changes["clip"] = Clip(f"/clips/{job.id}.mp4", 5, "00")
        new = dataclasses.replace(job, state=state, **changes)  # type: ignore[arg-type]
        assert store.update_job(new, job.state)
        job = new
    return job


def fill(folder: Path) -> list[Job]:
    """A saved, an accepted, a sent and a waiting job, left as a killed program leaves them."""
    store, repair = opened(folder)
    assert repair is None
    jobs = []
    for number, states in enumerate((PATH_TO_CLIP, PATH_TO_CLIP[:2], PATH_TO_CLIP[:1], ())):
        job = plain_job(id=f"j{number}", position=number + 1)
        store.add_jobs(job)
        jobs.append(moved(store, job, *states))
    store._database.close()
    return jobs


def no_wal(folder: Path) -> None:
    for name in ("pixverse.db-wal", "pixverse.db-shm"):
        (folder / name).unlink(missing_ok=True)


def delete(folder: Path) -> None:
    (folder / "pixverse.db").unlink()
    no_wal(folder)


def empty(folder: Path) -> None:
    (folder / "pixverse.db").write_bytes(b"")
    no_wal(folder)


def cut(folder: Path) -> None:
    path = folder / "pixverse.db"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    no_wal(folder)


def scribble(folder: Path) -> None:
    path = folder / "pixverse.db"
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 4] = b"\xa5" * 8192
    path.write_bytes(data)
    no_wal(folder)


def read_as_text(folder: Path) -> None:
    path = folder / "pixverse.db"
    path.write_bytes(path.read_bytes().decode("latin-1").encode("utf-8"))
    no_wal(folder)


def lose_the_sentinel(folder: Path) -> None:
    with sqlite3.connect(folder / "pixverse.db") as connection:
        connection.execute("DELETE FROM meta")
    connection.close()


def write_newer(folder: Path) -> None:
    with sqlite3.connect(folder / "pixverse.db") as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 7}")
    connection.close()


DAMAGES: dict[str, tuple[Callable[[Path], None], Corruption]] = {
    "deleted": (delete, Corruption.MISSING),
    "zero-byte": (empty, Corruption.EMPTY),
    "truncated": (cut, Corruption.DAMAGED),
    "random page": (scribble, Corruption.DAMAGED),
    "read as text": (read_as_text, Corruption.DAMAGED),
    "sentinel lost": (lose_the_sentinel, Corruption.DAMAGED),
    "newer": (write_newer, Corruption.NEWER),
}
