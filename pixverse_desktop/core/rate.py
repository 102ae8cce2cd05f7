"""What credits cost in money, as the user says."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from pixverse_desktop.core.credits import HUNDREDTH
from pixverse_desktop.core.records import record


@record
class Rate:
    """``credits`` cost ``money``, both above 0, in ``currency`` as the user writes it."""

    credits: Decimal
    money: Decimal
    currency: str

    def money_for(self, credits: Decimal) -> Decimal:
        """What an amount of credits costs, to the hundredth."""
        return (credits * self.money / self.credits).quantize(HUNDREDTH, ROUND_HALF_UP)


def rate_of(credits: Decimal, money: Decimal, currency: str) -> Rate | None:
    """The rate, unless one of the three is not given."""
    return Rate(credits, money, currency) if credits and money and currency else None
