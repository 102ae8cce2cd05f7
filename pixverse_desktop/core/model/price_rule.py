"""What a model says it costs: a flat price, one a second, by resolution, or nothing usable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal

from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record


@record
class PriceRule:
    """Credits as listed: ``amount`` None means that no price could be read.

    ``by_resolution`` goes before ``amount`` where it names the clip's resolution. Both are a clip's
    price, or with ``a_second`` that of one second of it. ``most`` is the largest amount that was
    listed anywhere: the upper end where it is not clear which of them holds. A clip's price is sure
    for the default run alone, which is ``usual``: resolution, sound and seconds; ``longest`` is the
    length in seconds that counts where a clip's own cannot be told.
    """

    amount: Decimal | None
    a_second: bool = False
    by_resolution: Mapping[str, Decimal] = field(default_factory=dict)
    most: Decimal | None = None
    usual: tuple[str, bool, int] = field(default=("720p", True, 5), compare=False)
    longest: int = field(default=10, compare=False)

    def __hash__(self) -> int:
        return hash((self.amount, self.a_second))

    def listed(self, resolution: str, seconds: int) -> tuple[Decimal, Decimal] | None:
        """The listed price of such a clip, from and to; None where there is none to read."""
        amounts = sorted(self._amounts())
        if not amounts:
            return None
        table = {name.lower(): price for name, price in self.by_resolution.items()}
        sure = table.get(resolution.lower())
        if sure is None and not table and self.most in (None, self.amount):
            sure = self.amount
        low, high = (amounts[0], amounts[-1]) if sure is None else (sure, sure)
        if not self.a_second:
            return low, high
        return low * (seconds or 1), high * (seconds or self.longest)

    def names(self, resolution: str) -> bool:
        """Whether a resolution has a price of its own."""
        return resolution.lower() in {name.lower() for name in self.by_resolution}

    def _amounts(self) -> set[Decimal]:
        single = {one for one in (self.amount, self.most) if one is not None}
        return {*self.by_resolution.values(), *single}

    @property
    def words(self) -> Message:
        """For people: "10 credits", "1 to 8 credits a second"."""
        amounts = sorted(self._amounts())
        if not amounts:
            return Message("price_unknown")
        low, high = amounts[0], amounts[-1]
        span = high if low == high else Message("range", low=low, high=high)
        if span == 1:
            return Message("price_one_a_second" if self.a_second else "price_one", amount=span)
        return Message("price_a_second" if self.a_second else "price", amount=span)

    def __str__(self) -> str:
        return self.words
