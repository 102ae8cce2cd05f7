"""Rows and axes become cells, each a clip; and which of those clips are there already."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import ACTIVE, S
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.request import ClipRequest, request_to_json
from pixverse_desktop.core.model.reuse import nameless

MOST_CLIPS = 10_000


class Row(NamedTuple):
    """What one row asks for: values by the parameters' names, of those that it gives."""

    number: int
    values: Mapping[str, object]
    label: str = ""
    pattern: str = ""


@dataclass(frozen=True)
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
    if every:
        number = len(rows)
        for axis in axes:
            number *= len(axis.values)
        _check_number(number)
        pairs: Iterator[tuple[Row, tuple[Mapping[str, object], ...]]] = (
            (row, values) for row in rows for values in product(*(axis.values for axis in axes))
        )
    else:
        number = max([len(rows), *(len(axis.values) for axis in axes)])
        _check_number(number)
        for name, there in [("prompt", len(rows)), *((a.name, len(a.values)) for a in axes)]:
            if there not in (1, number):
                said = Message("batch_uneven", name=name, number=there, wanted=number)
                raise UserError(problem(ProblemCode.INVALID, said, field=name))
        pairs = (
            (
                rows[n % len(rows)],
                tuple(axis.values[n % len(axis.values)] for axis in axes),
            )
            for n in range(number)
        )
    return [_cell(base, row, values) for row, values in pairs]


def _check_number(number: int) -> None:
    if number > MOST_CLIPS:
        said = Message("batch_too_many", number=number, most=MOST_CLIPS)
        raise UserError(problem(ProblemCode.INVALID, said))


def _cell(base: ClipRequest, row: Row, values: Iterable[Mapping[str, object]]) -> Cell:
    given = dict(row.values)
    for some in values:
        given |= some
    return Cell(base.changed(**given), row.number, row.label, row.pattern)


# What becomes of a cell of which there is a job; of several jobs the first of these counts.
_THERE = (S.SAVED, S.VERIFIED, S.ACCEPTED, S.SUBMITTING, S.QUEUED)
_PAID_IN_VAIN = (S.FAILED, S.EXPIRED, S.NO_FILE)
_RANKS = {state: rank for rank, state in enumerate((*_THERE, S.UNCONFIRMED, *_PAID_IN_VAIN))}


def jobs_of(cells: Sequence[Cell], jobs: Iterable[Job], origin: str) -> list[Job | None]:
    """For every cell the job that was asked for the same at that service, None where there is none.

    The same is the request as it was asked for, a seed only where it was given; the second of two
    equal cells has the second of two such jobs. A job that cost nothing and made nothing is none.
    """
    prompts = {cell.request.prompt for cell in cells}
    known: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        if job.origin == origin and job.state in _RANKS and job.request.prompt in prompts:
            asked = job.request.changed(seed=None) if job.seed_drawn else job.request
            known[_key(asked)].append(job)
    for found in known.values():
        found.sort(key=lambda job: (_RANKS[job.state], job.position))
        found.reverse()
    return [left.pop() if (left := known.get(_key(cell.request))) else None for cell in cells]


def is_paid_in_vain(job: Job) -> bool:
    """Whether it was charged and there is no clip of it."""
    return job.state in _PAID_IN_VAIN


def _key(request: ClipRequest) -> str:
    return json.dumps(request_to_json(nameless(request)), sort_keys=True)


def is_under_way(job: Job) -> bool:
    """Whether it is waited for."""
    return job.state in ACTIVE or job.state is S.UNCONFIRMED
