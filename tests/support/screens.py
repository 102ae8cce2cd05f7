"""Every screen of the window with something on it, for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.engine.rescue import Finding, RescueItem, RescueScan
from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.marks import Mark, Verdict
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.price import LearnedPrices, Shape
from pixverse_desktop.core.ports import Phase, RemoteJob
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.clips import write_grey_clip
from tests.support.factories import make_job
from tests.support.film_bus import FilmBus
from tests.support.films import chain, take_of, waiting
from tests.support.window_fakes import make_context


class Desk(NamedTuple):
    """The whole window and what stands behind it."""

    window: MainWindow
    bus: FilmBus
    context: UiContext


def _clips(folder: Path) -> list[Job]:
    """Three that can be played: picked with four stars, rejected, and not judged yet."""
    marks = (Mark(Verdict.PICKED, 4), Mark(Verdict.REJECTED, 0), Mark(Verdict.NONE, 0))
    words = ("Ocean waves at dusk", "A neon street", "A clay village")
    jobs = []
    for number, (mark, prompt) in enumerate(zip(marks, words, strict=True), 1):
        job = make_job(
            number, JobState.SAVED, clip=write_grey_clip(folder / f"{number}.mp4"),
            remote_id=f"r{number}", submitted_at=1000.0 + number, finished_at=1010.0 + number,
            attempt_id="a", credit_cost=Decimal(10),
        )  # fmt: skip
        jobs.append(replace(job, request=job.request.changed(prompt=prompt)).marked(mark))
    return jobs


@contextmanager
def desk(qtbot: QtBot, folder: Path, *, clips: bool = True) -> Iterator[Desk]:
    """With three clips in the library, or with none."""
    store = JobStore(folder / "data")
    store.open()
    jobs = _clips(folder) if clips else []
    if jobs:
        store.add_jobs(*jobs)
    bus = FilmBus(*jobs)
    usual = Shape("720p", True, 5)
    bus.price_each = LearnedPrices(()).expected("demo", usual, bus.status.model.price)
    context = replace(make_context(), library=lambda: store.library, bridge=bus)
    player = PlayerPanel(context)
    window = MainWindow(context, player, QueuePanel(context))
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    bus.jobs_reset.emit(tuple(jobs))
    yield Desk(window, bus, context)
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    window.views.close_comparison()
    player.shutdown()
    window.hide()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    store.close()
    bus.close()


def _create(at: Desk) -> QWidget:
    return at.window


def _clip(at: Desk) -> QWidget:
    at.window.ready.pick(at.bus.jobs["job1"])
    at.window.player.transport.pause()
    source = FrameSource(path="/p/boat.png", label="boat.png")
    at.window.compose.set_frame_source(FrameSlot.START, source)
    return at.window


def _queue(at: Desk) -> QWidget:
    """One that runs, one that waits, one that failed, and one that nobody knows about."""
    failed = problem(ProblemCode.FAILED, "The prompt was refused by the safety check.")
    jobs = [
        make_job(11, JobState.ACCEPTED, remote_id="r11", submitted_at=1.0),
        make_job(12),
        make_job(13, JobState.FAILED, problem=failed),
        make_job(14, JobState.UNCONFIRMED, problem=problem(ProblemCode.UNCONFIRMED)),
    ]
    for job in jobs:
        at.bus.jobs[job.id] = job
    at.bus.jobs_reset.emit(tuple(at.bus.jobs.values()))
    at.bus.show_status(replace(at.bus.status, has_list=False))  # so that the user has to decide
    panel = at.window.queue
    panel.list.setCurrentIndex(panel.rows.index_of("job14"))
    return at.window


def _library(at: Desk) -> QWidget:
    at.window.views.show_view("library")
    pane: Any = at.window.views.pane("library")
    pane.grid.setCurrentIndex(pane.rows.index(0, 0))
    pane.grid.setFocus()
    return at.window


def _storyboard(at: Desk) -> QWidget:
    """A take that is out of date, one that counts, one that is being made, one that is missing."""
    film = chain("a", "b", "c", "d")
    clip = at.bus.jobs["job1"].clip
    first = replace(take_of(film, "a", 21), clip=clip)
    second = replace(take_of(film, "b", 22, after="elsewhere"), clip=clip)
    third = waiting(take_of(film, "c", 23, after=second.id), JobState.ACCEPTED, submitted_at=1.0)
    at.bus.jobs |= {job.id: job for job in (first, second, third)}
    at.bus.film_is(film)
    at.window.views.show_view("storyboard")
    view: Any = at.window.views._views["storyboard"]
    while view._steps:
        view.go_on()
    view.board.editor.refresh()
    view.board.strip.list.setFocus()
    return at.window


def _sheet(at: Desk) -> QWidget:
    _library(at)
    at.window.views.show_view("sheet")
    view: Any = at.window.views._views["sheet"]
    sheet = view.panel
    sheet.clock.pause()
    sheet.clock.seek(0.0)
    sheet.canvas.setFocus()
    return at.window


def _spend(at: Desk) -> QWidget:
    at.window.views.show_view("spend")
    panel: Any = at.window.views.pane("spend")
    panel.period.set_value("all")
    return at.window


def _takes(at: Desk) -> QWidget:
    at.window.user_actions.open_takes()
    sheet = at.window.user_actions.takes_sheet
    sheet.form.lines.set_text("A {red|blue} boat\nan open {brace")
    sheet.form.start.on_files_selected(["/p/boat.png"])
    sheet.form.vary.vary("style")
    sheet.make_out()
    return sheet


def _takes_ready(at: Desk) -> QWidget:
    at.window.user_actions.open_takes()
    sheet = at.window.user_actions.takes_sheet
    sheet.form.lines.set_text("A {red|blue} boat")
    sheet.make_out()
    return sheet


def _failed(at: Desk) -> QWidget:
    _queue(at)
    panel = at.window.queue
    panel.list.setCurrentIndex(panel.rows.index_of("job13"))
    return at.window


def _settings(page: str) -> Callable[[Desk], QWidget]:
    def opened(at: Desk) -> QWidget:
        at.window.user_actions.settings_dialog.open_at(page)
        return at.window.user_actions.settings_dialog

    return opened


def _palette(at: Desk) -> QWidget:
    at.window.user_actions.open_palette()
    palette = at.window.user_actions.palette_opener.palette
    palette.search.setText("fram")
    return palette


def _export(at: Desk) -> QWidget:
    _storyboard(at)
    board: Any = at.window.views._views["storyboard"].board  # type: ignore[attr-defined]
    board.export()
    found = QApplication.activeModalWidget() or QApplication.activeWindow()
    assert found is not None
    return found


def _compare(at: Desk) -> QWidget:
    at.window.views.compare(at.bus.jobs["job1"], at.bus.jobs["job2"])
    found = at.window.views._comparison
    assert found is not None
    return found


def _recover(at: Desk) -> QWidget:
    at.window.user_actions.open_rescue()
    at.bus.answers[-1](
        RescueScan(
            (
                Finding(RescueItem.ON_DISK, make_job(1, JobState.SAVED)),
                Finding(RescueItem.TO_FETCH, make_job(2, JobState.EXPIRED)),
                Finding(
                    RescueItem.TO_FETCH, None, RemoteJob("job_x", "completed", Phase.COMPLETED)
                ),
                Finding(RescueItem.UNDECIDED, make_job(4, JobState.UNCONFIRMED)),
            ),
            listed=True,
            whole=True,
        )
    )
    return at.window.user_actions.rescue_dialog


def _shortcuts(at: Desk) -> QWidget:
    at.window.user_actions.shortcuts_dialog.open()
    return at.window.user_actions.shortcuts_dialog


EMPTY = frozenset({"create-empty"})  # without clips
SCREENS: dict[str, Callable[[Desk], QWidget]] = {
    "create-empty": _create,
    "create-clip": _clip,
    "queue": _queue,
    "queue-failed": _failed,
    "library": _library,
    "storyboard": _storyboard,
    "sheet": _sheet,
    "spend": _spend,
    "takes": _takes,
    "takes-ready": _takes_ready,
    "settings-service": _settings("service"),
    "settings-clips": _settings("clips"),
    "settings-look": _settings("look"),
    "settings-system": _settings("system"),
    "settings-network": _settings("network"),
    "palette": _palette,
    "export-film": _export,
    "compare": _compare,
    "recover": _recover,
    "shortcuts": _shortcuts,
}


@contextmanager
def screen(qtbot: QtBot, folder: Path, name: str) -> Iterator[QWidget]:
    """One of ``SCREENS``, as the window or dialog that has the keyboard."""
    with desk(qtbot, folder, clips=name not in EMPTY) as at:
        shown = SCREENS[name](at)
        with qtbot.waitActive(shown):
            shown.activateWindow()
        yield shown


def next_stop(shown: QWidget) -> QWidget | None:
    """Press Tab, and tell where the keyboard is then."""
    here = QApplication.focusWidget() or shown
    QTest.keyClick(here, Qt.Key.Key_Tab)
    return QApplication.focusWidget()
