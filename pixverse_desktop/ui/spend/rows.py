"""The ledger's rows for a table, newest first; asked for only where they are seen."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import (
    QAbstractTableModel,
    QDateTime,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from pixverse_desktop.core.credits import credits_text
from pixverse_desktop.core.jobs.ledger import LedgerRow, Source
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.jobs.job_text import details, one_line

_Index = QModelIndex | QPersistentModelIndex
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
AMOUNTS = (4, 5)  # the columns of numbers


class LedgerRows(QAbstractTableModel):
    """Time, clip, model, what, expected, charged, and where the number comes from."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[LedgerRow] = []
        self._heads = (
            self.tr("Time"), self.tr("Clip"), self.tr("Model"), self.tr("What"),
            self.tr("Expected"), self.tr("Charged"), self.tr("Source"),
        )  # fmt: skip

    def show_rows(self, rows: list[LedgerRow]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row_at(self, row: int) -> LedgerRow:
        """One of them."""
        return self._rows[row]

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in AMOUNTS:
            return _RIGHT
        return self._heads[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in AMOUNTS:
            return _RIGHT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = self._rows[index.row()]
        job = row.job
        match index.column():
            case 0:
                moment = QDateTime.fromSecsSinceEpoch(int(row.at))
                return QLocale().toString(moment, QLocale.FormatType.ShortFormat)
            case 1:
                return one_line(job.request.prompt) if job is not None else self._elsewhere(row)
            case 2:
                return job.request.model if job is not None else ""
            case 3:
                return " · ".join(details(job)) if job is not None else ""
            case 4:
                return self._expected(row)
            case 5:
                sign = "+" if row.source is Source.REFILL else ""
                known = row.charged if job is not None else row.amount
                return "" if known is None else sign + credits_text(known)
            case _:
                return self._source(row)

    def _expected(self, row: LedgerRow) -> str:
        if row.job is None:
            return ""
        low, high = row.expected_low, row.job.price
        same = low is None or low == high
        return credits_text(high) if same else f"{credits_text(low or high)}–{credits_text(high)}"

    def _elsewhere(self, row: LedgerRow) -> str:
        if row.source is Source.REFILL:
            return self.tr("Credits were added")
        return self.tr("Used elsewhere?")

    def _source(self, row: LedgerRow) -> str:
        match row.source:
            case Source.CHARGED:
                return self.tr("Charged")
            case Source.EXPECTED if row.job is not None and row.job.state is JobState.UNCONFIRMED:
                return self.tr("Unconfirmed")
            case Source.EXPECTED:
                return self.tr("Expected")
            case Source.UNEXPLAINED:
                return self.tr("Not explained")
            case Source.REFILL:
                return self.tr("Refill")
            case never:
                assert_never(never)
