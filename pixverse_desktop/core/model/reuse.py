"""Taking a part of one request into another, and finding what was asked for before."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import ACTIVE, JobState
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import DEFAULT_NEGATIVE_PROMPT, DEFAULTS
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.rules import IntRange

_MADE_OR_UNDER_WAY = ACTIVE | {JobState.UNCONFIRMED, JobState.SAVED}


class RequestPart(StrEnum):
    """What of a clip's settings is taken."""

    ALL = "all"
    PROMPT = "prompt"
    PARAMETERS = "parameters"
    FRAMES = "frames"
    SEED = "seed"


_FIELDS = {
    RequestPart.PROMPT: ("prompt", "negative_prompt"),
    RequestPart.FRAMES: ("start_frame", "end_frame"),
    RequestPart.SEED: ("seed",),
}


def merged(current: ClipRequest, other: ClipRequest, part: RequestPart) -> ClipRequest:
    """``current`` with ``part`` of ``other``; what is no other part is a parameter."""
    if part is RequestPart.ALL:
        return other
    names: tuple[str, ...] = _FIELDS.get(part, ())
    if part is RequestPart.PARAMETERS:
        elsewhere = {name for group in _FIELDS.values() for name in group}
        names = tuple(name for name in {**current.values, **other.values} if name not in elsewhere)
    return current.changed(**{name: other.get(name) for name in names})


def carried_over(request: ClipRequest, model: ModelSpec) -> tuple[ClipRequest, list[str]]:
    """``request`` for another model, by the meaning of its values; and the names of those that ask
    for something which that model does not have."""
    values = model.defaults()
    lost = []
    for name, value in request.values.items():
        if value == DEFAULT_NEGATIVE_PROMPT:
            continue  # nobody asked for it
        spec = model.get(name)
        fits = spec is not None and spec.offered and spec.rule.holds(value)
        if spec is not None and fits and not spec.rule.problem(spec.label, value):
            values[name] = value
        elif (
            spec is not None and fits and isinstance(spec.rule, IntRange) and spec.rule.count() > 0
        ):
            values[name] = spec.rule.nearest(int(str(value)))
        elif value not in (DEFAULTS.get(name), "", None):
            lost.append(name)
    return ClipRequest(model=model.id, values=values), lost


def same_request(request: ClipRequest, origin: str, jobs: Iterable[Job]) -> Job | None:
    """The newest job of that service which makes, or made, this very clip; None without a seed.

    Frames are the same when their pictures are, whatever they are called.
    """
    if request.seed is None:
        return None
    wanted, found = nameless(request), None
    for job in jobs:
        like = job.request.seed == request.seed and job.origin == origin
        if (
            like
            and not job.deleted
            and job.state in _MADE_OR_UNDER_WAY
            and nameless(job.request) == wanted
        ):
            found = job
    return found


def asked_for(request: ClipRequest, usual: ClipRequest) -> str:
    """A digest of what a request asks for beside ``usual``, the model's defaults of the day: the
    same when the service gains a parameter, or picks another seed."""

    import hashlib  # OpenSSL comes with it, and the window's start does without

    def plain(value: object) -> object:
        if isinstance(value, tuple):
            return list(map(plain, value))
        return [str(value.kind), value.value] if isinstance(value, Frame) else value

    values = {n: plain(v) for n, v in request.values.items() if v != usual.values.get(n)}
    text = json.dumps([request.model, values], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def nameless(request: ClipRequest) -> ClipRequest:
    """The request without what its pictures are called."""

    def bare(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(map(bare, value))
        return replace(value, label="", parent="") if isinstance(value, Frame) else value

    return request.changed(**{name: bare(value) for name, value in request.values.items()})
