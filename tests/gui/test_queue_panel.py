"""The queue panel as it is used: cards, keys, menus, removal and undo, the grid of clips."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.service import Hold, HoldReason, pixeldojo_origin
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import color
from pixverse_desktop.ui.jobs.job_actions import JobAction
from pixverse_desktop.ui.queue.panel import QueuePanel
from tests.support.factories import demo_status, make_job
from tests.support.window_fakes import (
    RESOURCES,
    FakeCommands,
    FakeWorkers,
    QueueBus,
    make_actions,
)

S = JobState
LOST = "The service's answer was lost; it may have been charged."


def saved(number: int, **changes: object) -> Job:
    clip = Clip(f"/nowhere/{number}.mp4", 1, "x", 640, 360, 5.0, 24.0, True)
    return make_job(number, S.SAVED, clip=clip, finished_at=1000.0 + number, **changes)


@pytest.fixture
def bridge() -> QueueBus:
    return QueueBus(demo_status())


@pytest.fixture
def panel(qtbot: QtBot, bridge: QueueBus, tmp_path: Path) -> QueuePanel:
    commands = FakeCommands()
    context = UiContext(bridge, FakeWorkers(), commands.settings, commands, tmp_path, RESOURCES)
    made = QueuePanel(context)
    qtbot.addWidget(made)
    actions = make_actions(context)
    made.clip_menu_wanted.connect(lambda *given: actions.fill(*given))  # which keeps it alive
    made.resize(372, 800)
    made.show()
    qtbot.waitExposed(made)
    return made


def show(bridge: QueueBus, *jobs: Job) -> None:
    bridge.jobs = {job.id: job for job in jobs}
    bridge.jobs_reset.emit(jobs)


def mark(panel: QueuePanel, job_id: str) -> None:
    panel.list.setCurrentIndex(panel.rows.index_of(job_id))


def offered(panel: QueuePanel) -> dict[str, JobAction]:
    return {b.text(): action for action, b in panel.card.buttons.items() if not b.isHidden()}


def press(panel: QueuePanel, text: str) -> None:
    panel.card.buttons[offered(panel)[text]].click()


def test_empty_states_say_what_to_do(panel: QueuePanel, bridge: QueueBus) -> None:
    assert panel.nothing.isVisible()
    assert panel.nothing.text() == "Nothing waiting. Press Generate to make a clip."
    assert panel.no_clips.text() == "Finished clips appear here."
    assert panel.recent.currentWidget() is panel.no_clips
    show(bridge, make_job(1), saved(2))
    assert not panel.nothing.isVisible()
    assert panel.recent.currentWidget() is panel.grid


def test_header_counts_and_pause(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, make_job(1, S.ACCEPTED), make_job(2, S.SUBMITTING), make_job(3))
    assert panel.header.counts.text() == "2 running · 1 waiting"
    panel.header.button.click()
    bridge.show_status(replace(bridge.status, hold=Hold(HoldReason.PAUSED)))
    assert panel.header.held.text() == "Paused"
    assert panel.header.button.accessibleName() == "Resume queue"
    panel.header.button.click()
    assert bridge.calls == [("pause",), ("resume",)]


def test_the_newest_unconfirmed_job_asks_without_being_selected(
    panel: QueuePanel, bridge: QueueBus
) -> None:
    bridge.show_status(replace(bridge.status, has_list=False))
    show(bridge, make_job(1, S.UNCONFIRMED), make_job(2, S.UNCONFIRMED), make_job(3))
    assert panel.card.isVisible()
    assert panel.card.sentence.text().startswith(LOST)
    words = ["Check now", "Not charged", "Enter job id…", "Send again · 10"]
    assert list(offered(panel)) == words
    for text in ("Check now", "Not charged", "Send again · 10"):
        press(panel, text)
    assert bridge.calls == [
        ("check_now", "job2"),
        ("drop_unconfirmed", "job2"),
        ("send_again", "job2"),
    ]
    bridge.show_job(make_job(2, S.ACCEPTED))
    assert panel.card.job is not None
    assert panel.card.job.id == "job1"
    bridge.show_job(make_job(1, S.DROPPED, hidden=True))
    assert not panel.card.isVisible()


def test_paying_again_is_offered_only_after_looking_long_enough(
    panel: QueuePanel, bridge: QueueBus
) -> None:
    bridge.show_status(replace(bridge.status, has_list=True))
    sent = time.time() - 700
    bridge.show_job(make_job(1, S.UNCONFIRMED, submitted_at=sent, list_reads=4))
    assert list(offered(panel)) == ["Check now", "Not charged", "Enter job id…"]
    assert "is being looked for" in panel.card.sentence.text()
    bridge.show_job(make_job(1, S.UNCONFIRMED, submitted_at=sent, list_reads=5))
    assert list(offered(panel))[-1] == "Send again · 10"
    assert "check your history" in panel.card.sentence.text()


def test_the_offer_comes_with_time_alone(
    panel: QueuePanel, bridge: QueueBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.show_status(replace(bridge.status, has_list=True))
    now = time.time()
    bridge.show_job(make_job(1, S.UNCONFIRMED, submitted_at=now - 590, list_reads=5))
    assert len(offered(panel)) == 3
    assert panel.timer.isActive()
    monkeypatch.setattr(time, "time", lambda: now + 20)
    panel.on_timer_timeout()
    assert len(offered(panel)) == 4


def test_a_job_id_can_be_entered(panel: QueuePanel, bridge: QueueBus) -> None:
    job = make_job(1, S.UNCONFIRMED)
    wanted: list[object] = []
    panel.job_id_wanted.connect(wanted.append)
    bridge.show_job(job)
    press(panel, "Enter job id…")
    assert wanted == [job]


def test_a_price_is_todays_and_names_a_foreign_service(panel: QueuePanel, bridge: QueueBus) -> None:
    caps = replace(bridge.status.model, price=PriceRule(Decimal(12)))
    bridge.show_status(replace(bridge.status, model=caps))
    show(bridge, make_job(1, S.FAILED))
    mark(panel, "job1")
    assert "Retry · 12 credits" in offered(panel)
    bridge.show_status(replace(bridge.status, origin=pixeldojo_origin()))
    assert "Make again on PixelDojo · 12 credits" in offered(panel)


@pytest.mark.parametrize(
    ("state", "text", "call"),
    [
        (S.EXPIRED, "Check again", "check_now"),
        (S.NO_FILE, "Check again", "check_now"),
        (S.FAILED, "Retry · 10 credits", "retry"),
        (S.REJECTED, "Retry · 10 credits", "retry"),
        (S.ACCEPTED, "Check now", "check_now"),
    ],
)
def test_a_selected_job_shows_its_card(
    panel: QueuePanel, bridge: QueueBus, state: JobState, text: str, call: str
) -> None:
    show(bridge, make_job(1, state), make_job(2))
    assert not panel.card.isVisible()
    mark(panel, "job1")
    assert panel.card.isVisible()
    press(panel, text)
    assert bridge.calls == [(call, "job1")]


def test_a_problem_is_a_sentence_with_details(
    qtbot: QtBot, panel: QueuePanel, bridge: QueueBus
) -> None:
    wrong = problem(ProblemCode.FAILED, "The <b>service</b> said no.", "raw body")
    show(bridge, make_job(1, S.FAILED, problem=wrong))
    mark(panel, "job1")
    assert panel.card.sentence.text() == "The <b>service</b> said no."
    assert panel.card.sentence.textFormat() is Qt.TextFormat.PlainText
    panel.card.details.set_open(True)
    assert panel.card.details.text.isVisible()
    panel.card.details.copy_button.click()
    assert "raw body" in QGuiApplication.clipboard().text()
    with qtbot.waitSignal(panel.reuse_requested) as seen:
        press(panel, "Edit")
    assert seen.args[0].id == "job1"


def test_a_click_selects_and_a_saved_job_moves_to_the_clips(
    qtbot: QtBot, panel: QueuePanel, bridge: QueueBus
) -> None:
    show(bridge, make_job(1, S.ACCEPTED), make_job(2), saved(0))
    place = panel.list.visualRect(panel.rows.index_of("job1")).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert panel.card.job is not None
    assert panel.card.job.id == "job1"
    bridge.show_job(saved(1))
    first = panel.recent_rows.job_at(0)
    assert first is not None
    assert first.id == "job1"
    assert panel.rows.rowCount() == 1
    assert panel.list.marked_job() is None
    assert not panel.card.isVisible()


def test_keys_on_the_queue(qtbot: QtBot, panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, make_job(1), make_job(2, S.FAILED))
    mark(panel, "job2")
    qtbot.keyClick(panel.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Clip 2"
    with qtbot.waitSignal(panel.reuse_requested):
        qtbot.keyClick(panel.list, Qt.Key.Key_R)
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert panel.card.buttons[JobAction.RETRY].hasFocus()
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert bridge.calls == [("remove", "job2")]
    qtbot.keyClick(panel.list, Qt.Key.Key_Escape)
    assert panel.list.marked_job() is None


def test_remove_can_be_undone(qtbot: QtBot, panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, make_job(1), make_job(2), make_job(3))
    for job_id in ("job1", "job2"):
        mark(panel, job_id)
        qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert panel.undo_strip.isVisible()
    assert panel.undo_strip.label.text() == "2 removed."
    panel.list.setFocus()
    qtbot.keyClick(panel.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.undo_strip.label.text() == "Removed."
    panel.undo_strip.button.click()
    assert not panel.undo_strip.isVisible()
    assert [call for call in bridge.calls if call[0] == "undo_remove"] == [
        ("undo_remove", "job2"),
        ("undo_remove", "job1"),
    ]
    assert panel.rows.rowCount() == 3


def test_the_way_back_ends_after_a_while(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, make_job(1))
    panel.on_action_chosen(JobAction.REMOVE, bridge.jobs["job1"])
    assert panel.undo_strip.timer.interval() == 8000
    panel.undo_strip.timer.timeout.emit()
    assert not panel.undo_strip.isVisible()
    panel.undo_strip.undo()
    assert bridge.calls == [("remove", "job1")]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (S.QUEUED, "Cancel (not charged)"),
        (
            S.ACCEPTED,
            "Take off the list: the clip goes on at the service, is charged, and is still saved",
        ),
        (S.FAILED, "Remove from list"),
    ],
)
def test_the_menu_says_what_removing_does(
    qtbot: QtBot, panel: QueuePanel, bridge: QueueBus, state: JobState, words: str
) -> None:
    show(bridge, make_job(1, state))
    mark(panel, "job1")
    qtbot.keyClick(panel.list, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    texts = [action.text() for action in panel.menu.actions()]
    assert words in [text.split("\t")[0] for text in texts]
    panel.menu.close()


def test_the_menu_of_a_clip_is_asked_for(panel: QueuePanel, bridge: QueueBus, qtbot: QtBot) -> None:
    show(bridge, saved(1, remote_id="r1"))
    panel.grid.viewport().repaint()
    with qtbot.waitSignal(panel.clip_menu_wanted) as heard:
        panel.on_menu_wanted(bridge.jobs["job1"], QPoint(0, 0))
    assert heard.args == [panel.menu, [bridge.jobs["job1"]], True]  # its file is not there
    panel.menu.close()


@pytest.mark.parametrize("mark_is", ["clip", "job"])
def test_keys_of_the_lists_ask_for_what_the_menu_says(
    panel: QueuePanel, bridge: QueueBus, qtbot: QtBot, mark_is: str
) -> None:
    show(bridge, saved(1), make_job(2))
    view = panel.grid if mark_is == "clip" else panel.list
    view.setCurrentIndex(view.model().index(0, 0))
    job = view.marked_job()
    with qtbot.waitSignal(panel.pick_requested) as loved:
        qtbot.keyClick(view, Qt.Key.Key_S)
    assert loved.args == [[job]]
    QGuiApplication.clipboard().setText("before")
    copied: list[object] = []
    panel.copy_requested.connect(copied.append)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    if mark_is == "clip":
        assert copied == [[job]]
    else:
        assert (copied, QGuiApplication.clipboard().text()) == ([], "Clip 2")


def test_clicking_a_clip_or_enter_plays_it(
    qtbot: QtBot, panel: QueuePanel, bridge: QueueBus
) -> None:
    show(bridge, saved(1), saved(2))
    with qtbot.waitSignal(panel.job_selected) as seen:
        place = panel.grid.visualRect(panel.recent_rows.index(0, 0)).center()
        qtbot.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert seen.args[0].id == "job2"
    qtbot.keyClick(panel.grid, Qt.Key.Key_Right)
    with qtbot.waitSignal(panel.job_selected) as seen:
        qtbot.keyClick(panel.grid, Qt.Key.Key_Return)
    assert seen.args[0].id == "job1"


@pytest.mark.parametrize("width", [240, 300, 372, 500])
def test_the_grid_has_two_columns_of_one_size(
    qtbot: QtBot, panel: QueuePanel, bridge: QueueBus, width: int
) -> None:
    show(bridge, *(saved(n) for n in range(30)))
    panel.resize(width, 800)
    qtbot.wait(30)
    rects = [panel.grid.visualRect(panel.recent_rows.index(row, 0)) for row in range(4)]
    assert rects[0].top() == rects[1].top()
    assert rects[2].top() == rects[3].top() == rects[0].top() + rects[0].height()
    assert rects[0].left() == rects[2].left()
    assert len({rect.size().toTuple() for rect in rects}) == 1
    assert rects[1].right() < panel.grid.viewport().width()


def test_pictures_are_loaded_on_workers_and_a_missing_file_is_known(
    qtbot: QtBot, panel: QueuePanel, bridge: QueueBus, tmp_path: Path
) -> None:
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    name = f"{'0' * 64}.jpg"
    assert image.save(str(tmp_path / name))
    framed = replace(make_job(1).request, start_frame=Frame(FrameKind.FILE, name))
    show(bridge, make_job(1, request=framed), saved(2))
    panel.grab()
    found = panel.pictures.start_frame(bridge.jobs["job1"])
    assert found is not None
    assert found.pixmap.width() == 64
    assert panel.pictures.is_missing(bridge.jobs["job2"])
    bridge.show_job(make_job(2, S.ACCEPTED))
    assert not panel.pictures.is_missing(bridge.jobs["job2"])


def test_the_clock_runs_only_while_something_does(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, make_job(1))
    assert not panel.timer.isActive()
    bridge.show_job(make_job(1, S.ACCEPTED))
    assert panel.timer.isActive()
    panel.hide()
    assert not panel.timer.isActive()
    panel.show()
    assert panel.timer.isActive()
    bridge.show_job(make_job(1, S.FAILED))
    assert not panel.timer.isActive()


def test_a_thousand_rows_are_not_widgets(qtbot: QtBot, panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, *(make_job(n) for n in range(1000)))
    qtbot.waitUntil(lambda: panel.list.visible_rows()[1] > 0)
    assert len(panel.list.viewport().children()) == 0
    first, last = panel.list.visible_rows()
    assert 0 <= first <= last < 20


def test_the_ring_is_on_what_plays_not_on_what_was_clicked(
    panel: QueuePanel, bridge: QueueBus
) -> None:
    show(bridge, saved(1), saved(2))
    panel.grid.setCurrentIndex(panel.recent_rows.index(0, 0))  # chosen with the keyboard

    def rings() -> list[str]:
        image = panel.grid.viewport().grab().toImage()
        ringed = []
        for number in (1, 2):
            area = panel.grid.visualRect(panel.recent_rows.index_of(f"job{number}"))
            line = [
                image.pixelColor(x, area.center().y()) for x in range(area.left(), area.right())
            ]
            ringed += [f"job{number}"] if color("accent") in line else []
        return ringed

    assert rings() == []
    panel.show_playing(make_job(2, S.SAVED))
    assert rings() == ["job2"]
    panel.show_playing(make_job(1, S.SAVED))
    assert rings() == ["job1"]
    panel.show_playing(None)
    assert rings() == []


def test_where_room_is_short_the_queue_stays_at_the_top(
    panel: QueuePanel, bridge: QueueBus, qtbot: QtBot
) -> None:
    show(bridge, make_job(1), make_job(2), make_job(3), saved(4))
    panel.resize(256, 504)
    qtbot.waitUntil(panel.recent.isVisible)
    top = panel.header.geometry()
    mark(panel, "job2")
    qtbot.waitUntil(lambda: not panel.recent.isVisible())  # the card is worth more
    qtbot.wait(50)
    assert panel.header.geometry() == top
    assert (panel.list.y(), panel.lanes.y()) == (0, top.bottom() + 1)


def test_a_clip_that_is_finished_moves_nothing_below(
    qtbot: QtBot, panel: QueuePanel, bridge: QueueBus
) -> None:
    show(bridge, saved(9), *(make_job(number, S.ACCEPTED) for number in (1, 2, 3)))
    qtbot.wait(10)
    before = panel.recent.mapTo(panel, QPoint(0, 0))
    for number in (1, 2, 3):
        bridge.job_changed.emit(saved(number))
        qtbot.wait(10)
        assert panel.recent.mapTo(panel, QPoint(0, 0)) == before


def test_the_border_between_queue_and_clips_is_remembered(panel: QueuePanel) -> None:
    panel.set_split((500, 250))
    first, second = panel.split
    assert first > second
    kept = panel.split
    panel.set_split((1, 2, 3))
    panel.set_split((0, 700))
    assert panel.split == kept
