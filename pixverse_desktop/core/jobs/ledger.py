"""The ledger: one row for every request that was, or may have been, paid for; read from the jobs.

A job keeps what was announced, what was charged and the balance that the service named after it,
so the ledger needs no record of its own: it survives what the jobs survive, and deleting a clip
keeps its row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from math import inf

from pixverse_desktop.core.credits import HUNDREDTH, ZERO, credits_plain
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.spending import counted_at, counts, sent_at
from pixverse_desktop.core.jobs.states import MAY_BE_REFUNDED
from pixverse_desktop.core.records import record


class Source(StrEnum):
    """Where the amount of a row comes from."""

    CHARGED = "charged"  # the service named it
    EXPECTED = "expected"  # it did not, or nobody knows whether it charged at all
    UNEXPLAINED = "not explained"  # a balance fell by more than the charges: used elsewhere?
    REFILL = "refill"  # a balance rose


@record
class LedgerRow:
    """One movement. ``at`` in seconds since 1970; of a movement without a job ``job`` is None.

    ``amount`` is what counts for sums: the charge, else the upper expected figure. ``later`` is the
    date of what was sent after it, where that is earlier: then one of the two clocks was wrong.
    """

    at: float
    source: Source
    amount: Decimal
    job: Job | None = None
    later: float = inf

    def counted_at(self, now: float) -> float:
        """The moment by which it counts in sums of a day, week or month."""
        return counted_at(self.at, self.later, now)

    @property
    def charged(self) -> Decimal | None:
        """What the service says it charged."""
        return self.job.credit_cost if self.job is not None else None

    @property
    def expected_low(self) -> Decimal | None:
        """The least that was announced."""
        if self.job is None:
            return None
        return self.job.price if self.job.price_low is None else self.job.price_low


class Rows:
    """Rows that are made when they are looked at, out of jobs and of movements without one.

    With a hundred thousand of them kept, the next collection of garbage would look at each; for
    the same reason the list is taken as it is, not copied.
    """

    __slots__ = ("_entries",)

    def __init__(self, entries: Sequence[Job | LedgerRow] = ()) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, place: int) -> LedgerRow:
        return _row_of(self._entries[place])

    def __iter__(self) -> Iterator[LedgerRow]:
        return map(_row_of, self._entries)

    def where(self, is_meant: Callable[[LedgerRow], bool]) -> Rows:
        """Those that are meant, in the same order."""
        return Rows([entry for entry in self._entries if is_meant(_row_of(entry))])


def _row_of(entry: Job | LedgerRow) -> LedgerRow:
    if isinstance(entry, LedgerRow):
        return entry
    if entry.credit_cost is None:
        return LedgerRow(sent_at(entry), Source.EXPECTED, entry.price, entry)
    return LedgerRow(sent_at(entry), Source.CHARGED, entry.credit_cost, entry)


@record
class Ledger:
    """Rows, oldest first, and their sums."""

    rows: Rows

    def total(self, *sources: Source) -> Decimal:
        """The sum of the rows of these kinds."""
        return sum((row.amount for row in self.rows if row.source in sources), ZERO)

    def since(self, at: float) -> Ledger:
        """The rows from then on."""
        return Ledger(self.rows.where(lambda row: row.at >= at))


@dataclass
class _Account:
    """A balance since the service last named it, and what was charged after that."""

    left: Decimal | None = None
    charged: Decimal = ZERO
    charges: int = 0
    doubtful: Decimal = ZERO  # may have been charged
    refunded: Decimal = ZERO  # may have been charged at first, and may have come back since
    owed: Decimal = ZERO  # may still come back of what was charged before

    def charge(self, row: LedgerRow, job: Job) -> None:
        """Take in a request that was paid for."""
        cost = job.credit_cost
        self.charged += cost or ZERO
        self.charges += cost is not None
        self.doubtful += row.amount if cost is None else ZERO
        low = job.price if job.price_low is None else job.price_low
        # A job keeps one charge, the last that was named: what it was before is not known.
        if job.state in MAY_BE_REFUNDED and (cost is None or cost < low):
            self.refunded += job.price - (cost or ZERO)

    def gap(self, named: Decimal) -> Decimal:
        """How far a balance is below what is explained; negative above it, 0 within rounding."""
        if self.left is None:
            return ZERO
        fall = self.left - self.charged - named
        if not fall:
            return ZERO
        step = min(_step(self.left), _step(named))
        rounding = self.charges * HUNDREDTH + (step if self.charged % step else ZERO)
        if fall > 0:
            rest = max(ZERO, fall - self.doubtful - self.refunded)
        else:
            rest = min(ZERO, fall + self.owed)
        return rest if abs(rest) > rounding else ZERO

    def named(self, left: Decimal) -> _Account:
        """The account from the balance ``left`` on."""
        if not self.refunded and not self.owed:
            return _Account(left)
        if self.left is None:
            return _Account(left, owed=self.refunded)
        fall = self.left - self.charged - left
        came_back = min(max(ZERO, -fall), self.owed)
        return _Account(left, owed=self.owed - came_back + min(max(ZERO, fall), self.refunded))


def _step(balance: Decimal) -> Decimal:
    """To what a balance is rounded, as far as it shows: 1, 0.1, 0.01, …"""
    exponent = balance.normalize().as_tuple().exponent
    return Decimal(10) ** min(0, exponent if isinstance(exponent, int) else 0)


def ledger_of(jobs: Iterable[Job], upper: Mapping[str, Decimal] | None = None) -> Ledger:
    """The ledger of all jobs of one service. ``upper`` is the most that jobs whose charge is not
    known may have been charged, by id; of others it is what was announced."""
    # Sorted twice, not by a pair: a hundred thousand pairs would all be looked at for garbage.
    order = sorted(filter(counts, jobs), key=sent_at)
    order.sort(key=lambda job: job.position)
    later, upper = _later(order), upper or {}
    by_clock = sorted(order, key=sent_at) if later else []
    order.sort(key=lambda job: later.get(job.id, sent_at(job)))
    rows = _rows(order, later, upper)
    if later:
        # The clock was set back, or a removal was undone and sent after what stood behind it.
        # The order that explains more is that of the charges.
        rows = min(rows, _rows(by_clock, later, upper), key=_unexplained)
    return Ledger(Rows(rows))


def _later(by_place: list[Job]) -> dict[str, float]:
    """The earliest date of what this program sent after a job, for jobs with a later date."""
    found: dict[str, float] = {}
    earliest = inf
    for job in reversed(by_place):
        if job.attempt_id is None:
            continue
        if sent_at(job) > earliest:
            found[job.id] = earliest
        earliest = min(earliest, sent_at(job))
    return found


def _rows(
    jobs: list[Job], later: Mapping[str, float], upper: Mapping[str, Decimal]
) -> list[Job | LedgerRow]:
    """The rows of jobs in the order of their charges, with what the balances tell between them."""
    rows: list[Job | LedgerRow] = []
    accounts: defaultdict[str | None, _Account] = defaultdict(_Account)
    shared = _Account()  # several keys may be of one account
    for job in jobs:
        row, key = _row_of(job), job.key_fingerprint
        amount = upper.get(job.id, row.amount)
        if job.id in later or amount != row.amount:
            row = replace(row, amount=amount, later=later.get(job.id, inf))
            rows.append(row)
        else:
            rows.append(job)
        accounts[key].charge(row, job)
        shared.charge(row, job)
        if job.credits_left is None:
            continue
        own, all_keys = accounts[key].gap(job.credits_left), shared.gap(job.credits_left)
        gap = min(own, all_keys, key=abs) if own * all_keys >= 0 else own
        if gap:
            source = Source.UNEXPLAINED if gap > 0 else Source.REFILL
            rows.append(LedgerRow(row.at, source, abs(gap), later=row.later))
        accounts[key] = accounts[key].named(job.credits_left)
        shared = shared.named(job.credits_left)
    return rows


def _unexplained(rows: list[Job | LedgerRow]) -> Decimal:
    without = (row for row in rows if isinstance(row, LedgerRow) and row.job is None)
    return sum((row.amount for row in without), ZERO)


COLUMNS = (
    "time", "job_id", "model", "resolution", "seconds", "sound", "expected_low", "expected_high",
    "charged", "source",
)  # fmt: skip


def told(row: LedgerRow) -> dict[str, object]:
    """A row by the names in ``COLUMNS``: times as ISO 8601, credits as texts such as "12.5".

    Credits that were added are charged less than nothing: the column sums up to what went.
    """
    time = datetime.fromtimestamp(row.at).astimezone().isoformat(timespec="seconds")
    job = row.job
    if job is None:
        went = -row.amount if row.source is Source.REFILL else row.amount
        return dict.fromkeys(COLUMNS) | {
            "time": time, "charged": credits_plain(went), "source": str(row.source),
        }  # fmt: skip
    request, low = job.request, row.expected_low
    return {
        "time": time,
        "job_id": job.remote_id or job.id,
        "model": request.model,
        "resolution": request.resolution or None,
        "seconds": request.duration_s or None,
        "sound": request.get("audio"),
        "expected_low": None if low is None else credits_plain(low),
        "expected_high": credits_plain(job.price),
        "charged": None if job.credit_cost is None else credits_plain(job.credit_cost),
        "source": str(row.source),
    }
