"""Whether a request may be sent: every reason why not, as a sentence for the user."""

from __future__ import annotations

from dataclasses import dataclass

from pixverse_desktop.core.model.parameters import Capabilities, Choice
from pixverse_desktop.core.model.request import (
    DEFAULT_NEGATIVE_PROMPT,
    ClipRequest,
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with a request: the request's field and a sentence for the user."""

    field: str
    message: str


_LABELS = {
    "resolution": "the resolution",
    "duration_s": "the duration",
    "aspect_ratio": "the aspect ratio",
    "negative_prompt": "a negative prompt",
    "seed": "the seed",
    "audio": "the sound",
    "thinking": "thinking",
    "multi_clip": "several shots",
    "style": "the style",
}


def lacks(name: str) -> str:
    """A sentence: the model has no setting for this field of a request."""
    return f"This model has no setting for {_LABELS[name]}."


def asked_in_vain(request: ClipRequest, caps: Capabilities) -> list[str]:
    """The fields that ask for something which the model has no setting for.

    What it would do anyway is nothing asked for.
    """
    usual = caps.defaults()
    neutral = {"negative_prompt": ("", DEFAULT_NEGATIVE_PROMPT)}
    framed = request.start_frame is not None  # then nobody asks for a shape
    return [
        name
        for name in _LABELS
        if not caps.offers(name)
        and not (framed and name == "aspect_ratio")
        and getattr(request, name) not in (getattr(usual, name), *neutral.get(name, ()))
    ]


def violations(request: ClipRequest, caps: Capabilities) -> list[Violation]:
    """All the reasons why ``request`` must not be sent; empty when it may."""
    found = [*_text_violations(request, caps), *_choice_violations(request, caps)]
    found += _range_violations(request, caps)
    found = [wrong for wrong in found if wrong.field == "prompt" or caps.offers(wrong.field)]
    found += _frame_violations(request, caps)
    # What is left out in silence would be paid for all the same.
    found += [Violation(name, lacks(name)) for name in asked_in_vain(request, caps)]
    if caps.unknown:
        names = ", ".join(caps.unknown)
        found.append(
            Violation("prompt", f"This model requires what cannot be given here: {names}.")
        )
    return found


def _text_violations(request: ClipRequest, caps: Capabilities) -> list[Violation]:
    found = []
    if not request.prompt.strip():
        found.append(Violation("prompt", "Describe the clip: the prompt is empty."))
    for name, rule in (("prompt", caps.prompt), ("negative_prompt", caps.negative_prompt)):
        text: str = getattr(request, name)
        label = name.replace("_", " ")
        if len(text) > rule.max_length:
            found.append(
                Violation(
                    name,
                    f"The {label} has {len(text):,} characters; "
                    f"the service takes {rule.max_length:,}.",
                )
            )
        if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
            found.append(Violation(name, f"The {label} holds a character that cannot be sent."))
    return found


def _choice_violations(request: ClipRequest, caps: Capabilities) -> list[Violation]:
    found = []
    for name in ("resolution", "aspect_ratio", "thinking", "style"):
        rule: Choice = getattr(caps, name)
        value: str = getattr(request, name)
        framed = request.start_frame is not None
        if name == "aspect_ratio" and framed and name not in caps.required:
            continue  # not sent beside a start frame
        if value not in rule.values:
            label = name.replace("_", " ")
            offered = ", ".join(rule.values)
            found.append(Violation(name, f"The {label} {value!r} is not offered; use {offered}."))
    return found


def _range_violations(request: ClipRequest, caps: Capabilities) -> list[Violation]:
    found = []
    whole = type(request.duration_s) is int  # 1.5 and True lie between the limits, too
    if not whole or not caps.duration_s.allows(request.duration_s):
        text = f"The duration must be {caps.duration_s.words()} seconds."
        found.append(Violation("duration_s", text))
    if request.seed is not None and not caps.seed.allows(request.seed):
        found.append(Violation("seed", f"The seed must be {caps.seed.words()}."))
    return found


def _frame_violations(request: ClipRequest, caps: Capabilities) -> list[Violation]:
    found = []
    if request.start_frame is not None and caps.start_frame is None:
        found.append(Violation("start_frame", "This model takes no start frame."))
    for name, what in (("start_frame", "a start frame"), ("end_frame", "an end frame")):
        if name in caps.required and getattr(request, name) is None:
            found.append(Violation(name, f"This model needs {what}."))
    if request.end_frame is not None:
        if caps.end_frame is None:
            found.append(Violation("end_frame", "This model takes no end frame."))
        elif request.start_frame is None:
            found.append(Violation("end_frame", "An end frame needs a start frame."))
    return found


def guess_note(request: ClipRequest, caps: Capabilities) -> str:
    """A sentence to show before spending when the frame fields' names are a guess, else ''."""
    if not (request.frames() and caps.frames_guessed and caps.schema_unread):
        return ""
    return (
        "The service's list of parameters could not be read, so the name of the frame field "
        "is a guess; the picture may be ignored."
    )
