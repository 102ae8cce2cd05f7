"""The database's tables and the steps from one version of them to the next (``user_version``)."""

from __future__ import annotations

import sqlite3

_V1 = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO meta VALUES ('sentinel', 'pixverse-desktop');
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    remote_id TEXT,
    position INTEGER NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    prompt TEXT NOT NULL,
    data TEXT NOT NULL,
    UNIQUE (origin, remote_id)
) STRICT;
CREATE INDEX jobs_by_state ON jobs (origin, state);
CREATE TABLE transitions (
    number INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (id),
    old_state TEXT,
    new_state TEXT NOT NULL,
    at REAL NOT NULL
) STRICT;
CREATE TABLE facts (
    origin TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (origin, name)
) STRICT;
"""

MIGRATIONS: tuple[str, ...] = (_V1,)
VERSION = len(MIGRATIONS)


class NewerDatabase(Exception):
    """The file was written by a newer version of the program and is left alone."""


def refuse_newer(connection: sqlite3.Connection) -> int:
    """The file's version, read before anything is written. Raises NewerDatabase."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise NewerDatabase(f"version {version}, this program knows {VERSION}")
    return version


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to ``VERSION``, each step in a transaction of its own."""
    for number in range(refuse_newer(connection), VERSION):
        # executescript commits first, so the transaction is written out in the script.
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{MIGRATIONS[number]}\nPRAGMA user_version = {number + 1};\nCOMMIT;"
        )
