"""The service's list of jobs, which nobody promised: asked for when useful, done without if not."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.errors import ProblemCode, Rejected, Unreachable
from pixverse_desktop.core.model.parameters import same_model
from pixverse_desktop.core.ports import JobsPage, RemoteJob
from pixverse_desktop.core.records import record

_NO_LIST_S = 600.0
_BROKEN_LIST_S = 60.0
_UNREACHED_FIRST_S = 5.0
_NO_JOB = "key-check"  # asking for it tells whether the key is good
_MOST_PAGES = 200


@record
class Listing:
    """Rows of this model, newest first. ``asked_at`` in seconds since 1970.

    ``whole`` when it is known to reach back as far as was asked for.
    """

    rows: tuple[RemoteJob, ...]
    whole: bool
    asked_at: float


class RemoteList:
    """Asks for the list and keeps what it says about itself in the service's status."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.again_at = 0.0  # monotonic; not asked for before
        self._unreached = 0  # in a row

    async def newest(self) -> Listing | None:
        """The recent jobs; None while there is no list. Raises Unreachable, Rejected (KEY)."""
        asked_at = self._session.ports.clock.time()
        page = await self._page(None)
        if page is None:
            return None
        rows = _ours(page.rows, self._session.models.used())
        return Listing(rows, not page.more, asked_at)

    async def back_to(self, since: float | None, most_pages: int = _MOST_PAGES) -> Listing | None:
        """The jobs made after ``since`` (seconds since 1970), or all; None, raises: as ``newest``.

        Pages overlap when jobs are added meanwhile, so rows are counted once, by their id.
        """
        asked_at = self._session.ports.clock.time()
        rows: dict[str, RemoteJob] = {}
        for number in range(1, most_pages + 1):
            if number > 1:
                await self._session.ports.clock.sleep(self._session.budget.poll_delay_s())
            page = await self._page(number)
            if page is None and number == 1:
                page = await self._page(None)  # a list that knows no pages
            if page is None:
                return (
                    Listing(_ours(rows.values(), self._session.models.used()), False, asked_at)
                    if rows
                    else None
                )
            fresh = [row for row in page.rows if row.remote_id not in rows]
            rows |= {row.remote_id: row for row in fresh}
            if not page.more or _reaches(fresh, since):
                return Listing(_ours(rows.values(), self._session.models.used()), True, asked_at)
            if not fresh:
                break  # older ones may follow, but it does not turn the page
        return Listing(_ours(rows.values(), self._session.models.used()), False, asked_at)

    async def _page(self, number: int | None) -> JobsPage | None:
        try:
            page = await self._session.ask(self._session.service.jobs, number, judges_key=False)
        except Rejected as error:
            if error.problem.code is ProblemCode.KEY:
                await self._check_key()
            if number is None or number > 1:
                self._do_without(_NO_LIST_S)
                had = self._session.status.has_list is True  # one refusal does not take it away
                self._session.note_list(number is not None or had, echoes=False)
            return None
        except Unreachable as error:
            if error.problem.code is ProblemCode.RATE:
                raise
            if error.problem.code is not ProblemCode.SERVICE:
                # Perhaps it is the list alone that hangs: jobs are asked for by their id meanwhile.
                self._do_without(min(_BROKEN_LIST_S, _UNREACHED_FIRST_S * 2**self._unreached))
                self._unreached = min(self._unreached + 1, 10)
                raise
            self._do_without(_BROKEN_LIST_S)
            return None
        self._unreached = 0
        echoes = any(row.seed is not None for row in page.rows)
        self._session.note_list(True, echoes=echoes)
        return page

    async def look_whether_there(self) -> None:
        """Ask the least there is, free of charge. Raises Unreachable when nothing answers."""
        with contextlib.suppress(Rejected):
            await self._session.ask(self._session.service.job, _NO_JOB, judges_key=False)

    async def _check_key(self) -> None:
        """The list was refused: the key, or only the list? Raises Rejected (KEY), Unreachable."""
        try:
            await self._session.ask(self._session.service.job, _NO_JOB)
        except Rejected as error:
            if error.problem.code is ProblemCode.KEY:
                raise

    def _do_without(self, seconds: float) -> None:
        self.again_at = self._session.ports.clock.monotonic() + seconds


def _ours(rows: Iterable[RemoteJob], models: set[str]) -> tuple[RemoteJob, ...]:
    """Without those of models that were never used here."""
    return tuple(row for row in rows if any(same_model(row.model, model) for model in models))


def _reaches(rows: list[RemoteJob], since: float | None) -> bool:
    if since is None:
        return False
    times = [row.created_at for row in rows if row.created_at is not None]
    return bool(times) and times[-1] < since and times[-1] <= times[0]  # newest first
