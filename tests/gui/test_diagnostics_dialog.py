"""Diagnostics are seen before they are saved or copied, and hold the last check of the service."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from pixverse_desktop.core.service import ServiceReport
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.dialogs.diagnostics import DiagnosticsDialog
from pixverse_desktop.ui.shell.main_window import MainWindow


@pytest.fixture
def dialog(window: MainWindow) -> DiagnosticsDialog:
    window.user_actions.menus.actions["diagnostics"].trigger()
    return window.user_actions.diagnostics_dialog


def test_what_is_shown_is_what_is_copied(dialog: DiagnosticsDialog) -> None:
    assert dialog.isVisible()
    shown = dialog.text.toPlainText()
    assert f"Qt {qVersion()}" in shown
    assert "platform " in shown
    assert "screen 1: " in shown
    QTest.keyClick(dialog.copy_button, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == shown
    assert dialog.state.text() == "Copied."


def test_it_is_saved_to_a_file(dialog: DiagnosticsDialog, tmp_path: Path) -> None:
    for path, said in ((tmp_path / "a.txt", "Saved."), (tmp_path / "no" / "a.txt", "a.txt could")):
        dialog.save_button.click()
        (chooser,) = (one for one in dialog.findChildren(QFileDialog) if one.isVisible())
        chooser.fileSelected.emit(str(path))
        chooser.reject()
        assert dialog.state.text().startswith(said)
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == dialog.text.toPlainText()
    assert dialog.state.property("role") == "error"


def test_the_last_check_of_the_service_is_in_it(window: MainWindow, context: UiContext) -> None:
    actions = window.user_actions
    actions.show_diagnostics()
    assert context.commands.calls[-1] == ("diagnose", None)
    actions.check_service()
    report = ServiceReport()
    context.bridge.answers[-1](report)
    actions.check_dialog.close()
    actions.show_diagnostics()
    assert context.commands.calls[-1] == ("diagnose", report)
