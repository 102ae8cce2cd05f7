"""The clips a query finds, as a model that holds only the pages somebody looked at."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Container, Iterator
from functools import partial

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import ClipPage, ClipQuery, Count
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.store.clip_search import Library
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.jobs.job_text import clip_spoken, one_line
from pixverse_desktop.ui.jobs.model import JOB_ROLE
from pixverse_desktop.ui.widgets.labels import tip_text

PICKED_ROLE = JOB_ROLE + 1
TAKES_ROLE = JOB_ROLE + 2  # how many clips a tile stands for
PAGE = 100  # clips asked for at a time
_KEPT = 30  # pages; what was scrolled past is asked for again
_SETTLE_MS = 120  # news of many jobs is one new look

_Index = QModelIndex | QPersistentModelIndex


class PagedClips(QAbstractListModel):
    """Row numbers are places in the query's order; a row not fetched yet has no job."""

    changed = Signal()  # another number of clips, or other clips
    marked = Signal()  # what is thought of one has changed
    counted = Signal()  # ``found`` is known
    failed = Signal(object)  # Problem: some of them could not be read

    def __init__(self, context: UiContext, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = context.workers
        self._library = library
        self.query = ClipQuery()
        self.is_loaded = False  # an answer to the query is shown
        self.found: int | None = None  # how many clips the query finds, None until counted
        self._look = 0  # answers to an older look are not used
        self._total = 0
        self._pages: OrderedDict[int, list[Job]] = OrderedDict()
        self._asked: set[int] = set()
        self._rows: dict[str, int] = {}
        self._takes: dict[str, int] = {}
        self.new_clips: Container[str] = frozenset()  # job ids
        self._heard: dict[str, tuple[JobState, bool, bool]] = {}  # news of jobs, in sight or not
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self.refresh)

    # --- what is looked for ---

    def show(self, query: ClipQuery) -> None:
        """Look for other clips; what is shown stays until the first of them are there."""
        self.query = query
        self.is_loaded = False
        self._look += 1
        self._ask(0, partial(self._begin, self._look))

    @Slot()
    def refresh(self) -> None:
        """The same query once more: clips came or went."""
        self._look += 1
        first = min(self._pages, default=0)
        if len(self._pages) > 2:
            first = next(reversed(self._pages))  # where the user is
        self._workers.call(
            Lane.STORE, _page_and_total, self._library, self.query, first * PAGE,
            then=partial(self._renew, self._look, first),
        )  # fmt: skip

    def refresh_soon(self) -> None:
        """As ``refresh``, once for a run of news, however long it goes on."""
        if not self._timer.isActive():
            self._timer.start()

    def put(self, job: Job) -> None:
        """News of a job: a new picture of its tile, or another list."""
        row = self._rows.get(job.id, -1)
        standing = (job.state, job.hidden, job.deleted)
        old = self.job_in(row) if row >= 0 else None
        before = (
            (old.state, old.hidden, old.deleted) if old is not None else self._heard.get(job.id)
        )
        self._heard[job.id] = standing
        if standing != before:
            self.refresh_soon()  # it may belong on another shelf now
        if old is None or job.hidden != old.hidden:
            return
        if job.mark != old.mark:
            if self.query.is_about_marks:
                self.refresh_soon()
            self.marked.emit()
        page, place = divmod(row, PAGE)
        self._pages[page][place] = job
        self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    # --- what is there ---

    def takes(self, job_id: str) -> int:
        """How many clips the tile of one in sight stands for."""
        return self._takes.get(job_id, 1)

    def row_of(self, job_id: str) -> int:
        """-1 when the clip is not among those fetched."""
        return self._rows.get(job_id, -1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else self._total

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.StatusTipRole:
            return None  # Qt asks for it of every tile that goes past under the pointer
        page, place = divmod(index.row(), PAGE)
        jobs = self._pages.get(page)
        if jobs is None:
            self._ask_page(page)
            return None
        if place >= len(jobs):
            return None
        job = jobs[place]
        if role == JOB_ROLE:
            return job
        if role == PICKED_ROLE:
            return job.is_picked
        if role == TAKES_ROLE:
            return self.takes(job.id)
        if role == Qt.ItemDataRole.ToolTipRole:
            words = one_line(job.request.prompt)
            if (takes := self.takes(job.id)) > 1:
                words = self.tr("%n takes; Enter or a double click shows them.", "", takes)
            return tip_text(words)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            stack = [self.tr("%n takes", "", takes)] if (takes := self.takes(job.id)) > 1 else []
            new = [self.tr("new")] if job.id in self.new_clips else []
            return clip_spoken(job, *stack, *new)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def job_in(self, row: int) -> Job | None:
        """The job in a row, None where it is not fetched; asks for nothing."""
        page, place = divmod(row, PAGE)
        jobs = self._pages.get(page, [])
        return jobs[place] if place < len(jobs) else None

    def want(self, last: int) -> None:
        """Ask for the rows from the first to ``last`` that are not fetched."""
        for page in range(last // PAGE + 1):
            self._ask_page(page)

    def fetched(self, top: int, bottom: int) -> Iterator[Job]:
        """The jobs in these rows, both ends too, as far as they are fetched; asks for nothing."""
        for page in sorted(self._pages):
            if top // PAGE <= page <= bottom // PAGE:
                first = page * PAGE
                yield from self._pages[page][max(0, top - first) : bottom + 1 - first]

    # --- inside ---

    def _ask_page(self, page: int) -> None:
        if page not in self._asked:
            self._asked.add(page)
            self._ask(page, partial(self._take, self._look, page))

    def _ask(self, page: int, then: partial[None]) -> None:
        self._workers.call(
            Lane.STORE, self._library.find, self.query, page * PAGE, PAGE,
            then=then, otherwise=partial(self._lose, self._look, page),
        )  # fmt: skip

    def _lose(self, look: int, page: int, error: UserError) -> None:
        """A page that could not be read is asked for again when it is next looked at."""
        if look == self._look:
            self._asked.discard(page)
            self.failed.emit(error.problem)

    def _begin(self, look: int, found: ClipPage) -> None:
        """The first page of another query. How many there are in all comes after it."""
        if look != self._look:
            return
        self.beginResetModel()
        self._forget()
        self._total = len(found.jobs)
        self.found = None
        self._keep(0, found)
        self.is_loaded = True
        self.endResetModel()
        self.changed.emit()
        self._workers.call(
            Lane.STORE, self._library.count, self.query, then=partial(self._grow, look)
        )

    def _grow(self, look: int, count: Count) -> None:
        if look != self._look:
            return
        total = count.tiles
        if total > self._total:
            self.beginInsertRows(QModelIndex(), self._total, total - 1)
            self._total = total
            self.endInsertRows()
            self.changed.emit()
        self._tell_count(count.clips)

    def _tell_count(self, found: int) -> None:
        self.found = found
        self.counted.emit()

    def _renew(self, look: int, first: int, found: tuple[ClipPage, Count]) -> None:
        if look != self._look:
            return
        page, count = found
        self.beginResetModel()
        self._forget()
        self._total = count.tiles
        half = dataclasses.replace(page, jobs=page.jobs[:PAGE])
        self._keep(first, half)
        if len(page.jobs) > PAGE:
            self._keep(first + 1, dataclasses.replace(page, jobs=page.jobs[PAGE:]))
        self.is_loaded = True
        self.endResetModel()
        self.changed.emit()
        self._tell_count(count.clips)

    def _take(self, look: int, page: int, found: ClipPage) -> None:
        if look != self._look:
            return
        self._keep(page, found)
        first, last = page * PAGE, min(self._total, (page + 1) * PAGE) - 1
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, 0))

    def _forget(self) -> None:
        self._pages.clear()
        self._asked.clear()
        self._rows.clear()
        self._takes.clear()

    def _keep(self, page: int, found: ClipPage) -> None:
        self._asked.add(page)
        self._pages[page] = list(found.jobs)
        self._takes |= found.takes
        self._rows.update((job.id, page * PAGE + at) for at, job in enumerate(found.jobs))
        if len(self._pages) > _KEPT:
            old, jobs = self._pages.popitem(last=False)
            self._asked.discard(old)
            for job in jobs:
                self._rows.pop(job.id, None)


def _page_and_total(library: Library, query: ClipQuery, offset: int) -> tuple[ClipPage, Count]:
    """BLOCKING. Two pages, and how many there are in all."""
    return library.find(query, offset, 2 * PAGE), library.count(query)
