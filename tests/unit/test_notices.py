"""What is worth a notice, as a table of changes; none of it while the window is in front."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.notices import NoticeRules, Together, Wanted
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import Hold, HoldReason
from tests.support.factories import make_job

S = JobState
BATCH = [make_job(n, batch="b", row=n) for n in (1, 2, 3)]
FILM = [make_job(n, batch=f"b{n}", film="f", shot=str(n)) for n in (1, 2)]


def rules(*jobs: Job) -> NoticeRules:
    made = NoticeRules()
    made.restore(jobs)
    return made


def play(followed: NoticeRules, wanted: Wanted, *steps: tuple[Job, S]) -> list[bool]:
    """Whether there was something to tell after each step."""
    return [followed.take_job(replace(job, state=state), wanted) for job, state in steps]


def ids(jobs: Iterable[Job]) -> list[str]:
    return [job.id for job in jobs]


@pytest.mark.parametrize(
    ("before", "after", "told_by"),
    [
        (S.VERIFIED, S.SAVED, "ready"),
        (S.ACCEPTED, S.SAVED, "ready"),
        (S.QUEUED, S.REJECTED, "failed"),
        (S.ACCEPTED, S.FAILED, "failed"),
        (S.ACCEPTED, S.NO_FILE, "failed"),
        (S.ACCEPTED, S.EXPIRED, "failed"),
        (S.SUBMITTING, S.UNCONFIRMED, "unconfirmed"),
        (S.SAVED, S.SAVED, ""),
        (S.QUEUED, S.SUBMITTING, ""),
        (S.SUBMITTING, S.ACCEPTED, ""),
        (S.ACCEPTED, S.VERIFIED, ""),
        (S.UNCONFIRMED, S.DROPPED, ""),
        (S.QUEUED, S.WITHDRAWN, ""),
    ],
)
def test_a_clip_by_itself(before: S, after: S, told_by: str) -> None:
    job = make_job(1, before)
    for wanted in Wanted:
        followed = rules(job)
        told = bool(told_by) and wanted is not Wanted.OFF
        told = told and (wanted is Wanted.ALL or told_by != "ready")
        assert play(followed, wanted, (job, after)) == [told]
        assert bool(followed.news) is told
        if told:
            assert ids(getattr(followed.news, told_by)) == ["job1"]
            assert followed.news.last is getattr(followed.news, told_by)[0]


def test_a_whole_batch_is_one_notice() -> None:
    first, second, third = BATCH
    followed = rules(*BATCH)
    told = play(followed, Wanted.ALL, (first, S.SAVED), (second, S.FAILED), (third, S.SAVED))
    assert told == [False, False, True]
    [one] = followed.news.together
    assert (ids(one.made), ids(one.failed), one.film) == (["job1", "job3"], ["job2"], "")
    assert followed.news.last is one
    assert not followed.news.ready
    assert not followed.news.failed


def test_failures_only_tells_of_a_batch_that_has_some() -> None:
    first, second, third = BATCH
    followed = rules(*BATCH)
    steps = [(first, S.SAVED), (second, S.SAVED), (third, S.SAVED)]
    assert play(followed, Wanted.FAILURES, *steps) == [False, False, False]
    followed = rules(*BATCH)
    steps = [(first, S.SAVED), (second, S.SAVED), (third, S.FAILED)]
    assert play(followed, Wanted.FAILURES, *steps) == [False, False, True]


def test_a_film_is_one_notice_whatever_it_was_queued_with() -> None:
    old = make_job(9, S.SAVED, film="f", shot="1")
    followed = rules(old, *FILM)
    assert play(followed, Wanted.ALL, (FILM[0], S.SAVED), (FILM[1], S.SAVED)) == [False, True]
    assert followed.news.together == [
        Together("f", tuple(replace(job, state=S.SAVED) for job in FILM), ())
    ]  # and not the take that was there before


def test_what_waits_for_a_clip_that_failed_does_not_hold_the_notice_back() -> None:
    first, second = FILM[0], replace(FILM[1], after="job1")
    followed = rules(first, second)
    assert play(followed, Wanted.ALL, (first, S.FAILED)) == [True]
    assert ids(followed.news.together[0].failed) == ["job1"]


def test_a_batch_that_began_before_a_restart_is_counted_whole() -> None:
    done = replace(BATCH[0], state=S.SAVED)
    followed = rules(done, *BATCH[1:])
    play(followed, Wanted.ALL, (BATCH[1], S.SAVED), (BATCH[2], S.SAVED))
    assert ids(followed.news.together[0].made) == ["job1", "job2", "job3"]


def test_the_rest_of_a_batch_that_was_cancelled_ends_it() -> None:
    followed = rules(*BATCH)
    play(followed, Wanted.ALL, (BATCH[0], S.SAVED), (BATCH[1], S.SAVED))
    gone = replace(BATCH[2], state=S.WITHDRAWN, hidden=True)
    assert followed.take_job(gone, Wanted.ALL)
    assert ids(followed.news.together[0].made) == ["job1", "job2"]


def test_what_was_seen_or_found_is_told_no_more() -> None:
    lost, made = make_job(1, S.SUBMITTING), make_job(2, S.ACCEPTED)
    followed = rules(lost, made)
    play(followed, Wanted.ALL, (lost, S.UNCONFIRMED), (made, S.SAVED))
    play(followed, Wanted.ALL, (lost, S.ACCEPTED))
    assert not followed.news.unconfirmed
    followed.look()
    assert not followed.news
    assert followed.news.last is None


def test_a_clip_off_the_list_is_not_told_of() -> None:
    job = make_job(1, S.ACCEPTED)
    followed = rules(job)
    assert not followed.take_job(replace(job, state=S.SAVED, hidden=True), Wanted.ALL)


@pytest.mark.parametrize("reason", list(HoldReason))
def test_holds_that_need_the_user(reason: HoldReason) -> None:
    needs = {"key", "credits", "disk", "cost", "limit"}
    followed = rules()
    assert followed.take_hold(Hold(reason), Wanted.FAILURES) is (reason.value in needs)
    assert not followed.take_hold(Hold(reason), Wanted.ALL)  # the same, told again
    assert not followed.take_hold(None, Wanted.ALL)
    assert not followed.news
    assert not rules().take_hold(Hold(reason), Wanted.OFF)
