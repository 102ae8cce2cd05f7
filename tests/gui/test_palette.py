"""The command palette: what it finds, in what order, and that nothing runs by accident."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.library_query import Collection
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import OriginKind
from pixverse_desktop.services.settings import WindowState
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.keys import keys_in_use
from pixverse_desktop.ui.commands.palette import Palette
from pixverse_desktop.ui.commands.palette_entries import Entry, Kind
from pixverse_desktop.ui.commands.palette_rows import ROW_ROLE
from pixverse_desktop.ui.commands.palette_search import Match, PaletteSearch, letters_of
from pixverse_desktop.ui.compare.window import CompareWindow
from pixverse_desktop.ui.library.sidebar import Sidebar
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import demo_status, saved_job
from tests.support.window_fakes import FakePlayer, FakeWorkers, QueueBus, make_context

CTRL = Qt.KeyboardModifier.ControlModifier
PROMPTS = ("Última luz sobre el mar", "A red fox turns its head", "Lighthouse in the storm")


@pytest.fixture
def context(tmp_path: Path) -> Iterator[UiContext]:
    """With three clips, a board and a library."""
    store = JobStore(tmp_path / "data")
    store.open()
    jobs = [saved_job(n, prompt) for n, prompt in enumerate(PROMPTS, 1)]
    for job in jobs:
        store.add_jobs(job)
    store.library.put_on_board(
        store.library.add_board("Storyboard of the café"), [jobs[0].id], True
    )
    made = replace(make_context(), library=lambda: store.library, bridge=QueueBus(demo_status()))
    made.bridge.jobs = {job.id: job for job in jobs}
    yield made
    store.close()


@pytest.fixture
def window(qtbot: QtBot, context: UiContext) -> Iterator[MainWindow]:
    made = MainWindow(context, FakePlayer(), QueuePanel(context))
    qtbot.addWidget(made)
    made.resize(1400, 900)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    made.player.calls.clear()
    yield made
    if (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    keys_in_use().set_own({})


def opened(window: MainWindow) -> Palette:
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_K, CTRL)
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, Palette)
    return palette


def entries(palette: Palette) -> list[Entry]:
    rows = palette.rows
    return [found for row in range(rows.rowCount()) if (found := rows.entry(row)) is not None]


def titles(palette: Palette) -> list[str]:
    return [entry.title for entry in entries(palette)]


def headings(palette: Palette) -> list[str]:
    rows = palette.rows
    return [rows.index(n, 0).data(ROW_ROLE).heading for n in range(rows.rowCount())
            if rows.entry(n) is None]  # fmt: skip


def typed(palette: Palette, text: str) -> Palette:
    palette.search.setText(text)
    return palette


def chosen(palette: Palette) -> str:
    entry = palette.rows.entry(palette.list.currentIndex().row())
    return "" if entry is None else entry.title


def test_a_command_is_run_and_the_keyboard_is_where_it_was(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.compose.form.prompt.setFocus()
    palette = typed(opened(window), "mute")
    assert titles(palette) == ["Mute"]
    assert entries(palette)[0].keys == ["M"]
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert window.player.calls == [("toggle_mute",)]
    assert QApplication.activePopupWidget() is None
    qtbot.waitUntil(window.compose.form.prompt.hasFocus)
    assert window.compose.form.prompt.text() == ""


def test_any_order_of_words_without_case_and_accents(window: MainWindow) -> None:
    palette = opened(window)
    for query, title in (
        ("LUZ ultima", PROMPTS[0]),
        ("head fox", PROMPTS[1]),
        ("cafe story", "Storyboard of the café"),
        ("lighthuose", PROMPTS[2]),
        ("appearance theme", "Theme"),
        ("setttings", "Settings…"),
    ):
        assert titles(typed(palette, query))[0] == title
    assert titles(typed(palette, "storm")) == [PROMPTS[2]]  # and not the story that is like it
    assert titles(typed(palette, "xyzzyx")) == []
    assert palette.nothing.isVisible()


def test_everything_is_listed_in_groups(window: MainWindow, context: UiContext) -> None:
    palette = opened(window)
    assert headings(palette) == ["Commands", "Settings", "Collections and boards", "Clips"]
    known = {entry.id for entry in entries(palette)}
    for command in window.user_actions.menus.commands:
        here = {scope.name for scope in command.scopes} & {"WINDOW", "PLAYER", "CLIPS", "LISTS"}
        assert (command.id in known) == bool(here)
    settings = [entry.title for entry in entries(palette) if entry.kind is Kind.SETTING]
    assert {"Theme", "API key", "Proxy", "Clip folder", "Notices"} <= set(settings)
    assert titles(palette)[-3:] == list(reversed(PROMPTS)) or set(titles(palette)[-3:]) == set(
        PROMPTS
    )


def test_signs_ask_for_one_kind(window: MainWindow) -> None:
    palette = opened(window)
    for sign, kinds in (
        (">", {Kind.COMMAND, Kind.SETTING}),
        ("#", {Kind.BOARD}),
        ("@", {Kind.CLIP}),
    ):
        assert {entry.kind for entry in entries(typed(palette, sign))} == kinds
    assert titles(typed(palette, "#story")) == ["Storyboard of the café"]


def test_what_cannot_be_done_says_why_and_is_not_run(
    window: MainWindow, context: UiContext
) -> None:
    palette = typed(opened(window), "next frame")
    assert entries(palette)[0].reason == "no clip is on the stage"
    spoken = palette.search.accessibleDescription()
    assert spoken == "Next frame, no clip is on the stage, Commands (.)"
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert window.player.calls == []
    assert entries(typed(palette, "compare two"))[0].reason == (
        "two clips must be chosen in the library"
    )
    assert entries(typed(palette, "restore removed"))[0].reason == "nothing was removed just now"
    palette.close()
    window.clip_actions.show_playing(None)
    palette = typed(opened(window), "reuse settings")
    assert entries(palette)[0].reason == "no clip is chosen"
    palette.close()
    origin = replace(context.bridge.status.origin, kind=OriginKind.PIXELDOJO)
    context.bridge.show_status(replace(context.bridge.status, origin=origin, has_key=False))
    assert "API key" in entries(typed(opened(window), "generate"))[0].reason


def test_what_was_used_last_comes_first(window: MainWindow, context: UiContext) -> None:
    QTest.keyClick(typed(opened(window), "loop start").search, Qt.Key.Key_Escape)
    for query in ("mute", "actual size"):
        QTest.keyClick(typed(opened(window), query).search, Qt.Key.Key_Return)
    palette = opened(window)
    assert headings(palette)[0] == "Recently used"
    assert titles(palette)[:2] == ["Actual size", "Mute"]
    assert titles(palette).count("Mute") == 1
    assert context.commands.window_state.found == ("actual size", "mute")
    assert titles(typed(palette, "m"))[0] == "Mute"
    palette.close()
    context.commands.window_state = WindowState(found=("gone", "quit"))
    assert titles(opened(window))[0] == "Quit"


def test_a_setting_is_opened_with_its_control_focused(window: MainWindow, qtbot: QtBot) -> None:
    settings = window.user_actions.settings_dialog
    for query, control in (
        ("daily limit", settings.clips.limit.spin),
        ("file names", settings.clips.names.field),
        ("test the connection", settings.network.test_button),
    ):
        QTest.keyClick(typed(opened(window), query).search, Qt.Key.Key_Return)
        assert settings.isVisible()
        with qtbot.waitActive(settings):
            settings.activateWindow()
        qtbot.waitUntil(control.hasFocus)
        settings.close()
        with qtbot.waitActive(window):
            window.activateWindow()


def test_limits_and_rate_are_opened_where_they_are(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(typed(opened(window), "limit month").search, Qt.Key.Key_Return)
    side = window.views.pane("spend").side
    qtbot.waitUntil(side.limits["monthly_limit"].hasFocus)
    QTest.keyClick(typed(opened(window), "credits money").search, Qt.Key.Key_Return)
    qtbot.waitUntil(side.rate.credits.hasFocus)


def test_a_board_and_a_collection_are_opened_in_the_library(window: MainWindow) -> None:
    QTest.keyClick(typed(opened(window), "storyboard café").search, Qt.Key.Key_Return)
    panel = window.views.pane("library")
    assert window.views.shown == "library"
    assert panel.sidebar.list.currentIndex().data() == "Storyboard of the café"
    assert panel.rows.rowCount() == 1
    QTest.keyClick(typed(opened(window), "trash").search, Qt.Key.Key_Escape)
    window.clip_actions.collection_requested.emit(Collection.TRASH, "")
    assert panel.sidebar.list.currentIndex().data() == "Trash"


def test_a_board_that_is_not_read_yet_is_opened_when_it_is(
    qtbot: QtBot, context: UiContext
) -> None:
    library, workers = context.library(), FakeWorkers(at_once=False)
    sidebar = Sidebar(replace(context, workers=workers), library)
    qtbot.addWidget(sidebar)
    [board] = library.boards()
    sidebar.choose(Collection.ALL, board.id)
    assert sidebar.list.currentIndex().data() == "All clips"
    sidebar.refresh()
    workers.run_all()
    assert sidebar.list.currentIndex().data() == board.name


def test_a_clip_is_played_or_shown_in_the_library(window: MainWindow) -> None:
    QTest.keyClick(typed(opened(window), "fox").search, Qt.Key.Key_Return)
    assert window.player.calls[-1][1].request.prompt == PROMPTS[1]
    assert window.views.shown == "create"
    QTest.keyClick(typed(opened(window), "storm").search, Qt.Key.Key_Return, CTRL)
    assert window.views.shown == "library"
    assert window.player.calls[-1][1].request.prompt == PROMPTS[2]


def test_the_keys_move_while_one_types(window: MainWindow) -> None:
    palette = opened(window)
    first = titles(palette)[0]
    assert chosen(palette) == first
    QTest.keyClick(palette.search, Qt.Key.Key_Up)
    assert chosen(palette) == first
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    assert chosen(palette) == titles(palette)[1]
    for _ in range(60):
        QTest.keyClick(palette.search, Qt.Key.Key_PageDown)
    assert chosen(palette) == titles(palette)[-1]
    QTest.keyClick(palette.search, Qt.Key.Key_PageUp)
    assert chosen(palette) in titles(palette)[-9:]
    for _ in range(60):
        QTest.keyClick(palette.search, Qt.Key.Key_PageUp)
    assert chosen(palette) == first
    assert palette.search.hasFocus()


def test_the_mouse_runs_and_a_click_elsewhere_closes(window: MainWindow) -> None:
    palette = typed(opened(window), "mute")
    place = palette.list.visualRect(palette.rows.index(1, 0)).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.player.calls == [("toggle_mute",)]
    palette = opened(window)
    assert palette.testAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
    outside = palette.rect().bottomRight() * 1.1
    QTest.mouseClick(palette, Qt.MouseButton.LeftButton, pos=outside)
    assert QApplication.activePopupWidget() is None


def test_no_key_of_the_window_is_heard_under_it(window: MainWindow, context: UiContext) -> None:
    window.compose.form.prompt.set_text("a fox")
    palette = opened(window)
    QTest.keySequence(palette.search, "Ctrl+I")
    QTest.keySequence(
        palette.search, "Ctrl+Return"
    )  # shows a clip in the library, and none is chosen
    QTest.keySequence(palette.search, "F1")
    QTest.keySequence(palette.search, "Ctrl+K")  # which is heard in every window of the program
    assert QApplication.activePopupWidget() is palette
    assert window.user_actions.palette_opener.palette is palette
    assert [call for call in context.bridge.calls if call[0] == "generate"] == []
    assert not window.user_actions.shortcuts_dialog.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_the_key_that_ends_a_composition_runs_and_closes_nothing(
    window: MainWindow, key: Qt.Key
) -> None:
    palette = typed(opened(window), "mu")
    QApplication.sendEvent(palette.search, QInputMethodEvent("te", []))
    QTest.keyClick(palette.search, key)
    assert palette.isVisible()
    assert window.player.calls == []
    assert palette.search.text() == ("mu" if key == Qt.Key.Key_Escape else "mute")
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


def test_a_held_enter_runs_nothing(window: MainWindow) -> None:
    palette = typed(opened(window), "mute")
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        palette.search, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, none, "\r", True)
    )
    assert palette.isVisible()
    assert window.player.calls == []


def test_commands_are_about_what_is_chosen_where_the_keyboard_is(
    window: MainWindow, qtbot: QtBot
) -> None:
    reused: list[str] = []
    window.queue.reuse_requested.connect(lambda job: reused.append(job.request.prompt))
    grid = window.queue.grid
    row = next(
        n for n in range(3) if grid.model().index(n, 0).data(ROW_ROLE).request.prompt == PROMPTS[1]
    )
    grid.setCurrentIndex(grid.model().index(row, 0))
    grid.setFocus()
    qtbot.waitUntil(grid.hasFocus)
    QTest.keyClick(typed(opened(window), "reuse settings").search, Qt.Key.Key_Return)
    assert reused == [PROMPTS[1]]
    well = window.compose.frames.wells["start"]
    well.setFocus()
    qtbot.waitUntil(well.hasFocus)
    asked: list[str] = []
    well.pick_requested.connect(asked.append)
    QTest.keyClick(typed(opened(window), "choose picture").search, Qt.Key.Key_Return)
    assert asked == ["start"]


def test_it_opens_over_the_compare_window_with_its_commands(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    left, right, *_ = context.bridge.jobs.values()
    window.views.compare(left, right)
    compared = window.findChild(CompareWindow)
    qtbot.waitExposed(compared)
    compared.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is compared)
    palette = typed(opened(compared), "swap")
    assert palette.parentWidget() is compared
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert compared.view.names == ("B", "A")
    assert "Mute" not in titles(typed(opened(compared), "mute"))  # is about what lies below
    QApplication.activePopupWidget().close()
    window.views.close_comparison()


def test_keys_are_those_in_use(window: MainWindow) -> None:
    keys_in_use().set_own({"mute": ("Ctrl+Y",), "palette": ("F7",)})
    QTest.keyClick(window, Qt.Key.Key_F7)
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, Palette)
    assert entries(typed(palette, "mute"))[0].keys == ["Ctrl+Y"]
    palette.close()


def test_it_is_named_for_a_screen_reader(window: MainWindow) -> None:
    palette = opened(window)
    for widget in (palette, palette.search, palette.list):
        assert widget.accessibleName()
    role = Qt.ItemDataRole.AccessibleTextRole
    spoken = [palette.rows.index(n, 0).data(role) for n in range(palette.rows.rowCount())]
    assert "Mute, Commands (M)" in spoken
    assert "Theme, Appearance, Settings" in spoken


def test_it_fits_into_a_small_window(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(560, 420)
    palette = opened(window)
    inside = palette.mapToGlobal(palette.rect().bottomRight())
    assert window.frameGeometry().contains(inside)


# --- the search by itself ---


def test_how_well_a_text_holds_the_words() -> None:
    search = PaletteSearch(["Set loop start", "Reset", "Clear loop"], ["Clip", "", ""])
    assert search.find("set") == {0: Match.BEGINNINGS, 1: Match.INSIDE}
    assert search.find("clip loop") == {0: Match.BEGINNINGS}
    assert search.find("claer") == {2: Match.MISTYPED}
    assert search.find("") == dict.fromkeys(range(3), Match.BEGINNINGS)
    assert search.find("xyz") == {}
    assert [search.begins_at(n, "loop") for n in range(3)] == [4, 0, 6]


@pytest.mark.parametrize(
    ("title", "words", "marked"),
    [
        ("Last frame", ["last"], ["Last"]),
        ("Blast of spray", ["last"], ["last"]),
        ("Última luz", ["ultima", "luz"], ["Última", "luz"]),
        ("Straße am Meer", ["strasse"], ["Straße"]),
        ("Aline plays a line", ["line"], ["line"]),
        ("A fox", ["wolf"], []),
    ],
)
def test_the_letters_that_were_looked_for(title: str, words: list[str], marked: list[str]) -> None:
    found = letters_of(title, [(word,) for word in words])
    assert [title[begin:end] for begin, end in found] == marked


def test_clips_that_wait_are_not_found(window: MainWindow, context: UiContext) -> None:
    job = saved_job(9, "A purple walrus")
    context.bridge.jobs[job.id] = replace(job, state=JobState.QUEUED, clip=None)
    assert titles(typed(opened(window), "walrus")) == []


def test_what_costs_credits_is_never_run_by_accident(
    window: MainWindow, context: UiContext
) -> None:
    window.compose.form.prompt.set_text("a whole form")
    context.commands.window_state = WindowState(found=("generate",))
    assert "Generate" not in titles(opened(window))[:1]
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, Palette)
    for query in ("rate", "general", "operate", "genarate"):
        assert "Generate" not in titles(typed(palette, query)), query
    for query in ("generate", "gen", "g"):
        assert "Generate" in titles(typed(palette, query)), query
        assert chosen(palette) != "Generate"
    QTest.keyClick(typed(palette, "generate").search, Qt.Key.Key_Return)
    assert context.bridge.calls == []
    while chosen(palette) != "Generate":
        QTest.keyClick(palette.search, Qt.Key.Key_Down)
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert [call[0] for call in context.bridge.calls] == ["generate"]
