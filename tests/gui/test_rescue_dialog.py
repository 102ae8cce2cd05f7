"""Rescue my clips, and the job id pasted by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.engine.rescue import Find, Finding, Survey
from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.ports import Phase, RemoteJob
from pixverse_desktop.ui.dialogs.job_id import JobIdDialog
from pixverse_desktop.ui.dialogs.rescue import RescueDialog
from tests.gui.fakes import FakeBus, demo_status, make_job

FOUND = Survey(
    (
        Finding(Find.ON_DISK, make_job(1, JobState.SAVED)),
        Finding(Find.TO_FETCH, make_job(2, JobState.EXPIRED)),
        Finding(Find.TO_FETCH, None, RemoteJob("job_x", "completed", Phase.COMPLETED)),
        Finding(Find.RUNNING, make_job(3, JobState.ACCEPTED)),
        Finding(Find.UNDECIDED, make_job(4, JobState.UNCONFIRMED)),
    ),
    listed=True,
    whole=True,
)


@pytest.fixture
def bus() -> FakeBus:
    return FakeBus(demo_status())


@pytest.fixture
def dialog(qtbot, bus: FakeBus) -> Iterator[RescueDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    made = RescueDialog(parent, bus)
    made.look_through()
    yield made
    made.close()


def shown(dialog: RescueDialog) -> list[tuple[str, str]]:
    rows = dialog.rows
    at = [(rows.index(n, 0, QModelIndex()), rows.index(n, 2, QModelIndex()))
          for n in range(rows.rowCount())]  # fmt: skip
    return [(str(rows.data(a)), str(rows.data(b))) for a, b in at]


def test_it_looks_first_and_fetches_when_told(dialog: RescueDialog, bus: FakeBus) -> None:
    assert bus.calls == [("survey",)]
    assert not dialog.fetch_button.isEnabled()
    bus.answers[-1](FOUND)
    assert shown(dialog) == [
        ("Clip 2", "Paid for, not on disk"),
        ("job_x", "Paid for, not on disk"),
        ("Clip 3", "Still being made"),
        ("Clip 4", "Unconfirmed: it may have been charged"),
    ]
    assert "1 on disk, 2 paid for and not on disk" in dialog.sentence.text()
    assert dialog.fetch_button.text() == "Fetch 2 clips"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert bus.calls[-1] == ("rescue", FOUND)
    assert "2 clips are being fetched" in dialog.sentence.text()
    assert not dialog.fetch_button.isEnabled()


def test_without_the_list_it_says_so(dialog: RescueDialog, bus: FakeBus) -> None:
    bus.answers[-1](Survey((), listed=False, whole=False))
    assert "list could not be read" in dialog.sentence.text()
    assert not dialog.fetch_button.isEnabled()


def test_nothing_missing_is_said_too(dialog: RescueDialog, bus: FakeBus) -> None:
    bus.answers[-1](Survey(FOUND.findings[:1], listed=True, whole=True))
    assert dialog.sentence.text() == "1 on disk. Nothing is missing."


def test_a_problem_is_shown_and_one_can_look_again(dialog: RescueDialog, bus: FakeBus) -> None:
    bus.answers[-1](problem(ProblemCode.KEY))
    assert "API key" in dialog.sentence.text()
    dialog.again_button.click()
    assert bus.calls == [("survey",), ("survey",)]
    bus.answers[0](FOUND)  # late: the answer to the first look
    assert shown(dialog) == []
    bus.answers[1](FOUND)
    assert len(shown(dialog)) == 4


@pytest.fixture
def asking(qtbot, bus: FakeBus) -> Iterator[JobIdDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    made = JobIdDialog(parent, bus)
    yield made
    made.close()


def test_a_pasted_id_is_asked_about(asking: JobIdDialog, bus: FakeBus) -> None:
    asking.ask(make_job(4, JobState.UNCONFIRMED))
    assert not asking.add_button.isEnabled()
    asking.field.setText("job_1")
    QTest.keyClick(asking.field, Qt.Key.Key_Return)
    assert bus.calls == [("add_by_id", "job_1", "job4")]
    bus.answers[-1](problem(ProblemCode.INVALID, "The service does not know this job id."))
    assert asking.isVisible()
    assert asking.answer.text() == "The service does not know this job id."
    QTest.keyClick(asking.field, Qt.Key.Key_Return)
    bus.answers[-1](None)
    assert not asking.isVisible()


def test_a_new_clip_by_its_id(asking: JobIdDialog, bus: FakeBus) -> None:
    asking.ask(None)
    asking.field.setText("https://example.com/jobs/job_2")
    asking.add_button.click()
    assert bus.calls == [("add_by_id", "https://example.com/jobs/job_2", None)]
