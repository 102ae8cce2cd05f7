"""Films as documents in the database and the journal; a removed one leaves a mark, so that an old
line of the journal does not bring it back.

Implements ``core.ports.FilmStore``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.film import Film, film_from_text, film_to_text
from pixverse_desktop.core.messages import Message
from pixverse_desktop.store.database import Database
from pixverse_desktop.store.journal import FilmEntry, Journal

log = logging.getLogger(__name__)


class FilmStore:
    """The films of one data folder; every method blocks and raises StoreError."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    def load(self) -> list[Film]:
        """Every film, oldest first. What cannot be read is left where it is."""
        found = []
        with self._database.translate_errors():
            entries = list(self.entries())
        for entry in entries:
            if entry.text is not None:
                try:
                    found.append(film_from_text(entry.text))
                except ValueError as error:
                    log.warning("film %a cannot be read: %s", entry.film_id, error)
        return sorted(found, key=lambda film: (film.created_at, film.id))

    def save(self, film: Film) -> None:
        """A new film, or another version of one; in the journal before it is committed.

        Raises UserError for what could not be read again, and StoreError.
        """
        text = film_to_text(film)
        try:
            film_from_text(text)
        except ValueError as error:
            said = Message("film_damaged", reason=str(error))
            raise UserError(problem(ProblemCode.INVALID, said)) from error
        self._write(film.id, text)

    def remove(self, film_id: str) -> None:
        """The film is gone; its clips are not."""
        self._write(film_id, None)

    def _write(self, film_id: str, text: str | None) -> None:
        with self._database.transaction() as connection:
            query = "SELECT coalesce(max(number), 0) + 1 FROM films"
            entry = FilmEntry(connection.execute(query).fetchone()[0], film_id, text)
            self._put(entry)
            self._journal.append(entry)

    def _put(self, entry: FilmEntry) -> None:
        self._database.connection.execute(
            "INSERT INTO films VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "number = excluded.number, data = excluded.data",
            (entry.film_id, entry.number, entry.text),
        )

    # --- the two records ---

    def entries(self) -> Iterator[FilmEntry]:
        """All that the database holds, the removed ones too."""
        rows = self._database.connection.execute("SELECT number, id, data FROM films").fetchall()
        return (FilmEntry(*row) for row in rows)

    def catch_up(self, entries: Iterable[FilmEntry]) -> None:
        """Write what the journal knows and the database does not."""
        latest = {entry.film_id: entry for entry in entries}
        with self._database.transaction():
            known = {entry.film_id: entry.number for entry in self.entries()}
            for entry in latest.values():
                if entry.number > known.get(entry.film_id, 0):
                    self._put(entry)
