"""The SQLite file: WAL with full sync, so that a commit that returned survives a power cut.

One connection on one thread: every method runs on the store's lane. What is committed here is
what the engine's next step relies on.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixverse_desktop.core.job import Job, JobState
from pixverse_desktop.core.problems import ProblemCode, UserError, problem
from pixverse_desktop.store.rows import job_from_row, job_to_row
from pixverse_desktop.store.schema import NewerDatabase, migrate, refuse_newer

log = logging.getLogger(__name__)

_LOCK_WAIT_S = 5.0


class StoreError(UserError):
    """The database could not be read or written; the sentence says why."""


class Database:
    """Implements ``core.ports.Store`` on one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def open(self) -> None:
        """Open or make the file and bring its tables up to date. Raises StoreError."""
        with self._explained():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=_LOCK_WAIT_S, isolation_level=None)
            try:
                refuse_newer(connection)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
                migrate(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection

    def close(self) -> None:
        """Close the file; to be called on the store's lane like everything else."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def load_jobs(self) -> list[Job]:
        """Every job, oldest first. A row that cannot be read is logged and left alone."""
        jobs = []
        query = (
            "SELECT id, origin, state, remote_id, position, created_at, updated_at, prompt, data "
            "FROM jobs ORDER BY position, created_at"
        )
        with self._explained():
            rows = self._open_connection().execute(query).fetchall()
        for row in rows:
            try:
                jobs.append(job_from_row(row))
            except (ValueError, KeyError, TypeError):
                log.exception("the row of job %s cannot be read", row[0])
        return jobs

    def add_job(self, job: Job) -> None:
        """Insert a new job."""
        with self._transaction() as connection:
            marks = ", ".join("?" * 9)
            connection.execute(f"INSERT INTO jobs VALUES ({marks})", job_to_row(job))
            self._log_transition(connection, job, None)

    def update_job(self, job: Job, expected: JobState) -> bool:
        """Write ``job`` if its row is still in ``expected``; False, and nothing written, if not."""
        row = job_to_row(job)
        with self._transaction() as connection:
            cursor = connection.execute(
                "UPDATE jobs SET origin = ?, state = ?, remote_id = ?, position = ?, "
                "created_at = ?, updated_at = ?, prompt = ?, data = ? WHERE id = ? AND state = ?",
                (*row[1:], job.id, str(expected)),
            )
            if cursor.rowcount != 1:
                return False
            if job.state is not expected:
                self._log_transition(connection, job, expected)
        return True

    def facts(self, origin: str) -> dict[str, str]:
        """Small remembered values about a service."""
        with self._explained():
            rows = self._open_connection().execute(
                "SELECT name, value FROM facts WHERE origin = ?", (origin,)
            )
            return dict(rows.fetchall())

    def save_fact(self, origin: str, name: str, value: str) -> None:
        """Remember one value."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", (origin, name, value)
            )

    @staticmethod
    def _log_transition(connection: sqlite3.Connection, job: Job, old: JobState | None) -> None:
        connection.execute(
            "INSERT INTO transitions (job_id, old_state, new_state, at) VALUES (?, ?, ?, ?)",
            (job.id, old, str(job.state), job.updated_at),
        )

    def _open_connection(self) -> sqlite3.Connection:
        if self._connection is None:
            raise sqlite3.ProgrammingError("the database is closed")
        return self._connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._explained():
            connection = self._open_connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except NewerDatabase as error:
            text = "The list of jobs was written by a newer version of this program."
            raise StoreError(problem(ProblemCode.STORE, text, str(error))) from error
        except (sqlite3.Error, OSError, UnicodeEncodeError) as error:
            detail = f"{self._path.name}: {error}"
            raise StoreError(problem(ProblemCode.STORE, detail=detail)) from error
