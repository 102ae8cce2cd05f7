"""Messages come and go over the stage and in the foot: nothing else in the window moves."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import Hold, HoldReason
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.shell.toasts import Toasts
from tests.support.factories import demo_status, make_job

Change = Callable[[MainWindow, UiContext], object]


def places(window: MainWindow) -> dict[QWidget, QRect]:
    """Where every visible widget is, but those that are there to change."""
    changing = (window.toasts, window.foot)
    return {
        widget: QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and not any(c is widget or c.isAncestorOf(widget) for c in changing)
    }


def notice(window: MainWindow, _: UiContext) -> None:
    window.on_bridge_notice(problem(ProblemCode.OFFLINE))


def held(_: MainWindow, context: UiContext) -> None:
    hold = Hold(HoldReason.LIMIT, problem(ProblemCode.LIMIT))
    context.bridge.show_status(demo_status(hold=hold))


def reused(window: MainWindow, _: UiContext) -> None:
    window.reuse(make_job(7, JobState.SAVED), "seed")


def said(window: MainWindow, _: UiContext) -> None:
    window.user_actions.said.emit("Looking for clips…")


@pytest.mark.parametrize("change", [notice, held, reused, said])
@pytest.mark.parametrize("size", [(1600, 1000), (1024, 640)])
def test_a_message_moves_nothing(
    qtbot: QtBot, window: MainWindow, context: UiContext, size: tuple[int, int], change: Change
) -> None:
    window.demo_strip.dismissed.emit()
    window.resize(*size)
    qtbot.wait(10)
    before = places(window)
    change(window, context)
    qtbot.wait(10)
    after = places(window)
    moved = {
        (type(widget).__name__, widget.accessibleName())
        for widget, place in before.items()
        if after.get(widget, place) != place
    }
    assert moved == set()


def test_the_newest_two_stand_over_the_lower_stage(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    reused(window, context)
    notice(window, context)
    window.player.idle = False  # type: ignore[attr-defined]
    window.ready.pick(make_job(9, JobState.SAVED))
    for number in (1, 2):
        context.bridge.show_job(make_job(number, JobState.ACCEPTED))
        context.bridge.show_job(make_job(number, JobState.SAVED))
    assert window.ready.isVisible()
    assert window.notice_strip.isVisible()
    assert not window.undo_strip.isVisible()
    qtbot.wait(10)
    stage = window.player.stage  # type: ignore[attr-defined]
    area = QRect(stage.mapTo(window, QPoint(0, 0)), stage.size())
    toasts: Toasts = window.toasts
    place = QRect(toasts.mapTo(window, QPoint(0, 0)), toasts.size())
    assert area.contains(place)
    assert area.bottom() - place.bottom() < 20
    assert window.ready.y() > window.notice_strip.y()


def test_other_words_get_the_room_they_need(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1024, 640)
    window.notice_strip.show_message("Short.")
    qtbot.wait(10)
    low = window.toasts.height()
    window.notice_strip.show_message("A much longer sentence, about a clip and its settings. " * 4)
    qtbot.wait(10)
    assert window.toasts.height() > low
    label = window.notice_strip.label
    assert label.heightForWidth(label.width()) <= label.height()
    window.ready.greet(make_job(3, JobState.SAVED))
    window.player.idle = False  # type: ignore[attr-defined]
    window.ready.greet(make_job(4, JobState.SAVED))
    assert window.ready.isVisible()
    window.ready.timer.timeout.emit()
    assert not window.ready.isVisible()


def test_a_sentence_goes_by_itself_and_a_warning_stays(
    window: MainWindow, context: UiContext
) -> None:
    said(window, context)
    assert window.notice_strip.timer.isActive()
    notice(window, context)
    assert not window.notice_strip.timer.isActive()
    warning = window.notice_strip.label.text()
    said(window, context)
    assert window.notice_strip.label.text() != warning
    window.notice_strip.on_timer_timeout()  # what was said over it is gone
    assert window.notice_strip.label.text() == warning
    window.notice_strip.close_button.click()
    assert not window.notice_strip.isVisible()
    said(window, context)
    window.notice_strip.on_timer_timeout()
    assert not window.toasts.isVisible()


def test_a_long_name_in_a_message_is_broken_not_cut(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1024, 640)
    window.notice_strip.show_message("Not a picture: " + "very_long_" * 20 + ".png")
    qtbot.wait(10)
    label = window.notice_strip.label
    assert label.heightForWidth(label.width()) <= label.height()
    assert label.minimumSizeHint().width() <= label.width()


def test_the_foot_tells_of_the_hold_and_then_of_the_work_again(
    window: MainWindow, context: UiContext
) -> None:
    held(window, context)
    assert window.hold_banner.isVisible()
    assert not window.status_bar.isVisible()
    context.bridge.show_status(demo_status(credits=Decimal(10)))
    assert window.status_bar.isVisible()
    assert not window.hold_banner.isVisible()


def test_a_long_hold_leaves_the_foot_as_it_was(
    qtbot: QtBot, window: MainWindow, context: UiContext
) -> None:
    window.demo_strip.dismissed.emit()
    window.resize(1024, 640)
    qtbot.wait(10)
    before = places(window)
    text = Message("month_limit_passed", limit=Decimal(25), spent=Decimal(20), price=Decimal(10))
    until = time.time() + 30 * 86_400
    hold = Hold(HoldReason.LIMIT, problem(ProblemCode.LIMIT, text), until)
    context.bridge.show_status(demo_status(hold=hold))
    qtbot.wait(10)
    assert window.hold_banner.aside.text().startswith("goes on ")
    assert "goes on in" not in window.hold_banner.aside.text()
    context.bridge.show_status(demo_status())
    qtbot.wait(10)
    assert places(window) == before
