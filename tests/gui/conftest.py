"""For every window test: the theme, a context of fakes, and no warnings from Qt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QtMsgType, qInstallMessageHandler
from pytestqt.qtbot import QtBot

from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.gui.fakes import RESOURCES, FakePlayer, FakeQueue, make_context


@pytest.fixture(autouse=True)
def _themed(qapp: object) -> Iterator[None]:
    theme.install(RESOURCES, "dark")
    yield
    # What a test closed goes now: later tests restyle every widget that is still alive.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def _no_qt_warnings() -> Iterator[None]:
    seen: list[str] = []

    def keep(kind: QtMsgType, _context: object, text: str) -> None:
        # The offscreen platform cannot do all that a window asks; that is no fault of ours.
        if kind is not QtMsgType.QtDebugMsg and not text.startswith("This plugin "):
            seen.append(text)

    assert qInstallMessageHandler(keep) is None  # one that is left behind hangs later tests
    yield
    qInstallMessageHandler(None)
    assert seen == []


@pytest.fixture
def context() -> UiContext:
    """Fakes whose workers answer at once."""
    return make_context()


@pytest.fixture
def window(qtbot: QtBot, context: UiContext) -> MainWindow:
    """The whole window, shown at 1600 by 1000."""
    made = MainWindow(context, FakePlayer(), FakeQueue())
    qtbot.addWidget(made)
    made.resize(1600, 1000)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made
