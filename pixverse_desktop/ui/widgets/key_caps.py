"""Keys drawn as on a keyboard, and a button that shows them so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from pixverse_desktop.ui.base.theme import color, pixels, stroke

_PAD, _GAP, _APART = 6, 4, 12  # pixels: inside a cap, between two, between two ways to press
_RADIUS = 4


def caps_of(key: str) -> list[str]:
    """The caps that are pressed together: ``Ctrl++`` is Ctrl and +."""
    return re.split(r"\+(?=.)", key)


def cap_font(font: QFont) -> QFont:
    """The type on a cap."""
    result = QFont(font)
    result.setPixelSize(pixels(11))
    return result


def caps_width(font: QFont, keys: Sequence[str]) -> int:
    """How wide these keys are, in pixels; ``font`` is the one of the text beside them."""
    metrics = QFontMetrics(cap_font(font))
    ways = [sum(_cap_width(metrics, cap) + _GAP for cap in caps_of(key)) - _GAP for key in keys]
    return sum(ways) + _APART * max(0, len(ways) - 1)


def cap_height(font: QFont) -> int:
    """In pixels."""
    return QFontMetrics(cap_font(font)).height() + 6


def paint_caps(
    painter: QPainter, area: QRect, font: QFont, keys: Sequence[str], role: str = "muted"
) -> None:
    """Draw keys at the left of ``area``, in the middle of its height."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(cap_font(font))
    metrics, height = painter.fontMetrics(), cap_height(font)
    left, top = area.left(), area.center().y() - height // 2
    for key in keys:
        for cap in caps_of(key):
            place = QRect(left, top, _cap_width(metrics, cap), height)
            painter.setPen(QPen(color("faint"), 1))
            painter.setBrush(color("panel"))
            frame = QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(frame, _RADIUS, _RADIUS)
            painter.setPen(color(role))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, cap)
            left += place.width() + _GAP
        left += _APART - _GAP
    painter.restore()


def _cap_width(metrics: QFontMetrics, cap: str) -> int:
    return max(metrics.horizontalAdvance(cap) + 2 * _PAD, metrics.height() + 6)


class KeyCaps(QWidget):
    """Keys beside a word, to look at."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__()
        self._keys = keys
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(caps_width(self.font(), self._keys), cap_height(self.font()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_caps(painter, self.rect(), self.font(), self._keys)


class KeyButton(QAbstractButton):
    """Shows keys at its right, or ``none`` where there are none."""

    def __init__(self, none: str) -> None:
        super().__init__()
        self._keys: list[str] = []
        self._none = none
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def keys(self) -> list[str]:
        """What is shown."""
        return self._keys

    def set_keys(self, keys: list[str]) -> None:
        """Show other keys."""
        self._keys = keys
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetrics(cap_font(self.font())).horizontalAdvance(self._none)
        wide = caps_width(self.font(), self._keys) if self._keys else words
        return QSize(wide + 12, cap_height(self.font()) + 8)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            if self.underMouse() or self.hasFocus():
                painter.setPen(QPen(color("accent" if self.hasFocus() else "line"), stroke(1)))
                painter.setBrush(color("hover"))
                painter.drawRoundedRect(frame, 6, 6)
            inner = self.rect().adjusted(6, 0, -6, 0)
            if self._keys:
                paint_caps(painter, inner, self.font(), self._keys, "text")
                return
            painter.setFont(cap_font(self.font()))
            painter.setPen(color("muted"))
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, self._none)
