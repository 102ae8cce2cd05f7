"""What is sent next."""

from __future__ import annotations

from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.parents import waits_for
from pixverse_desktop.core.jobs.states import JobState

_LONGEST_WAIT_S = 3600.0  # a clock set back must not keep a job waiting for longer


def next_job(session: Session) -> Job | None:
    """The first that waits and is not passed over, of those in the background only when no other
    does; None while there is none or as many as may be are under way. Nothing of a held batch is
    sent, nor what goes on from a clip that is not there yet. The one job of a command waits for no
    other."""
    if session.own_in_flight() >= session.config.jobs_at_a_time and not session.is_alone:
        return None
    now, behind = session.ports.clock.time(), None
    for job in session.watched(JobState.QUEUED):
        if job.is_passed_over(now) or job.batch in session.held_batches:
            continue
        if job.parents and waits_for(job, session.repository.find):
            continue
        if not job.background:
            return job
        behind = behind or job
    return behind


def next_start_s(session: Session) -> float | None:
    """Seconds until the first of those that wait for a time may be sent; None without any."""
    now = session.ports.clock.time()
    times = [job.not_before - now for job in session.watched(JobState.QUEUED) if job.not_before]
    later = [wait_s for wait_s in times if wait_s > 0]
    return min(*later, _LONGEST_WAIT_S) if later else None
