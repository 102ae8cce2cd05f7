"""Two pictures: side by side, or one over the other with a divider that can be moved."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pixverse_desktop.ui.base.command import Scope
from pixverse_desktop.ui.base.commands import command, command_pressed
from pixverse_desktop.ui.base.theme import color, pixels
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.playback.fitted import fitted

_MARGIN = 16
_REACH = 24  # how near the divider the pointer takes it
_STEP = 0.02


class CompareView(QWidget):
    """Only paints; ``clicked`` where nothing is dragged. One of the two is meant, and marked."""

    clicked = Signal()
    side_chosen = Signal(int)  # 0: the left one
    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._images = [QImage(), QImage()]
        self._shapes = [QSize(16, 9), QSize(16, 9)]
        self.names = ("A", "B")
        self.picked = (False, False)  # as they stand, left first
        self.side = 0  # the one that is meant
        self.wipes = False
        self.divider = 0.5  # of the picture's width
        self._dragged = self._pressed = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(320, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._tell()

    def set_shapes(self, left: QSize, right: QSize) -> None:
        """The clips' sizes in pixels."""
        self._shapes = [shape if not shape.isEmpty() else QSize(16, 9) for shape in (left, right)]
        self.update()

    def set_images(self, left: QImage | None, right: QImage | None) -> None:
        """Show these; None leaves what is shown."""
        for place, image in enumerate((left, right)):
            if image is not None:
                self._images[place] = image
        self.update()

    def images(self) -> tuple[QImage, QImage]:
        """What is shown."""
        return self._images[0], self._images[1]

    def swap(self) -> None:
        """What was left is right."""
        self._images.reverse()
        self._shapes.reverse()
        self.names = (self.names[1], self.names[0])
        self.picked = (self.picked[1], self.picked[0])
        self.set_side(1 - self.side)

    def set_side(self, side: int) -> None:
        """Mark the left (0) or the right one as the one that is meant."""
        self.side = side
        self._tell()
        self.update()

    def set_picked(self, left: bool, right: bool) -> None:
        """Which of them bears a star."""
        self.picked = (left, right)
        self.update()

    def side_at(self, point: QPointF) -> int:
        """On which side of the middle, or of the divider, a point lies."""
        middle = self._divider_x() if self.wipes else self.rect().center().x()
        return int(point.x() > middle)

    def set_wipes(self, wipes: bool) -> None:
        """One over the other, or side by side."""
        self.wipes = wipes
        self._tell()
        self.resized.emit()
        self.update()

    def set_divider(self, part: float) -> None:
        """Where the right picture begins, 0..1."""
        self.divider = min(max(part, 0.0), 1.0)
        self._tell()
        self.update()

    def places(self) -> tuple[QRect, QRect]:
        """Where the pictures stand."""
        if self.wipes:
            both = fitted(self._shapes[0], self.rect(), _MARGIN)
            return both, fitted(self._shapes[1], self.rect(), _MARGIN)
        room = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        wide = (room.width() - _MARGIN) // 2
        left = QRect(room.left(), room.top(), wide, room.height())
        right = QRect(room.right() - wide + 1, room.top(), wide, room.height())
        return fitted(self._shapes[0], left, 0), fitted(self._shapes[1], right, 0)

    def long_side_px(self) -> int:
        """Device pixels that a picture fills."""
        sides = [max(place.width(), place.height()) for place in self.places()]
        return max(64, round(max(sides) * self.devicePixelRatioF()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if command_pressed(event, Scope.PLAYER) is command("play"):
            self.clicked.emit()
            return
        match event.key():
            case Qt.Key.Key_Left if self.wipes:
                self.set_divider(self.divider - _STEP)
            case Qt.Key.Key_Right if self.wipes:
                self.set_divider(self.divider + _STEP)
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.side_chosen.emit(int(event.key() == Qt.Key.Key_Right))
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged = self._is_near(event.position())
            self._pressed = not self._dragged

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged:
            both = self._both()
            self.set_divider((event.position().x() - both.left()) / max(1, both.width()))
        near = self._dragged or self._is_near(event.position())
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed and event.button() is Qt.MouseButton.LeftButton:
            if (side := self.side_at(event.position())) == self.side:
                self.clicked.emit()
            else:
                self.side_chosen.emit(side)
        self._dragged = self._pressed = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.fillRect(self.rect(), color("stage"))
            for place, (where, image) in enumerate(zip(self.places(), self._images, strict=True)):
                if self.wipes:
                    x = round(self._divider_x())
                    half = QRect(0, 0, x, self.height())
                    if place:
                        half = QRect(x, 0, self.width() - x, self.height())
                    painter.setClipRect(half)
                painter.drawImage(where, image)
            painter.setClipping(False)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not self.wipes:
                ring = self.places()[self.side].adjusted(-4, -4, 4, 4)
                paint.outline(painter, ring, "accent", 6)
            self._paint_names(painter)
            if self.wipes:
                self._paint_divider(painter)

    def _paint_names(self, painter: QPainter) -> None:
        font = painter.font()
        font.setPixelSize(pixels(12))
        font.setBold(True)
        painter.setFont(font)
        for place, (where, name) in enumerate(zip(self.places(), self.names, strict=True)):
            meant, star = place == self.side, self.picked[place]
            badge = QRect(where.left() + 8, where.top() + 8, 44 if star else 24, 22)
            if self.wipes and place:
                badge.moveRight(where.right() - 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("accent" if meant else "scrim"))
            painter.drawRoundedRect(badge, 4, 4)
            painter.setPen(color("on_accent" if meant else "on_scrim"))
            letter = QRect(badge.left(), badge.top(), 24, badge.height())
            painter.drawText(letter, Qt.AlignmentFlag.AlignCenter, name)
            if star:
                role = "on_accent" if meant else "star"
                paint.glyph(painter, letter.translated(20, 0), "star", role, 14)

    def _paint_divider(self, painter: QPainter) -> None:
        both, x = self._both(), self._divider_x()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("scrim"))
        painter.drawRect(QRectF(x - 2, both.top(), 4, both.height()))
        painter.setBrush(color("accent" if self.hasFocus() else "on_scrim"))
        painter.drawRect(QRectF(x - 1, both.top(), 2, both.height()))
        grip = QRectF(x - 12, both.center().y() - 12, 24, 24)
        painter.setPen(QPen(color("scrim"), 1))
        painter.drawEllipse(grip)
        painter.setPen(QPen(color("on_accent") if self.hasFocus() else color("stage"), 1.8))
        for way in (-1, 1):
            tip = QPointF(x + 7 * way, grip.center().y())
            painter.drawLine(tip, tip + QPointF(-4 * way, -4))
            painter.drawLine(tip, tip + QPointF(-4 * way, 4))

    def _both(self) -> QRect:
        left, right = self.places()
        return left.united(right)

    def _divider_x(self) -> float:
        both = self._both()
        return both.left() + both.width() * self.divider

    def _is_near(self, point: QPointF) -> bool:
        return self.wipes and abs(point.x() - self._divider_x()) <= _REACH

    def _tell(self) -> None:
        words = self.tr("Divider at {part} %").format(part=round(self.divider * 100))
        self.setAccessibleDescription(words if self.wipes else self.tr("Side by side"))
        name = self.tr("The two clips, {clip} is chosen").format(clip=self.names[self.side])
        self.setAccessibleName(name)
