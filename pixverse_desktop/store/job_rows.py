"""Jobs as rows: everything but the columns one searches by is one JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields

from pixverse_desktop.core.credits import ZERO, read_credits, store_credits
from pixverse_desktop.core.errors import Action, Problem, ProblemCode
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.marks import read_stars, read_verdict
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.messages import message_from_json, message_to_json
from pixverse_desktop.core.model.request import request_from_json, request_to_json
from pixverse_desktop.core.text import json_text

Row = tuple[str, str, str, str | None, int, float, float, str, str]
_COLUMNS = ("id", "origin", "state", "remote_id", "position", "created_at", "updated_at")
_OF_CLIP = frozenset(f.name for f in fields(Clip))
_IN_DATA = tuple(f.name for f in fields(Job) if f.name not in _COLUMNS)


def job_to_row(job: Job) -> Row:
    """The columns of ``jobs`` in their order."""
    whole = asdict(job) | {"request": request_to_json(job.request)}
    kept = {name: whole[name] for name in _IN_DATA}
    if job.problem is not None:  # earlier versions read the text alone
        kept["problem"] |= {"said": message_to_json(job.problem.message)}
    data = json_text(kept, default=store_credits)
    return (
        job.id,
        job.origin,
        str(job.state),
        job.remote_id,
        job.position,
        job.created_at,
        job.updated_at,
        job.request.prompt,
        data,
    )


def job_from_row(row: Row) -> Job:
    """Read a row back. Raises ValueError when it does not hold a job."""
    data: dict[str, object] = json.loads(row[8])
    if not isinstance(data, dict) or not isinstance(data.get("request"), dict):
        raise ValueError(f"the row of job {row[0]} holds no request")
    values = {name: data[name] for name in _IN_DATA if name in data}
    values["request"] = request_from_json(data["request"])  # type: ignore[arg-type]
    for name in ("price", "price_low", "credit_cost", "credits_left", "ceiling"):
        values[name] = read_credits(data.get(name))
    values["price"] = values["price"] or ZERO
    values["verdict"] = read_verdict(data.get("verdict"))
    values["stars"] = read_stars(data.get("stars"))
    values["problem"] = _problem(data.get("problem"))
    values["clip"] = _clip(data.get("clip"))
    return Job(
        id=row[0],
        origin=row[1],
        state=JobState(row[2]),
        remote_id=row[3],
        position=row[4],
        created_at=row[5],
        updated_at=row[6],
        **values,  # type: ignore[arg-type]
    )


def _problem(data: object) -> Problem | None:
    if not isinstance(data, Mapping):
        return None
    return Problem(
        code=ProblemCode(data["code"]),
        message=message_from_json(data.get("said"), str(data["message"])),
        action=Action(data["action"]),
        detail=str(data.get("detail", "")),
        field=data.get("field"),
    )


def _clip(data: object) -> Clip | None:
    if not isinstance(data, dict):
        return None
    return Clip(**{name: value for name, value in data.items() if name in _OF_CLIP})
