"""A finished clip has a dot until it was played, in Recent and in the library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractItemView
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import color
from pixverse_desktop.ui.jobs.new_clips import NewClips
from pixverse_desktop.ui.library.panel import LibraryPanel
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.clip_window import StoringBus, context_over, three_clips, window_over
from tests.support.clips import write_grey_clip
from tests.support.factories import make_job
from tests.support.window_fakes import FakeWorkers, make_context


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    with three_clips(tmp_path) as made:
        yield made


@pytest.fixture
def context(store: JobStore) -> UiContext:
    return context_over(store)


@pytest.fixture
def window(qtbot: QtBot, context: UiContext) -> Iterator[MainWindow]:
    with window_over(qtbot, context) as made:
        yield made


def finish(store: JobStore, bus: StoringBus, folder: Path, number: int) -> None:
    """A clip is made and saved, as the engine tells of it."""
    job = make_job(number, JobState.VERIFIED, remote_id=f"r{number}", finished_at=2000.0 + number)
    job = replace(job, clip=write_grey_clip(folder / f"{number}.mp4"))
    store.add_jobs(job)
    bus.show_job(job)
    bus.show_job(replace(job, state=JobState.SAVED))


def has_dot(view: QAbstractItemView, row: int) -> bool:
    """Whether the upper left corner of a tile has the colour of the dot."""
    corner = QRect(view.visualRect(view.model().index(row, 0)).topLeft(), QSize(26, 26))
    image: QImage = view.viewport().grab(corner).toImage()
    wanted: QColor = color("new")
    return any(
        image.pixelColor(x, y) == wanted
        for x in range(image.width())
        for y in range(image.height())
    )


def test_the_dot_is_there_until_the_clip_was_played(
    window: MainWindow, store: JobStore, tmp_path: Path, qtbot: QtBot
) -> None:
    bus, queue = cast(StoringBus, window._bridge), cast(QueuePanel, window.queue)
    assert not has_dot(queue.grid, 0)  # from before
    finish(store, bus, tmp_path, 7)  # while another one was picked
    assert queue.recent_rows.index(0, 0).data() == "Clip 7, 0:01, new"
    assert has_dot(queue.grid, 0)
    assert not has_dot(queue.grid, 1)
    window.views.show_view("library")
    library = cast(LibraryPanel, window.views.pane("library"))
    qtbot.waitUntil(lambda: library.rows.rowCount() == 4)
    assert library.rows.index(0, 0).data() == "Clip 7, 0:01, new"
    library.grid.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: has_dot(library.grid, 0))
    player = cast(PlayerPanel, window.player)
    player.show_job(bus.jobs["job7"], autoplay=False)
    assert store.library.unplayed() == {"job7"}  # it only stands there
    with qtbot.waitSignal(player.clip_played):
        player.toggle_play()
    assert store.library.unplayed() == frozenset()
    assert not has_dot(library.grid, 0)
    assert "new" not in str(library.rows.index(0, 0).data())


def test_an_answer_from_before_the_playing_brings_no_dot_back(store: JobStore) -> None:
    context = replace(make_context(at_once=False), library=lambda: store.library)
    workers = cast(FakeWorkers, context.workers)
    with store._database.transaction() as connection:
        connection.execute("INSERT INTO unplayed VALUES ('job1'), ('job2')")
    new = NewClips(context, context.bridge)
    new.look()
    new.mark_played(make_job(1))
    new.look()
    workers.run_all()
    assert ("job1" in new, "job2" in new) == (False, True)
    assert store.library.unplayed() == {"job2"}
