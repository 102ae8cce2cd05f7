"""The ledger: one row for every request that was, or may have been, paid for; read from the jobs.

A job keeps what was announced, what was charged and the balance that the service named after it,
so the ledger needs no record of its own: it survives what the jobs survive, and deleting a clip
keeps its row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pixverse_desktop.core.credits import ZERO, credits_plain
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.spending import counts


class Source(StrEnum):
    """Where the amount of a row comes from."""

    CHARGED = "charged"  # the service named it
    EXPECTED = "expected"  # it did not, or nobody knows whether it charged at all
    UNEXPLAINED = "not explained"  # a balance fell by more than the charges: used elsewhere?
    REFILL = "refill"  # a balance rose


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One movement. ``at`` in seconds since 1970; of a movement without a job ``job`` is None.

    ``amount`` is what counts for sums: the charge, else the upper expected figure.
    """

    at: float
    source: Source
    amount: Decimal
    job: Job | None = None

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

    With a hundred thousand of them kept, the next collection of garbage would look at each.
    """

    __slots__ = ("_entries",)

    def __init__(self, entries: Iterable[Job | LedgerRow] = ()) -> None:
        self._entries = list(entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, place: int) -> LedgerRow:
        return _row_of(self._entries[place])

    def __iter__(self) -> Iterator[LedgerRow]:
        return map(_row_of, self._entries)

    def where(self, is_meant: Callable[[LedgerRow], bool]) -> Rows:
        """Those that are meant, in the same order."""
        return Rows(entry for entry in self._entries if is_meant(_row_of(entry)))

    def newest_first(self) -> Rows:
        """The same the other way round."""
        return Rows(reversed(self._entries))


def _row_of(entry: Job | LedgerRow) -> LedgerRow:
    if isinstance(entry, LedgerRow):
        return entry
    at, cost = entry.submitted_at or 0.0, entry.credit_cost
    if cost is None:
        return LedgerRow(at, Source.EXPECTED, entry.price, entry)
    return LedgerRow(at, Source.CHARGED, cost, entry)


@dataclass(frozen=True, slots=True)
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
    """The last balance that the service named to a key, and what was charged after it."""

    left: Decimal | None = None
    charged: Decimal = ZERO
    doubtful: Decimal = ZERO  # may have been charged


def ledger_of(jobs: Iterable[Job]) -> Ledger:
    """The ledger of all jobs of one service."""
    # Twice, not by a pair: a hundred thousand pairs would all be looked at for garbage.
    paid = sorted(filter(counts, jobs), key=lambda job: job.position)
    paid.sort(key=lambda job: job.submitted_at or 0.0)
    rows: list[Job | LedgerRow] = []
    accounts: defaultdict[str | None, _Account] = defaultdict(_Account)
    for job in paid:
        at, cost = job.submitted_at or 0.0, job.credit_cost
        rows.append(job)
        account = accounts[job.key_fingerprint]
        account.charged += cost or ZERO
        account.doubtful += job.price if cost is None else ZERO
        if job.credits_left is None:
            continue
        if account.left is not None:
            difference = account.left - account.charged - job.credits_left
            if difference > account.doubtful:
                rows.append(LedgerRow(at, Source.UNEXPLAINED, difference - account.doubtful))
            elif difference < 0:
                rows.append(LedgerRow(at, Source.REFILL, -difference))
        accounts[job.key_fingerprint] = _Account(job.credits_left)
    return Ledger(Rows(rows))


COLUMNS = (
    "time", "job_id", "model", "resolution", "seconds", "sound", "expected_low", "expected_high",
    "charged", "source",
)  # fmt: skip


def told(row: LedgerRow) -> dict[str, object]:
    """A row by the names in ``COLUMNS``: times as ISO 8601, credits as texts such as "12.5"."""
    time = datetime.fromtimestamp(row.at).astimezone().isoformat(timespec="seconds")
    job = row.job
    if job is None:
        return dict.fromkeys(COLUMNS) | {
            "time": time, "charged": credits_plain(row.amount), "source": str(row.source),
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
