"""What the view shows of a ledger: the chosen rows and their sums, made by a worker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from math import inf
from typing import NamedTuple

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.ledger import SPENT, Ledger, LedgerRow, Source
from pixverse_desktop.core.jobs.library_query import Board
from pixverse_desktop.core.jobs.spending import Period, span_of
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.text import fold

NO_BOARD, OTHER = "no board", "other"  # beside the ids of boards, which are hexadecimal
_MOST_BOARDS = 3

Boards = Mapping[str, Board]  # the board of a job, by the job's id; of those on none there is none


class Choice(NamedTuple):
    """What is looked at: ``period`` is "month", "last" or "all"; ``board`` an id, NO_BOARD or ""
    for all of them; ``text`` what the prompt must contain."""

    period: str = "month"
    only: str = "all"
    text: str = ""
    board: str = ""


@dataclass(frozen=True)
class Series:
    """What was spent for one board by local day (2026-11-26); ``key`` is its id, OTHER or
    NO_BOARD, whose names are for the view to say."""

    key: str
    name: str
    days: Mapping[str, Decimal]

    @property
    def total(self) -> Decimal:
        """Credits of all days."""
        return sum(self.days.values(), ZERO)


@dataclass(frozen=True)
class Figures:
    """What a worker makes of the ledger: the chosen rows, newest first, and the sums."""

    rows: list[LedgerRow]
    spent: dict[Period, Decimal]
    kept: int  # clips of the shown time
    charged: Decimal  # for all clips of the shown time
    unexplained: Decimal
    counts: dict[str, int]  # rows behind a filter
    series: list[Series]  # the dearest first
    boards: dict[str, str]  # names by id, of all boards that something was spent for
    opening: Decimal | None  # the balance when the month began, None when nobody named it
    first: date
    last: date


def figures(ledger: Ledger, boards: Boards, choice: Choice, now: float) -> Figures:
    """BLOCKING for a moment with many rows."""
    month, ends = span_of(Period.MONTH, now)
    # What a clock that was set back leaves in the future counts as now.
    spans = {"month": (month, inf), "last": (span_of(Period.MONTH, month - 1)[0], month)}
    since, until = spans.get(choice.period, (0.0, inf))
    in_time = [row for row in ledger.rows if since <= row.at <= until]
    chosen = partial(_is_of, boards, choice.board)
    meant = Ledger(tuple(filter(chosen, ledger.rows)))
    shown = Ledger(tuple(filter(chosen, in_time)))
    wanted = fold(choice.text.strip())
    last = {"month": ends, "last": month}.get(choice.period)
    today = datetime.fromtimestamp(now).date()
    used = (boards[row.job.id] for row in ledger.rows if row.job and row.job.id in boards)
    return Figures(
        rows=[row for row in reversed(shown.rows) if _is_meant(row, choice.only, wanted)],
        spent={each: meant.since(span_of(each, now)[0]).total(*SPENT) for each in Period},
        kept=sum(_is_kept(row) for row in shown.rows),
        charged=shown.total(Source.CHARGED),
        unexplained=shown.total(Source.UNEXPLAINED),
        counts={
            only: sum(_is_meant(row, only, "") for row in shown.rows)
            for only in ("unconfirmed", "not explained")
        },
        series=_series(in_time, boards),
        boards={board.id: board.name for board in used},
        opening=_opening(ledger, month),
        first=datetime.fromtimestamp(since or (ledger.rows[0].at if ledger.rows else now)).date(),
        last=today if last is None else datetime.fromtimestamp(last).date() - timedelta(days=1),
    )


def _series(rows: list[LedgerRow], boards: Boards) -> list[Series]:
    """A series for each of the dearest boards, and for the rest together."""
    names = {NO_BOARD: "", OTHER: ""}
    days: defaultdict[str, defaultdict[str, Decimal]]
    days = defaultdict(lambda: defaultdict(lambda: ZERO))
    for row in rows:
        if row.source not in SPENT:
            continue
        board = boards.get(row.job.id) if row.job is not None else None
        key = NO_BOARD if board is None else board.id
        if board is not None:
            names[key] = board.name
        days[key][datetime.fromtimestamp(row.at).strftime("%Y-%m-%d")] += row.amount
    spent = {key: sum(amounts.values(), ZERO) for key, amounts in days.items() if key != NO_BOARD}
    dearest = sorted(spent, key=lambda key: (-spent[key], names[key], key))
    for key in dearest[_MOST_BOARDS:]:
        for day, amount in days.pop(key).items():
            days[OTHER][day] += amount
    order = [*dearest[:_MOST_BOARDS], OTHER, NO_BOARD]
    return [Series(key, names[key], dict(days[key])) for key in order if key in days]


def _opening(ledger: Ledger, since: float) -> Decimal | None:
    """The last balance named before ``since``, less what was charged up to then."""
    if len({row.job.key_fingerprint for row in ledger.rows if row.job is not None}) > 1:
        return None  # of several accounts
    left: Decimal | None = None
    for row in ledger.rows:
        if row.at >= since:
            break
        if row.job is not None and row.job.credits_left is not None:
            left = row.job.credits_left
        elif left is not None and row.charged is not None:
            left -= row.charged
    return left


def _is_of(boards: Boards, wanted: str, row: LedgerRow) -> bool:
    board = boards.get(row.job.id) if row.job is not None else None
    return not wanted or wanted == (NO_BOARD if board is None else board.id)


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
