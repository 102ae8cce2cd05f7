"""One menu for a clip wherever it is shown, and keys that do what it says; judging two takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import Collection
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.reuse import RequestPart
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compare.window import CompareWindow
from pixverse_desktop.ui.library.panel import LibraryPanel
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.clip_window import StoringBus, context_over, three_clips, window_over
from tests.support.factories import make_job
from tests.support.window_fakes import FakeCommands, QueueBus, make_context

ON_STAGE = [
    "Continue from here\tCtrl+L", "Shown frame as start frame\tCtrl+[",
    "Shown frame as end frame\tCtrl+]", "-",
    "Reuse settings\tR", "Reuse only", "-", "Make again · 10 credits", "Make final…", "-",
    "Pick\tS", "Put on board", "Add to the film", "-",
    "Copy file\tCtrl+C", "Copy prompt", "Copy file path", "-",
    "Show file", "Open in another program", "Save a copy as…", "Export a clean copy…",
    "Export the settings…", "-", "Move to trash\tDel",
]  # fmt: skip
ELSEWHERE = ["Play\tEnter", "Continue from here", *ON_STAGE[3:]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    with three_clips(tmp_path) as made:
        yield made


@pytest.fixture
def context(store: JobStore) -> UiContext:
    return context_over(store)


@pytest.fixture
def window(qtbot: QtBot, context: UiContext) -> Iterator[MainWindow]:
    with window_over(qtbot, context) as made:
        yield made


def library_of(window: MainWindow, *rows: int) -> LibraryPanel:
    """The library, shown, with these tiles chosen; the newest clip is in row 0."""
    window.views.show_view("library")
    library = window.views.pane("library")
    assert library is not None
    library.grid.clearSelection()
    flags = library.grid.selectionCommand(library.rows.index(0, 0))
    for row in rows:
        library.grid.selectionModel().setCurrentIndex(library.rows.index(row, 0), flags.Select)
    return library


def comparison_of(qtbot: QtBot, window: MainWindow, *job_ids: str) -> CompareWindow:
    left, right = (window._bridge.jobs[job_id] for job_id in job_ids)
    window.clip_actions.compare([left, right])
    return active_comparison(qtbot, window)


def active_comparison(qtbot: QtBot, window: MainWindow) -> CompareWindow:
    shown = window.views._comparison
    assert shown is not None
    shown.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is shown)
    return shown


def words(menu: QMenu) -> list[str]:
    menu.close()
    return ["-" if action.isSeparator() else action.text() for action in menu.actions()]


def trigger(menu: QMenu, word: str) -> None:
    next(a for a in menu.actions() if a.text().split("\t")[0] == word).trigger()
    menu.close()


def recent_menu(window: MainWindow, job_id: str) -> QMenu:
    queue = cast(QueuePanel, window.queue)
    queue.on_menu_wanted(window._bridge.jobs[job_id], QPoint(5, 5))
    return queue.menu


def test_the_menu_is_the_same_everywhere(window: MainWindow, qtbot: QtBot) -> None:
    player = cast(PlayerPanel, window.player)
    assert words(recent_menu(window, "job2")) == ON_STAGE
    player.controls.more.click()
    assert words(player.menu)[: len(ON_STAGE)] == ON_STAGE  # and where it is narrow, more
    player.video_area.menu_wanted.emit(QPoint(5, 5))
    assert words(player.menu) == ON_STAGE
    library = library_of(window, 1)
    library.details.more.click()
    assert words(library.acts.menu) == ON_STAGE
    comparison = comparison_of(qtbot, window, "job2", "job1")
    comparison.meant.more.click()
    assert words(comparison.meant.menu) == ON_STAGE
    QTest.keyClick(comparison, Qt.Key.Key_B)
    comparison.meant.more.click()
    assert words(comparison.meant.menu) == ON_STAGE  # it is shown there, and a frame of it can be
    assert words(recent_menu(window, "job1")) == ELSEWHERE


def test_a_job_in_doubt_has_one_menu_with_its_decisions_first(
    window: MainWindow, store: JobStore, qtbot: QtBot
) -> None:
    bus = cast(StoringBus, window._bridge)
    doubtful = make_job(7, JobState.UNCONFIRMED, submitted_at=1.0)  # long enough to decide
    store.add_jobs(doubtful)
    bus.show_job(doubtful)
    found = words(recent_menu(window, "job7"))
    assert found == [
        "Check now", "Not charged", "Enter job id…", "Send again · 10", "-",
        "Reuse settings\tR", "Reuse only", "-", "Pick\tS", "Put on board", "-",
        "Copy prompt\tCtrl+C", "-",
        "Take off the list: it is still looked for at the service\tDel",
    ]  # fmt: skip
    library = library_of(window)
    library.sidebar.choose(Collection.UNSAVED)
    qtbot.waitUntil(lambda: library.rows.rowCount() == 1)
    library.grid.setCurrentIndex(library.rows.index(0, 0))
    library.details.more.click()
    assert words(library.acts.menu) == found
    QTest.keyClick(library.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Clip 7"
    trigger(recent_menu(window, "job7"), "Not charged")
    assert bus.calls == [("drop_unconfirmed", "job7")]
    trigger(recent_menu(window, "job7"), "Enter job id…")
    assert window.user_actions.job_id_dialog.isVisible()
    window.user_actions.job_id_dialog.reject()
    player = cast(PlayerPanel, window.player)
    window.ready.pick(doubtful)
    player.video_area.menu_wanted.emit(QPoint(5, 5))
    assert words(player.menu) == found


def test_going_on_goes_on_from_the_clip_of_the_menu(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    commands = cast(FakeCommands, context.commands)
    trigger(recent_menu(window, "job1"), "Continue from here")
    qtbot.waitUntil(lambda: bool(commands.prepared))
    clip = context.bridge.jobs["job1"].clip
    assert clip is not None
    assert (commands.prepared[-1].clip, commands.prepared[-1].index) == (clip.path, -1)


def test_entries_do_what_they_say(window: MainWindow, context: UiContext) -> None:
    commands, bridge = cast(FakeCommands, context.commands), cast(QueueBus, context.bridge)
    clip = bridge.jobs["job1"].clip
    assert clip is not None
    trigger(recent_menu(window, "job1"), "Show file")
    assert commands.calls[-1] == ("reveal", Path(clip.path))
    trigger(recent_menu(window, "job1"), "Copy prompt")
    assert QGuiApplication.clipboard().text() == "Clip 1"
    trigger(recent_menu(window, "job1"), "Copy file path")
    assert QGuiApplication.clipboard().text() == clip.path
    trigger(recent_menu(window, "job1"), "Make again · 10 credits")
    assert bridge.calls == [("retry", "job1")]
    trigger(recent_menu(window, "job1"), "Play")
    assert cast(PlayerPanel, window.player).current_job == bridge.jobs["job1"]
    trigger(recent_menu(window, "job1"), "Reuse settings")
    assert window.compose.request().seed == 1
    taken: list[tuple[Job, str]] = []
    window.clip_actions.reuse_requested.connect(lambda job, part: taken.append((job, part)))
    menu = recent_menu(window, "job2")
    part = next(a for a in menu.actions() if a.text() == "Reuse only").menu()
    assert isinstance(part, QMenu)
    trigger(part, "The seed")
    assert taken == [(bridge.jobs["job2"], RequestPart.SEED)]
    menu.close()


def is_picked(store: JobStore, job_id: str) -> bool:
    (job,) = store.library.get([job_id]).jobs
    return job.is_picked


def test_a_mark_made_in_recent_is_seen_in_the_library(window: MainWindow, store: JobStore) -> None:
    library = library_of(window)
    board = store.library.add_board("Tom & Jerry")
    window.views.show_create()
    menu = recent_menu(window, "job1")
    trigger(menu, "Pick")
    boards = next(a for a in menu.actions() if a.text() == "Put on board").menu()
    assert isinstance(boards, QMenu)
    assert words(boards) == ["Tom && Jerry"]
    boards.actions()[0].trigger()
    assert is_picked(store, "job1")
    assert [(b.id, b.clips) for b in library.sidebar.boards()] == [(board, 1)]
    assert "No longer picked\tS" in words(recent_menu(window, "job1"))
    QTest.keyClick(cast(QueuePanel, window.queue).grid, Qt.Key.Key_Home)
    grid = cast(QueuePanel, window.queue).grid
    grid.setCurrentIndex(grid.model().index(2, 0))
    QTest.keyClick(grid, Qt.Key.Key_S)
    assert not is_picked(store, "job1")


def test_without_a_board_the_menu_says_where_one_is_made(window: MainWindow) -> None:
    menu = recent_menu(window, "job1")
    boards = next(a for a in menu.actions() if a.text() == "Put on board").menu()
    assert isinstance(boards, QMenu)
    assert words(boards) == ["No board yet: the library has a + for one"]
    assert not boards.actions()[0].isEnabled()
    menu.close()


def test_a_clip_without_its_file_offers_to_fetch_it(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    bridge = cast(QueueBus, context.bridge)
    clip = bridge.jobs["job1"].clip
    assert clip is not None
    Path(clip.path).unlink()
    menu = QMenu(window)
    window.clip_actions.fill(menu, [bridge.jobs["job1"]], missing=True)
    shown = words(menu)
    assert shown[0] == "The file is no longer where it was saved"
    assert {"Show file", "Copy file\tCtrl+C", "Play\tEnter"} & set(shown) == set()
    trigger(menu, "Fetch again")
    assert bridge.calls == [("fetch_again", "job1")]


def test_the_menus_keys_work_beside_the_player(window: MainWindow, store: JobStore) -> None:
    player, queue = cast(PlayerPanel, window.player), cast(QueuePanel, window.queue)
    player.controls.play.setFocus()
    QTest.keyClick(player.controls.play, Qt.Key.Key_S)
    assert is_picked(store, "job2")
    QTest.keyClick(player.controls.play, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    clip = window._bridge.jobs["job2"].clip
    mime = QGuiApplication.clipboard().mimeData()
    assert clip is not None
    assert mime is not None
    assert [url.toLocalFile() for url in mime.urls()] == [clip.path]
    QTest.keyClick(player.controls.play, Qt.Key.Key_Delete)
    assert "job2" not in window._bridge.jobs
    assert queue.undo_strip.isVisible()
    QTest.keyClick(player.controls.play, Qt.Key.Key_Delete)  # it is there already
    assert queue.undo_strip.label.text() == "Removed."
    queue.undo_strip.undo()
    assert "job2" in window._bridge.jobs
    window.compose.form.prompt.setFocus()
    QTest.keyClick(window.compose.form.prompt, Qt.Key.Key_R)
    assert window.compose.request().prompt == "r"
    player.controls.play.setFocus()
    QTest.keyClick(player.controls.play, Qt.Key.Key_R)
    assert window.compose.request().prompt == "Clip 2"


def test_a_menu_that_is_gone_takes_no_late_answer(qtbot: QtBot, context: UiContext) -> None:
    slow = replace(context, workers=make_context(at_once=False).workers)
    actions = MainWindow(slow, PlayerPanel(slow), QueuePanel(slow)).clip_actions
    menu = QMenu()
    actions.fill(menu, [context.bridge.jobs["job1"]])
    actions.fill(menu, [context.bridge.jobs["job2"]])
    slow.workers.run_all()  # type: ignore[attr-defined]
    assert words(menu).count("Pick\tS") == 1


# --- comparing ---


def test_the_side_that_is_meant_is_picked(
    window: MainWindow, store: JobStore, qtbot: QtBot
) -> None:
    comparison = comparison_of(qtbot, window, "job1", "job3")
    view, meant = comparison.view, comparison.meant
    assert (view.names[view.side], meant.trash.text()) == ("A", "Move A to trash")
    QTest.keyClick(comparison, Qt.Key.Key_S)
    assert is_picked(store, "job1")
    assert view.picked == (True, False)
    assert meant.star.accessibleName() == "A is no longer picked"
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert meant.star.accessibleName() == "Pick B"
    meant.star.click()
    assert is_picked(store, "job3")
    QTest.keyClick(comparison, Qt.Key.Key_V)
    assert (view.names, view.side) == (("B", "A"), 0)
    assert view.accessibleName() == "The two clips, B is chosen"
    QTest.keyClick(comparison, Qt.Key.Key_S)
    assert view.picked == (False, True)
    QTest.keyClick(comparison, Qt.Key.Key_A)
    assert meant.chosen()[0].id == "job1"


def test_a_click_means_the_other_side_and_plays_only_the_meant_one(
    window: MainWindow, qtbot: QtBot
) -> None:
    comparison = comparison_of(qtbot, window, "job1", "job3")
    right = comparison.view.places()[1].center()
    QTest.mouseClick(comparison.view, Qt.MouseButton.LeftButton, pos=right)
    assert comparison.view.side == 1
    assert not comparison.is_playing
    QTest.mouseClick(comparison.view, Qt.MouseButton.LeftButton, pos=right)
    assert comparison.is_playing


@pytest.mark.parametrize("view", ["create", "library"])
def test_throwing_one_away_keeps_the_other_on_the_stage(
    window: MainWindow, view: str, qtbot: QtBot
) -> None:
    library = library_of(window, 0, 2)
    library.acts.compare()
    window.views.show_view(view)
    comparison = active_comparison(qtbot, window)
    going, left = (job.id for job in comparison._jobs)
    gone: list[bool] = []
    comparison.stopped.connect(lambda: gone.append(True))
    QTest.keyClick(comparison, Qt.Key.Key_Delete)
    assert gone == [True]
    assert going not in window._bridge.jobs
    on_stage = cast(PlayerPanel, window.player).current_job
    assert on_stage is not None
    assert on_stage.id == left
    qtbot.waitUntil(lambda: library.rows.rowCount() == 2)
    assert [job.id for job in library.choice.jobs()] == [left]
    strips = (cast(QueuePanel, window.queue).undo_strip, library.undo_strip)
    assert [strip.isVisible() for strip in strips] == [view == "create", view == "library"]
    strips[view == "library"].undo()
    assert going in window._bridge.jobs


def test_what_leads_to_the_form_ends_the_comparison(window: MainWindow, qtbot: QtBot) -> None:
    comparison = comparison_of(qtbot, window, "job1", "job3")
    with qtbot.waitSignal(comparison.stopped):
        QTest.keyClick(comparison, Qt.Key.Key_R)
    assert window.compose.request().prompt == "Clip 1"


@pytest.mark.parametrize("by", ["menu", "key"])
def test_a_frame_of_the_comparison_is_the_one_seen_there(
    window: MainWindow, context: UiContext, qtbot: QtBot, by: str
) -> None:
    commands = cast(FakeCommands, context.commands)
    comparison = comparison_of(qtbot, window, "job1", "job3")
    for _ in range(5):
        comparison.step(1)
    QTest.keyClick(comparison, Qt.Key.Key_B)
    if by == "menu":
        comparison.meant.more.click()
        trigger(comparison.meant.menu, "Shown frame as start frame")
    else:
        QTest.keyClick(comparison, Qt.Key.Key_BracketLeft, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(commands.prepared))
    clip = context.bridge.jobs["job3"].clip
    assert clip is not None
    assert (commands.prepared[-1].clip, commands.prepared[-1].index) == (clip.path, 5)
    assert window.views._comparison is None


def test_three_are_not_compared_and_the_window_says_why(window: MainWindow) -> None:
    library = library_of(window, 0, 1, 2)
    QTest.keyClick(library.grid, Qt.Key.Key_C)
    assert window.views._comparison is None
    assert window.notice_strip.label.text() == "Choose two clips to compare them."
