"""Which keys the sheet hears: its own, those on clips, and the player's in its place."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from pixverse_desktop.ui.base.command import Command, Scope
from pixverse_desktop.ui.base.commands import command, command_pressed

SCOPES = (Scope.SHEET, Scope.CLIPS, Scope.LISTS, Scope.PLAYER)
_VERDICTS = frozenset({"pick", "reject", "clear", "stars"})
# The keys 1 to 5 of the row of digits, whatever signs are on them: together with Shift such a key
# is another sign. Scan codes of Linux and Windows; macOS tells another number.
_DIGIT_ROW = {"linux": range(10, 15), "win32": range(2, 7), "darwin": (18, 19, 20, 21, 23)}


def heard(event: QKeyEvent) -> tuple[Command, bool] | None:
    """The command that a key stands for, and whether the ring stays where it is."""
    pressed = command_pressed(event, *SCOPES)
    if pressed is not None:
        return pressed, False
    shift = Qt.KeyboardModifier.ShiftModifier
    if not event.modifiers() & shift:
        return None
    bare = QKeyEvent(event.type(), event.key(), event.modifiers() & ~shift)
    verdict = command_pressed(bare, Scope.SHEET) or _stars(event)
    is_one = verdict is not None and verdict.id.split()[1] in _VERDICTS
    return (verdict, True) if verdict is not None and is_one else None


def _stars(event: QKeyEvent) -> Command | None:
    mac = sys.platform == "darwin"
    code = event.nativeVirtualKey() if mac else event.nativeScanCode()
    row = tuple(_DIGIT_ROW.get(sys.platform, ()))
    return command(f"sheet stars {row.index(code) + 1}") if code in row else None
