"""The chosen clip large over the grid, with the whole player; the keyboard still moves the grid."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pixverse_desktop.ui.base.command import Command, Scope
from pixverse_desktop.ui.base.commands import command_pressed
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.library.grid import TileGrid

_HELD_MS = 400  # a key held longer closes what it opened when it is let go


class Preview(QWidget):
    """Opens and closes with one key, or shows as long as that is held."""

    lent = Signal(object)  # the QVBoxLayout that takes the player, None: it may go home
    opened = Signal(bool)
    key_scopes = TileGrid.key_scopes

    def __init__(self, grid: TileGrid) -> None:
        super().__init__()
        self._grid = grid
        self.is_open = False
        self.setAccessibleName(self.tr("Large preview"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._place = QVBoxLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)
        self.held = QTimer(self)  # runs while letting go of the key means nothing
        self.held.setSingleShot(True)
        self.held.setInterval(_HELD_MS)

    def toggle(self) -> None:
        """Open it, or close it."""
        if self.is_open:
            self.close_preview()
            return
        self.is_open = True
        self.held.start()
        self.opened.emit(True)
        self.lent.emit(self._place)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_preview(self) -> None:
        """Give the player back; safe to repeat."""
        if self.is_open:
            self.is_open = False
            self.lent.emit(None)
            self.opened.emit(False)

    def offers(self, known: Command) -> bool:
        """Its own key closes it; the others are about what is chosen in the grid."""
        return Scope.GRID in known.scopes or self._grid.offers(known)

    def start(self, known: Command) -> None:
        """Carry out a command of its scopes."""
        if Scope.GRID in known.scopes:
            known.start(self)
        else:
            self._grid.start(known)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_preview()
        elif command_pressed(event, Scope.GRID) is not None:
            if not event.isAutoRepeat():
                self.close_preview()
        else:
            self._grid.keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        its_key = command_pressed(event, Scope.GRID) is not None and not event.isAutoRepeat()
        if its_key and not self.held.isActive():
            self.close_preview()

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint.stage(self)
