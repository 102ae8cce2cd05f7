"""A clip that was refused for its sound: once more without it, at the price of that."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.states import JobState as S
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.price import LearnedPrices, shape_of
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.jobs.job_actions import JobAction, action_label, asked_by, card_actions
from tests.support.factories import demo_status, make_job

REFUSED = problem(ProblemCode.FAILED, "The generated audio was flagged as sensitive.")


@pytest.mark.parametrize("state", [S.FAILED, S.REJECTED])
def test_it_is_offered_at_its_own_price(state: S) -> None:
    job = make_job(1, state, problem=REFUSED, request=ClipRequest("a fox", seed=1))
    assert card_actions(job, demo_status()) == [JobAction.RETRY, JobAction.RETRY_SILENT]
    asked = asked_by(JobAction.RETRY_SILENT, job)
    assert asked == job.request.changed(audio=False)
    price = LearnedPrices().expected("demo", shape_of(asked), PIXVERSE_V6.price)
    label = action_label(JobAction.RETRY_SILENT, job, demo_status(), price)
    assert label == "Once more, without sound · 7.5–10 credits"


def test_it_is_offered_for_nothing_else() -> None:
    silent = ClipRequest("a fox", seed=1, audio=False)
    for job in (
        make_job(1, S.FAILED, problem=problem(ProblemCode.FAILED, "Too many people.")),
        make_job(1, S.FAILED, problem=REFUSED, request=silent),
        make_job(1, S.FAILED, price=Decimal(10)),
    ):
        assert card_actions(job, demo_status()) == [JobAction.RETRY]
