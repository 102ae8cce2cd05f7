"""What a model says it costs: a flat price, one a second, one by resolution, or nothing usable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pixverse_desktop.core.credits import credits_text


@dataclass(frozen=True, slots=True)
class PriceRule:
    """Credits as listed: ``amount`` None means that no price could be read.

    ``by_resolution`` goes before ``amount`` where it names the clip's resolution. Both are a clip's
    price, or with ``a_second`` that of one second of it. A clip's price is sure for the default run
    alone, which is ``usual``: resolution, sound and seconds.
    """

    amount: Decimal | None
    a_second: bool = False
    by_resolution: Mapping[str, Decimal] = field(default_factory=dict)
    usual: tuple[str, bool, int] = field(default=("720p", True, 5), compare=False)

    def __hash__(self) -> int:
        return hash((self.amount, self.a_second))

    def listed(self, resolution: str, seconds: int) -> Decimal | None:
        """The listed price of such a clip; None where it cannot be told."""
        amount = self.by_resolution.get(resolution, self.amount)
        if amount is None or (self.a_second and not seconds):
            return None
        return amount * seconds if self.a_second else amount

    def __str__(self) -> str:
        """For people: "10 credits", "1 to 8 credits a second"."""
        amounts = sorted({*self.by_resolution.values(), *([self.amount] if self.amount else [])})
        if not amounts:
            return "price unknown"
        low, high = credits_text(amounts[0]), credits_text(amounts[-1])
        span = high if low == high else f"{low} to {high}"
        return f"{span} {'credit' if span == '1' else 'credits'}{' a second' * self.a_second}"
