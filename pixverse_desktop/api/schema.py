"""What a model accepts, read from the JSON Schema it publishes.

Schemas say one thing in many ways: words are read as what they mean (``enum``, ``const`` and
``oneOf`` of constants are a list), and kept as the service spells them.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from math import ceil, floor

from pixverse_desktop.api.keys import FIELD_KEYS, Json, as_object, find_key
from pixverse_desktop.core.errors import plain
from pixverse_desktop.core.model.parameters import (
    BUNDLED,
    Capabilities,
    Choice,
    FrameField,
    IntRange,
    Source,
    Text,
)

START_NAMES = (
    "start_image_url", "start_frame_url", "start_image", "start_frame", "first_frame_url",
    "first_frame_image", "first_image_url", "first_frame", "image_url", "image", "input_image",
)  # fmt: skip
END_NAMES = (
    "end_image_url", "end_frame_url", "end_image", "end_frame", "last_frame_url",
    "last_frame_image", "last_image_url", "last_frame", "tail_image_url", "image_tail",
)  # fmt: skip
ARRAY_NAMES = ("image_urls", "images", "frame_images")

# Beyond these a schema cannot be meant: a form has to show what it says.
_MOST_CHOICES = 100
_LONGEST_CHOICE = 64
_LONGEST_TEXT = 20_000
_LONGEST_DEFAULT = 400  # of a list or object, as JSON
_LARGEST_NUMBER = 2**31 - 1
_MOST_NAMED = 5  # in one sentence
_MOST_PARTS = 2000  # of a schema that are read; references may go round in circles
_SECONDS = re.compile(r"(\d{1,9})(?:\.0+)?\s*(?:s|secs?|seconds?)?", re.IGNORECASE | re.ASCII)
_LINES = re.compile(r"(\d{3,4})p?", re.IGNORECASE | re.ASCII)
_NUMBERS = {"integer", "number"}
_FLAGS = ("audio", "multi_clip")
_TYPES = {"seed": _NUMBERS, "duration_s": {*_NUMBERS, "string"}}  # of the others: "string"


def read_schema(value: object) -> Json | None:
    """The JSON Schema in a reply: ``schema``, else ``requestSchema``, else the body itself."""
    body = as_object(value)
    for candidate in (body.get("schema"), body.get("requestSchema"), body):
        # A schema that knows no prompt is not this model's: sending by it would pay for nothing.
        if find_key(properties_of(as_object(candidate))[0], FIELD_KEYS["prompt"]):
            return as_object(candidate)
    return None


def capabilities_from_schema(schema: Json, source: Source = Source.LIVE) -> Capabilities:
    """The rules a schema states; where it is silent the bundled ones hold."""
    props, required = properties_of(schema)
    keys = {name: key for name in FIELD_KEYS if (key := _key_of(name, props)) is not None}
    rules = {name: props[key] for name, key in keys.items()}
    start, end = _frame_fields(props)
    ours = {key: name for name, key in keys.items()}
    ours |= {field.name: "end_frame" for field in (end,) if field}
    ours |= {field.name: "start_frame" for field in (start,) if field}
    fills = {key: _only_value(props.get(key, {})) for key in required if key not in ours}
    negative = BUNDLED.negative_prompt if "negative_prompt" in keys else Text(2048)
    return Capabilities(
        prompt=_text_rule(rules.get("prompt", {}), BUNDLED.prompt),
        resolution=_choice_rule(rules.get("resolution", {}), BUNDLED.resolution, _lines),
        duration_s=_range_rule(rules.get("duration_s", {}), BUNDLED.duration_s),
        aspect_ratio=_choice_rule(rules.get("aspect_ratio", {}), BUNDLED.aspect_ratio),
        negative_prompt=_text_rule(rules.get("negative_prompt", {}), negative),
        seed=_range_rule(rules.get("seed", {}), BUNDLED.seed),
        audio_default=_flag("audio", props, BUNDLED.audio_default),
        thinking=_choice_rule(rules.get("thinking", {}), BUNDLED.thinking),
        multi_clip_default=_flag("multi_clip", props, BUNDLED.multi_clip_default),
        style=_style_rule(rules.get("style", {}), keys.get("style") in required),
        start_frame=start,
        end_frame=end,
        frames_guessed=False,
        keys=keys,
        required=frozenset(ours[key] for key in required if key in ours),
        always=tuple((key, values[0]) for key, values in fills.items() if values),
        unknown=tuple(plain(key, 64) for key, values in fills.items() if not values)[:_MOST_NAMED],
        source=source,
    )


def properties_of(schema: Json) -> tuple[dict[str, Json], tuple[str, ...]]:
    """The properties, each with its references followed and its parts put together, and the names
    of those that are required."""
    reader = _Reader(schema)
    whole = reader.flat(schema, choose=False)
    found = {
        name: reader.flat(prop)
        for name, prop in as_object(whole.get("properties")).items()
        if prop is not False  # which is how a schema forbids one
    }
    listed = whole.get("required")
    names = listed if isinstance(listed, list) else []
    return found, tuple(dict.fromkeys(name for name in names if isinstance(name, str)))


class _Reader:
    """Puts the parts of a schema together; of one without an end it reads so much and no more."""

    def __init__(self, root: Json) -> None:
        self._root = root
        self._left = _MOST_PARTS

    def flat(self, value: object, depth: int = 0, *, choose: bool = True) -> Json:
        """``value`` without ``$ref``, ``allOf`` and (``choose``) ``anyOf``, ``oneOf``."""
        rule = dict(as_object(value))
        self._left -= 1
        if self._left < 0 or depth > 12:
            return rule
        target, parts = rule.pop("$ref", None), rule.pop("allOf", None)
        merged: Json = self.flat(self._at(target), depth + 1, choose=choose) if target else {}
        for part in parts if isinstance(parts, list) else ():
            merged = _both(merged, self.flat(part, depth + 1, choose=choose))
        for word in ("anyOf", "oneOf") if choose else ():
            listed = rule.pop(word, None)
            if isinstance(listed, list):
                either = [self.flat(one, depth + 1) for one in listed]
                merged = _both(merged, _any_of(either))
        return _both(merged, rule)

    def _at(self, target: object) -> object:
        """What a reference inside the schema points at."""
        found: object = self._root
        if not isinstance(target, str) or not target.startswith("#"):
            return {}
        for step in target[1:].split("/")[1:]:
            found = as_object(found).get(step.replace("~1", "/").replace("~0", "~"))
        return found


def _both(one: Json, two: Json) -> Json:
    """What holds when both hold; of a word that cannot be joined, the second."""
    joined = {**one, **two}
    for word in one.keys() & two.keys():
        a, b = one[word], two[word]
        low, high = _number(a), _number(b)
        if word == "properties":
            joined[word] = {**as_object(a), **as_object(b)}
        elif isinstance(a, list) and isinstance(b, list):
            kept = a + b if word == "required" else [x for x in a if _is_plain(x) and x in b]
            joined[word] = kept or b
        elif low is not None and high is not None and word in ("minimum", "exclusiveMinimum"):
            joined[word] = max(low, high)
        elif low is not None and high is not None and word in ("maximum", "exclusiveMaximum"):
            joined[word] = min(low, high)
    return joined


def _any_of(rules: list[Json]) -> Json:
    """One rule for several to choose from: all the values they list, else the first of them."""
    real = [
        rule for rule in rules if rule.get("type") != "null" and rule.get("const", 0) is not None
    ]
    first = real[0] if real else {}
    kinds = [kind for rule in real for kind in _types(rule)]
    if values := [value for rule in real for value in _listed(rule)]:
        first = {"enum": values}
    null = ["null"] if len(real) < len(rules) else []
    return {**first, **({"type": kinds + null} if kinds else {})}


def _listed(rule: Json) -> list[object]:
    """The values a rule lists; empty where it lists none."""
    if "const" in rule:
        return [rule["const"]]
    values = rule.get("enum")
    return [v for v in values if v is not None] if isinstance(values, list) else []


def _types(rule: Json) -> list[str]:
    kinds = rule.get("type")
    return [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []


def _only_value(rule: Json) -> list[object]:
    """What a key we do not know is sent with: its default, the one value it may have, or null."""
    default, values = rule.get("default"), _listed(rule)
    for value in [default] if default is not None else values if len(values) == 1 else []:
        with contextlib.suppress(RecursionError):
            if _is_plain(value) or len(json.dumps(value)) <= _LONGEST_DEFAULT:
                return [value]
    return [None] if "null" in _types(rule) else []


def _is_plain(value: object) -> bool:
    """Neither a list nor an object, which may be deeper than can be compared."""
    return not isinstance(value, list | dict)


def _key_of(name: str, props: dict[str, Json]) -> str | None:
    """The schema's key for a request's field, if it takes what we have to say there."""
    key = find_key(props, FIELD_KEYS[name])
    if key is None:
        return None
    kinds, values = set(_types(props[key])) - {"null"}, _listed(props[key])
    if name in _FLAGS:  # with one value alone there is nothing to choose
        fits = not kinds or "boolean" in kinds
        fits = fits and len(values) != 1 and all(isinstance(value, bool) for value in values)
    else:
        fits = not kinds or bool(values) or bool(kinds & _TYPES.get(name, {"string"}))
    return key if fits else None


def _frame_fields(props: Json) -> tuple[FrameField | None, FrameField | None]:
    start, end = find_key(props, START_NAMES), find_key(props, END_NAMES)
    array = find_key(props, ARRAY_NAMES)
    if start is None and array is not None:
        return FrameField(array, 0), FrameField(array, 1)
    return (FrameField(start) if start else None), (FrameField(end) if end else None)


# --- rules ---


def _choice_rule(
    rule: Json, known: Choice, called: Callable[[str], str] = lambda text: text
) -> Choice:
    """The words a rule lists; ``called`` gives the one that is shown and kept for each."""
    sent: dict[str, object] = {}
    for value in _listed(rule)[:_MOST_CHOICES]:
        if (text := _word(value)) is not None:
            sent.setdefault(called(text), value)
    values = tuple(sent) or known.values
    default = called(_word(rule.get("default")) or "")
    if default not in values:
        default = known.default if known.default in values else values[0]
    spelled = tuple(sent.values())
    return Choice(values, default, () if spelled == values else spelled)


def _style_rule(rule: Json, required: bool) -> Choice:
    """The styles; where nobody has to choose one, none is one of them."""
    found = _choice_rule(rule, BUNDLED.style)
    if "none" in found.values or required or rule.get("default") is not None:
        return found
    most = _MOST_CHOICES - 1
    sent = ("none", *found.sent[:most]) if found.sent else ()
    return Choice(("none", *found.values[:most]), "none", sent)


def _range_rule(rule: Json, known: IntRange) -> IntRange:
    """Whole numbers: some that are listed, or all from one to another."""
    default = _count(rule.get("default"))
    default = known.default if default is None else default
    low, high = _limits(rule, known)
    sent: dict[int, object] = {}
    for value in _listed(rule):
        if (number := _count(value)) is not None and 0 <= number <= _LARGEST_NUMBER:
            sent.setdefault(number, value)
    step = _number(rule.get("multipleOf"))
    if not sent and step and step != 1 and high - low < 10_000:
        sent = {n: n for n in range(low, high + 1) if abs(n / step - round(n / step)) < 1e-9}
    texts = _types(rule) and not set(_types(rule)) & _NUMBERS
    if not sent and texts and high - low < _MOST_CHOICES:
        sent = {n: str(n) for n in range(low, high + 1)}
    allowed = tuple(sorted(sent))[:_MOST_CHOICES]
    if allowed:
        spelled = tuple(sent[number] for number in allowed)
        other = spelled if any(type(value) is not int for value in spelled) else ()
        found = IntRange(allowed[0], allowed[-1], None, allowed, other)
    else:
        found = IntRange(low, high)
    return replace(found, default=None if default is None else found.nearest(default))


def _limits(rule: Json, known: IntRange) -> tuple[int, int]:
    """The smallest and the largest whole number, in all the ways to say them."""
    low, high = _number(rule.get("minimum")), _number(rule.get("maximum"))
    above, below = rule.get("exclusiveMinimum"), rule.get("exclusiveMaximum")
    lows = [] if low is None else [floor(low) + 1 if above is True else ceil(low)]
    highs = [] if high is None else [ceil(high) - 1 if below is True else floor(high)]
    lows += [floor(number) + 1 for number in (_number(above),) if number is not None]
    highs += [ceil(number) - 1 for number in (_number(below),) if number is not None]
    least = max([known.minimum, *lows])
    most = min([_LARGEST_NUMBER, *(highs or [max(known.maximum, least)])])
    return (least, most) if least <= most else (known.minimum, known.maximum)


def _text_rule(rule: Json, known: Text) -> Text:
    longest = _count(rule.get("maxLength"))
    longest = min(longest, _LONGEST_TEXT) if longest else known.max_length
    default = rule.get("default")
    return Text(longest, (default if isinstance(default, str) else known.default)[:longest])


def _flag(name: str, props: dict[str, Json], known: bool) -> bool:
    """Yes or no where nothing is said: the one value there is, the default, else as known."""
    rule = props.get(find_key(props, FIELD_KEYS[name]) or "", {})
    values = _listed(rule)
    value = values[0] if len(values) == 1 else rule.get("default")
    return value if isinstance(value, bool) else known


# --- values ---


def _number(value: object) -> float | None:
    """A number that can be meant; no boolean, nothing endless."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 1e15 else None


def _count(value: object) -> int | None:
    """A whole number, also as a text ("5", "5 s")."""
    if isinstance(value, str):
        found = _SECONDS.fullmatch(value.strip())
        return int(found[1]) if found else None
    number = _number(value)
    return int(number) if number is not None and number == int(number) else None


def _word(value: object) -> str | None:
    """A choice as a text; None for what can be neither shown nor stored."""
    number = _number(value)
    text = value if isinstance(value, str) else None if number is None else f"{number:.10g}"
    return text if text and len(text) <= _LONGEST_CHOICE and plain(text) == text else None


def _lines(text: str) -> str:
    """A resolution as it is called here: "720" and "720P" are "720p"."""
    found = _LINES.fullmatch(text)
    return f"{found[1]}p" if found else text
