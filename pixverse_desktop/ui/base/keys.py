"""The keys in use: those that commands are declared with, and those that the user chose instead."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

_KEY, _MODIFIER = Qt.Key, Qt.KeyboardModifier
MODIFIER_KEYS = frozenset(
    (_KEY.Key_Control, _KEY.Key_Shift, _KEY.Key_Alt, _KEY.Key_Meta, _KEY.Key_AltGr,
     _KEY.Key_Super_L, _KEY.Key_Super_R, _KEY.Key_CapsLock, _KEY.Key_NumLock)
)  # fmt: skip
_COMMANDING = _MODIFIER.ControlModifier | _MODIFIER.AltModifier | _MODIFIER.MetaModifier


class KeysInUse(QObject):
    """What the user changed, by the ids of commands; ``changed`` when that is something else."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._own: dict[str, tuple[str, ...]] = {}
        self._read: dict[tuple[str, ...], list[QKeySequence]] = {}

    @property
    def own(self) -> Mapping[str, tuple[str, ...]]:
        """The keys that the user chose, portably written; none at all where they were taken."""
        return self._own

    def set_own(self, own: Mapping[str, tuple[str, ...]]) -> None:
        """Use these instead of the declared ones."""
        if own != self._own:
            self._own = dict(own)
            self.changed.emit()

    def keys_of(self, command_id: str, usual: tuple[str, ...]) -> tuple[str, ...]:
        """The keys of a command that is declared with ``usual``, portably written."""
        return self._own.get(command_id, usual)

    def sequences(self, keys: tuple[str, ...]) -> list[QKeySequence]:
        """Keys as Qt knows them."""
        if keys not in self._read:
            self._read[keys] = [QKeySequence(key) for key in keys]
        return self._read[keys]

    def shown(self, keys: tuple[str, ...]) -> list[str]:
        """Keys as this system writes them, the two Enter keys as one."""
        return list(dict.fromkeys(map(shown_sequence, self.sequences(keys))))


_in_use = KeysInUse()


def keys_in_use() -> KeysInUse:
    """Those of this program."""
    return _in_use


def pressed_sequence(event: QKeyEvent) -> QKeySequence:
    """What is pressed, as a command would be declared with it.

    The keypad's keys are like the others, and a sign that takes Shift is the sign: "?".
    """
    modifiers = event.modifiers() & ~_MODIFIER.KeypadModifier
    key = Qt.Key(event.key())
    if key == _KEY.Key_Backtab:
        key = _KEY.Key_Tab
    sign = chr(key) if _KEY.Key_Space < key < _KEY.Key_Escape else ""
    if sign and not sign.isalpha():
        modifiers &= ~_MODIFIER.ShiftModifier
    return QKeySequence(QKeyCombination(modifiers, key))


def is_bare(sequence: QKeySequence) -> bool:
    """True for a key that one could also type or move about with: without Ctrl, Alt or Meta."""
    pressed = first_of(sequence)
    typed = pressed.key() < _KEY.Key_F1 or pressed.key() > _KEY.Key_F35
    return typed and not pressed.keyboardModifiers() & _COMMANDING


def shown_sequence(sequence: QKeySequence) -> str:
    """A key as this system writes it; the two Enter keys have one name."""
    pressed = first_of(sequence)
    if pressed.key() == _KEY.Key_Return:
        sequence = QKeySequence(QKeyCombination(pressed.keyboardModifiers(), _KEY.Key_Enter))
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)


def first_of(sequence: QKeySequence) -> QKeyCombination:
    """What is pressed for it; the program has no keys that are pressed one after another."""
    return sequence[0]  # type: ignore[index,no-any-return]
