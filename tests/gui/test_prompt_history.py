"""Earlier prompts: found by typing, taken by Enter, and undone like any typing."""

from __future__ import annotations

import dataclasses
from typing import cast

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.prompt_history import PromptHistory
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import make_job
from tests.support.window_fakes import FakeBus


def listed(history: PromptHistory) -> list[str]:
    model = history.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_a_prompt_is_found_taken_and_undone(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    bridge = cast(FakeBus, context.bridge)
    for number, prompt in enumerate(("red fox", "ocean", "red fox", "A Fox\nin two lines", " ")):
        job = make_job(number)
        request = dataclasses.replace(job.request, prompt=prompt)
        bridge.jobs[job.id] = dataclasses.replace(job, request=request)
    edit = window.compose.form.prompt
    edit.set_text("what I was writing")
    QTest.keySequence(edit, "Ctrl+H")
    qtbot.waitUntil(lambda: window.compose._history is not None)
    history = window.compose._history
    assert history is not None
    assert listed(history) == ["A Fox\nin two lines", "red fox", "ocean"]
    QTest.keyClicks(history.search, "FOX")
    assert listed(history) == ["A Fox\nin two lines", "red fox"]
    QTest.keyClick(history.search, Qt.Key.Key_Down)
    QTest.keyClick(history.search, Qt.Key.Key_Down)
    assert edit.text() == "what I was writing"
    QTest.keyClick(history.search, Qt.Key.Key_Return)
    assert edit.text() == "red fox"
    assert not history.isVisible()
    edit.undo()
    assert edit.text() == "what I was writing"


def test_nothing_found_is_said_and_enter_does_nothing(window: MainWindow) -> None:
    history = PromptHistory(window)
    heard: list[str] = []
    history.chosen.connect(heard.append)
    history.open_below(QPoint(0, 0), [])
    assert history.empty.text() == "Your prompts will be listed here."
    history.open_below(QPoint(0, 0), [make_job(1)])
    QTest.keyClicks(history.search, "zzz[")
    assert history.empty.text() == "No earlier prompt holds this."
    QTest.keyClick(history.search, Qt.Key.Key_Return)
    assert heard == []
    QTest.keyClick(history, Qt.Key.Key_Escape)
    assert not history.isVisible()
