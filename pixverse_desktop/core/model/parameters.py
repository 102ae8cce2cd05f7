"""What the model accepts, as data: bundled for offline use, replaced by the service's live schema.

The rules follow the service's parameter table; ``api.schema`` fills the same objects from the
model's published JSON Schema, so changed limits and unknown styles need no new program.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from pixverse_desktop.core.model.request import (
    DEFAULT_NEGATIVE_PROMPT,
    MAX_SEED,
    ClipRequest,
)

FEW_SEEDS = 2**24  # where a model knows fewer, a seed alone recognises no job
PROMPT_NOTE_LENGTH = 2048  # some sources give this as the limit: a quiet note, not an error


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
    schema_unread: bool = False  # the schema was asked for, and could not be read
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
