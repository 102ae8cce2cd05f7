"""The shots of a film as a list model."""

from __future__ import annotations

import time

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from pixverse_desktop.core.film.plan import FilmPlan, ShotPlan
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.storyboard.shot_text import spoken
from pixverse_desktop.ui.widgets.labels import html_text

SHOT_ROLE = Qt.ItemDataRole.UserRole
_NO_PARENT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class ShotRows(QAbstractListModel):
    """One row a shot, in the order of the film."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.plan: FilmPlan | None = None
        self._shots: tuple[ShotPlan, ...] = ()

    def show_plan(self, plan: FilmPlan | None) -> bool:
        """Other shots, or the same ones as they are now; whether the rows are the same shots."""
        shots = plan.shots if plan is not None else ()
        same = [one.shot.id for one in shots] == [one.shot.id for one in self._shots]
        if same:
            self.plan, self._shots = plan, shots
            if shots:
                self.dataChanged.emit(self.index(0, 0), self.index(len(shots) - 1, 0))
            return True
        self.beginResetModel()
        self.plan, self._shots = plan, shots
        self.endResetModel()
        return False

    def shot_at(self, row: int) -> ShotPlan | None:
        """The shot in a row."""
        return self._shots[row] if 0 <= row < len(self._shots) else None

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shots)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        one = self.shot_at(index.row()) if index.isValid() else None
        if one is None or self.plan is None:
            return None
        if role == SHOT_ROLE:
            return one
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken(self.plan.film, one, time.time())
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return translated(one.reason)
        if role == Qt.ItemDataRole.ToolTipRole:
            parts = [one.shot.name, one.shot.request.prompt, translated(one.reason)]
            return "".join(html_text(one_line(part)) for part in parts if part)
        return None
