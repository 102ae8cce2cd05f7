"""The check of the service, within the budget that all questions to it share."""

from __future__ import annotations

import math

from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import ServiceReport


async def check_service(session: Session) -> ServiceReport:
    """Whether the service speaks as this program assumes; spends nothing.

    While the service asks to wait, it is not asked: the report says when it can be.
    """
    budget = session.budget
    if wait_s := budget.cool_down_s():
        later = Message("check_later", seconds=math.ceil(wait_s))
        return ServiceReport([later], reached=False)
    while wait_s := budget.poll_delay_s():
        await session.ports.clock.sleep(wait_s)
    report = await session.ports.run(Lane.NETWORK, session.service.check)
    for rate in report.rates:
        budget.record()
        session.observe(rate)
    return report
