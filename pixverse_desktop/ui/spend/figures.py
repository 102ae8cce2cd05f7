"""What the view shows of a ledger: the chosen rows and their sums, made by a worker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import inf
from typing import NamedTuple

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.ledger import Ledger, LedgerRow, Rows, Source
from pixverse_desktop.core.jobs.library_query import Board
from pixverse_desktop.core.jobs.spending import Period, span_of
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.records import record
from pixverse_desktop.core.text import fold

NO_BOARD, OTHER = "no board", "other"  # beside the ids of boards, which are hexadecimal
_MOST_BOARDS = 3
_QUARTER_S = 900

_Days = defaultdict[str, defaultdict[str, Decimal]]  # credits by board and day

Boards = Mapping[str, Board]  # the board of a job, by the job's id; of those on none there is none


class Choice(NamedTuple):
    """What is looked at: ``period`` is "month", "last" or "all"; ``board`` an id, NO_BOARD or ""
    for all of them; ``text`` what the prompt must contain."""

    period: str = "month"
    only: str = "all"
    text: str = ""
    board: str = ""


@record
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


@record
class Figures:
    """What a worker makes of the ledger: the chosen rows, newest first, and the sums."""

    rows: Rows
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
    today: date


def figures(ledger: Ledger, boards: Boards, choice: Choice, now: float) -> Figures:
    """BLOCKING for a moment with many rows, each of which is looked at once."""
    month, ends = span_of(Period.MONTH, now)
    spans = {"month": (month, inf), "last": (span_of(Period.MONTH, month - 1)[0], month)}
    since, until = spans.get(choice.period, (0.0, inf))
    sums = _Sums(boards, choice, {period: span_of(period, now)[0] for period in Period})
    for row in ledger.rows:
        at = row.counted_at(now)
        sums.add(row, at, since <= at <= until)
    began = ledger.rows[0].counted_at(now) if len(ledger.rows) else now
    last = {"month": ends, "last": month}.get(choice.period)
    today = datetime.fromtimestamp(now).date()
    return Figures(
        rows=Rows(sums.rows[::-1]),
        spent=sums.spent,
        kept=sums.kept,
        charged=sums.charged,
        unexplained=sums.unexplained,
        counts=sums.counts,
        series=_series(sums.days, sums.boards),
        boards=sums.boards,
        opening=_opening(ledger, month, now) if len(sums.accounts) < 2 else None,
        first=datetime.fromtimestamp(since or began).date(),
        last=today if last is None else datetime.fromtimestamp(last).date() - timedelta(days=1),
        today=today,
    )


class _Sums:
    """What one walk through the rows adds up."""

    def __init__(self, boards: Boards, choice: Choice, begins: dict[Period, float]) -> None:
        self._boards, self._choice, self._begins = boards, choice, begins
        self._wanted = fold(choice.text.strip())
        self._names: dict[int, str] = {}  # of days, by quarters of an hour
        self.rows: list[Job | LedgerRow] = []
        self.spent = dict.fromkeys(Period, ZERO)
        self.kept, self.charged, self.unexplained = 0, ZERO, ZERO
        self.counts = {"unconfirmed": 0, "not explained": 0}
        self.boards: dict[str, str] = {}
        self.days: _Days = defaultdict(lambda: defaultdict(lambda: ZERO))
        self.accounts: set[str | None] = set()

    def add(self, row: LedgerRow, at: float, in_time: bool) -> None:
        """Take in the next row, which counts as of ``at``; ``in_time`` is one of the time that is
        shown. Sums are of what the limits count: what nothing explains is told beside them."""
        key = NO_BOARD
        if row.job is not None:
            self.accounts.add(row.job.key_fingerprint)
            board = self._boards.get(row.job.id)
            if board is not None:
                key = board.id
                self.boards[key] = board.name
        if in_time and row.job is not None:
            self.days[key][self._day_of(at)] += row.amount
        if self._choice.board not in ("", key):
            return
        if row.job is not None:
            for period, began in self._begins.items():
                if at >= began:
                    self.spent[period] += row.amount
        if in_time:
            self._show(row)

    def _show(self, row: LedgerRow) -> None:
        self.kept += _is_kept(row)
        if row.source is Source.CHARGED:
            self.charged += row.amount
        elif row.source is Source.UNEXPLAINED:
            self.unexplained += row.amount
        for only in self.counts:
            self.counts[only] += _is_meant(only, "", row)
        if _is_meant(self._choice.only, self._wanted, row):
            self.rows.append(row if row.job is None else row.job)

    def _day_of(self, at: float) -> str:
        quarter = int(at // _QUARTER_S)  # days begin with one everywhere
        if quarter not in self._names:
            self._names[quarter] = datetime.fromtimestamp(at).strftime("%Y-%m-%d")
        return self._names[quarter]


def _series(days: _Days, names: dict[str, str]) -> list[Series]:
    """A series for each of the dearest boards, and for the rest together."""
    spent = {key: sum(days[key].values(), ZERO) for key in days if key != NO_BOARD}
    dearest = sorted(spent, key=lambda key: (-spent[key], names[key], key))
    for key in dearest[_MOST_BOARDS:]:
        for day, amount in days.pop(key).items():
            days[OTHER][day] += amount
    order = [*dearest[:_MOST_BOARDS], OTHER, NO_BOARD]
    return [Series(key, names.get(key, ""), dict(days[key])) for key in order if key in days]


def _opening(ledger: Ledger, since: float, now: float) -> Decimal | None:
    """The last balance named before ``since``, less what was charged up to then."""
    left: Decimal | None = None
    for row in ledger.rows:
        if row.counted_at(now) >= since:
            break
        if row.job is not None and row.job.credits_left is not None:
            left = row.job.credits_left
        elif left is not None and row.charged is not None:
            left -= row.charged
    return left


def _is_kept(row: LedgerRow) -> bool:
    return row.job is not None and row.job.state is JobState.SAVED and not row.job.hidden


def _is_meant(only: str, wanted: str, row: LedgerRow) -> bool:
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
