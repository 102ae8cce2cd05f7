"""Finding clips: full-text search, filters and boards, on the database's own thread."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import uuid
from collections.abc import Iterable, Iterator

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import (
    Board,
    ClipPage,
    ClipQuery,
    Collection,
    CollectionCounts,
    Count,
    Family,
    Order,
)
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.text import fold
from pixverse_desktop.store.database import COLUMNS, Database
from pixverse_desktop.store.job_rows import Row, job_from_row

_SHOWN = {
    Collection.ALL: "listed = 1 AND hidden = 0",
    Collection.PICKED: "listed = 1 AND hidden = 0 AND picked = 1",
    Collection.UNSAVED: "unsaved = 1 AND hidden = 0",
    # Naming both values of ``listed`` lets the index find the few that are hidden.
    Collection.TRASH: "listed IN (0, 1) AND hidden = 1 AND (listed = 1 OR unsaved = 1 OR state IN "
    f"('{JobState.WITHDRAWN}', '{JobState.REJECTED}', '{JobState.FAILED}')) AND "
    "(CASE WHEN json_valid(data) THEN json_extract(data, '$.deleted') END) IS NOT 1",
}
_ORDERS = {
    Order.NEWEST: "created_at DESC, rowid DESC",
    Order.OLDEST: "created_at, rowid",
    Order.LONGEST: "length_s DESC, created_at DESC",
}
_STACK_ORDERS = {  # of the newest takes
    Order.NEWEST: "made DESC, newest DESC",
    Order.OLDEST: "made, newest",
    Order.LONGEST: "long DESC, made DESC",
}
_BROAD = 4000  # matches from which on it is faster to walk the clips than to gather the matches
_WALK = 400  # clips looked at in one step of such a walk
_LONGEST = 400  # characters of a search
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_WALKED_TO = 2000  # how far down a list that way is the faster one


class Library:
    """Clips and what the user thinks of them. Every method blocks and raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, query: ClipQuery, offset: int, limit: int) -> ClipPage:
        """``limit`` clips from ``offset`` on, in the query's order."""
        takes: dict[str, int] = {}
        with self._database.translate_errors():
            if query.is_stacked:
                rows, takes = self._stacks(query, offset, limit)
            else:
                rows = self._rows(query, offset, limit)
        return ClipPage(_readable(rows), takes)

    def count(self, query: ClipQuery) -> Count:
        """How many clips ``find`` would give in all, and how many stand behind them."""
        where, values = _conditions(query)
        if words := _words(query.text):
            where, values = f"{where} AND {_MATCHING}", [*values, words]
        with self._database.translate_errors():
            clips = self._number(f"SELECT count(*) FROM jobs WHERE {where}", values)
            if not query.is_stacked:
                return Count(clips, clips)
            stacks = f"SELECT 1 FROM jobs WHERE {where} GROUP BY take"
            return Count(self._number(f"SELECT count(*) FROM ({stacks})", values), clips)

    def counts(self) -> CollectionCounts:
        """How many clips stand on each shelf."""
        with self._database.translate_errors():
            statement = "SELECT count(*) FROM jobs WHERE "
            return CollectionCounts(
                *(self._number(statement + _SHOWN[collection]) for collection in Collection)
            )

    def get(self, job_ids: Iterable[str]) -> ClipPage:
        """Clips by their job ids, those that are there."""
        ids = list(job_ids)
        marks = ", ".join("?" * len(ids))
        with self._database.translate_errors():
            rows: list[Row] = self._database.connection.execute(
                f"SELECT {COLUMNS} FROM jobs WHERE id IN ({marks})", ids
            ).fetchall()
        return ClipPage(_readable(rows))

    def family(self, job_id: str, parent_ids: Iterable[str], limit: int) -> Family:
        """The clips with ``parent_ids``, and up to ``limit`` that go on from a frame of this one,
        newest first."""
        where = f"{_SHOWN[Collection.ALL]} AND parent = ?"
        with self._database.translate_errors():
            count = self._number(f"SELECT count(*) FROM jobs WHERE {where}", [job_id])
            rows: list[Row] = self._database.connection.execute(
                f"SELECT {COLUMNS} FROM jobs WHERE {where} "
                f"ORDER BY {_ORDERS[Order.NEWEST]} LIMIT ?",
                (job_id, limit),
            ).fetchall()
        return Family(self.get(parent_ids).jobs, _readable(rows), count)

    # --- what was played, and boards ---

    def unplayed(self) -> frozenset[str]:
        """The job ids of finished clips that were never played."""
        with self._database.translate_errors():
            rows = self._database.connection.execute("SELECT job_id FROM unplayed").fetchall()
        return frozenset(row[0] for row in rows)

    def mark_played(self, job_id: str) -> None:
        """A clip was played."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM unplayed WHERE job_id = ?", (job_id,))

    def boards(self) -> tuple[Board, ...]:
        """Every board by its name; clips in the trash do not count."""
        with self._database.translate_errors():
            rows = self._database.connection.execute(
                "SELECT b.id, b.name, (SELECT count(*) FROM board_clips c JOIN jobs j "
                "ON j.id = c.job_id WHERE c.board_id = b.id AND j.listed = 1 AND j.hidden = 0) "
                "FROM boards b ORDER BY b.name COLLATE NOCASE, b.id"
            ).fetchall()
        return tuple(Board(*row) for row in rows)

    def batches(self, most: int) -> tuple[Board, ...]:
        """The newest batches of several clips, but for those of films, newest first; each is
        called as its first row, or by that one's prompt."""
        film, label = (
            f"CASE WHEN json_valid(data) THEN json_extract(data, '$.{name}') END"
            for name in ("film", "label")
        )
        first = (
            f"SELECT coalesce(nullif({label}, ''), prompt) FROM jobs o WHERE o.batch = j.batch "
            "ORDER BY rowid LIMIT 1"
        )
        with self._database.translate_errors():
            rows = self._database.connection.execute(
                f"SELECT batch, ({first}), count(*), max(created_at) AS newest "
                "FROM jobs j INDEXED BY jobs_by_batch "
                f"WHERE batch > '' AND {_SHOWN[Collection.ALL]} AND coalesce({film}, '') = '' "
                "GROUP BY batch HAVING count(*) > 1 ORDER BY newest DESC LIMIT ?",
                (most,),
            ).fetchall()
        return tuple(Board(row[0], row[1], row[2], is_batch=True) for row in rows)

    def board_of_clips(self) -> dict[str, Board]:
        """The board of every clip that is on one, by job id; of several the first by its name."""
        with self._database.translate_errors():
            rows = self._database.connection.execute(
                "SELECT c.job_id, b.id, b.name FROM board_clips c JOIN boards b ON b.id = "
                "c.board_id ORDER BY b.name COLLATE NOCASE DESC, b.id DESC"
            )
            boards: dict[str, Board] = {}
            return {
                job_id: boards.setdefault(board_id, Board(board_id, name))
                for job_id, board_id, name in rows
            }

    def add_board(self, name: str) -> str:
        """A new, empty board; gives its id."""
        board_id = uuid.uuid4().hex
        with self._database.transaction() as connection:
            connection.execute("INSERT INTO boards VALUES (?, ?)", (board_id, name))
        return board_id

    def rename_board(self, board_id: str, name: str) -> None:
        """Call a board something else."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE boards SET name = ? WHERE id = ?", (name, board_id))

    def remove_board(self, board_id: str) -> None:
        """Forget a board; its clips stay where they are."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM board_clips WHERE board_id = ?", (board_id,))
            connection.execute("DELETE FROM boards WHERE id = ?", (board_id,))

    def put_on_board(self, board_id: str, job_ids: Iterable[str], on_it: bool) -> None:
        """Put clips on a board, or take them off."""
        if on_it:
            statement = "INSERT OR IGNORE INTO board_clips VALUES (?, ?)"
        else:
            statement = "DELETE FROM board_clips WHERE board_id = ? AND job_id = ?"
        with self._database.transaction() as connection:
            connection.executemany(statement, [(board_id, job_id) for job_id in job_ids])

    # --- inside ---

    def _rows(self, query: ClipQuery, offset: int, limit: int) -> list[Row]:
        where, values = _conditions(query)
        words = _words(query.text)
        connection = self._database.connection
        if words and offset + limit <= _WALKED_TO and self._is_broad(words):
            walked = self._walk(connection, words, where, values, _ORDERS[query.order])
            found = (row for index, row in enumerate(walked) if index >= offset)
            return [row for row, _ in zip(found, range(limit), strict=False)]
        if words:
            where, values = f"{where} AND {_MATCHING}", [*values, words]
        return connection.execute(
            f"SELECT {COLUMNS} FROM jobs WHERE {where} "
            f"ORDER BY {_ORDERS[query.order]} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        ).fetchall()

    def _stacks(
        self, query: ClipQuery, offset: int, limit: int
    ) -> tuple[list[Row], dict[str, int]]:
        """The newest take of each stack, and how many there are where it is not alone."""
        where, values = _conditions(query)
        if words := _words(query.text):
            where, values = f"{where} AND {_MATCHING}", [*values, words]
        order = _STACK_ORDERS[query.order]
        length = ", length_s AS long" if query.order is Order.LONGEST else ""  # not in the index
        # With max() SQLite takes the other columns from the row that has it.
        found = self._database.connection.execute(
            f"SELECT {COLUMNS}, takes FROM (SELECT rowid AS newest, count(*) AS takes, "
            f"max(created_at) AS made{length} FROM jobs WHERE {where} GROUP BY take "
            f"ORDER BY {order} LIMIT ? OFFSET ?) JOIN jobs ON jobs.rowid = newest ORDER BY {order}",
            (*values, limit, offset),
        ).fetchall()
        return [row[:-1] for row in found], {row[0]: row[-1] for row in found if row[-1] > 1}

    def _is_broad(self, words: str) -> bool:
        capped = "SELECT 1 FROM prompts WHERE prompts MATCH ? LIMIT ?"
        return self._number(f"SELECT count(*) FROM ({capped})", [words, _BROAD]) >= _BROAD

    @staticmethod
    def _walk(
        connection: sqlite3.Connection, words: str, where: str, values: list[object], order: str
    ) -> Iterator[Row]:
        """Nearly every clip matches: go down the list and keep those that do."""
        cursor = connection.execute(
            f"SELECT rowid, {COLUMNS} FROM jobs WHERE {where} ORDER BY {order}", values
        )
        matching = "SELECT rowid FROM prompts WHERE prompts MATCH ? AND rowid BETWEEN ? AND ?"
        while rows := cursor.fetchmany(_WALK):
            numbers = [row[0] for row in rows]
            found = connection.execute(matching, (words, min(numbers), max(numbers)))
            matches = {row[0] for row in found}
            yield from (row[1:] for row in rows if row[0] in matches)

    def _number(self, statement: str, values: Iterable[object] = ()) -> int:
        return int(self._database.connection.execute(statement, tuple(values)).fetchone()[0])


_MATCHING = "rowid IN (SELECT rowid FROM prompts WHERE prompts MATCH ?)"


def _readable(rows: Iterable[Row]) -> tuple[Job, ...]:
    """The jobs of rows that can be read; the others were told of when the list was loaded."""
    jobs = []
    for row in rows:
        with contextlib.suppress(ValueError, KeyError, TypeError):
            jobs.append(job_from_row(row))
    return tuple(jobs)


def _conditions(query: ClipQuery) -> tuple[str, list[object]]:
    """Everything but what the index finds, as SQL."""
    parts, values = [_SHOWN[query.collection]], list[object]()
    if query.board:
        parts.append("(id IN (SELECT job_id FROM board_clips WHERE board_id = ?) OR batch = ?)")
        values += [query.board, query.board]
    for column, wanted in (
        ("aspect_ratio", query.ratio),
        ("resolution", query.resolution),
        ("style", query.style),
    ):
        if wanted:
            parts.append(f"{column} = ?")
            values.append(wanted)
    if query.since is not None:
        parts.append("created_at >= ?")
        values.append(query.since)
    if query.with_frame:
        parts.append("has_frame = 1")
    if query.picked:
        parts.append("picked = 1")
    if query.stars:
        parts.append("stars > 0 AND stars >= ?")
        values.append(query.stars)
    if query.takes_of:
        parts.append("take = (SELECT other.take FROM jobs other WHERE other.id = ?)")
        values.append(query.takes_of)
    for piece in _pieces(query.text):
        parts.append(
            "(SELECT f.prompt FROM folded f WHERE f.number = jobs.rowid) LIKE ? ESCAPE '!'"
        )
        values.append("%" + re.sub("([!%_])", r"!\1", piece) + "%")
    return " AND ".join(parts), values


def _words(text: str) -> str:
    """What was typed as a search of the index for all of its words, each perhaps unfinished."""
    found = _WORD.findall(fold(text[:_LONGEST]))
    words = [word for word in found if not _UNSPACED.search(word)]
    return " AND ".join(f'"{word}"*' for word in words)


def _pieces(text: str) -> list[str]:
    """What the index cannot find: signs alone, and words of scripts that put no spaces between."""
    text = fold(text[:_LONGEST]).strip()
    words = _WORD.findall(text)
    if not words and text:
        return [text]
    return [word for word in words if _UNSPACED.search(word)]
