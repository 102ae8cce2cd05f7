"""What was spent in a day, a week or a month, and what may have been: behind the user's limits."""

from __future__ import annotations

import time
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import PAID_FOR, JobState

# What was charged, and what may have been.
COUNTED = PAID_FOR | {JobState.SUBMITTING, JobState.UNCONFIRMED, JobState.DROPPED}

NOTICE_AT = Decimal("0.8")  # of a limit: from here on what is left of it is told as a warning


def midnight_of(now: float, days_later: int = 0) -> float:
    """When the local day of ``now`` began, or one of the next (both since 1970)."""
    year, month, day = time.localtime(now)[:3]
    noon = (year, month, day + days_later, 12, 0, 0, 0, 0, -1)
    date = time.localtime(time.mktime(noon))[:3]
    usual = time.mktime((year, month, day + days_later, 0, 0, 0, 0, 0, -1))
    # Where the clocks change at midnight there are two of them, or none: the day begins with the
    # first moment that bears its date.
    around = (usual - 3600.0, usual, usual + 3600.0)
    return next((when for when in around if time.localtime(when)[:3] == date), usual)


class Period(StrEnum):
    """What a limit may be set for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Limits:
    """Credits that may be spent; 0 is no limit."""

    day: Decimal = ZERO
    week: Decimal = ZERO
    month: Decimal = ZERO
    clip: Decimal = ZERO

    def of(self, period: Period) -> Decimal:
        """The limit of a period."""
        match period:
            case Period.DAY:
                return self.day
            case Period.WEEK:
                return self.week
            case Period.MONTH:
                return self.month
            case never:
                assert_never(never)


def span_of(period: Period, now: float) -> tuple[float, float]:
    """When the local day, week (from Monday on) or month of ``now`` began, and when it ends."""
    local = time.localtime(now)
    match period:
        case Period.DAY:
            first, days = 0, 1
        case Period.WEEK:
            first, days = -local.tm_wday, 7
        case Period.MONTH:
            first = 1 - local.tm_mday
            days = monthrange(local.tm_year, local.tm_mon)[1]
        case never:
            assert_never(never)
    return midnight_of(now, first), midnight_of(now, first + days)


def counts(job: Job) -> bool:
    """Whether a job was charged, or may have been."""
    # Dropped because the user says that it was not charged, or sent again in spite of it.
    dropped = job.state is JobState.DROPPED and job.problem is None
    return job.state in COUNTED and not dropped and job.submitted_at is not None


def spent_since(
    jobs: Iterable[Job], since: float, upper_price: Callable[[Job], Decimal]
) -> Decimal:
    """Credits charged since then (seconds since 1970), with those that may have been.

    A job whose charge is not known counts with its upper price: a limit must hold in the worst
    case.
    """
    return sum(
        (
            upper_price(job) if job.credit_cost is None else job.credit_cost
            for job in jobs
            if counts(job) and (job.submitted_at or 0.0) >= since
        ),
        ZERO,
    )


class SpentCounter:
    """``spent_since`` from a local midnight on, without a walk through all jobs at every question.

    Charges that are known are kept as sums by day; jobs whose charge is not, one by one.
    """

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._days: defaultdict[str, dict[float, Decimal]] = defaultdict(dict)
        self._open: defaultdict[str, dict[str, Job]] = defaultdict(dict)
        for job in jobs:
            self.put(None, job)

    def put(self, old: Job | None, new: Job) -> None:
        """A new job, or a new snapshot in the place of ``old``."""
        if old is not None:
            self._add(old, -1)
        self._add(new, 1)

    def since(self, origin: str, midnight: float, upper_price: Callable[[Job], Decimal]) -> Decimal:
        """Credits that were, or may have been, charged by a service from ``midnight`` on."""
        known = (sum_ for day, sum_ in self._days[origin].items() if day >= midnight)
        return sum(known, ZERO) + spent_since(self._open[origin].values(), midnight, upper_price)

    def _add(self, job: Job, sign: int) -> None:
        if not counts(job):
            return
        if job.credit_cost is None:
            if sign > 0:
                self._open[job.origin][job.id] = job
            else:
                self._open[job.origin].pop(job.id, None)
            return
        day, days = midnight_of(job.submitted_at or 0.0), self._days[job.origin]
        days[day] = days.get(day, ZERO) + sign * job.credit_cost
