"""The dialog that tells what Generate would send: by keyboard, and without sending anything."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.dialogs.what_is_sent import SentDialog
from pixverse_desktop.ui.shell.main_window import MainWindow


def shown(dialog: SentDialog) -> list[str]:
    return [label.text() for label in dialog.area.widget().findChildren(QLabel)]


def opened(qtbot: QtBot, window: MainWindow) -> SentDialog:
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    dialog = window.user_actions.sent_dialog
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def test_every_key_and_value_is_told_and_copied(
    qtbot: QtBot, window: MainWindow, context: UiContext
) -> None:
    form = window.compose.form
    form.prompt.set_text("a fox <b>in</b> snow")
    picture = Frame(FrameKind.FILE, "a.jpg", 1920, 1080, "a.jpg")
    window.compose.set_request(window.compose.request().changed(start_frame=picture))
    dialog = opened(qtbot, window)
    texts = shown(dialog)
    assert texts[texts.index("prompt") + 1] == "a fox <b>in</b> snow"
    assert texts[texts.index("generate_audio") + 1] == "true"
    assert texts[texts.index("start_image_url") + 1].startswith("JPEG 96×54, ")
    assert dialog.model.text() == "Model: pixverse-v6"
    assert dialog.note.text() == "The seed is drawn when it is sent."
    assert dialog.wrong.isHidden()
    assert dialog.focusWidget() is dialog.close_button
    QTest.keyClick(dialog, Qt.Key.Key_Tab)
    focused = dialog.focusWidget()
    while focused is not dialog.copy_button:
        QTest.keyClick(dialog, Qt.Key.Key_Tab)
        focused = dialog.focusWidget()
    QTest.keyClick(dialog.copy_button, Qt.Key.Key_Space)
    copied = json.loads(QGuiApplication.clipboard().text())
    assert copied["prompt"] == "a fox <b>in</b> snow"
    assert copied["start_image_url"].startswith("JPEG 96×54, ")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert "generate" not in [call[0] for call in context.bridge.calls]  # type: ignore[attr-defined]


def test_what_keeps_it_from_being_sent_is_said(qtbot: QtBot, window: MainWindow) -> None:
    window.compose.form.prompt.set_text("")
    dialog = opened(qtbot, window)
    assert dialog.wrong.text().startswith("It is not sent like this: ")
    assert "prompt" in shown(dialog)
    dialog.reject()
