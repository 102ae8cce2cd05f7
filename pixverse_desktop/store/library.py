"""Finding clips: full-text search, filters and favourites, on the database's own thread."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pixverse_desktop.core.clip_query import ClipPage, ClipQuery, Order, Shelf, ShelfCounts
from pixverse_desktop.store.database import COLUMNS, Database
from pixverse_desktop.store.rows import Row, job_from_row

_SHOWN = {
    Shelf.ALL: "hidden = 0",
    Shelf.FAVOURITES: "hidden = 0 AND id IN (SELECT job_id FROM favourites)",
    Shelf.TRASH: "hidden = 1",
}
_ORDERS = {
    Order.NEWEST: "made_at DESC, rowid DESC",
    Order.OLDEST: "made_at, rowid",
    Order.LONGEST: "length_s DESC, made_at DESC",
}


class Library:
    """Saved clips and what the user thinks of them. Every method blocks and raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, query: ClipQuery, offset: int, limit: int) -> ClipPage:
        """``limit`` clips from ``offset`` on, in the query's order."""
        where, values = _conditions(query)
        with self._database.explained():
            connection = self._database.connection
            total = connection.execute(
                f"SELECT count(*) FROM jobs WHERE {where}", values
            ).fetchone()[0]
            rows: list[Row] = connection.execute(
                f"SELECT {COLUMNS} FROM jobs WHERE {where} "
                f"ORDER BY {_ORDERS[query.order]} LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
            ids = [row[0] for row in rows]
            marks = ", ".join("?" * len(ids))
            loved = connection.execute(
                f"SELECT job_id FROM favourites WHERE job_id IN ({marks})", ids
            ).fetchall()
        jobs = tuple(job_from_row(row) for row in rows)
        return ClipPage(jobs, int(total), frozenset(row[0] for row in loved))

    def counts(self) -> ShelfCounts:
        """How many clips stand on each shelf."""
        with self._database.explained():
            numbers = [
                self._database.connection.execute(
                    f"SELECT count(*) FROM jobs WHERE state = 'saved' AND {_SHOWN[shelf]}"
                ).fetchone()[0]
                for shelf in Shelf
            ]
        return ShelfCounts(*numbers)

    def set_favourite(self, job_ids: Iterable[str], favourite: bool) -> None:
        """Remember clips as favourites, or no longer."""
        if favourite:
            statement = "INSERT OR IGNORE INTO favourites VALUES (?)"
        else:
            statement = "DELETE FROM favourites WHERE job_id = ?"
        with self._database.transaction() as connection:
            connection.executemany(statement, [(job_id,) for job_id in job_ids])


def _conditions(query: ClipQuery) -> tuple[str, list[object]]:
    parts, values = ["state = 'saved'", _SHOWN[query.shelf]], list[object]()
    if words := _words(query.text):
        parts.append("rowid IN (SELECT rowid FROM prompts WHERE prompts MATCH ?)")
        values.append(words)
    for column, wanted in (
        ("aspect_ratio", query.ratio),
        ("resolution", query.resolution),
        ("style", query.style),
    ):
        if wanted:
            parts.append(f"{column} = ?")
            values.append(wanted)
    if query.with_frame:
        parts.append("has_frame = 1")
    return " AND ".join(parts), values


def _words(text: str) -> str:
    """What was typed as a search for all of its words, the last one perhaps unfinished."""
    words = re.findall(r"\w+", text[:400])
    return " AND ".join(f'"{word}"*' for word in words)
