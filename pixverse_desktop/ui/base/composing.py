"""Text that an input method is still composing: it becomes part of its field before it is read.

Qt commits it by itself only where the system's input method answers, and a click on a button that
takes no focus commits nothing at all.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MODIFIER_KEYS = (Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class Composing(QObject):
    """Watches the focused field alone, and all events only while something is being composed."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._field: QWidget | None = None
        self._text = ""
        application.focusChanged.connect(self.on_focus_changed)
        self.on_focus_changed(None, application.focusWidget())

    def finish(self) -> None:
        """Make what is being composed part of its field."""
        if self._text:
            QGuiApplication.inputMethod().commit()  # a real one sends an event that ends it
        if self._text and self._field is not None and isValid(self._field):
            event = QInputMethodEvent("", [])
            event.setCommitString(self._text)
            QApplication.sendEvent(self._field, event)
            QGuiApplication.inputMethod().reset()
        self._remember("")

    @Slot(QWidget, QWidget)
    def on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._field is not None and isValid(self._field):
            self._field.removeEventFilter(self)
        self._remember("")
        self._field = new
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds, here = QEvent.Type, watched is self._field
        if here and isinstance(event, QInputMethodEvent):
            self._remember(event.preeditString())
        elif not self._text:
            return False
        elif event.type() == kinds.MouseButtonPress and isinstance(watched, QWidget):
            # A click into the composed text itself is the input method's.
            if not here and self._field is not None and not self._field.isAncestorOf(watched):
                self.finish()
        elif here and event.type() == kinds.FocusOut:
            self.finish()
        elif here and isinstance(event, QKeyEvent):
            return self._took_key(event)
        return False

    def _took_key(self, event: QKeyEvent) -> bool:
        """A command's key commits first; the Enter that ends a composition does nothing else."""
        command = bool(event.modifiers() & _COMMANDS) and event.key() not in _MODIFIER_KEYS
        if event.type() == QEvent.Type.ShortcutOverride and command:
            self.finish()
        elif event.type() == QEvent.Type.KeyPress and event.key() in _ENTER and not command:
            self.finish()
            return True
        return False

    def _remember(self, text: str) -> None:
        if bool(text) != bool(self._text):
            if text:
                self._application.installEventFilter(self)
            else:
                self._application.removeEventFilter(self)
        self._text = text


@cache
def watch_composing() -> Composing:
    """The one watch of this program, made when it is first asked for."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return Composing(application)


def finish_composing() -> None:
    """For a command that reads a field: what is being composed there belongs to it."""
    watch_composing().finish()
