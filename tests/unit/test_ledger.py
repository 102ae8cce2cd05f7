"""The ledger read from the jobs: sums that close with the balances the service named, and limits."""

from __future__ import annotations

import csv
import gc
import time
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixverse_desktop.core.engine.job_index import JobIndex
from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.ledger import COLUMNS, LedgerRow, Source, ledger_of, told
from pixverse_desktop.core.jobs.spending import (
    Limits,
    Period,
    SpentCounter,
    counts,
    sent_at,
    span_of,
    spent_since,
)
from pixverse_desktop.core.jobs.states import JobState as S
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.rate import rate_of
from pixverse_desktop.services.ledger_table import write_csv
from pixverse_desktop.store.job_rows import job_from_row, job_to_row
from pixverse_desktop.ui.spend.figures import Choice, figures
from tests.support.factories import make_job


def paid(at: float, cost: str | None, left: str | None = None, **changes: object) -> Job:
    """A job that was sent then, with its charge and the balance that the service named."""
    job = make_job(
        int(at), S.SAVED, submitted_at=at, attempt_id="a", price=Decimal(20),
        price_low=Decimal(5), credit_cost=None if cost is None else Decimal(cost),
        credits_left=None if left is None else Decimal(left),
    )  # fmt: skip
    return replace(job, **changes)


def sources(*jobs: Job) -> list[tuple[str, Decimal]]:
    return [(str(row.source), row.amount) for row in ledger_of(jobs).rows]


def test_charges_that_close_have_no_other_rows() -> None:
    found = sources(paid(1, "1.17", "98.83"), paid(2, "57.5", "41.33"), paid(3, "0.83", "40.5"))
    assert [source for source, _ in found] == ["charged"] * 3
    assert sum(amount for _, amount in found) == Decimal("59.5")


def test_a_fall_beyond_the_charges_is_not_explained_and_a_rise_is_a_refill() -> None:
    found = sources(paid(1, "10", "90"), paid(2, "10", "68"), paid(3, "10", "158"))
    assert found == [
        ("charged", 10), ("charged", 10), ("not explained", 12), ("charged", 10), ("refill", 100),
    ]  # fmt: skip


def test_what_may_have_been_charged_explains_a_fall_up_to_its_upper_figure() -> None:
    lost = paid(2, None, state=S.UNCONFIRMED)
    assert sources(paid(1, "10", "90"), lost, paid(3, "10", "65")) == [
        ("charged", 10), ("expected", 20), ("charged", 10),
    ]  # fmt: skip
    assert sources(paid(1, "10", "90"), lost, paid(3, "10", "55"))[-1] == ("not explained", 5)


def test_balances_of_two_keys_are_two_accounts() -> None:
    mine, other = {"key_fingerprint": "a"}, {"key_fingerprint": "b"}
    jobs = [
        paid(1, "10", "990", **mine),
        paid(2, "10", "40", **other),
        paid(3, "10", "980", **mine),
    ]
    assert sources(*jobs) == [("charged", 10)] * 3


def test_only_what_was_or_may_have_been_paid_has_a_row() -> None:
    told_off = problem(ProblemCode.UNCONFIRMED)
    rows = ledger_of(
        [
            paid(1, None, state=S.QUEUED, submitted_at=None), paid(2, None, state=S.REJECTED),
            paid(3, None, state=S.WITHDRAWN, submitted_at=None), paid(4, None, state=S.DROPPED),
            paid(5, None, state=S.DROPPED, problem=told_off), paid(6, "3", state=S.FAILED),
            paid(7, "4", hidden=True, deleted=True), paid(8, None, state=S.SUBMITTING),
        ]
    ).rows  # fmt: skip
    assert [row.job.id for row in rows if row.job] == ["job5", "job6", "job7", "job8"]
    assert [row.source for row in rows][:2] == [Source.EXPECTED, Source.CHARGED]


def test_a_job_keeps_what_the_ledger_needs_and_older_rows_are_read() -> None:
    job = paid(1, "1.17", "98.83")
    assert job_from_row(job_to_row(job)) == job
    row = list(job_to_row(job))
    row[8] = str(row[8]).replace('"credits_left": "98.83", ', "").replace('"price_low": 5, ', "")
    old = job_from_row(tuple(row))  # type: ignore[arg-type]
    assert (old.credits_left, old.price_low) == (None, None)
    (line,) = ledger_of([old]).rows
    assert line.expected_low == 20


def test_rows_are_told_by_name_with_credits_as_texts() -> None:
    request = ClipRequest("x", resolution="1080p", duration_s=15, audio=False)
    (row,) = ledger_of([paid(1, "57.50", request=request, remote_id="job_1")]).rows
    line = told(row)
    assert list(line) == list(COLUMNS)
    assert line["charged"] == "57.5"
    assert (line["job_id"], line["resolution"], line["seconds"], line["sound"]) == (
        "job_1", "1080p", 15, False,
    )  # fmt: skip
    assert datetime.fromisoformat(str(line["time"])).timestamp() == 1


@pytest.mark.parametrize(("comma", "cell"), [(False, "57.5"), (True, "57,5")])
def test_the_table_suits_the_locale_and_holds_no_formula(
    comma: bool, cell: str, tmp_path: Path
) -> None:
    job = paid(1, "57.5", remote_id="-job=1")
    write_csv(ledger_of([job]), tmp_path / "t.csv", decimal_comma=comma)
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file, delimiter=";" if comma else ",")
    assert row["charged"] == cell
    assert row["job_id"] == "'-job=1"
    with pytest.raises(FileExistsError):
        write_csv(ledger_of([job]), tmp_path / "t.csv", decimal_comma=comma)


def test_the_column_of_charges_sums_up_to_what_went(tmp_path: Path) -> None:
    jobs = [paid(1, "10", "90"), paid(2, "10", "68"), paid(3, "7.5", "160.5")]
    write_csv(ledger_of(jobs), tmp_path / "t.csv", decimal_comma=False)
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["source"] for row in rows][2::2] == ["not explained", "refill"]
    assert sum(Decimal(row["charged"]) for row in rows) == Decimal(100) - Decimal("160.5")


def test_days_weeks_and_months_are_local_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        now = datetime(2026, 3, 29, 12).timestamp()  # a Sunday of 23 hours
        began, ends = span_of(Period.DAY, now)
        assert ends - began == 23 * 3600
        began, ends = span_of(Period.WEEK, now)
        assert datetime.fromtimestamp(began) == datetime(2026, 3, 23)
        assert datetime.fromtimestamp(ends) == datetime(2026, 3, 30)
        began, ends = span_of(Period.MONTH, now)
        assert datetime.fromtimestamp(began) == datetime(2026, 3, 1)
        assert datetime.fromtimestamp(ends) == datetime(2026, 4, 1)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_limit_for_every_period() -> None:
    limits = Limits(Decimal(1), Decimal(2), Decimal(3), Decimal(4))
    assert [limits.of(period) for period in Period] == [1, 2, 3]


snapshots = st.builds(
    lambda number, state, cost, at, origin, dropped: make_job(
        number, state, credit_cost=cost, submitted_at=at, origin=origin, price=Decimal(7),
        problem=problem(ProblemCode.UNCONFIRMED) if dropped else None,
    ),
    st.integers(0, 6), st.sampled_from(list(S)), st.none() | st.decimals(0, 99, places=2),
    st.none() | st.floats(1.7e9, 1.7e9 + 5e6), st.sampled_from(["demo", "elsewhere"]),
    st.booleans(),
)  # fmt: skip


@given(st.lists(snapshots, max_size=30), st.floats(1.7e9 - 1e6, 1.7e9 + 6e6))
def test_the_counter_tells_what_a_walk_through_all_jobs_would(
    changes: list[Job], now: float
) -> None:
    counter, known = SpentCounter(), dict[str, Job]()
    for job in changes:
        counter.put(known.get(job.id), job)
        known[job.id] = job
    for period in Period:
        since, _ = span_of(period, now)
        for origin in ("demo", "elsewhere"):
            jobs = [job for job in known.values() if job.origin == origin]
            walked = spent_since(
                jobs, since, lambda job: job.price, lambda job: min(sent_at(job), now)
            )
            assert counter.since(origin, since, now, lambda job: job.price) == walked


DAY = 86_400.0
NOON = datetime(2026, 11, 17, 12).timestamp()


def counted(jobs: list[Job], now: float) -> Decimal:
    """What counts for the day of ``now``: for the limit, and as the sum that is shown."""
    began, _ = span_of(Period.DAY, now)
    limited = SpentCounter(jobs).since("demo", began, now, lambda job: job.price)
    one_by_one = SpentCounter()
    for job in jobs:
        queued = replace(job, state=S.QUEUED, submitted_at=None, attempt_id=None, credit_cost=None)
        one_by_one.put(None, queued)
        one_by_one.put(queued, sending := replace(job, state=S.SUBMITTING, credit_cost=None))
        one_by_one.put(sending, job)
    assert one_by_one.since("demo", began, now, lambda job: job.price) == limited
    assert figures(ledger_of(jobs), {}, Choice(), now).spent[Period.DAY] == limited
    return limited


@pytest.mark.parametrize("cost", ["30", None])
def test_what_a_clock_that_ran_ahead_dated_counts_in_one_day(cost: str | None) -> None:
    year, price = 365 * DAY, Decimal(30)
    ahead = paid(1, cost, position=1, submitted_at=NOON + year, price=price)
    next_one = paid(2, "7", position=2, submitted_at=NOON)
    assert counted([ahead], NOON - 60) == 30  # nothing is given twice
    assert counted([ahead, next_one], NOON) == 37
    assert counted([ahead, next_one], NOON + DAY) == 0
    again = paid(3, "5", position=3, submitted_at=NOON + year + 60)
    assert counted([ahead, next_one, again], NOON + year + 120) == 35


def test_a_clock_set_back_and_forth_gives_nothing_twice() -> None:
    jobs = [paid(1, "30", position=1, submitted_at=NOON),
            paid(2, "20", position=2, submitted_at=NOON - DAY)]  # fmt: skip
    assert counted(jobs, NOON - DAY + 60) == 50
    assert counted(jobs, NOON + 60) == 30


def test_clips_of_before_that_were_found_now_move_no_charge() -> None:
    found = paid(2, "5", position=2, submitted_at=NOON - 40 * DAY, attempt_id=None)
    assert counted([paid(1, "30", position=1, submitted_at=NOON + 60), found], NOON) == 30


def failed(at: float, left: str, **changes: object) -> Job:
    """A job whose ten credits were taken and came back."""
    ten = Decimal(10)
    return paid(at, "0", left, state=S.FAILED, price=ten, price_low=ten, **changes)


def test_a_refund_is_no_refill_and_nothing_unexplained() -> None:
    before, after = paid(1, "10", "100"), paid(9, "10", "90")
    assert {name for name, _ in sources(before, failed(2, "90"), after)} == {"charged"}
    assert {name for name, _ in sources(failed(2, "90"), after)} == {"charged"}  # the first of all
    between = paid(3, "10", "80")  # before the first one failed
    late = paid(9, "10", "80")
    assert {name for name, _ in sources(before, failed(2, "90"), between, late)} == {"charged"}
    two = sources(before, failed(2, "90"), failed(3, "90"), after)
    assert [amount for _, amount in two] == [10, 0, 0, 10]


def test_a_refund_explains_no_more_than_was_announced() -> None:
    jobs = [paid(1, "10", "100"), failed(2, "85"), paid(3, "10", "85"), paid(4, "10", "175")]
    assert sources(*jobs)[2:] == [
        ("not explained", 5), ("charged", 10), ("charged", 10), ("refill", 100),
    ]  # fmt: skip
    charged = paid(2, "10", "83", state=S.FAILED, price=Decimal(10), price_low=Decimal(10))
    assert sources(paid(1, "10", "100"), charged)[-1] == ("not explained", 7)


@pytest.mark.parametrize(
    ("cost", "balances"),
    [("0.8333", "99.17 98.33 97.5 96.67 95.83"), ("2.5", "98 95 93 90 88"),
     ("2.5", "97 95 92 90 87"), ("0.8333", "99.2 98.3 97.5 96.7")],
)  # fmt: skip
def test_rounding_is_neither_use_nor_refill(cost: str, balances: str) -> None:
    jobs = [paid(n, cost, left) for n, left in enumerate(balances.split(), 1)]
    assert {source for source, _ in sources(*jobs)} == {"charged"}


def test_a_whole_credit_is_seen_where_charges_are_whole() -> None:
    assert sources(paid(1, "2", "98"), paid(2, "2", "95"))[-1] == ("not explained", 1)


def test_a_clock_set_back_changes_no_order_of_charges() -> None:
    jobs = [paid(at, "10", left, position=place) for place, (at, left) in
            enumerate([(500, "90"), (600, "80"), (200, "70"), (300, "60")], 1)]  # fmt: skip
    assert {source for source, _ in sources(*jobs)} == {"charged"}
    assert [row.at for row in ledger_of(jobs).rows] == [500, 600, 200, 300]


def test_a_clip_that_was_taken_back_and_sent_later_is_in_its_place() -> None:
    jobs = [paid(30, "10", "70", position=1), paid(10, "10", "90", position=2),
            paid(20, "10", "80", position=3)]  # fmt: skip
    assert {source for source, _ in sources(*jobs)} == {"charged"}


def test_a_clip_that_was_found_later_explains_the_fall_of_then() -> None:
    ours = {"key_fingerprint": "k"}
    jobs = [paid(10, "10", "90", position=1, **ours), paid(30, "10", "70", position=2, **ours),
            paid(20, "10", position=3, attempt_id=None, **ours)]  # fmt: skip
    assert {source for source, _ in sources(*jobs)} == {"charged"}


def test_a_clip_from_a_folder_explains_nothing_and_is_no_spending() -> None:
    found = paid(20, "999", position=3, attempt_id=None)  # whoever paid for it
    assert not counts(found)
    assert sources(paid(10, "10", "90"), found) == sources(paid(10, "10", "90"))


def test_two_keys_of_one_account_explain_each_other() -> None:
    a, b = {"key_fingerprint": "a"}, {"key_fingerprint": "b"}
    jobs = [paid(1, "10", "90", **a), paid(2, "10", "80", **b), paid(3, "10", "70", **a),
            paid(4, "10", "60", **b)]  # fmt: skip
    assert {source for source, _ in sources(*jobs)} == {"charged"}
    assert sources(*jobs, paid(5, "10", "38", **a))[-1] == ("not explained", 12)


def test_what_is_not_explained_is_told_beside_the_sums() -> None:
    jobs = [paid(1, "10", "90", submitted_at=NOON), paid(2, "10", "68", submitted_at=NOON + 1)]
    found = figures(ledger_of(jobs), {}, Choice(), NOON + 60)
    assert (found.unexplained, found.spent[Period.DAY]) == (12, 20)
    assert sum(series.total for series in found.series) == 20


def test_the_upper_figure_is_the_one_that_limits_count() -> None:
    lost = paid(1, None, state=S.UNCONFIRMED)
    (row,) = ledger_of([lost], {lost.id: Decimal(35)}).rows
    assert (row.amount, row.source) == (35, Source.EXPECTED)


def test_money_is_exact_to_the_hundredth() -> None:
    rate = rate_of(Decimal(1000), Decimal("9.99"), "€")
    assert rate is not None
    assert rate.money_for(Decimal("57.5")) == Decimal("0.57")
    assert rate.money_for(Decimal("0.501")) == Decimal("0.01")
    assert rate_of(Decimal(0), Decimal(1), "€") is None
    assert rate_of(Decimal(1), Decimal(0), "€") is None
    assert rate_of(Decimal(1), Decimal(1), "") is None


def test_the_month_begins_with_the_last_balance_that_was_named() -> None:
    noon = datetime(2026, 11, 20, 12).timestamp()
    began = datetime(2026, 11, 1).timestamp()
    jobs = [
        paid(1, "10", "90", submitted_at=began - 300), paid(2, "5", submitted_at=began - 200),
        paid(3, "7", "78", submitted_at=began + 60),
    ]  # fmt: skip
    found = figures(ledger_of(jobs), {}, Choice(), noon)
    assert found.opening == 85
    assert (found.first.isoformat(), found.last.isoformat()) == ("2026-11-01", "2026-11-30")
    assert found.spent[Period.MONTH] == 7
    other = figures(ledger_of([*jobs, paid(4, "1", key_fingerprint="b")]), {}, Choice(), noon)
    assert other.opening is None  # the balances are of two accounts


def test_a_long_ledger_keeps_no_object_a_row() -> None:
    jobs = [paid(n, "1") for n in range(1, 50)]
    ledger = ledger_of(jobs)
    found = figures(ledger, {}, Choice("all"), 1e9)
    assert [row.at for row in found.rows] == list(range(49, 0, -1))
    assert found.rows[0].job is jobs[-1]
    kept = [each for each in gc.get_objects() if isinstance(each, LedgerRow)]
    assert kept == []  # the garbage collector would look at all of them on the main thread


def test_jobs_by_state_are_copies_for_a_worker() -> None:
    index = JobIndex()
    for job in (paid(1, "1"), paid(2, None, state=S.UNCONFIRMED), paid(3, "1", origin="else")):
        index.put(job)
    saved, unconfirmed, failed = index.groups("demo", S.SAVED, S.UNCONFIRMED, S.FAILED)
    assert ([job.id for job in saved], [job.id for job in unconfirmed]) == (["job1"], ["job2"])
    assert failed == []
    saved.clear()
    assert len(index.of("demo", S.SAVED)) == 1
