"""Keys that the user gives to commands: pressed, asked about, stored, and heard at once everywhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base.command import clashes
from pixverse_desktop.ui.base.commands import command, with_key
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.keys import keys_in_use, pressed_sequence
from pixverse_desktop.ui.base.own_keys import refusal, taken_by, usable
from pixverse_desktop.ui.commands.key_dialog import KeyDialog
from pixverse_desktop.ui.commands.shortcuts_dialog import KeyRow, ShortcutsDialog
from pixverse_desktop.ui.library.grid import TileGrid
from pixverse_desktop.ui.library.paged_model import PagedClips
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.shell.views import all_commands
from pixverse_desktop.ui.widgets.key_caps import caps_of
from pixverse_desktop.ui.widgets.question import Question
from tests.support.window_fakes import FakePlayer, FakeQueue, make_context

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _usual_keys() -> Iterator[None]:
    yield
    keys_in_use().set_own({})


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> ShortcutsDialog:
    made = window.user_actions.shortcuts_dialog
    made.open()
    qtbot.waitExposed(made)
    return made


def row_of(page: ShortcutsDialog, name: str) -> KeyRow:
    return next(row for row in page.rows() if row.command.id == name)


def press(
    page: ShortcutsDialog, name: str, key: Qt.Key, *modifiers: Qt.KeyboardModifier
) -> KeyDialog:
    """Click on the keys of a command, and press another one."""
    QTest.mouseClick(row_of(page, name).keys, Qt.MouseButton.LeftButton)
    dialog = page.findChild(KeyDialog)
    held = Qt.KeyboardModifier.NoModifier
    for one in modifiers:
        held |= one
    QTest.keyClick(dialog.field, key, held)
    return dialog


def test_a_key_that_is_pressed_is_heard_and_shown_at_once(
    window: MainWindow, page: ShortcutsDialog, context: UiContext, qtbot: QtBot
) -> None:
    dialog = press(page, "mute", Qt.Key.Key_Y, CTRL)
    assert not dialog.isVisible()
    assert row_of(page, "mute").keys.keys() == ["Ctrl+Y"]
    assert context.commands.settings.shortcuts == {"mute": ["Ctrl+Y"]}
    assert with_key("Mute", "mute") == "Mute (Ctrl+Y)"
    page.accept()
    window.compose.form.prompt.clearFocus()
    with qtbot.waitActive(window):
        window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_M)
    QTest.keyClick(window, Qt.Key.Key_Y, CTRL)
    assert window.player.calls == [("toggle_mute",)]


@pytest.mark.parametrize(
    "key", [Qt.Key.Key_unknown, Qt.Key.Key_Dead_Circumflex, Qt.Key.Key_Dead_Acute]
)
def test_what_cannot_be_written_down_is_no_key(
    page: ShortcutsDialog, context: UiContext, key: Qt.Key
) -> None:
    QTest.mouseClick(row_of(page, "mute").keys, Qt.MouseButton.LeftButton)
    dialog = page.findChild(KeyDialog)
    pressed = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(dialog.field, pressed)
    assert dialog.isVisible()
    assert not context.commands.settings.shortcuts
    assert row_of(page, "mute").keys.keys() == ["M"]
    dialog.reject()


def test_tooltips_and_menus_follow(window: MainWindow, page: ShortcutsDialog) -> None:
    window.compose.set_request(window.compose.request())
    press(page, "earlier prompts", Qt.Key.Key_F6)
    assert window.compose.form.earlier.toolTip() == "Earlier prompts (F6)"
    assert window.user_actions.menus.actions["earlier prompts"].shortcut().toString() == "F6"
    row = row_of(page, "earlier prompts")
    assert row.reset.isVisible()
    row.reset.click()
    assert window.compose.form.earlier.toolTip() == "Earlier prompts (Ctrl+H)"
    assert not row.reset.isVisible()


def test_a_clash_is_asked_about_at_once(page: ShortcutsDialog, context: UiContext) -> None:
    dialog = press(page, "mute", Qt.Key.Key_P)
    assert dialog.isVisible()
    assert dialog.said.text() == "P is used by “Loop”. Give it to “Mute”?"
    assert context.commands.settings.shortcuts is None
    dialog.reject()
    assert keys_in_use().own == {}
    press(page, "mute", Qt.Key.Key_P).give_button.click()
    assert context.commands.settings.shortcuts == {"mute": ["P"], "loop": []}
    assert row_of(page, "loop").keys.keys() == []
    assert clashes(all_commands()) == []
    # Its usual key is asked for back.
    row_of(page, "loop").reset.click()
    dialog = page.findChildren(KeyDialog)[-1]
    assert dialog.said.text() == "P is used by “Mute”. Give it to “Loop”?"
    dialog.give_button.click()
    assert context.commands.settings.shortcuts == {"mute": []}


def test_the_same_key_in_another_place_is_no_clash(page: ShortcutsDialog) -> None:
    assert not press(page, "wipe", Qt.Key.Key_P).isVisible()
    assert keys_in_use().own == {"wipe": ("P",)}


def test_all_are_reset_after_a_question(page: ShortcutsDialog, context: UiContext) -> None:
    assert not page.reset_button.isEnabled()
    press(page, "mute", Qt.Key.Key_Y)
    press(page, "loop", Qt.Key.Key_U)
    page.reset_button.click()
    page.findChild(Question).buttons["reset"].click()
    assert context.commands.settings.shortcuts is None
    assert row_of(page, "mute").keys.keys() == ["M"]


def test_no_key_at_all(page: ShortcutsDialog, context: UiContext) -> None:
    QTest.mouseClick(row_of(page, "mute").keys, Qt.MouseButton.LeftButton)
    page.findChild(KeyDialog).none_button.click()
    assert context.commands.settings.shortcuts == {"mute": []}
    assert with_key("Mute", "mute") == "Mute"
    assert row_of(page, "mute").keys.accessibleDescription() == "no key"


@pytest.mark.parametrize(
    ("name", "key", "held", "said"),
    [
        ("mute", Qt.Key.Key_Left, (), "Left moves about or closes"),
        ("mute", Qt.Key.Key_F, (Qt.KeyboardModifier.AltModifier,), "Alt+F opens a menu"),
        ("generate", Qt.Key.Key_G, (), "This costs credits"),
        ("generate", Qt.Key.Key_Return, (SHIFT,), "This costs credits"),
    ],
)  # fmt: skip
def test_some_keys_are_refused(
    page: ShortcutsDialog, name: str, key: Qt.Key, held: tuple[Qt.KeyboardModifier, ...], said: str
) -> None:
    dialog = press(page, name, key, *held)
    assert dialog.said.text().startswith(said)
    assert not dialog.give_button.isVisible()
    assert keys_in_use().own == {}


def test_escape_and_tab_leave_and_a_held_key_gives_nothing(page: ShortcutsDialog) -> None:
    dialog = press(page, "mute", Qt.Key.Key_P)
    for _ in range(3):
        held = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True
        )
        QApplication.sendEvent(dialog.field, held)
    assert dialog.isVisible()
    QTest.keyClick(dialog.field, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert keys_in_use().own == {}


def test_either_enter_key_means_both(page: ShortcutsDialog) -> None:
    press(page, "what is sent", Qt.Key.Key_Enter, SHIFT)
    assert keys_in_use().own == {"what is sent": ("Shift+Return", "Shift+Enter")}
    assert row_of(page, "what is sent").keys.keys() == ["Shift+Enter"]


@pytest.mark.parametrize(
    ("key", "modifiers", "text"),
    [
        (Qt.Key.Key_Question, SHIFT, "?"),
        (Qt.Key.Key_BraceLeft, CTRL | SHIFT, "Ctrl+{"),
        (Qt.Key.Key_I, SHIFT, "Shift+I"),
        (Qt.Key.Key_5, Qt.KeyboardModifier.KeypadModifier, "5"),
        (Qt.Key.Key_Space, SHIFT, "Shift+Space"),
    ],
)
def test_what_is_pressed(key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers)
    assert pressed_sequence(event) == QKeySequence(text)


def test_lists_hear_the_users_keys_before_the_window(
    qtbot: QtBot, window: MainWindow, context: UiContext
) -> None:
    grid = TileGrid(PagedClips(context, None, context.bridge))
    window.centralWidget().layout().addWidget(grid)
    chosen: list[str] = []
    grid.key_chosen.connect(chosen.append)
    keys_in_use().set_own({"favourite": ("Ctrl+B",), "copy": ("Y",)})
    grid.setFocus()
    qtbot.waitUntil(grid.hasFocus)
    QTest.keyClick(grid, Qt.Key.Key_B, CTRL)  # is the window's, too: for what plays
    QTest.keyClick(grid, Qt.Key.Key_Y)
    QTest.keyClick(grid, Qt.Key.Key_S)
    assert chosen == ["favourite", "copy"]


@pytest.mark.parametrize("key", ["y", "Return", "Shift+Y", "Backspace"])
def test_typing_is_never_a_command(window: MainWindow, qtbot: QtBot, key: str) -> None:
    keys_in_use().set_own({"mute": (QKeySequence(key).toString(),)})
    for field in (window.compose.form.prompt, window.compose.form.seed.edit):
        field.setFocus()
        qtbot.waitUntil(field.hasFocus)
        QTest.keySequence(field, key)
    assert window.player.calls == []


def test_a_key_pressed_while_a_text_is_composed_is_the_input_methods(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    keys_in_use().set_own({"mute": ("Return",), "loop": ("F8",)})
    prompt = window.compose.form.prompt
    prompt.setFocus()
    qtbot.waitUntil(prompt.hasFocus)
    for field in (prompt, window.compose.form.seed.edit):
        field.setFocus()
        qtbot.waitUntil(field.hasFocus)
        QApplication.sendEvent(field, QInputMethodEvent("7", []))
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.player.calls == []
    assert [call for call in context.bridge.calls if call[0] == "generate"] == []
    assert window.compose.form.seed.edit.text() == "7"


# --- what is stored ---


@pytest.mark.parametrize(
    ("stored", "own"),
    [
        ({"mute": ["Y"]}, {"mute": ("Y",)}),
        ({"mute": []}, {"mute": ()}),
        ({"mute": ["ctrl+y", "Ctrl+Y"]}, {"mute": ("Ctrl+Y",)}),
        ({"mute": ["nonsense"], "loop": ["Y"]}, {"loop": ("Y",)}),
        ({"mute": ["Ctrl+K, Ctrl+C"]}, {}),
        ({"mute": ["Esc"]}, {}),
        ({"mute": ["Ctrl"]}, {}),
        ({"mute": [""]}, {}),
        ({"mute": ["P"]}, {}),  # is another one's
        ({"mute": ["P"], "loop": ["M"]}, {"mute": ("P",), "loop": ("M",)}),
        ({"mute": ["Y"], "loop": ["Y"]}, {"loop": ("Y",)}),  # the one declared first
        ({"generate": ["Space"], "play": []}, {"play": ()}),
        ({"of another version": ["Y"]}, {}),
    ],
)  # fmt: skip
def test_what_is_stored_is_used_as_far_as_it_makes_sense(
    stored: dict[str, list[str]], own: dict[str, tuple[str, ...]]
) -> None:
    assert usable(stored, all_commands()) == own


def test_stored_keys_are_there_at_the_start_and_others_are_kept(qtbot: QtBot) -> None:
    context = make_context()
    context.commands.settings = Settings(shortcuts={"mute": ["Y"], "of another version": ["Z"]})
    window = MainWindow(context, FakePlayer(), FakeQueue())
    qtbot.addWidget(window)
    assert window.user_actions.menus.actions["mute"].shortcut().toString() == "Y"
    window.user_actions.use_keys({"loop": ("U",)})
    assert context.commands.settings.shortcuts == {"loop": ["U"], "of another version": ["Z"]}


# --- the page ---


def test_the_page_is_filtered_by_words_and_by_keys(page: ShortcutsDialog) -> None:
    def listed() -> list[str]:
        return [row.command.id for row in page.rows() if row.isVisible()]

    assert len(listed()) == len(all_commands())
    page.search.setText("LOOP clear")
    assert listed() == ["loop start", "loop end", "loop all"]
    page.search.setText("ctrl+shift+p")
    assert listed() == ["pause"]
    page.search.setText("xyzzy")
    assert listed() == []
    assert page.nothing.isVisible()


@pytest.mark.parametrize(("width", "columns"), [(1220, 3), (940, 2), (440, 1)])
def test_columns_are_as_many_as_fit(
    page: ShortcutsDialog, qtbot: QtBot, width: int, columns: int
) -> None:
    page.resize(width, 600)
    qtbot.waitUntil(lambda: page.columns.count() == columns)
    assert all(page.columns.isAncestorOf(group) for group in page.groups)


def test_every_command_is_on_the_page_and_has_a_name(page: ShortcutsDialog) -> None:
    assert {row.command.id for row in page.rows()} == {known.id for known in all_commands()}
    assert row_of(page, "mute").keys.accessibleName() == "Mute: change the key"
    assert row_of(page, "mute").keys.accessibleDescription() == "M"


def test_caps() -> None:
    assert caps_of("Ctrl+Shift+L") == ["Ctrl", "Shift", "L"]
    assert caps_of("Ctrl++") == ["Ctrl", "+"]
    assert caps_of("+") == ["+"]


def test_refusal_and_clash_are_told_apart() -> None:
    assert refusal(command("generate"), QKeySequence("F5")) == ""
    assert [c.id for c in taken_by(command("generate"), ["Ctrl+O"], all_commands())] == [
        "open start"
    ]
