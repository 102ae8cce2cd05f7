"""Rescue my clips, and the job id pasted by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.engine.rescue import Finding, RescueItem, RescueScan
from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.ports import Phase, RemoteJob
from pixverse_desktop.ui.dialogs.job_id import JobIdDialog
from pixverse_desktop.ui.dialogs.rescue import RescueDialog
from tests.support.factories import demo_status, make_job
from tests.support.window_fakes import FakeBus

FOUND = RescueScan(
    (
        Finding(RescueItem.ON_DISK, make_job(1, JobState.SAVED)),
        Finding(RescueItem.TO_FETCH, make_job(2, JobState.EXPIRED)),
        Finding(RescueItem.TO_FETCH, None, RemoteJob("job_x", "completed", Phase.COMPLETED)),
        Finding(RescueItem.RUNNING, make_job(3, JobState.ACCEPTED)),
        Finding(RescueItem.UNDECIDED, make_job(4, JobState.UNCONFIRMED)),
    ),
    listed=True,
    whole=True,
)


@pytest.fixture
def bridge() -> FakeBus:
    return FakeBus(demo_status())


@pytest.fixture
def dialog(qtbot, bridge: FakeBus) -> Iterator[RescueDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    made = RescueDialog(parent, bridge)
    made.look_through()
    yield made
    made.close()


def shown(dialog: RescueDialog) -> list[tuple[str, str]]:
    rows = dialog.rows
    at = [(rows.index(n, 0, QModelIndex()), rows.index(n, 2, QModelIndex()))
          for n in range(rows.rowCount())]  # fmt: skip
    return [(str(rows.data(a)), str(rows.data(b))) for a, b in at]


def test_it_looks_first_and_fetches_when_told(dialog: RescueDialog, bridge: FakeBus) -> None:
    assert bridge.calls == [("survey",)]
    assert dialog.fetch_button.isHidden()
    bridge.answers[-1](FOUND)
    assert shown(dialog) == [
        ("Clip 2", "Paid for, not on disk"),
        ("job_x", "Paid for, not on disk"),
        ("Clip 3", "Still being made"),
        ("Clip 4", "Unconfirmed: it may have been charged"),
    ]
    assert "1 on disk, 2 paid for and not on disk" in dialog.sentence.text()
    assert dialog.fetch_button.text() == "Fetch 2 clips"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert bridge.calls[-1] == ("rescue", FOUND)
    assert len(shown(dialog)) == 4  # until it is under way
    bridge.answers[-1]([])
    assert "2 clips are being fetched" in dialog.sentence.text()
    assert dialog.fetch_button.isHidden()
    assert dialog.table.isVisible()
    # What is being fetched stands in the queue, and is missing no more.
    assert shown(dialog) == [
        ("Clip 3", "Still being made"),
        ("Clip 4", "Unconfirmed: it may have been charged"),
    ]


def test_what_cannot_be_fetched_stays_and_it_is_said_why(
    dialog: RescueDialog, bridge: FakeBus
) -> None:
    bridge.answers[-1](FOUND)
    dialog.fetch_button.click()
    bridge.answers[-1](problem(ProblemCode.OFFLINE))
    assert len(shown(dialog)) == 4
    assert "being fetched" not in dialog.sentence.text()
    assert dialog.again_button.isEnabled()


def test_what_was_looked_after_already_leaves_the_list_when_it_is_saved(
    dialog: RescueDialog, bridge: FakeBus
) -> None:
    bridge.answers[-1](FOUND)
    bridge.show_job(make_job(3, JobState.VERIFIED))
    assert ("Clip 3", "Still being made") in shown(dialog)
    bridge.show_job(make_job(3, JobState.SAVED))
    assert [prompt for prompt, _known in shown(dialog)] == ["Clip 2", "job_x", "Clip 4"]
    bridge.show_job(make_job(9, JobState.SAVED, remote_id="job_x"))
    assert [prompt for prompt, _known in shown(dialog)] == ["Clip 2", "Clip 4"]
    bridge.show_job(make_job(2, JobState.SAVED))
    bridge.show_job(make_job(4, JobState.SAVED))
    assert not dialog.table.isVisible()
    assert dialog.height() == dialog.minimumSizeHint().height()  # no empty place in its stead


def test_without_the_list_it_says_so(dialog: RescueDialog, bridge: FakeBus) -> None:
    bridge.answers[-1](RescueScan((), listed=False, whole=False))
    assert "list could not be read" in dialog.sentence.text()
    assert dialog.fetch_button.isHidden()


def test_nothing_missing_is_said_too(dialog: RescueDialog, bridge: FakeBus) -> None:
    bridge.answers[-1](RescueScan(FOUND.findings[:1], listed=True, whole=True))
    assert dialog.sentence.text() == "1 on disk. Nothing is missing."


def test_a_problem_is_shown_and_one_can_look_again(dialog: RescueDialog, bridge: FakeBus) -> None:
    bridge.answers[-1](problem(ProblemCode.KEY))
    assert "API key" in dialog.sentence.text()
    dialog.again_button.click()
    assert bridge.calls == [("survey",), ("survey",)]
    bridge.answers[0](FOUND)  # late: the answer to the first look
    assert shown(dialog) == []
    bridge.answers[1](FOUND)
    assert len(shown(dialog)) == 4


@pytest.fixture
def asking(qtbot, bridge: FakeBus) -> Iterator[JobIdDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    made = JobIdDialog(parent, bridge)
    yield made
    made.close()


def test_a_pasted_id_is_asked_about(asking: JobIdDialog, bridge: FakeBus) -> None:
    asking.ask(make_job(4, JobState.UNCONFIRMED))
    assert not asking.add_button.isEnabled()
    asking.field.setText("job_1")
    QTest.keyClick(asking.field, Qt.Key.Key_Return)
    assert bridge.calls == [("add_by_id", "job_1", "job4")]
    bridge.answers[-1](problem(ProblemCode.INVALID, "The service does not know this job id."))
    assert asking.isVisible()
    assert asking.answer.text() == "The service does not know this job id."
    QTest.keyClick(asking.field, Qt.Key.Key_Return)
    bridge.answers[-1](None)
    assert not asking.isVisible()


def test_a_new_clip_by_its_id(asking: JobIdDialog, bridge: FakeBus) -> None:
    asking.ask(None)
    asking.field.setText("https://example.com/jobs/job_2")
    asking.add_button.click()
    assert bridge.calls == [("add_by_id", "https://example.com/jobs/job_2", None)]
