"""Single keys after a click into any list: they are the player's, not a type-ahead's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QListView
from pytestqt.qtbot import QtBot

from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.inputs import NoTypeAhead
from tests.support.factories import demo_status, make_job, saved_job
from tests.support.window_fakes import FakePlayer, QueueBus, make_context

PLAYERS = [
    (Qt.Key.Key_Comma, "step"),
    (Qt.Key.Key_Period, "step"),
    (Qt.Key.Key_M, "toggle_mute"),
    (Qt.Key.Key_P, "toggle_loop"),
    (Qt.Key.Key_F, "toggle_full_screen"),
    (Qt.Key.Key_1, "show_actual_size"),
    (Qt.Key.Key_Space, "toggle_play"),
]


@pytest.fixture
def context(tmp_path: Path) -> Iterator[UiContext]:
    """With a clip in Recent, a waiting job, and a library."""
    store = JobStore(tmp_path / "data")
    store.open()
    store.add_jobs(saved_job(1, "f 1 m p"))
    made = replace(make_context(), library=lambda: store.library, bridge=QueueBus(demo_status()))
    made.bridge.jobs = {job.id: job for job in (saved_job(1, "f 1 m p"), make_job(2))}
    yield made
    store.close()


@pytest.fixture
def window(qtbot: QtBot, context: UiContext) -> MainWindow:
    made = MainWindow(context, FakePlayer(), QueuePanel(context))
    qtbot.addWidget(made)
    made.resize(1400, 900)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    return made


def lists_of(window: MainWindow) -> dict[str, QListView]:
    window.views.show_view("library")
    assert window.views.pane("library") is not None
    return {
        "recent": window.queue.grid,
        "queue": window.queue.list,
        "grid": window.views.pane("library").grid,
        "rail": window.views.pane("library").sidebar.list,
    }


@pytest.mark.parametrize("name", ["recent", "queue", "grid", "rail"])
def test_single_keys_play_after_a_click_into_a_list(
    window: MainWindow, name: str, qtbot: QtBot
) -> None:
    view = lists_of(window)[name]
    if name in ("recent", "queue"):
        window.views.show_create()
    place = view.visualRect(view.model().index(0, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    chosen = view.currentIndex()
    window.player.calls.clear()
    for key, call in PLAYERS:
        if name == "grid" and key == Qt.Key.Key_Space:
            continue  # there it opens the preview
        QTest.keyClick(view, key)
        assert window.player.calls.pop()[0] == call
    QTest.keyClick(view, Qt.Key.Key_B)  # nobody's: no row is jumped to
    assert view.currentIndex() == chosen
    QTest.keyClick(view, Qt.Key.Key_F1)
    assert window.user_actions.shortcuts_dialog.isVisible()
    window.user_actions.shortcuts_dialog.reject()


def test_no_list_of_the_window_looks_for_letters(window: MainWindow) -> None:
    lists_of(window)
    views = window.findChildren(QListView)
    assert len(views) >= 4
    assert [v for v in views if not isinstance(v, NoTypeAhead) and in_window(v, window)] == []


def in_window(view: QAbstractItemView, window: MainWindow) -> bool:
    """Not in a popup of its own, such as a combo box's."""
    return view.window() is window
