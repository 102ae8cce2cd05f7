"""Matching unconfirmed jobs with the service's own list, by evidence only, never by absence."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.parameters import same_model
from pixverse_desktop.core.ports import RemoteJob

_CLOCK_SKEW_S = 86_400.0 + 600.0
_BEFORE_S = 60.0
_AFTER_S = 600.0
_SHORTEST_CUT = 32  # characters; a shorter beginning may be another prompt
_NEVER_SENT = frozenset({JobState.QUEUED, JobState.REJECTED, JobState.WITHDRAWN})
_COMPARED = ("resolution", "duration_s", "aspect_ratio", "audio", "multi_clip", "style")


def proven_matches(
    unconfirmed: Iterable[Job],
    rows: Iterable[RemoteJob],
    known: set[str],
    *,
    ours: Iterable[Job] = (),
    few_seeds: Collection[str] = (),
) -> dict[str, RemoteJob]:
    """Local id -> the one row that certainly is this job and that no other job holds.

    A seed is a 31-bit number drawn per job, so it is proof by itself: services trim, fold, rewrite
    and cut the prompts they echo. Where another row or another of ``ours`` carries it too, or the
    job is one with ``few_seeds``, prompt and time have to agree as well; without a seed, all
    echoed inputs and the time. Two such rows, or two jobs for one row, prove nothing.
    """
    jobs = list(unconfirmed)
    listed = {row.remote_id: row for row in rows}
    unknown = [row for row in listed.values() if row.remote_id not in known]
    carriers: defaultdict[int | None, set[str]] = defaultdict(set)
    for row in listed.values():
        carriers[row.seed].add(row.remote_id)
    for job in ours:
        if job.state not in _NEVER_SENT:
            carriers[job.request.seed].add(job.remote_id or job.id)
    found: dict[str, RemoteJob] = {}
    for job in jobs:
        alone = job.id not in few_seeds and len(carriers[job.request.seed] - {job.id}) == 1
        same = [row for row in unknown if _proves(row, job, alone)]
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
    """The one unknown row for the one unconfirmed job, in a list that echoes no seeds.

    Only when there is exactly one of each, the row was made when the job was sent, it shows no
    other inputs, and it was not seen before that; ``first_seen`` gives the times of rows seen
    earlier, in seconds since 1970.
    """
    if len(unconfirmed) != 1 or unconfirmed[0].submitted_at is None:
        return None
    job, sent = unconfirmed[0], unconfirmed[0].submitted_at
    unknown = {
        row.remote_id: row
        for row in rows
        if row.remote_id not in known
        and row.seed is None
        and same_model(row.model, job.request.model)
        and (row.prompt is None or same_inputs(row, job))
        and first_seen.get(row.remote_id, sent) >= sent
        and (row.created_at is None or _just_then(row, job))
    }
    (row,) = unknown.values() if len(unknown) == 1 else (None,)
    return row if row is not None and row.created_at is not None else None


def may_be(row: RemoteJob, job: Job) -> bool:
    """Whether ``row`` could be ``job``, for all that its inputs say."""
    if not same_model(row.model, job.request.model):
        return False
    if row.seed is not None and job.request.seed is not None:
        return row.seed == job.request.seed
    return row.prompt is None or same_inputs(row, job)


def same_inputs(row: RemoteJob, job: Job) -> bool:
    """Whether the row echoes the job's prompt, and of its other inputs none that is different."""
    framed = job.request.start_frame is not None  # then the service chooses the shape
    return _same_prompt(row.prompt, job.request.prompt) and all(
        row.request is not None and row.request.get(name) == job.request.get(name)
        for name in _COMPARED
        if name in row.echoed and not (framed and name == "aspect_ratio")
    )


def _proves(row: RemoteJob, job: Job, alone: bool) -> bool:
    if not same_model(row.model, job.request.model):
        return False
    if job.request.seed is None:
        return same_inputs(row, job) and _just_then(row, job)
    if row.seed != job.request.seed:
        return False
    if alone and job.seed_drawn is not False:
        return _about_then(row, job)
    return _same_prompt(row.prompt, job.request.prompt) and _just_then(row, job)


def _same_prompt(echoed: str | None, sent: str) -> bool:
    """Compared as services change what they echo: composed, folded, trimmed, cut at its end."""
    if echoed is None:
        return False
    there, here = _folded(echoed), _folded(sent)
    start = there.removesuffix("…").removesuffix("...").rstrip()
    cut = len(start) > 1 and (len(start) >= _SHORTEST_CUT or len(start) < len(there))
    # The cut may have gone through a composed character: the last one proves nothing.
    return there == here or (cut and here.startswith(start[:-1]))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _just_then(row: RemoteJob, job: Job) -> bool:
    """Made when the job was sent."""
    if row.created_at is None or job.submitted_at is None:
        return False
    return -_BEFORE_S <= row.created_at - job.submitted_at <= _AFTER_S


def _about_then(row: RemoteJob, job: Job) -> bool:
    """Not an older clip of the same seed; the service's clock may be a day off."""
    if row.created_at is None or job.submitted_at is None:
        return True
    return abs(row.created_at - job.submitted_at) <= _CLOCK_SKEW_S
