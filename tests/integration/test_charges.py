"""What is charged, against a service that charges fractions, other prices, or in silence."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from pixverse_desktop.api.schema import model_from_schema
from pixverse_desktop.core.jobs.spending import Limits, Period
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.messages import Message, message_to_json
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import any_model
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import Budget, HoldReason
from pixverse_desktop.ui.spend.figures import Choice, figures
from tests.support.engine_harness import paid_harness
from tests.support.factories import SHORT, accepted_job
from tests.support.loops import EPOCH, in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import reset

S = JobState
DEFAULT_RUN = replace(SHORT, resolution="720p", duration_s=5)


@pytest.mark.parametrize("as_text", [False, True], ids=["number", "text"])
@in_virtual_time
async def test_a_charge_with_a_fraction_is_kept_shown_and_counted(
    as_text: bool, tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        cost, left = ("99.5", "900.5") if as_text else (99.5, 900.5)
        service.always["run"] = service.receipt(creditCost=cost, creditsRemaining=left)
        harness = paid_harness(
            service, tmp_path, key, limits=Limits(Decimal(50)), hold_on_cost=False
        )
        async with harness:
            await harness.ask(5)
            await harness.until(lambda: harness.held_for() is HoldReason.LIMIT)
            await asyncio.sleep(600)
            assert len(service.charges) == 1
            assert harness.job().credit_cost == Decimal("99.5")
            assert harness.engine.session.status.credits == Decimal("900.5")
    lines = [
        line.partition(" ")[2] for line in (tmp_path / "journal.jsonl").read_text().split("\n")
    ]
    data = json.loads(json.loads(lines[-2])["row"][8])
    assert data["credit_cost"] in ("99.5", None)


@in_virtual_time
async def test_a_dearer_price_is_asked_about_once_and_then_known(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.always["run"] = service.receipt(creditCost=23)
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask(6, DEFAULT_RUN)
            await harness.until(lambda: harness.held_for() is HoldReason.COST)
            await asyncio.sleep(3600)
            assert len(service.charges) == 1
            assert harness.hold
            assert harness.hold.problem
            assert "charged 23 credits instead of 10" in harness.hold.problem.message
            harness.engine.resume()
            await harness.until_states(*[S.SAVED] * 6)
            assert harness.hold is None
            assert str(harness.engine.price(DEFAULT_RUN)) == "23"
        async with paid_harness(service, tmp_path, key) as again:  # and after a start
            (job,) = await again.ask(1, DEFAULT_RUN)
            assert job.price == 23
            await again.until(lambda: again.job(job).state is S.SAVED)
            assert again.hold is None


@pytest.mark.parametrize("told_by", ["this version", "an earlier one", "an earlier one since"])
@in_virtual_time
async def test_why_the_queue_waits_is_known_after_a_restart(
    told_by: str, tmp_path: Path, key: str
) -> None:
    said = Message("charged_more", amount=Decimal("12.5"), expected=Decimal(10))
    facts = {
        "paused": f"cost: {said}" + " Indeed." * (told_by == "an earlier one since"),
        "paused_by": json.dumps(message_to_json(said)) * (told_by != "an earlier one"),
    }
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            harness.engine.session.recall(facts, {})
            assert harness.held_for() is HoldReason.COST
            assert harness.hold
            assert harness.hold.problem
            message = harness.hold.problem.message
            assert message == facts["paused"].removeprefix("cost: ")
            assert isinstance(message, Message) is (told_by == "this version")


@in_virtual_time
async def test_a_charge_within_what_was_announced_stops_nothing(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.next["run"] = [service.receipt(creditCost=57.5), service.receipt(creditCost=4)]
        async with paid_harness(service, tmp_path, key) as harness:
            long = replace(SHORT, resolution="1080p", duration_s=15)
            await harness.ask(1, long)
            await harness.ask(1, DEFAULT_RUN)  # cheaper than the listed ten
            await harness.until_states(S.SAVED, S.SAVED)
            assert harness.hold is None


@in_virtual_time
async def test_two_prices_in_turn_stop_the_queue_once(tmp_path: Path, key: str) -> None:
    """A price may depend on what is not known to matter: the same reason is not told twice."""

    with PaidService() as service:
        service.next["run"] = [service.receipt(creditCost=c) for c in (15, 10, 15, 10, 15)]
        async with paid_harness(service, tmp_path, key, jobs_at_a_time=20) as harness:
            await harness.ask(5, DEFAULT_RUN)
            await harness.until(lambda: harness.held_for() is HoldReason.COST)
            harness.engine.resume()
            await harness.until_states(*[S.SAVED] * 5)
            assert harness.hold is None


@in_virtual_time
async def test_the_limit_counts_the_price_that_is_known(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.always["run"] = service.receipt(creditCost=57)
        async with paid_harness(service, tmp_path, key, limits=Limits(Decimal(100))) as harness:
            await harness.ask(3, DEFAULT_RUN)
            await harness.until(lambda: harness.held_for() is HoldReason.COST)
            harness.engine.resume()
            await harness.until(lambda: harness.held_for() is HoldReason.LIMIT)
            await asyncio.sleep(600)
            assert len(service.charges) == 1  # 57 + 57 would pass 100
            budget = Budget(Period.DAY, Decimal(43), Decimal(100))
            assert harness.engine.session.status.budget == budget
            harness.engine.configure(4, Limits(Decimal(100), month=Decimal(60)))
            assert harness.engine.session.status.budget == Budget(
                Period.MONTH, Decimal(3), Decimal(60)
            )
            harness.engine.configure(4, Limits())
            assert harness.engine.session.status.budget is None


@in_virtual_time
async def test_the_limit_is_held_against_the_upper_figure(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key, limits=Limits(Decimal(50))) as harness:
            await harness.ask(1, replace(SHORT, resolution="1080p", duration_s=15))
            await harness.until(lambda: harness.held_for() is HoldReason.LIMIT)
            assert service.charges == []
            assert harness.hold
            assert harness.hold.problem
            assert "may cost 57.5" in harness.hold.problem.message


@in_virtual_time
async def test_going_on_past_one_limit_lifts_no_other(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        limits = Limits(month=Decimal(25), clip=Decimal(5))
        async with paid_harness(service, tmp_path, key, limits=limits) as harness:
            await harness.ask(4, DEFAULT_RUN)
            for sent in range(3):
                await harness.until(lambda: harness.held_for() is HoldReason.LIMIT)
                await asyncio.sleep(60)
                assert len(service.charges) == min(sent, 2)
                harness.engine.resume()  # this one clip; then the next, then the month
            await harness.until(lambda: harness.held_for() is HoldReason.LIMIT)
            assert harness.hold
            assert harness.hold.problem
            assert "monthly limit of 25" in harness.hold.problem.message
            assert len(service.charges) == 2


@in_virtual_time
async def test_a_price_that_is_read_anew_before_sending_is_judged_first(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        limits = Limits(clip=Decimal(5))
        async with paid_harness(service, tmp_path, key, limits=limits) as harness:
            engine = harness.engine
            cheap = replace(any_model("kling"), price=PriceRule(Decimal(1)))
            dear = replace(cheap, price=PriceRule(Decimal(50)))
            engine.session.models.put(cheap)

            async def learn(model_id: str) -> ModelSpec:
                engine.session.models.put(dear)
                return dear

            engine.session.models.learn = learn  # type: ignore[method-assign]
            await harness.ask(1, ClipRequest("a fox", model="kling"))
            await harness.until(lambda: harness.held_for() is HoldReason.COST)
            assert service.charges == []


@in_virtual_time
async def test_a_charge_told_by_a_later_look_stops_the_queue_too(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.always["job"] = service.shows(creditCost=57)
        async with paid_harness(service, tmp_path, key, jobs_at_a_time=1) as harness:
            await harness.ask(3, DEFAULT_RUN)
            await harness.until(lambda: harness.held_for() is HoldReason.COST)
            await asyncio.sleep(3600)
            assert len(service.charges) == 1
            harness.engine.resume()  # told once, and never again for such clips
            await harness.until_states(*[S.SAVED] * 3)
            assert harness.hold is None


@in_virtual_time
async def test_a_charge_made_while_paused_is_told_before_the_next_is_sent(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.always["job"] = service.shows(creditCost=57)
        async with paid_harness(service, tmp_path, key, jobs_at_a_time=1) as harness:
            await harness.ask(2, DEFAULT_RUN)
            await harness.until(lambda: len(service.charges) == 1)
            harness.engine.pause()
            await harness.until(lambda: harness.repository.all()[0].credit_cost == 57)
            assert harness.held_for() is HoldReason.PAUSED
            harness.engine.resume()
            assert harness.held_for() is HoldReason.COST
            await asyncio.sleep(600)
            assert len(service.charges) == 1


@in_virtual_time
async def test_a_price_that_rose_since_the_press_is_told_before_sending(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            harness.engine.pause()
            await harness.ask(1, DEFAULT_RUN)
            caps = harness.engine.session.status.model
            harness.engine.use_model(replace(caps, price=PriceRule(Decimal(20))))
            harness.engine.resume()
            await harness.until(lambda: harness.held_for() is HoldReason.COST)
            assert harness.hold
            assert harness.hold.problem
            assert "may cost 20 credits instead of 10" in harness.hold.problem.message
            assert service.charges == []
            harness.engine.resume()
            await harness.until_states(S.SAVED)


@in_virtual_time
async def test_a_refund_teaches_no_price(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.status = "failed"
        service.always["job"] = service.shows(creditCost=0)
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask(1, DEFAULT_RUN)
            await harness.until_states(S.FAILED)
            assert harness.engine.price(DEFAULT_RUN).high == 10


@in_virtual_time
async def test_clips_that_were_refunded_count_as_little_in_spend_as_in_the_limit(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.always["job"] = service.shows(creditCost=0)
        service.status = "failed"
        names = (490, 490, 490)  # each is charged ten, and the ten of the one before came back
        service.next["run"] = [service.receipt(creditCost=10, creditsRemaining=n) for n in names]
        limits = Limits(day=Decimal(50))
        async with paid_harness(service, tmp_path, key, limits=limits) as harness:
            for failed in (1, 2):
                await harness.ask(1, DEFAULT_RUN)
                await harness.until_states(*[S.FAILED] * failed)
            service.status = "completed"
            del service.always["job"]
            await harness.ask(1, DEFAULT_RUN)
            await harness.until_states(S.FAILED, S.FAILED, S.SAVED)
            ledger = await harness.engine.ledger()
            assert [(str(row.source), row.amount) for row in ledger.rows] == [
                ("charged", 0), ("charged", 0), ("charged", 10),
            ]  # fmt: skip
            shown = figures(ledger, {}, Choice(), harness.engine.session.ports.clock.time())
            assert shown.spent[Period.DAY] == 10
            assert harness.engine.session.status.budget == Budget(
                Period.DAY, Decimal(40), Decimal(50)
            )


@in_virtual_time
async def test_a_clip_with_a_frame_is_held_against_its_own_price(tmp_path: Path, key: str) -> None:
    framed = replace(
        DEFAULT_RUN, start_frame=Frame(FrameKind.URL, "https://pictures.example/a.jpg")
    )
    with PaidService() as service:
        charges = (12, 20, 12, 20)
        service.next["run"] = [service.receipt(creditCost=n) for n in charges]
        config = {"limits": Limits(clip=Decimal(21)), "hold_on_cost": False}
        async with paid_harness(service, tmp_path, key, **config) as harness:
            for number, request in enumerate([DEFAULT_RUN, framed] * 2):
                announced = harness.engine.price(request)
                if number == 1:
                    assert (announced.high, announced.seen) == (12, 0)  # no more than a hint
                if number > 1:
                    assert (announced.low, announced.high) == (charges[number],) * 2
                await harness.ask(1, request)
                await harness.until_states(*[S.SAVED] * (number + 1))
            harness.engine.configure(4, Limits(clip=Decimal(19)))
            await harness.ask(1, framed)
            await harness.until(lambda: harness.held_for() is HoldReason.LIMIT)
            assert len(service.charges) == 4


@in_virtual_time
async def test_what_is_sent_again_unconfirmed_counts_in_the_limit(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.always["list"] = service.lists(lambda rows: [])
        service.next["run"] = [service.charged(reset)]
        limit = Decimal(15)
        async with paid_harness(service, tmp_path, key, limits=Limits(limit)) as harness:
            (lost,) = await harness.ask(1, DEFAULT_RUN)
            await harness.until_states(S.UNCONFIRMED)
            await asyncio.sleep(3600)
            await harness.engine.send_again(lost.id)
            await harness.until(lambda: harness.held_for() is HoldReason.LIMIT)
            assert len(service.charges) == 1  # 10, perhaps taken, and 10 pass 15


# --- the rules that hold when a request is sent ---


@in_virtual_time
async def test_the_request_is_written_by_the_rules_it_was_checked_against(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            files = harness.engine.session.ports.files
            free_bytes = files.free_bytes

            def meanwhile() -> int:
                rules = {"type": "object", "properties": {"prompt": {"type": "string"}}}
                harness.engine.use_model(model_from_schema(rules))
                return free_bytes()

            files.free_bytes = meanwhile  # type: ignore[method-assign]
            asked = ClipRequest("a fox", duration_s=12, aspect_ratio="9:16", audio=False, seed=7)
            await harness.ask(1, asked)
            await harness.until(lambda: bool(service.charges))
            sent = service.charges[0].sent
            assert (sent["duration"], sent["aspect_ratio"]) == (12, "9:16")


@in_virtual_time
async def test_a_seed_drawn_by_us_is_drawn_anew_where_the_rules_changed(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            harness.engine.pause()
            (job,) = await harness.ask(1, DEFAULT_RUN)
            given = (await harness.ask(1, replace(DEFAULT_RUN, seed=4242)))[0]
            caps = harness.engine.session.status.model
            small = replace(caps.range("seed"), maximum=999)
            harness.engine.use_model(caps.with_rules(seed=small))
            harness.engine.resume()
            await harness.until(lambda: harness.job(job).state is S.SAVED)
            await harness.until(lambda: harness.job(given).state is S.REJECTED)
            assert service.charges[0].sent["seed"] <= 999


@in_virtual_time
async def test_a_row_with_a_given_seed_and_another_prompt_is_not_ours(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        older = {"jobId": "older", "status": "completed", "createdAt": EPOCH - 5 * 3600}
        theirs = {**older, "input": {"prompt": "a blue whale", "seed": 42}}
        service.always["list"] = service.lists(lambda rows: [theirs])
        service.next["run"] = [service.charged(reset)]
        async with paid_harness(service, tmp_path, key) as harness:
            (lost,) = await harness.ask(1, replace(DEFAULT_RUN, prompt="a red fox", seed=42))
            await asyncio.sleep(3600)
            assert harness.job(lost).state is S.UNCONFIRMED
            assert harness.job(lost).remote_id is None


# --- lost answers and the balance ---


@in_virtual_time
async def test_a_found_answer_makes_the_balance_old_and_takes_the_warning_away(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        listed = service.always["list"] = service.lists(lambda rows: [])
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
            session = harness.engine.session
            assert (session.status.credits, session.status.credits_old) == (490, False)
            service.next["run"] = [service.charged(reset), service.charged(reset)]
            await harness.ask(2)
            await harness.until(lambda: harness.states().count(S.UNCONFIRMED) == 1)
            assert session.status.credits_old  # it may have been charged
            await harness.until(lambda: harness.states().count(S.UNCONFIRMED) == 2)
            await harness.until(lambda: harness.held_for() is HoldReason.UNCERTAIN)
            assert harness.hold is not None
            assert harness.hold.until is None
            del service.always["list"]
            await harness.until_states(S.SAVED, S.SAVED, S.SAVED)
            await asyncio.sleep(1)
            assert listed
            assert harness.hold is None
            assert session.status.credits_old
            await harness.ask()  # the next answer tells the balance
            await harness.until_states(*[S.SAVED] * 4)
            assert (session.status.credits, session.status.credits_old) == (460, False)
            assert harness.hold is None


@in_virtual_time
async def test_an_old_balance_is_old_after_a_start_too(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
            service.next["run"] = [service.charged(reset)]
            await harness.ask()
            await harness.until_states(S.SAVED, S.SAVED)
        async with paid_harness(service, tmp_path, key) as again:
            status = again.engine.session.status
            assert (status.credits, status.credits_old) == (490, True)


@in_virtual_time
async def test_one_lost_answer_long_after_two_that_were_found_is_no_series(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.next["run"] = [service.charged(reset)] * 2
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
            await harness.ask()
            await harness.until_states(S.SAVED, S.SAVED)
            await asyncio.sleep(1)
            assert harness.hold is None


# --- what waited before a key was saved ---


@in_virtual_time
async def test_what_waited_is_sent_only_when_the_user_says_so(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        harness = paid_harness(service, tmp_path, key)
        async with harness:
            harness.engine.session.set_hold(HoldReason.OFFLINE)
            await harness.ask()
            harness.engine.session.end_hold()
            harness.engine.session.ask_first()
            await asyncio.sleep(3600)
            assert service.charges == []
            assert (harness.held_for(), harness.hold and harness.hold.waiting) == (
                HoldReason.ASK,
                1,
            )
            assert harness.hold
            assert harness.hold.credits == 10
            (second,) = await harness.ask()
            assert harness.hold.waiting == 2
            await harness.engine.withdraw(second.id)
            assert harness.hold.waiting == 1
        async with paid_harness(
            service, tmp_path, key
        ) as again:  # nobody answered: still a question
            assert again.held_for() is HoldReason.ASK
            again.engine.pause()  # keep waiting
            await asyncio.sleep(3600)
            assert again.held_for() is HoldReason.PAUSED
            again.engine.resume()
            await again.until(lambda: len(service.charges) == 1)


@in_virtual_time
async def test_nothing_waiting_asks_nothing(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            harness.engine.session.ask_first()
            assert harness.hold is None
            harness.engine.session.set_hold(HoldReason.OFFLINE)
            (job,) = await harness.ask()
            harness.engine.session.end_hold()
            harness.engine.session.ask_first()
            await harness.engine.withdraw(job.id)
            assert harness.hold is None


@in_virtual_time
async def test_making_a_saved_clip_again_draws_a_seed_of_its_own(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask(1, replace(SHORT, seed=42))
            await harness.until_states(S.SAVED)
            again = await harness.engine.retry(harness.job().id)
            assert again.request.seed != 42
            assert replace(again.request, seed=42) == replace(SHORT, seed=42)
            await harness.until_states(S.SAVED, S.SAVED)


@pytest.mark.parametrize(("age_s", "waits"), [(0.0, True), (3600.0, False)])
@in_virtual_time
async def test_a_start_does_not_hold_the_queue_anew_for_an_answer_lost_long_ago(
    age_s: float, waits: bool, tmp_path: Path, key: str
) -> None:
    """The list shows no inputs: a lost job is matched by its time, for 90 s after it was sent."""

    with PaidService() as service:
        service.echo = False
        harness = paid_harness(service, tmp_path, key)
        lost = accepted_job(1, age_s, state=S.UNCONFIRMED, remote_id=None, origin=harness.origin.id)
        async with harness.begin_with(lost):
            await harness.ask()
            await asyncio.sleep(60)
            assert len(service.posts()) == (0 if waits else 1)
            await asyncio.sleep(60)
            assert len(service.posts()) == 1
