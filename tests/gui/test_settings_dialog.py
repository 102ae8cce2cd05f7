"""The settings: every change is applied at once, and wrong ones are told and not applied."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from pixverse_desktop.core.errors import Action, ProblemCode, UserError, problem
from pixverse_desktop.core.service import custom_origin
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.dialogs.settings_dialog import SettingsDialog
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.problem_view import ProblemView, action_word
from tests.support.factories import demo_status


@pytest.fixture
def dialog(window: MainWindow) -> SettingsDialog:
    window.user_actions.open_settings()
    return window.user_actions.settings_dialog


def test_opening_changes_nothing(dialog: SettingsDialog, context: UiContext) -> None:
    assert dialog.isVisible()
    assert context.commands.names() == []


def test_a_good_key_is_kept_and_leaves_the_field(
    dialog: SettingsDialog, context: UiContext
) -> None:
    page = dialog.service
    assert page.key.echoMode() is QLineEdit.EchoMode.Password
    assert not page.save_button.isEnabled()
    QGuiApplication.clipboard().setText("  pd_secret\n")
    page.paste_button.click()
    page.save_button.click()
    assert context.commands.key == "pd_secret"
    assert page.key.text() == ""
    assert page.result.text() == "Saved in the system keyring."
    assert page.service.value() == "pixeldojo"
    assert page.remove_button.isVisible()
    page.remove_button.click()
    assert context.commands.key == ""
    assert page.result.text() == "The key was removed."


def test_without_a_keyring_that_is_said(dialog: SettingsDialog, context: UiContext) -> None:
    context.commands.key_storage = "session"
    dialog.service.key.setText("pd_secret")
    QTest.keyClick(dialog.service.key, Qt.Key.Key_Return)
    assert dialog.service.result.text() == "No keyring here: kept for this session only."


def test_a_bad_key_is_told_with_its_detail(dialog: SettingsDialog, context: UiContext) -> None:
    context.commands.key_problem = UserError(problem(ProblemCode.KEY, detail="HTTP 401"))
    page = dialog.service
    page.key.setText("pd_wrong")
    page.save_button.click()
    assert page.problem.isVisible()
    assert page.problem.sentence.text() == "The API key is missing or not accepted."
    assert not page.problem.button.isVisible()
    page.problem.details.set_open(True)
    assert page.problem.details.text.toPlainText() == "HTTP 401"
    page.problem.details.copy_button.click()
    assert "HTTP 401" in QGuiApplication.clipboard().text()
    assert page.save_button.isEnabled()


def test_the_service_can_be_chosen(dialog: SettingsDialog, context: UiContext) -> None:
    dialog.service.service.set_value("pixeldojo")
    assert context.commands.calls == [("use_service", "pixeldojo")]


def test_a_custom_address_closes_the_choice(window: MainWindow, context: UiContext) -> None:
    context.bridge.show_status(demo_status(origin=custom_origin("https://example.com/api/v1")))
    window.user_actions.open_settings()
    page = window.user_actions.settings_dialog.service
    assert not page.service.isEnabled()
    assert "https://example.com/api/v1" in page.custom.text()


def test_clips_page(dialog: SettingsDialog, context: UiContext) -> None:
    page = dialog.clips
    page.jobs.spin.setValue(20)
    assert context.commands.settings.jobs_at_a_time == 20
    page.limit.spin.setValue(12.5)
    assert context.commands.settings.daily_limit == Decimal("12.5")
    page.choose_button.click()
    chooser = dialog.findChild(QFileDialog)
    assert chooser is not None
    chooser.fileSelected.emit("/elsewhere/clips")
    chooser.reject()
    assert context.commands.settings.clip_folder == "/elsewhere/clips"
    assert page.folder.text() == "/elsewhere/clips"
    dialog.sections.setCurrentRow(1)
    page.usual_button.click()
    assert context.commands.settings.clip_folder == ""


def test_system_page(dialog: SettingsDialog, context: UiContext) -> None:
    page = dialog.system
    assert page.notices.value() == "all"
    page.notices.set_value("failures")
    assert context.commands.settings.notices == "failures"
    page.awake.click()
    assert not context.commands.settings.keep_awake


def test_a_sound_device_that_is_gone_stays_chosen(
    dialog: SettingsDialog, context: UiContext
) -> None:
    page, settings = dialog.system, context.commands.settings
    context.commands.settings = replace(settings, sound_output=("usb-1", "Headset"))
    dialog.open_at("system")
    assert page.output.currentText() == "Headset (not connected)"
    assert page.output.itemText(0) == "System default"
    page.output.setCurrentIndex(0)
    assert context.commands.settings.sound_output == ()
    assert page.output.findText("Headset (not connected)") == -1


def test_the_theme_changes_at_once(dialog: SettingsDialog, context: UiContext) -> None:
    assert theme.current().is_dark
    dialog.look.theme.set_value("light")
    assert context.commands.settings.theme == "light"
    assert not theme.current().is_dark
    assert QGuiApplication.palette().window().color() == theme.color("panel")
    assert theme.color("accent").name() == "#cb4400"
    dialog.look.theme.set_value("dark")
    assert theme.color("accent").name() == "#ff8a4c"


def test_the_text_grows_at_once(dialog: SettingsDialog, context: UiContext) -> None:
    usual = theme.pixels(13)
    before = dialog.fontMetrics().height()
    try:
        dialog.look.text_size.set_value("200")
        assert context.commands.settings.text_size == 200
        assert theme.pixels(13) == 2 * usual
        assert dialog.fontMetrics().height() > 1.5 * before
    finally:
        dialog.look.text_size.set_value("100")
    assert theme.pixels(13) == usual


def test_frame_fields_are_names(dialog: SettingsDialog, context: UiContext) -> None:
    page = dialog.network
    page.start_field.setText("first_frame")
    page.on_field_editing_finished()
    assert context.commands.settings.start_field == "first_frame"
    page.end_field.setText("no name")
    page.on_field_editing_finished()
    assert context.commands.settings.end_field == ""
    assert page.names_error.text()


def test_a_problem_shows_plain_text_and_one_action(qtbot: object) -> None:
    view = ProblemView()
    qtbot.addWidget(view)
    view.show_message(problem(ProblemCode.FAILED, "<b>no</b>"))
    assert view.sentence.text() == "<b>no</b>"
    assert view.sentence.textFormat() is Qt.TextFormat.PlainText
    with qtbot.waitSignal(view.action_clicked) as heard:
        view.button.click()
    assert heard.args == [Action.RETRY]
    view.show_message(None)
    assert not view.isVisible()
    assert action_word(Action.BUY_CREDITS, demo=True) == "Refill"


def test_enter_presses_the_button_that_has_the_keyboard(dialog: SettingsDialog) -> None:
    dialog.open_at("service")
    pressed: list[str] = []
    paste, close = dialog.service.paste_button, dialog.close_button
    paste.clicked.connect(lambda: pressed.append("paste"))
    close.clicked.connect(lambda: pressed.append("close"))
    paste.setFocus()
    QTest.keyClick(paste, Qt.Key.Key_Return)
    assert (pressed, dialog.isVisible()) == (["paste"], True)
    close.setFocus()
    QTest.keyClick(close, Qt.Key.Key_Enter)
    assert (pressed, dialog.isVisible()) == (["paste", "close"], False)
