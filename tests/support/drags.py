"""Drags as the system hands them to a widget."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier


def drag(
    target: QWidget,
    mime: QMimeData,
    actions: Qt.DropAction = COPY | MOVE,
    at: QPointF | None = None,
) -> list[Qt.DropAction]:
    """What a target answers to a drag with Shift held, at each of its three steps."""
    place = at or QPointF(5, 5)
    entering = QDragEnterEvent(place.toPoint(), actions, mime, LEFT, SHIFT)
    moving = QDragMoveEvent(place.toPoint(), actions, mime, LEFT, SHIFT)
    dropping = QDropEvent(place, actions, mime, LEFT, SHIFT)
    answers = []
    for event, handle in (
        (entering, target.dragEnterEvent),
        (moving, target.dragMoveEvent),
        (dropping, target.dropEvent),
    ):
        event.setDropAction(MOVE)  # as the system does while Shift is held
        event.ignore()
        handle(event)
        answers.append(event.dropAction() if event.isAccepted() else Qt.DropAction.IgnoreAction)
    return answers
