"""A JSON Schema put together: references followed and parts joined, as far as one can be meant."""

from __future__ import annotations

from pixverse_desktop.api.keys import Json, as_object

_MOST_PARTS = 2000  # of a schema that are read; references may go round in circles


def properties_of(schema: Json) -> tuple[dict[str, Json], tuple[str, ...]]:
    """The properties, each with its references followed and its parts put together, and the names
    of those that are required."""
    reader = _Reader(schema)
    whole = reader.flat(schema, choose=False)
    found = {
        name: reader.with_items(reader.flat(prop))
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

    def with_items(self, rule: Json) -> Json:
        """An array's rule with that of its items put together too, one level deep; alternatives
        between whole items stay, for no single rule says what they do."""
        if not isinstance(rule.get("items"), dict):
            return rule
        item = dict(self.flat(rule["items"], choose=False))
        if inside := as_object(item.get("properties")):
            item["properties"] = {
                name: self.flat(prop) for name, prop in inside.items() if prop is not False
            }
        return {**rule, "items": item}

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
        low, high = number_of(a), number_of(b)
        if word == "properties":
            joined[word] = {**as_object(a), **as_object(b)}
        elif isinstance(a, list) and isinstance(b, list):
            both = {repr(x) for x in b if is_plain(x)}  # True is not 1 here
            kept = (
                a + b if word == "required" else [x for x in a if is_plain(x) and repr(x) in both]
            )
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
    kinds = [kind for rule in real for kind in types_of(rule)]
    if values := [value for rule in real for value in values_of(rule)]:
        first = {"enum": values}
    null = ["null"] if len(real) < len(rules) else []
    return {**first, **({"type": kinds + null} if kinds else {})}


def values_of(rule: Json) -> list[object]:
    """The values a rule lists; empty where it lists none."""
    if "const" in rule:
        return [rule["const"]]
    values = rule.get("enum")
    return [v for v in values if v is not None] if isinstance(values, list) else []


def types_of(rule: Json) -> list[str]:
    kinds = rule.get("type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [kind for kind in listed if isinstance(kind, str)]


def is_plain(value: object) -> bool:
    """Neither a list nor an object, which may be deeper than can be compared."""
    return not isinstance(value, list | dict)


def number_of(value: object) -> float | None:
    """A number that can be meant; no boolean, nothing endless."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 1e15 else None
