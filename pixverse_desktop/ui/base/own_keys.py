"""Keys that the user gives to commands: which may be used, and what takes them already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from pixverse_desktop.ui.base.command import Command, Menu
from pixverse_desktop.ui.base.keys import (
    MODIFIER_KEYS,
    first_of,
    is_bare,
    keys_in_use,
    shown_sequence,
)
from pixverse_desktop.ui.base.messages import translate

_KEY = Qt.Key
_ENTER = (_KEY.Key_Return, _KEY.Key_Enter)
_MOVING = frozenset(
    (_KEY.Key_Escape, _KEY.Key_Tab, _KEY.Key_Backtab, _KEY.Key_Up, _KEY.Key_Down, _KEY.Key_Left,
     _KEY.Key_Right, _KEY.Key_PageUp, _KEY.Key_PageDown, _KEY.Key_Home, _KEY.Key_End)
)  # fmt: skip


def keys_for(pressed: QKeySequence) -> tuple[str, ...]:
    """What a command is given for a key, portably written: either Enter key means both."""
    first = first_of(pressed)
    if first.key() not in _ENTER:
        return (pressed.toString(),)
    both = (QKeyCombination(first.keyboardModifiers(), key) for key in _ENTER)
    return tuple(QKeySequence(one).toString() for one in both)


def refusal(command: Command, pressed: QKeySequence) -> str:
    """Why a command cannot have that key, "" when it can."""
    if first_of(pressed).key() in _MOVING and is_bare(pressed):
        text = translate("Keys", "{key} moves about or closes, so no command can have it.")
    elif any(pressed == QKeySequence.mnemonic(menu.title) for menu in Menu):
        text = translate("Keys", "{key} opens a menu, so no command can have it.")
    elif command.costs and is_bare(pressed):
        text = translate("Keys", "This costs credits: its key needs Ctrl or Alt, or is F1 to F12.")
    else:
        return ""
    return text.format(key=shown_sequence(pressed))


def taken_by(command: Command, keys: Iterable[str], commands: Iterable[Command]) -> list[Command]:
    """The other commands that have one of these keys where ``command`` would hear it."""
    wanted = set(map(_portable, keys))
    return [
        other
        for other in commands
        if other.id != command.id
        and command.meets(other)
        and not wanted.isdisjoint(map(_portable, other.keys_now))
    ]


def given(
    command: Command, keys: Sequence[str], commands: Iterable[Command]
) -> dict[str, tuple[str, ...]]:
    """What is the user's own once a command has these keys, and no other one any of them."""
    own = dict(keys_in_use().own)
    wanted = set(map(_portable, keys))
    for other in taken_by(command, keys, commands):
        own[other.id] = tuple(key for key in other.keys_now if _portable(key) not in wanted)
    own[command.id] = tuple(keys)
    if own[command.id] == command.keys:
        del own[command.id]
    return own


def usable(
    stored: Mapping[str, Sequence[str]], commands: Sequence[Command]
) -> dict[str, tuple[str, ...]]:
    """Of the keys that are stored, those that can be used and mean one thing in one place."""
    own: dict[str, tuple[str, ...]] = {}
    for command in commands:
        keys = [_readable(key) for key in stored.get(command.id, ())]
        if command.id in stored and all(key and not refusal(command, key) for key in keys):
            own[command.id] = tuple(dict.fromkeys(key.toString() for key in keys if key))
    while (wrong := _clashing(own, commands)) is not None:
        del own[wrong]
    return own


def _clashing(own: Mapping[str, tuple[str, ...]], commands: Iterable[Command]) -> str | None:
    """A command whose own key is another one's too; None when there is none."""
    takers: dict[str, list[Command]] = {}
    for command in commands:
        for key in map(_portable, own.get(command.id, command.keys)):
            for other in filter(command.meets, takers.get(key, ())):
                for one in (command, other):
                    if one.id in own:
                        return one.id
            takers.setdefault(key, []).append(command)
    return None


def _readable(text: str) -> QKeySequence | None:
    """A key as it was stored; None when it is none, or several one after another."""
    sequence = QKeySequence(text)
    if sequence.count() != 1 or not sequence.toString():
        return None
    key = first_of(sequence).key()
    return None if key in MODIFIER_KEYS or key == _KEY.Key_unknown else sequence


def _portable(key: str) -> str:
    return QKeySequence(key).toString()
