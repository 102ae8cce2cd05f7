"""One parameter in the form: its label, its value, its reset button and its error."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from pixverse_desktop.ui.compose.prompt_edit import PromptEdit
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.segmented import Segmented
from pixverse_desktop.ui.widgets.toggle import Toggle

_RESET_ROOM = 26
_ANY_WIDTH = 16777215  # Qt's QWIDGETSIZE_MAX


class FormRow(QWidget):
    """Stands in one line where there is room, else the label above the value."""

    reset_requested = Signal(str)
    value_changed = Signal(str)

    def __init__(self, name: str, label: str, tip: str, field: QWidget) -> None:
        super().__init__()
        stacks = not isinstance(field, Toggle)
        self.name = name
        self.field = field
        self._stacks = stacks
        self._arranged: tuple[int, bool] | None = None
        self._in_vain = False
        self.label = plain_label("", "muted")
        self.reset_button = IconButton("reset", "", size=24, glyph=12)
        self.set_words(label, tip)
        field.value_changed.connect(self.on_field_value_changed)  # type: ignore[attr-defined]
        if isinstance(field, PromptEdit):
            field.noticed.connect(self.on_field_noticed)
        policy = self.reset_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(policy)
        self.reset_button.clicked.connect(self.on_reset_button_clicked)
        self.reset_button.hide()
        self.error = SentenceLabel("error")
        self.hint = SentenceLabel("secondary")
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(2)
        head.addWidget(self.label)
        head.addWidget(self.reset_button)
        head.addStretch(1)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._line.setSpacing(8)
        self._line.addWidget(self._head)
        self._line.addWidget(field, 1 if stacks else 0)
        if not stacks:
            self._line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._line)
        column.addWidget(self.hint)
        column.addWidget(self.error)

    def set_words(self, label: str, tip: str) -> None:
        """What the parameter is called, and what it does."""
        self.words = label
        self.label.setText(label)
        self.label.setToolTip(tip)
        self.field.setToolTip(tip)
        self.field.setAccessibleDescription(tip)
        reset = self.tr("Reset {name} to the default").format(name=label.lower())
        self.reset_button.setToolTip(reset)
        self.reset_button.setAccessibleName(reset)

    @property
    def is_choice(self) -> bool:
        """Whether one of its values is always chosen."""
        return isinstance(self.field, Segmented | QComboBox)

    def focus_stops(self) -> list[QWidget]:
        """What Tab stops at, the reset button last."""
        inner = getattr(self.field, "focus_stops", None)
        return [*(inner() if inner else [self.field]), self.reset_button]

    def focus(self) -> None:
        """Put the focus on the value."""
        if isinstance(self.field, Segmented):
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            wrong: QWidget | None = getattr(self.field, "wrong_stop", None)
            (wrong or self.focus_stops()[0]).setFocus(Qt.FocusReason.OtherFocusReason)

    def wanted_head_width(self) -> int:
        """Pixels that the label and its reset button need beside the value."""
        return self.label.sizeHint().width() + _RESET_ROOM

    def wanted_field_width(self) -> int:
        """Pixels that the value needs at least."""
        return self.field.minimumSizeHint().width() if self._stacks else 0

    def arrange(self, head_width: int, stacked: bool) -> None:
        """Give the label ``head_width`` pixels, or the whole line above the value."""
        if self._arranged == (head_width, stacked):
            return
        self._arranged = (head_width, stacked)
        upright = stacked and self._stacks
        direction = QBoxLayout.Direction
        self._line.setDirection(direction.TopToBottom if upright else direction.LeftToRight)
        self._line.setSpacing(2 if upright else 8)
        if stacked:
            self._head.setMinimumWidth(0)
            self._head.setMaximumWidth(_ANY_WIDTH)
        else:
            self._head.setFixedWidth(head_width)
        if not self._stacks:  # a switch ends where the other values end
            for place, stretches in enumerate((stacked, False, not stacked)):
                self._line.setStretch(place, int(stretches))

    def set_differs(self, differs: bool) -> None:
        """Offer the reset while the value is not the default."""
        if not differs and self.reset_button.hasFocus():
            self.focus()
        self.reset_button.setVisible(differs)

    def set_offered(self, offered: bool, in_vain: str) -> None:
        """Hide what the model has no setting for; with the sentence ``in_vain`` it stays in sight,
        because its value asks for something, until it is reset."""
        self.setVisible(offered or bool(in_vain))
        if not offered:
            self.field.setEnabled(False)
        if in_vain or self._in_vain:
            self.error.show_message(in_vain)
        self._in_vain = bool(in_vain)

    @Slot()
    def on_field_value_changed(self) -> None:
        self.value_changed.emit(self.name)

    @Slot(str)
    def on_field_noticed(self, sentence: str) -> None:
        self.error.show_message(sentence, "note")

    @Slot()
    def on_reset_button_clicked(self) -> None:
        self.reset_requested.emit(self.name)
