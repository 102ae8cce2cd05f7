"""Check the service: asks once, lists what differs, and gives a report without values."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import ServiceReport
from pixverse_desktop.ui.dialogs.service_check import CheckDialog
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import demo_status
from tests.support.window_fakes import FakeBus


@pytest.fixture
def bridge() -> FakeBus:
    return FakeBus(demo_status())


@pytest.fixture
def dialog(qtbot: QtBot, bridge: FakeBus) -> Iterator[CheckDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    made = CheckDialog(parent, bridge)
    made.check()
    yield made
    made.close()


def test_what_differs_is_listed_and_can_be_copied(dialog: CheckDialog, bridge: FakeBus) -> None:
    assert not dialog.copy_button.isEnabled()
    dialog.check()  # asked for once more, while the first answer is on its way
    assert bridge.calls == [("check_service",)]
    found = [Message("check_new", name="glow"), Message("check_missing", name="style")]
    bridge.answers[-1](ServiceReport(found, {"/models": {"models": []}}))
    assert dialog.findings.text().splitlines() == [f"• {said}" for said in found]
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    told = json.loads(QGuiApplication.clipboard().text())
    assert told["findings"] == [str(said) for said in found]
    assert told["shapes"] == {"/models": {"models": []}}


def test_nothing_differs_and_then_nobody_answers(dialog: CheckDialog, bridge: FakeBus) -> None:
    bridge.answers[-1](ServiceReport())
    assert dialog.state.text() == "The service speaks as this program assumes."
    assert dialog.state.property("role") == "good"
    QTest.keyClick(dialog.again_button, Qt.Key.Key_Space)
    assert not dialog.again_button.isEnabled()
    bridge.answers[-1](problem(ProblemCode.OFFLINE))
    assert dialog.state.property("role") == "error"
    assert dialog.again_button.isEnabled()
    assert not dialog.copy_button.isEnabled()


def test_a_service_that_was_not_reached_is_no_list_of_differences(
    dialog: CheckDialog, bridge: FakeBus
) -> None:
    why = Message("check_unreached", why=Message("why_silent"))
    bridge.answers[-1](ServiceReport([why], reached=False))
    assert dialog.state.text() == str(why)
    assert dialog.state.property("role") == "error"
    assert dialog.findings.text() == ""
    assert dialog.again_button.isEnabled()


def test_the_notice_after_a_first_key_leads_there(window: MainWindow) -> None:
    window.on_bridge_notice(problem(ProblemCode.DIFFERS))
    assert "does not speak quite" in window.notice_strip.label.text()
    window.on_notice_strip_action_clicked()
    assert window.user_actions.check_dialog.isVisible()
