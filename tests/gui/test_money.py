"""What the window says about credits, and what it asks before they are spent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import Hold, HoldReason
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.inputs import CreditsSpin, WholeSpin
from pixverse_desktop.ui.widgets.question import Question
from tests.support.factories import demo_status, make_job

REQUEST = ClipRequest("A fox", seed=77)


def sent(context: UiContext) -> list[ClipRequest]:
    return [call[1] for call in context.bridge.calls if call[0] == "generate"]


def asked(window: MainWindow) -> Question:
    sheet = window._same_request.question
    assert sheet is not None
    return sheet


@pytest.mark.parametrize("state", [JobState.SAVED, JobState.QUEUED, JobState.UNCONFIRMED])
def test_an_identical_request_is_asked_about_once(
    window: MainWindow, context: UiContext, state: JobState
) -> None:
    context.bridge.show_job(make_job(1, state, request=REQUEST))
    window.compose.set_request(REQUEST)
    for _ in range(6):
        window.compose.generate_requested.emit(REQUEST)
    have = "You have this clip" if state is JobState.SAVED else "This clip is under way"
    assert asked(window).windowTitle() == f"{have} already"
    assert sent(context) == []
    asked(window).buttons["anyway"].click()
    assert sent(context) == [REQUEST]
    assert window._same_request.question is None


def test_a_new_seed_is_the_default_and_unlocks_the_seed(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    context.bridge.show_job(make_job(1, JobState.SAVED, request=REQUEST))
    window.compose.set_request(REQUEST)
    window.compose.generate()
    qtbot.waitUntil(asked(window).isActiveWindow)
    for _ in range(5):  # the key is still held down
        QTest.keyClick(
            asked(window).focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
        )
    assert sent(context) == []
    QTest.keyClick(asked(window).focusWidget(), Qt.Key.Key_Return)
    assert [request.seed for request in sent(context)] == [None]
    assert window.compose.request().seed is None


def test_the_clip_that_is_there_can_be_shown(window: MainWindow, context: UiContext) -> None:
    made = make_job(1, JobState.SAVED, request=REQUEST)
    context.bridge.show_job(made)
    window.compose.set_request(REQUEST)
    window.compose.generate()
    asked(window).buttons["show"].click()
    assert window.player.calls == [("show_job", made)]
    assert sent(context) == []


@pytest.mark.parametrize(
    "other",
    [
        make_job(1, JobState.SAVED, request=ClipRequest("A fox", seed=78)),
        make_job(1, JobState.SAVED, request=REQUEST, origin="https://pixeldojo.ai"),
        make_job(1, JobState.REJECTED, request=REQUEST),
        make_job(1, JobState.SAVED, request=ClipRequest("A fox")),
    ],
)
def test_what_is_not_the_same_is_sent_at_once(
    window: MainWindow, context: UiContext, other: object
) -> None:
    context.bridge.show_job(other)
    window.compose.set_request(REQUEST)
    window.compose.generate()
    assert sent(context) == [REQUEST]


def test_what_is_left_after_counts_what_waits(window: MainWindow, context: UiContext) -> None:
    context.bridge.show_status(demo_status(credits=Decimal(350)))
    for number in range(5):
        context.bridge.show_job(make_job(number, JobState.QUEUED))
    context.bridge.show_job(make_job(9, JobState.ACCEPTED))  # in the balance already
    context.bridge.show_job(make_job(10, JobState.QUEUED, origin="https://pixeldojo.ai"))
    assert window.compose.cost.balance.text() == "290 left after"
    context.bridge.show_status(demo_status(credits=Decimal("45.5")))
    assert window.compose.cost.balance.text() == "14.5 credits short"
    context.bridge.show_job(make_job(1, JobState.WITHDRAWN))
    assert window.compose.cost.balance.text() == "4.5 credits short"


def test_the_banner_says_how_much_is_missing(window: MainWindow, context: UiContext) -> None:
    hold = Hold(HoldReason.CREDITS, problem(ProblemCode.CREDITS))
    context.bridge.show_status(demo_status(credits=Decimal("4.5"), hold=hold))
    said = window.hold_banner.label
    assert said.text().startswith("Not enough credits.")
    for number in range(2):
        context.bridge.show_job(make_job(number, JobState.QUEUED))
    assert said.text() == "You are 15.5 credits short for 2 waiting clips."
    context.bridge.show_job(make_job(1, JobState.WITHDRAWN))
    assert said.text() == "You are 5.5 credits short for 1 waiting clip."
    context.bridge.show_status(demo_status(credits=Decimal(100), hold=hold))
    assert said.text().startswith("Not enough credits.")


def test_an_old_balance_is_told_as_one(window: MainWindow, context: UiContext) -> None:
    context.bridge.show_status(demo_status(credits=Decimal("340.5"), credits_old=True))
    assert window.top_bar.credits.text() == "at most 340.5 credits"
    assert "charged since" in window.top_bar.credits.toolTip()
    context.bridge.show_status(demo_status(credits=Decimal(330)))
    assert window.top_bar.credits.text() == "330 credits"


def test_what_waits_from_before_is_asked_about(window: MainWindow, context: UiContext) -> None:
    hold = Hold(HoldReason.ASK, waiting=1, credits=Decimal(10))
    context.bridge.show_status(demo_status(hold=hold))
    strip = window.hold_banner
    assert strip.isVisible()
    assert strip.label.text() == "1 clip is waiting for your word."
    assert (strip.button.text(), strip.keep_button.text()) == (
        "Send now, 10 credits", "Keep waiting",
    )  # fmt: skip
    strip.keep_button.click()
    strip.button.click()
    assert context.bridge.calls == [("pause",), ("resume",)]
    context.bridge.show_status(demo_status(hold=Hold(HoldReason.PAUSED)))
    assert not strip.keep_button.isVisible()


@pytest.mark.parametrize(
    ("locale", "typed", "value"),
    [
        ("de_DE", "12,5", 12.5), ("de_DE", "12.5", 30), ("de_DE", "1.000", 1000),
        ("en_US", "12.5", 12.5), ("en_US", "12,5", 30), ("en_US", "1,000", 1000),
        ("en_US", "12.555", 30), ("en_US", "", 30), ("en_US", "-5", 30), ("en_US", "45", 45),
    ],
)  # fmt: skip
def test_a_typed_limit_is_the_locales_number_or_refused(
    qtbot: QtBot, locale: str, typed: str, value: float
) -> None:
    spin = CreditsSpin()
    qtbot.addWidget(spin)
    spin.setLocale(QLocale(locale))
    spin.setRange(0, 1_000_000)
    spin.setValue(30)
    assert spin.text() == "30"
    spin.selectAll()
    QTest.keyClick(spin, Qt.Key.Key_Delete)
    QTest.keyClicks(spin, typed)
    assert spin.lineEdit().text() == typed  # nothing is left out while it is typed
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert spin.value() == value


def test_a_whole_number_never_swallows_a_point(qtbot: QtBot) -> None:
    spin = WholeSpin()
    qtbot.addWidget(spin)
    spin.setRange(1, 20)
    spin.setValue(4)
    spin.selectAll()
    QTest.keyClicks(spin, "1.5")
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert spin.value() == 4


@pytest.mark.parametrize("kind", [CreditsSpin, WholeSpin])
def test_what_is_typed_after_a_click_replaces_no_limit(
    qtbot: QtBot, kind: type[CreditsSpin] | type[WholeSpin]
) -> None:
    spin = kind()
    qtbot.addWidget(spin)
    spin.setRange(0, 1000)
    spin.setSpecialValueText("No limit")
    spin.show()
    spin.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.mouseClick(spin.lineEdit(), Qt.MouseButton.LeftButton)
    qtbot.wait(5)
    QTest.keyClicks(spin.lineEdit(), "25")
    QTest.keyClick(spin.lineEdit(), Qt.Key.Key_Return)
    assert spin.value() == 25
