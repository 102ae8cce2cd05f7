"""What the view shows of a ledger: the chosen rows and their sums, made by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import inf

from pixverse_desktop.core.jobs.ledger import SPENT, Ledger, LedgerRow, Source
from pixverse_desktop.core.jobs.spending import Period, span_of
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.text import fold


@dataclass(frozen=True)
class Figures:
    """What a worker makes of the ledger: the chosen rows, newest first, and the sums."""

    rows: list[LedgerRow]
    spent: dict[Period, Decimal]
    kept: int  # clips of the shown time
    charged: Decimal  # for all clips of the shown time
    unexplained: Decimal
    days: Mapping[str, Decimal]
    first: date


def figures(ledger: Ledger, period: str, only: str, text: str, now: float) -> Figures:
    """BLOCKING for a moment with many rows. ``period`` is "month", "last" or "all"."""
    month, _ = span_of(Period.MONTH, now)
    # What a clock that was set back leaves in the future counts as now.
    spans = {"month": (month, inf), "last": (span_of(Period.MONTH, month - 1)[0], month)}
    since, until = spans.get(period, (0.0, inf))
    shown = Ledger(tuple(row for row in ledger.rows if since <= row.at <= until))
    wanted = fold(text.strip())
    spent = {each: ledger.since(span_of(each, now)[0]).total(*SPENT) for each in Period}
    first = datetime.fromtimestamp(since or (ledger.rows[0].at if ledger.rows else now)).date()
    return Figures(
        rows=[row for row in reversed(shown.rows) if _is_meant(row, only, wanted)],
        spent=spent,
        kept=sum(_is_kept(row) for row in shown.rows),
        charged=shown.total(Source.CHARGED),
        unexplained=shown.total(Source.UNEXPLAINED),
        days=shown.by_day(),
        first=first,
    )


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
