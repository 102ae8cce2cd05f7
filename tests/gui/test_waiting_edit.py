"""A waiting clip edited in the form: what is asked, what comes back, and that nothing is paid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import Problem, ProblemCode, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import OriginKind
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.compose.waiting_edit import WaitingEdit
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import make_job
from tests.support.window_fakes import FakeBus

S = JobState
NOT_WAITING = problem(ProblemCode.INVALID, Message("job_not_waiting"))
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def bus(context: UiContext) -> FakeBus:
    assert isinstance(context.bridge, FakeBus)
    return context.bridge


@pytest.fixture
def panel(qtbot: QtBot, context: UiContext) -> ComposePanel:
    made = ComposePanel(context)
    qtbot.addWidget(made)
    made.resize(340, 900)
    made.show()
    qtbot.waitExposed(made)
    made.form.prompt.set_text("mine, half written")
    return made


@pytest.fixture
def said(panel: ComposePanel) -> list[str]:
    sentences: list[str] = []
    panel.edit.said.connect(sentences.append)
    return sentences


def waiting(**changes: object) -> Job:
    return make_job(1, seed_drawn=True, **changes)


def begin(panel: ComposePanel, bus: FakeBus, job: Job | None = None) -> WaitingEdit:
    job = job or waiting()
    panel.edit.begin(job)
    assert bus.calls[-1] == ("begin_edit", job.id)
    bus.answers.pop()(replace(job, being_edited=True))
    return panel.edit


def names(bus: FakeBus) -> list[object]:
    return [call[0] for call in bus.calls]


def test_the_form_shows_the_clip_and_gets_its_own_back(
    panel: ComposePanel, bus: FakeBus, said: list[str]
) -> None:
    before = panel.request()
    edit = begin(panel, bus)
    assert edit.isVisible()
    assert edit.title.text() == "Editing a waiting clip, not sent yet"
    assert panel.request().prompt == "Clip 1"
    assert panel.request().seed is None  # drawn by us: not one that was asked for
    assert panel.cost.button.text() == "Add as a new clip"
    assert panel.cost.button.property("kind") == ""
    panel.form.prompt.set_text("better")
    edit.save_button.click()
    assert bus.calls[-1] == ("save_edit", "job1", panel.request())
    assert panel.request().prompt == "better"
    edit.save_button.click()  # one intention, one answer
    assert names(bus) == ["begin_edit", "save_edit"]
    bus.answers.pop()(waiting())
    assert not edit.isVisible()
    assert panel.request() == before
    assert panel.cost.button.text() == "Generate"
    assert panel.cost.button.property("kind") == "primary"
    assert said == ["Changes saved. The clip waits on in its place."]


def test_cancel_leaves_the_clip_and_brings_the_form_back(panel: ComposePanel, bus: FakeBus) -> None:
    before = panel.request()
    edit = begin(panel, bus)
    panel.form.prompt.set_text("worse")
    edit.cancel_button.click()
    assert names(bus) == ["begin_edit", "end_edit"]
    assert panel.request() == before
    assert not edit.isVisible()


def test_a_given_seed_is_kept(panel: ComposePanel, bus: FakeBus) -> None:
    begin(panel, bus, make_job(1, seed_drawn=False))
    assert panel.request().seed == 1


def test_the_price_of_before_and_of_now(panel: ComposePanel, bus: FakeBus) -> None:
    begin(panel, bus, waiting(price=10, price_low=10))
    assert panel.cost.balance.text() == "10 credits"
    panel.form.field("resolution").set_value("1080p")  # type: ignore[attr-defined]
    assert panel.cost.balance.text().startswith("was 10, now 10–")
    panel.edit.cancel()
    assert "was" not in panel.cost.balance.text()


def test_what_was_sent_meanwhile_stays_in_the_form_as_a_new_clip(
    panel: ComposePanel, bus: FakeBus, said: list[str]
) -> None:
    edit = begin(panel, bus)
    panel.form.prompt.set_text("too late")
    edit.save()
    bus.answers.pop()(NOT_WAITING)
    assert not edit.isVisible()
    assert panel.request().prompt == "too late"
    assert panel.cost.button.text() == "Generate"
    assert "stay in the form as a new clip" in said[-1]
    assert "generate" not in names(bus)


@pytest.mark.parametrize(
    "changes", [{"hidden": True, "being_edited": True}, {"being_edited": False}]
)
def test_a_clip_that_is_taken_away_leaves_its_edit(
    panel: ComposePanel, bus: FakeBus, said: list[str], changes: dict[str, object]
) -> None:
    edit = begin(panel, bus)
    panel.form.prompt.set_text("kept")
    bus.show_job(waiting(being_edited=True))
    assert edit.isVisible()
    bus.show_job(waiting(**changes))
    assert not edit.isVisible()
    assert panel.request().prompt == "kept"
    assert said


def test_a_bad_edit_is_marked_and_not_saved(panel: ComposePanel, bus: FakeBus) -> None:
    edit = begin(panel, bus)
    panel.form.prompt.set_text("  ")
    edit.save()
    assert names(bus) == ["begin_edit"]
    assert edit.isVisible()
    panel.form.prompt.set_text("good")
    edit.save()
    bus.answers.pop()(problem(ProblemCode.INVALID, "No such length.", field="duration_s"))
    assert edit.isVisible()
    assert panel.form.rows["duration_s"].error.text() == "No such length."


def test_a_full_disk_loses_nothing(panel: ComposePanel, bus: FakeBus, said: list[str]) -> None:
    edit = begin(panel, bus)
    panel.form.prompt.set_text("kept")
    edit.save()
    bus.answers.pop()(problem(ProblemCode.STORE))
    assert edit.isVisible()
    assert edit.save_button.isEnabled()
    assert panel.request().prompt == "kept"
    assert said == ["The list of jobs cannot be written."]


@pytest.mark.parametrize("refused", [None, NOT_WAITING])
def test_of_a_clip_that_was_sent_a_copy_is_made(
    panel: ComposePanel, bus: FakeBus, said: list[str], refused: Problem | None
) -> None:
    copies: list[Job] = []
    panel.edit.copied.connect(copies.append)
    job = waiting() if refused else make_job(1, S.ACCEPTED)
    panel.edit.begin(job)
    if refused:
        bus.answers.pop()(refused)
    assert copies == [job]
    assert not panel.edit.isVisible()
    assert said[-1].startswith("This clip was sent already.")


def test_two_clips_are_not_edited_at_once(
    panel: ComposePanel, bus: FakeBus, said: list[str]
) -> None:
    before = panel.request()
    edit = begin(panel, bus)
    panel.form.prompt.set_text("changed")
    edit.begin(make_job(2))
    assert said == ["Save or cancel the clip that you are editing first."]
    panel.form.prompt.set_text("Clip 1")  # nothing to lose
    begin(panel, bus, make_job(2, seed_drawn=True))
    assert names(bus) == ["begin_edit", "end_edit", "begin_edit"]
    assert panel.request().prompt == "Clip 2"
    edit.cancel()
    assert panel.request() == before


def test_a_change_of_the_service_ends_the_edit(panel: ComposePanel, bus: FakeBus) -> None:
    before = panel.request()
    begin(panel, bus)
    origin = replace(bus.status.origin, kind=OriginKind.CUSTOM, id="https://other")
    bus.show_status(replace(bus.status, origin=origin))
    assert names(bus) == ["begin_edit", "end_edit"]
    assert panel.request() == before


def test_in_the_window_ctrl_enter_saves_and_pays_nothing(
    window: MainWindow, context: UiContext
) -> None:
    bus = context.bridge
    assert isinstance(bus, FakeBus)
    window.compose.form.prompt.set_text("mine")
    window.queue.edit_requested.emit(waiting())  # type: ignore[attr-defined]
    begun = bus.answers.pop()
    begun(waiting(being_edited=True))
    assert window.compose.edit.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
    assert names(bus)[-2:] == ["begin_edit", "save_edit"]
    bus.answers.pop()(waiting())
    assert window.compose.request().prompt == "mine"
    assert window.notice_strip.isVisible()
    assert "generate" not in names(bus)


def edited_in(window: MainWindow, bus: FakeBus) -> WaitingEdit:
    window.compose.form.prompt.set_text("mine")
    window.queue.edit_requested.emit(waiting())  # type: ignore[attr-defined]
    bus.answers.pop()(waiting(being_edited=True))
    return window.compose.edit


def test_escape_leaves_the_edit_from_wherever_the_keyboard_is(
    window: MainWindow, context: UiContext
) -> None:
    bus = context.bridge
    assert isinstance(bus, FakeBus)
    form = window.compose.form
    edit = edited_in(window, bus)
    places = [edit.save_button, window.top_bar, *form.findChildren(QWidget)]
    tried = 0
    for place in places:
        if place.focusPolicy() is not Qt.FocusPolicy.NoFocus and place.isVisible():
            place.setFocus()
            QTest.keyClick(place, Qt.Key.Key_Escape)
            assert not edit.isVisible(), place
            assert bus.calls[-1] == ("end_edit", "job1")
            assert window.compose.request().prompt == "mine"
            edited_in(window, bus)
            tried += 1
    assert tried > 10


def test_a_list_that_is_open_keeps_its_escape(window: MainWindow, context: UiContext) -> None:
    bus = context.bridge
    assert isinstance(bus, FakeBus)
    edit = edited_in(window, bus)
    window.compose.form.prompt.set_text("changed")
    window.compose.show_earlier_prompts()
    popup = QApplication.activePopupWidget()
    assert popup is not None
    QTest.keyClick(popup.focusWidget() or popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    box = next(one for one in window.compose.findChildren(QComboBox) if one.isVisible())
    box.showPopup()
    QTest.keyClick(box.view(), Qt.Key.Key_Escape)
    assert not box.view().isVisible()
    assert edit.isVisible()
    assert window.compose.request().prompt == "changed"
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier(0), "", True)
    QApplication.sendEvent(box, held)
    assert edit.isVisible()  # the key that closed the list, held a moment longer
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert not edit.isVisible()
