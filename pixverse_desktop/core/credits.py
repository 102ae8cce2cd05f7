"""Amounts of credits: exact decimals, since the service charges fractions of one."""

from __future__ import annotations

import re
from decimal import Decimal

ZERO = Decimal(0)
HUNDREDTH = Decimal("0.01")  # charges are rounded: what differs by no more is the same price
MOST = 10**9  # no account and no clip has more
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,30})?")
_FINEST = Decimal("0.000001")


def read_credits(value: object) -> Decimal | None:
    """An amount from a JSON number or a text such as "12.5"; None when it cannot be one.

    Negative amounts, NaN, truth values and everything from a thousand million on are none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if not isinstance(value, str):
        # The shortest decimal of a float is what stood in the JSON; the comparison keeps NaN,
        # infinity and whole numbers of any length away from the conversion.
        return Decimal(repr(value)).quantize(_FINEST) if 0 <= value < MOST else None
    text = value.strip()
    return Decimal(text).quantize(_FINEST) if _AMOUNT.fullmatch(text) else None


def store_credits(value: object) -> int | str:
    """The stored form of an amount, as a ``default`` for ``json``: whole numbers as they were
    always written, fractions as text. Raises TypeError for anything else."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} cannot be stored")
    return int(value) if value == int(value) else _shortest(f"{value:f}")


def credits_number(value: Decimal | None) -> int | float | None:
    """An amount as a JSON number, whole when it is whole."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def credits_text(value: Decimal) -> str:
    """An amount for people: ``1,234.5``, without needless zeros."""
    return _shortest(f"{value:,f}")


def credits_plain(value: Decimal) -> str:
    """An amount for programs: ``1234.5``, without needless zeros."""
    return _shortest(f"{value:f}")


def _shortest(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
