"""Jobs that start or end on a still of another job's clip, and what they wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import IN_FLIGHT, JobState
from pixverse_desktop.core.messages import Message

_COMING = IN_FLIGHT | {JobState.QUEUED, JobState.UNCONFIRMED}  # a clip may come of it by itself
_LONGEST_NAME = 40


def waits_for(job: Job, get: Callable[[str], Job | None]) -> bool:
    """Whether a clip that the job needs is not there; ``get`` gives a job by its id."""
    return any(not _is_there(get(job_id)) for job_id in job.parents)


def blocker(job: Job, get: Callable[[str], Job | None]) -> Job | None:
    """The job of which no clip comes by itself, so that ``job`` waits for the user; None where it
    goes on by itself."""
    return next((one for one in ancestors(job, get) if _is_lost(one)), None)


def why_it_waits_for(job: Job, get: Callable[[str], Job | None]) -> Message | None:
    """The reason as a sentence; None where it waits for no other."""
    for job_id in job.parents:
        parent = get(job_id)
        if parent is None or parent.deleted:
            return Message("parent_gone")
        if parent.hidden and parent.state is JobState.SAVED:
            return Message("parent_trashed", name=name_of(parent))
        if parent.state not in _COMING and parent.state is not JobState.SAVED:
            return Message("parent_failed", name=name_of(parent))
        if not _is_there(parent):
            return Message("waits_for_clip", name=name_of(parent))
    return None


def name_of(job: Job) -> str:
    """What a job is called in a sentence: as its shot or row is, else by its prompt."""
    name = job.label or " ".join(job.request.prompt.split())
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"


def _is_there(parent: Job | None) -> bool:
    return parent is not None and parent.state is JobState.SAVED and not parent.hidden


def _is_lost(parent: Job) -> bool:
    return not _is_there(parent) and (parent.state not in _COMING or parent.deleted)


def ancestors(job: Job, get: Callable[[str], Job | None]) -> Iterator[Job]:
    """All that ``job`` waits for, the nearest first."""
    seen, left = {job.id}, list(job.parents)
    while left:
        job_id = left.pop(0)
        parent = get(job_id)
        if parent is not None and job_id not in seen:
            seen.add(job_id)
            yield parent
            if not _is_there(parent):
                left += parent.parents
