"""What the service says its models cost, in every shape it says it in.

A number, ``{"type": "fixed", "amount"}``, a price a second, a table by resolution (as an object or
as rows), and combinations of these; section 3 of the service's contract.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from pixverse_desktop.api.keys import Json, as_object, find, folded
from pixverse_desktop.core.credits import read_credits
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.ports import ListedModel
from pixverse_desktop.core.text import plain

_MOST_PRICES = 100
_MOST_MODELS = 2000
_DEEPEST = 4
_LINES = re.compile(r"\d{3,4}p?", re.IGNORECASE | re.ASCII)
_THOUSANDS = re.compile(r"\d{1,2}k", re.IGNORECASE | re.ASCII)
_UNITS = ("type", "unit", "per", "billing", "currency")
_AMOUNTS = frozenset({"amount", "cost", "credits", "price", "value"})
# Numbers beside a price that are none: lengths, limits, versions, shares and counts.
_MEASURES = re.compile(
    "seconds|secs|duration|length|minute|hour|version|revision|percent|pct|discount|multiplier"
    "|limit|quota|count|number|quantity|pixels|width|height|timestamp"
)
_MEASURE_WORDS = frozenset(
    {"bytes", "clips", "created", "days", "expires", "factor", "fps", "id", "images", "ms", "ratio",
     "requests", "sec", "second", "size", "steps", "updated", "videos", "year"}
)  # fmt: skip
_BOUNDS = frozenset({"min", "max", "minimum", "maximum", "first", "free"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SEVERAL_SECONDS = re.compile(r"(?<!\d)(?!1\D)\d+[ _-]*s(ec|\b)", re.ASCII)
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,127}")  # what an id of a model may look like


def price_rule(entry: object) -> PriceRule | None:
    """The price in a model's entry, in every shape there is; None when there is none to read.

    Every amount counts: where it is not clear which of them holds, the largest is the upper end.
    """
    found = _Amounts()
    found.read(as_object(entry).get("creditCost"))
    amounts = found.named | found.others
    if found.named:  # the documented names; "default" is that of the usual clip
        amounts -= found.usual - found.named
    else:
        amounts |= found.usual
    if not amounts and not found.table:
        return None
    if found.table:
        amounts -= found.usual
    most = max({*amounts, *found.table.values()})
    plain_amount = None if found.table else min(amounts)
    same = not found.table and most == plain_amount
    return PriceRule(plain_amount, found.a_second, found.table, None if same else most)


class _Amounts:
    """What a walk through a price finds; no deeper and no more than a price can be."""

    def __init__(self) -> None:
        self.named: set[Decimal] = set()  # ``amount`` and the like, or a number by itself
        self.usual: set[Decimal] = set()  # ``default``
        self.others: set[Decimal] = set()
        self.table: dict[str, Decimal] = {}
        self.a_second = False  # also where only some are: then the dearer reading is the safe one
        self._left = _MOST_PRICES

    def read(
        self,
        value: object,
        resolution: str = "",
        name: str = "amount",
        a_second: bool = False,
        depth: int = 0,
    ) -> None:
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            return
        if isinstance(value, dict):
            units = (str(value.get(key, ""))[:40] for key in _UNITS)
            a_second = a_second or any(map(_means_a_second, units))
            of = find(value, "resolution", "quality")
            resolution = _resolution(str(of)) if of is not None else resolution
            for key, one in value.items():
                inner = _resolution(str(key)) or resolution
                self.read(one, inner, str(key), a_second or _is_of_a_second(str(key)), depth + 1)
        elif isinstance(value, list) and depth:
            for one in value:
                if isinstance(one, dict):
                    self.read(one, resolution, name, a_second, depth + 1)
        elif (amount := read_credits(value)) is not None and amount > 0 and _is_amount(name):
            self.a_second = self.a_second or a_second
            self._take(amount, resolution, folded(name))

    def _take(self, amount: Decimal, resolution: str, name: str) -> None:
        if resolution:
            self.table[resolution] = max(amount, self.table.get(resolution, amount))
        elif name == "default":
            self.usual.add(amount)
        elif name in _AMOUNTS or "second" in name:
            self.named.add(amount)
        else:
            self.others.add(amount)


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name[:80])}


def _is_amount(name: str) -> bool:
    """Whether a number of that name may be credits."""
    if _is_of_a_second(name):
        return True
    word = folded(name)
    measured = _MEASURES.search(word) or _words(name) & _MEASURE_WORDS
    return word not in (*_UNITS, "resolution", "quality") and not measured


def _is_of_a_second(name: str) -> bool:
    """Whether what bears that name is the price of a second: ``perSecond``, not ``maxSeconds``."""
    word = folded(name)
    return "persec" in word or (word.endswith("second") and not _words(name) & _BOUNDS)


def _means_a_second(unit: str) -> bool:
    """Whether a type or unit is the second: "per_second" and "s", not "5 seconds"."""
    if _SEVERAL_SECONDS.search(unit.lower()):
        return False
    return "second" in unit.lower() or bool(_words(unit) & {"sec", "secs", "s"})


def _resolution(key: str) -> str:
    """A resolution as it is called here ("720" is "720p"); "" for another word."""
    name = key.strip()
    if _LINES.fullmatch(name):
        return f"{name.lower().removesuffix('p')}p"
    return name.upper() if _THOUSANDS.fullmatch(name) else ""


def listed_entries(value: object) -> Iterator[tuple[str, Json]]:
    """The id of every model in the service's list, with what the list says about it."""
    body = as_object(value)
    models = body.get("models") or body.get("data") or (value if isinstance(value, list) else [])
    for row in models[:_MOST_MODELS] if isinstance(models, list) else ():
        entry = as_object(row)
        model_id = find(entry, "apiId", "id")
        if isinstance(model_id, str) and MODEL_NAME.fullmatch(model_id):
            yield model_id, entry


def listed_models(value: object) -> list[ListedModel]:
    """Id, name and price of every video model in the service's list."""
    found = []
    for model_id, entry in listed_entries(value):
        if "video" in str(find(entry, "modality", "type") or "video").lower():
            name = plain(str(find(entry, "name") or model_id), 80)
            found.append(ListedModel(model_id, name, price_rule(entry)))
    return found
