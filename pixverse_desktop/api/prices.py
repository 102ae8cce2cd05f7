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
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,127}")  # what an id of a model may look like


def price_rule(entry: object) -> PriceRule | None:
    """The price in a model's entry, in every shape there is; None when there is none to read.

    Every amount counts: where it is not clear which of them holds, the largest is the upper end.
    """
    found = _Amounts()
    found.read(as_object(entry).get("creditCost"))
    if found.named is not None:  # the documented names; "default" is that of the usual clip
        found.others.discard(found.usual)
    single = found.named if found.named is not None else found.usual
    amounts = {one for one in (single, *found.others) if one is not None}
    if not amounts and not found.table:
        return None
    if found.table:
        amounts.discard(found.usual)
    most = max({*amounts, *found.table.values()})
    plain_amount = None if found.table else min(amounts)
    same = not found.table and most == plain_amount
    return PriceRule(plain_amount, found.a_second, found.table, None if same else most)


class _Amounts:
    """What a walk through a price finds; no deeper and no more than a price can be."""

    def __init__(self) -> None:
        self.named: Decimal | None = None  # ``amount``, or a number by itself
        self.usual: Decimal | None = None  # ``default``
        self.others: set[Decimal | None] = set()
        self.table: dict[str, Decimal] = {}
        self.a_second = False
        self._left = _MOST_PRICES

    def read(
        self, value: object, resolution: str = "", name: str = "amount", depth: int = 0
    ) -> None:
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            return
        if isinstance(value, dict):
            words = " ".join(str(value.get(key, ""))[:40] for key in _UNITS)
            self.a_second = self.a_second or "second" in words.lower()
            of = find(value, "resolution", "quality")
            resolution = _resolution(str(of)) if of is not None else resolution
            for key, one in value.items():
                self.a_second = self.a_second or "second" in folded(str(key))
                inner = _resolution(str(key)) or resolution
                self.read(one, inner, folded(str(key)), depth + 1)
        elif isinstance(value, list) and depth:
            for one in value:
                if isinstance(one, dict):
                    self.read(one, resolution, name, depth + 1)
        elif (amount := read_credits(value)) is not None and amount > 0 and name not in _UNITS:
            self._take(amount, resolution, name)

    def _take(self, amount: Decimal, resolution: str, name: str) -> None:
        if name in ("resolution", "quality"):
            return
        if resolution:
            self.table[resolution] = max(amount, self.table.get(resolution, amount))
        elif name == "default":
            self.usual = amount
        elif name in _AMOUNTS or "second" in name:
            self.named = amount if self.named is None else max(self.named, amount)
        else:
            self.others.add(amount)


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
