"""Commands for the form while it cannot be seen: it is shown first, and nothing is paid for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import Action
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import saved_job
from tests.support.window_fakes import FakePlayer, FakeQueue, make_context


@pytest.fixture
def context(tmp_path: Path) -> Iterator[UiContext]:
    """With a library that holds one clip."""
    store = JobStore(tmp_path / "data")
    store.open()
    store.add_jobs(saved_job(1))
    yield replace(make_context(), library=lambda: store.library)
    store.close()


@pytest.fixture
def window(qtbot: QtBot, context: UiContext) -> MainWindow:
    """The window with a prompt in its form, looking at the library."""
    made = MainWindow(context, FakePlayer(), FakeQueue())
    qtbot.addWidget(made)
    made.resize(1400, 900)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    made.compose.form.prompt.set_text("A fox nobody sees")
    made.views.show_view("library")
    assert made.views.pane("library") is not None
    made.views.pane("library").grid.setFocus()
    return made


def press(window: MainWindow, keys: str) -> None:
    QTest.keySequence(QApplication.focusWidget() or window, keys)


def in_create(window: MainWindow) -> bool:
    return window.views.shown == "create" and window.compose.isVisible()


def test_ctrl_enter_in_the_library_shows_the_form_and_the_next_one_sends_it(
    window: MainWindow, context: UiContext
) -> None:
    press(window, "Ctrl+Return")
    assert context.bridge.calls == []
    assert in_create(window)
    press(window, "Ctrl+Return")
    assert [call[0] for call in context.bridge.calls] == ["generate"]


def test_ctrl_enter_with_the_form_folded_away_unfolds_it(
    window: MainWindow, context: UiContext
) -> None:
    window.views.show_create()
    window.panes.set_widths((0, 1000, 380))
    assert window.compose.visibleRegion().isEmpty()
    press(window, "Ctrl+Return")
    assert context.bridge.calls == []
    assert window.compose.width() >= 280
    press(window, "Ctrl+Return")
    assert [call[0] for call in context.bridge.calls] == ["generate"]


def test_earlier_prompts_open_over_the_prompt(window: MainWindow) -> None:
    press(window, "Ctrl+H")
    assert in_create(window)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    inside = window.mapToGlobal(QPoint(0, 0))
    assert window.rect().translated(inside).contains(popup.geometry().topLeft())
    popup.hide()


@pytest.mark.parametrize("keys", ["Ctrl+O", "Ctrl+Shift+O"])
def test_a_picture_is_chosen_for_a_form_in_sight(window: MainWindow, keys: str) -> None:
    press(window, keys)
    assert in_create(window)
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()


def test_the_prompt_is_edited_where_it_can_be_seen(window: MainWindow) -> None:
    window.user_actions.do_action(Action.EDIT)
    assert in_create(window)


def test_a_refusal_over_the_library_is_said_where_it_can_be_read(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/a/report.pdf")])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    event = QDragEnterEvent(QPoint(5, 5), copy, mime, left, Qt.KeyboardModifier.NoModifier)
    window.dragEnterEvent(event)
    assert not event.isAccepted()
    assert window.notice_strip.isVisible()
    assert window.notice_strip.label.text() == "A PDF is not a picture"


def test_a_picture_dropped_on_the_library_is_seen_to_arrive(
    window: MainWindow, context: UiContext
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/a/fox.png")])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(5, 5), copy, mime, left, Qt.KeyboardModifier.NoModifier)
    window.dropEvent(event)
    assert event.isAccepted()
    assert in_create(window)
    assert window.compose.request().start_frame.label == "fox.png"
