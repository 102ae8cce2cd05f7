"""Rows in the form: by mouse and by keyboard, and nothing that was typed is mended or lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pixverse_desktop.api.wire import model_of
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import any_model
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.simulator.catalogue import MODELS
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.compose.rows_field import RowsField
from tests.support.window_fakes import make_context

SHOTS = [{"prompt": "a fox", "duration": 3}, {"prompt": "ice", "duration": 4}]


def story() -> ModelSpec:
    found = model_of(
        {"schema": MODELS["seedance-story"].schema()}, base=any_model("seedance-story")
    )
    assert found is not None
    return found


@pytest.fixture
def panel(qtbot: QtBot) -> ComposePanel:
    made = ComposePanel(make_context())
    qtbot.addWidget(made)
    made.set_model(story())
    made.resize(360, 900)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.form.prompt.set_text("a story")
    made.form.more.set_open(True)
    return made


def rows(panel: ComposePanel, name: str = "multi_prompt") -> RowsField:
    field = panel.form.field(name)
    assert isinstance(field, RowsField)
    return field


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifier)


def typed(text: str) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, text)


def focused_name() -> str:
    focused = QApplication.focusWidget()
    return focused.accessibleName() if focused is not None else ""


def test_rows_are_made_moved_and_removed_by_keyboard(panel: ComposePanel) -> None:
    field = rows(panel)
    field.add_button.setFocus()
    press(Qt.Key.Key_Space)
    assert focused_name() == "Multi prompt 1: Prompt"
    typed("a fox")
    press(Qt.Key.Key_Tab)
    assert focused_name() == "Multi prompt 1: Duration"
    assert field.cards[0].fields["duration"].placeholderText() == ""
    typed("3")
    press(Qt.Key.Key_Tab)  # neither up nor down is possible
    assert focused_name() == "Remove Multi prompt 1"
    press(Qt.Key.Key_Tab)
    assert focused_name() == "Multi prompt: Add a row"
    press(Qt.Key.Key_Space)
    typed("ice")
    press(Qt.Key.Key_Tab)
    typed("4")
    assert panel.request().get("multi_prompt") == SHOTS
    press(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert panel.request().get("multi_prompt") == SHOTS[::-1]
    assert focused_name() == "Multi prompt 1: Duration"
    press(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)  # is the first already
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert panel.request().get("multi_prompt") == SHOTS
    field.cards[0].remove_button.setFocus()
    press(Qt.Key.Key_Space)
    assert panel.request().get("multi_prompt") == SHOTS[1:]
    assert focused_name() == "Remove Multi prompt 1"
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.request().get("multi_prompt") == SHOTS
    assert focused_name() == "Multi prompt 1: Prompt"


def test_the_mouse_does_the_same(panel: ComposePanel) -> None:
    field = rows(panel)
    field.set_value(SHOTS)
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(field.cards[0].down_button, left)
    assert field.value() == SHOTS[::-1]
    QTest.mouseClick(field.cards[1].up_button, left)
    QTest.mouseClick(field.cards[1].remove_button, left)
    QTest.mouseClick(field.cards[0].remove_button, left)
    assert field.value() is None
    QTest.mouseClick(field.undo_strip.button, left)
    QTest.mouseClick(field.undo_strip.button, left)
    assert field.value() == SHOTS
    assert field.undo_strip.isHidden()


def test_there_are_no_more_rows_than_the_service_takes(panel: ComposePanel) -> None:
    field = rows(panel, "elements")
    for _ in range(4):
        assert field.add_button.isEnabled()
        field.add_button.click()
    assert not field.add_button.isEnabled()
    assert "4" in field.add_button.toolTip()


def test_the_seconds_are_counted_against_the_clip(panel: ComposePanel) -> None:
    field = rows(panel)
    field.set_value(SHOTS)
    assert field.sum_label.text() == "7 of 5 s"
    assert "7 seconds, the clip 5" in panel.cost.note.text()
    panel.form.field("duration_s").set_value(7)  # type: ignore[attr-defined]
    assert field.sum_label.text() == "7 of 7 s"
    assert panel.cost.note.text() == ""
    assert panel.request().get("multi_prompt") == SHOTS


def test_what_is_wrong_is_named_marked_and_kept(panel: ComposePanel) -> None:
    asked: list[ClipRequest] = []
    panel.generate_requested.connect(asked.append)
    field = rows(panel)
    field.set_value([SHOTS[0], {"prompt": "ice", "duration": "soon", "mood": "calm"}])
    panel.generate()
    said = panel.form.rows["multi_prompt"].error.text()
    assert said == "Multi prompt, row 2: This model has no setting for mood."
    field.set_value([SHOTS[0], {"prompt": "ice", "duration": "soon"}])
    panel.generate()
    assert "row 2: The duration must be" in panel.form.rows["multi_prompt"].error.text()
    assert focused_name() == "Multi prompt 2: Duration"
    assert field.cards[1].fields["duration"].text() == "soon"
    assert field.cards[1].fields["duration"].property("invalid")
    assert asked == []
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    typed("4")
    assert panel.form.rows["multi_prompt"].error.text() == ""
    panel.generate()
    assert asked[0].get("multi_prompt") == SHOTS


@pytest.mark.parametrize("odd", [{"a": 1}, ["a"], [[1]], "text", [{"prompt": "x"}] * 101])
def test_what_are_no_rows_is_kept_and_shown(panel: ComposePanel, odd: object) -> None:
    field = rows(panel)
    panel.set_request(panel.request().changed(multi_prompt=odd))
    assert panel.request().get("multi_prompt") == odd
    assert field.cards == []
    assert panel.form.rows["multi_prompt"].reset_button.isVisible()
    panel.generate()
    assert panel.form.rows["multi_prompt"].error.text()
    QTest.mouseClick(panel.form.rows["multi_prompt"].reset_button, Qt.MouseButton.LeftButton)
    assert panel.request().get("multi_prompt") is None


def test_the_model_read_again_leaves_rows_and_focus_alone(panel: ComposePanel) -> None:
    field = rows(panel)
    field.set_value(SHOTS)
    card = field.cards[1]
    card.focus()
    changed = story().changed(tier={"help": "another"})
    panel.set_model(changed)
    assert field.cards[1] is card
    assert focused_name() == "Multi prompt 2: Prompt"
