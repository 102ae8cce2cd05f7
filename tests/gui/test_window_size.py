"""The first window fits the screen, with Generate in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.shell.window_size import geometry_of, open_at
from tests.support.window_fakes import FakePlayer, FakeQueue


@pytest.mark.parametrize(
    ("screen", "maximised"),
    [
        (QSize(1920, 1080), False), (QSize(1366, 768), True), (QSize(1280, 800), True),
        (QSize(1024, 640), True), (QSize(910, 512), True),  # the last: 1366×768 at 150 %
    ],
)  # fmt: skip
def test_the_first_window_fits_the_screen(
    qtbot: QtBot, context: UiContext, screen: QSize, maximised: bool
) -> None:
    window = MainWindow(context, FakePlayer(), FakeQueue())
    qtbot.addWidget(window)
    open_at(window, "", screen)
    assert window.isMaximized() is maximised
    assert window.size().boundedTo(screen) == window.size()
    assert window.minimumSize().boundedTo(screen) == window.minimumSize()
    # The form scrolls: its foot with Generate never needs more than there is.
    assert window.centralWidget().minimumSizeHint().height() <= screen.height() - 40


def test_a_stored_size_that_no_longer_fits_is_fitted(qtbot: QtBot) -> None:
    large, small = QWidget(), QWidget()
    for window in (large, small):
        qtbot.addWidget(window)
    large.resize(1500, 950)
    open_at(small, geometry_of(large), QSize(1280, 720))
    assert small.isMaximized()
    open_at(large, geometry_of(large), QSize(3840, 2160))
    assert not large.isMaximized()


def test_nonsense_is_no_size(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    open_at(window, "not base64 é", QSize(1920, 1080))
    assert window.size() == QSize(1440, 900)
