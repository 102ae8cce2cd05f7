"""What the start leaves for later: icons that nobody sees, and work that is not the window."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.shell.first_paint import first_paint

_SIZE = QSize(16, 16)


class Brush:
    """Fills the icon and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, painter: QPainter, place: QRectF, tint: QColor) -> None:
        self.count += 1
        painter.fillRect(place, tint)


class Painted(QWidget):
    """Knows whether it was painted."""

    painted = False

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted = True
        super().paintEvent(event)


def shown(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> str:
    """The colour in the middle of an icon."""
    return icon.pixmap(_SIZE, 1.0, mode).toImage().pixelColor(8, 8).name()


def test_an_icon_is_drawn_once_per_size_and_colour(qtbot: QtBot) -> None:
    brush = Brush()
    icon = theme.current().drawn_icon(brush, {QIcon.Mode.Normal: "muted"})
    assert brush.count == 0
    assert shown(icon) == shown(icon) == shown(icon, QIcon.Mode.Selected)
    assert brush.count == 1
    assert icon.pixmap(_SIZE, 2.0).size() == QSize(32, 32)
    assert brush.count == 2


def test_an_icon_follows_the_theme_and_its_mode(qtbot: QtBot) -> None:
    roles = {QIcon.Mode.Normal: "muted", QIcon.Mode.Disabled: "faint"}
    icon = theme.current().drawn_icon(Brush(), roles)
    try:
        for mode, tokens in (("dark", theme.DARK), ("light", theme.LIGHT)):
            theme.current().set_mode(mode)
            assert shown(icon) == tokens.muted.lower()
            assert shown(icon, QIcon.Mode.Disabled) == tokens.faint.lower()
    finally:
        theme.current().set_mode("dark")


def test_a_copy_of_an_icon_lives_by_itself(qtbot: QtBot) -> None:
    icon = theme.current().drawn_icon(Brush(), {QIcon.Mode.Normal: "muted"})
    copy = QIcon(icon)
    copy.setIsMask(True)  # makes Qt copy the engine
    del icon
    assert shown(copy) == theme.DARK.muted.lower()


def test_the_rest_of_the_start_waits_until_the_window_is_painted(qapp: QApplication) -> None:
    window = Painted()
    with QEventLoop(qapp) as loop:  # type: ignore[no-untyped-call]
        waiting = loop.create_task(first_paint(window))
        loop.call_soon(window.show)
        loop.run_until_complete(waiting)
    assert window.painted
    window.close()


def test_a_window_that_is_never_painted_holds_nothing_up(qapp: QApplication) -> None:
    window = Painted()
    with QEventLoop(qapp) as loop:  # type: ignore[no-untyped-call]
        loop.run_until_complete(first_paint(window, limit_s=0.01))
    assert not window.painted
