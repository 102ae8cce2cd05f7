"""A clip's own project: everything it was made with, as the text it carries inside its file.

One JSON object, version 1. Read strictly, since such a file may come from anywhere; what a newer
program adds beside the known fields is passed over.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import field, replace
from decimal import Decimal

from pixverse_desktop.core.credits import ZERO, read_credits, store_credits
from pixverse_desktop.core.jobs.job import REMOTE_ID, Clip, Job
from pixverse_desktop.core.jobs.marks import Verdict, read_stars, read_verdict
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest, request_from_preset, request_to_json
from pixverse_desktop.core.records import record
from pixverse_desktop.core.text import json_text

VERSION = 1
TEXT_LIMIT = 2**20  # characters; a longer text is not one of ours
_PICTURE_LIMIT = 2**18
_MOST_PICTURES = 16


@record
class Project:
    """What a clip says about itself. Times in seconds since 1970, pictures are small JPEGs.

    ``pictures`` holds a copy of each frame by the name the request knows it by.
    """

    job_id: str
    origin: str
    request: ClipRequest
    created_at: float
    remote_id: str | None = None
    credit_cost: Decimal | None = None
    submitted_at: float | None = None
    finished_at: float | None = None
    program: str = ""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    verdict: Verdict = Verdict.NONE
    stars: int = 0

    def to_job(self, clip: Clip, now: float, position: int) -> Job:
        """The job this clip came from, saved as ``clip``."""
        return Job(
            id=self.job_id,
            origin=self.origin,
            request=self.request,
            state=JobState.SAVED,
            created_at=self.created_at,
            updated_at=now,
            price=self.credit_cost or ZERO,
            position=position,
            submitted_at=self.submitted_at,
            remote_id=self.remote_id,
            credit_cost=self.credit_cost,
            finished_at=self.finished_at,
            clip=clip,
            verdict=self.verdict,
            stars=self.stars,
        )


def project_of(job: Job, program: str, pictures: Mapping[str, bytes]) -> Project:
    """What the clip of ``job`` is to say about itself."""
    return Project(
        job_id=job.id,
        origin=job.origin,
        request=job.request,
        created_at=job.created_at,
        remote_id=job.remote_id,
        credit_cost=job.credit_cost,
        submitted_at=job.submitted_at,
        finished_at=job.finished_at,
        program=program,
        pictures=pictures,
        verdict=job.verdict,
        stars=job.stars,
    )


def project_to_text(project: Project) -> str:
    """One line of JSON, letters as they are."""
    pictures = {name: base64.b64encode(jpeg).decode() for name, jpeg in project.pictures.items()}
    return json_text(
        {
            "version": VERSION,
            "job_id": project.job_id,
            "origin": project.origin,
            "request": request_to_json(project.request),
            "created_at": project.created_at,
            "remote_id": project.remote_id,
            "credit_cost": project.credit_cost,
            "submitted_at": project.submitted_at,
            "finished_at": project.finished_at,
            "program": project.program,
            "verdict": project.verdict,
            "stars": project.stars,
            "pictures": pictures,
        },
        default=store_credits,
    )


def project_from_text(text: str) -> Project:
    """Read it back. Raises ValueError naming the first thing that is wrong."""
    if len(text) > TEXT_LIMIT:
        raise ValueError("the clip's description is too long")
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("the clip's description is nested too deeply") from None
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ValueError("the clip was described by another version of the program")
    request = data.get("request")
    if not isinstance(request, dict):
        raise ValueError("the clip's description holds no request")
    job_id, remote_id = data.get("job_id"), data.get("remote_id")
    if not isinstance(job_id, str) or not REMOTE_ID.fullmatch(job_id):
        raise ValueError("job_id is not an id")
    if remote_id is not None and not (
        isinstance(remote_id, str) and REMOTE_ID.fullmatch(remote_id)
    ):
        raise ValueError("remote_id is not an id")
    return Project(
        job_id=job_id,
        origin=_text(data, "origin"),
        request=request_from_preset(request),
        created_at=_number(data, "created_at") or 0.0,
        remote_id=remote_id,
        credit_cost=_credits(data.get("credit_cost")),
        submitted_at=_number(data, "submitted_at"),
        finished_at=_number(data, "finished_at"),
        program=_text(data, "program"),
        pictures=_pictures(data.get("pictures")),
        verdict=read_verdict(data.get("verdict")),
        stars=read_stars(data.get("stars")),
    )


def without_pictures(project: Project) -> Project:
    """The same, small: for a list of many."""
    return replace(project, pictures={})


def _text(data: Mapping[str, object], name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > 400 or not _is_plain(value):
        raise ValueError(f"{name} is not a short text")
    return value


def _is_plain(text: str) -> bool:
    """Half a letter (a lone surrogate) can be stored nowhere, and NUL ends texts elsewhere."""
    return "\0" not in text and text.encode(errors="ignore").decode() == text


def _number(data: Mapping[str, object], name: str) -> float | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} is not a number")
    # Until the year 2999: some systems cannot show what lies beyond as a date.
    if not 0 <= value < 3.2e10:  # False for NaN, too; a whole number may have any length
        raise ValueError(f"{name} is not a time")
    return float(value)


def _credits(value: object) -> Decimal | None:
    found = read_credits(value)
    if found is None and value is not None:
        raise ValueError("credit_cost is not a number of credits")
    return found


def _pictures(value: object) -> dict[str, bytes]:
    if not isinstance(value, dict):
        return {}
    found: dict[str, bytes] = {}
    for name, text in list(value.items())[:_MOST_PICTURES]:
        if not isinstance(text, str) or len(text) > _PICTURE_LIMIT:
            raise ValueError("a picture of the clip's description is too large")
        try:
            found[name] = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise ValueError("a picture of the clip's description is damaged") from error
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def with_pictures(project: Project, names: dict[str, str]) -> Project:
    """``project`` with its frames under other names, for those that are stored anew."""
    request = project.request
    for slot in ("start_frame", "end_frame"):
        frame = getattr(request, slot)
        if frame is not None and frame.value in names:
            request = replace(request, **{slot: replace(frame, value=names[frame.value])})
    return replace(project, request=request)
