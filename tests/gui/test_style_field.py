"""The styles have pictures, in the list and of the chosen one in the field."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.model.rules import Choice
from pixverse_desktop.ui.compose.style_field import StyleField
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.window_fakes import FakeWorkers


def style_of(window: MainWindow) -> StyleField:
    field = window.compose.form.rows["style"].field
    assert isinstance(field, StyleField)
    return field


def shown_in_field(field: StyleField) -> bool:
    """Whether the closed field has a picture."""
    option = QStyleOptionComboBox()
    field.initStyleOption(option)
    return not option.currentIcon.isNull()


def test_every_style_has_a_picture_of_its_own(window: MainWindow) -> None:
    field = style_of(window)
    assert field.itemIcon(0).isNull()  # nothing is read before it is wanted
    field.showPopup()
    size = QSize(160, 90)
    pictures = [field.itemIcon(place).pixmap(size).toImage() for place in range(field.count())]
    assert len(pictures) >= 6
    for place, picture in enumerate(pictures):
        assert not picture.isNull()
        assert all(picture != other for other in pictures[place + 1 :])
    field.hidePopup()


def test_the_chosen_style_is_shown_and_none_is_not(window: MainWindow) -> None:
    field = style_of(window)
    assert not shown_in_field(field)
    field.set_value("clay")
    assert shown_in_field(field)
    field.set_value("none")
    assert not shown_in_field(field)


def test_one_chosen_by_key_in_the_closed_field_is_shown(window: MainWindow) -> None:
    field = style_of(window)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.value() == "anime"
    assert shown_in_field(field)


def test_a_style_that_we_have_no_picture_of_stands_in_line(qtbot: QtBot) -> None:
    field = StyleField("Style", FakeWorkers())
    qtbot.addWidget(field)
    field.set_rule(Choice(("none", "oil painting"), "none"))
    field.set_value("oil painting")
    widths = {field.itemIcon(place).availableSizes()[0].width() > 0 for place in range(2)}
    assert widths == {True}
