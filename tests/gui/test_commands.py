"""A command is declared once: its menu, its keys everywhere, its tooltips and the page come of it."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.rules import Column, Rows, Text
from pixverse_desktop.ui.base import commands
from pixverse_desktop.ui.base.command import Command, Menu, Scope, clashes
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compare.window import CompareWindow
from pixverse_desktop.ui.compose.fields import LineField
from pixverse_desktop.ui.compose.row_card import RowCard
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.library.grid import TileGrid
from pixverse_desktop.ui.library.paged_model import PagedClips
from pixverse_desktop.ui.library.preview import Preview
from pixverse_desktop.ui.player.controls import Controls
from pixverse_desktop.ui.player.full_screen import FullScreen
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.queue.waiting_actions import WaitingActions
from pixverse_desktop.ui.sheet.panel import SheetPanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.shell.views import all_commands
from pixverse_desktop.ui.storyboard.film_editor import FilmEditor
from pixverse_desktop.ui.storyboard.shot_actions import ShotActions
from pixverse_desktop.ui.widgets.undo_strip import UndoStrip
from tests.show import keys
from tests.support.factories import make_job
from tests.support.window_fakes import FakePlayer, FakeQueue, make_actions, make_context


@pytest.fixture
def more(monkeypatch: pytest.MonkeyPatch) -> Command:
    """One command more than the program has."""
    extra = Command(
        "greet", "Greet the clip…", ("Y", "Ctrl+Y"), "tools.greet", ("twice",), (Scope.PLAYER,),
        Menu.CLIP,
    )  # fmt: skip
    monkeypatch.setattr(commands, "COMMANDS", (*commands.COMMANDS, extra))
    return extra


def changed(monkeypatch: pytest.MonkeyPatch, name: str, key: str) -> None:
    """Give a command another key, in the list alone."""
    listed = tuple(replace(c, keys=(key,)) if c.id == name else c for c in commands.COMMANDS)
    monkeypatch.setattr(commands, "COMMANDS", listed)


def test_a_command_is_declared_once_and_found_everywhere(qtbot: QtBot, more: Command) -> None:
    player = FakePlayer()
    player.tools.greet = lambda how: player.calls.append(("greet", how))
    window = MainWindow(make_context(), player, FakeQueue())
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    [clip_menu] = [a.menu() for a in window.user_actions.menus.bar.actions() if a.text() == "&Clip"]
    assert clip_menu.actions()[-1].text() == "Greet the clip…"
    clip_menu.actions()[-1].trigger()
    window.compose.form.prompt.clearFocus()
    QTest.keyClick(window, Qt.Key.Key_Y)
    QTest.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert player.calls == [("greet", "twice")] * 3
    [row] = [r for r in window.user_actions.shortcuts_dialog.rows() if r.command is more]
    assert row.keys.keys() == ["Y", "Ctrl+Y"]
    assert "`Y` `Ctrl+Y` | Greet the clip" in keys.table()


def test_the_full_screen_hears_the_players_keys(qtbot: QtBot, more: Command) -> None:
    heard: list[Command] = []
    shell = FullScreen(Controls(), Controls())
    qtbot.addWidget(shell)
    shell.command_pressed.connect(heard.append)
    QTest.keyClick(shell, Qt.Key.Key_Y)
    QTest.keyClick(shell, Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(shell, Qt.Key.Key_S)  # a command on clips
    assert [command.id for command in heard] == ["greet", "loop start"]


def test_tooltips_name_the_key_of_the_list(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, "loop", "Y")
    changed(monkeypatch, "step back", "Z")
    controls = Controls()
    qtbot.addWidget(controls)
    assert controls.loop.toolTip() == "Loop (Y)"
    assert controls.back.toolTip() == "Previous frame (Z)"


def test_the_library_and_the_compare_window_hear_the_keys_of_the_list(
    qtbot: QtBot, context: UiContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(monkeypatch, "favourite", "Y")
    changed(monkeypatch, "mean b", "Z")
    grid = TileGrid(PagedClips(context, None, context.bridge))
    qtbot.addWidget(grid)
    chosen: list[str] = []
    grid.key_chosen.connect(chosen.append)
    for key in (Qt.Key.Key_Y, Qt.Key.Key_S, Qt.Key.Key_Delete):
        QTest.keyClick(grid, key)
    assert chosen == ["favourite", "trash"]
    window = comparison(context)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_Z)
    assert window.view.side == 1


def comparison(context: UiContext) -> CompareWindow:
    jobs = [make_job(n, JobState.SAVED, clip=Clip(f"/nowhere/{n}.mp4", 1, "")) for n in (1, 2)]
    made = CompareWindow(context, make_actions(context), *jobs)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    return made


def test_no_key_means_two_things_in_one_place() -> None:
    assert clashes(all_commands()) == []
    assert len({command.id for command in all_commands()}) == len(all_commands())


@pytest.mark.parametrize(
    ("key", "scope", "clash"),
    [
        ("M", Scope.WINDOW, ("mute", "new", "M")),
        ("Space", Scope.GRID, ("preview", "new", "Space")),
        ("I", Scope.CLIPS, ("loop in", "new", "I")),
        ("Z", Scope.SHEET, ("sheet zoom", "new", "Z")),
        ("V", Scope.COMPARE, ("swap", "new", "V")),
        ("S", Scope.COMPARE, ("favourite", "new", "S")),
        ("V", Scope.WINDOW, None),
    ],
)
def test_a_clash_is_seen(key: str, scope: Scope, clash: tuple[str, str, str] | None) -> None:
    found = clashes([*all_commands(), Command("new", "New", (key,), "new", (), (scope,))])
    assert found == ([] if clash is None else [clash])


def test_what_is_declared_exists(qtbot: QtBot, window: MainWindow, context: UiContext) -> None:
    player, undo, compared = PlayerPanel(context), UndoStrip(), comparison(context)
    row = RowCard("Shots", Rows((Column("", "Shot", Text(20)),)), lambda _: LineField("Shot"), None)
    sheet = SheetPanel(context, window.clip_actions, Pictures(context))
    for widget in (player, undo, compared, row, sheet):
        qtbot.addWidget(widget)
    targets = {
        Scope.PROGRAM: window, Scope.WINDOW: window, Scope.PLAYER: player, Scope.CLIPS: window.clip_actions,
        Scope.QUEUE: WaitingActions(context.bridge, lambda _: [], window),
        Scope.LISTS: undo, Scope.COMPARE: compared, Scope.ROW: row,
        Scope.SHEET: sheet,
        Scope.STORYBOARD: ShotActions(FilmEditor(context.bridge, window), context.bridge, list),
        Scope.GRID: Preview(TileGrid(PagedClips(context, None, context.bridge))),
    }  # fmt: skip
    for command in all_commands():
        for scope in command.scopes:
            if scope is not Scope.FRAME:
                assert callable(attrgetter(command.run)(targets[scope]))
        if command.when:
            assert command.is_possible(targets[command.scopes[0]]) is False
    player.shutdown()


def test_a_menu_offers_what_is_possible_and_its_keys_stay(window: MainWindow) -> None:
    actions = window.user_actions.menus.actions
    menu = next(a.menu() for a in window.user_actions.menus.bar.actions() if a.text() == "&Clip")
    menu.aboutToShow.emit()
    assert not actions["step back"].isEnabled()
    assert actions["mute"].isEnabled()
    menu.aboutToHide.emit()
    assert actions["step back"].isEnabled()
    window.player.current_job = make_job(1)
    menu.aboutToShow.emit()
    assert actions["step back"].isEnabled()


def test_the_table_in_the_guide_is_the_list_of_commands() -> None:
    text = keys.PAGE.read_text(encoding="utf-8")
    assert "<!-- keys: written by make keys -->" in text
    assert keys.renewed(text) == text, "run make keys"
