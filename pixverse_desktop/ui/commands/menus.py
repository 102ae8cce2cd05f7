"""The menu bar and the keys of the window, made from the list of commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import attrgetter

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from pixverse_desktop.ui.base.command import Command, Menu, Scope
from pixverse_desktop.ui.base.commands import command_pressed
from pixverse_desktop.ui.base.keys import is_bare, keys_in_use, pressed_sequence
from pixverse_desktop.ui.compose.frame_well import FrameWell


class Menus(QObject):
    """Holds one action for each command of the bar and each key of the window.

    ``targets`` are what the scopes speak of; ``given`` is what is playing, for commands on clips.
    """

    def __init__(
        self,
        window: QWidget,
        commands: Iterable[Command],
        targets: Mapping[Scope, object],
        given: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._targets = targets
        self._given = given
        self.bar = QMenuBar()
        self.bar.setAccessibleName(self.tr("Menus"))
        self.actions: dict[str, QAction] = {}
        self.commands = list(commands)
        for menu in Menu:
            self._add_menu(menu)
        for command in self.commands:
            if command.menu is None and Scope.WINDOW in command.scopes:
                self._add_action(command)
        keys_in_use().changed.connect(self.on_keys_changed)

    @Slot()
    def on_keys_changed(self) -> None:
        for command in self.commands:
            if command.id in self.actions:
                self.actions[command.id].setShortcuts(command.sequences)

    def _add_menu(self, place: Menu) -> None:
        menu = self.bar.addMenu(place.title)
        listed = [command for command in self.commands if command.menu is place]
        for command in listed:
            if command.first:
                menu.addSeparator()
            menu.addAction(self._add_action(command))
        if any(command.when for command in listed):
            menu.aboutToShow.connect(partial(self._offer, listed))
            menu.aboutToHide.connect(partial(self._offer_all, menu))

    def _add_action(self, command: Command) -> QAction:
        action = self.actions[command.id] = QAction(command.title, self._window)
        action.setShortcuts(command.sequences)
        if Scope.PROGRAM in command.scopes:
            action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        action.setAutoRepeat(command.repeats)
        action.setMenuRole(QAction.MenuRole.NoRole)
        action.triggered.connect(partial(self.start, command))
        # The window owns it too: a shortcut must work while the bar is folded away.
        self._window.addAction(action)
        return action

    def title_of(self, command: Command) -> str:
        """What a command is called now."""
        action = self.actions.get(command.id)
        return command.title if action is None else action.text()

    def reaches(self, command: Command) -> bool:
        """Whether a command can be asked of the window from where the keyboard is."""
        window = (Scope.WINDOW, Scope.PROGRAM)
        scope = command.scopes[0]
        return scope in self._targets and (scope in window or self.is_in_front())

    def is_in_front(self) -> bool:
        """Whether commands are about what the window shows, and not about a dialog over it."""
        return not isinstance(QApplication.activeWindow(), QDialog)

    def reason_against(self, command: Command) -> str:
        """Why a command can do nothing now, "" when it can."""
        scope = command.scopes[0]
        target = self._targets[scope]
        if scope is Scope.CLIPS and not self._given():
            return self.tr("no clip is chosen")
        if scope is Scope.CLIPS and command.clips > 1:
            return self.tr("two clips must be chosen in the library")
        if not command.is_possible(target):
            return self.tr("no clip is on the stage")
        return str(attrgetter(command.reason)(target)()) if command.reason else ""

    def start(self, command: Command, _checked: bool = False) -> None:
        """Carry a command out."""
        scope = command.scopes[0]
        given = (self._given(),) if scope is Scope.CLIPS else ()
        command.start(self._targets[scope], *given)

    def _offer(self, commands: list[Command]) -> None:
        for command in commands:
            possible = command.is_possible(self._targets[command.scopes[0]])
            self.actions[command.id].setEnabled(possible)

    def _offer_all(self, menu: QMenu) -> None:
        """A disabled action's key would not be heard; what is impossible does nothing."""
        for action in menu.actions():
            action.setEnabled(True)


def wants_key(widget: QWidget | None, event: QKeyEvent) -> bool:
    """True when a key belongs to the focused widget rather than to a command of the window."""
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit | QAbstractSpinBox):
        return bool(event.text()) and is_bare(pressed_sequence(event))
    scopes: tuple[Scope, ...] = getattr(widget, "key_scopes", ())
    if command_pressed(event, *scopes) is not None:
        return True
    if event.modifiers() or not event.text():
        return False
    if isinstance(widget, QComboBox):
        return True
    return event.text() == " " and isinstance(widget, QAbstractButton | FrameWell)
