"""The frame under the pointer, in a small window above the time line."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from pixverse_desktop.ui.base.theme import color, pixels, tabular

_WIDEST = 176
_FOOT = 22
_EDGE = 3


class SeekPreview(QWidget):
    """A window of its own: the native video lies over every widget of the player."""

    def __init__(self, parent: QWidget) -> None:
        flags = Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint
        super().__init__(parent, flags | Qt.WindowType.WindowTransparentForInput)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.image = QImage()
        self.text = ""

    def show_at(self, above: QPoint, image: QImage | None, text: str) -> None:
        """Stand with the middle of the lower edge at ``above``, in the screen's coordinates."""
        self.image = image or QImage()
        self.text = text
        picture = self._picture_size()
        size = QSize(max(picture.width(), 52) + 2 * _EDGE, picture.height() + _FOOT + 2 * _EDGE)
        self.resize(size)
        room = self.screen().availableGeometry()
        left = min(max(above.x() - size.width() // 2, room.left()), room.right() - size.width())
        self.move(left, above.y() - size.height())
        self.show()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setPen(color("line"))
            painter.setBrush(color("raised"))
            box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, 6, 6)
            picture = self._picture_size()
            if not self.image.isNull():
                place = QRectF(_EDGE, _EDGE, picture.width(), picture.height())
                path = QPainterPath()
                path.addRoundedRect(place, 4, 4)
                painter.setClipPath(path)
                painter.drawImage(place, self.image)
                painter.setClipping(False)
            font = tabular(self.font())
            font.setPixelSize(pixels(12))
            painter.setFont(font)
            painter.setPen(color("text"))
            foot = QRectF(0, self.height() - _FOOT - 1, self.width(), _FOOT)
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, self.text)

    def _picture_size(self) -> QSize:
        if self.image.isNull():
            return QSize(0, 0)
        return self.image.size().scaled(_WIDEST, 108, Qt.AspectRatioMode.KeepAspectRatio)
