"""The large preview over the library's grid: one player, one grid, and keys that still mean both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.library.panel import LibraryPanel
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.clip_window import context_over, three_clips, window_over


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    with three_clips(tmp_path) as made:
        yield made


@pytest.fixture
def window(qtbot: QtBot, store: JobStore) -> Iterator[MainWindow]:
    """In the library, with the newest clip chosen."""
    with window_over(qtbot, context_over(store)) as made:
        made.views.show_view("library")
        library = library_of(made)
        library.grid.setCurrentIndex(library.rows.index(0, 0))
        yield made


def library_of(window: MainWindow) -> LibraryPanel:
    return cast(LibraryPanel, window.views.pane("library"))


def press(key: Qt.Key) -> None:
    """Where the keyboard is."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def stage_is_in(window: MainWindow, place: QWidget) -> bool:
    stage = cast(PlayerPanel, window.player).stage
    return place.isAncestorOf(stage) and stage.isVisible()


def test_space_shows_the_clip_large_and_space_or_escape_the_grid_again(
    window: MainWindow,
) -> None:
    library, player = library_of(window), cast(PlayerPanel, window.player)
    small = player.stage.height()
    for closes in (Qt.Key.Key_Space, Qt.Key.Key_Escape):
        press(Qt.Key.Key_Space)
        assert library.preview.isVisible()
        assert stage_is_in(window, library.preview)
        assert not library.grid.isVisible()
        assert not player.isVisible()
        assert library.details.isVisible()
        assert player.stage.height() > small
        press(closes)
        assert stage_is_in(window, player)
        assert library.grid.hasFocus()


def test_a_key_that_is_held_shows_it_for_as_long(window: MainWindow) -> None:
    library = library_of(window)
    QTest.keyPress(library.grid, Qt.Key.Key_Space)
    assert library.preview.held.isActive()
    QTest.keyRelease(library.preview, Qt.Key.Key_Space)
    assert library.preview.is_open  # a short press
    press(Qt.Key.Key_Space)
    QTest.keyPress(library.grid, Qt.Key.Key_Space)
    library.preview.held.stop()  # the time is over
    QTest.keyRelease(library.preview, Qt.Key.Key_Space)
    assert not library.preview.is_open


def test_a_key_held_a_moment_longer_does_not_open_it_again(window: MainWindow) -> None:
    library = library_of(window)
    press(Qt.Key.Key_Space)
    assert library.preview.is_open
    press(Qt.Key.Key_Space)
    again = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", True
    )
    QApplication.sendEvent(library.grid, again)
    assert not library.preview.is_open


def test_arrows_and_the_keys_of_clips_go_on_to_the_next(
    window: MainWindow, store: JobStore, qtbot: QtBot
) -> None:
    library, player = library_of(window), cast(PlayerPanel, window.player)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Right)
    assert [job.id for job in library.choice.jobs()] == ["job2"]
    assert player.current_job is not None
    assert player.current_job.id == "job2"
    press(Qt.Key.Key_S)
    assert [job.is_picked for job in store.library.get(["job2"]).jobs] == [True]
    press(Qt.Key.Key_Period)
    assert player.transport.shown_index == 1
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: player.transport.is_playing)
    press(Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: library.rows.rowCount() == 2)
    assert [job.id for job in library.choice.jobs()] == ["job1"]
    assert library.preview.is_open


def test_another_view_takes_the_player_along(window: MainWindow) -> None:
    press(Qt.Key.Key_Space)
    window.views.show_view("create")
    assert stage_is_in(window, window.player)
    window.views.show_view("library")
    assert not library_of(window).preview.is_open


def test_the_whole_screen_leads_back_to_the_preview(window: MainWindow) -> None:
    library, player = library_of(window), cast(PlayerPanel, window.player)
    press(Qt.Key.Key_Space)
    player.toggle_full_screen()
    assert player.stage.window().isFullScreen()
    player.toggle_full_screen()
    assert stage_is_in(window, library.preview)
    press(Qt.Key.Key_Escape)  # from the button that has the keyboard now
    assert stage_is_in(window, player)


def test_with_the_last_clip_gone_there_is_nothing_to_show(window: MainWindow, qtbot: QtBot) -> None:
    library = library_of(window)
    press(Qt.Key.Key_Space)
    for left in (2, 1, 0):
        press(Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda left=left: library.rows.rowCount() == left)
    window.ready.pick(None)
    qtbot.waitUntil(lambda: not library.preview.is_open)
