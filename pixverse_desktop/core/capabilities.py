"""What the model accepts, as data: bundled for offline use, replaced by the service's live schema.

The rules here follow the service's parameter table; ``api.wire`` fills the same objects from the
model's published JSON Schema, so changed limits and unknown styles need no new program.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from pixverse_desktop.core.request import (
    DEFAULT_NEGATIVE_PROMPT,
    MAX_SEED,
    ClipRequest,
    Frame,
    FrameKind,
)

FEW_SEEDS = 2**24  # where a model knows fewer, a seed alone recognises no job
PROMPT_NOTE_LENGTH = 2048  # some sources give this as the limit: a quiet note, not an error

_SHAPE = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})")
_SHORT_SIDE = {"360p": 360, "540p": 540, "720p": 720, "1080p": 1080}


class Source(StrEnum):
    """Where the rules came from, newest last."""

    BUNDLED = "bundled"
    CACHED = "cached"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a list of words; ``sent``: how the service writes each, where that is another way."""

    values: tuple[str, ...]
    default: str
    sent: tuple[object, ...] = ()

    def spelled(self, value: str) -> object:
        """``value`` as it is sent."""
        return self.sent[self.values.index(value)] if self.sent and value in self.values else value


@dataclass(frozen=True, slots=True)
class IntRange:
    """A whole number from ``minimum`` to ``maximum``, both allowed; default None means unset.

    Where not every number between is allowed, ``allowed`` lists those that are, ascending; ``sent``
    is how the service writes each, where that is another way.
    """

    minimum: int
    maximum: int
    default: int | None = None
    allowed: tuple[int, ...] = ()
    sent: tuple[object, ...] = ()

    def allows(self, value: int) -> bool:
        """Whether ``value`` may be sent."""
        return self.minimum <= value <= self.maximum and (not self.allowed or value in self.allowed)

    def nearest(self, value: int) -> int:
        """The allowed number that is next to ``value``."""
        held = min(self.maximum, max(self.minimum, value))
        return min(self.allowed, key=lambda one: abs(one - value)) if self.allowed else held

    def count(self) -> int:
        """How many numbers are allowed."""
        return len(self.allowed) or self.maximum - self.minimum + 1

    def draw(self) -> int:
        """Any of the allowed numbers, by chance."""
        if self.allowed:
            return secrets.choice(self.allowed)
        return self.minimum + secrets.randbelow(self.count())

    def spelled(self, value: int) -> object:
        """``value`` as it is sent."""
        if self.sent and value in self.allowed:
            return self.sent[self.allowed.index(value)]
        return value

    def words(self) -> str:
        """What is allowed, to be read in a sentence."""
        if self.allowed:
            return " or ".join(map(str, self.allowed))
        return f"{self.minimum} to {self.maximum}"


@dataclass(frozen=True, slots=True)
class Text:
    """Free text of at most ``max_length`` characters."""

    max_length: int
    default: str = ""


@dataclass(frozen=True, slots=True)
class FrameField:
    """The service's name for a frame; ``position`` is its index where one array takes both."""

    name: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with a request: the request's field and a sentence for the user."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Everything the form and the check need to know about the model."""

    prompt: Text = Text(5000)
    resolution: Choice = Choice(("360p", "540p", "720p", "1080p"), "720p")
    duration_s: IntRange = IntRange(1, 15, 5)
    aspect_ratio: Choice = Choice(("16:9", "4:3", "1:1", "3:4", "9:16"), "16:9")
    negative_prompt: Text = Text(2048, DEFAULT_NEGATIVE_PROMPT)
    seed: IntRange = IntRange(0, MAX_SEED)
    audio_default: bool = True
    thinking: Choice = Choice(("auto", "enabled", "disabled"), "auto")
    multi_clip_default: bool = False
    style: Choice = Choice(("none", "anime", "3d_animation", "clay", "comic", "cyberpunk"), "none")
    start_frame: FrameField | None = FrameField("start_image_url")
    end_frame: FrameField | None = FrameField("end_image_url")
    frames_guessed: bool = True
    # The request's fields that the model has, with its own spelling of each; None while no schema
    # was read (then they are sent as documented).
    keys: Mapping[str, str] | None = None
    required: frozenset[str] = frozenset()  # fields that are sent whatever they hold
    always: tuple[tuple[str, object], ...] = ()  # keys we do not know, with their default
    unknown: tuple[str, ...] = ()  # keys it requires and nobody here can fill
    credit_cost: Decimal = Decimal(10)
    source: Source = field(default=Source.BUNDLED)

    def offers(self, name: str) -> bool:
        """Whether the model has a setting for this field of the request."""
        return self.keys is None or name in self.keys

    def defaults(self) -> ClipRequest:
        """A request with an empty prompt and every parameter at the model's default."""
        return ClipRequest(
            prompt="",
            resolution=self.resolution.default,
            duration_s=self.duration_s.default or self.duration_s.minimum,
            aspect_ratio=self.aspect_ratio.default,
            negative_prompt=self.negative_prompt.default,
            audio=self.audio_default,
            thinking=self.thinking.default,
            multi_clip=self.multi_clip_default,
            style=self.style.default,
        )


BUNDLED = Capabilities()


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


def pixel_size(resolution: str, aspect_ratio: str) -> tuple[int, int] | None:
    """Width and height in pixels that the service is known to deliver; None if unknown."""
    short = _SHORT_SIDE.get(resolution)
    shape = _SHAPE.fullmatch(aspect_ratio)
    if short is None or shape is None:
        return None
    return _sized(short, int(shape[1]), int(shape[2]))


def framed_size(resolution: str, frame: Frame) -> tuple[int, int] | None:
    """Approximate output size in pixels with a start frame, whose shape the service follows."""
    short = _SHORT_SIDE.get(resolution)
    if short is None or not frame.width or not frame.height:
        return None
    return _sized(short, frame.width, frame.height)


def output_size(request: ClipRequest) -> tuple[int, int] | None:
    """Approximate size of the clip in pixels; None when it cannot be told beforehand."""
    if request.start_frame is not None:
        return framed_size(request.resolution, request.start_frame)
    return pixel_size(request.resolution, request.aspect_ratio)


def _sized(short: int, across: int, down: int) -> tuple[int, int]:
    long = round(short * max(across, down) / min(across, down) / 2) * 2
    return (long, short) if across >= down else (short, long)


def guess_note(request: ClipRequest, caps: Capabilities) -> str:
    """A sentence to show before spending when the frame fields' names are a guess, else ''."""
    if not request.frames() or not caps.frames_guessed:
        return ""
    return (
        "The service's list of parameters could not be read, so the name of the frame field "
        "is a guess; the picture may be ignored."
    )


def is_public_frame(frame: Frame) -> bool:
    """True for a frame that travels as an address instead of as data."""
    return frame.kind is FrameKind.URL
