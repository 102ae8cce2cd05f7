"""A view is one object in one list: its tab, menu entry, key, panes and commands come of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from pixverse_desktop.ui.base.command import Command, Menu, clashes
from pixverse_desktop.ui.base.commands import THEMES
from pixverse_desktop.ui.base.view import Pane, ViewWidgets
from pixverse_desktop.ui.shell import views
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.shell.views import ViewSwitch
from tests.support.window_fakes import FakePlayer, FakeQueue, make_context


class Scenes:
    """A view with a pane and something below the player, beside the queue."""

    id = "scenes"
    title = "Scenes"
    tab = True
    keys = ("Ctrl+5",)
    panes = frozenset({Pane.QUEUE})
    commands = (
        Command("add scene", "Add a scene", ("Ctrl+Shift+A",), "add_scene", menu=Menu.VIEW),
    )
    possible = True

    def __init__(self, host: ViewSwitch) -> None:
        self.host = host
        self.built = self.entered = self.scenes = 0

    def build(self) -> ViewWidgets | None:
        self.built += 1
        return ViewWidgets(QPushButton("scenes"), QLabel("notes")) if self.possible else None

    def enter(self) -> None:
        self.entered += 1

    def add_scene(self) -> None:
        self.scenes += 1


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """With one view more than the program has."""
    monkeypatch.setattr(views, "VIEWS", (*views.VIEWS, Scenes))
    made = MainWindow(make_context(), FakePlayer(), FakeQueue())
    qtbot.addWidget(made)
    made.resize(1600, 1000)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    return made


def panes_of(window: MainWindow) -> list[bool]:
    """Whether the form, the scenes, the player and the queue are seen."""
    own = window.views.pane("scenes")
    seen = own is not None and own.isVisible()
    return [window.compose.isVisible(), seen, window.player.isVisible(), window.queue.isVisible()]


def test_a_view_has_its_tab_its_menu_entry_and_its_key(window: MainWindow) -> None:
    view = window.views._views["scenes"]
    assert window.top_bar.views.values() == ("create", "library", "storyboard", "scenes")
    assert window.top_bar.views.value() == window.views.shown == "create"
    assert view.built == 0
    widths = window.panes.sizes()
    QTest.keySequence(window.compose.form.prompt, "Ctrl+5")
    assert window.views.shown == window.top_bar.views.value() == "scenes"
    assert panes_of(window) == [False, True, True, True]
    assert (view.built, view.entered) == (1, 1)
    QTest.keySequence(window, "Ctrl+1")
    assert panes_of(window) == [True, False, True, True]
    assert [size for size in window.panes.sizes() if size] == pytest.approx(widths, abs=2)
    window.user_actions.menus.actions["show scenes"].trigger()
    assert window.views.shown == "scenes"
    window.top_bar.views.set_value("create")
    assert window.views.shown == "create"
    window.top_bar.views.set_value("scenes")
    assert (view.built, view.entered) == (1, 3)


def test_its_entries_stand_in_the_view_menu(window: MainWindow) -> None:
    bar = window.user_actions.menus.bar
    [menu] = [action.menu() for action in bar.actions() if action.text() == "&View"]
    titles = [
        "Create",
        "Library",
        "Storyboard",
        "Sheet: pick the best",
        "Spend",
        "Scenes",
        "Find clips",
        "Add a scene",
    ]
    shown = [action.text() for action in menu.actions()]
    assert shown[: len(titles)] == titles
    assert shown[len(titles) :] == ["", *(command.title for command in THEMES)]
    page = window.user_actions.shortcuts_dialog
    assert ["Ctrl+5"] in [row.keys.keys() for row in page.rows() if row.command.name == "Scenes"]
    assert clashes(views.all_commands()) == []


def test_its_commands_are_asked_of_it(window: MainWindow) -> None:
    QTest.keyClick(
        window,
        Qt.Key.Key_A,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert window.views._views["scenes"].scenes == 1


def test_a_view_that_cannot_be_leaves_the_usual_one(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scenes, "possible", False)
    window.views.show_view("scenes")
    assert window.views.shown == window.top_bar.views.value() == "create"
    window.views.show_view("library")  # there is no database in this context
    assert window.views.shown == "create"
