"""The window around the panels: status, strips, menus, reuse, closing, memory."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QListView, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.__main__ import main as command
from pixverse_desktop.core.errors import Action, ProblemCode, problem
from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import (
    CREDITS_URL,
    Connection,
    Hold,
    HoldReason,
    custom_origin,
    pixeldojo_origin,
)
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.commands.menus import wants_key
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.close_dialog import CloseDialog, close_sentence
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.shell.status_bar import ActiveJobCounts
from tests.support.factories import demo_status, make_job
from tests.support.window_fakes import FakePlayer, FakeQueue, make_context


class OpenedUrls:
    """Catches addresses on their way to the browser."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.urls: list[str] = []
        monkeypatch.setattr(QDesktopServices, "openUrl", self.keep)

    def keep(self, url: object) -> bool:
        self.urls.append(url.toString())
        return True


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> OpenedUrls:
    return OpenedUrls(monkeypatch)


def test_the_bar_says_service_state_and_balance_with_its_age(window: MainWindow) -> None:
    bar = window.top_bar
    assert (bar.service.text(), bar.state.text()) == ("Demo service", "Online")
    assert (bar.credits.text(), bar.age.text()) == ("95 credits", "· 2 min ago")
    assert bar.key_button.isVisible()
    assert not bar.refill_button.isVisible()


def test_low_credits_on_the_demo_offer_a_refill(window: MainWindow, context: UiContext) -> None:
    context.bridge.show_status(demo_status(credits=10))
    window.top_bar.refill_button.click()
    assert context.commands.names() == ["refill_demo"]
    context.bridge.show_status(demo_status(origin=pixeldojo_origin(), credits=10))
    assert not window.top_bar.refill_button.isVisible()


def test_no_balance_yet(window: MainWindow, context: UiContext) -> None:
    context.bridge.show_status(demo_status(credits=None))
    assert window.top_bar.credits.text() == "no balance yet"
    assert not window.top_bar.age.isVisible()


def test_a_custom_address_is_named(window: MainWindow, context: UiContext) -> None:
    origin = custom_origin("http://localhost:8080/api/v1")
    context.bridge.show_status(demo_status(origin=origin, connection=Connection.OFFLINE))
    assert window.top_bar.service.text() == "Custom API address: localhost:8080"
    assert window.top_bar.state.text() == "Offline"
    assert not window.demo_strip.isVisible()


def test_the_demo_strip_goes_for_good(window: MainWindow, context: UiContext) -> None:
    assert window.demo_strip.isVisible()
    window.demo_strip.close_button.click()
    assert not window.demo_strip.isVisible()
    assert context.commands.settings.strip_dismissed
    context.bridge.show_status(demo_status(credits=85))
    assert not window.demo_strip.isVisible()


def test_the_demo_strip_leads_to_the_key(window: MainWindow, qtbot: QtBot) -> None:
    window.demo_strip.button.click()
    dialog = window.user_actions.settings_dialog
    assert dialog.isVisible()
    qtbot.waitUntil(dialog.service.key.hasFocus)


@pytest.mark.parametrize(
    ("hold", "word"),
    [
        (Hold(HoldReason.PAUSED), "Resume"),
        (Hold(HoldReason.UNCERTAIN), "Resume"),
        (Hold(HoldReason.COST, problem(ProblemCode.SERVICE, "It cost 12.")), "Resume"),
        (Hold(HoldReason.KEY), "Add API key"),
        (Hold(HoldReason.CREDITS, problem(ProblemCode.CREDITS)), "Refill"),
        (Hold(HoldReason.OFFLINE), "Network settings…"),
        (Hold(HoldReason.DISK), "Choose folder…"),
        (Hold(HoldReason.RATE), ""),
    ],
)
def test_a_hold_says_why_and_offers_one_action(
    window: MainWindow, context: UiContext, hold: Hold, word: str
) -> None:
    context.bridge.show_status(demo_status(hold=hold))
    strip = window.hold_banner
    assert strip.isVisible()
    assert strip.label.text()
    assert strip.button.isVisible() is bool(word)
    assert strip.button.text() == word
    if word == "Resume":
        strip.button.click()
        assert context.bridge.calls == [("resume",)]
    context.bridge.show_status(demo_status())
    assert not strip.isVisible()


def test_a_hold_counts_down(window: MainWindow, context: UiContext) -> None:
    context.bridge.show_status(demo_status(hold=Hold(HoldReason.RATE, None, time.time() + 42.4)))
    assert window.hold_banner.aside.text() == "goes on in 0:42"


def test_buying_credits_opens_the_page(
    window: MainWindow, context: UiContext, opened: OpenedUrls
) -> None:
    hold = Hold(HoldReason.CREDITS, problem(ProblemCode.CREDITS))
    context.bridge.show_status(demo_status(origin=pixeldojo_origin(), hold=hold))
    assert window.hold_banner.button.text() == "Buy credits"
    window.hold_banner.button.click()
    assert opened.urls == [CREDITS_URL]


def test_a_failed_command_is_told_with_its_action(window: MainWindow, context: UiContext) -> None:
    context.bridge.notice.emit(problem(ProblemCode.DISK))
    assert window.notice_strip.label.text() == "The clip folder cannot be written."
    window.notice_strip.button.click()
    assert window.user_actions.settings_dialog.sections.currentRow() == 1
    assert not window.notice_strip.isVisible()


@pytest.mark.parametrize("action", list(Action))
def test_every_action_does_something_or_nothing_but_never_fails(
    window: MainWindow, context: UiContext, opened: OpenedUrls, action: Action
) -> None:
    window.user_actions.do_action(action)
    assert window.isVisible()
    assert not [call for call in context.bridge.calls if call[0] in ("generate", "send_again")]


def test_generate_goes_to_the_bus_and_keeps_the_form(
    window: MainWindow, context: UiContext
) -> None:
    window.compose.form.prompt.set_text("A fox")
    QTest.keySequence(window.compose.form.prompt, "Ctrl+Return")
    assert context.bridge.calls == [("generate", window.compose.request())]
    assert window.compose.request().prompt == "A fox"


def test_the_status_line_counts_this_service_only(window: MainWindow, context: UiContext) -> None:
    assert window.status_bar.work.text() == "Idle"
    for number, state in ((1, JobState.ACCEPTED), (2, JobState.QUEUED), (3, JobState.SAVED)):
        context.bridge.show_job(make_job(number, state))
    context.bridge.show_job(make_job(4, JobState.ACCEPTED, origin="https://pixeldojo.ai"))
    assert window.status_bar.work.text() == "1 clip being made · 1 waiting · 20 credits"


def test_work_under_way_is_counted_as_single_jobs_change() -> None:
    elsewhere = make_job(3, JobState.ACCEPTED, origin="https://pixeldojo.ai", price=12)
    work = ActiveJobCounts([make_job(1), make_job(2, JobState.ACCEPTED), elsewhere])
    assert [(work.count(o), work.credits(o)) for o in ("demo", elsewhere.origin, "none")] == [
        (2, 20), (1, 12), (0, 0),
    ]  # fmt: skip
    assert work.soonest_expiry("demo") is None
    for number, expires_at in ((2, 900.0), (4, 800.0)):
        work.put(make_job(number, JobState.ACCEPTED, finished_at=5.0, expires_at=expires_at))
    assert (work.count("demo"), work.soonest_expiry("demo")) == (3, 800.0)
    work.put(make_job(4, JobState.SAVED, finished_at=5.0, expires_at=800.0))
    work.put(make_job(1, JobState.WITHDRAWN, hidden=True))
    assert (work.count("demo"), work.soonest_expiry("demo")) == (1, 900.0)
    work.put(make_job(2, JobState.ACCEPTED, credit_cost=Decimal("7.5")))
    assert work.credits("demo") == Decimal("7.5")
    work.put(make_job(2, JobState.ACCEPTED, hidden=True))
    assert (work.count("demo"), work.credits("demo"), work.soonest_expiry("demo")) == (0, 0, None)


def test_type_that_is_small_again_leaves_no_gap(window: MainWindow, qtbot: QtBot) -> None:
    service = window.top_bar.service
    before = service.width()
    for size in (150, 100):
        theme.current().set_look("dark", size)
        window.top_bar.set_status(demo_status(), has_key=False)
    qtbot.waitUntil(lambda: service.width() == before)
    theme.current().set_look("dark", 150)
    window.top_bar.set_status(demo_status(), has_key=False)
    theme.current().set_look("dark", 100)
    qtbot.waitUntil(lambda: service.width() == before)


def test_menus_without_room_are_behind_a_mark_in_the_themes_colour(window: MainWindow) -> None:
    rest = window.user_actions.menus.bar.findChild(QToolButton, "qt_menubar_ext_button")
    assert rest is not None
    assert rest.accessibleName() == "More menus"
    assert rest.icon().cacheKey() == theme.icon("more").cacheKey()


def test_nothing_is_shown_before_the_window(
    context: UiContext, qapp: QApplication, qtbot: QtBot
) -> None:
    shown: list[str] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
                shown.append(type(watched).__name__)
            return False

    watch = Watch()
    qapp.installEventFilter(watch)
    made = MainWindow(context, PlayerPanel(context), QueuePanel(context))
    qtbot.addWidget(made)
    qapp.removeEventFilter(watch)
    assert shown == []
    assert not made.demo_strip.isHidden()
    made.player.shutdown()  # type: ignore[attr-defined]


def test_the_folder_is_shown_and_revealed(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    window.measure_space()
    qtbot.waitUntil(lambda: "212 GB free" in window.status_bar.space.text())
    window.status_bar.folder.click()
    assert context.commands.calls[-1] == ("reveal", context.commands.clip_folder())


def test_reuse_fills_the_form_and_can_be_undone(window: MainWindow) -> None:
    window.compose.set_request(ClipRequest("Mine", duration_s=9))
    mine = window.compose.request()
    window.queue.reuse_requested.emit(make_job(5))
    assert window.compose.request().prompt == "Clip 5"
    assert window.undo_strip.label.text() == "Settings taken from “Clip 5”"
    window.undo_strip.button.click()
    assert window.compose.request() == mine
    assert not window.undo_strip.isVisible()


def test_the_seed_of_the_last_clip_can_be_kept(window: MainWindow, context: UiContext) -> None:
    context.bridge.show_job(make_job(31))
    assert window.compose.request().seed is None
    window.compose.form.seed.lock_button.click()
    assert window.compose.request().seed == 31


def test_the_first_clip_plays_by_itself(window: MainWindow, context: UiContext) -> None:
    context.bridge.show_job(make_job(1, JobState.ACCEPTED))
    done = make_job(1, JobState.SAVED)
    context.bridge.show_job(done)
    assert [call[1].state for call in window.player.calls] == [JobState.ACCEPTED, JobState.SAVED]
    assert window.player.calls[-1] == ("show_job", done)


def test_an_empty_stage_shows_the_last_clip_of_an_earlier_run(
    window: MainWindow, context: UiContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = make_job(1, JobState.SAVED)
    monkeypatch.setattr(window.queue, "newest_clip", lambda: last)
    context.bridge.jobs_reset.emit((last,))
    assert window.player.calls == [("show_job", last)]
    window.player.current_job = last
    context.bridge.jobs_reset.emit((last,))
    context.bridge.show_job(make_job(2, JobState.ACCEPTED))  # it stays while the next is made
    assert window.player.calls == [("show_job", last)]
    done = make_job(2, JobState.SAVED)
    context.bridge.show_job(done)
    assert window.player.calls[-1] == ("show_job", done)


def test_old_clips_and_a_picked_one_are_left_alone(window: MainWindow, context: UiContext) -> None:
    context.bridge.jobs_reset.emit((make_job(1, JobState.SAVED),))
    context.bridge.job_changed.emit(make_job(1, JobState.SAVED))
    assert window.player.calls == []
    picked = make_job(2, JobState.SAVED)
    window.queue.job_selected.emit(picked)
    context.bridge.show_job(make_job(3, JobState.VERIFIED))
    context.bridge.show_job(make_job(3, JobState.SAVED))
    assert window.player.calls == [("show_job", picked)]


def test_a_playing_clip_is_not_replaced(window: MainWindow, context: UiContext) -> None:
    for number in (1, 2):
        context.bridge.show_job(make_job(number, JobState.VERIFIED))
        context.bridge.show_job(make_job(number, JobState.SAVED))
        window.player.idle = False
        window.player.current_job = make_job(1, JobState.SAVED)
    assert {call[1].id for call in window.player.calls} == {"job1"}


@pytest.mark.parametrize(
    ("key", "call"),
    [
        (Qt.Key.Key_Space, ("toggle_play",)),
        (Qt.Key.Key_Comma, ("step", -1)),
        (Qt.Key.Key_Period, ("step", 1)),
        (Qt.Key.Key_F, ("toggle_full_screen",)),
        (Qt.Key.Key_P, ("toggle_loop",)),
        (Qt.Key.Key_J, ("run_back",)),
        (Qt.Key.Key_K, ("stand",)),
        (Qt.Key.Key_L, ("run_forward",)),
        (Qt.Key.Key_I, ("set_in",)),
        (Qt.Key.Key_O, ("set_out",)),
        (Qt.Key.Key_X, ("clear_range",)),
        (Qt.Key.Key_0, ("show_fitted",)),
        (Qt.Key.Key_1, ("show_actual_size",)),
        (Qt.Key.Key_M, ("toggle_mute",)),
    ],
)
def test_single_keys_are_the_players_unless_one_types(
    window: MainWindow, key: Qt.Key, call: tuple[object, ...]
) -> None:
    slider = window.compose.form.field("duration_s").slider
    slider.setFocus()
    QTest.keyClick(slider, key)
    assert window.player.calls == [call]
    for field in (window.compose.form.prompt, window.compose.form.seed.edit):
        field.setFocus()
        QTest.keyClick(field, key)
    assert window.player.calls == [call]


def test_a_capital_letter_is_typed_and_no_range_is_cleared(window: MainWindow) -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    for field in (window.compose.form.prompt, window.compose.form.seed.edit):
        field.setFocus()
        for key in (Qt.Key.Key_I, Qt.Key.Key_O):
            QTest.keyClick(field, key, shift)
    assert window.player.calls == []
    window.compose.form.field("duration_s").slider.setFocus()
    QTest.keyClick(window.compose.form.field("duration_s").slider, Qt.Key.Key_I, shift)
    assert window.player.calls == [("clear_in",)]


def test_what_the_player_says_is_said(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.user_actions.said) as seen:
        window.player.said.emit("The frame is on the clipboard.")
    assert seen.args == ["The frame is on the clipboard."]


def test_space_presses_the_focused_button(window: MainWindow) -> None:
    sound = window.compose.form.field("audio")
    sound.setFocus()
    QTest.keyClick(sound, Qt.Key.Key_Space)
    assert not window.compose.request().audio
    well = window.compose.frames.wells["start"]
    well.setFocus()
    QTest.keyClick(well, Qt.Key.Key_Space)
    assert window.player.calls == []
    window.findChild(QFileDialog).reject()


def test_space_after_a_click_on_generate_plays_and_pays_nothing(
    window: MainWindow, context: UiContext
) -> None:
    window.compose.form.prompt.setPlainText("a fox")
    window.compose.form.prompt.setFocus()
    button = window.compose.cost.button
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [call[0] for call in context.bridge.calls] == ["generate"]
    target = QApplication.focusWidget() or window
    QTest.keyClick(target, Qt.Key.Key_Space)
    assert [call[0] for call in context.bridge.calls] == ["generate"]
    assert window.compose.request().prompt == "a fox"
    assert window.player.calls == [("toggle_play",)]


def test_the_prompt_has_the_keyboard_at_the_start(window: MainWindow) -> None:
    assert window.focusWidget() is window.compose.form.prompt


def test_space_plays_over_a_list(window: MainWindow) -> None:
    table = QListView(window)
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
    assert not wants_key(table, event)
    letter = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F, Qt.KeyboardModifier.NoModifier, "f")
    assert not wants_key(table, letter)


def test_pause_is_named_after_what_it_does(window: MainWindow, context: UiContext) -> None:
    action = window.user_actions.menus.actions["pause"]
    action.trigger()
    context.bridge.show_status(demo_status(hold=Hold(HoldReason.PAUSED)))
    assert action.text() == "Resume queue"
    action.trigger()
    assert context.bridge.calls == [("pause",), ("resume",)]


def test_help_opens_without_stopping_the_program(window: MainWindow, opened: OpenedUrls) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    shortcuts = window.user_actions.shortcuts_dialog
    assert shortcuts.isVisible()
    shortcuts.accept()
    window.user_actions.about_dialog.open()
    assert window.user_actions.about_dialog.isVisible()
    window.user_actions.about_dialog.docs_button.click()
    assert opened.urls[0].endswith("/pixverse-v6")
    window.user_actions.about_dialog.accept()


def test_about_tells_the_version_and_the_licences_of_all_parts(
    window: MainWindow, context: UiContext, capsys: pytest.CaptureFixture[str]
) -> None:
    about = window.user_actions.about_dialog
    about.open()
    with pytest.raises(SystemExit):
        command(["--version"])
    version = capsys.readouterr().out.split()[-1]
    assert any(f"Version {version} " in label.text() for label in about.findChildren(QLabel))
    about.licences_button.click()
    dialog = about.licences_dialog
    rows = [label.text() for label in dialog.area.findChildren(QLabel)]
    assert dict(zip(rows[::2], rows[1::2], strict=True))["x264"] == "GPL-2.0-or-later"
    dialog.texts_button.click()
    (call,) = [c for c in context.commands.calls if c[0] == "reveal"]
    assert (Path(call[1]) / "GPL-3.txt").is_file()
    dialog.accept()
    about.accept()


def test_closing_with_nothing_under_way_asks_nothing(
    window: MainWindow, context: UiContext
) -> None:
    window.close()
    assert context.commands.names() == ["save_window_state", "request_close"]
    assert window.isVisible()
    assert window.status_bar.work.text() == "Closing…"
    window.close()
    assert context.commands.names().count("request_close") == 1


def test_closing_with_work_under_way_tells_what_goes_on(
    window: MainWindow, context: UiContext
) -> None:
    context.bridge.show_job(make_job(1, JobState.ACCEPTED))
    window.close()
    sheet = window.findChild(CloseDialog)
    assert sheet is not None
    assert sheet.close_button.isDefault()
    sheet.stay_button.click()
    assert context.commands.names() == []
    window.close()
    [sheet] = [s for s in window.findChildren(CloseDialog) if s.isVisible()]
    sheet.close_button.click()
    assert context.commands.names()[-1] == "request_close"


def test_the_closing_sentence() -> None:
    flying = [make_job(n, JobState.ACCEPTED) for n in (1, 2)]
    assert close_sentence([*flying, make_job(3)]) == (
        "2 clips finish at the service and arrive next time; 1 stays in the queue."
    )
    assert close_sentence([make_job(1, JobState.SAVED)]) == ""


def test_the_window_remembers_its_form_and_panes(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    request = ClipRequest("Remember me", duration_s=7, seed=5)
    window.compose.set_request(request)
    window.save_state()
    other = make_context()
    other.commands.window_state = context.commands.window_state
    again = MainWindow(other, FakePlayer(), FakeQueue())
    qtbot.addWidget(again)
    assert again.compose.request() == request
    again.compose.form.prompt.undo()  # there is nothing before what stands there
    assert again.compose.request() == request
    state = context.commands.window_state
    assert state.geometry
    assert sum(state.splitter) > 1500


def test_a_form_of_another_version_is_no_obstacle(qtbot: QtBot) -> None:
    context = make_context()
    context.commands.window_state = replace(
        context.commands.window_state, form={"unknown": 1}, geometry="%%%", splitter=(1, 2)
    )
    window = MainWindow(context, FakePlayer(), FakeQueue())
    qtbot.addWidget(window)
    assert window.compose.request().prompt == ""


def test_changes_of_the_form_are_saved_after_a_while(
    window: MainWindow, context: UiContext
) -> None:
    window.compose.form.prompt.set_text("A fox")
    assert window._save_timer.isActive()
    window._save_timer.timeout.emit()
    assert context.commands.window_state.form["prompt"] == "A fox"


def test_pictures_named_at_the_start(window: MainWindow) -> None:
    window.open_files(["/a/one.png", "/a/two.png", "/a/three.png"])
    assert [f.label for f in window.compose.request().frames()] == ["one.png", "two.png"]


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_it_fits_a_small_screen(
    window: MainWindow, context: UiContext, mode: str, scale: float, qtbot: QtBot
) -> None:
    theme.current().set_mode(mode)
    theme.current().set_font_scale(scale)
    context.bridge.show_status(demo_status(credits=5, hold=Hold(HoldReason.PAUSED)))
    window.resize(1024, 640)
    QApplication.sendPostedEvents()
    try:
        assert (window.width(), window.height()) == (1024, 640)
        assert window.player.width() >= 320
        assert window.queue.width() >= 240
        assert window.compose.width() >= 280
        assert cut_labels(window.top_bar) == []
        assert cut_labels(window.compose.cost) == []
        window.resize(1600, 1000)
        assert abs(window.compose.width() - 336) < 8
    finally:
        theme.current().set_font_scale(1.0)


def cut_labels(parent: QWidget) -> list[str]:
    """Single-line labels that are narrower than their text."""
    return [
        label.text()
        for label in parent.findChildren(QLabel)
        if label.isVisible()
        and not label.wordWrap()
        and label.fontMetrics().horizontalAdvance(label.text()) > label.width() + 1
    ]


def test_a_disk_that_does_not_tell_its_free_space(window: MainWindow) -> None:
    window.status_bar.set_space(None)
    assert window.status_bar.space.text() == "· free space unknown"


def test_why_it_is_offline_is_said_where_it_says_so(window: MainWindow) -> None:
    said = "The certificate file /gone.pem does not exist. It is set in REQUESTS_CA_BUNDLE."
    status = replace(demo_status(), connection=Connection.OFFLINE, trouble_said=said)
    window.top_bar.set_status(status, True)
    assert window.top_bar.state.toolTip() == said


def test_the_closing_numbers_follow_the_queue(window: MainWindow, context: UiContext) -> None:
    context.bridge.show_job(make_job(1, JobState.ACCEPTED))
    context.bridge.show_job(make_job(2, JobState.QUEUED))
    window.close()
    sheet = window._sheet
    assert sheet is not None
    assert sheet.text.text() == close_sentence(context.bridge.jobs.values())
    context.bridge.show_job(make_job(2, JobState.ACCEPTED))
    assert sheet.text.text().startswith("2 clips finish at the service")
    for number in (1, 2):
        context.bridge.show_job(make_job(number, JobState.SAVED))
    assert sheet.text.text() == "Everything is done."


def test_a_clip_that_does_not_get_on_the_stage_announces_itself(
    window: MainWindow, context: UiContext
) -> None:
    window.queue.job_selected.emit(make_job(1, JobState.SAVED))
    for number in (2, 3):
        context.bridge.show_job(make_job(number, JobState.ACCEPTED))
        context.bridge.show_job(make_job(number, JobState.SAVED))
        assert window.ready.isVisible()
    assert window.ready.label.text() == "2 clips are ready, the newest is “Clip 3”."
    window.ready.button.click()
    assert window.player.calls[-1] == ("show_job", make_job(3, JobState.SAVED))
    assert window.ready.label.text() == "“Clip 2” is ready."
    window.queue.job_selected.emit(make_job(2, JobState.SAVED))
    assert not window.ready.isVisible()
    assert window.queue.playing == make_job(2, JobState.SAVED)


def test_going_on_names_the_clip(window: MainWindow) -> None:
    clip = Clip("/nowhere/1.mp4", 1, "00")
    job = make_job(1, JobState.SAVED, clip=clip)
    window.player.frame_requested.emit(job, -1, "start")
    assert window.notice_strip.label.text() == "Start frame: Last frame of “Clip 1”."
    start = window.compose.request().start_frame
    assert start is not None
    assert start.label == "Last frame of “Clip 1”"
