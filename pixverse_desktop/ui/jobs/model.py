"""Item models over job snapshots: kept in order by a key that never changes while a row lives."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.widgets.labels import html_text

JOB_ROLE = Qt.ItemDataRole.UserRole
Key = tuple[float, float, str]
Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_MOST_SINGLY = 50


class JobRows(QAbstractListModel):
    """Jobs sorted by ``key_of``; finding, adding and dropping one costs a binary search."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys: list[Key] = []
        self._jobs: list[Job] = []
        self._key_by_id: dict[str, Key] = {}

    def accepts(self, job: Job) -> bool:
        """True for a job that belongs in this list."""
        return not job.hidden

    def key_of(self, job: Job) -> Key:
        """The place of a job, oldest first; must stay the same while it is in the list."""
        return (job.created_at, job.position, job.id)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._jobs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._jobs):
            return None
        job = self._jobs[index.row()]
        if role == JOB_ROLE:
            return job
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.spoken(job)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and job.problem is not None:
            return translated(job.problem.message)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tooltip(job)
        return None

    def spoken(self, job: Job) -> str:
        """What a screen reader says of a row."""
        return one_line(job.request.prompt)

    def tooltip(self, job: Job) -> str:
        """The prompt, on several lines where it is long."""
        return html_text(one_line(job.request.prompt))

    def job_at(self, row: int) -> Job | None:
        """The snapshot in a row."""
        return self._jobs[row] if 0 <= row < len(self._jobs) else None

    def row_of(self, job_id: str) -> int:
        """The row of a job, -1 when it is not here."""
        key = self._key_by_id.get(job_id)
        return -1 if key is None else bisect_left(self._keys, key)

    def index_of(self, job_id: str) -> QModelIndex:
        """The index of a job, invalid when it is not here."""
        row = self.row_of(job_id)
        return self.index(row, 0) if row >= 0 else QModelIndex()

    def reset(self, jobs: Iterable[Job]) -> None:
        """All rows anew."""
        self.beginResetModel()
        kept = [job for job in jobs if not job.hidden and self.accepts(job)]
        kept.sort(key=self.key_of)
        self._jobs = kept
        self._keys = [self.key_of(job) for job in kept]
        self._key_by_id = {job.id: key for job, key in zip(kept, self._keys, strict=True)}
        self.endResetModel()

    def put(self, job: Job) -> None:
        """A new snapshot: changes its row, adds one, or takes it away."""
        row = self.row_of(job.id)
        if job.hidden or not self.accepts(job):
            if row >= 0:
                self._take(row)
        elif row < 0:
            self._insert(job)
        elif self._keys[row] != self.key_of(job):
            self._move(row, job)
        else:
            self._jobs[row] = job
            self.row_changed(row)

    def rearrange(self, jobs: Sequence[Job]) -> None:
        """New snapshots of many at once, most of them at other places."""
        here = {job.id for job in jobs if job.id in self._key_by_id}
        kept = [job for job in jobs if not job.hidden and self.accepts(job)]
        if {job.id for job in kept} != here:
            if len(jobs) > _MOST_SINGLY:
                gone = {job.id for job in jobs}
                self.reset([*(job for job in self._jobs if job.id not in gone), *kept])
                return
            for job in jobs:
                self.put(job)
            return
        self.layoutAboutToBeChanged.emit()
        marked = self.persistentIndexList()
        ids = [self._jobs[index.row()].id for index in marked]
        new = {job.id: job for job in kept}
        changed = [new.get(job.id, job) for job in self._jobs]
        self._key_by_id = {job.id: self.key_of(job) for job in changed}
        self._jobs = sorted(changed, key=lambda job: self._key_by_id[job.id])
        self._keys = [self._key_by_id[job.id] for job in self._jobs]
        self.changePersistentIndexList(marked, [self.index_of(job_id) for job_id in ids])
        self.layoutChanged.emit()

    def row_changed(self, row: int) -> None:
        """Repaint one row."""
        index = self.index(row, 0)
        self.dataChanged.emit(index, index)

    def _insert(self, job: Job) -> None:
        key = self.key_of(job)
        row = bisect_left(self._keys, key)
        self.beginInsertRows(_NO_PARENT, row, row)
        self._keys.insert(row, key)
        self._jobs.insert(row, job)
        self._key_by_id[job.id] = key
        self.endInsertRows()

    def _move(self, row: int, job: Job) -> None:
        """To the place that its key of now gives it; a mark stays on it."""
        key = self.key_of(job)
        old = self._keys[row]
        target = bisect_left(self._keys, key)
        if target in (row, row + 1):
            self._keys[row], self._jobs[row], self._key_by_id[job.id] = key, job, key
            self.row_changed(row)
            return
        self.beginMoveRows(_NO_PARENT, row, row, _NO_PARENT, target)
        del self._keys[row], self._jobs[row]
        target -= key > old
        self._keys.insert(target, key)
        self._jobs.insert(target, job)
        self._key_by_id[job.id] = key
        self.endMoveRows()
        self.row_changed(target)

    def _take(self, row: int) -> None:
        self.beginRemoveRows(_NO_PARENT, row, row)
        del self._keys[row]
        job = self._jobs.pop(row)
        del self._key_by_id[job.id]
        self.endRemoveRows()
