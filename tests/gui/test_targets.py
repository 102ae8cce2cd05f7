"""Everything that is pressed, on every screen, is at least 24 pixels wide and high."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QScrollBar,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.marks import Verdict
from pixverse_desktop.ui.sheet.tile_paint import star_places
from pixverse_desktop.ui.storyboard.shot_delegate import SEAM, card_of
from pixverse_desktop.ui.storyboard.shot_list import ShotList
from tests.support.factories import saved_job
from tests.support.screens import SCREENS, screen
from tests.support.seen_widgets import visible

TARGET = 24
PRESSED = (
    QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit,
)  # fmt: skip


def targets(shown: QWidget) -> Iterator[tuple[str, QSize]]:
    """What is pressed, by its name: widgets, rows of lists and tables, heads of columns."""
    for widget in visible(shown, *PRESSED):
        if not isinstance(widget, QScrollBar):
            yield f"{type(widget).__name__} {widget.accessibleName()}", widget.size()
    for view in visible(shown, QListView, QTableView):
        assert isinstance(view, QListView | QTableView)
        model = view.model()
        for row in range(min(model.rowCount(), 12)):
            place = view.visualRect(model.index(row, 0))
            if place.isValid():
                yield f"{view.accessibleName()}: {row}", place.size()
    for head in visible(shown, QHeaderView):
        assert isinstance(head, QHeaderView)
        for column in range(head.count()):
            if not head.isSectionHidden(column):
                yield f"column {column}", QSize(head.sectionSize(column), head.height())


@pytest.mark.parametrize("size", [QSize(1600, 1000), QSize(1024, 640)], ids=["large", "small"])
@pytest.mark.parametrize("name", SCREENS)
def test_every_target_is_large_enough(qtbot: QtBot, tmp_path: Path, name: str, size: QSize) -> None:
    with screen(qtbot, tmp_path, name) as shown:
        if shown.windowTitle() == "Pixverse Desktop":
            shown.resize(size)
            assert shown.size() == size
        qtbot.waitUntil(lambda: small(shown) == {}, timeout=1000)
        assert len(dict(targets(shown))) > 1


def small(shown: QWidget) -> dict[str, tuple[int, int]]:
    """Those that are too small, with width and height."""
    return {
        name: (size.width(), size.height())
        for name, size in targets(shown)
        if size.width() < TARGET or size.height() < TARGET
    }


@pytest.mark.parametrize("verdict", list(Verdict))
def test_stars_on_a_tile_are_far_enough_apart(verdict: Verdict) -> None:
    job = replace(saved_job(1), verdict=verdict)
    places = star_places(QRect(0, 0, 320, 180), QFont(), job)
    assert {(place.width() >= TARGET, place.height() >= TARGET) for place in places} == {
        (True, True)
    }
    assert places[-1].right() < 320
    assert not any(one.intersects(other) for one, other in pairwise(places))


def test_a_seam_between_shots_is_hit_well_around_its_sign(qtbot: QtBot, tmp_path: Path) -> None:
    with screen(qtbot, tmp_path, "storyboard") as shown:
        shots = shown.findChildren(ShotList)[0]
        card = card_of(shots.visualRect(shots.model().index(0, 0)))
        hit = [x for x in range(card.right(), card.right() + SEAM)
               if shots.seam_at(QPoint(x, card.center().y())) == 0]  # fmt: skip
        tall = [y for y in range(card.top(), card.bottom())
                if shots.seam_at(QPoint(card.right() + SEAM // 2, y)) == 0]  # fmt: skip
    assert len(hit) >= TARGET
    assert len(tall) >= TARGET
