"""What was spent today, and what may have been: the figures behind the user's daily limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from decimal import Decimal

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import PAID_FOR, JobState

# What was charged, and what may have been.
COUNTED = PAID_FOR | {JobState.SUBMITTING, JobState.UNCONFIRMED, JobState.DROPPED}


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


def counts(job: Job) -> bool:
    """Whether a job was charged, or may have been."""
    # Dropped because the user says that it was not charged, or sent again in spite of it.
    dropped = job.state is JobState.DROPPED and job.problem is None
    return job.state in COUNTED and not dropped and job.submitted_at is not None


def spent_today(jobs: Iterable[Job], now: float, upper_price: Callable[[Job], Decimal]) -> Decimal:
    """Credits charged since local midnight, with those that may have been (``now`` since 1970).

    A job whose charge is not known counts with its upper price: a limit must hold in the worst
    case.
    """
    midnight = midnight_of(now)
    return sum(
        (
            upper_price(job) if job.credit_cost is None else job.credit_cost
            for job in jobs
            if counts(job) and (job.submitted_at or 0.0) >= midnight
        ),
        ZERO,
    )
