"""The ledger's rows for a table, newest first; asked for only where they are seen."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.ledger import LedgerRow, Source
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.rate import Rate
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import color, icon
from pixverse_desktop.ui.jobs.job_text import details, one_line
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.widgets.labels import tip_text
from pixverse_desktop.ui.widgets.table import Index, TableRows

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
CLIP, MODEL, WHAT, EXPECTED, CHARGED = 1, 2, 3, 4, 5
AMOUNTS = (EXPECTED, CHARGED)  # the columns of numbers
PICTURE = QSize(52, 30)
_TINT = 26  # of 255, behind what is not explained
_KEPT_PICTURES = 200


class LedgerRows(TableRows[LedgerRow]):
    """Time, clip, model, what, expected, charged, and where the number comes from."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._icons: dict[str, QIcon] = {}
        self.rate: Rate | None = None
        self._heads = (
            self.tr("Time"), self.tr("Clip"), self.tr("Model"), self.tr("What"),
            self.tr("Expected"), self.tr("Charged"), self.tr("Source"),
        )  # fmt: skip

    def row(self, index: Index) -> LedgerRow | None:
        """What stands in a line; None for no line."""
        return self._rows[index.row()] if index.isValid() else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and section in AMOUNTS:
            return _RIGHT
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.TextAlignmentRole if column in AMOUNTS:
                return _RIGHT
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.ToolTipRole if column == CHARGED:
                return self._amount(row, self.rate)
            case Qt.ItemDataRole.ToolTipRole if column == CLIP:
                words = (self._text(row, CLIP), self._text(row, WHAT))
                return tip_text(" · ".join(filter(None, words)))
            case Qt.ItemDataRole.ToolTipRole:
                return tip_text(self._text(row, column))
            case Qt.ItemDataRole.ForegroundRole:
                return self._tone(row, column)
            case Qt.ItemDataRole.BackgroundRole if row.source is Source.UNEXPLAINED:
                tint = QColor(color("warn"))
                tint.setAlpha(_TINT)
                return tint
            case Qt.ItemDataRole.DecorationRole if column == CLIP:
                return self._picture(row.job)
            case _:
                return None

    def _text(self, row: LedgerRow, column: int) -> str:
        job = row.job
        match column:
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
                return self._amount(row, None)
            case _:
                return self._source(row)

    def _amount(self, row: LedgerRow, rate: Rate | None) -> str:
        sign = "+" if row.source is Source.REFILL else ""
        known = row.charged if row.job is not None else row.amount
        return "" if known is None else sign + localised.credits_and_money(known, rate)

    def _tone(self, row: LedgerRow, column: int) -> QColor | None:
        if column in (CLIP, CHARGED):
            return color("done") if row.source is Source.REFILL and column == CHARGED else None
        doubtful = row.source is Source.UNEXPLAINED or _is_unconfirmed(row)
        return color("warn" if doubtful and column == len(self._heads) - 1 else "muted")

    def _picture(self, job: Job | None) -> QIcon:
        """The clip's picture, filling a field of the same size in every line."""
        found = self._pictures.clip(job) if job is not None else None
        if job is None or found is None or found.pixmap.isNull():
            return self._without(job is None)
        if job.id not in self._icons:
            if len(self._icons) >= _KEPT_PICTURES:
                self._icons.clear()
            self._icons[job.id] = QIcon(_filling(found.pixmap))
        return self._icons[job.id]

    def _without(self, elsewhere: bool) -> QIcon:
        key = f"{color('raised').name()} {elsewhere}"  # no job is called so
        if key not in self._icons:
            field = QPixmap(PICTURE)
            field.fill(color("raised"))
            if elsewhere:
                with QPainter(field) as painter:
                    middle = QRect(0, 0, 16, 16)
                    middle.moveCenter(field.rect().center())
                    icon("question").paint(painter, middle)
            self._icons[key] = QIcon(field)
        return self._icons[key]

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
            case Source.EXPECTED if _is_unconfirmed(row):
                return self.tr("Unconfirmed")
            case Source.EXPECTED:
                return self.tr("Expected")
            case Source.UNEXPLAINED:
                return self.tr("Not explained")
            case Source.REFILL:
                return self.tr("Refill")
            case never:
                assert_never(never)


def _is_unconfirmed(row: LedgerRow) -> bool:
    return row.job is not None and row.job.state is JobState.UNCONFIRMED


def _filling(pixmap: QPixmap) -> QPixmap:
    """The middle of a picture, twice as large as shown, for screens of double density."""
    grow, smooth = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode
    scaled = pixmap.scaled(PICTURE * 2, grow, smooth.SmoothTransformation)
    area = QRect(0, 0, PICTURE.width() * 2, PICTURE.height() * 2)
    area.moveCenter(scaled.rect().center())
    return scaled.copy(area)
