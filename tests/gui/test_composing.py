"""Text that an input method is still composing is never left out of what is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.prompt_history import PromptHistory
from pixverse_desktop.ui.library.filter_bar import FilterBar
from pixverse_desktop.ui.library.sidebar import SidebarList
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import make_job

FOX = "きつね"


def compose(widget: QWidget, text: str = FOX) -> None:
    """An input method puts ``text`` into ``widget`` without committing it."""
    QApplication.sendEvent(widget, QInputMethodEvent(text, []))


def sent(context: UiContext) -> list[ClipRequest]:
    return [call[1] for call in context.bridge.calls if call[0] == "generate"]


@pytest.fixture
def prompt(window: MainWindow, qtbot: QtBot) -> QWidget:
    field = window.compose.form.prompt
    field.set_text("A fox ")
    field.moveCursor(field.textCursor().MoveOperation.End)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    return field


def by_key(window: MainWindow) -> None:
    QTest.keySequence(window.compose.form.prompt, "Ctrl+Return")


def by_click(window: MainWindow) -> None:
    QTest.mouseClick(window.compose.cost.button, Qt.MouseButton.LeftButton)


def by_screen_reader(window: MainWindow) -> None:
    window.compose.cost.button.click()


@pytest.mark.parametrize("generate", [by_key, by_click, by_screen_reader])
def test_composed_text_is_committed_then_sent(
    window: MainWindow,
    context: UiContext,
    prompt: QWidget,
    generate: Callable[[MainWindow], None],
) -> None:
    compose(prompt)
    generate(window)
    assert [request.prompt for request in sent(context)] == ["A fox " + FOX]
    assert window.compose.form.prompt.text() == "A fox " + FOX


def test_every_field_of_the_form_is_read_whole(
    window: MainWindow, context: UiContext, prompt: QWidget, qtbot: QtBot
) -> None:
    form = window.compose.form
    form.more.set_open(True)
    for field, text in ((form.field("negative_prompt"), FOX), (form.seed.edit, "7")):
        if field is form.field("negative_prompt"):
            field.set_text("")
        field.setFocus()
        qtbot.waitUntil(field.hasFocus)
        compose(field, text)
    by_click(window)
    (request,) = sent(context)
    assert (request.negative_prompt, request.seed) == (FOX, 7)


def test_the_enter_that_ends_a_composition_does_nothing_else(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    dialog = window.user_actions.job_id_dialog
    dialog.ask(None)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.field.hasFocus)
    dialog.field.setText("job_")
    compose(dialog.field, "abc")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.field.text() == "job_abc"
    assert context.bridge.calls == []
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert context.bridge.calls == [("add_by_id", "job_abc", None)]


def test_enter_in_the_prompt_ends_the_composition_without_a_new_line(
    window: MainWindow, context: UiContext, prompt: QWidget
) -> None:
    compose(prompt)
    QTest.keyClick(prompt, Qt.Key.Key_Return)
    assert window.compose.form.prompt.text() == "A fox " + FOX
    assert sent(context) == []


def test_the_key_field_and_the_name_of_clips(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    dialog = window.user_actions.settings_dialog
    dialog.open_at("service", focus_key=True)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.service.key.hasFocus)
    dialog.service.key.setText("pd_")
    compose(dialog.service.key, "abc")
    QTest.mouseClick(dialog.service.save_button, Qt.MouseButton.LeftButton)
    assert context.commands.key == "pd_abc"
    dialog.open_at("clips")
    field = dialog.clips.names.field
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    compose(field, FOX)
    dialog.close()
    assert context.commands.settings.clip_name == FOX


def test_search_words_are_kept_when_the_focus_goes(window: MainWindow, qtbot: QtBot) -> None:
    bar = FilterBar()
    qtbot.addWidget(bar)
    bar.resize(900, 200)
    bar.show()
    bar.activateWindow()
    bar.search.setFocus()
    qtbot.waitUntil(bar.search.hasFocus)
    compose(bar.search)
    bar.size_slider.setFocus()
    assert bar.query.text == FOX


def test_the_search_in_earlier_prompts(
    window: MainWindow, context: UiContext, prompt: QWidget, qtbot: QtBot
) -> None:
    context.bridge.jobs["job1"] = make_job(1)
    QTest.keySequence(prompt, "Ctrl+H")
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, PromptHistory)
    compose(popup.search, "Clip")
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert popup.isVisible()
    assert popup.search.text() == "Clip"
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert window.compose.form.prompt.text() == "Clip 1"


def test_the_name_of_a_board(qtbot: QtBot, window: MainWindow) -> None:
    sidebar = SidebarList()
    qtbot.addWidget(sidebar)
    boards = QStandardItemModel(sidebar)
    boards.appendRow(QStandardItem("New board"))
    sidebar.setModel(boards)
    sidebar.show()
    sidebar.activateWindow()
    sidebar.setFocus()
    sidebar.edit(boards.index(0, 0))
    editor = sidebar.findChild(QLineEdit)
    qtbot.waitUntil(editor.hasFocus)
    compose(editor)
    sidebar.setFocus()
    assert boards.item(0).text() == FOX


def test_what_was_composed_is_in_the_form_that_is_remembered(
    window: MainWindow, context: UiContext, prompt: QWidget
) -> None:
    compose(prompt)
    window.close()
    assert context.commands.window_state.form["prompt"] == "A fox " + FOX


def test_what_was_given_up_or_is_being_changed_stays_the_input_methods(
    window: MainWindow, context: UiContext, prompt: QWidget
) -> None:
    compose(prompt)
    compose(prompt, "")  # given up
    by_key(window)
    assert [request.prompt for request in sent(context)] == ["A fox "]
    compose(prompt)
    QTest.keyPress(prompt, Qt.Key.Key_Control)  # alone it is no command
    QTest.mouseClick(prompt.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(prompt, key)
    assert FOX not in window.compose.form.prompt.text()
