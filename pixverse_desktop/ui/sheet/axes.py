"""What clips of one idea differ in, and the rows and columns that they lie in by it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.model.parameters import ParameterSpec
from pixverse_desktop.ui.jobs.differences import told_value, varying
from pixverse_desktop.ui.jobs.value_labels import parameter_label

NO_ROWS = "none"
_MOST_EMPTY = 2  # times as many places as clips


class Table(NamedTuple):
    """Places of clips by row and column; ``rows`` and ``columns`` are labels, perhaps empty."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    places: dict[str, tuple[int, int]]  # of the clips, by their job ids
    row_name: str  # of the parameter
    column_name: str = ""


def row_choices(jobs: Sequence[Job]) -> list[ParameterSpec]:
    """What rows can be made of: what has several values, and fewer than there are clips."""
    found = []
    for spec in varying([job.request for job in jobs]):
        values = {told_value(spec, job.request) for job in jobs}
        if 1 < len(values) < len(jobs):
            found.append(spec)
    return found


def table_of(jobs: Sequence[Job], rows: str = "") -> Table | None:
    """Rows by the parameter of that name, by the first that fits for "", columns by another.

    None where the clips lie in no rows.
    """
    choices = row_choices(jobs)
    if rows == NO_ROWS or not jobs:
        return None
    wanted = [spec for spec in choices if spec.name == rows] or choices
    for spec in wanted:
        for other in varying([job.request for job in jobs]):
            table = _by(jobs, spec, other) if other.name != spec.name else None
            if table is not None and (rows or not _is_long(table, len(jobs))):
                return table
    return _by_rows(jobs, wanted[0]) if rows and wanted else None


def _by(jobs: Sequence[Job], row: ParameterSpec, column: ParameterSpec) -> Table | None:
    """Each clip in a place of its own, and not too many places empty; or None."""
    pairs = {
        job.id: (told_value(row, job.request), told_value(column, job.request)) for job in jobs
    }
    rows = tuple(dict.fromkeys(one for one, _ in pairs.values()))
    columns = tuple(dict.fromkeys(other for _, other in pairs.values()))
    crowded = len(set(pairs.values())) < len(jobs)
    if crowded or len(rows) * len(columns) > _MOST_EMPTY * len(jobs) - 1:
        return None
    places = {id: (rows.index(one), columns.index(other)) for id, (one, other) in pairs.items()}
    return Table(rows, columns, places, parameter_label(row), parameter_label(column))


def _is_long(table: Table, count: int) -> bool:
    """Whether the clips would be much smaller than they could be."""
    return max(len(table.rows), len(table.columns)) > math.ceil(math.sqrt(count)) + 2


def _by_rows(jobs: Sequence[Job], row: ParameterSpec) -> Table:
    """Rows alone, each as long as it is."""
    values = {job.id: told_value(row, job.request) for job in jobs}
    rows = tuple(dict.fromkeys(values.values()))
    lengths = dict.fromkeys(rows, 0)
    places = {}
    for job_id, value in values.items():
        places[job_id] = (rows.index(value), lengths[value])
        lengths[value] += 1
    return Table(rows, (), places, parameter_label(row))
