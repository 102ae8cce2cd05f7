"""The seed: drawn anew for every clip, or kept. It never changes by itself."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from pixverse_desktop.core.model.rules import IntRange
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.inputs import TextField

_MOST_CHARACTERS = 24  # longer than any number, so that nothing typed or pasted is cut into one


class SeedField(QWidget):
    """Empty means random. The dice draws and keeps a seed; the lock keeps the last clip's."""

    value_changed = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._last: int | None = None
        self._rule = IntRange(0, 1)
        self.edit = TextField()
        self.edit.setPlaceholderText(self.tr("Random"))
        self.edit.setAccessibleName(name)
        self.edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.edit.setMinimumWidth(72)
        self.edit.setMaxLength(_MOST_CHARACTERS)
        self.edit.textChanged.connect(self.on_edit_text_changed)
        self.dice_button = IconButton("dice", self.tr("Draw a new seed"), size=32, kind="boxed")
        self.dice_button.clicked.connect(self.on_dice_button_clicked)
        self.lock_button = IconButton("unlock", self.tr("Keep the seed"), size=32, kind="boxed")
        self.lock_button.setCheckable(True)
        self.lock_button.clicked.connect(self.on_lock_button_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.edit, 1)
        row.addWidget(self.dice_button)
        row.addWidget(self.lock_button)
        self.on_edit_text_changed("")

    def focus_stops(self) -> list[QWidget]:
        """What Tab stops at."""
        return [self.edit, self.dice_button, self.lock_button]

    def set_rule(self, rule: IntRange) -> None:
        """Name the range; a number outside of it is told apart when it is sent."""
        self._rule = rule
        self.edit.setToolTip(
            self.tr("A number from {low} to {high}, or empty for a random one.").format(
                low=rule.minimum, high=rule.maximum
            )
        )

    def value(self) -> int | None:
        """The seed to use, None for a random one, -1 for what is no whole number."""
        text = self.edit.text().strip()
        if not text:
            return None
        return int(text) if text.isascii() and text.isdigit() else -1

    def set_value(self, value: object) -> None:
        """Keep this seed, or go back to random for None and for what is no seed."""
        self.edit.setText(str(value) if isinstance(value, int) and value >= 0 else "")

    @Slot()
    def set_random(self) -> None:
        """Every clip gets a seed of its own again."""
        self.set_value(None)

    def remember(self, seed: int) -> None:
        """The seed of the clip just asked for, for the lock to keep; shows nothing by itself."""
        self._last = seed

    def set_invalid(self, invalid: bool) -> None:
        """Mark the field."""
        set_style(self.edit, invalid=invalid)

    @Slot(str)
    def on_edit_text_changed(self, text: str) -> None:
        kept = bool(text)
        self.lock_button.setChecked(kept)
        self.lock_button.set_icon("lock" if kept else "unlock", "text" if kept else "muted")
        self.lock_button.setToolTip(
            self.tr("Every clip uses this seed. Click for a random one each time.")
            if kept
            else self.tr("Each clip gets a seed of its own. Click to keep the last clip's.")
        )
        seed = self.value()
        if seed is not None and seed >= 0:
            self._last = seed
        self.value_changed.emit(seed)

    @Slot()
    def on_dice_button_clicked(self) -> None:
        self.set_value(self._rule.draw())

    @Slot()
    def on_lock_button_clicked(self) -> None:
        if self.edit.text():
            self.set_value(None)
        else:
            self.set_value(self._rule.draw() if self._last is None else self._last)
