"""Requests, rules, states, budgets and estimates."""

from __future__ import annotations

import dataclasses
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixverse_desktop.core.engine.estimate import expected_s
from pixverse_desktop.core.engine.matching import match_by_time, proven_matches
from pixverse_desktop.core.engine.rate_limit import (
    LEAST_PER_MINUTE,
    SLOW_INTERVAL_S,
    RateBudget,
    RateHint,
    poll_interval_s,
)
from pixverse_desktop.core.errors import ACTIONS, ProblemCode, problem
from pixverse_desktop.core.jobs.job import may_send_again
from pixverse_desktop.core.jobs.spending import midnight_of, spent_since
from pixverse_desktop.core.jobs.states import (
    TRANSITIONS,
    IllegalTransition,
    JobState,
    check_transition,
)
from pixverse_desktop.core.model.output_size import output_size, pixel_size
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import (
    ClipRequest,
    default_request,
    request_from_json,
    request_from_preset,
    request_to_json,
)
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.core.ports import Phase, RemoteJob
from pixverse_desktop.core.sentences import SENTENCES
from pixverse_desktop.core.service import OriginKind, custom_origin
from pixverse_desktop.core.text import plain
from tests.support.factories import FOX, FRAME, plain_job


def test_a_request_survives_its_stored_form() -> None:
    assert request_from_json(request_to_json(FOX)) == FOX


@pytest.mark.parametrize(
    ("name", "value"),
    [("duration_s", True), ("duration_s", "5"), ("duration_s", 5.0), ("audio", 1), ("seed", "7"),
     ("prompt", None), ("start_frame", "x"), ("start_frame", {"kind": "odd"})],
)  # fmt: skip
def test_a_stored_request_is_read_strictly(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        request_from_json({**request_to_json(FOX), name: value})


def test_a_newer_versions_field_does_not_hide_an_old_job() -> None:
    stored = {**request_to_json(FOX), "camera": "orbit"}
    assert request_from_json(stored) == FOX
    with pytest.raises(ValueError, match="camera"):
        request_from_preset(stored)


def test_the_defaults_are_legal() -> None:
    request = dataclasses.replace(default_request(PIXVERSE_V6), prompt="x")
    assert violations(request, PIXVERSE_V6) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("prompt", " \n"), ("prompt", "x" * 5001), ("prompt", "a\0b"), ("prompt", "\ud800"),
     ("negative_prompt", "x" * 2049), ("resolution", "8K"), ("duration_s", 0),
     ("duration_s", 16), ("aspect_ratio", "2:1"), ("thinking", "no"), ("style", "oil"),
     ("seed", -1), ("seed", 2**31)],
)  # fmt: skip
def test_a_violation_names_its_field(field: str, value: object) -> None:
    request = dataclasses.replace(ClipRequest(prompt="x"), **{field: value})  # type: ignore[arg-type]
    assert [v.field for v in violations(request, PIXVERSE_V6)] == [field]


def test_an_end_frame_needs_a_start_frame() -> None:
    request = ClipRequest(prompt="x", end_frame=FRAME)
    assert [v.field for v in violations(request, PIXVERSE_V6)] == ["end_frame"]


def test_a_model_without_frame_fields_takes_none() -> None:
    caps = PIXVERSE_V6.without("start_frame", "end_frame")
    assert [v.field for v in violations(FOX, caps)] == ["start_frame"]


@pytest.mark.parametrize(
    ("resolution", "ratio", "size"),
    [("360p", "16:9", (640, 360)), ("540p", "4:3", (720, 540)), ("720p", "3:4", (720, 960)),
     ("1080p", "9:16", (1080, 1920)), ("540p", "16:9", (960, 540)), ("720p", "1:1", (720, 720))],
)  # fmt: skip
def test_pixel_sizes_follow_the_table(resolution: str, ratio: str, size: tuple[int, int]) -> None:
    assert pixel_size(resolution, ratio) == size


def test_a_start_frame_gives_the_shape() -> None:
    assert output_size(FOX) == (1152, 720)


def test_every_state_is_in_the_table_and_unconfirmed_never_leads_to_sending() -> None:
    assert set(TRANSITIONS) == set(JobState)
    assert TRANSITIONS[JobState.UNCONFIRMED] == {JobState.ACCEPTED, JobState.DROPPED}
    senders = {old for old, news in TRANSITIONS.items() if JobState.SUBMITTING in news}
    assert senders == {JobState.QUEUED}
    into_queue = {old for old, news in TRANSITIONS.items() if JobState.QUEUED in news}
    assert into_queue == {JobState.QUEUED, JobState.SUBMITTING, JobState.WITHDRAWN}


def test_an_unknown_move_is_refused() -> None:
    with pytest.raises(IllegalTransition):
        check_transition(JobState.UNCONFIRMED, JobState.QUEUED)


def test_every_problem_has_its_sentence() -> None:
    assert set(ACTIONS) == set(ProblemCode)
    assert set(map(str, ProblemCode)) <= set(SENTENCES)


def test_text_from_outside_is_made_plain() -> None:
    assert plain("a\u202eb\x00c\u200b\ud83d") == "abc"
    assert len(plain("x" * 10_000_000)) == 600
    assert problem(ProblemCode.FAILED, "", "d" * 9999).detail.endswith("…")


class Ticks:
    """A monotonic clock set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_budget_holds_polls_back_and_lets_them_go() -> None:
    clock = Ticks()
    budget = RateBudget(clock, 30)
    for _ in range(30):
        assert budget.poll_delay_s() == 0.0
        budget.record()
    assert budget.poll_delay_s() == 60.0
    clock.now = 60.0
    assert budget.poll_delay_s() == 0.0


def test_a_429_lowers_the_budget_and_backs_off() -> None:
    clock = Ticks()
    budget = RateBudget(clock, 30)
    waits = []
    for _ in range(5):
        budget.observe(RateHint(limited=True))
        waits.append(budget.cool_down_s())
        clock.now += waits[-1]
    assert waits == [5, 10, 20, 40, 60]
    assert budget.per_minute == LEAST_PER_MINUTE
    budget.observe(RateHint(limited=True, wait_s=7))
    assert budget.cool_down_s() == 7
    budget.observe(RateHint())
    budget.observe(RateHint(limited=True))
    assert budget.cool_down_s() == 7


def test_polls_start_at_4_s_ease_off_tighten_and_slow_down() -> None:
    assert poll_interval_s(0, 60, 0) == 4
    assert 4 < poll_interval_s(40, 60, 0) <= 12
    assert poll_interval_s(55, 60, 0) == 2
    assert poll_interval_s(300, 60, 0) == 12
    assert poll_interval_s(1800, 60, 0) == SLOW_INTERVAL_S


def test_the_estimate_is_learned_from_like_jobs() -> None:
    done = [plain_job(id=str(n), submitted_at=0.0, finished_at=float(n)) for n in (10, 20, 30)]
    other = plain_job(
        id="o", submitted_at=0.0, finished_at=500.0, request=ClipRequest("x", duration_s=15)
    )
    assert expected_s(FOX, "demo", [*done, other]) == 20
    assert expected_s(ClipRequest("x", resolution="1080p"), "demo", [other]) == 500
    assert expected_s(FOX, "elsewhere", done) is None


def row(remote_id: str, seed: int | None = 7, prompt: str | None = "a fox") -> RemoteJob:
    return RemoteJob(remote_id, "pending", Phase.RUNNING, seed=seed, prompt=prompt)


def test_one_row_with_the_seed_is_proof() -> None:
    job = plain_job(state=JobState.UNCONFIRMED)
    assert proven_matches([job], [row("a"), row("b", seed=8)], set()) == {"j1": row("a")}


@pytest.mark.parametrize(
    "rows",
    [[], [row("a"), row("b")], [row("a", seed=None)], [row("known")]],
)
def test_anything_less_is_not(rows: list[RemoteJob]) -> None:
    assert proven_matches([plain_job(state=JobState.UNCONFIRMED)], rows, {"known"}) == {}


def test_two_jobs_never_share_a_row() -> None:
    jobs = [plain_job(id=i, state=JobState.UNCONFIRMED) for i in ("j1", "j2")]
    assert proven_matches(jobs, [row("a")], set()) == {}


@pytest.mark.parametrize(
    ("url", "kind"),
    [("https://example.com/api", OriginKind.CUSTOM), ("http://127.0.0.1:80/x", OriginKind.CUSTOM),
     ("http://[::1]:5/x", OriginKind.CUSTOM), ("https://pixeldojo.ai/api/v1", OriginKind.PIXELDOJO)],
)  # fmt: skip
def test_origins(url: str, kind: OriginKind) -> None:
    assert custom_origin(url).kind is kind


@pytest.mark.parametrize(
    "url",
    ["http://example.com", "ftp://x", "x", "https://u:p@h", "https://h:99999999", "https://h?q"],
)
def test_unsafe_origins_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="API URL"):
        custom_origin(url)


@given(st.text())
def test_any_prompt_is_judged_without_a_crash(prompt: str) -> None:
    fields = {found.field for found in violations(ClipRequest(prompt=prompt), PIXVERSE_V6)}
    assert fields <= {"prompt"}


def bare(remote_id: str, created_at: float | None = 1000.0) -> RemoteJob:
    return RemoteJob(remote_id, "pending", Phase.RUNNING, created_at=created_at)


LOST = {"state": JobState.UNCONFIRMED, "submitted_at": 1000.0}


def test_the_one_unknown_row_of_that_time_is_taken_for_the_one_lost_job() -> None:
    job = plain_job(**LOST)
    assert match_by_time([job], [bare("a"), bare("old", 1.0)], set(), {}) == bare("a")
    assert match_by_time([job], [bare("a"), bare("mine")], {"mine"}, {}) == bare("a")
    assert match_by_time([job], [bare("a"), bare("b")], set(), {"b": 990.0}) == bare("a")


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        ([], {}),
        ([bare("a"), bare("b")], {}),
        ([bare("a", None)], {}),  # a row without a time could be anybody's
        ([bare("a", None), bare("b")], {}),
        ([bare("a", 1000.0 - 86_400)], {}),
        ([bare("a", 1000.0 + 86_400)], {}),
        ([bare("a")], {"a": 999.0}),  # it was there before the job was sent
        ([row("a", seed=8)], {}),  # it echoes another clip
    ],
)
def test_anything_less_than_the_one_is_nobodys(
    rows: list[RemoteJob], seen: dict[str, float]
) -> None:
    assert match_by_time([plain_job(**LOST)], rows, set(), seen) is None


def test_two_lost_jobs_are_never_told_apart_by_time() -> None:
    jobs = [plain_job(id=i, **LOST) for i in ("j1", "j2")]
    assert match_by_time(jobs, [bare("a")], set(), {}) is None


@pytest.mark.parametrize(
    ("age_s", "reads", "has_list", "offered"),
    [
        (0, 0, False, True),  # no list will ever tell
        (599, 5, True, False),
        (601, 4, True, False),
        (601, 5, True, True),
        (601, 5, None, True),
        (1799, 0, None, False),
        (1801, 0, None, True),
    ],
)
def test_sending_again_is_offered_late(
    age_s: float, reads: int, has_list: bool | None, offered: bool
) -> None:
    job = plain_job(**LOST, list_reads=reads)
    assert may_send_again(job, 1000.0 + age_s, has_list=has_list) is offered


def test_what_was_spent_today_counts_the_worst_case() -> None:
    noon = time.mktime((2026, 11, 22, 12, 0, 0, 0, 0, -1))
    today = {"submitted_at": noon - 3600, "price": 10, "attempt_id": "a"}
    jobs = [
        plain_job(id="1", state=JobState.SAVED, **today, credit_cost=40),
        plain_job(id="2", state=JobState.UNCONFIRMED, **today),
        plain_job(id="3", state=JobState.SUBMITTING, **today),
        plain_job(id="4", state=JobState.REJECTED, **today),
        plain_job(id="5", state=JobState.QUEUED, price=10),
        plain_job(id="6", state=JobState.SAVED, submitted_at=noon - 86_400, credit_cost=10),
    ]
    assert spent_since(jobs, midnight_of(noon), lambda job: job.price) == 60
