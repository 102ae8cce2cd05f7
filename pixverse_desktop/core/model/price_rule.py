"""What a model says it costs: a flat price, one a second, one by resolution, or nothing usable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pixverse_desktop.core.messages import Message


@dataclass(frozen=True, slots=True)
class PriceRule:
    """Credits as listed: ``amount`` None means that no price could be read.

    ``by_resolution`` goes before ``amount`` where it names the clip's resolution. Both are a clip's
    price, or with ``a_second`` that of one second of it.
    """

    amount: Decimal | None
    a_second: bool = False
    by_resolution: Mapping[str, Decimal] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.amount, self.a_second))

    def listed(self, resolution: str, seconds: int) -> Decimal | None:
        """The listed price of such a clip; None where it cannot be told."""
        amount = self.by_resolution.get(resolution, self.amount)
        if amount is None or (self.a_second and not seconds):
            return None
        return amount * seconds if self.a_second else amount

    @property
    def words(self) -> Message:
        """For people: "10 credits", "1 to 8 credits a second"."""
        amounts = sorted({*self.by_resolution.values(), *([self.amount] if self.amount else [])})
        if not amounts:
            return Message("price_unknown")
        low, high = amounts[0], amounts[-1]
        span = high if low == high else Message("range", low=low, high=high)
        if span == 1:
            return Message("price_one_a_second" if self.a_second else "price_one", amount=span)
        return Message("price_a_second" if self.a_second else "price", amount=span)

    def __str__(self) -> str:
        return self.words
