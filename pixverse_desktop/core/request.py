"""What to make: one frozen request object, the same in the form, the store and on the wire.

Defaults follow the service's parameter table for the model ``pixverse-v6``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum

DEFAULT_NEGATIVE_PROMPT = (
    "blurry, distortion, low quality, grainy, warped faces, deformed hands, "
    "extra limbs, watermark, text, signature"
)
MAX_SEED = 2**31 - 1


class FrameKind(StrEnum):
    """How a picture is known: a public address, or a prepared copy in the data folder."""

    URL = "url"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Frame:
    """A start or end picture.

    ``value`` is the URL, or the name of the prepared JPEG inside the frame folder.
    ``width`` and ``height`` are pixels after preparation, 0 when the picture was never seen.
    ``label`` is what the user called it (a file name), for display only.
    """

    kind: FrameKind
    value: str
    width: int = 0
    height: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """Every parameter of a clip. ``seed`` is None only until the job is queued."""

    prompt: str
    resolution: str = "720p"
    duration_s: int = 5
    aspect_ratio: str = "16:9"
    negative_prompt: str = DEFAULT_NEGATIVE_PROMPT
    seed: int | None = None
    audio: bool = True
    thinking: str = "auto"
    multi_clip: bool = False
    style: str = "none"
    start_frame: Frame | None = None
    end_frame: Frame | None = None

    def frames(self) -> tuple[Frame, ...]:
        """The frames that are set, start first."""
        return tuple(f for f in (self.start_frame, self.end_frame) if f is not None)


def random_seed() -> int:
    """A seed in 0..2147483647; also the nonce by which an unconfirmed job is recognised."""
    return secrets.randbelow(MAX_SEED + 1)


def request_to_json(request: ClipRequest) -> dict[str, object]:
    """The stored form: plain values only, ``None`` for what is unset."""
    return asdict(request)


def request_from_json(data: Mapping[str, object]) -> ClipRequest:
    """Read the stored form back, strictly.

    Raises ValueError naming the first field with an unexpected type; unknown keys are an error,
    missing ones take their default (an older version wrote the row).
    """
    known = {f.name for f in fields(ClipRequest)}
    unknown = sorted(set(data) - known)
    if unknown:
        raise ValueError(f"unknown request field: {unknown[0]}")
    values: dict[str, object] = {}
    for name, value in data.items():
        if name in ("start_frame", "end_frame"):
            values[name] = _frame(name, value)
        else:
            values[name] = _checked(name, value)
    if "prompt" not in values:
        raise ValueError("request without a prompt")
    return ClipRequest(**values)  # type: ignore[arg-type]


_TYPES: dict[str, tuple[type, ...]] = {
    "prompt": (str,),
    "resolution": (str,),
    "duration_s": (int,),
    "aspect_ratio": (str,),
    "negative_prompt": (str,),
    "seed": (int, type(None)),
    "audio": (bool,),
    "thinking": (str,),
    "multi_clip": (bool,),
    "style": (str,),
}


def _checked(name: str, value: object) -> object:
    allowed = _TYPES[name]
    # bool is an int in Python; a stored true must never become the duration 1.
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        raise ValueError(f"request field {name} has the type {type(value).__name__}")
    return value


def _frame(name: str, value: object) -> Frame | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ValueError(f"request field {name} is not a frame")
    try:
        return Frame(
            kind=FrameKind(str(value["kind"])),
            value=str(value["value"]),
            width=int(value.get("width", 0)),
            height=int(value.get("height", 0)),
            label=str(value.get("label", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"request field {name} is not a frame") from error
