"""All keys of the window, read from the list of its commands so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import assert_never

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.text import fold
from pixverse_desktop.ui.base.command import Command, Menu, Scope
from pixverse_desktop.ui.base.keys import keys_in_use
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.base.own_keys import given, taken_by
from pixverse_desktop.ui.commands.key_dialog import KeyDialog
from pixverse_desktop.ui.widgets.columns import Columns
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.key_caps import KeyButton
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.question import Question
from pixverse_desktop.ui.widgets.scroll_area import ScrollArea

_USUAL = QSize(1220, 780)


class ShortcutsDialog(Dialog):
    """What there is in groups, and the keys; a click on keys changes them.

    ``chosen`` tells what is the user's own from then on, by the ids of commands.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget, commands: Sequence[Command]) -> None:
        super().__init__(parent)
        self._commands = commands
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.search = TextField()
        self.search.setPlaceholderText(self.tr("Find a command or a key"))
        self.search.setAccessibleName(self.tr("Find a command or a key"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.on_search_text_changed)
        self.groups = [KeyGroup(title, listed) for title, listed in _grouped(commands)]
        self.columns = Columns(self.groups)
        self.nothing = plain_label(self.tr("No command is called so."), "muted")
        self.nothing.hide()
        for row in self.rows():
            row.keys.clicked.connect(partial(self.on_row_clicked, row.command))
            row.reset.clicked.connect(partial(self.on_row_reset, row.command))
        self.reset_button = QPushButton(self.tr("Reset all…"), autoDefault=False)
        self.reset_button.setAccessibleName(self.tr("Give every command its usual key"))
        self.reset_button.clicked.connect(self.on_reset_button_clicked)
        self.close_button = QPushButton(self.tr("Close"), autoDefault=False)
        self.close_button.setAccessibleName(self.tr("Close"))
        self.close_button.clicked.connect(self.accept)
        self._build_layout()
        keys_in_use().changed.connect(self.on_keys_changed)
        self.on_keys_changed()
        room = parent.window().size() * 0.94
        self.resize(_USUAL.boundedTo(room).expandedTo(QSize(420, 320)))
        self.search.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.search.clear()
        self.search.setFocus()

    def rows(self) -> list[KeyRow]:
        """One for each command."""
        return [row for group in self.groups for row in group.rows]

    def ask(self, command: Command) -> KeyDialog:
        """Have another key pressed for a command."""
        dialog = KeyDialog(self, command, self._commands)
        dialog.chosen.connect(partial(self.give, command))
        dialog.open()
        return dialog

    def give(self, command: Command, keys: tuple[str, ...]) -> None:
        """Let a command have these keys, and no other one where both are heard."""
        self.chosen.emit(given(command, keys, self._commands))

    def reset(self, command: Command) -> None:
        """Let a command have its usual keys again; asks when another one has got them."""
        next(row for row in self.rows() if row.command is command).keys.setFocus()
        if taken_by(command, command.keys, self._commands):
            self.ask(command).on_usual_button_clicked()
        else:
            self.give(command, command.keys)

    def on_row_clicked(self, command: Command, _checked: bool = False) -> None:
        """See ``ask``."""
        self.ask(command)

    def on_row_reset(self, command: Command, _checked: bool = False) -> None:
        """See ``reset``."""
        self.reset(command)

    @Slot()
    def on_reset_button_clicked(self) -> None:
        question = Question(
            self,
            self.tr("Reset all keys"),
            [self.tr("Every command gets its usual key, and those you chose are forgotten.")],
            {"keep": self.tr("Keep them"), "reset": self.tr("Reset all")},
            "keep",
        )
        question.chosen.connect(self.on_question_chosen)
        question.open()

    @Slot(str)
    def on_question_chosen(self, answer: str) -> None:
        if answer == "reset":
            self.chosen.emit({})

    @Slot()
    def on_keys_changed(self) -> None:
        for row in self.rows():
            row.renew()
        self.reset_button.setEnabled(bool(keys_in_use().own))
        self.on_search_text_changed(self.search.text())

    @Slot(str)
    def on_search_text_changed(self, text: str) -> None:
        words = fold(text).split()
        for group in self.groups:
            group.narrow(words)
        self.columns.arrange()
        self.nothing.setVisible(all(group.isHidden() for group in self.groups))

    def _build_layout(self) -> None:
        head = QHBoxLayout()
        head.addWidget(plain_label(self.tr("Keyboard shortcuts"), "title"))
        head.addStretch(1)
        self.search.setFixedWidth(280)
        head.addWidget(self.search)
        area = ScrollArea()
        area.setWidget(self.columns)
        area.setAccessibleName(self.tr("List of keys"))
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.reset_button)
        note = self.tr("Click on a key to change it. Single keys are off while you type.")
        foot.addWidget(plain_label(note, "secondary", wrap=True), 1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 16, 16)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self.nothing)
        column.addWidget(area, 1)
        column.addLayout(foot)
        buttons = (button for row in self.rows() for button in (row.reset, row.keys))
        stops = (self.search, *buttons, self.reset_button, self.close_button)
        for one, following in pairwise(stops):
            self.setTabOrder(one, following)


class KeyGroup(QWidget):
    """Commands that belong together, under their name."""

    def __init__(self, title: str, commands: Iterable[Command]) -> None:
        super().__init__()
        self.rows = [KeyRow(command) for command in commands]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 20)
        column.setSpacing(2)
        head = plain_label(title, "head")
        head.setContentsMargins(0, 0, 0, 4)
        column.addWidget(head)
        for row in self.rows:
            column.addWidget(row)

    def narrow(self, words: Sequence[str]) -> None:
        """Show only what holds all of these."""
        for row in self.rows:
            row.setVisible(row.holds(words))
        self.setVisible(any(not row.isHidden() for row in self.rows))


class KeyRow(QWidget):
    """What a command does, and its keys."""

    def __init__(self, command: Command) -> None:
        super().__init__()
        self.command = command
        self.keys = KeyButton(self.tr("no key"))
        self.reset = IconButton("reset", self.tr("Its usual key"), size=24, glyph=14)
        self.reset.setAccessibleName(self.tr("The usual key of {name}").format(name=command.name))
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing moves when a key becomes the user's own
        self.reset.setSizePolicy(policy)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(plain_label(command.name, "muted", wrap=True), 1)
        line.addWidget(self.reset)
        line.addWidget(self.keys)

    def renew(self) -> None:
        """Show the keys in use."""
        shown = self.command.shown_keys()
        self.keys.set_keys(shown)
        self.reset.setVisible(self.command.id in keys_in_use().own)
        text = self.tr("{name}: change the key")
        self.keys.setAccessibleName(text.format(name=self.command.name))
        self.keys.setAccessibleDescription("  ".join(shown) or self.tr("no key"))

    def holds(self, words: Sequence[str]) -> bool:
        """Whether all of these, folded, are found in its name or its keys."""
        text = fold(f"{self.command.name} {' '.join(self.command.shown_keys())}")
        return all(word in text for word in words)


def group_title(command: Command) -> str:
    """Where a command belongs: its menu, else the place where it is heard."""
    if command.menu is not None:
        return command.menu.title.replace("&", "")
    match command.scopes[0]:
        case Scope.WINDOW | Scope.PROGRAM | Scope.PLAYER:
            return translate("Keys", "Window")
        case Scope.CLIPS | Scope.LISTS | Scope.GRID:
            return translate("Keys", "Lists of clips")
        case Scope.QUEUE:
            return translate("Keys", "Queue")
        case Scope.COMPARE:
            return translate("Keys", "Comparing")
        case Scope.STORYBOARD:
            return translate("Keys", "Storyboard")
        case Scope.SHEET:
            return translate("Keys", "Sheet")
        case Scope.ROW | Scope.FRAME:
            return translate("Keys", "Form")
        case never:
            assert_never(never)


def _grouped(commands: Iterable[Command]) -> list[tuple[str, list[Command]]]:
    groups: dict[str, list[Command]] = {}
    menus = list(Menu)
    commands = sorted(commands, key=lambda c: menus.index(c.menu) if c.menu else len(menus))
    for command in commands:
        groups.setdefault(group_title(command), []).append(command)
    return list(groups.items())
