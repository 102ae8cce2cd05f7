"""What is sent next."""

from __future__ import annotations

from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState


def next_job(session: Session) -> Job | None:
    """The first that waits, of those in the background only when no other does; None while nothing
    waits or as many as may be are under way. Nothing of a held batch is sent. The one job of a
    command waits for no other."""
    if session.own_in_flight() >= session.config.jobs_at_a_time and not session.is_alone:
        return None
    held = session.held_batches
    if session.config.only_jobs is None:
        first = session.repository.first(session.origin.id, JobState.QUEUED)
        if first is None or not (first.background or first.batch in held):
            return first
    waiting = [job for job in session.watched(JobState.QUEUED) if job.batch not in held]
    return next((job for job in waiting if not job.background), waiting[0] if waiting else None)
