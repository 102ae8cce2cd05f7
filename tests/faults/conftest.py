"""What several faults are tried with: a theme, a compose panel, a keyring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.panel import ComposePanel
from tests.support.keyrings import UseKeyring
from tests.support.window_fakes import RESOURCES, RealFrames, make_context


@pytest.fixture
def themed(qapp: object) -> Iterator[None]:
    theme.install(RESOURCES, "dark")
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def context(tmp_path: Path) -> UiContext:
    """Fakes, but for the frames."""
    made = make_context()
    return replace(made, commands=RealFrames(paths_below(tmp_path / "data")))


@pytest.fixture
def panel(qtbot: QtBot, context: UiContext) -> ComposePanel:
    made = ComposePanel(context)
    qtbot.addWidget(made)
    made.resize(336, 900)
    made.show()
    return made


@pytest.fixture
def use_keyring() -> Iterator[UseKeyring]:
    """Sets the keyring for one test."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)
