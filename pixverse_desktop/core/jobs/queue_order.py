"""The order in which waiting jobs are sent, and the places that jobs get when they are moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from pixverse_desktop.core.jobs.job import Job


class Place(NamedTuple):
    """Where a job waits: its position, and whether in the background."""

    position: int
    background: bool


def place_of(job: Job) -> tuple[int, float, str]:
    """What jobs are sorted by."""
    return (job.position, job.created_at, job.id)


def moved_places(
    lane: Sequence[Job], moved: Sequence[Job], before: str | None, beyond: int, *, background: bool
) -> Mapping[str, Place]:
    """New places, by job id, that put ``moved`` in this order before the job ``before``.

    ``lane`` is all that waits in front, or all that waits in the background, in order; ``before``
    None, or not in it, is its end; ``beyond`` a position behind every other. As few jobs as
    possible get another place; those that stay where they are are not named.
    """
    ids = {job.id for job in moved}
    rest = [job for job in lane if job.id not in ids]
    at = next((n for n, job in enumerate(rest) if job.id == before), len(rest))
    order = [*rest[:at], *moved, *rest[at:]]
    if [job.id for job in order] == [job.id for job in lane]:
        return {}
    positions = _positions(lane, rest, at, order, beyond)
    wanted = {job.id: Place(positions.get(job.id, job.position), background) for job in order}
    return {job.id: wanted[job.id] for job in order if wanted[job.id] != _stands(job)}


def _positions(
    lane: Sequence[Job], rest: Sequence[Job], at: int, order: Sequence[Job], beyond: int
) -> dict[str, int]:
    """Those that change, by job id."""
    count = len(order) - len(rest)
    moved = order[at : at + count]
    if at == len(rest):
        return _from(beyond, moved)
    right = rest[at].position
    if at == 0 or right - rest[at - 1].position > count:
        return _from(right - count, moved)  # the gap has room for them
    dealt = [job.position for job in lane]
    if len(lane) == len(order) and all(a < b for a, b in pairwise(dealt)):
        # Between the old and the new place everybody moves up.
        return {job.id: place for job, place in zip(order, dealt, strict=True)}
    return _from(beyond, order[at:])


def _from(first: int, jobs: Sequence[Job]) -> dict[str, int]:
    return {job.id: first + n for n, job in enumerate(jobs)}


def _stands(job: Job) -> Place:
    return Place(job.position, job.background)
