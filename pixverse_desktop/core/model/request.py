"""What to make: one frozen request object, the same in the form, the store and on the wire.

Defaults follow the service's parameter table for the model ``pixverse-v6``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

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
    ``label`` is what the user called it (a file name), for display only. ``parent`` is the id of
    the clip it was taken from, "" for a picture of another kind.
    """

    kind: FrameKind
    value: str
    width: int = 0
    height: int = 0
    label: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """Every parameter of a clip. Once queued, ``seed`` is None only where the model has none."""

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


def request_to_json(request: ClipRequest) -> dict[str, object]:
    """The stored form: plain values only, ``None`` for what is unset."""
    return asdict(request)


def request_from_json(data: Mapping[str, object]) -> ClipRequest:
    """Read the stored form back, strictly.

    Raises ValueError naming the first field with an unexpected type. Missing fields take their
    default (an older version wrote the row), unknown ones are left out (a newer version did).
    """
    values: dict[str, object] = {}
    for name in data:
        if name not in _FIELDS:
            continue
        if name in ("start_frame", "end_frame"):
            values[name] = _frame(name, data[name])
        else:
            values[name] = _checked(name, data[name], _TYPES[name])
    if "prompt" not in values:
        raise ValueError("request without a prompt")
    return ClipRequest(**values)  # type: ignore[arg-type]


def request_from_preset(data: object) -> ClipRequest:
    """Read a request that anybody may have written: whole and sane, or not at all.

    What ``request_from_json`` takes, but without unknown fields, numbers no model knows and texts
    no form could hold. Raises ValueError naming the field.
    """
    if not isinstance(data, Mapping):
        raise ValueError("a request is an object with fields")
    _refuse_unknown("request", data, _FIELDS)
    for name in ("start_frame", "end_frame"):
        frame = data.get(name)
        if isinstance(frame, Mapping):
            _refuse_unknown(name, frame, _FRAME_FIELDS)
    request = request_from_json(data)
    if request.seed is not None and not 0 <= request.seed <= MAX_SEED:
        raise ValueError(f"request field seed must be 0 to {MAX_SEED}")
    if not 0 < request.duration_s <= _LONGEST_S:
        raise ValueError("request field duration_s is no length of a clip")
    for name in _TYPES:
        _check_text(name, getattr(request, name))
    for name in ("start_frame", "end_frame"):
        kept: Frame | None = getattr(request, name)
        if kept is not None:
            _check_text(name, kept.value)
            _check_text(name, kept.label)
            _check_text(name, kept.parent)
            if not (0 <= kept.width <= MAX_SEED and 0 <= kept.height <= MAX_SEED):
                raise ValueError(f"request field {name} has an impossible size")
    return request


def _refuse_unknown(what: str, data: Mapping[str, object], known: frozenset[str]) -> None:
    unknown = sorted(str(name)[:80] for name in set(data) - known)
    if unknown:
        raise ValueError(f"unknown {what} field: {unknown[0]}")


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        return
    if len(value) > (_LONGEST_PROMPT if name in ("prompt", "negative_prompt") else _LONGEST_WORD):
        raise ValueError(f"request field {name} is too long")
    if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError(f"request field {name} holds a character that cannot be kept")


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


_FIELDS = frozenset(f.name for f in fields(ClipRequest))
_FRAME_FIELDS = frozenset(f.name for f in fields(Frame))
_LONGEST_S = 86_400
_LONGEST_PROMPT = 200_000  # a form may hold more than the service takes, so that nothing is lost
_LONGEST_WORD = 8192  # the longest address of a picture


def _checked(name: str, value: object, allowed: tuple[type, ...]) -> Any:
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
        kind = FrameKind(_checked(name, value["kind"], (str,)))
    except (KeyError, ValueError) as error:
        raise ValueError(f"request field {name} is not a frame") from error
    return Frame(
        kind=kind,
        value=_checked(name, value.get("value"), (str,)),
        width=_checked(name, value.get("width", 0), (int,)),
        height=_checked(name, value.get("height", 0), (int,)),
        label=_checked(name, value.get("label", ""), (str,)),
        parent=_checked(name, value.get("parent", ""), (str,)),
    )
