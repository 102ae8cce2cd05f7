"""A film of four shots from a text to a file, by keys alone and by the mouse: few actions do."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from pixverse_desktop.app import Program
from pixverse_desktop.core.film.plan import ShotState
from pixverse_desktop.ui.storyboard.panel import Storyboard
from tests.show import driver

TEXT = "\n".join(f"Shot {n} (1s): A boat, {n}" for n in range(1, 5))
MOST_ACTIONS = 10


class Hand:
    """Counts what is done, but for typing."""

    def __init__(self, program: Program, *, mouse: bool) -> None:
        self.window = program.window
        self.mouse = mouse
        self.actions = 0

    def does(self, keys: str, button: QWidget | None = None) -> None:
        """Presses a key, or with the mouse what is there for it."""
        self.actions += 1
        if self.mouse and button is not None:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        else:
            QTest.keySequence(QApplication.focusWidget() or self.window, keys)


@pytest.mark.parametrize("mouse", [False, True], ids=["keys", "mouse"])
def test_a_film_from_text_to_file(data_dir: Path, tmp_path: Path, mouse: bool) -> None:
    target = tmp_path / "film.mp4"

    async def script(program: Program) -> None:
        await driver.ready(program)
        driver.control(program, "settings", {"render": "cached", "min_job_s": 0.2})
        window = program.window
        hand = Hand(program, mouse=mouse)
        tabs = window.top_bar.views.focus_stops()
        hand.does("Ctrl+3", tabs[2])
        view = window.views._views["storyboard"]
        await driver.until(lambda: view.board is not None and not view._steps, "the storyboard")
        board: Storyboard = view.board
        hand.does("Ctrl+T", board.strip.text_button)
        await driver.until(board.text_dialog.text.hasFocus, "the dialog")
        board.text_dialog.text.insertPlainText(TEXT)
        await driver.until(board.text_dialog.add_button.isEnabled, "the count")
        hand.does("Ctrl+Return", None if not mouse else board.text_dialog.add_button)
        await driver.until(lambda: len(board.editor.shots) == 4, "the shots")
        window.activateWindow()  # without a window manager nobody else does
        await driver.until(board.strip.list.hasFocus, "the keyboard")
        hand.does("Ctrl+G", board.strip.generate)
        await driver.until(
            lambda: [one.state for one in board.editor.shots] == [ShotState.READY] * 4,
            "the takes", 90,
        )  # fmt: skip
        hand.does("Ctrl+Shift+F", board.strip.export_button)
        dialog = board.export_dialog
        await driver.until(dialog.go_button.hasFocus, "the export")
        hand.does("Return", dialog.go_button)
        await driver.until(lambda: dialog._files is not None, "the file dialog")
        files = dialog._files
        assert isinstance(files, QFileDialog)
        name = files.findChild(QLineEdit, "fileNameEdit")
        assert name is not None
        name.setText(str(target))  # typed
        hand.actions += 1
        QTest.keyClick(name, Qt.Key.Key_Return)
        await driver.until(lambda: dialog.show_button.isVisible(), "the file", 60)
        assert "Saved as “film.mp4”" in dialog.note.text().replace("\u200b", "")
        assert hand.actions <= MOST_ACTIONS
        dialog.reject()

    driver.drive(script, data_dir)
    with av.open(str(target)) as film:
        video = film.streams.video[0]
        assert 4 * 24 - 4 <= sum(1 for _ in film.decode(video)) <= 4 * 24
