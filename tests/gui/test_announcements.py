"""What is said aloud although the keyboard is elsewhere: once, and of what one would else only see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import Hold, HoldReason
from pixverse_desktop.ui.base import announce as announcing
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.undo_strip import UndoStrip
from tests.support.factories import demo_status, make_job, saved_job


@pytest.fixture
def heard(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a reader was given, which is there from now on."""
    said: list[str] = []
    send = announcing.say

    def keep(place: QWidget, sentence: str) -> None:
        assert place.isVisible()
        said.append(sentence)
        send(place, sentence)

    monkeypatch.setattr(announcing, "say", keep)
    QAccessible.setActive(True)
    yield said
    QAccessible.setActive(False)


def test_a_clip_that_is_there_is_told_once(
    window: MainWindow, context: UiContext, heard: list[str]
) -> None:
    bridge = context.bridge
    bridge.show_job(make_job(1, JobState.ACCEPTED))
    bridge.show_job(saved_job(1, "a fox"))
    bridge.show_job(saved_job(1, "a fox"))
    assert len(heard) == 1
    assert "a fox" in heard[0]
    assert "ready" in heard[0]


def test_a_clip_that_does_not_get_on_the_stage_is_told_once_too(
    window: MainWindow, context: UiContext, heard: list[str]
) -> None:
    window.player.idle = False  # type: ignore[attr-defined]
    context.bridge.show_job(make_job(1, JobState.ACCEPTED))
    context.bridge.show_job(saved_job(1, "a fox"))
    assert [sentence for sentence in heard if "a fox" in sentence] == heard
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("state", "word"), [(JobState.FAILED, "Failed"), (JobState.UNCONFIRMED, "Unconfirmed")]
)
def test_a_failure_is_told_once_with_its_reason(
    window: MainWindow, context: UiContext, heard: list[str], state: JobState, word: str
) -> None:
    job = make_job(1, JobState.ACCEPTED)
    failed = replace(job, state=state, problem=problem(ProblemCode.FAILED, "Too many people."))
    for each in (job, failed, failed):
        context.bridge.show_job(each)
    assert heard == [f"{word}: Clip 1. Too many people."]


def test_jobs_of_an_earlier_run_are_no_news(
    window: MainWindow, context: UiContext, heard: list[str]
) -> None:
    job = make_job(1, JobState.FAILED)
    context.bridge.jobs_reset.emit((job,))
    context.bridge.show_job(job)
    assert heard == []


def test_a_hold_is_told_when_it_begins_and_not_with_every_second(
    window: MainWindow, context: UiContext, heard: list[str]
) -> None:
    held = demo_status(hold=Hold(HoldReason.OFFLINE))
    for status in (held, replace(held, credits=94), demo_status(), held):
        context.bridge.show_status(status)
    window.hold_banner.on_timer_timeout()
    assert len(heard) == 2
    assert heard[0] == heard[1] == window.hold_banner.label.text()


def test_the_way_back_is_told(window: MainWindow, heard: list[str]) -> None:
    strip = UndoStrip()
    strip.setParent(window)
    strip.add("job1")
    assert heard == [strip.label.text()] != [""]


def test_nobody_listens_nothing_is_said(
    window: MainWindow, context: UiContext, heard: list[str]
) -> None:
    QAccessible.setActive(False)
    context.bridge.show_status(demo_status(hold=Hold(HoldReason.OFFLINE)))
    assert heard == []
