"""The library view over a real database: what is shown, found, chosen, marked, thrown away."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import Problem, ProblemCode, problem
from pixverse_desktop.core.jobs.job import A_STILL, Job
from pixverse_desktop.core.jobs.library_query import ClipPage, Collection
from pixverse_desktop.core.jobs.marks import Mark, Verdict
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.store.database import StoreError
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base import motion
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.jobs.model import JOB_ROLE
from pixverse_desktop.ui.jobs.thumbnails import LONG_SIDE, read_clip
from pixverse_desktop.ui.library.facts import told_parameters
from pixverse_desktop.ui.library.grid import MOST_CHOSEN
from pixverse_desktop.ui.library.paged_model import PAGE
from pixverse_desktop.ui.library.panel import LibraryPanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.file_drag import clip_mime, job_ids_of
from tests.support.clips import make_clip
from tests.support.factories import SHORT, make_job, saved_job
from tests.support.window_fakes import (
    FakeBus,
    FakePlayer,
    FakeQueue,
    FakeWorkers,
    make_actions,
    make_context,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    made = JobStore(tmp_path)
    made.open()
    yield made
    made.close()


class Room:
    """A panel with what stands behind it."""

    def __init__(self, qtbot: QtBot, store: JobStore, *, at_once: bool = True) -> None:
        self.context = dataclasses.replace(
            make_context(at_once=at_once), library=lambda: store.library
        )
        self.bridge = cast(FakeBus, self.context.bridge)
        self.workers = cast(FakeWorkers, self.context.workers)
        self.store = store
        self.bridge.remove = self.remove  # type: ignore[attr-defined]
        self.bridge.undo_remove = self.put_back  # type: ignore[attr-defined]
        self.bridge.mark = self.mark  # type: ignore[method-assign]
        self.actions = make_actions(self.context)
        self.panel = LibraryPanel(self.context, store.library, self.actions)
        qtbot.addWidget(self.panel)
        qtbot.addWidget(self.panel.details)
        self.panel.resize(1100, 700)
        self.panel.show()
        qtbot.waitExposed(self.panel)
        self.panel.grid.setFocus()
        self.selected: list[Job] = []
        self.panel.choice.job_selected.connect(self.selected.append)

    def shown(self) -> list[str]:
        rows = self.panel.rows
        jobs = [rows.index(row, 0).data(JOB_ROLE) for row in range(rows.rowCount())]
        return [job.id for job in jobs]

    def choose(self, *rows: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        selection = self.panel.grid.selectionModel()
        selection.clear()
        for row in rows:
            selection.setCurrentIndex(self.panel.rows.index(row, 0), flags.Select)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.panel.grid, key)

    def remove(self, job_id: str) -> None:
        self._hide(job_id, True)

    def put_back(self, job_id: str) -> None:
        self._hide(job_id, False)

    def mark(self, marks: Mapping[str, Mark], then: object = None) -> None:
        for job in self.store.library.get(marks).jobs:
            self.store.change_jobs([job.marked(marks[job.id])])
            self.bridge.show_job(job.marked(marks[job.id]))

    def _hide(self, job_id: str, hidden: bool) -> None:
        (job,) = self.store.library.get([job_id]).jobs
        job = dataclasses.replace(job, hidden=hidden)
        self.store.update_job(job, job.state)
        self.bridge.job_changed.emit(job)
        self.panel.rows.refresh()


@pytest.fixture
def room(qtbot: QtBot, store: JobStore) -> Room:
    for number, prompt in enumerate(("a red fox", "ocean waves", "the fox again"), start=1):
        store.add_jobs(saved_job(number, prompt, resolution="1080p" if number == 1 else "720p"))
    return Room(qtbot, store)


def test_an_empty_library_says_what_to_do(qtbot: QtBot, store: JobStore) -> None:
    room = Room(qtbot, store)
    empty = room.panel._empty
    assert empty.isVisible()
    assert empty.label.text() == "No clips yet."
    with qtbot.waitSignal(room.panel.create_requested):
        empty.button.click()
    for collection, words in (
        (Collection.PICKED, "Press S"),
        (Collection.TRASH, "trash is empty"),
    ):
        room.panel.sidebar.choose(collection)
        assert words in empty.label.text()
        assert not empty.button.isVisible()


def clear_button_opacity(room: Room) -> float:
    """Of the cross at the end of the search field."""
    buttons = room.panel.filters.search.findChildren(QToolButton)
    (clear,) = (b for b in buttons if b.defaultAction().objectName() == "_q_qlineeditclearaction")
    return float(clear.property("opacity"))


def test_typing_finds_and_clearing_shows_all(room: Room, qtbot: QtBot) -> None:
    assert room.shown() == ["job3", "job2", "job1"]
    room.panel.focus_search()
    QTest.keyClicks(room.panel.filters.search, "fox")
    qtbot.waitUntil(lambda: room.shown() == ["job3", "job1"])
    QTest.keyClicks(room.panel.filters.search, "x")
    qtbot.waitUntil(lambda: room.shown() == [])
    assert "No clip matches" in room.panel._empty.label.text()
    room.panel._empty.button.click()
    assert room.shown() == ["job3", "job2", "job1"]
    assert room.panel.filters.search.text() == ""
    qtbot.waitUntil(lambda: clear_button_opacity(room) == 0.0)


def test_filters_are_shown_while_they_are_on(room: Room) -> None:
    filters = room.panel.filters
    filters.resolution.show_value("1080p")
    filters.on_resolution_chosen("1080p")
    assert room.shown() == ["job1"]
    assert filters.resolution.accessibleName() == "Resolution: 1080p"
    assert filters.resolution.property("on") == "true"
    filters.clear()
    assert filters.resolution.accessibleName() == "Resolution: Any resolution"
    filters.on_order_chosen("oldest")
    assert room.shown() == ["job1", "job2", "job3"]


def test_arrows_choose_and_play(room: Room) -> None:
    room.choose(0)
    assert [job.id for job in room.selected] == ["job3"]
    room.press(Qt.Key.Key_Right)
    room.press(Qt.Key.Key_End)
    room.press(Qt.Key.Key_Left)
    assert [job.id for job in room.selected] == ["job3", "job2", "job1", "job2"]
    assert room.panel.details.title.text() == "ocean waves"
    heard: list[str] = []
    room.panel.grid.key_chosen.connect(heard.append)
    room.press(Qt.Key.Key_Return)
    assert heard == ["open"]


def test_s_picks_and_takes_it_back(room: Room) -> None:
    room.choose(0, 2)
    room.press(Qt.Key.Key_S)
    assert room.store.library.counts().picked == 2
    room.choose(0)
    assert room.panel.details.star.accessibleName() == "No longer picked"
    room.press(Qt.Key.Key_S)
    room.panel.sidebar.choose(Collection.PICKED)
    assert room.shown() == ["job1"]


def test_the_trash_gives_back_what_went_together(room: Room) -> None:
    room.choose(0, 1)
    room.press(Qt.Key.Key_Delete)
    assert room.shown() == ["job1"]
    assert room.panel.undo_strip.label.text() == "2 removed."
    room.panel.undo_strip.undo()
    assert room.shown() == ["job3", "job2", "job1"]
    room.choose(1)
    room.press(Qt.Key.Key_Delete)
    assert [job.id for job in room.panel.choice.jobs()] == ["job1"]  # the next one, to judge it too
    room.panel.sidebar.choose(Collection.TRASH)
    assert room.shown() == ["job2"]
    room.choose(0)
    assert room.panel.details.put_back.text() == "Restore"
    room.panel.details.put_back.click()
    assert room.shown() == []
    assert {job.remote_id for job in room.store.load_jobs()} == {"r1", "r2", "r3"}


def test_delete_in_the_trash_asks_and_deletes_for_good(room: Room) -> None:
    room.choose(0, 1)
    room.press(Qt.Key.Key_Delete)
    assert not room.panel.trash.button.isVisible()
    room.panel.sidebar.choose(Collection.TRASH)
    assert room.panel.trash.button.isVisible()
    room.choose(0, 1)
    room.press(Qt.Key.Key_Delete)
    question = room.panel.trash.question
    assert question is not None
    assert question.sentences[0].text().startswith("2 clips, 0.0 MB")
    QTest.keyClick(question, Qt.Key.Key_Return)  # keeping them is what Enter does
    assert room.bridge.calls == []
    assert room.shown() == ["job3", "job2"]
    room.press(Qt.Key.Key_Delete)
    assert room.panel.trash.question is not None
    delete = room.panel.trash.question.buttons["delete"]
    delete.setFocus()
    QTest.keyClick(delete, Qt.Key.Key_Return)  # pressing the button that has the keyboard
    assert sorted(room.bridge.calls) == [("delete_for_good", "job2"), ("delete_for_good", "job3")]


def test_the_whole_trash_is_emptied_with_its_size(room: Room) -> None:
    (job,) = room.store.library.get(["job1"]).jobs
    assert job.clip is not None
    large = dataclasses.replace(job.clip, size_bytes=24_500_000)
    room.store.update_job(dataclasses.replace(job, clip=large, hidden=True), job.state)
    waits = make_job(7, JobState.UNCONFIRMED, hidden=True)
    room.store.add_jobs(waits)
    room.panel.sidebar.choose(Collection.TRASH)
    room.panel.trash.button.click()
    question = room.panel.trash.question
    assert question is not None
    assert [label.text() for label in question.sentences[:2]] == [
        "1 clip, 24.5 MB on the disk.", "1 still under way or in doubt stays in the trash.",
    ]  # fmt: skip
    question.buttons["delete"].click()
    assert room.bridge.calls == [("delete_for_good", "job1")]


def test_a_withdrawn_job_says_what_putting_it_back_costs(room: Room) -> None:
    room.store.add_jobs(make_job(8, JobState.WITHDRAWN, hidden=True))
    room.panel.sidebar.choose(Collection.TRASH)
    room.choose(0)
    assert room.panel.details.put_back.text() == "Restore to the queue, 10 credits"
    assert room.panel.details.facts["Made"].text().endswith("not charged")
    room.press(Qt.Key.Key_Delete)
    assert room.panel.trash.question is not None
    assert room.panel.trash.question.sentences[0].text() == "1 clip, no file."
    room.panel.trash.question.reject()
    room.panel.details.more.click()
    texts = [action.text() for action in room.panel.acts.menu.actions()]
    assert texts == ["Restore to the queue, 10 credits", "Delete for good…\tDel"]
    room.panel.acts.menu.close()


def test_ctrl_z_brings_back_also_when_nothing_is_left(room: Room, qtbot: QtBot) -> None:
    room.panel.activateWindow()
    room.panel.grid.selectAll()
    room.press(Qt.Key.Key_Delete)
    button = room.panel._empty.button
    qtbot.waitUntil(button.isVisible)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert room.shown() == ["job3", "job2", "job1"]
    room.panel.focus_search()
    search = room.panel.filters.search
    QTest.keyClicks(search, "fox")
    QTest.keyClick(search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert search.text() == ""  # there it takes back what was typed


def test_tiles_that_fly_past_are_pictures_alone(room: Room, qtbot: QtBot) -> None:
    grid = room.panel.grid
    bar, row = grid.verticalScrollBar(), grid.tile_size().height()
    bar.setRange(0, 100 * row)
    bar.setValue(5 * row)
    assert not grid.is_flying  # one jump, as by Page Down
    bar.setValue(10 * row)
    assert grid.is_flying
    qtbot.waitUntil(lambda: not grid.is_flying)
    bar.setValue(10 * row + 9)
    bar.setValue(10 * row + 18)
    assert not grid.is_flying


def test_what_races_past_is_not_asked_for(qtbot: QtBot, store: JobStore) -> None:
    with store._database.transaction() as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
    for number in range(1, 9 * PAGE):
        store.add_jobs(saved_job(number))
    room = Room(qtbot, store)
    grid, rows = room.panel.grid, room.panel.rows
    bar, page = grid.verticalScrollBar(), grid.verticalScrollBar().maximum() // 8
    for number in range(1, 7):
        bar.setValue(number * page)
        grid.repaint()
        rows.index(number * PAGE, 0).data(Qt.ItemDataRole.StatusTipRole)
    assert rows._asked <= {0, 1, 2}  # the first jump may be the only one
    shown = grid.rows_in_sight()
    assert shown.start > 4 * PAGE
    qtbot.waitUntil(lambda: rows.job_in(shown.start) is not None)


def test_tiles_move_into_place(room: Room, qtbot: QtBot) -> None:
    grid, rows = room.panel.grid, room.panel.rows
    last = grid.visualRect(rows.index(2, 0))

    def painted_at(row: int) -> QRect:
        return grid._painted_at(row, grid.tile_size(), grid.columns())

    motion.allow(True)
    try:
        room.store.update_job(
            dataclasses.replace(rows.job_in(0), hidden=True),  # type: ignore[type-var]
            JobState.SAVED,
        )
        with qtbot.waitSignal(rows.modelReset):
            rows.refresh()
        assert painted_at(1) == last  # it begins where it stood
        home = grid.visualRect(rows.index(1, 0))
        assert home != last
        qtbot.waitUntil(lambda: painted_at(1) == home)
        with qtbot.waitSignal(rows.modelReset):
            rows.refresh()
        assert painted_at(1) == home  # what stays is not moved
    finally:
        motion.allow(False)


def test_a_batch_stands_below_the_boards_and_takes_nothing(room: Room, qtbot: QtBot) -> None:
    for number in (21, 22):
        job = saved_job(number, f"take {number}")
        room.store.add_jobs(dataclasses.replace(job, batch="b", row=number, label="Portraits"))
    sidebar = room.panel.sidebar
    sidebar.refresh()
    qtbot.waitUntil(lambda: sidebar.name_of(Collection.ALL, "b") == "Portraits")
    assert sidebar.boards() == ()
    sidebar.choose(Collection.ALL, "b")
    assert room.shown() == ["job22", "job21"]
    assert sidebar.clips_on(Collection.ALL, "b") == 2
    index = sidebar.list.currentIndex()
    assert index.siblingAtRow(index.row() - 1).data() == "Batches"
    QTest.keyClick(sidebar.list, Qt.Key.Key_Delete)  # it is no board
    sidebar.list.clips_dropped.emit(index.siblingAtRow(0), [])
    assert not index.flags() & Qt.ItemFlag.ItemIsEditable


def test_boards_take_what_is_dropped(room: Room, qtbot: QtBot) -> None:
    room.panel.sidebar.add_button.click()
    (board,) = room.panel.sidebar.boards()
    assert room.panel.sidebar.list.is_editing()
    editor = room.panel.sidebar.list.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "Winter")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [b.name for b in room.panel.sidebar.boards()] == ["Winter"])
    room.panel.on_sidebar_dropped(Collection.ALL, board.id, ["job1", "job3"])
    assert [(b.name, b.clips) for b in room.store.library.boards()] == [("Winter", 2)]
    room.panel.on_sidebar_chosen(Collection.ALL, board.id)
    assert room.shown() == ["job3", "job1"]
    room.panel.on_sidebar_dropped(Collection.PICKED, "", ["job1"])
    assert room.store.library.counts().picked == 1


def test_a_job_becomes_its_clip_in_place(room: Room, qtbot: QtBot) -> None:
    going = make_job(9, JobState.ACCEPTED, remote_id="r9", remote_status="processing")
    room.store.add_jobs(going)
    room.bridge.job_changed.emit(going)
    qtbot.waitUntil(lambda: room.shown()[:1] == ["job9"])
    room.choose(1)
    done = dataclasses.replace(saved_job(9), created_at=going.created_at)
    room.store.update_job(done, JobState.ACCEPTED)
    room.bridge.job_changed.emit(done)
    assert room.shown() == ["job9", "job3", "job2", "job1"]
    assert room.panel.rows.index(0, 0).data(JOB_ROLE).state is JobState.SAVED
    assert [job.id for job in room.panel.choice.jobs()] == ["job3"]


def test_the_player_follows_what_is_chosen_also_before_it_is_a_clip(room: Room) -> None:
    going = make_job(9, JobState.ACCEPTED, remote_id="r9", remote_status="processing")
    room.store.add_jobs(going)
    room.panel.look()
    room.choose(0)
    assert room.selected == [going]
    done = dataclasses.replace(saved_job(9), created_at=going.created_at)
    room.store.update_job(done, JobState.ACCEPTED)
    room.bridge.job_changed.emit(done)
    assert room.selected == [going, done]


def test_the_whole_prompt_is_told_once_and_every_parameter(room: Room) -> None:
    prompt = "a fox that turns its head, " * 30 + "twice"
    details = room.panel.details
    room.store.add_jobs(saved_job(9, prompt, seed=77, style="anime"))
    room.panel.look()
    room.choose(0)
    assert details.title.text() == prompt
    assert details.title.wordWrap()
    told = {name: value.text() for name, value in details.facts.items()}
    assert "Prompt" not in told
    assert told["Seed"] == "77"
    assert (told["Style"], told["Resolution"], told["Sound"]) == ("Anime", "720p", "On")
    assert told["Negative prompt"].startswith("blurry")
    assert told["Picture"] == "1280×720 · 0:05 · 24 fps · sound"


def test_several_chosen_are_summed_up(room: Room) -> None:
    made = saved_job(9, length_s=70.0)
    assert made.clip is not None
    clip = dataclasses.replace(made.clip, size_bytes=2_500_000)
    room.store.add_jobs(dataclasses.replace(made, clip=clip, credit_cost=Decimal("7.1")))
    other = dataclasses.replace(saved_job(8, length_s=5.0), credit_cost=Decimal("0.2"))
    room.store.add_jobs(other)
    room.panel.look()
    room.choose(0, 1)
    details = room.panel.details
    assert details.title.text() == "2 clips"
    told = {name: value.text() for name, value in details.facts.items()}
    assert told == {"Length": "1:15", "On the disk": "2.5 MB", "Cost": "7.3 credits"}
    room.choose(0, 1, 2)  # of the third nobody knows what was charged
    assert details.facts["Cost"].text() == "up to 17.3 credits"


def test_the_number_of_hits_is_told_while_searching(room: Room, qtbot: QtBot) -> None:
    filters = room.panel.filters
    assert filters.hits.text() == "3 clips"
    QTest.keyClicks(filters.search, "fox")
    qtbot.waitUntil(lambda: filters.hits.text() == "2 of 3 clips")
    QTest.keyClicks(filters.search, "zzz")
    qtbot.waitUntil(lambda: filters.hits.text() == "0 of 3 clips")
    filters.clear()
    assert filters.hits.text() == "3 clips"
    room.bridge.mark(dict.fromkeys(["job1", "job2"], Mark(Verdict.PICKED)))
    room.panel.sidebar.refresh()
    room.panel.sidebar.choose(Collection.PICKED)
    filters.on_resolution_chosen("1080p")
    assert filters.hits.text() == "1 of 2 clips"


def test_a_shelf_follows_the_news_by_itself(room: Room, qtbot: QtBot) -> None:
    going = make_job(9, JobState.ACCEPTED, remote_id="r9", remote_status="processing")
    room.store.add_jobs(going)
    room.bridge.job_changed.emit(going)
    room.panel.sidebar.choose(Collection.UNSAVED)
    assert room.shown() == ["job9"]
    done = dataclasses.replace(saved_job(9), created_at=going.created_at)
    room.store.update_job(done, JobState.ACCEPTED)
    room.bridge.job_changed.emit(done)
    qtbot.waitUntil(lambda: room.shown() == [])
    assert room.store.library.counts().unsaved == 0


@pytest.mark.parametrize(("clips", "chosen"), [(150, 150), (700, MOST_CHOSEN)])
def test_all_chosen_are_those_a_command_takes(
    qtbot: QtBot, store: JobStore, clips: int, chosen: int
) -> None:
    for number in range(clips):
        store.add_jobs(saved_job(number))
    room = Room(qtbot, store)
    room.panel.grid.selectAll()
    assert len(room.panel.grid.selectionModel().selectedIndexes()) == chosen
    assert len(room.panel.choice.jobs()) == chosen
    assert room.panel.details.title.text() == f"{chosen} clips"


def test_many_chosen_ask_for_no_page_out_of_sight(qtbot: QtBot, store: JobStore) -> None:
    for number in range(700):
        store.add_jobs(saved_job(number))
    room = Room(qtbot, store)
    flags, rows = QItemSelectionModel.SelectionFlag, room.panel.rows
    whole = QItemSelection(rows.index(0, 0), rows.index(699, 0))
    room.panel.grid.selectionModel().select(whole, flags.ClearAndSelect)
    assert 100 <= len(room.panel.choice.jobs()) < 500
    assert len(rows._asked) < 4


def test_a_page_that_could_not_be_read_is_asked_for_again(room: Room) -> None:
    for number in range(10, 400):
        room.store.add_jobs(saved_job(number))
    room.panel.look()
    rows, told = room.panel.rows, list[Problem]()
    rows.failed.connect(told.append)
    room.store.library.find = broken  # type: ignore[method-assign]
    assert rows.index(350, 0).data(JOB_ROLE) is None
    assert len(told) == 1
    del room.store.library.find  # type: ignore[method-assign]
    rows.index(350, 0).data(JOB_ROLE)
    assert isinstance(rows.index(350, 0).data(JOB_ROLE), Job)


def broken(*_: object) -> ClipPage:
    raise StoreError(problem(ProblemCode.DISK, "no"))


def test_what_is_chosen_stays_chosen_when_clips_come(room: Room, qtbot: QtBot) -> None:
    room.choose(0, 2)
    new = saved_job(8)
    room.store.add_jobs(new)
    room.bridge.job_changed.emit(new)
    qtbot.waitUntil(lambda: room.shown()[:1] == ["job8"])
    assert {job.id for job in room.panel.choice.jobs()} == {"job3", "job1"}
    assert room.panel.choice.jobs()[0].id == "job1"  # the current one is current still


def test_a_missing_file_is_said_and_can_be_located_or_fetched(room: Room, qtbot: QtBot) -> None:
    fetched: list[str] = []
    room.bridge.fetch_again = fetched.append  # type: ignore[attr-defined]
    room.choose(0)
    room.panel.pictures.clip(room.panel.choice.jobs()[0])
    details = room.panel.details
    assert details.locate.isVisibleTo(details)
    details.fetch.click()
    assert fetched == ["job3"]
    with qtbot.waitSignal(room.panel.locate_requested):
        details.locate.click()


def test_two_chosen_clips_can_be_compared(room: Room, qtbot: QtBot) -> None:
    room.choose(0)
    assert not room.panel.details.compare.isVisibleTo(room.panel.details)
    room.choose(0, 2)
    with qtbot.waitSignal(room.actions.compare_requested) as heard:
        room.press(Qt.Key.Key_C)
    assert heard.args is not None
    assert [job.id for job in heard.args] == ["job3", "job1"]


@pytest.mark.parametrize("rows", [(), (0,), (0, 1, 2)])
def test_another_number_than_two_is_told_what_comparing_needs(
    room: Room, rows: tuple[int, ...]
) -> None:
    said: list[str] = []
    room.actions.said.connect(said.append)
    room.actions.compare_requested.connect(said.append)
    room.choose(*rows)
    room.press(Qt.Key.Key_C)
    assert said == ["Choose two clips to compare them."]


def test_only_pages_in_sight_are_asked_for(qtbot: QtBot, store: JobStore) -> None:
    with store._database.transaction() as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
    for number in range(1, 2 * PAGE + 31):
        store.add_jobs(saved_job(number))
    room = Room(qtbot, store, at_once=False)
    room.workers.run_all()
    rows, grid = room.panel.rows, room.panel.grid
    assert rows.rowCount() == 2 * PAGE + 30
    assert set(rows._pages) == {0}
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert grid.rows_in_sight().stop == 2 * PAGE + 30
    assert rows.index(2 * PAGE + 29, 0).data(JOB_ROLE) is None
    room.workers.run_all()
    assert rows.index(2 * PAGE + 29, 0).data(JOB_ROLE).id == "job1"
    assert 1 not in rows._pages or grid.rows_in_sight().start < 2 * PAGE


def test_an_answer_to_an_older_search_is_not_shown(qtbot: QtBot, store: JobStore) -> None:
    store.add_jobs(saved_job(1, "fox"))
    store.add_jobs(saved_job(2, "ocean"))
    room = Room(qtbot, store, at_once=False)
    room.workers.run_all()
    for text in ("fox", "ocean"):
        room.panel.filters.query = dataclasses.replace(room.panel.filters.query, text=text)
        room.panel.look()
    room.workers.waiting.reverse()
    room.workers.run_all()
    assert room.shown() == ["job2"]


@pytest.mark.parametrize("width", [480, 700, 1100, 2400])
def test_tiles_fill_the_width_and_are_found_where_they_are_painted(room: Room, width: int) -> None:
    grid = room.panel.grid
    room.panel.resize(width, 700)
    for wanted in (60, 120, 232, 480, 900):
        grid.set_tile_width(wanted)
        for row in range(3):
            index = room.panel.rows.index(row, 0)
            area = grid.visualRect(index)
            assert area.left() >= 0
            assert area.right() < grid.viewport().width()
            assert grid.indexAt(area.center()) == index
    assert not grid.indexAt(QPoint(2, 2)).isValid()


def test_moving_through_the_grid_keeps_to_its_ends(room: Room) -> None:
    grid = room.panel.grid
    grid.set_tile_width(120)
    assert grid.columns() >= 3
    room.press(Qt.Key.Key_End)  # from nowhere
    assert grid.currentIndex().row() == 2
    for key, row in (
        (Qt.Key.Key_Home, 0), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Up, 0), (Qt.Key.Key_Down, 0),
        (Qt.Key.Key_End, 2), (Qt.Key.Key_Right, 2), (Qt.Key.Key_PageUp, 0),
        (Qt.Key.Key_PageDown, 2),
    ):  # fmt: skip
        room.press(key)
        assert grid.currentIndex().row() == row


def test_shift_chooses_in_reading_order(room: Room) -> None:
    room.choose(0)
    grid = room.panel.grid
    place = grid.visualRect(room.panel.rows.index(2, 0)).center()
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, shift, place)
    assert len(room.panel.choice.jobs()) == 3
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
                     QPoint(2, grid.viewport().height() - 2))  # fmt: skip
    assert room.panel.choice.jobs() == []


def test_a_drag_carries_files_and_job_ids() -> None:
    jobs = [saved_job(1), saved_job(2), make_job(3)]
    data = clip_mime(jobs)
    assert [url.toLocalFile() for url in data.urls()] == ["/nowhere/1.mp4", "/nowhere/2.mp4"]
    assert job_ids_of(data) == ["job1", "job2", "job3"]


def test_takes_are_stacked_opened_and_left(qtbot: QtBot, store: JobStore) -> None:
    for number, prompt in enumerate(("fox", "fox", "waves", "fox"), start=1):
        store.add_jobs(saved_job(number, prompt))
    room = Room(qtbot, store)
    filters = room.panel.filters
    filters.stack.click()
    assert room.shown() == ["job4", "job3"]
    assert filters.hits.text() == "4 clips"
    top = room.panel.rows.index(0, 0)
    assert top.data() == "fox, 0:05, 3 takes"
    assert top.data(Qt.ItemDataRole.ToolTipRole).startswith("3 takes; Enter")
    room.choose(0)
    room.press(Qt.Key.Key_Return)
    assert room.shown() == ["job4", "job2", "job1"]
    assert filters.hits.text() == "3 takes of “fox”"
    assert filters.back.isVisible()
    room.choose(2)
    room.press(Qt.Key.Key_Return)  # a take by itself: it plays
    assert room.shown() == ["job4", "job2", "job1"]
    room.press(Qt.Key.Key_Escape)
    assert room.shown() == ["job4", "job3"]
    assert not filters.back.isVisible()
    assert [job.id for job in room.panel.choice.jobs()] == ["job4"]
    room.press(Qt.Key.Key_Return)
    for _ in range(3):
        room.panel.acts.throw_away()
        qtbot.wait(1)
    assert room.shown() == ["job3"]
    again = Room(qtbot, store)
    assert not again.panel.filters.query.stacked
    again.context.commands.window_state = room.context.commands.window_state
    panel = LibraryPanel(again.context, store.library, again.actions)
    qtbot.addWidget(panel)
    assert panel.filters.query.stacked
    assert panel.filters.stack.isChecked()


def test_frames_parents_and_children_are_shown_and_lead_there(room: Room) -> None:
    frame = Frame(FrameKind.FILE, "f.jpg", 16, 9, "last frame of fox", "job1")
    room.store.add_jobs(saved_job(7, "goes on", start_frame=frame))
    room.panel.rows.refresh()
    room.choose(0)
    details = room.panel.details
    (tile,) = details.frames.tiles
    assert tile.accessibleName() == "Start frame: last frame of fox"
    (parent,) = details.parents.tiles
    assert details.children_row.isHidden()
    parent.click()
    assert room.panel.grid.currentIndex().data(JOB_ROLE).id == "job1"
    assert [job.id for job in room.panel.choice.jobs()] == ["job1"]
    assert details.frames.isHidden()
    assert details.children_row.head.text() == "Led to 1 clip"
    (child,) = details.children_row.tiles
    child.click()
    assert [job.id for job in room.panel.choice.jobs()] == ["job7"]


def test_relatives_of_a_clip_that_is_left_are_not_shown(qtbot: QtBot, store: JobStore) -> None:
    frame = Frame(FrameKind.FILE, "f.jpg", 16, 9, "", "job1")
    store.add_jobs(saved_job(1))
    store.add_jobs(saved_job(2, start_frame=frame))
    room = Room(qtbot, store, at_once=False)
    room.workers.run_all()
    room.choose(0)
    room.choose(1)
    room.workers.waiting.reverse()  # the answer about the first comes last
    room.workers.run_all()
    assert room.panel.details.parents.isHidden()
    assert [tile.shown.job_id for tile in room.panel.details.children_row.tiles] == ["job2"]


def test_pictures_are_decoded_once_and_then_read(tmp_path: Path) -> None:
    clip, cache = tmp_path / "a.mp4", tmp_path / "cache"
    make_clip(clip)
    first = read_clip(cache, clip)
    assert 0 < max(first.width(), first.height()) <= LONG_SIDE
    (kept,) = cache.rglob("*.jpg")
    QImage(8, 4, QImage.Format.Format_RGB32).save(str(kept))
    assert read_clip(cache, clip).width() == 8
    kept.write_bytes(b"not a picture")
    assert read_clip(cache, clip).width() == first.width()
    cache_in_the_way = tmp_path / "file"
    cache_in_the_way.touch()
    assert read_clip(cache_in_the_way, clip).width() == first.width()


def test_the_window_shows_both_views_over_one_player(qtbot: QtBot, store: JobStore) -> None:
    store.add_jobs(saved_job(1))
    context: UiContext = dataclasses.replace(make_context(), library=lambda: store.library)
    player = FakePlayer()
    window = MainWindow(context, player, FakeQueue())
    qtbot.addWidget(window)
    window.resize(1400, 900)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    widths = window.panes.sizes()
    assert window.views.pane("library") is None
    QTest.keySequence(window.compose.form.prompt, "Ctrl+2")
    qtbot.waitUntil(lambda: window.views.shown == "library")
    assert window.views.pane("library") is not None
    shown = [
        w.isVisible() for w in (window.views.pane("library"), player, window.compose, window.queue)
    ]
    assert shown == [True, True, False, False]
    assert not player.line_shown  # the details below say it all
    window.views.pane("library").grid.setCurrentIndex(window.views.pane("library").rows.index(0, 0))
    assert player.calls[-1][0] == "show_job"
    assert cast(Job, player.calls[-1][1]).id == "job1"
    QTest.keySequence(window.views.pane("library").grid, "Ctrl+F")
    search = window.views.pane("library").filters.search
    qtbot.waitUntil(lambda: window.focusWidget() is search)
    window.clip_actions.reuse([saved_job(1, "from the library")])
    assert window.views.shown == "create"
    assert player.line_shown
    assert window.compose.request().prompt == "from the library"
    sizes = [size for size in window.panes.sizes() if size]
    assert sizes == pytest.approx(widths, abs=2)


def library_window(qtbot: QtBot, context: UiContext) -> MainWindow:
    """At 1600 by 1000, with the library shown."""
    window = MainWindow(context, FakePlayer(), FakeQueue())
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    window.show()
    window.views.show_view("library")
    return window


def test_the_player_gets_up_to_45_percent_and_that_is_remembered(
    qtbot: QtBot, store: JobStore
) -> None:
    context: UiContext = dataclasses.replace(make_context(), library=lambda: store.library)
    panes = library_window(qtbot, context).panes
    centre = panes.count() - 2
    assert panes.sizes()[centre] == pytest.approx(1600 * 0.36, abs=3)
    for wanted, given in ((500, 500), (1000, 1600 * 0.45), (100, 320), (640, 640)):
        panes.moveSplitter(1600 - wanted, centre)
        assert panes.sizes()[centre] == pytest.approx(given, abs=3)
    window = panes.window()
    assert isinstance(window, MainWindow)
    window.save_state()
    other: UiContext = dataclasses.replace(make_context(), library=lambda: store.library)
    other.commands.window_state = context.commands.window_state
    again = library_window(qtbot, other)
    assert again.panes.sizes()[centre] == pytest.approx(640, abs=3)


def test_a_jump_over_many_lines_paints_all_anew(qtbot: QtBot, store: JobStore) -> None:
    for number in range(60):
        store.add_jobs(saved_job(number))
    grid = Room(qtbot, store).panel.grid
    qtbot.wait(20)
    painted: list[QRect] = []

    class Watcher(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if isinstance(event, QPaintEvent):
                painted.append(event.region().boundingRect())
            return False

    watcher = Watcher()
    grid.viewport().installEventFilter(watcher)
    grid.setCurrentIndex(grid.model().index(40, 0))
    qtbot.waitUntil(lambda: grid.viewport().rect() in painted)


def test_a_grid_is_a_list_to_assistive_technology(room: Room) -> None:
    from PySide6.QtGui import QAccessible

    found = QAccessible.queryAccessibleInterface(room.panel.grid)
    assert found.role() == QAccessible.Role.List
    assert found.childCount() == 3
    assert found.child(0).text(QAccessible.Text.Name) == "the fox again, 0:05"
    assert not room.panel.rows.index(99, 0).isValid()
    assert room.panel.grid.visualRect(QModelIndex()).isNull()


def test_with_nothing_chosen_the_panel_speaks_of_what_plays(room: Room) -> None:
    assert room.panel.details.title.text() == "No clip chosen"
    (playing,) = room.store.library.get(["job2"]).jobs
    room.panel.choice.show_playing(playing)
    assert room.panel.details.title.text() == playing.request.prompt
    room.press(Qt.Key.Key_Delete)  # in the grid, where nothing is chosen
    assert room.shown() == ["job3", "job2", "job1"]
    room.panel.acts.throw_away()
    assert room.shown() == ["job3", "job1"]


def test_ways_on_are_in_sight(room: Room) -> None:
    frames: list[tuple[object, ...]] = []
    reused: list[object] = []
    room.actions.frame_requested.connect(lambda *told: frames.append(told))
    room.actions.reuse_requested.connect(lambda job, _part: reused.append(job.id))
    assert room.panel.details.go_on.isHidden()
    room.choose(0)
    room.panel.details.go_on.click()
    room.panel.details.reuse.click()
    assert [(job.id, index, slot) for job, index, slot in frames] == [("job3", -1, "start")]  # type: ignore[attr-defined]
    assert reused == ["job3"]
    room.choose(0, 1)
    assert room.panel.details.reuse.isHidden()


def test_what_another_place_plays_is_the_chosen_one(room: Room) -> None:
    room.panel.grid.setCurrentIndex(room.panel.rows.index(0, 0))
    assert [job.id for job in room.panel.choice.jobs()] == ["job3"]
    told = len(room.selected)
    (playing,) = room.store.library.get(["job1"]).jobs
    room.panel.choice.show_playing(playing)
    assert [job.id for job in room.panel.grid.chosen_jobs()] == ["job1"]
    assert room.panel.details.title.text() == playing.request.prompt
    assert len(room.selected) == told  # it plays already
    elsewhere = dataclasses.replace(playing, id="job77")
    room.panel.choice.show_playing(elsewhere)
    assert room.panel.grid.chosen_jobs() == []
    assert [job.id for job in room.panel.choice.jobs()] == ["job77"]


def test_what_was_deleted_while_it_played_can_be_chosen_no_more(room: Room) -> None:
    (playing,) = room.store.library.get(["job2"]).jobs
    room.panel.choice.show_playing(playing)
    room.bridge.show_job(dataclasses.replace(playing, hidden=True, deleted=True))
    assert room.panel.choice.jobs() == []


@pytest.mark.parametrize("width", [300, 380, 460, 700])
def test_search_and_order_stand_beside_or_under_each_other(room: Room, width: int) -> None:
    filters = room.panel.filters
    place = QWidget()  # which asks nobody how wide it must be
    filters.setParent(place)
    filters.resize(width, 200)
    place.show()
    QCoreApplication.sendPostedEvents()
    assert not filters.search.geometry().intersects(filters.order.geometry())
    assert filters.rect().contains(filters.mode.geometry())


def test_out_of_sight_the_choice_puts_nothing_on_the_stage(room: Room, qtbot: QtBot) -> None:
    room.choose(0, 1)
    room.panel.hide()
    room.selected.clear()
    room.store.add_jobs(saved_job(99, "a newer one"))
    with qtbot.waitSignal(room.panel.rows.modelReset):
        room.panel.rows.refresh()
    room.choose(0)
    assert room.selected == []
    room.panel.show()
    room.choose(1)
    assert len(room.selected) == 1


def test_the_shape_of_a_clip_with_a_start_frame_is_the_frames() -> None:
    plain = told_parameters(SHORT.changed(aspect_ratio="9:16"))
    framed = told_parameters(SHORT.changed(aspect_ratio="9:16", start_frame=A_STILL))
    assert [text for spec, text in plain if spec.name == "aspect_ratio"] == ["9:16"]
    assert [text for spec, text in framed if spec.name == "aspect_ratio"] == []
