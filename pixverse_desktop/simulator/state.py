"""What survives a restart: jobs, balance and requests in SQLite, charges in a ledger file."""

from __future__ import annotations

import errno
import json
import os
import secrets
import sqlite3
import threading
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pixverse_desktop.simulator.jsontypes import (
    JsonObject,
    as_amount,
    as_object,
    as_text,
    parse_object,
)
from pixverse_desktop.simulator.settings import START_CREDITS

_LOCK_WAIT_S = 10.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, token TEXT NOT NULL UNIQUE,
  created_s REAL NOT NULL, status TEXT NOT NULL, input TEXT NOT NULL, work TEXT NOT NULL,
  cost INTEGER NOT NULL, balance_after INTEGER NOT NULL, idempotency_key TEXT,
  error TEXT, flaw TEXT, clip TEXT, clip_sha256 TEXT);
CREATE TABLE IF NOT EXISTS requests (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL);
"""
_KEEP_REQUESTS = 20_000
_JOB_COLUMNS = (
    "id, token, created_s, status, input, work, cost, balance_after, idempotency_key, error, "
    "flaw, clip, clip_sha256"
)


@dataclass(frozen=True, slots=True)
class Job:
    """One charged job. `input` is what was sent, `work` what the renderer is to do."""

    id: str
    token: str
    created_s: float
    status: str
    input: JsonObject
    work: JsonObject
    cost: Decimal
    balance_after: Decimal
    idempotency_key: str | None = None
    error: object = None
    flaw: JsonObject | None = None
    clip: str | None = None
    clip_sha256: str | None = None

    @property
    def prompt(self) -> str:
        """The prompt it was made from."""
        return as_text(self.input.get("prompt"))


class InsufficientCredits(Exception):
    """The balance is too low; carries what is left."""

    def __init__(self, balance: Decimal) -> None:
        super().__init__(f"{balance} credits left")
        self.balance = balance


class FolderInUse(Exception):
    """Another simulator holds the state folder."""


class State:
    """The only owner of the state folder's database and ledger; safe from several threads.

    Raises FolderInUse when another one holds them, and still does some seconds later.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clips = folder / "clips"
        self.frames = folder / "frames"
        for needed in (self.clips, self.frames):
            needed.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._ledger = (folder / "ledger.jsonl").open("ab", buffering=0)
        try:
            self._db = _lock_and_open(folder / "simulator.db", syncs=_sync(self._ledger.fileno()))
        except (FolderInUse, sqlite3.Error):
            self._ledger.close()
            raise
        self._db.executescript(_SCHEMA)
        with self._lock, self._db:
            self._set_default("balance", str(START_CREDITS))
            self._set_default("secret", secrets.token_hex(16))
            # Nobody renders at a start: whatever was under way begins again.
            self._db.execute("UPDATE jobs SET status='pending' WHERE status='processing'")
        self._heal_ledger()

    def close(self) -> None:
        """Close both files; nothing may be called afterwards."""
        with self._lock:
            self._db.close()
            self._ledger.close()

    @property
    def secret(self) -> str:
        """What media addresses are signed with."""
        return self._meta("secret")

    @property
    def balance(self) -> Decimal:
        """Play credits left."""
        return Decimal(self._meta("balance"))

    def refill(self, credits: Decimal | int) -> None:
        """Set the balance."""
        with self._lock, self._db:
            self._db.execute("UPDATE meta SET value=? WHERE name='balance'", (str(credits),))

    def charge(
        self,
        sent: JsonObject,
        work: JsonObject,
        cost: Decimal,
        key: str | None,
        flaw: JsonObject | None,
    ) -> Job:
        """Take `cost` credits and record the job, or raise `InsufficientCredits`."""
        with self._lock:
            left = self.balance - cost
            if left < 0:
                raise InsufficientCredits(self.balance)
            job = Job(
                "job_" + secrets.token_hex(8),
                secrets.token_urlsafe(18),
                time.time(),
                "pending",
                sent,
                work,
                cost,
                left,
                key,
                flaw=flaw,
            )
            with self._db:
                self._insert(job)
                self._db.execute("UPDATE meta SET value=? WHERE name='balance'", (str(left),))
            self._append_charge(job)
            return job

    def job(self, job_id: str) -> Job | None:
        """The job with that id."""
        return self._one("WHERE id=?", job_id)

    def job_by_token(self, token: str) -> Job | None:
        """The job whose clip has that media token."""
        return self._one("WHERE token=?", token)

    def jobs(self, limit: int, offset: int) -> list[Job]:
        """Newest first."""
        return self._many("ORDER BY seq DESC LIMIT ? OFFSET ?", limit, offset)

    def unfinished(self) -> list[Job]:
        """Jobs that still need a clip, oldest first."""
        return self._many("WHERE status IN ('pending','processing') ORDER BY seq")

    def counts(self) -> JsonObject:
        """How many jobs there are in each status."""
        with self._lock:
            rows = self._db.execute("SELECT status, count(*) FROM jobs GROUP BY status").fetchall()
        return {str(status): int(count) for status, count in rows}

    def set_status(self, job_id: str, status: str) -> None:
        """Move an unfinished job on."""
        self._run(
            "UPDATE jobs SET status=? WHERE id=? AND status IN ('pending','processing')",
            status,
            job_id,
        )

    def complete(self, job_id: str, clip: str, sha256: str) -> None:
        """The clip (a file name in `clips`) is there."""
        self._run(
            "UPDATE jobs SET status='completed', clip=?, clip_sha256=? "
            "WHERE id=? AND status IN ('pending','processing')",
            clip,
            sha256,
            job_id,
        )

    def fail(self, job_id: str, error: object) -> None:
        """The job ends without a clip, finished or not; `error` is text or a JSON object."""
        self._run("UPDATE jobs SET status='failed', error=? WHERE id=?", json.dumps(error), job_id)

    def add_request(self, entry: JsonObject) -> None:
        """Remember one request as it was received (it must hold no key)."""
        with self._lock, self._db:
            cursor = self._db.execute(
                "INSERT INTO requests(entry) VALUES (?)", (json.dumps(entry),)
            )
            newest = cursor.lastrowid or 0
            if newest % 1000 == 0:
                self._db.execute("DELETE FROM requests WHERE seq<=?", (newest - _KEEP_REQUESTS,))

    def requests(self) -> list[JsonObject]:
        """Requests received, oldest first."""
        with self._lock:
            rows = self._db.execute("SELECT entry FROM requests ORDER BY seq").fetchall()
        return [parse_object(row[0]) for row in rows]

    def ledger(self) -> list[JsonObject]:
        """Charges made, oldest first; a line torn by a crash is left out."""
        entries = []
        for line in (self.folder / "ledger.jsonl").read_bytes().splitlines():
            try:
                entries.append(parse_object(line))
            except ValueError:
                continue
        return entries

    def _append_charge(self, job: Job) -> None:
        entry = {
            "time": job.created_s,
            "jobId": job.id,
            "amount": as_amount(job.cost),
            "balance_after": as_amount(job.balance_after),
            "idempotency_key": job.idempotency_key,
            "input": job.input,
        }
        self._ledger.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        _sync(self._ledger.fileno())

    def _heal_ledger(self) -> None:
        # The database commits first; a crash just after it leaves a charge without its line.
        written = {entry.get("jobId") for entry in self.ledger()}
        path = self.folder / "ledger.jsonl"
        if path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            self._ledger.write(b"\n")
        for job in self._many("ORDER BY seq"):
            if job.id not in written:
                self._append_charge(job)

    def _insert(self, job: Job) -> None:
        self._db.execute(
            f"INSERT INTO jobs({_JOB_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                job.id,
                job.token,
                job.created_s,
                job.status,
                json.dumps(job.input),
                json.dumps(job.work),
                str(job.cost),
                str(job.balance_after),
                job.idempotency_key,
                None,
                json.dumps(job.flaw),
                None,
                None,
            ),
        )

    def _one(self, clause: str, *values: object) -> Job | None:
        found = self._many(clause, *values)
        return found[0] if found else None

    def _many(self, clause: str, *values: object) -> list[Job]:
        with self._lock:
            rows = self._db.execute(f"SELECT {_JOB_COLUMNS} FROM jobs {clause}", values).fetchall()
        return [_job_from_row(row) for row in rows]

    def _run(self, statement: str, *values: object) -> None:
        with self._lock, self._db:
            self._db.execute(statement, values)

    def _meta(self, name: str) -> str:
        with self._lock:
            row = self._db.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        return str(row[0])

    def _set_default(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR IGNORE INTO meta VALUES (?,?)", (name, value))


def _job_from_row(row: tuple[object, ...]) -> Job:
    (job_id, token, created_s, status, sent, work, cost, left, key, error, flaw, clip, sha) = row
    assert isinstance(created_s, float)
    return Job(
        str(job_id),
        str(token),
        created_s,
        str(status),
        parse_object(str(sent)),
        parse_object(str(work)),
        Decimal(str(cost)),
        Decimal(str(left)),
        _text_or_none(key),
        json.loads(str(error)) if error is not None else None,
        as_object(json.loads(str(flaw))) or None if flaw is not None else None,
        _text_or_none(clip),
        _text_or_none(sha),
    )


def _lock_and_open(path: Path, *, syncs: bool) -> sqlite3.Connection:
    """The database, held until it is closed, or until this process ends, however it does."""
    database = sqlite3.connect(path, timeout=_LOCK_WAIT_S, check_same_thread=False)
    try:
        database.execute(f"PRAGMA synchronous={'NORMAL' if syncs else 'OFF'}")
        database.execute("PRAGMA locking_mode=EXCLUSIVE")
        database.execute("PRAGMA journal_mode=WAL")  # the first access, which takes the lock
        database.execute("BEGIN IMMEDIATE")
        database.commit()
    except sqlite3.OperationalError as error:
        database.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise FolderInUse(str(path.parent)) from error
        raise
    return database


def _sync(descriptor: int) -> bool:
    """False where the file system cannot sync: CIFS, FUSE."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
            raise
        return False
    return True


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)
