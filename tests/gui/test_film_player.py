"""The film in the player: takes one after the other, slates where one is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.film.film import Film
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.storyboard.film_editor import FilmEditor
from pixverse_desktop.ui.storyboard.film_player import FilmPlayer, parts_of
from tests.support.film_bus import FilmBus
from tests.support.films import chain, planned, take_of
from tests.support.window_fakes import make_context


class Stage(QObject):
    """Writes down what is shown."""

    moved = Signal()
    ended = Signal()
    failed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[object] = []
        self.prepared: list[str] = []
        self.position_ms = 0
        self.is_playing = False
        self.clock: tuple[int, int, int | None] = (0, 0, None)

    def begin(self, timeline: QWidget, toggle: object) -> None:
        self.shown.append("begin")

    def end(self) -> None:
        self.shown.append("end")

    def show_clip(self, job: Job, at_ms: int, *, play: bool) -> None:
        self.position_ms = at_ms
        self.shown.append((job.id, at_ms, play))

    def prepare(self, job: Job) -> None:
        self.prepared.append(job.id)

    def show_slate(self, image: QImage, *, playing: bool) -> None:
        assert not image.isNull()
        self.shown.append(("slate", playing))

    def set_clock(self, before_ms: int, total_ms: int, slate_ms: int | None = None) -> None:
        self.clock = before_ms, total_ms, slate_ms

    def pause(self) -> None:
        self.shown.append("pause")


@pytest.fixture
def film() -> Film:
    return chain("a", "b", "c")


@pytest.fixture
def bus(film: Film) -> Iterator[FilmBus]:
    """The takes of a and c are five seconds long each; b is to be one second."""
    made = FilmBus(take_of(film, "a", 1), take_of(film, "c", 3))
    made.film_is(film)
    yield made
    made.close()


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def player(bus: FilmBus, stage: Stage, qtbot: QtBot) -> Iterator[FilmPlayer]:
    owner = QWidget()
    qtbot.addWidget(owner)
    editor = FilmEditor(bus, owner)  # type: ignore[arg-type]
    made = FilmPlayer(stage, editor, Pictures(make_context(), owner))  # type: ignore[arg-type]
    editor.set_awake(True)
    made.set_awake(True)
    stage.shown.clear()
    yield made
    made.set_awake(False)


def test_shots_are_as_long_as_their_takes_or_as_they_are_asked_for(film: Film) -> None:
    parts = parts_of(planned(film, [take_of(film, "a", 1)]))
    assert [(part.first_ms, part.length_ms, part.take is None) for part in parts] == [
        (0, 5000, False), (5000, 1000, True), (6000, 1000, True),
    ]  # fmt: skip


def test_one_take_follows_the_other_with_a_slate_between(
    player: FilmPlayer, stage: Stage, qtbot: QtBot
) -> None:
    player.toggle()
    assert stage.shown == [("a1", 0, True)]
    stage.ended.emit()
    assert stage.shown[-1] == ("slate", True)
    assert player._editor.chosen == "b"
    player._slate_ms = 990  # a second of it is over soon
    qtbot.waitUntil(lambda: stage.shown[-1] == ("c3", 0, True), timeout=2000)
    assert stage.clock == (6000, 11_000, None)
    stage.ended.emit()
    assert stage.shown[-1] == "pause"
    stage.position_ms = 5000
    player.toggle()  # at the end: from the beginning
    assert stage.shown[-1] == ("a1", 0, True)


def test_a_place_of_the_film_is_one_of_a_take(player: FilmPlayer, stage: Stage) -> None:
    player.seek(7500)
    assert stage.shown[-1] == ("c3", 1500, False)
    assert player._editor.chosen == "c"
    assert player.position_ms == 7500
    assert player.timeline.sliderPosition() == 7500
    player.seek(5500)
    assert stage.shown[-1] == ("slate", False)
    assert player.position_ms == 5500
    assert player.where.text() == "Shot 2, 0.5 of 1.0 s"


def test_the_next_take_is_at_hand_before_it_is_its_turn(
    player: FilmPlayer, stage: Stage, bus: FilmBus, film: Film
) -> None:
    bus.show_job(take_of(film, "b", 2, after="a1"))
    player._editor.refresh()
    player.seek(0)
    assert stage.prepared == ["b2"]


def test_a_clip_that_is_gone_does_not_stop_the_film(
    player: FilmPlayer, stage: Stage, qtbot: QtBot
) -> None:
    stage.failed.emit()  # one that stands leaves what the stage says of it
    assert stage.shown == []
    player.toggle()
    stage.failed.emit()
    assert stage.shown == [("a1", 0, True), ("slate", True)]
    player._slate_ms = 4990
    qtbot.waitUntil(lambda: player._editor.chosen == "b", timeout=2000)


def test_scrubbing_goes_on_playing_afterwards(player: FilmPlayer, stage: Stage) -> None:
    player.toggle()
    player.timeline.scrub_started.emit()
    player.timeline.sought.emit(6500)
    assert stage.shown[-1] == ("c3", 500, False)
    player.timeline.scrub_ended.emit()
    assert stage.shown[-1] == ("c3", 500, True)


def test_one_shot_is_played_again_and_again(player: FilmPlayer, stage: Stage) -> None:
    player.extent.set_value("shot")
    player.toggle()
    stage.ended.emit()
    assert stage.shown == [("a1", 0, True), ("a1", 0, True)]


def test_news_of_the_film_do_not_stop_it(player: FilmPlayer, stage: Stage) -> None:
    player.toggle()
    stage.position_ms = 700
    player._editor.refresh()
    assert stage.shown == [("a1", 0, True)]


def test_a_take_is_looked_at_in_the_place_of_the_films(
    player: FilmPlayer, stage: Stage, bus: FilmBus, film: Film
) -> None:
    other = take_of(film, "a", 8)
    player.show_take(other)
    assert stage.shown[-1] == ("a8", 0, False)
    player._editor.refresh()
    assert stage.shown[-1] == ("a8", 0, False)
    player._editor.choose("c")
    assert stage.shown[-1] == ("c3", 0, False)
