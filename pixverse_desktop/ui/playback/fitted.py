"""Where a picture stands in a room of another shape."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt


def fitted(shape: QSize, room: QRect, margin: int) -> QRect:
    """Where a clip of that shape stands in the room, whole and centred."""
    room = room.adjusted(margin, margin, -margin, -margin)
    if shape.isEmpty():
        return room
    size = shape.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(0, 0, size.width(), size.height())
    place.moveCenter(room.center())
    return place
