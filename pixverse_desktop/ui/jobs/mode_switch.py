"""The switch between the two ways in which the library shows clips."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.widgets.segmented import Segmented


class ModeSwitch(Segmented):
    """Stands in both, and always shows the one that it stands in."""

    other_chosen = Signal()

    def __init__(self, here: str) -> None:
        """``here`` is "grid" or "sheet"."""
        super().__init__(translate("ModeSwitch", "Shown as"))
        self._here = here
        self.set_choices([
            ("grid", translate("ModeSwitch", "Grid")),
            ("sheet", translate("ModeSwitch", "Sheet")),
        ])  # fmt: skip
        self.set_value(here)
        self.value_changed.connect(self.on_value_changed)

    @Slot(str)
    def on_value_changed(self, value: str) -> None:
        if value != self._here:
            self.set_value(self._here)
            self.other_chosen.emit()
