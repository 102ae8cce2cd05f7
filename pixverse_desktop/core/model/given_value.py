"""Values that people write as text, on the command line and in tables."""

from __future__ import annotations

import contextlib
import json

from pixverse_desktop.core.model.rules import Json, Number, Rows, Rule


def value_of(rule: Rule, text: str) -> object:
    """The value that a text means: as the schema writes it, as text or as JSON.

    Raises ValueError, or RecursionError for JSON that is nested too deeply.
    """
    read: object = text
    with contextlib.suppress(ValueError, RecursionError):
        read = json.loads(text)
    if isinstance(rule, Json):
        return read
    if isinstance(rule, Rows):
        return rule.parsed(text)
    if isinstance(read, str):
        return rule.parsed(read)
    if isinstance(rule, Number) and rule.holds(read):
        return read
    return rule.parsed(text)
