"""The window measured: outlines, edges, heights, type sizes and targets, as they are on the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.compose.form_row import FormRow
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.segmented import Segmented
from pixverse_desktop.ui.widgets.toggle import Toggle
from tests.support.colours import contrast
from tests.support.seen_widgets import visible

FIELDS = (QLineEdit, QComboBox, QPlainTextEdit, Segmented, QAbstractSpinBox)
TYPE_SIZES = {11, 12, 13, 15, 16, 22}
TARGET = 24


@pytest.fixture(params=["dark", "light", "contrast"])
def shown(request: pytest.FixtureRequest, qtbot: QtBot, window: MainWindow) -> Iterator[MainWindow]:
    """The window in one theme, with everything in the form unfolded."""
    theme.current().set_mode(request.param)
    window.compose.form.more.set_open(True)
    window.compose.setFixedHeight(1400)  # the screen is lower; so the pane is looked at by itself
    qtbot.wait(1)
    yield window
    theme.current().set_mode("dark")


def name_of(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()}"


def place_of(widget: QWidget, within: QWidget) -> QRect:
    return QRect(widget.mapTo(within, QPoint(0, 0)), widget.size())


def edge_and_outside(widget: QWidget, compose: QWidget, picture: QImage) -> tuple[QColor, QColor]:
    """The colour of the left outline at half height, and of what lies beside it."""
    place = place_of(widget, compose)
    middle = place.center().y()
    return picture.pixelColor(place.left(), middle), picture.pixelColor(place.left() - 3, middle)


def test_every_field_has_an_outline_that_is_seen(shown: MainWindow) -> None:
    compose = shown.compose
    picture = compose.grab().toImage()
    fields = [f for f in visible(shown.compose, *FIELDS) if not f.hasFocus() and f.isEnabled()]
    found = {
        name_of(f): contrast(*(c.name() for c in edge_and_outside(f, compose, picture)))
        for f in fields
    }
    assert len(found) >= 6
    least = 4.5 if theme.is_contrast() else 3
    assert {name: ratio for name, ratio in found.items() if ratio < least} == {}


def test_the_form_has_one_left_and_one_right_edge(shown: MainWindow) -> None:
    rows = shown.compose.findChildren(FormRow)
    fields = [row.field for row in rows if row.isVisible()]
    places = [place_of(field, shown.compose) for field in fields]
    lefts = {p.left() for f, p in zip(fields, places, strict=True) if not isinstance(f, Toggle)}
    assert lefts == {16}
    assert len({place.right() for place in places}) == 1
    assert place_of(shown.compose.model.button, shown.compose).left() == 16


def test_controls_of_one_line_are_equally_high(shown: MainWindow) -> None:
    lines = visible(shown.compose, QLineEdit, QComboBox, Segmented, Toggle)
    heights = {name_of(field): field.height() for field in lines}
    assert len(heights) >= 6
    assert {name: height for name, height in heights.items() if height != 32} == {}


def test_type_has_few_sizes(shown: MainWindow) -> None:
    sizes = {label.text(): label.fontInfo().pixelSize() for label in visible(shown, QLabel)}
    assert {text: size for text, size in sizes.items() if size not in TYPE_SIZES} == {}


def test_section_titles_are_larger_than_what_they_head(shown: MainWindow) -> None:
    heads = [label for label in visible(shown, QLabel) if label.property("role") == "head"]
    assert {label.text() for label in heads} >= {"Model", "Frames", "Prompt"}
    assert {(label.fontInfo().pixelSize(), label.font().weight()) for label in heads} == {(15, 600)}


def small_targets(parent: QWidget) -> dict[str, tuple[int, int]]:
    """Buttons of less than 24 pixels in either direction."""
    buttons = visible(parent, QAbstractButton)
    assert buttons
    return {
        name_of(b): (b.width(), b.height())
        for b in buttons
        if b.width() < TARGET or b.height() < TARGET
    }


@pytest.mark.parametrize("view", ["create", "library", "spend"])
def test_targets_are_large_enough(qtbot: QtBot, window: MainWindow, view: str) -> None:
    window.resize(1600, 1000)
    window.views.show_view(view)
    window.compose.form.rows["resolution"].set_differs(True)
    qtbot.wait(1)
    assert small_targets(window) == {}


def test_choices_of_one_are_radio_buttons(shown: MainWindow) -> None:
    segments = shown.findChildren(Segmented)[0].focus_stops()
    assert all(isinstance(segment, QRadioButton) for segment in segments)
