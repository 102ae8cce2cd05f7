"""How the service's names are recognised: whatever their case and separators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6

Json = Mapping[str, object]

# The bundled model's parameters and the names of their keys, the documented one first.
FIELD_KEYS: dict[str, tuple[str, ...]] = {
    spec.name: (spec.wire, *spec.aliases) for spec in PIXVERSE_V6.parameters
}


def as_object(value: object) -> Json:
    """``value`` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def folded(name: str) -> str:
    """``aspectRatio``, ``Aspect-Ratio`` and ``aspect_ratio`` are one name."""
    return "".join(c for c in name.lower() if c.isalnum())


def find_key(body: Json, names: Iterable[str]) -> str | None:
    """The body's own spelling of the first of ``names`` that it has."""
    own: dict[str, str] = {}
    for key in body:
        own.setdefault(folded(key), key)
    return next((own[name] for name in map(folded, names) if name in own), None)


def find(body: Json, *names: str) -> object:
    """The value under the first of ``names`` that the body has; None without one."""
    key = next((name for name in names if name in body), None) or find_key(body, names)
    return None if key is None else body[key]
