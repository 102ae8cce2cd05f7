"""Credits as exact decimals, what a clip is expected to cost, and when a day begins."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixverse_desktop.core.credits import (
    credits_number,
    credits_text,
    read_credits,
    store_credits,
)
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.spending import midnight_of, spent_since
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.price import LearnedPrices, Price, Shape, request_of, shape_of
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.services.settings import Settings, load_settings, save_json
from pixverse_desktop.store.job_rows import job_from_row, job_to_row

TEN = Decimal(10)
SERVICE = "https://pixeldojo.ai"


def charged(amount: object, seconds: int = 5, at: float = 1.0, **changes: object) -> Job:
    """A job this program sent, and what it was charged."""
    cost = read_credits(amount)
    request = ClipRequest("x", duration_s=seconds, seed=1)
    job = Job("1", SERVICE, request, JobState.SAVED, at, at, TEN, submitted_at=at,
              attempt_id="a", credit_cost=cost)  # fmt: skip
    return replace(job, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (10, "10"), (99.5, "99.5"), ("99.5", "99.5"), ("10", "10"), (0.1, "0.1"), (0, "0"),
        (" 12.50 ", "12.5"), (1234.25, "1,234.25"), (3.0, "3"),
        (-1, None), ("-1", None), ("12,5", None), ("ten", None), ("", None), (True, None),
        (None, None), ([10], None), (float("nan"), None), (float("inf"), None), (10**400, None),
        (1e30, None), ("1e3", None), ("1_0", None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_what_is_an_amount_of_credits(value: object, expected: str | None) -> None:
    found = read_credits(value)
    assert (None if found is None else credits_text(found)) == expected


@given(st.decimals(0, 10**6, places=3))
def test_an_amount_survives_being_stored(amount: Decimal) -> None:
    stored = json.loads(json.dumps({"n": amount}, default=store_credits))["n"]
    assert not isinstance(stored, float)
    assert read_credits(stored) == amount


def test_an_amount_as_a_json_number_is_whole_when_it_is_whole() -> None:
    assert json.dumps([credits_number(Decimal(n)) for n in ("10", "10.00", "99.5")]) == (
        "[10, 10, 99.5]"
    )
    assert credits_number(None) is None


def test_a_job_keeps_its_fractions_and_reads_the_whole_numbers_of_before() -> None:
    job = charged("99.5", price=Decimal("57.5"))
    assert job_from_row(job_to_row(job)) == job
    row = list(job_to_row(job))
    data = json.loads(str(row[8]))
    assert (data["price"], data["credit_cost"]) == ("57.5", "99.5")
    row[8] = json.dumps({**data, "price": 10, "credit_cost": 23})
    old = job_from_row(tuple(row))  # type: ignore[arg-type]
    assert (old.price, old.credit_cost) == (10, 23)


def test_a_limit_of_thirty_stays_one_and_may_have_a_fraction(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"daily_limit": 30, "theme": "dark"}')
    assert load_settings(path) == Settings(daily_limit=Decimal(30), theme="dark")
    save_json(path, Settings(daily_limit=Decimal("12.5")))
    assert load_settings(path).daily_limit == Decimal("12.5")
    save_json(path, Settings(daily_limit=Decimal(30)))
    assert json.loads(path.read_text())["daily_limit"] == 30


# --- the expected price, by section 1.1 of the contract ---


@pytest.mark.parametrize(
    ("shape", "price"),
    [
        (Shape("720p", True, 5), "10"),
        (Shape("1080p", True, 15), "10–57.5"),
        (Shape("360p", False, 1), "0.83–10"),
        (Shape("720p", False, 5), "7.5–10"),
        (Shape("8K", True, 5), "10–19.17"),  # unknown: as the dearest, and never rounded down
    ],
)
def test_nothing_learned_is_a_range(shape: Shape, price: str) -> None:
    assert str(LearnedPrices().expected(SERVICE, shape, PriceRule(TEN))) == price


def expected(jobs: list[Job], seconds: int, *, audio: bool = True) -> Price:
    return LearnedPrices(jobs).expected(SERVICE, Shape("720p", audio, seconds), PriceRule(TEN))


def test_the_same_length_seen_gives_its_price() -> None:
    assert expected([charged(23), charged(23, at=2.0)], 5) == Price(Decimal(23), Decimal(23), 2)


def test_two_lengths_on_a_line_give_the_price_a_second() -> None:
    jobs = [charged("10"), charged("16.01", 8, at=2.0)]  # rounded by a hundredth
    assert str(expected(jobs, 15)) == "30.02"
    assert str(expected(jobs, 1)) == "2"


def test_one_length_gives_a_range_for_another() -> None:
    assert str(expected([charged(20)], 10)) == "10–40"


def test_lengths_on_no_line_give_a_range() -> None:
    assert str(expected([charged(10), charged(10, 10, at=2.0)], 15)) == "10–30"


def test_what_differs_in_sound_resolution_or_service_says_nothing() -> None:
    silent = charged(3, request=ClipRequest("x", audio=False))
    small = charged(3, request=ClipRequest("x", resolution="360p"))
    assert str(expected([silent, small, charged(3, origin="demo")], 5)) == "10"


def test_what_was_not_sent_from_here_or_only_matched_by_time_teaches_nothing() -> None:
    strangers = [charged(99, attempt_id=None), charged(99, matched_by_time=True), charged(None)]
    assert str(expected(strangers, 5)) == "10"


def test_the_newest_charge_wins_and_forgets_the_old_prices() -> None:
    jobs = [charged(10), charged(20, 10, at=2.0), charged(12, at=3.0), charged(10, at=0.5)]
    assert str(expected(jobs, 5)) == "12"
    assert str(expected(jobs, 10)) == "10–24"


# --- what else than size, sound and length may make a price ---

FRAME = Frame(FrameKind.URL, "https://pictures.example/a.jpg")
TEXT = ClipRequest("x", seed=1)
FRAMED = TEXT.changed(start_frame=FRAME)


def price_of(request: ClipRequest, *jobs: Job, rule: PriceRule | None = None) -> Price:
    return LearnedPrices(jobs).expected(SERVICE, shape_of(request), rule or PriceRule(TEN))


def in_turn(*charges: tuple[ClipRequest, object]) -> list[Job]:
    """Jobs that were sent one after the other."""
    return [
        charged(cost, position=n, at=float(n), request=request)
        for n, (request, cost) in enumerate(charges, 1)
    ]


def test_what_clips_without_a_frame_cost_is_no_price_of_clips_with_one() -> None:
    jobs = in_turn((TEXT, 12))
    assert (str(price_of(TEXT, *jobs)), price_of(TEXT, *jobs).seen) == ("12", 1)
    hint = price_of(FRAMED, *jobs)
    assert (str(hint), hint.seen) == ("10–12", 0)
    assert "differ in frames" in hint.why
    assert str(price_of(TEXT, *in_turn((FRAMED, 20)))) == "10–20"  # the dearer one is its end


def test_clips_with_and_without_a_frame_are_both_right_in_turn() -> None:
    learned = LearnedPrices()
    for job in in_turn((TEXT, 10), (FRAMED, 20), (TEXT, 10), (FRAMED, 20)):
        learned.learn(job)
        shape = shape_of(job.request)
        assert learned.expected(SERVICE, shape, PriceRule(TEN)).high == job.credit_cost
    both = FRAMED.changed(end_frame=FRAME)
    assert str(learned.expected(SERVICE, shape_of(both), PriceRule(TEN))) == "10–20"


@pytest.mark.parametrize(
    "other", [{"style": "anime"}, {"thinking": "enabled"}, {"multi_clip": True}]
)
def test_manner_makes_a_price_only_where_charges_say_so(other: dict[str, object]) -> None:
    changed = TEXT.changed(**other)
    assert (str(price_of(changed, *in_turn((TEXT, 12)))), price_of(TEXT).seen) == ("12", 0)
    assert price_of(changed, *in_turn((TEXT, 12), (changed, 12))).seen == 2
    jobs = in_turn((TEXT, 12), (changed, 18))
    assert [str(price_of(request, *jobs)) for request in (TEXT, changed)] == ["12", "18"]
    third = TEXT.changed(style="clay", thinking="disabled")
    assert str(price_of(third, *jobs)) == "10–18"


def test_a_manner_off_the_line_of_another_says_nothing_of_it() -> None:
    anime = TEXT.changed(style="anime", duration_s=8)
    assert str(price_of(TEXT.changed(duration_s=8), *in_turn((TEXT, 10), (anime, 32)))) == "10–16"
    assert str(price_of(anime, *in_turn((TEXT, 10), (anime, 32)))) == "32"


def test_a_new_price_of_one_manner_is_one_of_all() -> None:
    anime = TEXT.changed(style="anime")
    jobs = in_turn((TEXT, 10), (anime, 10), (anime, 12))
    assert str(price_of(TEXT, *jobs)) == "12"


def test_pictures_and_rows_of_another_model_are_another_price() -> None:
    plain = ClipRequest("x", model="m", values={"duration_s": 5})
    for also in ({"start_frame": FRAME}, {"references": (FRAME, FRAME)}, {"shots": [{"a": 1}]},
                  {"video_url": "https://films.example/a-long-address.mp4"}):  # fmt: skip
        more = plain.changed(**also)
        assert price_of(more, *in_turn((plain, 12))).seen == 0
        jobs = in_turn((more, 30))
        assert str(price_of(more, *jobs)) == "30"
        assert shape_of(request_of(shape_of(more))) == shape_of(more)


def test_the_order_is_that_of_sending_whatever_the_clock_said() -> None:
    ahead = charged(10, position=1, at=9e9)
    assert str(price_of(TEXT, ahead, charged(12, position=2, at=2.0))) == "12"
    # An old answer that is found at last is no news.
    assert str(price_of(TEXT, charged(12, position=2, at=2.0), ahead)) == "12"


@pytest.mark.parametrize("bad", [-5, 0, float("nan"), float("inf"), float("-inf"), "ten", True])
def test_a_length_that_is_none_is_not_known(bad: object) -> None:
    for values in ({"video_duration": bad}, {"duration_s": bad}, {"zoom": bad, "duration_s": 5}):
        request = ClipRequest("x", model="m", values=values)
        assert shape_of(request).duration_s == (5 if "zoom" in values else 0)
        for rule in (PriceRule(TEN), PriceRule(Decimal(2), a_second=True), PriceRule(None)):
            price = price_of(request, rule=rule)
            assert Decimal(0) <= price.low <= price.high
            assert price.high >= TEN


def test_no_length_is_too_long_to_be_priced() -> None:
    endless = ClipRequest("x", model="m", values={"duration_s": 10**400})
    assert price_of(endless, rule=PriceRule(Decimal(2), a_second=True)).high >= 10**6


def test_lengths_that_are_not_known_are_on_no_line() -> None:
    nothing = ClipRequest("x", model="m")
    known = ClipRequest("x", model="m", values={"duration_s": 5})
    jobs = in_turn((nothing, 7), (known, 10))
    rule = PriceRule(TEN, usual=("", False, 5))
    assert str(price_of(known.changed(duration_s=10), *jobs, rule=rule)) == "10–20"
    by_second = PriceRule(Decimal(2), a_second=True, usual=("", False, 5))
    assert price_of(nothing, *jobs, rule=by_second).high == 20  # longer than what was charged


@pytest.mark.parametrize("nothing", [0, 0.000000123])
def test_what_was_charged_nothing_once_may_be_charged_the_listed_price(nothing: float) -> None:
    assert str(price_of(TEXT, *in_turn((TEXT, nothing)))) == "0–10"
    assert price_of(TEXT, *in_turn((TEXT, nothing)), rule=PriceRule(None)).high == 40
    longer = in_turn((TEXT, nothing), (TEXT.changed(duration_s=8), nothing))
    assert price_of(TEXT.changed(duration_s=15), *longer).high == 30


# --- the day ---


def at(zone: str, text: str, monkeypatch: pytest.MonkeyPatch, *, summer: int = -1) -> float:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    parts = time.strptime(text, "%Y-%m-%d %H:%M")
    return time.mktime((*parts[:8], summer))


@pytest.fixture
def zone_again(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "date"), [("America/Havana", "2026-11-01"), ("Atlantic/Azores", "2026-10-25")]
)
def test_an_autumn_night_with_two_midnights_is_counted(
    zone: str, date: str, zone_again: pytest.MonkeyPatch
) -> None:
    first = at(zone, f"{date} 00:10", zone_again, summer=1)
    for minutes in (0, 20, 40, 60, 80, 100):
        now = first + 60 * minutes
        assert midnight_of(now) == first - 600
        assert spent_since([charged(23, at=first)], midnight_of(now), lambda job: job.price) == 23
        assert midnight_of(now, 1) > now


def test_a_day_without_midnight_begins_with_its_first_moment(
    zone_again: pytest.MonkeyPatch,
) -> None:
    noon = at("Africa/Cairo", "2026-04-24 12:00", zone_again)
    begins = midnight_of(noon)
    assert time.strftime("%d %H:%M", time.localtime(begins)) == "24 01:00"
    assert time.strftime("%d %H:%M", time.localtime(begins - 60)) == "23 23:59"


@pytest.mark.parametrize(
    ("rule", "shape", "price"),
    [
        (PriceRule(Decimal(2), a_second=True), Shape("720p", True, 7, "m"), "14"),
        (PriceRule(None, by_resolution={"720p": TEN}, usual=("720p", False, 5)),
         Shape("720p", False, 5, "m"), "10"),
        (PriceRule(None, by_resolution={"720p": TEN}, usual=("720p", False, 5)),
         Shape("720p", False, 8, "m"), "10–16"),
        (PriceRule(None, True, {"720p": Decimal(2)}), Shape("4K", False, 5, "m"), "10–40"),
        (PriceRule(Decimal(20), usual=("", False, 4)), Shape("", False, 8, "m"), "20–40"),
        (PriceRule(Decimal(20), usual=("", False, 4)), Shape("", False, 4, "m"), "20"),
        (PriceRule(Decimal("0.5"), usual=("", False, 0)), Shape("", False, 0, "m"), "0.5"),
        (PriceRule(None), Shape("", False, 0, "m"), "0–80"),
        (PriceRule(Decimal(2), a_second=True), Shape("720p", True, 0, "m"), "2–20"),
        (PriceRule(Decimal(2), a_second=True, longest=30), Shape("", True, 0, "m"), "2–60"),
        (PriceRule(Decimal(2), a_second=True), Shape("1080p", True, 15), "30–57.5"),
        (PriceRule(Decimal(1), most=Decimal(40), usual=("", False, 0)), Shape("", False, 0, "m"),
         "1–40"),
    ],
)  # fmt: skip
def test_the_listed_price_of_another_model(rule: PriceRule, shape: Shape, price: str) -> None:
    assert str(LearnedPrices().expected(SERVICE, shape, rule)) == price


def test_what_else_was_chosen_of_another_model_is_another_price() -> None:
    cheap = ClipRequest("x", model="m", values={"mode": "std", "seed": 5})
    dear = ClipRequest("y", model="m", values={"mode": "pro", "seed": 6})
    learned = LearnedPrices([charged(5, request=cheap)])
    rule = PriceRule(None)
    again = cheap.changed(seed=9, prompt="z")
    assert str(learned.expected(SERVICE, shape_of(again), rule)) == "5"
    assert learned.expected(SERVICE, shape_of(dear), rule).high == 80
    assert request_of(shape_of(dear)).get("mode") == "pro"


def test_two_lengths_at_one_price_say_that_a_shorter_may_cost_it_too() -> None:
    jobs = [charged("12.5", 5), charged("12.5", 10, at=2.0)]
    assert expected(jobs, 1).high == Decimal("12.5")
