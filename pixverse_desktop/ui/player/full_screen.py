"""The whole screen for the stage: a borderless window that borrows the player's body."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QCursor, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pixverse_desktop.ui.base.command import Scope
from pixverse_desktop.ui.base.commands import command_pressed
from pixverse_desktop.ui.jobs import paint

_LOOK_EVERY_MS = 200
_HIDE_AFTER_MS = 2000


class FullScreen(QWidget):
    """Shows ``body``; hides ``controls`` and the pointer while the mouse rests."""

    left = Signal()
    command_pressed = Signal(object)  # Command of the player

    def __init__(self, body: QWidget, controls: QWidget) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self._controls = controls
        self._rested_ms = 0
        self._pointer = QPoint()
        self.setWindowTitle(self.tr("Pixverse Desktop, full screen"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(body)
        # The native video swallows mouse moves, so the pointer is looked at instead.
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.on_timer_timeout)

    def enter(self) -> None:
        """Cover the screen."""
        self._pointer = QCursor.pos()
        self._timer.start()
        self.showFullScreen()
        self.activateWindow()
        self.setFocus()

    def leave(self) -> None:
        """Give everything back as it was."""
        self._timer.stop()
        self._show_controls(True)
        self.hide()

    @Slot()
    def on_timer_timeout(self) -> None:
        pointer = QCursor.pos()
        if pointer != self._pointer:
            self._pointer = pointer
            self._rested_ms = 0
            self._show_controls(True)
            return
        self._rested_ms += _LOOK_EVERY_MS
        over = self._controls.isVisible() and self._controls.underMouse()
        if self._rested_ms >= _HIDE_AFTER_MS and not over:
            self._show_controls(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        pressed = command_pressed(event, Scope.PLAYER)
        if pressed is not None and (pressed.repeats or not event.isAutoRepeat()):
            self.command_pressed.emit(pressed)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.left.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint.stage(self)

    def _show_controls(self, shown: bool) -> None:
        if self._controls.isHidden() == shown:
            self._controls.setVisible(shown)
            if shown:
                self.unsetCursor()
            else:
                self.setCursor(Qt.CursorShape.BlankCursor)
                self.setFocus()
