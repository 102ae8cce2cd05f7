"""Whether a job goes on without the user, so that the computer should not sleep meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from pixverse_desktop.core.jobs.job import Job, may_send_again
from pixverse_desktop.core.jobs.parents import blocker
from pixverse_desktop.core.jobs.states import IN_FLIGHT, JobState
from pixverse_desktop.core.service import ENDS_BY_ITSELF, HoldReason, ServiceStatus

_FETCHES_NOTHING = frozenset({HoldReason.KEY, HoldReason.DISK})
_LONGEST_S = 30 * 60.0  # after that a clip may never be made


def goes_on_by_itself(
    job: Job, status: ServiceStatus, get: Callable[[str], Job | None], now: float
) -> bool:
    """True for a job of the service in use that was sent, or may have been, and has no clip on the
    disk yet, and for one that is sent as soon as it is its turn; ``get`` gives a job by its id,
    ``now`` is in seconds since 1970.

    What only the user can bring on, such as a paused job, is worth no sleepless night.
    """
    if job.origin != status.origin.id:
        return False
    if job.state is JobState.UNCONFIRMED:
        return not may_send_again(job, now, has_list=status.has_list)
    hold = status.hold
    if job.state is not JobState.QUEUED:
        stands = hold is not None and hold.reason in _FETCHES_NOTHING
        return (
            job.state in IN_FLIGHT and not stands and now - (job.submitted_at or now) < _LONGEST_S
        )
    if hold is not None and hold.reason not in ENDS_BY_ITSELF:
        return False
    stands = job.is_passed_over(now) or job.batch in status.held_batches
    return not stands and blocker(job, get) is None
