"""What the two delegates paint alike: a picture in its well, a badge, a glyph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap

from pixverse_desktop.ui.base.theme import color, icon, is_contrast, pixels, stroke

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

ALIGN_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
ALIGN_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
ALIGN_CENTER = int(Qt.AlignmentFlag.AlignCenter)
_BADGE_INSET = 6  # pixels
_DOT = " · "


class ItemState(NamedTuple):
    """How an item of a list is painted."""

    pointed: bool
    chosen: bool
    focused: bool


def state_of(option: QStyleOptionViewItem) -> ItemState:
    """The state of the item that is painted."""
    from PySide6.QtWidgets import QStyle  # whose enums take long to make, for the first item

    state, flags = option.state, QStyle.StateFlag
    return ItemState(
        bool(state & flags.State_MouseOver),
        bool(state & flags.State_Selected),
        bool(state & flags.State_HasFocus),
    )


def sized(font: QFont, size: int) -> QFont:
    """The font at a type size of the theme."""
    result = QFont(font)
    result.setPixelSize(pixels(size))
    return result


def elided(font: QFont, text: str, width: int) -> str:
    """The text cut to ``width`` pixels."""
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, max(0, width))


def stage(place: QWidget) -> None:
    """Cover a widget with the ground of pictures, at the start too: fillRect would have PySide
    make Qt's table of gradients first."""
    with QPainter(place) as painter:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("stage"))
        painter.drawRect(place.rect())


def well(painter: QPainter, area: QRect, role: str, radius: float) -> None:
    """A filled place for a picture."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(role))
    painter.drawRoundedRect(QRectF(area), radius, radius)


def picture_well(painter: QPainter, area: QRect, radius: float) -> None:
    """The ground of a clip's picture, with an edge where the ground alone would not be seen."""
    well(painter, area, "stage", radius)
    if is_contrast():
        outline(painter, area, "line", radius, 1)


def picture(painter: QPainter, area: QRect, pixmap: QPixmap, radius: float, *, fill: bool) -> None:
    """A pixmap in a rounded place: cut to fill it, or whole with its own shape."""
    modes = Qt.AspectRatioMode
    mode = modes.KeepAspectRatioByExpanding if fill else modes.KeepAspectRatio
    size = QSize(pixmap.width(), pixmap.height()).scaled(area.size(), mode)
    place = QRect(0, 0, size.width(), size.height())
    place.moveCenter(area.center())
    path = QPainterPath()
    path.addRoundedRect(QRectF(area), radius, radius)
    painter.save()
    painter.setClipPath(path)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(place, pixmap)
    painter.restore()


def glyph(painter: QPainter, area: QRect, name: str, role: str, size: int = 16) -> None:
    """An icon in the middle of ``area``."""
    place = QRect(0, 0, size, size)
    place.moveCenter(area.center())
    icon(name, role).paint(painter, place)


def badge_size(font: QFont, text: str) -> QSize:
    """Room for ``text`` as a badge."""
    metrics = QFontMetrics(font)
    return QSize(metrics.horizontalAdvance(text) + 10, metrics.height() + 2)


def foot_badges(
    painter: QPainter, area: QRect, font: QFont, facts: Sequence[str], origin: str
) -> None:
    """At the foot of a picture: as many ``facts`` as there is room for on the right, and on the
    left ``origin``, where both fit."""
    facts = [fact for fact in facts if fact]
    room = area.width() - 2 * _BADGE_INSET
    while len(facts) > 1 and badge_size(font, _DOT.join(facts)).width() > room:
        facts.pop()
    right, left = badge_size(font, _DOT.join(facts)), badge_size(font, origin)
    top = area.bottom() + 1 - right.height() - _BADGE_INSET
    if facts:
        at = QPoint(area.right() + 1 - right.width() - _BADGE_INSET, top)
        badge(painter, QRect(at, right), font, _DOT.join(facts))
    if origin and left.width() + 4 + (right.width() if facts else 0) <= room:
        badge(painter, QRect(QPoint(area.left() + _BADGE_INSET, top), left), font, origin)


def badge(painter: QPainter, area: QRect, font: QFont, text: str) -> None:
    """White on a dark veil, readable on any picture."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("scrim"))
    painter.drawRoundedRect(QRectF(area), 4, 4)
    painter.setPen(color("on_scrim"))
    painter.setFont(font)
    painter.drawText(area, ALIGN_CENTER, text)


def pill(painter: QPainter, area: QRect, font: QFont, text: str) -> None:
    """A quiet outlined word."""
    painter.setPen(QPen(color("faint"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(color("muted"))
    painter.setFont(font)
    painter.drawText(area, ALIGN_CENTER, text)


def outline(painter: QPainter, area: QRect, role: str, radius: float, width: int = 2) -> None:
    """A frame just inside ``area``."""
    _outline(painter, area, QPen(color(role), stroke(width)), radius)


def keyboard_outline(painter: QPainter, area: QRect, radius: float) -> None:
    """Around where the keyboard is, when that is not what is chosen; told from that not by its
    colour alone in high contrast."""
    style = Qt.PenStyle.DashLine if is_contrast() else Qt.PenStyle.SolidLine
    _outline(painter, area, QPen(color("text"), 2, style), radius)


def row_ground(painter: QPainter, area: QRect, radius: float, *, chosen: bool) -> None:
    """Behind a row that is chosen or pointed at, a shade that is an outline in high contrast."""
    well(painter, area, "hover" if chosen else "raised", radius)
    if chosen and is_contrast():
        outline(painter, area, "text", radius)


def _outline(painter: QPainter, area: QRect, pen: QPen, radius: float) -> None:
    inset = pen.widthF() / 2
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(area).adjusted(inset, inset, -inset, -inset), radius, radius)
