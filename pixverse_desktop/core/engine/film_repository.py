"""The one writer of films: a change is checked, committed, remembered and told, in that order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.film import Film, check_film
from pixverse_desktop.core.lanes import Lane, RunBlocking
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.ports import EventSink, FilmStore


class FilmRepository:
    """All films of the data folder, as snapshots; lives on the event loop's thread."""

    def __init__(self, store: FilmStore, run: RunBlocking, events: EventSink) -> None:
        self._store = store
        self._run = run
        self._films: dict[str, Film] = {}
        self._lock = asyncio.Lock()  # a change is worked out from the version before
        self._events = events

    async def load(self) -> None:
        """Read everything."""
        self._films = {film.id: film for film in await self._run(Lane.STORE, self._store.load)}

    def all(self) -> list[Film]:
        """Every film, oldest first."""
        return list(self._films.values())

    def find(self, film_id: str) -> Film | None:
        """The latest version; None for a film that is not there."""
        return self._films.get(film_id)

    def get(self, film_id: str) -> Film:
        """The latest version. Raises UserError."""
        film = self._films.get(film_id)
        if film is None:
            raise UserError(problem(ProblemCode.INVALID, Message("film_gone")))
        return film

    async def put(self, film: Film) -> Film:
        """Commit a new film, or one that was removed. Raises UserError."""
        async with self._lock:
            return await asyncio.shield(self._commit(film))

    async def change(self, film_id: str, change: Callable[[Film], Film]) -> Film:
        """Commit another version of a film; gives it. Changes nothing where it raises UserError."""
        async with self._lock:
            old = self.get(film_id)
            try:
                new = change(old)
            except KeyError:
                raise UserError(problem(ProblemCode.INVALID, Message("shot_gone"))) from None
            return old if new == old else await asyncio.shield(self._commit(new))

    async def remove(self, film_id: str) -> Film:
        """Take a film away; gives it, for ``put``. Raises UserError."""
        async with self._lock:
            film = self.get(film_id)
            await asyncio.shield(self._forget(film_id))
            return film

    async def _commit(self, film: Film) -> Film:
        check_film(film)
        await self._run(Lane.STORE, self._store.save, film)
        self._films[film.id] = film
        self._events.film_changed(film.id)
        return film

    async def _forget(self, film_id: str) -> None:
        await self._run(Lane.STORE, self._store.remove, film_id)
        self._films.pop(film_id, None)
        self._events.film_changed(film_id)
