"""While the window is not in front there is one notice for all that happened; a click shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.film.film import Film
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import Hold, HoldReason
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.desktop import Desktop
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import demo_status, make_job, saved_job

S = JobState


class WrittenDown:
    """An outlet that keeps what it was given; None: it was taken away."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str] | None] = []

    def show(self, title: str, body: str) -> None:
        self.shown.append((title, body))

    def withdraw(self) -> None:
        self.shown.append(None)


@pytest.fixture
def outlet() -> WrittenDown:
    return WrittenDown()


@pytest.fixture
def desktop(window: MainWindow, context: UiContext, outlet: WrittenDown) -> Desktop:
    made = Desktop(context, window)
    made.notices.show_through(outlet)
    return made


def leave(window: MainWindow) -> None:
    """The user minimises it."""
    window.showMinimized()


def come(window: MainWindow) -> None:
    """Off the screen a minimised window keeps its focus, so Qt says nothing by itself."""
    window.showNormal()
    QGuiApplication.instance().focusWindowChanged.emit(window.windowHandle())


def test_one_notice_that_grows_and_goes(
    qtbot: QtBot, window: MainWindow, context: UiContext, desktop: Desktop, outlet: WrittenDown
) -> None:
    for number in (1, 2, 3):
        context.bridge.show_job(make_job(number, S.ACCEPTED))
    leave(window)
    context.bridge.show_job(saved_job(1, "A fox"))
    assert outlet.shown == []  # more may come in a moment
    assert desktop.notices.gather.isActive()
    desktop.notices.tell()
    context.bridge.show_job(saved_job(2, "An owl"))
    wrong = make_job(3, S.FAILED, problem=problem(ProblemCode.FAILED))
    context.bridge.show_job(wrong)
    desktop.notices.tell()
    assert outlet.shown[0] == ("“A fox” is ready.", "")
    title, body = outlet.shown[1]
    assert title.startswith("“Clip 3” failed. ")
    assert body == "2 clips are ready, the newest is “An owl”."
    come(window)
    assert outlet.shown[2:] == [None]
    desktop.notices.tell()
    assert outlet.shown[3:] == []


def test_a_minimised_window_is_not_in_front(
    qtbot: QtBot, window: MainWindow, context: UiContext, desktop: Desktop
) -> None:
    context.bridge.show_job(make_job(1, S.ACCEPTED))
    window.showMinimized()
    context.bridge.show_job(saved_job(1))
    assert desktop.notices.gather.isActive()
    desktop.notices.on_clicked()
    assert not window.isMinimized()


def test_in_front_or_switched_off_there_is_none(
    qtbot: QtBot, window: MainWindow, context: UiContext, desktop: Desktop, outlet: WrittenDown
) -> None:
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is not None)
    for number in (1, 2, 3):
        context.bridge.show_job(make_job(number, S.ACCEPTED))
    context.bridge.show_job(saved_job(1))
    leave(window)
    context.commands.settings = replace(context.commands.settings, notices="failures")
    context.bridge.show_job(saved_job(2))
    context.commands.settings = replace(context.commands.settings, notices="off")
    context.bridge.show_job(make_job(3, S.FAILED))
    assert not desktop.notices.gather.isActive()
    desktop.notices.tell()
    assert outlet.shown == []


def test_a_hold_is_told_as_the_window_says_it(
    qtbot: QtBot, window: MainWindow, context: UiContext, desktop: Desktop, outlet: WrittenDown
) -> None:
    leave(window)
    context.bridge.show_status(demo_status(hold=Hold(HoldReason.CREDITS)))
    for number in (1, 2):
        lost = make_job(number, S.SUBMITTING)
        context.bridge.show_job(lost)
        context.bridge.show_job(replace(lost, state=S.UNCONFIRMED))
    desktop.notices.tell()
    assert outlet.shown == [
        (
            "The queue waits for credits.",
            "2 clips may have been charged: the answers were lost.",
        )
    ]


def test_a_click_brings_the_window_and_the_clip(
    qtbot: QtBot, window: MainWindow, context: UiContext, desktop: Desktop, outlet: WrittenDown
) -> None:
    context.bridge.show_job(make_job(1, S.ACCEPTED))
    leave(window)
    context.bridge.show_job(saved_job(1, "A fox"))
    desktop.notices.tell()
    desktop.outlet.clicked.connect(desktop.notices.on_clicked)
    desktop.outlet.on_heard("")
    assert window.player.calls[-1] == ("show_job", saved_job(1, "A fox"))
    assert outlet.shown[-1] is None


def test_a_click_shows_a_film_or_the_clips_of_a_batch(
    qtbot: QtBot, window: MainWindow, context: UiContext, desktop: Desktop, outlet: WrittenDown
) -> None:
    context.bridge.known_films["f"] = Film("f", "Lighthouse")
    shots = [make_job(n, S.ACCEPTED, film="f", shot=str(n)) for n in (1, 2, 3)]
    for job in shots:
        context.bridge.show_job(job)
    shown: list[object] = []
    for signal in (window.clip_actions.film_shown, window.clip_actions.sheet_requested):
        signal.disconnect()  # the views themselves are tested elsewhere
    window.clip_actions.film_shown.connect(shown.append)
    window.clip_actions.sheet_requested.connect(lambda jobs, name: shown.append((len(jobs), name)))
    leave(window)
    for job, state in zip(shots, (S.SAVED, S.FAILED, S.SAVED), strict=True):
        context.bridge.show_job(replace(job, state=state))
    desktop.notices.tell()
    assert outlet.shown == [("“Lighthouse” is ready: 2 clips, 1 failed", "")]
    desktop.notices.on_clicked()
    assert shown == ["f"]
    rows = [make_job(n, S.ACCEPTED, batch="b", label="Foxes") for n in (4, 5)]
    for job in rows:
        context.bridge.show_job(job)
    leave(window)
    for job in rows:
        context.bridge.show_job(replace(job, state=S.SAVED))
    desktop.notices.on_clicked()
    assert shown[1:] == [(2, "Foxes")]


def test_a_dialog_of_ours_is_in_front_too(
    qtbot: QtBot, window: MainWindow, context: UiContext, desktop: Desktop
) -> None:
    context.bridge.show_job(make_job(1, S.ACCEPTED))
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is other.windowHandle())
    context.bridge.show_job(saved_job(1))
    assert not desktop.notices.gather.isActive()
