"""The storyboard in the whole window, over the real films: shots, their form, what is paid for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QStyle,
    QStyleOptionComboBox,
)
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.film.film import Film
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.services.film_files import FilmFiles
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.player.video_area import Page
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.storyboard.panel import Storyboard
from pixverse_desktop.ui.storyboard.shot_delegate import card_of
from pixverse_desktop.ui.storyboard.take_delegate import take_facts
from pixverse_desktop.ui.widgets.labels import ElidedLabel
from pixverse_desktop.ui.widgets.segmented import Segmented
from tests.support.clips import write_grey_clip
from tests.support.drags import COPY, drag
from tests.support.film_bus import FilmBus
from tests.support.films import chain, shot, take_of
from tests.support.window_fakes import FakeWorkers, make_context


class Host:
    """The program, as far as films as files need it."""

    def __init__(self, folder: Path) -> None:
        self.paths = paths_below(folder)
        self.settings = Settings()
        models = SimpleNamespace(get=lambda model: PIXVERSE_V6)
        self.engine: Any = SimpleNamespace(session=SimpleNamespace(models=models))


@pytest.fixture
def bus(qapp: object) -> Iterator[FilmBus]:
    made = FilmBus()
    yield made
    made.close()


@pytest.fixture
def context(bus: FilmBus) -> UiContext:
    return replace(make_context(), bridge=bus)


@pytest.fixture
def window(qtbot: QtBot, context: UiContext) -> Iterator[MainWindow]:
    player = PlayerPanel(context)
    made = MainWindow(context, player, QueuePanel(context))
    qtbot.addWidget(made)
    made.resize(1600, 1000)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    yield made
    player.shutdown()
    made.hide()


def opened(window: MainWindow, *films: Film) -> Storyboard:
    """The storyboard, with these films there."""
    for film in films:
        window._bridge.film_is(film)  # type: ignore[attr-defined]
    QTest.keySequence(window, "Ctrl+3")
    return built(window)


def built(window: MainWindow) -> Storyboard:
    """All parts of it, which come one after the other."""
    view: Any = window.views._views["storyboard"]
    while view._steps:
        view.go_on()
    board: Storyboard = view.board
    return board


def there(bus: FilmBus, folder: Path, film: Film, names: str = "ab") -> list[Job]:
    """Takes of some shots, with files that can be played."""
    jobs: list[Job] = []
    for number, name in enumerate(names, 1):
        after = jobs[-1].id if jobs else ""
        clip = write_grey_clip(folder / f"{name}.mp4")
        jobs.append(replace(take_of(film, name, number, after=after), clip=clip))
    bus.jobs |= {job.id: job for job in jobs}
    return jobs


def names(board: Storyboard) -> list[str]:
    return [one.shot.name for one in board.editor.shots]


def prompt(window: MainWindow) -> object:
    form = window.views.forms[-1]
    return form.form.prompt


def key(board: Storyboard, keys: str) -> None:
    QTest.keySequence(board.strip.list, keys)
    board.editor.refresh()


def test_a_film_of_four_shots_is_written_and_paid_for_with_keys_alone(
    window: MainWindow, bus: FilmBus, qtbot: QtBot
) -> None:
    board = opened(window)
    assert window.views.shown == window.top_bar.views.value() == "storyboard"
    assert board.strip.empty.isVisible()
    QTest.keySequence(window, "Ctrl+T")
    board.text_dialog.text.setPlainText("A\nB\nC\nD")
    QTest.keySequence(board.text_dialog.text, "Ctrl+Return")
    assert names(board) == ["Shot 1", "Shot 2", "Shot 3", "Shot 4"]
    assert board.strip.list.isVisible()
    assert board.strip.generate.isEnabled()
    assert board.strip.offer.text() == "4 shots · 40 credits"
    QTest.keySequence(window, "Ctrl+G")
    assert [job.request.prompt for job in bus.made] == ["A", "B", "C", "D"]
    assert [job.after for job in bus.made] == ["", *(job.id for job in bus.made[:3])]
    assert {job.ceiling for job in bus.made} == {Decimal(40)}
    QTest.keySequence(window, "Ctrl+G")  # what waits is not asked for again
    assert len(bus.made) == 4
    assert not board.strip.generate.isEnabled()


def test_nothing_is_paid_for_before_its_price_was_in_sight(
    window: MainWindow, bus: FilmBus
) -> None:
    bus.film_is(chain("a", "b"))
    QTest.keySequence(window, "Ctrl+G")
    assert window.views.shown == "storyboard"
    built(window)
    assert bus.made == []
    QTest.keySequence(window, "Ctrl+G")
    assert len(bus.made) == 2


def test_nothing_is_paid_for_at_more_than_was_said(window: MainWindow, bus: FilmBus) -> None:
    board = opened(window, chain("a"))
    bus.price_each = Price(Decimal(30), Decimal(30))
    board.strip.generate.click()
    assert bus.made == []
    board.editor.refresh()
    board.strip.generate.click()
    assert [job.price for job in bus.made] == [30]


def test_what_is_typed_is_the_shots_before_anything_is_made(
    window: MainWindow, bus: FilmBus
) -> None:
    board = opened(window, chain("a", "b"))
    prompt(window).set_text("something else")  # type: ignore[attr-defined]
    board.editor.choose("b")
    assert prompt(window).text() == "shot b"  # type: ignore[attr-defined]
    assert board.editor.shots[0].shot.request.prompt == "something else"
    prompt(window).set_text("and more")  # type: ignore[attr-defined]
    QTest.keySequence(window, "Ctrl+G")
    assert [job.request.prompt for job in bus.made] == ["something else", "and more"]


def test_looking_at_shots_changes_none_of_them(
    window: MainWindow, bus: FilmBus, tmp_path: Path
) -> None:
    film = chain("a", "b")
    there(bus, tmp_path, film)
    board = opened(window, film)
    for keys in ("Right", "Left", "Right"):
        key(board, keys)
    QTest.keySequence(window, "Ctrl+1")
    board = opened(window)
    assert board.editor.plan is not None
    assert board.editor.plan.film == film
    assert [str(one.state) for one in board.editor.shots] == ["ready", "ready"]


def test_the_form_of_create_stays_what_it_is(window: MainWindow, bus: FilmBus) -> None:
    window.compose.form.prompt.set_text("of create")
    opened(window, chain("a"))
    assert not window.compose.isVisible()
    QTest.keySequence(window, "Ctrl+Return")  # the shot's own form
    assert [job.request.prompt for job in bus.made] == ["shot a"]
    assert bus.calls == []
    QTest.keySequence(window, "Ctrl+1")
    assert window.compose.isVisible()
    assert window.compose.request().prompt == "of create"


def test_another_take_is_made_once_at_the_price_on_the_button(
    window: MainWindow, bus: FilmBus, tmp_path: Path
) -> None:
    film = chain("a", "b")
    [first, _] = there(bus, tmp_path, film)
    board = opened(window, film)
    key(board, "Right")
    form = window.views.forms[-1]
    assert form.cost.button.price() == "10 credits"
    form.cost.button.click()
    form.cost.button.click()
    [made] = bus.made
    assert (made.shot, made.after, made.ceiling) == ("b", first.id, Decimal(10))


def test_the_start_of_a_shot_that_goes_on_is_given(window: MainWindow, bus: FilmBus) -> None:
    board = opened(window, chain("a", "b"))
    key(board, "Right")
    form = window.views.forms[-1]
    start, end = form.frames.wells.values()
    assert not start.isEnabled()
    assert end.isEnabled()
    key(board, "C")
    assert start.isEnabled()
    assert [one.shot.continues for one in board.editor.shots] == [False, False]
    key(board, "Ctrl+Z")
    assert [one.shot.continues for one in board.editor.shots] == [False, True]


@pytest.mark.parametrize(
    ("keys", "after"),
    [
        ("Alt+Right", ["b", "a", "c"]),
        ("D", ["a", "a 2", "b", "c"]),
        ("Del", ["b", "c"]),
        ("N", ["a", "Shot 4", "b", "c"]),
        ("G", ["a", "Gap", "b", "c"]),
    ],
)
def test_every_change_has_its_way_back(window: MainWindow, keys: str, after: list[str]) -> None:
    film = Film("film", "A film", tuple(map(shot, "abc")))
    board = opened(window, film)
    key(board, keys)
    assert names(board) == after
    key(board, "Ctrl+Z")
    assert board.editor.plan is not None
    assert board.editor.plan.film == film
    key(board, "Ctrl+Shift+Z")
    assert names(board) == after


def test_a_new_shot_is_chosen_and_its_prompt_has_the_keyboard(window: MainWindow) -> None:
    board = opened(window, chain("a", "b"))
    key(board, "N")
    assert board.editor.chosen_shot is not None
    assert board.editor.chosen_shot.number == 2
    assert prompt(window).hasFocus()  # type: ignore[attr-defined]
    QTest.keyClicks(prompt(window), "Gulls")  # type: ignore[arg-type]
    board.form.save()
    assert board.editor.shots[1].shot.request.prompt == "Gulls"


def test_a_name_is_changed_and_one_that_is_taken_is_refused(
    window: MainWindow, bus: FilmBus
) -> None:
    board = opened(window, chain("a", "b"))
    said: list[str] = []
    board.editor.said.connect(said.append)
    key(board, "F2")
    assert board.form.head.name.hasFocus()
    QTest.keyClicks(board.form.head.name, "Fog")
    QTest.keyClick(board.form.head.name, Qt.Key.Key_Return)
    assert names(board) == ["Fog", "b"]
    board.form.on_head_name_given("b")
    assert names(board) == ["Fog", "b"]
    assert said == ["Two shots are called “b”."]
    assert board.form.head.name.text() == "Fog"


def test_a_click_on_a_seam_cuts_or_joins(window: MainWindow) -> None:
    board = opened(window, chain("a", "b"))
    shots = board.strip.list
    card = card_of(shots.visualRect(board.strip.rows.index(0, 0)))
    seam = QPoint(card.right() + 30, card.center().y())
    QTest.mouseClick(shots.viewport(), Qt.MouseButton.LeftButton, pos=seam)
    assert not board.editor.shots[1].shot.continues
    QTest.mouseClick(shots.viewport(), Qt.MouseButton.LeftButton, pos=seam)
    assert board.editor.shots[1].shot.continues
    assert board.editor.chosen == "a"


def test_the_chosen_take_counts_and_what_follows_is_out_of_date_until_it_is_kept(
    window: MainWindow, bus: FilmBus, tmp_path: Path
) -> None:
    film = chain("a", "b")
    first, _ = there(bus, tmp_path, film)
    board = opened(window, film)
    clip = write_grey_clip(tmp_path / "again.mp4")
    again = replace(take_of(film, "a", 9), clip=clip)
    bus.show_job(again)
    board.editor.refresh()
    assert board.takes.rows.in_film == again.id
    assert [str(one.state) for one in board.editor.shots] == ["ready", "out_of_date"]
    board.takes.use(first)
    assert [str(one.state) for one in board.editor.shots] == ["ready", "ready"]
    board.takes.use_newest()
    key(board, "Right")
    assert board.takes.card.isVisible()
    assert board.takes.card.title.text() == "Shot 2 is out of date"
    assert board.takes.redo_button.text() == "Redo this shot\n10 credits"
    board.takes.redo_button.click()
    board.takes.redo_button.click()
    assert [(job.shot, job.after) for job in bus.made] == [("b", again.id)]
    key(board, "Y")
    assert not board.takes.card.isVisible()


def test_clips_become_shots_that_are_ready(
    window: MainWindow, bus: FilmBus, tmp_path: Path
) -> None:
    film = chain("a", "b")
    jobs = there(bus, tmp_path, film)
    window.clip_actions.film_requested.emit(jobs)
    board = built(window)
    assert [str(one.state) for one in board.editor.shots] == ["ready", "ready"]
    board.strip.clips_dropped.emit([jobs[0].id, "nobody"], 1)
    assert names(board) == ["a", "a 2", "b"]
    key(board, "Ctrl+Z")
    assert names(board) == ["a", "b"]


def test_a_clip_from_a_file_manager_becomes_a_shot_where_it_is_dropped(
    window: MainWindow, bus: FilmBus, context: UiContext, tmp_path: Path
) -> None:
    jobs = there(bus, tmp_path, Film("other", "Other", tuple(map(shot, "abc"))), "abc")
    said: list[str] = []
    window.clip_actions.said.connect(said.append)
    board = opened(window)
    own: dict[str, Job] = context.commands.own_clips  # type: ignore[attr-defined]
    own |= {"one.mp4": jobs[0], "two.mp4": jobs[1]}
    # Under another id here, as it was found at the service before.
    own["three.mp4"] = replace(jobs[2], id="another")
    assert drag(board.strip, files("one.mp4")) == [COPY] * 3  # there is no film yet
    assert names(board) == ["a"]
    shots = board.strip.list
    before = QPointF(card_of(shots.visualRect(board.strip.rows.index(0, 0))).topLeft())
    drag(shots, files("two.mp4", "three.mp4"), at=before)
    assert names(board) == ["b", "c", "a"]
    assert [str(one.state) for one in board.editor.shots] == ["ready"] * 3
    assert said[-1] == "2 clips are shots now."
    key(board, "Ctrl+Z")
    assert names(board) == ["a"]
    drag(shots, files("holiday.mp4", "party.mp4"))
    assert names(board) == ["a"]
    assert said[-1] == "2 were not made with this program: they cannot be shots."
    assert [call for call in context.commands.calls if call[0] == "add_clips"] == [  # type: ignore[attr-defined]
        ("add_clips", [Path("/a/one.mp4")]),
        ("add_clips", [Path("/a/two.mp4"), Path("/a/three.mp4")]),
    ]
    assert bus.made == []


def files(*names: str) -> QMimeData:
    """A drag out of a file manager."""
    mime = QMimeData()
    mime.setUrls([QUrl(f"file:///a/{name}") for name in names])
    return mime


def test_a_gap_is_filled_from_the_end_of_one_clip_to_the_beginning_of_the_other(
    window: MainWindow, bus: FilmBus, tmp_path: Path
) -> None:
    jobs = there(bus, tmp_path, Film("other", "Other", tuple(map(shot, "ab"))))
    window.clip_actions.gap_requested.emit(*jobs)
    board = built(window)
    assert [str(one.state) for one in board.editor.shots] == ["ready", "missing", "ready"]
    assert bus.made == []
    QTest.keySequence(window, "Ctrl+G")
    [made] = bus.made
    assert (made.after, made.meets) == (jobs[0].id, jobs[1].id)


def test_films_are_chosen_copied_and_removed_with_a_way_back(
    window: MainWindow, bus: FilmBus
) -> None:
    board = opened(window, chain("a", "b"))
    board.editor.duplicate_film()
    assert [film.name for film in board.editor.films()] == ["A film", "A film 2"]
    assert board.editor.plan is not None
    assert board.editor.plan.film.name == "A film 2"
    board.films.remove()
    assert [film.name for film in board.editor.films()] == ["A film"]
    key(board, "Ctrl+Z")
    assert [film.name for film in board.editor.films()] == ["A film", "A film 2"]
    board.films.fill()
    listed = [action.text() for action in board.films.menu.actions() if action.isCheckable()]
    assert listed == ["A film", "A film 2"]
    actions = {action.text(): action for action in board.films.menu.actions()}
    actions["A film"].trigger()
    assert board.editor.plan is not None
    assert board.editor.plan.film.name == "A film"
    actions["Make a new film"].trigger()
    assert [film.name for film in board.editor.films()] == ["A film", "A film 2", "New film"]
    board.films.fill()
    texts = [action.text() for action in board.films.menu.actions() if action.text()]
    assert len(texts) == len(set(texts))  # the untitled film is not taken for the command
    assert board.strip.empty.isVisible()


def test_a_picture_goes_to_the_chosen_shot_or_it_is_said_why_not(
    window: MainWindow, bus: FilmBus
) -> None:
    """Dropped anywhere outside of the wells: never in Create's form, which is out of sight."""
    said: list[str] = []
    window.drops.said.connect(said.append)
    board = opened(window)
    assert drag(window, files("fox.png"))[0] is Qt.DropAction.IgnoreAction
    assert said == ["There is no shot to take a picture: add or choose one first."]
    drag(window, files("report.pdf"))
    assert len(said) == 1  # what is no picture is told as such
    window._bridge.film_is(chain("a", "b"))  # type: ignore[attr-defined]
    board.editor.open("film")
    board.editor.choose("a")
    assert drag(window, files("fox.png")) == [COPY] * 3
    board.form.save()
    assert window.views.shown == "storyboard"
    first = board.editor.shots[0].shot.request.start_frame
    assert first is not None
    assert first.label == "fox.png"
    board.editor.choose("b")
    assert drag(window, files("owl.png"))[0] is Qt.DropAction.IgnoreAction
    frames = window.views.forms[-1].frames
    assert frames.error.text() == "There is a start frame already: The end of shot 1"
    assert drag(window, files("owl.png", "fox.png"))[0] is Qt.DropAction.IgnoreAction
    assert frames.frame(FrameSlot.END) is None  # neither is taken where one has no place
    assert window.compose.request().start_frame is None
    assert board.editor.shots[1].shot.request.start_frame is None


def test_more_pictures_than_a_shot_takes_open_nothing_of_create(window: MainWindow) -> None:
    window.compose.form.prompt.set_text("Of Create")
    board = opened(window, chain("a"))
    board.editor.open("film")
    board.editor.choose("a")
    drag(window, files("1.png", "2.png", "3.png"))
    assert not window.user_actions.takes_sheet.isVisible()
    assert "up to two pictures" in window.notice_strip.label.text()
    assert board.editor.shots[0].shot.request.start_frame is None


def test_what_is_typed_while_a_picture_is_read_is_kept(
    window: MainWindow, context: UiContext, bus: FilmBus
) -> None:
    told: list[str] = []
    bus.notice.connect(lambda problem: told.append(str(problem.message)))
    board = opened(window, chain("a", "b"))
    board.editor.open("film")
    board.editor.choose("a")
    workers: FakeWorkers = context.workers  # type: ignore[assignment]
    workers.at_once = False
    drag(window, files("fox.png"))
    form = window.views.forms[-1]
    assert form.frames.is_reading()
    form.form.prompt.set_text("typed meanwhile")
    board.editor.choose("b")
    workers.run_all()
    first = board.editor.shots[0].shot.request
    assert (first.prompt, first.start_frame) == ("typed meanwhile", None)
    assert told == ["A picture was still being read when you left its shot. Drop it there again."]
    board.editor.choose("a")
    drag(window, files("fox.png"))
    workers.run_all()
    board.form.save()
    assert board.editor.shots[0].shot.request.start_frame is not None
    assert len(told) == 1


def test_with_large_type_in_a_small_window_the_form_keeps_room_and_words_are_whole(
    window: MainWindow, bus: FilmBus, qtbot: QtBot, tmp_path: Path
) -> None:
    film = chain("a", "b")
    there(bus, tmp_path, film)
    theme.current().set_look("dark", 150)
    window.resize(1024, 640)
    board = opened(window, film)
    board.editor.choose("a")
    form = window.views.forms[-1]
    where, ends = board.film_player.where, board.form.head.ends
    qtbot.waitUntil(form.cost.clip.isHidden)
    assert (where.short, where.text()) == ("Shot 1", "Shot 1, 0.0 of 1.0 s")
    assert form.cost.why.isHidden()
    assert form.cost.why.text() == ""
    assert form.cost._why in form.cost.button.toolTip()
    ends.resize(180, ends.height())
    option = QStyleOptionComboBox()
    ends.initStyleOption(option)
    parts = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    room = ends.style().subControlRect(parts[0], option, parts[1], ends)
    assert option.currentText.endswith("…")
    assert ends.fontMetrics().horizontalAdvance(option.currentText) <= room.width()
    well = form.frames.wells[FrameSlot.START]
    qtbot.waitUntil(lambda: form._bar.maximum() > 0)
    form._bar.setValue(form._bar.maximum())
    qtbot.waitUntil(lambda: well.visibleRegion().isEmpty())
    drag(window, files("fox.png"))
    assert well.visibleRegion().boundingRect() == well.rect()  # it is seen to arrive
    window.resize(1600, 1000)
    assert not form.cost.clip.isHidden()
    assert form.cost.why.text() == form.cost._why


def test_a_label_with_little_room_shows_its_short_words(qtbot: QtBot) -> None:
    label, short = ElidedLabel(), ElidedLabel("Shot 1")
    label.short = "Shot 1"
    label.setText("Shot 1, 0.0 of 1.0 s")
    for one in (label, short):
        qtbot.addWidget(one)
        one.resize(short.sizeHint())
    assert label.grab().toImage() == short.grab().toImage()
    assert label.toolTip() == "Shot 1, 0.0 of 1.0 s"


def test_a_take_tells_all_of_itself_beside_a_small_picture(
    window: MainWindow, bus: FilmBus, tmp_path: Path
) -> None:
    film = chain("a")
    job = there(bus, tmp_path, film, "a")[0]
    takes = opened(window, film).takes.list
    takes.resize(256, 100)
    image = takes.grab().toImage()
    # The length, the resolution and the price stand below the date.
    assert len({image.pixelColor(x, 64).name() for x in range(128, 190)}) > 1
    assert job.request.resolution in take_facts(job)


def test_a_long_way_from_a_cut_is_said_once(window: MainWindow, bus: FilmBus) -> None:
    board = opened(window, chain("a", "b", "c", "d", "e"))
    assert board.takes.hops.isVisible()
    board.takes._leave_far()
    board.editor.refresh()
    assert not board.takes.hops.isVisible()


def test_what_came_of_a_job_is_seen_on_its_card(
    window: MainWindow, bus: FilmBus, qtbot: QtBot, tmp_path: Path
) -> None:
    board = opened(window, chain("a"))
    board.strip.generate.click()
    [made] = bus.made
    index = board.strip.rows.index(0, 0)
    assert "Waiting" in str(index.data())
    clip = write_grey_clip(tmp_path / "a.mp4")
    bus.show_job(replace(made, state=JobState.SAVED, clip=clip, finished_at=2000.0))
    qtbot.waitUntil(lambda: "Ready, take 1" in str(index.data()), timeout=2000)


def test_the_film_that_was_looked_at_last_is_there_again(
    window: MainWindow, bus: FilmBus, context: UiContext
) -> None:
    first = replace(chain("a"), id="first", name="First")
    board = opened(window, first, chain("b"))
    assert board.editor.film_id == "film"
    board.editor.open("first")
    window.save_state()
    assert context.commands.window_state.film == "first"
    again = Storyboard(context, window._player, window.clip_actions, window.views.new_form("other"))
    again.editor.refresh()
    assert again.editor.film_id == "first"


def test_shots_are_dragged_to_another_place(window: MainWindow) -> None:
    board = opened(window, Film("film", "A film", tuple(map(shot, "abc"))))
    index = board.strip.rows.index(0, 0)
    assert index.flags() & Qt.ItemFlag.ItemIsDragEnabled
    board.strip.list.shots_dropped.emit(["a", "b"], 3)
    assert names(board) == ["c", "a", "b"]
    last = board.strip.list.visualRect(board.strip.rows.index(2, 0))
    assert board.strip.list.row_before(last.center()) == 3
    assert board.strip.list.row_before(QPoint(0, 20)) == 0


def test_everything_has_a_name_and_is_reached_by_keys(window: MainWindow) -> None:
    board = opened(window, chain("a", "b"))
    for part in (board.strip, board.takes, board.film_player.place, board.form.head):
        for kind in (QAbstractButton, QAbstractItemView, QAbstractSlider, QComboBox, QLineEdit):
            for widget in part.findChildren(kind):
                inner = isinstance(widget, QScrollBar) or widget.window() is not window
                if inner or not widget.isVisible() or isinstance(widget.parentWidget(), QComboBox):
                    continue
                words = widget.text() if isinstance(widget, QAbstractButton) else ""
                assert widget.accessibleName() or words, widget
                other = isinstance(widget.parentWidget(), Segmented)
                assert other or widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget


@pytest.mark.parametrize("size", [(1600, 1000), (1024, 640)])
def test_it_fits_the_window(window: MainWindow, size: tuple[int, int]) -> None:
    board = opened(window, chain(*"abcdefgh"))
    window.resize(*size)
    QApplication.sendPostedEvents()
    assert (window.width(), window.height()) == size
    assert window.player.width() >= 320
    for button in (board.strip.generate, board.strip.export_button, board.strip.add_button):
        assert button.width() >= button.minimumSizeHint().width()
        assert board.strip.rect().contains(button.geometry())
    assert board.strip.geometry().bottom() < window.foot.geometry().top() + 1


def test_a_damaged_film_file_is_said_and_adds_nothing(
    window: MainWindow, bus: FilmBus, tmp_path: Path, context: UiContext
) -> None:
    board = opened(window, chain("a"))
    said: list[str] = []
    board.editor.said.connect(said.append)
    path = tmp_path / "film.json"
    path.write_text('{"version": 99, "shots": []}', encoding="utf-8")
    context.commands.film_files = lambda: FilmFiles(Host(tmp_path))
    board.films.read(str(path))
    assert said == ["This film was written by a newer version of this program."]
    assert len(board.editor.films()) == 1


def test_a_film_comes_back_from_its_file(
    window: MainWindow, bus: FilmBus, tmp_path: Path, context: UiContext
) -> None:
    board = opened(window, chain("a", "b"))
    context.commands.film_files = lambda: FilmFiles(Host(tmp_path))
    board.films.write(str(tmp_path / "film.json"))
    board.films.read(str(tmp_path / "film.json"))
    assert [film.name for film in board.editor.films()] == ["A film", "A film 2"]
    assert names(board) == ["a", "b"]
    assert [one.shot.continues for one in board.editor.shots] == [False, True]


def test_a_film_comes_back_with_its_clips(
    window: MainWindow, bus: FilmBus, tmp_path: Path, context: UiContext
) -> None:
    film = chain("a", "b", "c")
    made = there(bus, tmp_path, film)
    board = opened(window, film)
    context.commands.film_files = lambda: FilmFiles(Host(tmp_path))
    path, folder = tmp_path / "film.json", tmp_path / "film clips"
    board.films.write(str(path), with_clips=True)
    assert [clip.name for clip in sorted(folder.iterdir())] == ["01 a.mp4", "02 b.mp4"]
    for job in made:
        del bus.jobs[job.id]  # as on another machine
    board.films.read(str(path))
    assert [one.take.id for one in board.editor.shots if one.take] == [job.id for job in made]
    assert [one.state for one in board.editor.shots] == ["ready", "ready", "missing"]
    assert [Path(job.clip.path).parent for job in bus.made if job.clip] == [folder, folder]
    board.films.write(str(path), with_clips=True)
    assert len(list(tmp_path.glob("film clips*"))) == 2  # what another film names stays


def test_the_film_plays_past_a_clip_whose_file_is_gone(
    window: MainWindow, bus: FilmBus, tmp_path: Path, qtbot: QtBot
) -> None:
    film = chain("a", "b")
    first, second = there(bus, tmp_path, film)
    assert first.clip is not None
    Path(first.clip.path).unlink()
    board = opened(window, film)
    assert window.player.video_area.page is Page.PROBLEM  # type: ignore[attr-defined]
    QTest.keySequence(window, "Space")
    qtbot.waitUntil(lambda: board.film_player._on_slate, timeout=2000)
    assert window.player.video_area.page is Page.STILL  # type: ignore[attr-defined]
    board.film_player._slate_ms = 990
    qtbot.waitUntil(lambda: board.editor.chosen == "b", timeout=3000)
    assert window._player.current_job == second


def test_why_a_take_cannot_be_made_is_said(window: MainWindow, bus: FilmBus) -> None:
    board = opened(window, chain("a", "b"))
    said: list[str] = []
    board.editor.said.connect(said.append)
    key(board, "Right")
    window.views.forms[-1].cost.button.click()
    assert bus.made == []
    assert said == ["It needs “a”, which has no take."]


def test_larger_type_has_its_room(window: MainWindow) -> None:
    board = opened(window, chain("a", "b"))
    before = board.strip.list.height()
    theme.current().set_font_scale(1.5)
    try:
        QApplication.sendPostedEvents()
        assert board.strip.list.height() > before
        item = board.strip.list.visualRect(board.strip.rows.index(0, 0))
        assert item.height() <= board.strip.list.viewport().height()
    finally:
        theme.current().set_font_scale(1.0)
