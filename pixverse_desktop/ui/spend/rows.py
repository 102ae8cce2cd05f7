"""The ledger's rows for a table, newest first; asked for only where they are seen."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import Qt

from pixverse_desktop.core.jobs.ledger import LedgerRow, Source
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.jobs.job_text import details, one_line
from pixverse_desktop.ui.widgets.table import Index, TableRows

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
AMOUNTS = (4, 5)  # the columns of numbers


class LedgerRows(TableRows[LedgerRow]):
    """Time, clip, model, what, expected, charged, and where the number comes from."""

    def __init__(self) -> None:
        super().__init__()
        self._heads = (
            self.tr("Time"), self.tr("Clip"), self.tr("Model"), self.tr("What"),
            self.tr("Expected"), self.tr("Charged"), self.tr("Source"),
        )  # fmt: skip

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and section in AMOUNTS:
            return _RIGHT
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in AMOUNTS:
            return _RIGHT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = self._rows[index.row()]
        job = row.job
        match index.column():
            case 0:
                return localised.date_and_time(row.at)
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
                return "" if known is None else sign + localised.shortest(known)
            case _:
                return self._source(row)

    def _expected(self, row: LedgerRow) -> str:
        if row.job is None or row.expected_low is None:
            return ""
        return localised.price_text(Price(row.expected_low, row.job.price))

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
