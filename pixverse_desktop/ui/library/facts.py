"""What is told of a clip, and of several together: rows of a label and a text."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.parameters import ParameterSpec
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.text import plain
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.jobs.job_text import clock
from pixverse_desktop.ui.jobs.value_labels import parameter_label, parameter_spec, value_text

_UNPAID = frozenset({JobState.QUEUED, JobState.WITHDRAWN, JobState.REJECTED, JobState.DROPPED})
_LONGEST = 6000  # characters of a value


def facts_of(job: Job) -> list[tuple[str, str]]:
    """When it was made, what it cost, what it looks like, and every parameter but the prompt."""
    made = localised.date_and_time(job.finished_at or job.created_at)
    if job.credit_cost is None and job.state in _UNPAID:
        cost = translate("ClipDetails", "not charged")
    else:
        cost = translate("ClipDetails", "{n} credits").format(n=localised.shortest(_charged(job)))
    rows = [(translate("ClipDetails", "Made"), f"{made} · {cost}")]
    if picture := _picture(job):
        rows.append((translate("ClipDetails", "Picture"), picture))
    if job.film and job.label:
        rows.append((translate("ClipDetails", "Shot"), plain(job.label, 200)))
    elif job.batch and job.row:
        named = localised.number(job.row) + (f" · {plain(job.label, 200)}" if job.label else "")
        rows.append((translate("ClipDetails", "Row of the batch"), named))
    if job.request.model != MODEL_ID:
        rows.append((translate("ClipDetails", "Model"), plain(job.request.model, 200)))
    told = told_parameters(job.request)
    return [*rows, *((parameter_label(spec), plain(text, _LONGEST)) for spec, text in told)]


def told_parameters(request: ClipRequest) -> list[tuple[ParameterSpec, str]]:
    """Every value but the prompt and the pictures, which are shown by themselves, and the shape
    where a start frame gives it."""
    rows = []
    by_frame = {"aspect_ratio"} if request.start_frame is not None else set[str]()
    for name, value in request.values.items():
        held = value if isinstance(value, tuple) else (value,)
        if name not in by_frame | {"prompt"} and not any(isinstance(one, Frame) for one in held):
            spec = parameter_spec(name)
            rows.append((spec, value_text(spec, value)))
    return [(spec, text) for spec, text in rows if text]


def sums_of(jobs: Sequence[Job]) -> list[tuple[str, str]]:
    """How long several clips are together, how much room they take, and what they cost."""
    clips = [job.clip for job in jobs if job.clip is not None]
    size = sum(clip.size_bytes for clip in clips)
    paid = [job for job in jobs if job.credit_cost is not None or job.state not in _UNPAID]
    credits = localised.shortest(sum(map(_charged, paid), ZERO))
    known = all(job.credit_cost is not None for job in paid)
    cost = translate("ClipDetails", "{n} credits")
    if not known:
        cost = translate("ClipDetails", "up to {n} credits")
    return [
        (translate("ClipDetails", "Length"), clock(round(sum(clip.duration_s for clip in clips)))),
        (
            translate("ClipDetails", "On the disk"),
            translate("ClipDetails", "{size} MB").format(size=localised.number(size / 1e6, 1)),
        ),
        (translate("ClipDetails", "Cost"), cost.format(n=credits)),
    ]


def _picture(job: Job) -> str:
    clip = job.clip
    if clip is None or not clip.width:
        return ""
    rate = translate("ClipDetails", "{n} fps").format(n=localised.shortest(clip.fps))
    sound = [translate("ClipDetails", "sound")] if clip.has_audio else []
    return " · ".join([f"{clip.width}×{clip.height}", clock(round(clip.duration_s)), rate, *sound])


def _charged(job: Job) -> Decimal:
    return job.price if job.credit_cost is None else job.credit_cost
