"""What the service says its models cost, in every shape it says it in.

A number, ``{"type": "fixed", "amount"}``, a price a second, a table by resolution (as an object or
as rows), and combinations of these; section 3 of the service's contract.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from pixverse_desktop.api.keys import as_object, find, folded
from pixverse_desktop.core.credits import read_credits
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.ports import ListedModel
from pixverse_desktop.core.text import plain

_MOST_PRICES = 100
_MOST_MODELS = 2000
_LINES = re.compile(r"\d{3,4}p?", re.IGNORECASE | re.ASCII)
_AMOUNTS = frozenset({"amount", "default", "cost", "credits", "price", "value", "min", "base"})
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,127}")  # what an id of a model may look like


def price_rule(entry: object) -> PriceRule | None:
    """The price in a model's entry, in every shape there is; None when there is none to read."""
    return _price(as_object(entry).get("creditCost"))


def _price(cost: object, *, a_second: bool = False, depth: int = 0) -> PriceRule | None:
    if not isinstance(cost, dict):
        amount = read_credits(cost)
        return None if amount is None else PriceRule(amount, a_second)
    if depth > 3:
        return None
    words = " ".join(str(cost.get(name, "")) for name in ("type", "unit", "per", "billing"))
    a_second = a_second or "second" in words.lower()
    table: dict[str, Decimal] = {}
    plain_amount: Decimal | None = None
    for key, value in list(cost.items())[:_MOST_PRICES]:
        name, found = folded(key), read_credits(value)
        if found is None and isinstance(value, dict | list) and not table:
            table, deeper = _price_table(value)
            inner = _price(value, a_second=a_second, depth=depth + 1) if not table else None
            if inner is not None:
                return inner if "second" not in name else replace(inner, a_second=True)
            a_second = a_second or deeper or "second" in name
        elif found is not None and _LINES.fullmatch(key.strip()):
            table[_lines(key)] = found
        elif found is not None and "second" in name:
            return PriceRule(found, a_second=True)
        elif (
            found is not None and (name in _AMOUNTS) and (plain_amount is None or name == "amount")
        ):
            plain_amount = found
    if plain_amount is None and not table:
        return None
    return PriceRule(plain_amount, a_second, table)


def _price_table(value: object) -> tuple[dict[str, Decimal], bool]:
    """Prices by resolution, as an object or as a list of rows; and whether they are a second's."""
    found: dict[str, Decimal] = {}
    a_second = False
    if isinstance(value, dict):
        pairs = [(str(key), one) for key, one in value.items()]
    else:
        rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        pairs = [(str(find(row, "resolution", "quality", "name") or ""), row) for row in rows]
    for key, one in pairs[:_MOST_PRICES]:
        rule = _price(one, depth=3) if isinstance(one, dict) else _price(one)
        if rule is not None and rule.amount is not None and _LINES.fullmatch(key.strip()):
            found[_lines(key)] = rule.amount
            a_second = a_second or rule.a_second
    return found, a_second


def _lines(key: str) -> str:
    """A resolution as it is called here."""
    return f"{key.strip().lower().removesuffix('p')}p"


def listed_models(value: object) -> list[ListedModel]:
    """Id, name and price of every video model in the service's list."""
    body = as_object(value)
    models = body.get("models") or body.get("data") or (value if isinstance(value, list) else [])
    found = []
    for entry in models[:_MOST_MODELS] if isinstance(models, list) else ():
        model_id = find(as_object(entry), "apiId", "id")
        kind = str(find(as_object(entry), "modality", "type") or "video").lower()
        if isinstance(model_id, str) and MODEL_NAME.fullmatch(model_id) and "video" in kind:
            name = plain(str(find(as_object(entry), "name") or model_id), 80)
            found.append(ListedModel(model_id, name, price_rule(entry)))
    return found
