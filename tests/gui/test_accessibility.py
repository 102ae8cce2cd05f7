"""Everything by keyboard, everything named, everything readable."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.compare.window import CompareWindow
from pixverse_desktop.ui.compose.frame_well import FrameWell
from pixverse_desktop.ui.library.grid import TileGrid
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.segmented import Segmented
from tests.support.colours import contrast
from tests.support.factories import saved_job
from tests.support.window_fakes import make_context

INTERACTIVE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    FrameWell,
)


@pytest.fixture
def whole(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The window with its real panels, the library built, and two clips being compared."""
    store = JobStore(tmp_path)
    store.open()
    for number in (1, 2):
        store.add_jobs(saved_job(number, f"clip {number}", path=str(tmp_path / f"{number}.mp4")))
    context = dataclasses.replace(make_context(at_once=False), library=lambda: store.library)
    player = PlayerPanel(context)
    window = MainWindow(context, player, QueuePanel(context))
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    window.show()
    window.views.show_view("library")
    window.views.compare(*(job for job in store.load_jobs()))
    yield window
    window.views.close_comparison()
    player.shutdown()
    store.close()


def interactive(parent: QWidget) -> list[QWidget]:
    """Everything the user can work with, without the inner parts of combo and spin boxes."""
    found = []
    for widget in parent.findChildren(QWidget):
        inner = isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox | QLineEdit)
        popup = widget.window().windowType() is Qt.WindowType.Popup
        toolkit = widget.objectName().startswith("qt_") or isinstance(widget, QScrollBar)
        if isinstance(widget, INTERACTIVE) and not (inner or popup or toolkit):
            found.append(widget)
    return found


def is_other_choice(widget: QWidget) -> bool:
    """True for a segment that is not the chosen one: the arrow keys lead to it."""
    whole = widget.parentWidget()
    return isinstance(whole, Segmented) and not widget.isChecked()


def test_interactive_widgets_have_names(whole: MainWindow) -> None:
    unnamed = [
        f"{type(w).__name__} {w.objectName()} in {type(w.parentWidget()).__name__}"
        for w in interactive(whole)
        if not (w.accessibleName() or (isinstance(w, QAbstractButton) and w.text()))
        and not w.isHidden()  # such a button gets its words when it has something to offer
    ]
    assert unnamed == []
    assert whole.findChild(CompareWindow) is not None
    assert whole.findChild(TileGrid) is not None


def test_interactive_widgets_can_be_reached_by_keyboard(whole: MainWindow) -> None:
    deaf = [
        w.accessibleName()
        for w in interactive(whole)
        if not w.focusPolicy() & Qt.FocusPolicy.TabFocus and not is_other_choice(w)
    ]
    assert deaf == []


def test_shortcuts_do_not_clash(whole: MainWindow) -> None:
    keys = Counter(
        key.toString()
        for action in set(whole.findChildren(QAction))
        for key in action.shortcuts()
        if not key.isEmpty()
    )
    assert [key for key, count in keys.items() if count > 1] == []
    assert {"Space", ",", ".", "F", "L", "M", "F1", "?", "Ctrl+Q", "Ctrl+,"} <= set(keys)
    assert QKeySequence("Ctrl+Return").toString() in keys


def test_every_label_is_plain_text(whole: MainWindow) -> None:
    rich = [
        label.text()
        for label in whole.findChildren(QLabel)
        if label.textFormat() is not Qt.TextFormat.PlainText and label.text()
    ]
    assert rich == []


def test_tab_goes_from_the_frames_down_to_generate(window: MainWindow) -> None:
    window.compose.set_request(window.compose.request())
    window.compose.frames.wells["start"].setFocus()
    names = []
    for _ in range(20):
        names.append(QApplication.focusWidget().accessibleName())
        if names[-1].startswith("Generate"):
            break
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert names == [
        "Start frame",
        "End frame",
        "Earlier prompts",
        "Prompt",
        "Resolution: 720p",
        "Duration in seconds",
        "Aspect ratio",
        "Style",
        "Sound",
        "Several shots",
        "Seed",
        "Draw a new seed",
        "Keep the seed",
        "More",
        "Generate, 10 credits",
    ]


@pytest.mark.parametrize("tokens", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_what_is_read_has_contrast(tokens: theme.Tokens) -> None:
    for surface in (tokens.bg, tokens.panel, tokens.raised, tokens.hover):
        for role in ("text", "muted", "running", "done", "warn", "error"):
            assert contrast(getattr(tokens, role), surface) >= 4.5, (role, surface)
        assert contrast(tokens.accent, surface) >= 3
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent_hover) >= 4.5


def test_high_contrast_is_high() -> None:
    tokens = theme.CONTRAST
    for surface in (tokens.bg, tokens.panel, tokens.raised, tokens.hover, tokens.stage):
        for role in ("text", "muted", "running", "done", "warn", "error", "accent"):
            assert contrast(getattr(tokens, role), surface) >= 7, (role, surface)
        for outline in (tokens.line, tokens.faint):
            assert contrast(outline, surface) >= 4.5, (outline, surface)
    for ground in (tokens.accent, tokens.accent_hover):
        assert contrast(tokens.on_accent, ground) >= 7
    assert contrast(tokens.text, tokens.track) >= 7  # what is pressed


def test_f10_and_alt_enter_the_menus(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F10)
    bar = window.user_actions.menus.bar
    assert bar.activeAction() is bar.actions()[0]
    assert all("&" in action.text() for action in bar.actions())
    QTest.keyClick(bar, Qt.Key.Key_Escape)
