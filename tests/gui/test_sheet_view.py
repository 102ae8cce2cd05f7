"""The sheet as a mode of the library: how one comes there with which clips, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMenu, QSlider
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import Collection
from pixverse_desktop.core.jobs.marks import Verdict
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.library.panel import LibraryPanel
from pixverse_desktop.ui.queue.batch_card import BatchCard
from pixverse_desktop.ui.sheet.panel import SheetPanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.clip_window import context_over, three_clips, window_over
from tests.support.factories import make_job
from tests.support.window_fakes import make_context


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
        made.hide()


def sheet(window: MainWindow) -> SheetPanel:
    panel: SheetPanel = window.views._views["sheet"].panel  # type: ignore[attr-defined]
    panel.clock.pause()
    return panel


def library(window: MainWindow) -> LibraryPanel:
    pane = window.views.pane("library")
    assert isinstance(pane, LibraryPanel)
    return pane


def judged(window: MainWindow) -> list[str]:
    return [tile.job.id for tile in sheet(window).canvas.tiles]


def test_the_first_of_what_is_shown_are_judged_in_the_library(window: MainWindow) -> None:
    QTest.keySequence(window, "Ctrl+E")  # the library was not looked at before
    assert judged(window) == ["job3", "job2", "job1"]
    assert sheet(window).canvas.hasFocus()
    assert window.top_bar.views.value() == "library"
    assert library(window).sidebar.isVisible() == (library(window).width() >= 1100)
    assert not window.player.isVisible()
    QTest.keySequence(sheet(window).canvas, "Escape")
    assert window.views.shown == "library"
    assert window.player.isVisible()
    assert library(window).grid.hasFocus()
    assert judged(window) == []  # their files are let go of


def test_chosen_clips_are_judged_alone(window: MainWindow) -> None:
    QTest.keySequence(window, "Ctrl+2")
    grid = library(window).grid
    QTest.keySequence(grid, "Home")
    QTest.keySequence(grid, "Shift+Right")
    library(window).filters.mode.set_value("sheet")
    assert judged(window) == ["job3", "job2"]
    assert library(window).filters.mode.value() == "grid"  # when one comes back
    sheet(window).head.mode.set_value("grid")
    assert window.views.shown == "library"
    assert len(grid.chosen_jobs()) == 2


def test_the_same_clips_are_gone_on_with(window: MainWindow) -> None:
    QTest.keySequence(window, "Ctrl+E")
    QTest.keySequence(sheet(window).canvas, "P")
    QTest.keySequence(sheet(window).canvas, "Escape")
    QTest.keySequence(window, "Ctrl+E")
    assert sheet(window).judging.focused.id == "job2"
    QTest.keySequence(sheet(window).canvas, "Ctrl+Z")
    assert sheet(window).judging.counts.picked == 0


def test_it_goes_along_to_another_shelf_but_not_into_the_trash(window: MainWindow) -> None:
    QTest.keySequence(window, "Ctrl+E")
    QTest.keySequence(sheet(window).canvas, "P")
    library(window).sidebar.choose(Collection.PICKED)
    assert judged(window) == ["job3"]
    library(window).sidebar.choose(Collection.TRASH)
    assert window.views.shown == "library"


def test_a_menu_and_a_batch_lead_there(window: MainWindow, context: UiContext) -> None:
    jobs = list(context.bridge.jobs.values())
    menu = QMenu()
    window.clip_actions.fill(menu, jobs[:2])
    [entry] = [action for action in menu.actions() if action.text() == "Pick the best…"]
    entry.trigger()
    assert sorted(judged(window)) == ["job1", "job2"]
    for job in jobs[1:]:
        context.bridge.jobs[job.id] = replace(job, batch="b", label="Lakes")
    window.clip_actions.fill(menu, [context.bridge.jobs["job2"]])
    [entry] = [action for action in menu.actions() if "batch" in action.text()]
    entry.trigger()
    assert sorted(judged(window)) == ["job2", "job3"]
    assert sheet(window).head.title.text() == "Lakes"
    window.queue.sheet_requested.emit(jobs, "All")  # type: ignore[attr-defined]
    assert len(judged(window)) == 3


def test_whatever_can_be_pressed_has_a_name(window: MainWindow) -> None:
    QTest.keySequence(window, "Ctrl+E")
    found = [*sheet(window).findChildren(QAbstractButton), *sheet(window).findChildren(QSlider)]
    assert len(found) > 12
    nameless = [one for one in found if not (one.accessibleName() or getattr(one, "text", str)())]
    assert nameless == []
    assert sheet(window).canvas.accessibleDescription() == "Clip 1 of 3, Clip 3, not judged"


def test_a_batch_offers_what_is_made_of_it(qtbot: QtBot) -> None:
    card = BatchCard(make_context().bridge, None)  # type: ignore[arg-type]
    qtbot.addWidget(card)
    asked: list[tuple[list[Job], str]] = []
    card.sheet_requested.connect(lambda jobs, name: asked.append((jobs, name)))
    waits = make_job(1, batch="b", label="Lakes", row=2)
    made = [make_job(n, JobState.SAVED, batch="b", row=1 - n % 2) for n in (2, 3)]
    card.show_jobs([waits, made[0]])
    assert card.judge.isHidden()
    card.show_jobs([waits, *made])
    assert not card.judge.isHidden()
    card.judge.click()
    assert [([job.id for job in jobs], name) for jobs, name in asked] == [
        (["job3", "job2"], "Lakes")
    ]


def test_thrown_on_the_sheet_they_come_back_in_the_list(window: MainWindow) -> None:
    QTest.keySequence(window, "Ctrl+E")
    canvas = sheet(window).canvas
    for key in ("X", "X", "Ctrl+Del"):
        QTest.keySequence(canvas, key)
    assert judged(window) == ["job1"]
    assert library(window).undo_strip.isHidden()
    QTest.keySequence(canvas, "Ctrl+Z")
    assert judged(window) == ["job3", "job2", "job1"]
    bridge = window._bridge
    assert bridge.jobs["job3"].verdict is Verdict.REJECTED
    assert not bridge.jobs["job3"].hidden


def test_a_clip_that_comes_is_not_heard_where_nobody_sees_it(
    window: MainWindow, context: UiContext
) -> None:
    QTest.keySequence(window, "Ctrl+E")
    window.ready._picked = False
    window.player.show_job(None)  # type: ignore[attr-defined]
    new = replace(context.bridge.jobs["job1"], id="job1")
    window.ready.greet(new)
    assert window.player.current_job is None  # type: ignore[attr-defined]
    window.ready.action_clicked.emit()
    assert window.views.shown == "library"
    assert window.player.current_job.id == "job1"  # type: ignore[attr-defined]
