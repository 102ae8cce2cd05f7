"""What stands in the film for a shot that has no take: its picture, name and words."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QPixmap

from pixverse_desktop.ui.base.theme import color, is_contrast

SIZE = QSize(1280, 720)
_DIMMED = 0.4


def slate(picture: QPixmap | None, title: str, prompt: str, font: QFont) -> QImage:
    """Painted anew for each theme; ``picture`` is null or None where there is none."""
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(color("raised"))
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if picture is not None and not picture.isNull() and not is_contrast():
            mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding
            size = picture.size().scaled(SIZE, mode)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(image.rect().center())
            painter.setOpacity(_DIMMED)
            painter.drawPixmap(place, picture)
            painter.setOpacity(1)
        room = image.rect().adjusted(120, 0, -120, 0)
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        painter.setFont(_font(font, 40, bold=True))
        painter.setPen(color("text"))
        painter.drawText(QRect(room.left(), 270, room.width(), 60), flags, title)
        painter.setFont(_font(font, 26))
        painter.setPen(color("muted"))
        painter.drawText(QRect(room.left(), 340, room.width(), 330), flags, prompt)
    return image


def _font(font: QFont, size: int, *, bold: bool = False) -> QFont:
    """Of the picture's own pixels, whatever the type size of the window."""
    result = QFont(font)
    result.setPixelSize(size)
    result.setBold(bold)
    return result
