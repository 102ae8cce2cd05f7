"""The menus and every keyboard shortcut of the window, declared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from pixverse_desktop.ui.compose.frame_well import FrameWell


@dataclass(frozen=True)
class Command:
    """One menu entry. ``then`` is a bound method; "-" as text is a separator."""

    text: str
    keys: tuple[str, ...] = ()
    then: Callable[[], object] | None = None
    name: str = ""


SEPARATOR = Command("-")


class Menus(QObject):
    """Builds the menu bar from tables of commands."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.bar = QMenuBar()
        self.bar.setAccessibleName(self.tr("Menus"))
        self.actions: dict[str, QAction] = {}
        self.listed: list[tuple[str, str]] = []

    def add_menu(self, title: str, commands: list[Command]) -> None:
        """One menu of the bar."""
        menu = self.bar.addMenu(title)
        for command in commands:
            if command is SEPARATOR:
                menu.addSeparator()
                continue
            action = QAction(command.text, self._window)
            action.setShortcuts([QKeySequence(keys) for keys in command.keys])
            action.setAutoRepeat(command.name.startswith("step"))
            action.setMenuRole(QAction.MenuRole.NoRole)
            if command.then is not None:
                action.triggered.connect(command.then)
            menu.addAction(action)
            # The window owns them too: a shortcut must work while the bar is folded away.
            self._window.addAction(action)
            if command.name:
                self.actions[command.name] = action
            if command.keys:
                self.listed.append((command.text.replace("…", ""), " / ".join(command.keys)))


def wants_key(widget: QWidget | None, event: QKeyEvent) -> bool:
    """True when a single key belongs to the focused widget rather than to the player."""
    if widget is None or event.modifiers() or not event.text():
        return False
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit | QAbstractSpinBox):
        return event.text().isprintable()
    if isinstance(own := widget.property("own_keys"), str):
        return event.text() in own
    if isinstance(widget, QComboBox):
        return True
    return event.text() == " " and isinstance(widget, QAbstractButton | FrameWell)
