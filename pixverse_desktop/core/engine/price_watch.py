"""Prices above what was announced: the queue waits, once for each kind of clip."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from pixverse_desktop.core.credits import HUNDREDTH, ZERO, read_credits, store_credits
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.messages import Message, message_to_json
from pixverse_desktop.core.model.price import shape_of
from pixverse_desktop.core.service import HoldReason

if TYPE_CHECKING:
    from pixverse_desktop.core.engine.session import Session

COST_MARK = "cost: "  # before the sentence, in the remembered fact "paused"
ENDED_BY_USER = frozenset({HoldReason.PAUSED, HoldReason.ASK})


class PriceWatch:
    """Compares what jobs are charged, and will be, with what was announced of them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: dict[str, Decimal] = {}  # the highest the user was told of, by shape
        self._untold: list[str] = []  # jobs charged while the user had paused
        session.repository.on_charge = self._judge_charge

    def recall(self, stored: str) -> None:
        """Take over what the user was told before."""
        self._told = _told_prices(stored)

    def hold(self, text: str) -> None:
        """Another price than expected: wait for the user, over restarts too."""
        self._session.set_hold(HoldReason.COST, UserError(problem(ProblemCode.CREDITS, text)))
        self._session.remember("paused", COST_MARK + text)
        self._session.remember("paused_by", json.dumps(message_to_json(text)))

    def _judge_charge(self, job: Job) -> None:
        """A charge above what was announced stops the queue, however the service told of it."""
        session = self._session
        ours = job.origin == session.origin.id and job.attempt_id is not None
        asked = session.config.hold_on_cost and not session.closing
        if ours and asked and job.credit_cost is not None:
            self._hold_above(job, job.credit_cost, "charged_more")

    def hold_before_sending(self, job: Job) -> bool:
        """Whether the user has to be told first that a job costs more now than was announced."""
        return self._session.config.hold_on_cost and self._hold_above(
            job, self._session.price(job.request_as_sent).high, "costs_more"
        )

    def _hold_above(self, job: Job, amount: Decimal, code: str) -> bool:
        shape = "|".join(map(str, shape_of(job.request_as_sent)))
        if amount <= max(job.price, self._told.get(shape, ZERO)) + HUNDREDTH:
            return False
        hold = self._session.status.hold
        if hold is not None and hold.reason in ENDED_BY_USER:
            self._untold.append(job.id)
            return False
        self._told[shape] = amount
        told = {name: store_credits(price) for name, price in self._told.items()}
        self._session.remember("told_prices", json.dumps(told))
        self.hold(Message(code, amount=amount, expected=job.price))
        return True

    def tell_charges(self) -> None:
        """Tell of the charges that were made while the user had paused."""
        untold, self._untold = self._untold, []
        for job_id in untold:
            self._judge_charge(self._session.repository.get(job_id))


def _told_prices(text: str) -> dict[str, Decimal]:
    try:
        stored = json.loads(text) if text else {}
        found = {str(name): read_credits(amount) for name, amount in stored.items()}
    except (ValueError, AttributeError):
        return {}
    return {name: amount for name, amount in found.items() if amount is not None}
