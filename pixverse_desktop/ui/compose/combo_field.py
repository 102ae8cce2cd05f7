"""A choice of many words."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QIcon

from pixverse_desktop.core.model.rules import Choice
from pixverse_desktop.ui.jobs.value_labels import label_for
from pixverse_desktop.ui.widgets.inputs import QuietCombo


class ComboField(QuietCombo):
    """One that need not be made begins with the service's own."""

    value_changed = Signal(object)
    default: str | None = None  # of the rule

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.currentIndexChanged.connect(self.on_current_index_changed)

    def set_rule(self, rule: Choice) -> None:
        """Offer what the model offers; the choice falls back to the default when it is gone."""
        before, self.default = self.value(), rule.default
        values = rule.values if rule.default is not None else (None, *rule.values)
        own = self.tr("Default")
        self.offer({v: (QIcon(), own if v is None else label_for(v)) for v in values})
        self.set_value(before if before in values else rule.default)

    def value(self) -> str | None:
        """The chosen value, None for the service's own."""
        value: str | None = self.currentData()
        return value

    def set_value(self, value: str | None) -> None:
        """Choose a value; one that is not offered changes nothing."""
        index = self.findData(value)
        if index >= 0:
            self.setCurrentIndex(index)

    @Slot(int)
    def on_current_index_changed(self, index: int) -> None:
        if index >= 0:
            self.value_changed.emit(self.value())
