"""What the view shows of a ledger: the chosen rows and their sums, made by a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import inf

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.ledger import Ledger, LedgerRow, Source
from pixverse_desktop.core.jobs.spending import Period, span_of
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.text import fold


@dataclass(frozen=True)
class Figures:
    """What a worker makes of the ledger: the chosen rows, newest first, and the sums."""

    rows: list[LedgerRow]
    spent: dict[Period, Decimal]
    kept: int
    unexplained: Decimal
    days: dict[str, Decimal]
    first: date


def figures(ledger: Ledger, period: str, only: str, text: str, now: float) -> Figures:
    """BLOCKING for a moment with many rows. ``period`` is "month", "last" or "all"."""
    month, _ = span_of(Period.MONTH, now)
    # What a clock that was set back leaves in the future counts as now.
    spans = {"month": (month, inf), "last": (span_of(Period.MONTH, month - 1)[0], month)}
    since, until = spans.get(period, (0.0, inf))
    shown = [row for row in ledger.rows if since <= row.at <= until]
    wanted = fold(text.strip())
    rows = [row for row in reversed(shown) if _is_meant(row, only, wanted)]
    paid = [row for row in ledger.rows if row.source is not Source.REFILL]
    spent = {
        each: sum((row.amount for row in paid if row.at >= span_of(each, now)[0]), ZERO)
        for each in Period
    }
    kept = sum(_is_kept(row) for row in shown)
    unexplained = Ledger(tuple(shown)).total(Source.UNEXPLAINED)
    first = datetime.fromtimestamp(since or (ledger.rows[0].at if ledger.rows else now)).date()
    return Figures(rows, spent, kept, unexplained, dict(Ledger(tuple(shown)).by_day()), first)


def _is_kept(row: LedgerRow) -> bool:
    return row.job is not None and row.job.state is JobState.SAVED and not row.job.hidden


def _is_meant(row: LedgerRow, only: str, wanted: str) -> bool:
    if wanted and (row.job is None or wanted not in fold(row.job.request.prompt)):
        return False
    match only:
        case "not kept":
            return row.job is not None and not _is_kept(row)
        case "unconfirmed":
            return row.source is Source.EXPECTED
        case "not explained":
            return row.source in (Source.UNEXPLAINED, Source.REFILL)
        case _:
            return True
