"""Batches as a whole: their ceiling, and taking back what was not sent."""

from __future__ import annotations

from dataclasses import replace

from pixverse_desktop.core.engine.session import BATCH_MARK, Session
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.parents import waits_for
from pixverse_desktop.core.jobs.states import IN_FLIGHT, JobState
from pixverse_desktop.core.messages import Message


def hold_above_ceiling(session: Session, job: Job) -> bool:
    """Hold what is left of a job's batch if that could cost more than was agreed to."""
    if job.ceiling is None or BATCH_MARK + job.batch in session.limits_lifted:
        return False
    whole = session.repository.batch_sum(job.batch, session.upper_price)
    if whole <= job.ceiling:
        return False
    session.held_batches[job.batch] = Message("batch_passed", price=whole, most=job.ceiling)
    session.set_status()
    return True


def reason_to_stand(session: Session) -> tuple[str, str] | None:
    """A held batch and the sentence why, where all that waits is of such batches."""
    held, now = session.held_batches, session.ports.clock.time()
    queued = session.watched(JobState.QUEUED) if held else []
    find = session.repository.find
    waiting = [j for j in queued if not (j.is_passed_over(now) or waits_for(j, find))]
    if not all(job.batch in held for job in waiting):
        return None
    return next(((job.batch, held[job.batch]) for job in waiting if held[job.batch]), None)


def release(session: Session) -> None:
    """The user goes on with the batch that held the queue."""
    session.held_batches.pop(session.held_by.removeprefix(BATCH_MARK), None)
    session.set_status()


async def withdraw_batch(session: Session, batch: str) -> tuple[int, int]:
    """Take back what of a batch was not sent; how many that were, and how many go on."""
    session.held_batches[batch] = ""  # nothing of it is sent meanwhile
    repository = session.repository
    try:
        waiting = [job.id for job in repository.all() if job.batch == batch]
        taken = await repository.change_all(waiting, withdrawn)
    finally:
        del session.held_batches[batch]  # one that is put back later is sent
        session.set_status()
        session.queue_changed()
    going_on = [job for job in repository.all() if job.batch == batch and job.state in IN_FLIGHT]
    return len(taken), len(going_on)


def withdrawn(job: Job) -> Job:
    """As it is when it was taken back before it was sent."""
    return replace(job, state=JobState.WITHDRAWN, hidden=True, being_edited=False)
