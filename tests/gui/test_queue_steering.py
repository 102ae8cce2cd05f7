"""The queue as it is steered: order, lanes, pauses and reasons, by mouse, key and menu."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.film.film import Film
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import Hold, HoldReason
from pixverse_desktop.ui.base.commands import heard_from
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.queue.queue_delegate import QueueDelegate
from pixverse_desktop.ui.queue.queue_list import QueueList
from pixverse_desktop.ui.queue.row_buttons import RowButton, button_label, buttons_of
from pixverse_desktop.ui.queue.waiting_actions import until_choices
from pixverse_desktop.ui.queue.waiting_text import QueueState, waiting_row, why_it_waits
from tests.support.factories import demo_status, make_job
from tests.support.window_fakes import (
    RESOURCES,
    FakeCommands,
    FakeWorkers,
    QueueBus,
    make_actions,
)

S = JobState
NOW = 1_700_000_000.0
ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


def job(number: int, state: JobState = S.QUEUED, **changes: object) -> Job:
    return make_job(number, state, position=number, **changes)


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
    made.resize(372, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


def show(bridge: QueueBus, *jobs: Job) -> None:
    bridge.jobs = {one.id: one for one in jobs}
    bridge.jobs_reset.emit(jobs)


def shown(view: QueueList) -> list[str]:
    rows = view.model()
    return [one.id for n in range(rows.rowCount()) if (one := rows.job_at(n)) is not None]  # type: ignore[attr-defined]


def choose(view: QueueList, *numbers: int) -> None:
    view.clearSelection()
    modes = view.selectionModel().SelectionFlag
    for number in numbers:
        index = view.model().index_of(f"job{number}")  # type: ignore[attr-defined]
        view.selectionModel().setCurrentIndex(index, modes.Select)


# --- order ---


def test_what_waits_stands_behind_what_was_sent_in_the_order_of_sending(
    panel: QueuePanel, bridge: QueueBus
) -> None:
    show(bridge, job(5), job(2), replace(job(9), position=-3), job(1, S.ACCEPTED, submitted_at=NOW))
    assert shown(panel.list) == ["job1", "job9", "job2", "job5"]
    choose(panel.list, 2)
    bridge.jobs_changed.emit((replace(job(5), position=-5), replace(job(9), position=8)))
    assert shown(panel.list) == ["job1", "job5", "job2", "job9"]
    assert [one.id for one in panel.list.chosen()] == ["job2"]
    bridge.show_job(replace(job(2), position=99))
    assert shown(panel.list) == ["job1", "job5", "job9", "job2"]
    assert [one.id for one in panel.list.chosen()] == ["job2"]


@pytest.mark.parametrize(
    ("chosen", "key", "call"),
    [
        ((3,), Qt.Key.Key_Up, ("move", ("job3",), "job2", False)),
        ((3,), Qt.Key.Key_Down, ("move", ("job3",), "job5", False)),
        ((2, 3), Qt.Key.Key_Down, ("move", ("job2", "job3"), "job5", False)),
        ((2, 4), Qt.Key.Key_Up, ("move", ("job2", "job4"), "job3", False)),
        ((1, 3), Qt.Key.Key_Down, ("move", ("job1", "job3"), "job4", False)),
        ((5,), Qt.Key.Key_Home, ("move", ("job5",), "job1", False)),
        ((1, 2), Qt.Key.Key_End, ("move", ("job1", "job2"), None, False)),
        ((1,), Qt.Key.Key_Up, None),
        ((5,), Qt.Key.Key_Down, None),
    ],
)
def test_keys_move_what_is_chosen(
    panel: QueuePanel, bridge: QueueBus, chosen: tuple[int, ...], key: Qt.Key, call: object
) -> None:
    show(bridge, *(job(n) for n in range(1, 6)))
    choose(panel.list, *chosen)
    QTest.keyClick(panel.list, key, ALT)
    assert bridge.calls == ([] if call is None else [call])
    if call is not None:
        assert panel.undo_strip.isVisible()
        QTest.keyClick(panel.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert bridge.calls[1:] == [("put_back", tuple(call[1]))]  # type: ignore[index]
        assert not panel.undo_strip.isVisible()


def test_a_queue_is_not_called_empty_before_it_was_read(
    qtbot: QtBot, bridge: QueueBus, tmp_path: Path
) -> None:
    bridge.jobs_known = False
    context = UiContext(
        bridge, FakeWorkers(), FakeCommands().settings, FakeCommands(), tmp_path, RESOURCES
    )  # fmt: skip
    made = QueuePanel(context)
    qtbot.addWidget(made)
    made.show()
    assert not made.nothing.isVisible()
    assert made.recent.currentWidget() is made.grid
    bridge.jobs_known = True
    show(bridge)
    assert made.nothing.isVisible()
    assert made.recent.currentWidget() is made.no_clips


@pytest.mark.parametrize("chosen", [(2,), (2, 3)])
def test_what_goes_to_the_other_lane_stays_chosen(
    panel: QueuePanel, bridge: QueueBus, chosen: tuple[int, ...]
) -> None:
    show(bridge, *(job(n) for n in range(1, 5)))
    panel.activateWindow()
    panel.list.setFocus()
    choose(panel.list, *chosen)
    ids = [f"job{number}" for number in chosen]
    for behind, lane, other in (
        (True, panel.later_list, panel.list), (False, panel.list, panel.later_list),
    ):  # fmt: skip
        QTest.keyClick(panel.focusWidget(), Qt.Key.Key_B)
        assert bridge.calls[-1] == ("move", tuple(ids), None, behind)
        moved = tuple(job(n, background=behind) for n in chosen)
        if len(moved) == 1:
            bridge.show_job(moved[0])
        else:
            bridge.jobs_changed.emit(moved)
        assert [one.id for one in lane.chosen()] == ids
        assert other.chosen() == []
        assert panel.focusWidget() is lane


def test_what_others_move_takes_no_choice_and_no_keyboard(
    panel: QueuePanel, bridge: QueueBus
) -> None:
    show(bridge, *(job(n) for n in range(1, 5)))
    panel.list.clearFocus()
    choose(panel.list, 1)
    bridge.show_job(job(2, background=True))
    assert [one.id for one in panel.lanes.chosen()] == ["job1"]
    bridge.show_job(job(1, background=True))
    assert [one.id for one in panel.lanes.chosen()] == ["job1"]
    assert not panel.later_list.hasFocus()


@pytest.mark.parametrize(
    ("order", "left"),
    [((1, 2, 3), ["job2", "job3"]), ((3, 2, 1), [])],  # the last is the marked one
)
def test_one_that_is_sent_now_takes_no_choice_along(
    panel: QueuePanel, bridge: QueueBus, order: tuple[int, ...], left: list[str]
) -> None:
    """The key that takes back what waits must not reach what is being paid for."""
    show(bridge, *(job(n, background=True) for n in range(1, 5)))
    panel.activateWindow()
    panel.later_list.setFocus()
    choose(panel.later_list, *order)
    bridge.show_job(job(1, S.SUBMITTING, background=True, submitted_at=NOW))
    assert sorted(one.id for one in panel.lanes.chosen()) == left
    assert panel.focusWidget() is panel.later_list
    QTest.keyClick(panel.later_list, Qt.Key.Key_Delete)
    assert "job1" not in str(bridge.calls)


def test_only_what_waits_is_moved(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, job(1, S.ACCEPTED, submitted_at=NOW), job(2), job(3))
    choose(panel.list, 1)
    QTest.keyClick(panel.list, Qt.Key.Key_Down, ALT)
    assert not bridge.calls
    choose(panel.list, 1, 3)
    QTest.keyClick(panel.list, Qt.Key.Key_Home, ALT)
    assert bridge.calls == [("move", ("job3",), "job2", False)]


def drop(view: QueueList, ids: str, row: int, *, below: bool) -> None:
    data = QMimeData()
    data.setData("application/x-pixverse-waiting", ids.encode())
    rect: QRect = view.visualRect(view.model().index(row, 0))
    place = QPoint(rect.center().x(), rect.bottom() - 4 if below else rect.top() + 4)
    move, left = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(place, move, data, left, NONE)
    QApplication.sendEvent(view.viewport(), enter)
    assert enter.isAccepted()
    QApplication.sendEvent(view.viewport(), QDropEvent(QPointF(place), move, data, left, NONE))


def test_dragged_rows_go_where_they_are_dropped(panel: QueuePanel, bridge: QueueBus) -> None:
    show(
        bridge, job(1, S.ACCEPTED, submitted_at=NOW), job(2), job(3), job(4),
        job(7, background=True), job(8, background=True),
    )  # fmt: skip
    drop(panel.list, "job4\njob3", 1, below=False)
    drop(panel.list, "job3", 0, below=False)  # among what was sent: as the first that waits
    drop(panel.list, "job7", 3, below=True)
    drop(panel.later_list, "job2", 0, below=True)
    assert bridge.calls == [
        ("move", ("job4", "job3"), "job2", False),
        ("move", ("job3",), "job2", False),
        ("move", ("job7",), None, False),
        ("move", ("job2",), "job8", True),
    ]


def test_files_are_not_taken_for_rows(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, job(1))
    data = QMimeData()
    data.setText("job1")
    event = QDragEnterEvent(
        QPoint(20, 20), Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, NONE
    )
    QApplication.sendEvent(panel.list.viewport(), event)
    assert not event.isAccepted()


# --- lanes ---


def test_the_background_has_a_list_of_its_own_under_a_quiet_head(
    panel: QueuePanel, bridge: QueueBus
) -> None:
    show(bridge, job(1), job(2))
    assert panel.lanes.later_head.isHidden()
    assert panel.later_list.isHidden()
    bridge.show_job(job(2, background=True))
    assert panel.lanes.later_head.isVisible()
    assert (shown(panel.list), shown(panel.later_list)) == (["job1"], ["job2"])
    assert panel.header.counts.text() == "2 waiting"
    bridge.show_job(job(2, S.SUBMITTING, background=True, submitted_at=NOW))
    assert shown(panel.list) == ["job2", "job1"]
    assert panel.lanes.later_head.isHidden()


def test_one_mark_in_both_lanes(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, job(1), job(2, background=True))
    choose(panel.list, 1)
    choose(panel.later_list, 2)
    assert not panel.list.chosen()
    assert panel.card.job is not None
    assert panel.card.job.id == "job2"


def test_the_key_changes_the_lane(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, job(1), job(2), job(3, background=True))
    choose(panel.list, 1, 2)
    QTest.keyClick(panel.list, Qt.Key.Key_B)
    choose(panel.later_list, 3)
    QTest.keyClick(panel.later_list, Qt.Key.Key_B)
    assert bridge.calls == [
        ("move", ("job1", "job2"), None, True),
        ("move", ("job3",), None, False),
    ]


# --- the buttons of a row, and the menu ---


def test_the_buttons_of_a_row_are_large_enough_and_do_what_they_say(
    panel: QueuePanel, bridge: QueueBus
) -> None:
    show(bridge, job(1), job(2), job(3, S.ACCEPTED, submitted_at=NOW))
    delegate = panel.list.itemDelegate()
    assert isinstance(delegate, QueueDelegate)
    row = panel.list.visualRect(panel.rows.index_of("job2"))
    places = buttons_of(job(2), delegate.button_area(row, panel.list))
    for _button, place in places:
        assert min(place.width(), place.height()) >= 24
        assert row.contains(place)
        QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, NONE, place.center())
    assert bridge.calls == [
        ("move", ("job2",), "job1", False),
        ("move", ("job2",), None, True),
        ("remove", "job2"),
    ]
    assert not panel.list.chosen()  # a button chooses nothing
    assert buttons_of(job(3, S.ACCEPTED), row) == []
    for button in RowButton:
        assert button_label(button, job(2))


def test_the_menu_has_all_of_it_for_several_too(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, job(1), job(2), job(3))
    panel.on_menu_wanted(job(1), QPoint(0, 0))
    words = [action.text().partition("\t")[0] for action in panel.menu.actions()]
    assert words[0] == "Edit"
    assert {"To the top", "Up", "Down", "To the bottom", "In the background", "Pause"} < set(words)
    assert words[-1] == "Cancel (not charged)"
    choose(panel.list, 2, 3)
    panel.on_menu_wanted(job(2), QPoint(0, 0))
    actions = {action.text().partition("\t")[0]: action for action in panel.menu.actions()}
    assert "Edit" not in actions
    actions["To the top"].trigger()
    actions["Pause"].trigger()
    actions["Cancel (not charged)"].trigger()
    assert bridge.calls == [
        ("move", ("job2", "job3"), "job1", False),
        ("pause_jobs", ("job2", "job3"), None),
        ("remove", "job2"),
        ("remove", "job3"),
    ]
    panel.menu.close()


def test_a_waiting_clip_is_edited_by_key_card_menu_and_double_click(
    panel: QueuePanel, bridge: QueueBus
) -> None:
    show(bridge, job(1), job(2))
    edited: list[str] = []
    panel.edit_requested.connect(lambda found: edited.append(found.id))
    place = panel.list.visualRect(panel.rows.index_of("job2")).center() - QPoint(60, 0)
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, NONE, place)
    QTest.mouseDClick(panel.list.viewport(), Qt.MouseButton.LeftButton, NONE, place)
    choose(panel.list, 1)
    QTest.keyClick(panel.list, Qt.Key.Key_E)
    press = next(b for b in panel.card.buttons.values() if b.text() == "Edit" and b.isVisible())
    press.click()
    panel.on_menu_wanted(job(2), QPoint(0, 0))
    panel.menu.actions()[0].trigger()
    panel.menu.close()
    assert edited == ["job2", "job1", "job1", "job2"]


# --- pauses ---


def test_one_job_is_paused_and_goes_on(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, job(1), job(2, paused=True))
    choose(panel.list, 1)
    QTest.keyClick(panel.list, Qt.Key.Key_H)
    choose(panel.list, 2)
    QTest.keyClick(panel.list, Qt.Key.Key_H)
    choose(panel.list, 1)
    next(b for b in panel.card.buttons.values() if b.text() == "Pause").click()
    assert bridge.calls == [
        ("pause_jobs", ("job1",), None),
        ("go_on", ("job2",)),
        ("pause_jobs", ("job1",), None),
    ]


def test_the_queue_is_paused_until_a_time(panel: QueuePanel, bridge: QueueBus) -> None:
    panel.header.more.click()
    panel.header.menu.actions()[0].trigger()
    panel.header.menu.close()
    (name, until) = bridge.calls[0]
    assert name == "pause"
    assert float(until) == pytest.approx(time.time() + 3600, abs=30)  # type: ignore[arg-type]


def test_the_times_that_are_offered() -> None:
    noon = datetime(2026, 3, 28, 12, 30).timestamp()
    moments = [datetime.fromtimestamp(until) for _text, until in until_choices(noon)]
    assert moments == [
        datetime(2026, 3, 28, 13, 30), datetime(2026, 3, 28, 22), datetime(2026, 3, 29, 8)
    ]  # fmt: skip
    late = datetime(2026, 3, 28, 22, 30).timestamp()
    assert [text for text, _until in until_choices(late)][1].startswith("Pause until tomorrow")


# --- why ---


@pytest.mark.parametrize(
    ("changes", "queue", "why", "aside"),
    [
        ({"being_edited": True}, {}, "You are editing it", "Editing"),
        ({"paused": True}, {}, "You paused it; others go past", "Paused"),
        ({"origin": "elsewhere"}, {}, "Waits until its service is in use", "Waiting"),
        ({}, {"hold": Hold(HoldReason.CREDITS)}, "Waits for credits", "Held"),
        ({}, {"hold": Hold(HoldReason.BUSY)}, "The service makes no more at a time", "Waiting"),
        ({}, {"hold": Hold(HoldReason.PAUSED)}, "The queue is paused", "Waiting"),
        ({"background": True}, {"front_waits": True}, "Starts when nothing waits above", "Waiting"),
        ({}, {"next_id": "job2"}, "Waits for those above", "Waiting"),
        ({}, {"under_way": 4}, "4 of 4 under way", "Waiting"),
        ({}, {}, "Is sent next", "Waiting"),
        (
            {"batch": "b"},
            {"held_batches": frozenset("b"), "hold": Hold(HoldReason.LIMIT)},
            "Its batch could cost more than agreed",
            "Held",
        ),
        ({"pauses_queue": True}, {}, "Is sent next", "Then pause"),
    ],
)
def test_why_a_job_does_not_move(
    changes: dict[str, object], queue: dict[str, object], why: str, aside: str
) -> None:
    state = QueueState(**{"origin_id": "demo", "at_a_time": 4, "next_id": "job1", **queue})  # type: ignore[arg-type]
    assert why_it_waits(job(1, **changes), NOW, state) == why
    assert waiting_row(job(1, **changes), NOW, state).aside == aside


def test_a_job_that_goes_on_from_another_clip_says_what_it_waits_for(
    panel: QueuePanel, bridge: QueueBus
) -> None:
    first = job(1, label="dawn")
    show(bridge, first, job(2, after="job1"), job(3))
    assert panel.rows.text_of(bridge.jobs["job2"]).line == "Waits for “dawn”"
    assert panel.rows.text_of(bridge.jobs["job2"]).aside == "Waiting"
    bridge.show_job(replace(first, paused=True))
    assert panel.rows.next_job() == job(3)
    bridge.show_job(replace(first, state=S.FAILED))
    text = panel.rows.text_of(bridge.jobs["job2"])
    assert text.line == "Not made: “dawn”, which it goes on from"
    assert text.aside == "Held"
    bridge.show_job(replace(first, state=S.SAVED))
    assert panel.rows.next_job() == job(2, after="job1")
    assert panel.rows.text_of(bridge.jobs["job2"]).line.startswith("720p")


def test_every_hold_is_a_reason() -> None:
    for reason in HoldReason:
        state = QueueState("demo", Hold(reason), next_id="job1")
        text = waiting_row(job(1), NOW, state)
        assert text.line == why_it_waits(job(1), NOW, state)
        assert len(text.line) > 5
        assert waiting_row(job(2), NOW, state).line.startswith("720p")


def test_a_job_of_later_says_when() -> None:
    state = QueueState("demo", next_id="job1")
    text = waiting_row(job(1, not_before=NOW + 3600), NOW, state)
    assert text.aside.startswith("From ")
    assert why_it_waits(job(1, not_before=NOW + 3600), NOW, state).startswith("Waits until ")
    assert waiting_row(job(1, not_before=NOW - 1), NOW, state).aside == "Waiting"


def test_the_row_the_card_and_the_reader_say_the_same(panel: QueuePanel, bridge: QueueBus) -> None:
    running = [job(n, S.ACCEPTED, submitted_at=NOW + n) for n in range(1, 5)]
    show(bridge, *running, job(5, paused=True), job(6), job(7, background=True))
    choose(panel.list, 6)
    assert panel.rows.text_of(job(6)).line == "4 of 4 under way"
    assert panel.card.sentence.text() == "4 of 4 under way. Not charged yet."
    assert "4 of 4 under way" in panel.rows.spoken(job(6))
    assert panel.later_rows.why_it_waits(job(7, background=True)) == (
        "Starts when nothing waits above"
    )
    bridge.show_status(replace(bridge.status, hold=Hold(HoldReason.KEY)))
    assert panel.card.sentence.text() == "Waits for your API key. Not charged yet."
    assert panel.later_rows.why_it_waits(job(7, background=True)) == "Waits for your API key"


def test_several_are_cancelled_by_one_key_and_come_back_together(
    panel: QueuePanel, bridge: QueueBus
) -> None:
    show(bridge, job(1), job(2), job(3))
    choose(panel.list, 1, 3)
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert shown(panel.list) == ["job2"]
    QTest.keyClick(panel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert shown(panel.list) == ["job1", "job2", "job3"]
    assert bridge.calls == [("take_back", "job1", "job3"), ("queue_again", "job1", "job3")]


def test_what_was_done_last_is_undone_first(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, job(1), job(2), job(3))
    choose(panel.list, 2)
    QTest.keyClick(panel.list, Qt.Key.Key_Home, ALT)
    choose(panel.list, 3)
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert "queue up" not in heard_from(panel.later_list)
    choose(panel.list, 1)
    assert {"queue up", "edit waiting", "undo"} <= set(heard_from(panel.list))
    panel.undo_strip.undo()
    panel.undo_strip.undo()
    assert [name for name, *_ in bridge.calls] == ["move", "remove", "undo_remove", "put_back"]


# --- a batch ---


def batch(*states: S, **changes: object) -> list[Job]:
    jobs = []
    for number, state in enumerate(states, 1):
        charged = {"credit_cost": Decimal(10)} if state in (S.SAVED, S.ACCEPTED) else {}
        clip = Clip(f"/nowhere/{number}.mp4", 1, "x") if state is S.SAVED else None
        sent = None if state is S.QUEUED else NOW + number
        jobs.append(
            job(number, state, batch="b", row=number, label="Portraits", clip=clip,
                submitted_at=sent, price=Decimal(10), **charged, **changes)
        )  # fmt: skip
    return jobs


def test_a_batch_is_one_card_with_a_cell_a_clip(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, *batch(S.SAVED, S.SAVED, S.FAILED, S.ACCEPTED, S.QUEUED, S.QUEUED), job(9))
    card = panel.batches.cards[0]
    assert card.isVisible()
    assert card.title.text() == "Portraits"
    assert card.sums.text() == "2 of 6 done · 1 failed · 30 of about 50 credits"
    places = [card.cells.place_of(number) for number in range(6)]
    assert all(a.right() < b.left() for a, b in pairwise(places))
    assert len(panel.batches.cards) == 1
    bridge.show_job(replace(batch(S.SAVED, S.SAVED, S.SAVED)[2]))
    assert card.sums.text().startswith("3 of 6 done · 40 of about 60 credits")


def test_the_shots_of_a_film_are_called_as_it_is(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, *(job(n, batch="b", label=f"shot {n}", film="film") for n in (1, 2)))
    card = panel.batches.cards[0]
    assert card.title.text() == "shot 1"
    bridge.known_films["film"] = Film("film", "Dusk")
    bridge.films_reset.emit()  # the engine is there
    assert card.title.text() == "Dusk"
    bridge.known_films["film"] = Film("film", "Dawn")
    bridge.film_changed.emit("film")
    assert card.title.text() == "Dawn"
    assert card.accessibleName().startswith("Dawn, ")


def test_a_batch_that_is_done_needs_no_card(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, *batch(S.SAVED, S.QUEUED))
    assert panel.batches.isVisible()
    show(bridge, *batch(S.SAVED, S.SAVED))
    assert not panel.batches.isVisible()


def test_what_can_be_told_to_a_whole_batch(panel: QueuePanel, bridge: QueueBus) -> None:
    show(bridge, *batch(S.FAILED, S.ACCEPTED, S.QUEUED, S.QUEUED), job(9))
    card = panel.batches.cards[0]
    card.hold.click()
    card.retry.click()
    card.choose.click()
    assert [one.id for one in panel.list.chosen()] == ["job3", "job4"]
    bridge.jobs_changed.emit(tuple(replace(one, paused=True) for one in batch(
        S.FAILED, S.ACCEPTED, S.QUEUED, S.QUEUED)[2:]))  # fmt: skip
    assert card.hold.accessibleName() == "Let it go on"
    card.hold.click()
    card.cancel.click()
    assert bridge.calls == [
        ("pause_jobs", ("job3", "job4"), None),
        ("retry", "job1"),
        ("go_on", ("job3", "job4")),
        ("withdraw_batch", "b"),
    ]
    told = panel.undo_strip.label.text()  # with those that go on, and are charged
    assert told.startswith("2 cancelled. ")
    assert "charged" in told
    panel.undo_strip.undo()
    assert bridge.calls[-1] == ("queue_again", "job3", "job4")


@pytest.mark.parametrize(("count", "lines"), [(1, 1), (20, 2), (31, 2), (120, 3), (1000, 17)])
def test_the_cells_of_a_large_batch_stay_inside(
    panel: QueuePanel, bridge: QueueBus, count: int, lines: int
) -> None:
    show(bridge, *batch(S.SAVED, S.QUEUED))
    cells = panel.batches.cards[0].cells
    cells.resize(340, 200)
    cells.show_jobs([job(n) for n in range(count)])
    assert cells.place_of(count - 1).right() <= cells.width()
    assert cells.place_of(count - 1).bottom() < cells.sizeHint().height()
    assert len({cells.place_of(n).top() for n in range(count)}) == lines
