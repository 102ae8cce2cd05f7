"""What was spent in a day, a week or a month, and what may have been: behind the user's limits."""

from __future__ import annotations

import time
from bisect import bisect_right, insort
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import StrEnum
from math import inf
from typing import assert_never

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import PAID_FOR, JobState
from pixverse_desktop.core.records import record

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


@record
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
    """Whether a job of this account was charged, or may have been."""
    # Dropped because the user says that it was not charged, or sent again in spite of it.
    dropped = job.state is JobState.DROPPED and job.problem is None
    # A clip that was found on a disk: nobody knows by whom it was paid for.
    sent = job.attempt_id is not None or job.key_fingerprint is not None
    found = job.state is JobState.SAVED and not sent
    return job.state in COUNTED and not dropped and not found and job.submitted_at is not None


def counted_at(at: float, later: float, now: float) -> float:
    """The moment by which a charge of ``at`` counts, all since 1970.

    One that a wrong clock dated in the future counts with what was sent after it: ``later`` is the
    earliest date of that, or infinity. Where there is none it counts as of now.
    """
    return at if at <= now else min(later, now)


def sent_at(job: Job) -> float:
    """When a job was sent, by the clock of then."""
    return job.submitted_at or 0.0


def spent_since(
    jobs: Iterable[Job],
    since: float,
    upper_price: Callable[[Job], Decimal],
    when: Callable[[Job], float] = sent_at,
) -> Decimal:
    """Credits charged since then (seconds since 1970), with those that may have been.

    A job whose charge is not known counts with its upper price: a limit must hold in the worst
    case.
    """
    return sum(
        (
            upper_price(job) if job.credit_cost is None else job.credit_cost
            for job in jobs
            if counts(job) and when(job) >= since
        ),
        ZERO,
    )


class SpentCounter:
    """``spent_since`` from a local midnight on, without a walk through all jobs at every question.

    Charges that are known are kept as sums by day; jobs whose charge is not, one by one. A day in
    the future, where a wrong clock put charges, counts as ``counted_at`` says.
    """

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._days: defaultdict[str, dict[float, Decimal]] = defaultdict(dict)
        self._open: defaultdict[str, dict[str, Job]] = defaultdict(dict)
        self._day = (0.0, 0.0)  # the one that was asked for last, and when it ends
        self._sent_on: defaultdict[str, list[float]] = defaultdict(list)  # days, in their order
        self._later: defaultdict[str, dict[float, float]] = defaultdict(dict)  # by those days
        for job in sorted(jobs, key=lambda job: job.position):
            self.put(None, job)

    def put(self, old: Job | None, new: Job) -> None:
        """A new job, or a new snapshot in the place of ``old``."""
        if old is not None:
            self._add(old, -1)
        self._add(new, 1)
        # What others made tells nothing of the order in which this program sent its own.
        is_sent = new.attempt_id is not None and counts(new)
        if is_sent and (old is None or old.submitted_at != new.submitted_at):
            self._note_sent(new.origin, sent_at(new))

    def since(
        self, origin: str, midnight: float, now: float, upper_price: Callable[[Job], Decimal]
    ) -> Decimal:
        """Credits that were, or may have been, charged by a service from ``midnight`` on."""
        later = self._later[origin]

        def when(at: float) -> float:
            return at if at <= now else counted_at(at, later.get(midnight_of(at), inf), now)

        known = (sum_ for day, sum_ in self._days[origin].items() if when(day) >= midnight)
        open_jobs = self._open[origin].values()
        return sum(known, ZERO) + spent_since(
            open_jobs, midnight, upper_price, lambda job: when(sent_at(job))
        )

    def open(self, origin: str) -> list[Job]:
        """The jobs whose charge is not known."""
        return list(self._open[origin].values())

    def _day_of(self, at: float) -> float:
        if not self._day[0] <= at < self._day[1]:  # jobs come one day after the other
            self._day = midnight_of(at), midnight_of(at, 1)
        return self._day[0]

    def _note_sent(self, origin: str, at: float) -> None:
        """Days after that of ``at`` lay before it: the clock ran ahead then, or is behind now."""
        days, later, day = self._sent_on[origin], self._later[origin], self._day_of(at)
        for after in days[bisect_right(days, day) :]:
            later[after] = min(later[after], at)
        if day not in later:
            insort(days, day)
        later[day] = inf

    def _add(self, job: Job, sign: int) -> None:
        if not counts(job):
            return
        if job.credit_cost is None:
            if sign > 0:
                self._open[job.origin][job.id] = job
            else:
                self._open[job.origin].pop(job.id, None)
            return
        day, days = self._day_of(sent_at(job)), self._days[job.origin]
        days[day] = days.get(day, ZERO) + sign * job.credit_cost
