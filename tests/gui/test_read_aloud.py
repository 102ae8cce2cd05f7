"""What a screen reader is told: roles, names, values, and what is there at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.segmented import Segmented
from pixverse_desktop.ui.widgets.toggle import Toggle

Role = QAccessible.Role


def told(what: QWidget | QApplication) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(what)
    assert found is not None
    return found


def inside(what: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """Everything a reader can come to, without what is hidden."""
    if what.state().invisible:
        return
    yield what
    for number in range(what.childCount()):
        if (child := what.child(number)) is not None and child.isValid():
            yield from inside(child)


@pytest.mark.parametrize("view", ["create", "library", "spend"])
def test_whatever_can_be_worked_with_has_a_name(
    qtbot: QtBot, window: MainWindow, view: str
) -> None:
    window.views.show_view(view)
    qtbot.wait(1)
    working = {
        Role.Button, Role.CheckBox, Role.RadioButton, Role.ComboBox, Role.EditableText, Role.Slider,
        Role.SpinBox, Role.ButtonMenu, Role.MenuItem, Role.List, Role.Table,
    }  # fmt: skip
    found = [one for one in inside(told(window)) if one.role() in working]
    assert len(found) > 10
    nameless = [type(one.object()).__name__ for one in found if not one.text(QAccessible.Text.Name)]
    assert nameless == []


def test_a_well_is_a_button_and_is_pressed_as_one(window: MainWindow) -> None:
    wells = window.compose.frames.wells
    assert {told(well).role() for well in wells.values()} == {Role.Button}
    asked: list[str] = []
    wells["end"].pick_requested.connect(asked.append)
    told(wells["end"]).actionInterface().doAction("Press")
    QTest.qWait(200)  # Qt shows the press for a tenth of a second before it is one
    assert asked == ["end"]


def test_choices_of_one_and_switches_are_what_they_look_like(window: MainWindow) -> None:
    segments = window.findChildren(Segmented)[0].focus_stops()
    for segment in segments:
        assert told(segment).role() is Role.RadioButton
        assert told(segment).rect().size() == segment.size()
    toggle = window.findChildren(Toggle)[0]
    assert told(toggle).role() is Role.CheckBox
    assert told(toggle).rect().size() == toggle.size() == QSize(36, 32)


def test_a_combo_is_called_after_what_it_chooses(window: MainWindow) -> None:
    combos = [box for box in window.compose.findChildren(QComboBox) if box.isVisible()]
    assert len(combos) >= 3
    for box in combos:
        names = [
            other.object().text()
            for other, relation in told(box).relations()
            if relation == QAccessible.RelationFlag.Label and isinstance(other.object(), QLabel)
        ]
        assert names == [box.accessibleName()]
        assert told(box).text(QAccessible.Text.Value) == box.currentText()


def test_a_closed_dialog_is_gone(qtbot: QtBot, window: MainWindow, context: UiContext) -> None:
    def top_levels() -> set[str]:
        app = told(QApplication.instance())  # type: ignore[arg-type]
        return {
            app.child(n).text(QAccessible.Text.Name) or "nameless" for n in range(app.childCount())
        }

    before = top_levels()
    dialog = window.user_actions.settings_dialog
    for _ in range(2):
        dialog.open_at("look")
        assert "Settings" in top_levels()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: top_levels() == before)
