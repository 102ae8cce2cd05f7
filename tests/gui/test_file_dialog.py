"""Files out of the window and into it: where dialogs open, and what hangs on the pointer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import color
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.file_drag import drag_picture
from pixverse_desktop.ui.widgets.icon_button import IconButton


@pytest.fixture
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileDialog, "_last", {})


def directory_of(dialog: QFileDialog) -> str:
    return dialog.directory().path()


@pytest.mark.usefixtures("nothing_remembered")
def test_a_dialog_opens_where_such_files_are_then_where_one_was(
    qtbot: QtBot, tmp_path: Path
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    first = FileDialog(window, "", Place.PicturesLocation)
    home = QStandardPaths.writableLocation(Place.HomeLocation)
    assert directory_of(first) in (QStandardPaths.writableLocation(Place.PicturesLocation), home)
    first.setDirectory(str(tmp_path))
    first.fileSelected.emit(str(tmp_path / "fox.jpg"))
    assert directory_of(FileDialog(window, "", Place.PicturesLocation)) == str(tmp_path)
    for other in (
        FileDialog(window, "", Place.PicturesLocation, saves=True),
        FileDialog(window, "", Place.MoviesLocation),
    ):
        assert directory_of(other) != str(tmp_path)


@pytest.mark.usefixtures("nothing_remembered")
def test_no_dialog_opens_in_the_working_directory(window: MainWindow, context: UiContext) -> None:
    window.user_actions.pick_frame("start")
    window.user_actions.pick_clip_folder()
    dialogs = window.findChildren(QFileDialog)
    assert len(dialogs) == 2
    for dialog in dialogs:
        assert isinstance(dialog, FileDialog)
        assert Path(directory_of(dialog)) != Path.cwd()
        dialog.reject()


def test_several_dragged_clips_are_a_pile_with_their_number() -> None:
    picture = QPixmap(320, 180)
    picture.fill(QColor("#336699"))
    one, two, many = (drag_picture(picture, count) for count in (1, 2, 12))
    assert (one.width(), one.height()) == (160, 90)
    assert two.width() > one.width()
    below = many.toImage().pixelColor(many.width() - 3, many.height() // 2)
    assert below == color("raised")
    assert two.toImage().pixelColor(two.width() - 3, two.height() // 2).alpha() == 0
    assert two.toImage() != drag_picture(picture, 3).toImage()


def test_an_icon_goes_back_to_its_usual_colour(qtbot: QtBot) -> None:
    button = IconButton("star-outline", "Favourite")
    qtbot.addWidget(button)
    before = button.icon().pixmap(16).toImage()
    button.set_icon("star", "star")
    assert button.icon().pixmap(16).toImage() != before
    button.set_icon("star-outline")
    assert button.icon().pixmap(16).toImage() == before
