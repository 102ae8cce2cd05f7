"""Whether a request may be sent: every reason why not, as a sentence for the user."""

from __future__ import annotations

from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.parameters import ModelSpec, ParameterSpec
from pixverse_desktop.core.model.pixverse_v6 import DEFAULT_NEGATIVE_PROMPT, PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.rules import Rows
from pixverse_desktop.core.records import record

SAME_SECONDS = 0.005  # sums of fractions that are meant to be equal


@record
class Violation:
    """One thing wrong with a request: the parameter's name and a sentence for the user."""

    field: str
    message: str


def lacks(name: str) -> str:
    """A sentence: the model has no setting for this parameter of a request."""
    spec = PIXVERSE_V6.get(name)
    if spec is None:
        return Message("no_setting_named", name=name)
    return Message("no_setting", label=spec.label)


def asked_in_vain(request: ClipRequest, model: ModelSpec) -> list[str]:
    """The parameters that ask for something which the model has no setting for.

    What it would do anyway is nothing asked for; a picture is said by its own slot.
    """
    usual = model.defaults()
    return [
        name
        for name, value in request.values.items()
        if not model.offers(name)
        and value not in (usual.get(name), DEFAULT_NEGATIVE_PROMPT, "", ())
        and not _is_decided(PIXVERSE_V6.get(name), request)
        and name not in ("start_frame", "end_frame")
    ]


def violations(request: ClipRequest, model: ModelSpec) -> list[Violation]:
    """All the reasons why ``request`` must not be sent; empty when it may."""
    found = []
    for spec in model.parameters:
        if text := value_problem(spec, request):
            found.append(Violation(spec.name, text))
    alone = request.end_frame is not None and request.start_frame is None
    if alone and model.offers("end_frame"):
        found.append(Violation("end_frame", Message("end_frame_alone")))
    # What is left out in silence would be paid for all the same.
    found += [Violation(name, lacks(name)) for name in asked_in_vain(request, model)]
    return sorted(found, key=lambda wrong: wrong.field != "prompt")


def value_problem(spec: ParameterSpec, request: ClipRequest) -> str:
    """What is wrong with one value, "" for nothing."""
    value = request.get(spec.name)
    if not spec.offered:
        picture = spec.name in ("start_frame", "end_frame") and value is not None
        return Message("takes_none", label=spec.label) if picture else ""
    if spec.name == "prompt" and spec.required and not str(value or "").strip():
        return Message("prompt_empty")
    if value is None:
        return _needed(spec) if spec.required and not spec.nullable else ""
    if _is_decided(spec, request) and not spec.required:
        return ""  # not sent beside the picture that decides about it
    return spec.rule.problem(spec.label, value)


def _is_decided(spec: ParameterSpec | None, request: ClipRequest) -> bool:
    """Whether a picture decides about this value."""
    return spec is not None and bool(spec.yields_to) and request.get(spec.yields_to) is not None


def _needed(spec: ParameterSpec) -> str:
    if spec.name == spec.wire:  # only its key says what it is
        return Message("needs_named", name=spec.wire)
    return Message("needs", label=spec.label)


def guess_note(request: ClipRequest, model: ModelSpec) -> str:
    """A sentence to show before spending when the frame fields' names are a guess, else ''."""
    if not (request.frames() and model.frames_guessed and model.schema_unread):
        return ""
    return Message("frame_fields_guessed")


def seconds_note(request: ClipRequest, model: ModelSpec) -> str:
    """A sentence to show before spending when rows take another time than the clip, else ''."""
    duration = request.duration_s if model.offers("duration_s") else 0
    for spec in model.offered():
        total = spec.rule.total(request.get(spec.name)) if isinstance(spec.rule, Rows) else None
        if total is not None and duration and abs(total - duration) > SAME_SECONDS:
            return Message("seconds_differ", total=total, duration=duration)
    return ""
