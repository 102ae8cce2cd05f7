"""Named places at which a child kills itself: wrappers around the engine's outside parts."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.services import runtime
from pixverse_desktop.store import backups, clip_folder, job_store, journal

# Catalogue ids K1-K11 in their order, then more.
POINTS = (
    "before_intent", "after_intent", "after_post", "before_accept", "after_accept", "before_adopt",
    "mid_download", "before_verified", "after_verified", "after_rename", "before_saved",
    "after_adopt", "after_saved", "before_unconfirmed", "after_unconfirmed", "after_queued",
    "mid_journal", "after_journal", "before_rename", "after_open", "mid_migration", "mid_backup",
    "after_description", "adding_many", "reordering",
    "writing_film", "after_still", "after_still_row",
)  # fmt: skip
RARE = ("before_adopt", "after_adopt")  # often not reached, so tried twice as often
STEERING = frozenset({"adding_many", "reordering"})  # these need several jobs that wait
FILMING = frozenset({"writing_film", "after_still", "after_still_row"})  # these need a film
# These need an answer that is lost, so that there is something to adopt.
NEEDS_LOST_ANSWER = frozenset(
    {"before_adopt", "after_adopt", "before_unconfirmed", "after_unconfirmed"}
)


class Trap:
    """Kills the process when the program comes to ``point`` for the ``count``-th time."""

    def __init__(self, point: str | None, count: int = 1) -> None:
        self.point = point
        self._left = count
        self.within = ""  # the point that the next write to the journal is, when it is of several

    def at(self, point: str) -> None:
        """The program is at ``point``."""
        if point == self.point:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def _around(trap: Trap, before: str, after: str, work: Callable[[], Any]) -> Any:
    if before:
        trap.at(before)
    value = work()
    if after:
        trap.at(after)
    return value


_MOVES: dict[tuple[JobState | None, JobState], tuple[str, str]] = {
    (JobState.QUEUED, JobState.SUBMITTING): ("before_intent", "after_intent"),
    (JobState.SUBMITTING, JobState.ACCEPTED): ("before_accept", "after_accept"),
    (JobState.SUBMITTING, JobState.UNCONFIRMED): ("before_unconfirmed", "after_unconfirmed"),
    (JobState.UNCONFIRMED, JobState.ACCEPTED): ("before_adopt", "after_adopt"),
    (JobState.ACCEPTED, JobState.VERIFIED): ("before_verified", "after_verified"),
    (JobState.VERIFIED, JobState.SAVED): ("before_saved", "after_saved"),
}


def set_traps(trap: Trap, patch: Callable[[object, str, object], None]) -> None:
    """Wrap store, journal, copies and clip folder; ``patch(owner, name, value)`` sets a name."""
    _trap_store(trap, patch)
    _trap_journal(trap, patch)
    real_publish = clip_folder.ClipFolder.publish
    real_make = backups.Backups.make

    def publish(self: Any, job: Job) -> None:
        _around(trap, "before_rename", "after_rename", lambda: real_publish(self, job))

    class DyingConnection:
        """``Connection.backup`` is in the middle of its work."""

        def __init__(self, connection: Any) -> None:
            self._connection = connection

        def backup(self, target: Any) -> None:
            self._connection.backup(target, pages=1, progress=lambda *_: trap.at("mid_backup"))

    def make(self: Any, connection: Any, day: str) -> None:
        real_make(self, DyingConnection(connection), day)  # type: ignore[arg-type]

    real_describe = clip_folder.ClipFolder._put_description

    def describe(self: Any, part: Path, job: Job) -> bool:
        return bool(_around(trap, "", "after_description", lambda: real_describe(self, part, job)))

    real_still = runtime.still_of_job

    def still(paths: Any, job: Job, index: int) -> object:
        return _around(trap, "", "after_still", lambda: real_still(paths, job, index))

    patch(runtime, "still_of_job", still)
    patch(clip_folder.ClipFolder, "_put_description", describe)
    patch(clip_folder.ClipFolder, "publish", publish)
    patch(backups.Backups, "make", make)


def _trap_store(trap: Trap, patch: Callable[[object, str, object], None]) -> None:
    real_add, real_update = job_store.JobStore.add_jobs, job_store.JobStore.update_job
    real_open, real_migrate = job_store.JobStore.open, job_store.Database.open

    real_change = job_store.JobStore.change_jobs

    def change_jobs(self: Any, jobs: Sequence[Job], *more: Any) -> object:
        trap.within = "reordering" if len(jobs) > 1 else ""
        return real_change(self, jobs)

    def add_jobs(self: Any, *jobs: Job) -> None:
        trap.within = "adding_many" if len(jobs) > 1 else ""
        _around(trap, "", "after_queued", lambda: real_add(self, *jobs))

    def update_job(self: Any, job: Job, expected: JobState) -> bool:
        before, after = _MOVES.get((expected, job.state), ("", ""))
        if job.state is expected is JobState.QUEUED and job.parents:
            after = "after_still_row"  # its frame is known, and nothing says that it is sent
        return bool(_around(trap, before, after, lambda: real_update(self, job, expected)))

    def open_store(self: Any) -> object:
        return _around(trap, "", "after_open", lambda: real_open(self))

    def open_database(self: Any) -> None:
        _around(trap, "mid_migration", "", lambda: real_migrate(self))

    patch(job_store.JobStore, "add_jobs", add_jobs)
    patch(job_store.JobStore, "update_job", update_job)
    patch(job_store.JobStore, "change_jobs", change_jobs)
    patch(job_store.JobStore, "open", open_store)
    patch(job_store.Database, "open", open_database)


def _trap_journal(trap: Trap, patch: Callable[[object, str, object], None]) -> None:
    real_append, real_line = journal.Journal.append, journal._line

    def append(self: Any, *entries: journal.Entry | journal.FilmEntry) -> None:
        if trap.point == "mid_journal":
            with Path(self.path).open("ab") as file:  # half a line, and the power goes
                line = b"".join(map(real_line, entries))
                file.write(line[: len(line) // 2])
                file.flush()
        _around(trap, "mid_journal", "after_journal", lambda: real_append(self, *entries))
        if any(isinstance(entry, journal.FilmEntry) for entry in entries):
            trap.at("writing_film")
        if len(entries) > 1:
            trap.at(trap.within)  # in the journal, and not committed

    patch(journal.Journal, "append", append)


def trap_service(service: Any, trap: Trap) -> Any:
    """``service`` with its paid request and its download trapped."""
    real_submit, real_download = service.submit, service.download

    def submit(body: bytes, attempt_id: str, model_id: str = "pixverse-v6") -> object:
        return _around(trap, "", "after_post", lambda: real_submit(body, attempt_id, model_id))

    def download(url: str, part: Path, progress: Callable[[int, int | None], None]) -> str:
        def trapped(done: int, total: int | None) -> None:
            if total and done >= total / 3:
                trap.at("mid_download")
            progress(done, total)

        return str(real_download(url, part, trapped))

    service.submit, service.download = submit, download
    return service
