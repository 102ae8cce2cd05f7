"""An icon that is drawn when it is painted: what is never shown costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

Draw = Callable[[QPainter, QRectF, QColor], None]


class DrawnIcon(QIconEngine):
    """Draws once per size and colour. ``color_of`` gives a role's colour in the theme in use."""

    _copies: ClassVar[list[QIconEngine]] = []

    def __init__(
        self, draw: Draw, roles: dict[QIcon.Mode, str], color_of: Callable[[str], QColor]
    ) -> None:
        super().__init__()
        self._draw = draw
        self._roles = roles
        self._color_of = color_of
        self._drawn: dict[tuple[str, int, int], QPixmap] = {}

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        tint = self._color_of(self._roles.get(mode, self._roles[QIcon.Mode.Normal]))
        key = (tint.name(), size.width(), size.height())
        if key not in self._drawn:
            pixmap = QPixmap(size)
            pixmap.fill(Qt.GlobalColor.transparent)
            side = min(size.width(), size.height())
            place = QRectF((size.width() - side) / 2, (size.height() - side) / 2, side, side)
            with QPainter(pixmap) as painter:
                self._draw(painter, place, tint)
            self._drawn[key] = pixmap
        return self._drawn[key]

    def paint(self, painter: QPainter, place: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(place, self.pixmap(place.size() * ratio, mode, state))

    def clone(self) -> QIconEngine:
        copy = DrawnIcon(self._draw, self._roles, self._color_of)
        self._copies.append(copy)  # Qt owns it, which PySide6 does not know: it would free it
        return copy


def draw_svg(drawing: bytes, painter: QPainter, place: QRectF, tint: QColor) -> None:
    """Draw an SVG in one colour."""
    data = QByteArray(drawing.replace(b"currentColor", tint.name().encode()))
    QSvgRenderer(data).render(painter, place)
