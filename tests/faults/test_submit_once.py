"""One press, one job, S20: double clicks, held keys, two programs on one queue."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import Reply, Submission
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.faults.catalogue import fault
from tests.support.engine_harness import memory_harness
from tests.support.fake_service import FakeService
from tests.support.loops import in_virtual_time, soon
from tests.support.window_fakes import RESOURCES, FakePlayer, FakeQueue, make_context

S = JobState


MINUTE, HOUR = 60.0, 3600.0


@fault("S20")
@in_virtual_time
async def test_two_programs_on_one_queue_send_a_job_once(tmp_path: Path, key: str) -> None:
    """The lock keeps a second program out; the row itself keeps the second request in."""

    service = FakeService()
    async with memory_harness(service, tmp_path, key) as one:
        one.engine.pause()
        await one.ask(3)
        async with memory_harness(service, tmp_path, key) as two:
            one.engine.resume()
            two.engine.resume()
            await soon(lambda: len(service.attempts) >= 3)
            await asyncio.sleep(HOUR)
            assert len(service.attempts) == 3
            assert S.QUEUED not in one.states() + two.states()
            # Neither stands still for it.
            await two.ask()
            await soon(lambda: len(service.attempts) == 4)


@fault("S20")
@in_virtual_time
async def test_resume_pressed_again_and_again_sends_each_job_once(tmp_path: Path, key: str) -> None:
    async def slowly(body: bytes, attempt: str) -> Reply[Submission]:
        await asyncio.sleep(20)
        return Reply(Submission("job_" + attempt[:8], 10, 90))

    service = FakeService()
    service.answers["submit"] = slowly
    async with memory_harness(service, tmp_path, key) as harness:
        harness.engine.pause()
        await harness.ask(2)
        for _ in range(3):
            harness.engine.resume()
        await asyncio.sleep(5)
        for _ in range(3):
            harness.engine.resume()
        await asyncio.sleep(5 * MINUTE)
        assert len(service.attempts) == 2
        # One at a time: the second only after the first was answered.
        first, second = service.times("submit")
        assert second - first >= 20


@pytest.fixture
def context() -> UiContext:
    """Fakes around the window; its bus writes down what is asked for."""
    return make_context()


@pytest.fixture
def window(qtbot: QtBot, context: UiContext) -> MainWindow:
    """The whole window, on fakes."""
    theme.install(RESOURCES, "dark")
    made = MainWindow(context, FakePlayer(), FakeQueue())
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.compose.set_request(ClipRequest("A fox"))
    return made


def clips_asked_for(context: UiContext) -> int:
    calls: list[tuple[object, ...]] = context.bridge.calls
    return [call[0] for call in calls].count("generate")


@fault("S20")
def test_a_double_click_asks_for_one_clip(window: MainWindow, context: UiContext) -> None:
    button = window.compose.cost.button
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
    assert clips_asked_for(context) == 1


@pytest.mark.parametrize(
    ("where", "held", "modifiers"),
    [
        pytest.param("prompt", Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier,
                     marks=fault("S20"), id="S20-ctrl-return"),
        pytest.param("prompt", Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier,
                     marks=fault("S20"), id="S20-ctrl-enter"),
        pytest.param("button", Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier,
                     marks=fault("S20"), id="S20-space"),
        pytest.param("button", Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier,
                     marks=fault("S20"), id="S20-ctrl-return-on-button"),
    ],
)  # fmt: skip
def test_a_key_held_down_asks_for_one_clip(
    window: MainWindow,
    context: UiContext,
    where: str,
    held: Qt.Key,
    modifiers: Qt.KeyboardModifier,
) -> None:
    widget = window.compose.form.prompt if where == "prompt" else window.compose.cost.button
    text = " " if held == Qt.Key.Key_Space else ""
    widget.setFocus()
    for number in range(40):
        QTest.simulateEvent(widget, True, int(held), modifiers, text, number > 0)
    QTest.simulateEvent(widget, False, int(held), modifiers, text, False)
    assert clips_asked_for(context) == 1


@fault("S20")
def test_a_held_return_on_the_button_asks_for_one_clip_at_most(
    window: MainWindow, context: UiContext
) -> None:
    button = window.compose.cost.button
    button.setFocus()
    none = Qt.KeyboardModifier.NoModifier
    for number in range(40):
        QTest.simulateEvent(button, True, int(Qt.Key.Key_Return), none, "\r", number > 0)
    QTest.simulateEvent(button, False, int(Qt.Key.Key_Return), none, "\r", False)
    assert clips_asked_for(context) <= 1
