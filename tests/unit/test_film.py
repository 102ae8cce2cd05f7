"""Films: what is there, what is out of date and why, and what is to be made."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.film import (
    Film,
    check_film,
    duplicate,
    film_from_text,
    film_to_text,
    followers,
    links_of,
)
from pixverse_desktop.core.film.plan import Parent, Wish
from pixverse_desktop.core.jobs.job import A_STILL
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.price import Price
from tests.support.factories import FRAME
from tests.support.films import chain, planned, shot, states, take_of, to_make, waiting

S = JobState
FILM = chain("one", "two", "three")
ONE = take_of(FILM, "one", 1)
TWO = take_of(FILM, "two", 2, after=ONE.id)
THREE = take_of(FILM, "three", 3, after=TWO.id)
ALL = (ONE, TWO, THREE)
MISSING = Wish()


def test_a_new_film_is_made_from_its_first_shot_on() -> None:
    plan = planned(FILM, wish=MISSING)
    assert states(plan) == ["missing"] * 3
    assert to_make(plan) == ["one", "two", "three"]
    assert [one.after for one in plan.to_make] == [
        None, Parent(shot_id="one"), Parent(shot_id="two")
    ]  # fmt: skip
    assert plan.price(lambda request: Price(Decimal(1), Decimal(2))) == (3, 6)


def test_what_is_there_is_not_made_again() -> None:
    plan = planned(FILM, ALL, MISSING)
    assert states(plan) == ["ready"] * 3
    assert to_make(plan) == []
    assert plan.length_s == 15
    plan = planned(FILM, ALL[:2], MISSING)
    assert [one.after for one in plan.to_make] == [Parent(job_id=TWO.id)]


def test_a_changed_shot_is_out_of_date_with_all_that_follows_and_is_not_made_by_itself() -> None:
    request = FILM.shot("two").request.changed(prompt="another text")
    plan = planned(FILM.with_shot("two", request=request), ALL, MISSING)
    assert states(plan) == ["ready", "out_of_date", "out_of_date"]
    assert [one.reason for one in plan.shots] == [
        "", "The shot was changed since.", "“two”, which it goes on from, is out of date."
    ]  # fmt: skip
    assert to_make(plan) == []
    redo = Wish(redo={"two", "three"})
    assert to_make(planned(plan.film, ALL, redo)) == ["two", "three"]
    assert to_make(planned(plan.film, ALL, Wish(redo={"one"}))) == []


def test_another_take_of_a_shot_makes_what_follows_out_of_date() -> None:
    newer = take_of(FILM, "one", 9)
    plan = planned(FILM, (*ALL, newer))
    assert plan.of("one").take == newer
    assert states(plan) == ["ready", "out_of_date", "out_of_date"]
    assert "take of “one”" in plan.of("two").reason
    again = planned(FILM.with_shot("one", chosen=ONE.id), (*ALL, newer))
    assert states(again) == ["ready"] * 3


def test_an_older_take_that_fits_counts_before_a_newer_one_that_does_not() -> None:
    """The text was changed and changed back: nothing is paid for again."""
    request = FILM.shot("one").request.changed(prompt="another")
    other = replace(take_of(FILM.with_shot("one", request=request), "one", 8))
    plan = planned(FILM, (*ALL, other), Wish(redo={"one", "two", "three"}))
    assert states(plan) == ["ready"] * 3
    assert to_make(plan) == []


def test_redo_lets_go_of_a_choice_that_is_out_of_date() -> None:
    newer = take_of(FILM, "one", 9)
    fitting = take_of(FILM, "two", 10, after=newer.id)
    film = FILM.with_shot("two", chosen=TWO.id)
    jobs = (*ALL, newer, fitting)
    assert states(planned(film, jobs)) == ["ready", "out_of_date", "out_of_date"]
    plan = planned(film, jobs, Wish(redo={"two", "three"}))
    assert to_make(plan) == ["three"]  # a take of the second is there already
    assert plan.unchosen == {"two"}


def test_what_is_kept_is_not_out_of_date_until_something_else_changes() -> None:
    newer = take_of(FILM, "one", 9)
    out = planned(FILM, (*ALL, newer)).of("two")
    film = FILM.with_shot("two", kept=out.wanted)
    assert states(planned(film, (*ALL, newer))) == ["ready"] * 3
    again = (*ALL, newer, take_of(FILM, "one", 11))
    assert states(planned(film, again)) == ["ready", "out_of_date", "out_of_date"]


def test_what_is_under_way_is_not_made_twice() -> None:
    waits = waiting(TWO)
    plan = planned(FILM, (ONE, waits), MISSING)
    assert states(plan) == ["ready", "under_way", "missing"]
    assert to_make(plan) == ["three"]
    assert plan.to_make[0].after == Parent(job_id=waits.id)
    sent = waiting(TWO, S.UNCONFIRMED)
    assert states(planned(FILM, (ONE, sent))) == ["ready", "undecided", "missing"]
    other = FILM.with_shot("two", request=FILM.shot("two").request.changed(prompt="changed"))
    plan = planned(other, (ONE, waiting(TWO, S.ACCEPTED)), MISSING)
    assert states(plan) == ["ready", "under_way", "missing"]  # it is paid for
    plan = planned(other, (ONE, waits), MISSING)
    assert to_make(plan) == ["two", "three"]
    assert plan.stale == (waits,)  # nobody wants that one any more


def test_a_redo_that_was_cut_short_goes_on() -> None:
    """A new take of the first waits, and one of the second behind it: neither is asked for again."""
    other = FILM.with_shot("one", request=FILM.shot("one").request.changed(prompt="changed"))
    first = waiting(take_of(other, "one", 7))
    second = waiting(take_of(other, "two", 8, after=first.id))
    plan = planned(other, (*ALL, first, second), Wish(redo={"one", "two", "three"}))
    assert to_make(plan) == ["three"]
    assert plan.to_make[0].after == Parent(job_id=second.id)


def test_a_failure_stops_its_branch_alone() -> None:
    film = replace(FILM, shots=(*FILM.shots, shot("four")))
    said = problem(ProblemCode.FAILED)
    jobs = (ONE, waiting(TWO, S.FAILED, problem=said))
    plan = planned(film, jobs, MISSING)
    assert states(plan) == ["ready", "failed", "missing", "missing"]
    assert to_make(plan) == ["four"]
    assert plan.of("two").reason == said.message
    assert plan.of("three").reason == "It needs “two”, which has no take."
    retried = planned(film, jobs, Wish(retry_failed=True))
    assert to_make(retried) == ["two", "three", "four"]
    waits = waiting(THREE)  # behind the failed one: it moves to the new try
    assert planned(film, (*jobs, waits), Wish(retry_failed=True)).stale == (waits,)
    assert planned(film, (*jobs, waits)).of("three").reason.startswith("It needs")
    rejected = planned(film, (ONE, waiting(TWO, S.REJECTED, problem=said)), MISSING)
    assert to_make(rejected) == ["two", "three", "four"]  # it cost nothing


@pytest.mark.parametrize("state", [S.WITHDRAWN, S.REJECTED])
def test_a_retry_that_cost_nothing_leaves_the_failure_as_it_was(state: JobState) -> None:
    failed = waiting(ONE, S.FAILED, problem=problem(ProblemCode.FAILED))
    retried = waiting(take_of(FILM, "one", 9), state)
    plan = planned(FILM, (failed, retried), MISSING)
    assert plan.of("one").tried == failed
    assert states(plan) == ["failed", "missing", "missing"]
    assert to_make(plan) == []  # that was charged: only when it is asked for
    assert states(planned(FILM, (retried,)))[0] == "missing"


def test_clips_in_the_trash_and_those_deleted() -> None:
    trashed = replace(TWO, hidden=True)
    plan = planned(FILM, (ONE, trashed), MISSING)
    assert states(plan) == ["ready", "ready", "missing"]
    assert to_make(plan) == []
    assert plan.of("three").reason == "The clip of “two” is in the trash."
    assert planned(FILM, (ONE, replace(trashed, deleted=True))).of("two").take is None
    other = take_of(FILM, "two", 12, after=ONE.id)
    assert planned(FILM, (ONE, replace(other, hidden=True), TWO)).of("two").take == TWO


def test_one_more_take_is_made_whatever_is_there() -> None:
    plan = planned(FILM, ALL, Wish(again={"two"}, missing=False))
    assert to_make(plan) == ["two"]
    assert plan.to_make[0].after == Parent(job_id=ONE.id)


def test_a_shot_may_go_on_from_any_earlier_one_and_end_on_the_next() -> None:
    request = shot("a").request.changed(start_frame=FRAME)
    first = replace(shot("a"), request=request, meets=True)
    film = Film("film", "A film", (first, shot("b"), shot("c", continues=True, follows="a")))
    check_film(film)
    plan = planned(film, wish=MISSING)
    assert to_make(plan) == ["b", "a", "c"]
    assert plan.to_make[1].meets == Parent(shot_id="b")
    assert plan.to_make[1].request_as_sent.end_frame == A_STILL
    assert plan.to_make[2].after == Parent(shot_id="a")
    picture = replace(FRAME, value="b.jpg")
    given = film.with_shot("b", request=film.shot("b").request.changed(start_frame=picture))
    assert links_of(given)["a"].request.end_frame == picture
    assert to_make(planned(given, wish=MISSING)) == ["a", "b", "c"]
    assert [one.name for one in followers(film, "b")] == ["a", "c"]


@pytest.mark.parametrize(
    ("film", "said"),
    [
        (replace(FILM, shots=(replace(FILM.shots[0], meets=True), *FILM.shots[1:])), "each other"),
        (replace(FILM, shots=FILM.shots[::-1]), "does not come before it"),
        (FILM.with_shot("two", follows="three"), "does not come before it"),
        (FILM.with_shot("two", follows="nobody"), "does not come before it"),
        (FILM.with_shot("two", name="one"), "Two shots"),
        (FILM.with_shot("two", name=" "), "no name"),
        (replace(FILM, name=""), "no name"),
        (replace(FILM, shots=tuple(shot(str(n)) for n in range(1001))), "1,001"),
    ],
)
def test_a_film_that_cannot_be_is_refused(film: Film, said: str) -> None:
    with pytest.raises(UserError, match=said):
        check_film(film)


def test_hops_are_counted_from_the_last_cut() -> None:
    film = chain(*"abcdef")
    assert [one.hops for one in planned(film).shots] == [0, 1, 2, 3, 4, 5]
    far = planned(film).far_from_cut
    assert far is not None
    assert far.shot.name == "e"
    assert planned(film.with_shot("d", continues=False)).far_from_cut is None


def test_a_long_chain_is_planned_at_once() -> None:
    film = chain(*map(str, range(1000)))
    check_film(film)
    assert len(planned(film, wish=MISSING).to_make) == 1000


def test_a_film_comes_back_whole_from_its_text() -> None:
    film = replace(FILM, created_at=17.5).with_shot(
        "two", meets=True, chosen="x", takes=("y",), follows="one"
    )
    assert film_from_text(film_to_text(film)) == film


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"version": 2}', "[" * 100_000, '{"version": 1, "id": "../x"}',
        film_to_text(FILM).replace('"version": 1', '"version": 2'),
        film_to_text(FILM).replace('"continues": false', '"continues": 0'),
        film_to_text(FILM).replace('"takes": []', '"takes": ["../x"]'),
        film_to_text(FILM).replace('"name": "one"', '"name": 5'),
    ],
)  # fmt: skip
def test_a_text_that_is_no_film_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        film_from_text(text)


def test_a_duplicate_has_the_same_takes() -> None:
    copy = duplicate(FILM, ["A film"], lambda one: (f"{one.name}1",))
    assert copy.name == "A film 2"
    assert copy.id != FILM.id
    assert states(planned(copy, [ONE, replace(TWO, id="two1"), replace(THREE, id="three1",
        after="two1")])) == ["ready"] * 3  # fmt: skip


def test_a_redo_that_was_charged_and_failed_is_paid_again_only_on_request() -> None:
    request = FILM.shot("one").request.changed(prompt="another")
    film = FILM.with_shot("one", request=request)
    failed = waiting(take_of(film, "one", 9), S.FAILED, remote_id="r9", credit_cost=Decimal(5))
    jobs = (*ALL, failed)
    redo = Wish(redo={"one"})
    assert states(planned(film, jobs))[0] == "out_of_date"
    assert to_make(planned(film, jobs, redo)) == []
    assert to_make(planned(film, jobs, replace(redo, retry_failed=True))) == ["one"]
    assert to_make(planned(film, ALL, redo)) == ["one"]


@pytest.mark.parametrize("changes", [{"duration_s": 0}, {"seed": -1}, {"prompt": "a\0b"}])
def test_a_shot_that_cannot_be_sent_is_kept_all_the_same(changes: dict[str, object]) -> None:
    request = FILM.shot("one").request.changed(**changes)
    film = FILM.with_shot("one", request=request)
    assert film_from_text(film_to_text(film)) == film


def test_a_waiting_job_that_goes_on_from_another_clip_now_is_not_as_asked() -> None:
    job = waiting(TWO)
    assert job.is_as_asked(job)
    assert not job.is_as_asked(replace(job, after="other"))
    assert not job.is_as_asked(replace(job, after=""))
    assert not job.is_as_asked(replace(job, meets="other"))
