"""What was spent today, and what may have been: the figures behind the user's daily limit."""

from __future__ import annotations

import time
from collections.abc import Iterable

from pixverse_desktop.core.job import PAID_FOR, Job, JobState

# What was charged, and what may have been.
COUNTED = PAID_FOR | {JobState.SUBMITTING, JobState.UNCONFIRMED}


def midnight_of(now: float, days_later: int = 0) -> float:
    """When the local day of ``now`` began, or one of the next (both since 1970)."""
    year, month, day = time.localtime(now)[:3]
    return time.mktime((year, month, day + days_later, 0, 0, 0, 0, 0, -1))


def spent_today(jobs: Iterable[Job], now: float) -> int:
    """Credits charged since local midnight, with those that may have been (``now`` since 1970).

    A job whose outcome is unknown counts with its price: a limit must hold in the worst case.
    """
    midnight = midnight_of(now)
    return sum(
        job.price if job.credit_cost is None else job.credit_cost
        for job in jobs
        if job.state in COUNTED and job.submitted_at is not None and job.submitted_at >= midnight
    )
