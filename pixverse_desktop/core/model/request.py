"""What to make: a model and a value for each of its parameters, the same everywhere.

Stored as flat JSON: the parameters of the bundled model by their names, ``model`` where it is
another one, and what only that model's own schema knows below ``other`` and ``pictures``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import Generic, TypeVar, overload

from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import DEFAULTS, MAX_SEED, MODEL_ID, PIXVERSE_V6
from pixverse_desktop.core.model.rules import Image, has_odd_letter
from pixverse_desktop.core.records import record

T = TypeVar("T")

_LONGEST_S = 86_400
_LONGEST_PROMPT = 200_000  # a form may hold more than the service takes, so that nothing is lost
_LONGEST_WORD = 8192  # the longest address of a picture
_MOST_OTHER = 64  # parameters beside the bundled ones
_MOST_PICTURES = 16
_FRAME_FIELDS = frozenset(f.name for f in fields(Frame))


class _Value(Generic[T]):
    """Typed access to one value of a request; ``missing`` where the request has none."""

    def __init__(self, missing: T) -> None:
        self._missing = missing

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, request: None, owner: type) -> _Value[T]: ...
    @overload
    def __get__(self, request: ClipRequest, owner: type) -> T: ...
    def __get__(self, request: ClipRequest | None, owner: type) -> T | _Value[T]:
        if request is None:
            return self
        return request.values.get(self._name, self._missing)  # type: ignore[return-value]


@record
class ClipRequest:
    """A model's id and its values by name; a value that is not set is not there.

    Of the bundled model every parameter that has a default has a value. Once queued, ``seed`` is
    None only where the model has none.
    """

    model: str
    values: Mapping[str, object]

    prompt = _Value("")
    resolution = _Value("")
    duration_s = _Value(0)
    aspect_ratio = _Value("")
    negative_prompt = _Value("")
    seed = _Value[int | None](None)
    audio = _Value(False)
    thinking = _Value("")
    multi_clip = _Value(False)
    style = _Value("none")
    start_frame = _Value[Frame | None](None)
    end_frame = _Value[Frame | None](None)

    def __init__(
        self,
        prompt: str | None = None,
        *,
        model: str = MODEL_ID,
        values: Mapping[str, object] | None = None,
        **named: object,
    ) -> None:
        given = dict(values or {}) | named
        if prompt is not None:
            given["prompt"] = prompt
        usual = DEFAULTS if model == MODEL_ID else {}
        whole = {name: value for name, value in (usual | given).items() if value is not None}
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "values", whole)

    def __hash__(self) -> int:
        return hash((self.model, self.prompt, self.seed))

    def get(self, name: str) -> object:
        """The value of a parameter, None where it is not set."""
        return self.values.get(name)

    def changed(self, **values: object) -> ClipRequest:
        """The request with other values; None takes one away."""
        usual = DEFAULTS if self.model == MODEL_ID else {}
        whole = {**usual, **self.values, **values}
        other = object.__new__(ClipRequest)  # not through __init__: thousands are made at once
        object.__setattr__(other, "model", self.model)
        object.__setattr__(other, "values", {n: v for n, v in whole.items() if v is not None})
        return other

    def frames(self) -> tuple[Frame, ...]:
        """All pictures of the request, the start frame first."""
        return tuple(frame for _, frame in self.named_frames())

    def named_frames(self) -> Iterator[tuple[str, Frame]]:
        """The same with the name of the parameter that each belongs to."""
        first = [name for name in ("start_frame", "end_frame") if name in self.values]
        for name in (*first, *(name for name in self.values if name not in first)):
            value = self.values[name]
            for frame in value if isinstance(value, tuple) else (value,):
                if isinstance(frame, Frame):
                    yield name, frame


def default_request(model: ModelSpec) -> ClipRequest:
    """A request with every parameter at the model's default, and no prompt."""
    return ClipRequest(model=model.id, values=model.defaults())


# --- the stored form ---


def request_to_json(request: ClipRequest) -> dict[str, object]:
    """The stored form: plain values only, ``None`` for a known parameter that is unset."""
    found: dict[str, object] = {}
    other: dict[str, object] = {}
    pictures: dict[str, object] = {}
    if request.model != MODEL_ID:
        found["model"] = request.model
    else:
        found |= dict.fromkeys(spec.name for spec in PIXVERSE_V6.parameters)
    for name, value in request.values.items():
        if isinstance(value, tuple):
            pictures[name] = [asdict(frame) for frame in value]
        elif isinstance(value, Frame) and PIXVERSE_V6.get(name) is None:
            pictures[name] = asdict(value)
        elif PIXVERSE_V6.get(name) is not None:
            found[name] = asdict(value) if isinstance(value, Frame) else value
        else:
            other[name] = value
    found |= {"other": other} if other else {}
    return found | ({"pictures": pictures} if pictures else {})


def request_from_json(data: Mapping[str, object]) -> ClipRequest:
    """Read the stored form back, strictly.

    Raises ValueError naming the first field with an unexpected type. Missing fields take their
    default (an older version wrote the row), unknown ones are left out (a newer version did).
    """
    model = data.get("model", MODEL_ID)
    if not isinstance(model, str):
        raise ValueError("request field model is not a text")
    values: dict[str, object] = {}
    for spec in PIXVERSE_V6.parameters:
        value = data.get(spec.name)
        if value is None:
            if spec.name in data and spec.rule.default is not None:
                raise ValueError(f"request field {spec.name} has the type NoneType")
            continue
        if isinstance(spec.rule, Image):
            values[spec.name] = _frame(spec.name, value)
        elif not spec.rule.holds(value):
            raise ValueError(f"request field {spec.name} has the type {type(value).__name__}")
        else:  # the usual value itself, not one like it for each of thousands of jobs
            usual = spec.rule.default
            values[spec.name] = usual if value == usual and type(value) is type(usual) else value
    values |= _others(data.get("other"))
    values |= _pictures(data.get("pictures"))
    if model == MODEL_ID and "prompt" not in values:
        raise ValueError("request without a prompt")
    return ClipRequest(model=model, values=values)


def request_from_preset(data: object) -> ClipRequest:
    """Read a request that anybody may have written: whole and sane, or not at all.

    What ``request_from_json`` takes, but without unknown fields, numbers no model knows and texts
    no form could hold. Raises ValueError naming the field.
    """
    if not isinstance(data, Mapping):
        raise ValueError("a request is an object with fields")
    known = {spec.name for spec in PIXVERSE_V6.parameters}
    _refuse_unknown("request", data, frozenset({*known, "model", "other", "pictures"}))
    for name in ("start_frame", "end_frame"):
        frame = data.get(name)
        if isinstance(frame, Mapping):
            _refuse_unknown(name, frame, _FRAME_FIELDS)
    _check_others(data.get("other"))
    request = request_from_json(data)
    if request.seed is not None and not 0 <= request.seed <= MAX_SEED:
        raise ValueError(f"request field seed must be 0 to {MAX_SEED}")
    if "duration_s" in request.values and not 0 < request.duration_s <= _LONGEST_S:
        raise ValueError("request field duration_s is no length of a clip")
    _check_text("model", request.model)
    for name, value in request.values.items():
        _check_text(name, value)
    for name, kept in request.named_frames():
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
    if has_odd_letter(value):
        raise ValueError(f"request field {name} holds a character that cannot be kept")


def _check_others(data: object) -> None:
    """Only so much of what nobody here knows."""
    try:
        length = len(json.dumps(data))
    except (RecursionError, TypeError):
        raise ValueError("request field other is nested too deeply") from None
    if length > _LONGEST_PROMPT or (isinstance(data, Mapping) and len(data) > _MOST_OTHER):
        raise ValueError("request field other is too long")


def _others(data: object) -> dict[str, object]:
    """Values that only the model's own schema knows: any JSON."""
    if not isinstance(data, Mapping):
        return {}
    return {name: value for name, value in data.items() if PIXVERSE_V6.get(name) is None}


def _pictures(data: object) -> dict[str, object]:
    """Other pictures than start and end frame, one or several by the parameter's name."""
    if not isinstance(data, Mapping):
        return {}
    found: dict[str, object] = {}
    for name, value in list(data.items())[:_MOST_OTHER]:
        if isinstance(value, list):
            found[name] = tuple(_frame(name, one) for one in value[:_MOST_PICTURES])
        else:
            found[name] = _frame(name, value)
    return found


def _frame(name: str, value: object) -> Frame:
    if not isinstance(value, Mapping):
        raise ValueError(f"request field {name} is not a frame")
    try:
        kind = FrameKind(_checked(name, value["kind"], str))
    except (KeyError, ValueError) as error:
        raise ValueError(f"request field {name} is not a frame") from error
    return Frame(
        kind=kind,
        value=_checked(name, value.get("value"), str),
        width=_checked(name, value.get("width", 0), int),
        height=_checked(name, value.get("height", 0), int),
        label=_checked(name, value.get("label", ""), str),
        parent=_checked(name, value.get("parent", ""), str),
    )


def _checked(name: str, value: object, kind: type[T]) -> T:
    # bool is an int in Python; a stored true must never become the width 1.
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"request field {name} has the type {type(value).__name__}")
    return value
