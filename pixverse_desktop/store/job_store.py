"""Everything that is remembered about jobs: the database, its journal and its daily copies.

Implements ``core.ports.Store``. What a damaged, deleted or emptied database has lost comes back
from the newest copy and the journal; the file itself is kept aside, and ``open`` tells what
happened. A change is in the journal before it is committed: nothing is sent unless both hold it,
and what has happened at the service is kept by whichever of them can.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from pathlib import Path

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.records import record
from pixverse_desktop.store.backups import Backups
from pixverse_desktop.store.clip_search import Library
from pixverse_desktop.store.database import Database, StoreError
from pixverse_desktop.store.film_store import FilmStore
from pixverse_desktop.store.journal import Entry, Journal, newest
from pixverse_desktop.store.schema import VERSION, Corruption, corruption_of, version_of

log = logging.getLogger(__name__)

__all__ = ["JobStore", "Repair", "StoreError"]

_OFFSET = "journal_offset"  # how much of the journal the database is known to hold
_OPEN = "open"  # "yes" while a program has it open: after a crash it is looked at thoroughly


@record
class Repair:
    """What ``open`` had to mend. ``kept`` is the damaged file, None when there was none."""

    corruption: Corruption
    jobs: int  # jobs brought back or caught up
    kept: Path | None
    held: bool = field(default=False, compare=False)  # what waits is sent when the user resumes


class JobStore:
    """The jobs of one data folder; every method blocks and raises StoreError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = Database(folder / "pixverse.db")
        self._journal = Journal(folder / "journal.jsonl")
        self._backups = Backups(folder / "backups")
        self._kept_ids: set[str] = set()
        self.library = Library(self._database)
        self.films = FilmStore(self._database, self._journal)

    # --- opening and closing ---

    def open(self) -> Repair | None:
        """Open, mend what is mendable, and tell what was; None when all was well."""
        with self._database.translate_errors():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._backups.tidy()
            corruption = self._corruption()
            kept = None
            if corruption is not Corruption.NONE:
                kept = self._quarantine(corruption)
                self._backups.restore(self._database.path)
            elif self._database.path.exists():
                self._copy_before_migrating()
        self._database.open()
        caught_up, newly_waiting = self._catch_up(whole=corruption is not Corruption.NONE)
        held = corruption is not Corruption.NONE or newly_waiting
        if held:  # before anything says that all is mended: a crash here must not lose it
            held = self._hold_what_waits()
        self._database.set_meta(_OFFSET, str(self._journal.size()))
        self._database.set_meta(_OPEN, "yes")
        if corruption is Corruption.NONE and not caught_up:
            return None
        if corruption in (Corruption.MISSING, Corruption.EMPTY) and not self._has_jobs():
            return None  # a new installation, or one that was killed in its very first second
        count = caught_up if corruption is Corruption.NONE else self._job_count()
        repair = Repair(corruption, count, kept, held)
        log.warning("the list of jobs was mended: %s, %d jobs", corruption, repair.jobs)
        return repair

    def close(self) -> None:
        """Close in order; to be called on the store's lane like everything else."""
        try:
            with self._database.translate_errors():
                self._database.set_meta(_OFFSET, str(self._journal.size()))
            self._database.set_meta(_OPEN, "no")
        except StoreError:
            log.info("the database was closed without its last note")
        self._database.close()

    def _corruption(self) -> Corruption:
        path = self._database.path
        corruption = corruption_of(path, thorough=False)
        if corruption is Corruption.NONE and self._was_left_open():
            corruption = corruption_of(path, thorough=True)
        known = self._journal.size() > 0 or self._backups.exist()
        return (
            corruption
            if known or corruption in (Corruption.DAMAGED, Corruption.NEWER)
            else Corruption.NONE
        )

    def _copy_before_migrating(self) -> None:
        """What an earlier version wrote is kept as it was, whatever the next steps make of it."""
        with contextlib.closing(sqlite3.connect(self._database.path, timeout=5.0)) as connection:
            if 0 < (version := version_of(connection)) < VERSION:
                self._backups.keep(connection, version)

    def _was_left_open(self) -> bool:
        connection = sqlite3.connect(self._database.path, timeout=5.0)
        try:
            query = "SELECT value FROM meta WHERE name = ?"
            return bool(connection.execute(query, (_OPEN,)).fetchone() == ("yes",))
        finally:
            connection.close()

    def _quarantine(self, corruption: Corruption) -> Path | None:
        """Rename the file, with what SQLite keeps beside it; nothing is overwritten."""
        path = self._database.path
        word = "newer" if corruption is Corruption.NEWER else "damaged"
        stamp = time.strftime("%Y%m%d-%H%M%S")
        aside = path.with_name(f"{path.name}.{word}-{stamp}")
        number = 1
        while aside.exists():
            number += 1
            aside = path.with_name(f"{path.name}.{word}-{stamp}-{number}")
        kept = path.exists() and path.stat().st_size > 0
        for suffix in ("-wal", "-shm", ""):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
        return aside if kept else None

    def _catch_up(self, *, whole: bool) -> tuple[int, bool]:
        """Write what the journal knows and the database does not; gives how many jobs.

        Gives too whether one of them waits now that did not: its user was told that it does not.
        """
        noted = self._database.meta(_OFFSET) or ""
        offset = int(noted) if noted.isascii() and noted.isdigit() else 0
        cut = self._journal.size() < offset
        if cut or whole:
            offset = 0  # of another journal, perhaps: it may have been written anew since
        newly_waiting = False
        with self._database.translate_errors():
            self.films.catch_up(self._journal.films(offset))
            latest = newest(self._journal.entries(offset))
            known = dict(self._database.changes()) if whole or len(latest) > 50 else None
            jobs = {job.id: job for job in self._database.load_jobs()[0]} if latest else {}
        changed = 0
        for job_id, entry in latest.items():
            last = known.get(job_id, 0) if known is not None else self._database.last_change(job_id)
            old = jobs.get(job_id)
            behind = entry.number > last
            if entry.number == 0 and old is not None:  # the commit itself had failed
                behind = old.remote_id is None
            if (old is None or behind) and self._database.put_back(entry.job, entry.number):
                changed += 1
                waited = old is not None and old.state is not JobState.WITHDRAWN
                newly_waiting |= entry.job.state is JobState.QUEUED and not waited
        if cut:
            self._write_journal_anew()
        return changed, newly_waiting

    def _write_journal_anew(self) -> None:
        """The journal was deleted or cut: what the database knows is written down once more."""
        log.warning("the journal was lost; it is written anew")
        with self._database.translate_errors():
            numbers = dict(self._database.changes())
            jobs, _ = self._database.load_jobs()
            entries = (Entry(numbers.get(job.id, 0), job) for job in jobs)
            self._journal.append(*entries, *self.films.entries())

    def _hold_what_waits(self) -> bool:
        """What a rebuilt list says is waiting is sent when the user has seen it, not before.

        False when nothing waits.
        """
        jobs, _ = self._database.load_jobs()
        origins = {job.origin for job in jobs if job.state is JobState.QUEUED}
        for origin in origins:
            self._database.save_fact(origin, "paused", "yes")
        return bool(origins)

    def _has_jobs(self) -> bool:
        return self._job_count() > 0

    def _job_count(self) -> int:
        with self._database.translate_errors():
            return int(self._database.connection.execute("SELECT count(*) FROM jobs").fetchone()[0])

    # --- core.ports.Store ---

    def load_jobs(self) -> list[Job]:
        """Every job, oldest first; a row that cannot be read is taken from the journal."""
        jobs, unreadable = self._database.load_jobs()
        if unreadable:
            with self._database.translate_errors():
                known = newest(self._journal.entries())
            read = {job.id for job in jobs}  # an id may be what is damaged
            jobs += [entry.job for job_id, entry in known.items() if job_id not in read]
        return jobs

    def add_jobs(self, *jobs: Job) -> None:
        """Insert new jobs, all of them or none."""

        def write(numbers: Iterable[int]) -> None:
            self._journal.append(*map(Entry, numbers, jobs))

        self._database.add_jobs(*jobs, before_commit=write)

    def update_job(self, job: Job, expected: JobState) -> bool:
        """Write ``job`` if its row is still in ``expected``; False, and nothing written, if not."""
        sending = job.state is JobState.SUBMITTING
        try:
            return self._database.update_job(job, expected, self._journaling(job, required=sending))
        except StoreError:
            if job.state is JobState.ACCEPTED and expected is JobState.SUBMITTING:
                self._keep_id(job)
            raise

    def change_jobs(self, jobs: Sequence[Job], expected: JobState | None = None) -> list[Job]:
        """Write those that are still in that state (None: in their own), as one commit and one
        write to the journal; gives them. What the journal does not take is not changed: it may be
        all that is left one day."""

        def write(numbers: Sequence[int], written: Sequence[Job]) -> None:
            self._journal.append(*map(Entry, numbers, written))

        return self._database.change_jobs(jobs, expected, write)

    def facts(self, origin: str) -> dict[str, str]:
        """Small remembered values about a service."""
        return self._database.facts(origin)

    def save_fact(self, origin: str, name: str, value: str) -> None:
        """Remember one value."""
        self._database.save_fact(origin, name, value)

    # --- daily copies ---

    def back_up(self, day: str) -> bool:
        """Make the copy of ``day`` (YYYY-MM-DD) if it has none; True when one was made."""
        with self._database.translate_errors():
            if not self._backups.is_due(day):
                return False
            self._backups.make(self._database.connection, day)
        return True

    # --- inside ---

    def _journaling(self, job: Job, *, required: bool) -> Callable[[int], None]:
        def write(number: int) -> None:
            if job.state is JobState.VERIFIED:
                return  # a step of its own only for the files; ACCEPTED fetches again, free
            try:
                self._journal.append(Entry(number, job))
            except OSError as error:
                if required:
                    raise
                log.warning("the journal cannot be written: %s", error.strerror)

        return write

    def _keep_id(self, job: Job) -> None:
        """The service's id of a paid job, although the database cannot take it now."""
        if job.id in self._kept_ids:
            return
        try:
            self._journal.append(Entry(0, job))
            self._kept_ids.add(job.id)
        except OSError as error:
            log.warning("the journal cannot be written either: %s", error.strerror)
