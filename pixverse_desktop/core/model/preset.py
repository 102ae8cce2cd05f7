"""Settings of a clip under a name: chosen parameters, never the prompt or pictures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from math import isfinite

from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.records import record
from pixverse_desktop.core.text import writable

VERSION = 1
LONGEST_NAME = 60
MOST_PRESETS = 200
_MOST_VALUES = 64
_LONGEST_TEXT = 20_000
_OWN_TO_A_CLIP = ("prompt", "start_frame", "end_frame")


@record
class Preset:
    """``values`` by the parameters' names, of the model ``model``; ``version`` is that of the
    program's notion of a preset, and one of a newer one is kept and not used."""

    name: str
    values: Mapping[str, object]
    model: str = MODEL_ID
    version: int = VERSION


def kept_by_preset(request: ClipRequest, model: ModelSpec) -> dict[str, object]:
    """What of a request a preset can hold, as far as the model has settings for it."""
    return {
        spec.name: request.values.get(spec.name)
        for spec in model.offered()
        if spec.name not in _OWN_TO_A_CLIP and _is_plain(request.values.get(spec.name))
    }


def preset_of(name: str, request: ClipRequest, model: ModelSpec, parts: Collection[str]) -> Preset:
    """A preset of the named parameters of a request."""
    values = {part: v for part, v in kept_by_preset(request, model).items() if part in parts}
    return Preset(name, values, model.id)


def applied(
    preset: Preset, request: ClipRequest, model: ModelSpec
) -> tuple[ClipRequest, list[str]]:
    """``request`` with a preset's values, and the names of those that the model does not take."""
    taken: dict[str, object] = {}
    lost = []
    for name, value in preset.values.items():
        spec = model.get(name)
        fits = spec is not None and spec.offered and name not in _OWN_TO_A_CLIP
        if spec is not None and fits and value is None and spec.nullable:
            taken[name] = None
        elif spec is not None and fits and spec.rule.holds(value):
            if spec.rule.problem(spec.label, value):
                lost.append(name)
            else:
                taken[name] = value
        else:
            lost.append(name)
    return request.changed(**taken), lost


def preset_to_json(preset: Preset) -> dict[str, object]:
    """The stored form."""
    return {
        "version": preset.version, "name": preset.name, "model": preset.model,
        "values": dict(preset.values),
    }  # fmt: skip


def preset_from_json(data: object) -> Preset:
    """Read what anybody may have written: whole and sane. Raises ValueError with the reason."""
    if not isinstance(data, Mapping):
        raise ValueError(Message("preset_none"))
    version, name, model = data.get("version"), data.get("name"), data.get("model", MODEL_ID)
    values = data.get("values")
    if type(version) is not int or version < 1 or not isinstance(values, Mapping):
        raise ValueError(Message("preset_none"))
    if not isinstance(name, str) or not isinstance(model, str) or not name.strip():
        raise ValueError(Message("preset_none"))
    if version > VERSION:
        raise ValueError(Message("preset_newer", name=name[:LONGEST_NAME]))
    odd = [key for key, value in values.items() if not isinstance(key, str) or not _is_plain(value)]
    if odd or len(values) > _MOST_VALUES or len(model) > _LONGEST_TEXT:
        raise ValueError(Message("preset_none"))
    return Preset(writable(name.strip())[:LONGEST_NAME], dict(values), model, version)


def is_preset(stored: object) -> bool:
    """Whether it is one, be it of a newer version."""
    try:
        preset_from_json(stored)
    except ValueError as error:
        return isinstance(error.args[0], Message) and error.args[0].code == "preset_newer"
    return True


def presets_in(stored: Iterable[object]) -> list[Preset]:
    """Those of them that can be used."""
    found = []
    for one in stored:
        with suppress(ValueError):
            found.append(preset_from_json(one))
    return found


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT
    if isinstance(value, float):
        return isfinite(value)
    return value is None or isinstance(value, int | bool)
