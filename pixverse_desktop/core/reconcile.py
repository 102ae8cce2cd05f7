"""Matching unconfirmed jobs with the service's own list, by evidence only, never by absence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pixverse_desktop.core.job import Job
from pixverse_desktop.core.ports import RemoteJob

_CLOCK_SKEW_S = 86_400.0 + 600.0
_BEFORE_S = 60.0
_AFTER_S = 600.0


def proven_matches(
    unconfirmed: Iterable[Job], rows: Iterable[RemoteJob], known: set[str]
) -> dict[str, RemoteJob]:
    """Local id -> the one row with the same seed and prompt that no other job holds.

    A seed is a 31-bit number drawn per job, so one unknown row that echoes it is the job. Two
    such rows, or two jobs for one row, prove nothing and are left out.
    """
    unknown: dict[str, RemoteJob] = {
        row.remote_id: row for row in rows if row.remote_id not in known
    }
    found: dict[str, RemoteJob] = {}
    for job in unconfirmed:
        same = [
            row
            for row in unknown.values()
            if row.seed is not None
            and row.seed == job.request.seed
            and row.prompt == job.request.prompt
            and _about_then(row, job)
        ]
        if len(same) == 1:
            found[job.id] = same[0]
    taken = [row.remote_id for row in found.values()]
    return {job_id: row for job_id, row in found.items() if taken.count(row.remote_id) == 1}


def match_by_time(
    unconfirmed: list[Job],
    rows: Iterable[RemoteJob],
    known: set[str],
    first_seen: Mapping[str, float],
) -> RemoteJob | None:
    """The one unknown row for the one unconfirmed job, in a list that echoes no inputs.

    Only when there is exactly one of each, the row was made when the job was sent, and it was not
    seen before that; ``first_seen`` gives the times of rows seen earlier, in seconds since 1970.
    """
    if len(unconfirmed) != 1 or unconfirmed[0].submitted_at is None:
        return None
    sent = unconfirmed[0].submitted_at
    unknown = {
        row.remote_id: row
        for row in rows
        if row.remote_id not in known
        and row.seed is None
        and row.prompt is None
        and first_seen.get(row.remote_id, sent) >= sent
        and (row.created_at is None or sent - _BEFORE_S <= row.created_at <= sent + _AFTER_S)
    }
    (row,) = unknown.values() if len(unknown) == 1 else (None,)
    return row if row is not None and row.created_at is not None else None


def _about_then(row: RemoteJob, job: Job) -> bool:
    """Not an older clip of the same seed and prompt; the service's clock may be a day off."""
    if row.created_at is None or job.submitted_at is None:
        return True
    return abs(row.created_at - job.submitted_at) <= _CLOCK_SKEW_S
