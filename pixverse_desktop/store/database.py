"""The SQLite file: WAL with full sync, so that a commit that returned survives a power cut.

One connection on one thread: every method runs on the store's lane. What is committed here is
what the engine's next step relies on.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.store.durable_files import sync_file
from pixverse_desktop.store.job_rows import job_from_row, job_to_row
from pixverse_desktop.store.schema import migrate, repair_search

log = logging.getLogger(__name__)

_LOCK_WAIT_S = 5.0
COLUMNS = "id, origin, state, remote_id, position, created_at, updated_at, prompt, data"

# Called with the change's number inside the transaction; when it raises, nothing is committed.
BeforeCommit = Callable[[int], None]

_UPDATE = (
    "UPDATE jobs SET origin = ?, state = ?, remote_id = ?, position = ?, created_at = ?, "
    "updated_at = ?, prompt = ?, data = ? WHERE id = ? AND state = ?"
)


class StoreError(UserError):
    """The database could not be read or written; the sentence says why."""


class Database:
    """Jobs, their transitions and facts in one file. Every method raises StoreError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None

    def open(self) -> None:
        """Open or make the file and bring its tables up to date."""
        with self.translate_errors():
            # Where the file system cannot sync, SQLite would refuse every commit over it. Asked
            # beforehand: closing the file later would let go of SQLite's own locks.
            self.path.touch()
            can_sync = sync_file(self.path)
            connection = sqlite3.connect(self.path, timeout=_LOCK_WAIT_S, isolation_level=None)
            # One damaged letter must not hide all jobs: its row alone is unreadable.
            connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            with ExitStack() as opening:
                opening.callback(connection.close)
                connection.execute(f"PRAGMA synchronous = {'FULL' if can_sync else 'OFF'}")
                connection.execute("PRAGMA journal_mode = WAL")
                # Small, so that a nearly full disk has room for it: a change writes a dozen pages.
                connection.execute("PRAGMA wal_autocheckpoint = 50")
                connection.execute("PRAGMA foreign_keys = ON")
                migrate(connection)
                repair_search(connection)
                opening.pop_all()
            self._connection = connection

    def close(self) -> None:
        """Close the file; to be called on the store's lane like everything else."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def connection(self) -> sqlite3.Connection:
        """The open connection. Raises sqlite3.ProgrammingError when closed."""
        if self._connection is None:
            raise sqlite3.ProgrammingError("the database is closed")
        return self._connection

    def load_jobs(self) -> tuple[list[Job], list[str]]:
        """Every job, oldest first, and the ids of the rows that cannot be read."""
        jobs, unreadable = [], []
        with self.translate_errors():
            # One at a time, and sorted only as jobs: all rows together are several times as large.
            for row in self.connection.execute(f"SELECT {COLUMNS} FROM jobs"):
                try:
                    "".join(column for column in row if isinstance(column, str)).encode()
                    jobs.append(job_from_row(row))
                except (ValueError, KeyError, TypeError) as error:
                    kind = type(error).__name__
                    log.warning("the row of job %a cannot be read: %s", row[0], kind)
                    unreadable.append(row[0])
        jobs.sort(key=lambda job: (job.position, job.created_at))
        return jobs, unreadable

    def add_jobs(
        self, *jobs: Job, before_commit: Callable[[Sequence[int]], None] | None = None
    ) -> None:
        """Insert new jobs, all of them or none; ``before_commit`` gets their changes' numbers."""
        with self.transaction() as connection:
            marks = ", ".join("?" * 9)
            insert = f"INSERT INTO jobs ({COLUMNS}) VALUES ({marks})"
            connection.executemany(insert, map(job_to_row, jobs))
            numbers = [self._log_transition(connection, job, None) for job in jobs]
            if before_commit is not None:
                before_commit(numbers)

    def update_job(
        self, job: Job, expected: JobState, before_commit: BeforeCommit | None = None
    ) -> bool:
        """Write ``job`` if its row is still in ``expected``; False, and nothing written, if not."""
        row = job_to_row(job)
        with self.transaction() as connection:
            cursor = connection.execute(_UPDATE, (*row[1:], job.id, str(expected)))
            if cursor.rowcount != 1:
                return False
            if job.state is not expected:
                number = self._log_transition(connection, job, expected)
                if before_commit is not None:
                    before_commit(number)
        return True

    def change_jobs(
        self,
        jobs: Sequence[Job],
        expected: JobState | None,
        before_commit: Callable[[Sequence[int], Sequence[Job]], None],
    ) -> list[Job]:
        """Write those whose rows are still in that state, in one transaction; gives them.

        None stands for the state that each is in itself.
        ``before_commit`` gets the numbers of the changes, and the jobs.
        """
        rows = [(*job_to_row(job)[1:], job.id, str(expected or job.state)) for job in jobs]
        written, numbers = [], []
        with self.transaction() as connection:
            for job, row in zip(jobs, rows, strict=True):
                if connection.execute(_UPDATE, row).rowcount == 1:
                    written.append(job)
                    numbers.append(self._log_transition(connection, job, expected or job.state))
            if written:
                before_commit(numbers, written)
        return written

    def put_back(self, job: Job, number: int) -> bool:
        """Write what the journal knows of a job; False when another job holds its remote id."""
        try:
            with self.transaction() as connection:
                marks = ", ".join("?" * 9)
                newer = ", ".join(f"{c} = excluded.{c}" for c in COLUMNS.split(", ")[1:])
                connection.execute(
                    f"INSERT INTO jobs ({COLUMNS}) VALUES ({marks}) "
                    f"ON CONFLICT (id) DO UPDATE SET {newer}",
                    job_to_row(job),
                )
                highest = connection.execute("SELECT max(number) FROM transitions").fetchone()[0]
                # A beginning of its own: the steps before it are not in this file.
                connection.execute(
                    "INSERT INTO transitions VALUES (?, ?, NULL, ?, ?)",
                    (max(number, (highest or 0) + 1), job.id, str(job.state), job.updated_at),
                )
        except StoreError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                return False
            raise
        return True

    def last_change(self, job_id: str) -> int:
        """The number of the last transition of a job; 0 for an unknown one."""
        query = "SELECT max(number) FROM transitions WHERE job_id = ?"
        with self.translate_errors():
            return self.connection.execute(query, (job_id,)).fetchone()[0] or 0

    def changes(self) -> Iterator[tuple[str, int]]:
        """Job id and number of its last transition, for all jobs."""
        query = "SELECT job_id, max(number) FROM transitions GROUP BY job_id"
        with self.translate_errors():
            yield from self.connection.execute(query).fetchall()

    def meta(self, name: str) -> str | None:
        """A note of the store about itself."""
        with self.translate_errors():
            query = "SELECT value FROM meta WHERE name = ?"
            found = self.connection.execute(query, (name,)).fetchone()
        return found[0] if found else None

    def set_meta(self, name: str, value: str) -> None:
        """Keep a note of the store about itself."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def facts(self, origin: str) -> dict[str, str]:
        """Small remembered values about a service."""
        with self.translate_errors():
            rows = self.connection.execute(
                "SELECT name, value FROM facts WHERE origin = ?", (origin,)
            )
            return dict(rows.fetchall())

    def save_fact(self, origin: str, name: str, value: str) -> None:
        """Remember one value."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", (origin, name, value)
            )

    @staticmethod
    def _log_transition(connection: sqlite3.Connection, job: Job, old: JobState | None) -> int:
        """Gives the change's number."""
        cursor = connection.execute(
            "INSERT INTO transitions (job_id, old_state, new_state, at) VALUES (?, ?, ?, ?)",
            (job.id, old, str(job.state), job.updated_at),
        )
        return cursor.lastrowid or 0

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """BEGIN IMMEDIATE … COMMIT, or ROLLBACK when the body raises."""
        with self.translate_errors():
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:  # SQLite ends it by itself when the disk is full
                    connection.execute("ROLLBACK")

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Turns the errors of SQLite and of the disk into StoreError."""
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeEncodeError) as error:
            detail = f"{self.path.name}: {error}"
            raise StoreError(problem(ProblemCode.STORE, detail=detail)) from error
