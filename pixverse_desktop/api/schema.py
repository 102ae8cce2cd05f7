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

from pixverse_desktop.api.json_schema import (
    is_plain,
    number_of,
    properties_of,
    types_of,
    values_of,
)
from pixverse_desktop.api.keys import FIELD_KEYS, Json, as_object, find_key, folded
from pixverse_desktop.core.model.parameters import Group, ModelSpec, ParameterSpec, Source
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID, PIXVERSE_V6
from pixverse_desktop.core.model.rules import (
    Choice,
    Column,
    Flag,
    Image,
    IntRange,
    Number,
    Rows,
    Rule,
    Text,
)
from pixverse_desktop.core.model.rules import Json as JsonRule
from pixverse_desktop.core.text import plain

ARRAY_NAMES = ("image_urls", "images", "frame_images")
_NOT_THE_USERS = ("webhook_url", "webhook", "callback_url", "callback")
_PICTURE = re.compile(
    r"(?:image|picture|photo|frame)s?(?:_?(?:url|uri)s?|s)?$|^(?:image|picture|photo|frame)s?_|"
    r"reference_urls?$",
    re.IGNORECASE,
)
_CLIP = re.compile(r"(?:(?:input|source|init)_?)?video(?:_?ur[il])?", re.IGNORECASE)
_NO_PICTURE = re.compile(r"rate|count|num|size|ratio|type|format|mode|strength|weight|style|fps")

# Beyond these a schema cannot be meant: a form has to show what it says.
_MOST_CHOICES = 100
_LONGEST_CHOICE = 64
_LONGEST_TEXT = 20_000
_LONGEST_DEFAULT = 400  # of a list or object, as JSON
_LARGEST_NUMBER = 2**31 - 1
_MOST_OTHER = 64  # parameters that only this model has
_MOST_PICTURES = 9
_MOST_ROWS = 100
_MOST_COLUMNS = 8
_NOT_FLAT = frozenset({
    "$ref", "anyOf", "oneOf", "not", "if", "enum", "const", "patternProperties", "dependentSchemas",
    "dependentRequired", "dependencies", "minProperties",
})  # fmt: skip
_LENGTHS = frozenset(map(folded, (*FIELD_KEYS["duration_s"], "seconds", "secs", "length_s")))
_LONGEST_LABEL = 40
_LONGEST_HELP = 300
_ONE_LINE = 200
_SECONDS = re.compile(r"(\d{1,9})(?:\.0+)?\s*(?:s|secs?|seconds?)?", re.IGNORECASE | re.ASCII)
_LINES = re.compile(r"(\d{3,4})p?", re.IGNORECASE | re.ASCII)
_NUMBERS = {"integer", "number"}


def read_schema(value: object, model_id: str = MODEL_ID) -> Json | None:
    """The JSON Schema in a reply: ``schema``, else ``requestSchema``, else the body itself."""
    body = as_object(value)
    for candidate in (body.get("schema"), body.get("requestSchema"), body):
        props = properties_of(as_object(candidate))[0]
        # A schema that knows no prompt is not this model's: sending by it would pay for nothing.
        if find_key(props, FIELD_KEYS["prompt"]) or (props and model_id != MODEL_ID):
            return as_object(candidate)
    return None


def model_from_schema(
    schema: Json, source: Source = Source.LIVE, base: ModelSpec = PIXVERSE_V6
) -> ModelSpec:
    """What a schema states; where it is silent about what ``base`` knows, that holds.

    Keys that ``base`` does not know follow as parameters of their own.
    """
    props, required = properties_of(schema)
    known = [_known(spec, props, required) for spec in base.parameters]
    if base.id != MODEL_ID:
        known = [spec for spec in known if spec.offered]
    taken = {spec.wire for spec in known if spec.offered}
    not_ours = set(map(folded, _NOT_THE_USERS))
    others = [key for key in (*props, *required) if key not in taken | {""}]
    others = [key for key in others if folded(key) not in not_ours]
    names = {spec.name for spec in base.parameters}  # those keep their meaning
    found = tuple(
        _other(key, props.get(key, {}), names, required=key in required)
        for key in list(dict.fromkeys(others))[:_MOST_OTHER]
    )
    return replace(base, parameters=(*known, *found), frames_guessed=False, source=source)


def _known(spec: ParameterSpec, props: dict[str, Json], required: tuple[str, ...]) -> ParameterSpec:
    """A parameter of ours under the schema's own key and rule, or as one the model lacks."""
    if isinstance(spec.rule, Image):
        return _frame_spec(spec, props, required)
    key = _key_of(spec, props)
    prop = props.get(key or "", {})
    rule = spec.rule
    match rule:
        case Text():
            rule = _text_rule(prop, rule)
        case Choice():
            rule = _choice_rule(prop, rule, lines_of if spec.name == "resolution" else _same)
            if spec.unsaid is not None and key not in required:
                rule = _with_unsaid(rule, str(spec.unsaid), prop)
            if not rule.values:
                rule = Text(_ONE_LINE, None)
        case IntRange():
            rule = _range_rule(prop, rule)
        case Flag():
            rule = _flag_rule(props.get(find_key(props, FIELD_KEYS[spec.name]) or "", {}), rule)
        case Number() | Image() | Rows() | JsonRule():
            pass
    if key is None:
        rule = replace(rule, default="") if isinstance(rule, Text) else rule
        return replace(spec, rule=rule, offered=False)
    return replace(spec, wire=key, rule=rule, required=spec.required or key in required)


def _frame_spec(
    spec: ParameterSpec, props: dict[str, Json], required: tuple[str, ...]
) -> ParameterSpec:
    """A picture under a key of its own, or in a list that takes start and end."""
    texts = {name: prop for name, prop in props.items() if _holds_texts(prop)}
    key = find_key(texts, FIELD_KEYS[spec.name])
    array = find_key(texts, ARRAY_NAMES)
    rule = Image()
    if array is not None and find_key(texts, FIELD_KEYS["start_frame"]) is None:
        key, rule = array, Image(position=0 if spec.name == "start_frame" else 1)
    if key is None:
        return replace(spec, offered=False)
    needed = key in required and rule.position != 1
    return replace(spec, wire=key, rule=rule, required=needed)


def _holds_texts(prop: Json) -> bool:
    """Whether a picture can be said there as an address: a text, or a list of texts."""
    kinds = set(types_of(prop)) - {"null"}
    items = set(types_of(as_object(prop.get("items")))) - {"null"}
    return not kinds & {"object", "boolean", "integer", "number"} and items <= {"string"}


def _other(key: str, prop: Json, names: set[str], *, required: bool) -> ParameterSpec:
    """A parameter that only this model has; its name is its key, unless that means another one."""
    name = key
    while name in names:
        name += "_"
    names.add(name)
    rule = _rule_of(key, prop)
    if isinstance(rule, Rows) and required and rule.least == 0 and rule.default is None:
        rule = replace(rule, default=[])  # no rows are something to send
    return ParameterSpec(
        name, key, rule, Group.MAIN if required else Group.MORE,
        _label_of(key, prop), _help_of(prop),
        required=required, nullable="null" in types_of(prop),
    )  # fmt: skip


def _label_of(key: str, prop: Json) -> str:
    title = prop.get("title")
    words = title if isinstance(title, str) else key.replace("_", " ").replace("-", " ")
    label = plain(words, _LONGEST_LABEL)
    return label[:1].upper() + label[1:]


def _help_of(prop: Json) -> str:
    said = prop.get("description")
    return plain(said, _LONGEST_HELP) if isinstance(said, str) else ""


def _rule_of(key: str, prop: Json) -> Rule:
    """The rule that fits a property nobody here knows."""
    kinds, values = set(types_of(prop)) - {"null"}, values_of(prop)
    default = _default_of(prop)
    if all(isinstance(value, bool) for value in values) and (values or kinds == {"boolean"}):
        return Flag(default if isinstance(default, bool) else None)
    if len(values) > _MOST_CHOICES:
        return JsonRule(default=default)
    if values and all(map(is_plain, values)):
        choice = _choice_rule({**prop, "default": default}, Choice((), None))
        return choice if choice.values else JsonRule(default=default)
    if kinds and kinds <= _NUMBERS:
        return _number_rule(prop, default, whole=kinds == {"integer"})
    pictured = bool(_PICTURE.search(key)) and not _NO_PICTURE.search(key.lower())
    if kinds == {"string"} and not pictured:
        longest = _longest(prop, _LONGEST_TEXT)
        text = Text(longest, default if isinstance(default, str) else None)
        return replace(text, default=None, clip=True) if _CLIP.fullmatch(key) else text
    if kinds == {"string"}:
        return Image()
    if kinds == {"array"} and pictured and _holds_texts(prop):
        most = whole_number(prop.get("maxItems"))
        return Image(most=max(2, min(most or _MOST_PICTURES, _MOST_PICTURES)))
    rows = _rows_rule(key, prop, default) if kinds == {"array"} else None
    return rows or JsonRule(default=default)


def _rows_rule(key: str, prop: Json, default: object) -> Rows | None:
    """Rows of plain values, or of objects that have nothing else; None for all that is more."""
    item = as_object(prop.get("items"))
    least = 0 if prop.get("minItems") is None else whole_number(prop["minItems"])
    most = _MOST_ROWS if prop.get("maxItems") is None else whole_number(prop["maxItems"])
    if least is None or most is None or not 0 <= least <= min(most, _MOST_ROWS) or most < 1:
        return None
    columns = _columns_of(item, _label_of(key, prop))
    whole = tuple(column for column in columns if column is not None)
    if not whole or len(whole) < len(columns):
        return None
    counts = [column for column in whole if isinstance(column.rule, IntRange | Number)]
    timed = [column for column in counts if folded(column.key) in _LENGTHS]
    rows = Rows(whole, least, min(most, _MOST_ROWS), timed[0].key if timed else "", default)
    return rows if default is None or not rows.problem("", default) else None


def _columns_of(item: Json, label: str) -> list[Column | None]:
    """What every row has; nothing, or None among it, where a row has no room for that."""
    kinds, props = set(types_of(item)), as_object(item.get("properties"))
    if not item or _NOT_FLAT & item.keys() or len(props) > _MOST_COLUMNS:
        return []
    if not props:
        return [_column("", {"title": label, **item}, required=True)]
    listed = item.get("required")
    needed = {n for n in listed if isinstance(n, str)} if isinstance(listed, list) else set()
    if not kinds <= {"object"} or not needed <= props.keys() or "" in props:
        return []
    return [_column(key, rule, required=key in needed) for key, rule in props.items()]


def _column(key: str, prop: object, *, required: bool) -> Column | None:
    """One value of every row; None for one that no row of a form has room for."""
    rule = _rule_of(key, as_object(prop))
    if isinstance(rule, Image | Rows | JsonRule):
        return None
    return Column(key, _label_of(key, as_object(prop)), rule, _help_of(as_object(prop)), required)


def _number_rule(prop: Json, default: object, *, whole: bool) -> Rule:
    usual = number_of(default)
    low, high = number_of(prop.get("minimum")), number_of(prop.get("maximum"))
    if whole:
        return _range_rule(prop, IntRange(-_LARGEST_NUMBER, _LARGEST_NUMBER))
    least_of = -float(_LARGEST_NUMBER) if low is None else low
    most_of = float(_LARGEST_NUMBER) if high is None else high
    step = number_of(prop.get("multipleOf")) or 0.1
    return Number(least_of, max(least_of, most_of), usual, step)


def _default_of(rule: Json) -> object:
    """The default, or the one value there is; None for neither, and for what is too deep."""
    default, values = rule.get("default"), values_of(rule)
    for value in [default] if default is not None else values if len(values) == 1 else []:
        with contextlib.suppress(RecursionError):
            if is_plain(value) or len(json.dumps(value)) <= _LONGEST_DEFAULT:
                return value
    return None


def _key_of(spec: ParameterSpec, props: dict[str, Json]) -> str | None:
    """The schema's key for a parameter of ours, if it takes what we have to say there."""
    key = find_key(props, FIELD_KEYS[spec.name])
    if key is None:
        return None
    kinds, values = set(types_of(props[key])) - {"null"}, values_of(props[key])
    fits = not kinds or bool(values)
    match spec.rule:
        case Flag():  # with one value alone there is nothing to choose
            fits = not kinds or "boolean" in kinds
            fits = fits and len(values) != 1 and all(isinstance(value, bool) for value in values)
        case IntRange() | Number():
            fits = any(whole_number(value) is not None for value in values) if values else fits
            fits = fits or (bool(kinds & _NUMBERS) and not values)
            fits = fits or (spec.name == "duration_s" and "string" in kinds and not values)
        case Text() | Choice():
            fits = fits or "string" in kinds
        case Image() | Rows() | JsonRule():
            fits = True
    return key if fits else None


# --- rules ---


def _same(text: str) -> str:
    return text


def _choice_rule(rule: Json, known: Choice, called: Callable[[str], str] = _same) -> Choice:
    """The words a rule lists; ``called`` gives the one that is shown and kept for each."""
    sent: dict[str, object] = {}
    for value in values_of(rule)[:_MOST_CHOICES]:
        if (text := word_of(value)) is not None:
            sent.setdefault(called(text), value)
    values = tuple(sent) or known.values
    default = called(word_of(rule.get("default")) or "")
    chosen: str | None = default
    if default not in values:
        chosen = known.default if known.default in values or not known.values else values[0]
    spelled = tuple(sent.values())
    return Choice(values, chosen, () if spelled == values else spelled)


def _with_unsaid(found: Choice, unsaid: str, rule: Json) -> Choice:
    """With the word for saying nothing, where nobody has to choose one."""
    if unsaid in found.values or rule.get("default") is not None:
        return found
    most = _MOST_CHOICES - 1
    sent = (unsaid, *found.sent[:most]) if found.sent else ()
    return Choice((unsaid, *found.values[:most]), unsaid, sent)


def _range_rule(rule: Json, known: IntRange) -> IntRange:
    """Whole numbers: some that are listed, or all from one to another."""
    default = whole_number(rule.get("default"))
    default = known.default if default is None else default
    low, high = _limits(rule, known)
    sent: dict[int, object] = {}
    for value in values_of(rule):
        if (number := whole_number(value)) is not None and 0 <= number <= _LARGEST_NUMBER:
            sent.setdefault(number, value)
    step = number_of(rule.get("multipleOf"))
    if not sent and step and step != 1 and high - low < 10_000:
        sent = {n: n for n in range(low, high + 1) if abs(n / step - round(n / step)) < 1e-9}
    texts = types_of(rule) and not set(types_of(rule)) & _NUMBERS
    if not sent and texts and high - low < _MOST_CHOICES:
        sent = {n: str(n) for n in range(low, high + 1)}
    allowed = tuple(sorted(sent))[:_MOST_CHOICES]
    if allowed:
        spelled = tuple(sent[number] for number in allowed)
        other = spelled if any(type(value) is not int for value in spelled) else ()
        found = IntRange(allowed[0], allowed[-1], None, allowed, other, known.unit)
    else:
        found = IntRange(low, high, unit=known.unit)
    return replace(found, default=None if default is None else found.nearest(default))


def _limits(rule: Json, known: IntRange) -> tuple[int, int]:
    """The smallest and the largest whole number, in all the ways to say them."""
    low, high = number_of(rule.get("minimum")), number_of(rule.get("maximum"))
    above, below = rule.get("exclusiveMinimum"), rule.get("exclusiveMaximum")
    lows = [] if low is None else [floor(low) + 1 if above is True else ceil(low)]
    highs = [] if high is None else [ceil(high) - 1 if below is True else floor(high)]
    lows += [floor(number) + 1 for number in (number_of(above),) if number is not None]
    highs += [ceil(number) - 1 for number in (number_of(below),) if number is not None]
    least = max([known.minimum, *lows])
    most = min([_LARGEST_NUMBER, *(highs or [max(known.maximum, least)])])
    return (least, most) if least <= most else (known.minimum, known.maximum)


def _text_rule(rule: Json, known: Text) -> Text:
    longest = _longest(rule, known.max_length)
    default = rule.get("default")
    return Text(longest, (default if isinstance(default, str) else known.default or "")[:longest])


def _longest(rule: Json, known: int) -> int:
    """The most characters, as far as that can be meant."""
    length = whole_number(rule.get("maxLength")) or 0
    return min(length, _LONGEST_TEXT) if length > 0 else known


def _flag_rule(rule: Json, known: Flag) -> Flag:
    """Yes or no where nothing is said: the one value there is, the default, else as known."""
    values = values_of(rule)
    value = values[0] if len(values) == 1 else rule.get("default")
    return Flag(value) if isinstance(value, bool) else known


# --- values ---


def whole_number(value: object) -> int | None:
    """A whole number, also as a text ("5", "5 s")."""
    if isinstance(value, str):
        found = _SECONDS.fullmatch(value.strip())
        return int(found[1]) if found else None
    number = number_of(value)
    return int(number) if number is not None and number == int(number) else None


def word_of(value: object) -> str | None:
    """A choice as a text; None for what can be neither shown nor stored."""
    number = number_of(value)
    text = value if isinstance(value, str) else None if number is None else f"{number:.10g}"
    return text if text and len(text) <= _LONGEST_CHOICE and plain(text) == text else None


def lines_of(text: str) -> str:
    """A resolution as it is called here: "720" and "720P" are "720p"."""
    found = _LINES.fullmatch(text)
    return f"{found[1]}p" if found else text
