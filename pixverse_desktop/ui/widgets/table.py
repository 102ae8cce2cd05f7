"""A plain table to be read: whole rows of what a worker found, without a grid."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)


class RowsLike(Protocol[Row_co]):
    """A list of rows, or what makes them when they are asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: int, /) -> Row_co: ...


class TableRows(QAbstractTableModel, Generic[Row]):
    """Rows of one kind under the given heads; a subclass says what stands in a cell (``data``)."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: RowsLike[Row] = []
        self._heads: tuple[str, ...] = ()

    def show_rows(self, rows: RowsLike[Row]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._heads[section]
        return None


class RowTable(QTableView):
    """One row is chosen at a time; Tab leads out of it."""

    def __init__(self, name: str, rows: QAbstractTableModel) -> None:
        super().__init__()
        self.setModel(rows)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
