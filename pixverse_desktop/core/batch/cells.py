"""Rows and axes become cells, each a clip; and which of those clips are there already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import product
from math import prod
from typing import NamedTuple, TypeVar

from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import ACTIVE, S
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.reuse import asked_for
from pixverse_desktop.core.records import record

T = TypeVar("T")

MOST_CLIPS = 10_000


class Row(NamedTuple):
    """What one row asks for: values by the parameters' names, of those that it gives."""

    number: int
    values: Mapping[str, object]
    label: str = ""
    pattern: str = ""
    chosen: tuple[tuple[int, int], ...] = ()  # where in the prompt a choice was made


@record
class Axis:
    """Values that are all to be tried, each of which sets some parameters; ``name`` is told."""

    name: str
    values: Sequence[Mapping[str, object]] = field(default_factory=list)


def combined(
    base: ClipRequest, rows: Sequence[Row], axes: Iterable[Axis], *, every: bool
) -> list[Cell]:
    """The cells of every combination, or of the first with the first, the second with the second.

    What has one value holds for all. Raises UserError (INVALID): the numbers differ, or there are
    more than MOST_CLIPS.
    """
    axes = [axis for axis in axes if axis.values]
    number = count(rows, axes, every=every)
    if number > MOST_CLIPS:
        said = Message("batch_too_many", number=number, most=MOST_CLIPS)
        raise UserError(problem(ProblemCode.INVALID, said))
    if not every:
        for name, there in [("prompt", len(rows)), *((a.name, len(a.values)) for a in axes)]:
            if there not in (1, number):
                said = Message("batch_uneven", name=name, number=there, wanted=number)
                raise UserError(problem(ProblemCode.INVALID, said, field=name))
    return [
        cell_of(base, match.row, match.values)
        for match in matches(rows, axes, every=every)
        if match.row is not None
    ]


class Match(NamedTuple):
    """What comes together in one clip: a row, and of every axis one value. None is a hole: the
    other lists are longer."""

    row: Row | None
    values: tuple[Mapping[str, object] | None, ...]


def count(rows: Sequence[Row], axes: Sequence[Axis], *, every: bool) -> int:
    """How many clips these make: every combination, or as many as the longest list has."""
    lengths = [len(rows), *(len(axis.values) for axis in axes if axis.values)]
    return prod(lengths) if every else max(lengths)


def matches(rows: Sequence[Row], axes: Sequence[Axis], *, every: bool) -> Iterator[Match]:
    """What makes a clip each, in the order of the rows; what has one value holds for all."""
    lists = [axis.values for axis in axes if axis.values]
    if every:
        yield from (Match(row, values) for row in rows for values in product(*lists))
        return
    for n in range(count(rows, axes, every=False)):
        yield Match(_at(rows, n), tuple(_at(values, n) for values in lists))


def _at(values: Sequence[T], n: int) -> T | None:
    """The ``n``-th of several values, the one of one, None where there are fewer."""
    if len(values) == 1:
        return values[0]
    return values[n] if n < len(values) else None


def cell_of(base: ClipRequest, row: Row, values: Iterable[Mapping[str, object] | None]) -> Cell:
    """The clip that a row and values ask for, what neither names as in ``base``."""
    given = dict(row.values)
    for some in values:
        given |= some or {}
    return Cell(base.changed(**given), row.number, row.label, row.pattern)


# What becomes of a cell of which there is a job; of several jobs the first of these counts.
_THERE = (S.SAVED, S.VERIFIED, S.ACCEPTED, S.SUBMITTING, S.QUEUED)
_PAID_IN_VAIN = (S.FAILED, S.EXPIRED, S.NO_FILE)
_RANKS = {state: rank for rank, state in enumerate((*_THERE, S.UNCONFIRMED, *_PAID_IN_VAIN))}


def jobs_of(
    cells: Sequence[Cell], jobs: Iterable[Job], origin: str, usual: ClipRequest
) -> list[Job | None]:
    """For every cell the job that was asked for the same at that service, None where there is none.

    The same is the request as it was asked for, a seed only where it was given, beside ``usual``,
    the model's defaults; the second of two equal cells has the second of two such jobs. A job that
    cost nothing and made nothing is none.
    """
    prompts = {cell.request.prompt for cell in cells}
    known: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        if job.origin == origin and job.state in _RANKS and job.request.prompt in prompts:
            asked = job.request.changed(seed=None) if job.seed_drawn else job.request
            known[job.asked or asked_for(asked, usual)].append(job)
    for found in known.values():
        found.sort(key=lambda job: (_RANKS[job.state], job.position))
        found.reverse()
    asked_before = {job.request.prompt for found in known.values() for job in found}
    return [
        left.pop()
        if cell.request.prompt in asked_before
        and (left := known.get(asked_for(cell.request, usual)))
        else None
        for cell in cells
    ]


def is_paid_in_vain(job: Job) -> bool:
    """Whether it was charged and there is no clip of it."""
    return job.state in _PAID_IN_VAIN


def is_under_way(job: Job) -> bool:
    """Whether it is waited for."""
    return job.state in ACTIVE or job.state is S.UNCONFIRMED
