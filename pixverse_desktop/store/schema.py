"""The database's tables, the steps from one version of them to the next (``user_version``), and
what can be wrong with a file that should be one."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from enum import StrEnum
from pathlib import Path

from pixverse_desktop.core.text import fold

log = logging.getLogger(__name__)
SENTINEL = "pixverse-desktop"
_V1 = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO meta VALUES ('sentinel', '{SENTINEL}');
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
_V2 = """
CREATE INDEX transitions_of_job ON transitions (job_id, number);
"""


def _json(path: str, kind: str = "TEXT") -> str:
    """A value out of a job's JSON as the column's kind; NULL from a damaged row. Neither that nor
    a value of another kind may make the whole table count as damaged."""
    return f"CAST(CASE WHEN json_valid(data) THEN json_extract(data, '$.{path}') END AS {kind})"


# What the library asks for stands in the job's own JSON; these columns are computed from it.
_V3 = f"""
ALTER TABLE jobs ADD COLUMN hidden INTEGER GENERATED ALWAYS AS
    (coalesce({_json("hidden", "INTEGER")}, 0)) VIRTUAL;
ALTER TABLE jobs ADD COLUMN listed INTEGER GENERATED ALWAYS AS
    (state IN ('submitting', 'accepted', 'verified', 'saved')) VIRTUAL;
ALTER TABLE jobs ADD COLUMN unsaved INTEGER GENERATED ALWAYS AS (state IN
    ('submitting', 'unconfirmed', 'accepted', 'verified', 'no_file', 'expired')) VIRTUAL;
ALTER TABLE jobs ADD COLUMN length_s REAL GENERATED ALWAYS AS
    (coalesce({_json("clip.duration_s", "REAL")}, 0)) VIRTUAL;
ALTER TABLE jobs ADD COLUMN aspect_ratio TEXT GENERATED ALWAYS AS
    ({_json("request.aspect_ratio")}) VIRTUAL;
ALTER TABLE jobs ADD COLUMN resolution TEXT GENERATED ALWAYS AS
    ({_json("request.resolution")}) VIRTUAL;
ALTER TABLE jobs ADD COLUMN style TEXT GENERATED ALWAYS AS
    ({_json("request.style")}) VIRTUAL;
ALTER TABLE jobs ADD COLUMN has_frame INTEGER GENERATED ALWAYS AS
    (({_json("request.start_frame")}) IS NOT NULL) VIRTUAL;
ALTER TABLE jobs ADD COLUMN parent TEXT GENERATED ALWAYS AS (coalesce(
    nullif({_json("request.start_frame.parent")}, ''),
    nullif({_json("request.end_frame.parent")}, ''))) VIRTUAL;
CREATE INDEX jobs_listed ON jobs (listed, hidden, created_at);
CREATE INDEX jobs_by_length ON jobs (listed, hidden, length_s, created_at);
CREATE INDEX jobs_by_resolution ON jobs (listed, hidden, resolution, created_at);
CREATE INDEX jobs_by_ratio ON jobs (listed, hidden, aspect_ratio, created_at);
CREATE INDEX jobs_by_style ON jobs (listed, hidden, style, created_at);
CREATE INDEX jobs_with_frame ON jobs (listed, hidden, has_frame, created_at);
CREATE INDEX jobs_unsaved ON jobs (unsaved, hidden, created_at) WHERE unsaved = 1;
CREATE INDEX jobs_by_parent ON jobs (parent) WHERE parent IS NOT NULL;
CREATE TABLE favourites (job_id TEXT PRIMARY KEY) STRICT;
CREATE TABLE boards (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE board_clips (
    board_id TEXT NOT NULL, job_id TEXT NOT NULL, PRIMARY KEY (board_id, job_id)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE prompts USING fts5(
    prompt, content = 'jobs', content_rowid = 'rowid', prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 2"
);
INSERT INTO prompts (rowid, prompt) SELECT rowid, prompt FROM jobs;
CREATE TRIGGER prompts_added AFTER INSERT ON jobs BEGIN
    INSERT INTO prompts (rowid, prompt) VALUES (new.rowid, new.prompt);
END;
CREATE TRIGGER prompts_changed AFTER UPDATE OF prompt ON jobs WHEN old.prompt <> new.prompt BEGIN
    INSERT INTO prompts (prompts, rowid, prompt) VALUES ('delete', old.rowid, old.prompt);
    INSERT INTO prompts (rowid, prompt) VALUES (new.rowid, new.prompt);
END;
"""
# The index is of what ``core.text.fold`` makes of a prompt, which stands in a table of its own.
_V4 = """
DROP TRIGGER prompts_added;
DROP TRIGGER prompts_changed;
DROP TABLE prompts;
CREATE TABLE folded (number INTEGER PRIMARY KEY, prompt TEXT NOT NULL) STRICT;
INSERT INTO folded SELECT rowid, fold(CAST(prompt AS BLOB)) FROM jobs;
CREATE VIRTUAL TABLE prompts USING fts5(
    prompt, content = 'folded', content_rowid = 'number', prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 2"
);
INSERT INTO prompts (prompts) VALUES ('rebuild');
CREATE TRIGGER jobs_added AFTER INSERT ON jobs BEGIN
    INSERT INTO folded VALUES (new.rowid, fold(CAST(new.prompt AS BLOB)));
END;
CREATE TRIGGER jobs_changed AFTER UPDATE OF prompt ON jobs WHEN old.prompt <> new.prompt BEGIN
    UPDATE folded SET prompt = fold(CAST(new.prompt AS BLOB)) WHERE number = new.rowid;
END;
CREATE TRIGGER jobs_deleted AFTER DELETE ON jobs BEGIN
    DELETE FROM folded WHERE number = old.rowid;
END;
CREATE TRIGGER folded_added AFTER INSERT ON folded BEGIN
    INSERT INTO prompts (rowid, prompt) VALUES (new.number, new.prompt);
END;
CREATE TRIGGER folded_changed AFTER UPDATE ON folded BEGIN
    INSERT INTO prompts (prompts, rowid, prompt) VALUES ('delete', old.number, old.prompt);
    INSERT INTO prompts (rowid, prompt) VALUES (new.number, new.prompt);
END;
CREATE TRIGGER folded_deleted AFTER DELETE ON folded BEGIN
    INSERT INTO prompts (prompts, rowid, prompt) VALUES ('delete', old.number, old.prompt);
END;
"""

# Takes are clips of the same prompt and pictures. The index alone answers which there are.
_PICTURES = " || char(31) || ".join(
    f"coalesce({_json(f'request.{path}')}, '')"
    for path in ("start_frame.value", "end_frame.value", "pictures")
)
_V5 = f"""
ALTER TABLE jobs ADD COLUMN take TEXT GENERATED ALWAYS AS
    (CASE WHEN prompt = '' THEN id ELSE prompt || char(31) || {_PICTURES} END) VIRTUAL;
CREATE INDEX jobs_by_take ON jobs (listed, hidden, take, created_at);
"""
# A clip is new when it is saved for the first time; those from before this version are not.
_V6 = """
CREATE TABLE unplayed (job_id TEXT PRIMARY KEY) STRICT;
CREATE TRIGGER clip_finished AFTER UPDATE OF state ON jobs
WHEN new.state = 'saved' AND old.state <> 'saved' AND NOT EXISTS
    (SELECT 1 FROM transitions WHERE job_id = new.id AND new_state = 'saved')
BEGIN
    INSERT OR IGNORE INTO unplayed VALUES (new.id);
END;
"""

# A favourite is a clip that was picked; the mark stands in the job itself, as in the journal.
_V7 = f"""
UPDATE jobs SET data = json_set(data, '$.verdict', 'picked')
    WHERE json_valid(data) AND id IN (SELECT job_id FROM favourites);
DROP TABLE favourites;
ALTER TABLE jobs ADD COLUMN picked INTEGER GENERATED ALWAYS AS
    (coalesce({_json("verdict")}, '') = 'picked') VIRTUAL;
ALTER TABLE jobs ADD COLUMN stars INTEGER GENERATED ALWAYS AS
    (coalesce({_json("stars", "INTEGER")}, 0)) VIRTUAL;
CREATE INDEX jobs_picked ON jobs (listed, hidden, created_at) WHERE picked = 1;
CREATE INDEX jobs_with_stars ON jobs (listed, hidden, stars, created_at) WHERE stars > 0;
"""

# Films are documents; what was removed keeps its number, without data. Batches can be looked at.
_V8 = f"""
CREATE TABLE films (id TEXT PRIMARY KEY, number INTEGER NOT NULL, data TEXT) STRICT;
ALTER TABLE jobs ADD COLUMN batch TEXT GENERATED ALWAYS AS
    (coalesce({_json("batch")}, '')) VIRTUAL;
CREATE INDEX jobs_by_batch ON jobs (batch, listed, hidden, created_at) WHERE batch > '';
"""
MIGRATIONS: tuple[str, ...] = (_V1, _V2, _V3, _V4, _V5, _V6, _V7, _V8)
VERSION = len(MIGRATIONS)
_SEARCHES_SINCE = 3


class Corruption(StrEnum):
    """What is wrong with a database file."""

    NONE = "none"
    MISSING = "missing"
    EMPTY = "empty"  # no tables: SQLite itself takes such a file for a good new one
    DAMAGED = "damaged"
    NEWER = "newer"  # written by a newer version of the program


def corruption_of(path: Path, *, thorough: bool) -> Corruption:
    """Look at a file without changing it. Raises sqlite3.OperationalError (locked, unreadable).

    ``thorough`` also compares every index with its table.
    """
    if not path.exists():
        return Corruption.MISSING
    if path.stat().st_size == 0:
        return Corruption.EMPTY
    with path.open("rb") as file:
        if any(byte > 2 for byte in file.read(20)[18:]):  # else taken for one to read only
            return Corruption.DAMAGED
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None)
    try:
        with contextlib.closing(connection):
            version = version_of(connection)
            if version > VERSION:
                return Corruption.NEWER
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not tables:
                return Corruption.EMPTY
            if version < 1:
                return Corruption.DAMAGED
            query = "SELECT value FROM meta WHERE name = 'sentinel'"
            if connection.execute(query).fetchone() != (SENTINEL,):
                return Corruption.DAMAGED
            if version >= _SEARCHES_SINCE:  # its own description may be what is damaged
                connection.execute("SELECT rowid FROM prompts LIMIT 0")
            check = "integrity_check" if thorough else "quick_check"
            if connection.execute(f"PRAGMA {check}(1)").fetchone() != ("ok",):
                return Corruption.DAMAGED
            if version < VERSION:
                _try_migrating(connection)
            return Corruption.NONE
    except sqlite3.OperationalError as error:
        # Its plain error is about what stands in the file; the others are about reaching it.
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR:
            return Corruption.DAMAGED
        raise
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return Corruption.DAMAGED


def _try_migrating(connection: sqlite3.Connection) -> None:
    """On a copy: where the version itself is what is damaged, its steps fail."""
    with contextlib.closing(sqlite3.connect(":memory:")) as copy:
        connection.backup(copy)
        migrate(copy)


def version_of(connection: sqlite3.Connection) -> int:
    """The version a file was written by; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to ``VERSION``, each step in a transaction of its own.

    The connection can fold prompts from then on, as it must to write jobs.
    """
    connection.create_function("fold", 1, _fold, deterministic=True)
    connection.execute("PRAGMA trusted_schema = ON")  # a trigger calls it
    for number in range(version_of(connection), VERSION):
        # executescript commits first, so the transaction is written out in the script.
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{MIGRATIONS[number]}\nPRAGMA user_version = {number + 1};\nCOMMIT;"
        )


def _fold(prompt: bytes) -> str:
    """Given as bytes: one damaged letter must not make the whole table unreadable."""
    return fold(prompt.decode("utf-8", "replace"))


def repair_search(connection: sqlite3.Connection) -> None:
    """Build the search index anew when it is damaged: every new job has to get into it."""
    try:
        connection.execute("INSERT INTO prompts (prompts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        log.warning("the search index is built anew: %s", error)
        connection.execute("INSERT INTO prompts (prompts) VALUES ('rebuild')")
