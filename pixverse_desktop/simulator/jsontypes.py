"""JSON at the border: the type of a decoded object and the few safe ways to look into one."""

from __future__ import annotations

import json
from decimal import Decimal

JsonObject = dict[str, object]


def as_object(value: object) -> JsonObject:
    """`value` when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """`value` when it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: object, default: str = "") -> str:
    """`value` when it is a string, else `default`."""
    return value if isinstance(value, str) else default


def as_int(value: object, default: int = 0) -> int:
    """`value` when it is a whole number (true and false are not), else `default`."""
    if isinstance(value, bool):
        return default
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, float) and value.is_integer() else default


def as_float(value: object, default: float = 0.0) -> float:
    """`value` when it is a number (true and false are not), else `default`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return float(value)


def as_amount(value: Decimal) -> int | float:
    """Credits as a JSON number, whole when they are whole."""
    return int(value) if value == int(value) else float(value)


def parse_object(text: str | bytes) -> JsonObject:
    """The JSON object in `text`, or an empty one when it holds anything else that is JSON.

    Raises `ValueError` when it is not JSON at all.
    """
    return as_object(json.loads(text))


def merge_patch(target: JsonObject, patch: JsonObject) -> JsonObject:
    """`target` with `patch` merged in as RFC 7396 says: null removes, objects merge deeply."""
    merged = dict(target)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            merged[key] = merge_patch(as_object(merged.get(key)), value)
        else:
            merged[key] = value
    return merged
