"""Another key for one command: it is pressed, and where another command has it that is asked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from pixverse_desktop.ui.base.command import Command
from pixverse_desktop.ui.base.keys import MODIFIER_KEYS, keys_in_use, pressed_sequence
from pixverse_desktop.ui.base.own_keys import keys_for, refusal, taken_by
from pixverse_desktop.ui.base.theme import color, set_style
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.key_caps import caps_width, paint_caps
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label

_DEAD = range(Qt.Key.Key_Dead_Grave.value, Qt.Key.Key_Dead_Longsolidusoverlay.value + 1)
_NOT_TAKEN = (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class KeyDialog(Dialog):
    """``chosen`` tells the keys that the command is to have; none of them is another one's, or the
    user gives them to this one."""

    chosen = Signal(object)  # tuple of portable texts

    def __init__(self, parent: QWidget, command: Command, commands: Sequence[Command]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle(self.tr("Change the key"))
        self.setMinimumWidth(460)
        self._command, self._commands = command, commands
        self._asked: tuple[str, ...] = ()  # keys that are another command's
        self.field = PressField(self.tr("Press the new key"), command.shown_keys())
        self.field.pressed.connect(self.on_field_pressed)
        self.said = SentenceLabel("note")
        self.give_button = self._button(self.tr("Give it"), self.on_give_button_clicked)
        set_style(self.give_button, kind="primary")
        self.give_button.hide()
        self.none_button = self._button(self.tr("No key"), self.on_none_button_clicked)
        self.none_button.setVisible(bool(command.keys_now))
        self.usual_button = self._button(self.tr("The usual key"), self.on_usual_button_clicked)
        self.usual_button.setVisible(command.id in keys_in_use().own)
        self.cancel_button = self._button(self.tr("Cancel"), self.reject)
        line = QHBoxLayout()
        for button in (self.none_button, self.usual_button):
            line.addWidget(button)
        line.addStretch(1)
        for button in (self.cancel_button, self.give_button):
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(command.name, "title", wrap=True))
        column.addWidget(self.field)
        column.addWidget(self.said)
        column.addSpacing(4)
        column.addLayout(line)
        self.field.setFocus()

    @Slot(QKeySequence)
    def on_field_pressed(self, pressed: QKeySequence) -> None:
        self._propose(keys_for(pressed), refusal(self._command, pressed))

    @Slot()
    def on_usual_button_clicked(self) -> None:
        self._propose(self._command.keys, "")

    @Slot()
    def on_none_button_clicked(self) -> None:
        self._choose(())

    @Slot()
    def on_give_button_clicked(self) -> None:
        self._choose(self._asked)

    def _propose(self, keys: tuple[str, ...], refused: str) -> None:
        """Take the keys, or say why not, or ask."""
        self.field.set_keys(keys_in_use().shown(keys))
        others = [] if refused else taken_by(self._command, keys, self._commands)
        if not refused and not others:
            self._choose(keys)
            return
        self._asked = keys if others else ()
        name = self._command.name
        text = self.tr("{key} is used by “{others}”. Give it to “{command}”?").format(
            key=", ".join(self.field.keys()),
            others=", ".join(other.name for other in others),
            command=name,
        )
        sentence = refused or text
        self.said.show_message(sentence)
        self.field.setAccessibleDescription(sentence)
        self.give_button.setVisible(bool(others))

    def _choose(self, keys: tuple[str, ...]) -> None:
        self.accept()
        self.chosen.emit(keys)

    def _button(self, text: str, slot: object) -> QPushButton:
        # None is the default: a key that is held down must not press it.
        button = QPushButton(text, autoDefault=False)
        button.setAccessibleName(text)
        button.clicked.connect(slot)
        return button


class PressField(QWidget):
    """Takes every key but Esc and Tab, which leave it."""

    pressed = Signal(QKeySequence)

    def __init__(self, hint: str, keys: list[str]) -> None:
        super().__init__()
        self._hint = hint
        self._keys = keys
        self.setAccessibleName(hint)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def keys(self) -> list[str]:
        """What is shown."""
        return self._keys

    def set_keys(self, keys: list[str]) -> None:
        """Show other keys."""
        self._keys = keys
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, self.fontMetrics().height() * 2 + 40)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # here a key is only looked at
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _NOT_TAKEN:
                return super().event(event)
            if not event.isAutoRepeat() and _is_key(event):
                self.pressed.emit(pressed_sequence(event))
            return True
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint.well(painter, self.rect(), "raised", 8)
            paint.outline(painter, self.rect(), "accent" if self.hasFocus() else "line", 8, 1)
            line = self.fontMetrics().height()
            upper = self.rect().adjusted(0, 12, 0, 0)
            upper.setHeight(line)
            painter.setPen(color("muted"))
            painter.drawText(upper, paint.ALIGN_CENTER, self._hint)
            lower = self.rect().adjusted(0, 12 + line, 0, -6)
            wide = caps_width(self.font(), self._keys)
            lower.setLeft((self.width() - wide) // 2)
            paint_caps(painter, lower, self.font(), self._keys, "text")


def _is_key(event: QKeyEvent) -> bool:
    """Whether it is one that can be written down: no modifier alone, none that waits for the next
    letter, none that nobody knows."""
    key = event.key()
    if key in MODIFIER_KEYS or key in _DEAD or key in (0, Qt.Key.Key_unknown):
        return False
    pressed = pressed_sequence(event)
    return QKeySequence(pressed.toString()) == pressed
