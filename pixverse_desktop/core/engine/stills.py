"""The frames of a job that goes on from another clip: made of that clip just before it is sent."""

from __future__ import annotations

from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame

_INDEX = {"start_frame": -1, "end_frame": 0}  # the last picture of one clip, the first of the other


async def with_stills(session: Session, job: Job) -> Job | None:
    """The job with its frames, which are on disk and in its row when this returns; None where a
    clip is fetched first, free of charge. Raises UserError (FRAME, DISK), StaleJob."""
    frames: dict[str, Frame] = {}
    for name, parent_id in job.missing_stills.items():
        parent = session.repository.get(parent_id)
        try:
            still = session.ports.still
            frames[name] = await session.ports.run(Lane.DECODE, still, parent, _INDEX[name])
        except FileNotFoundError:
            await _fetch_first(session, parent)
            return None
    if not frames:
        return job
    request = job.request.changed(**frames)
    return await session.repository.update(job.id, job.is_as_asked, request=request)


async def _fetch_first(session: Session, parent: Job) -> None:
    """The clip is missed: what waits for it goes on when it is back."""
    if parent.state is not JobState.SAVED:
        return  # seen before
    elsewhere = parent.origin != session.origin.id  # where nobody is asked at the moment
    if parent.remote_id is None or parent.deleted or elsewhere:
        raise UserError(problem(ProblemCode.FRAME, Message("parent_gone")))
    await session.repository.transition(parent.id, JobState.ACCEPTED, lambda now: not now.deleted)
    session.watch_wake.set()
