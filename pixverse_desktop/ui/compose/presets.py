"""Presets of the form: a button with those there are, and the ways to use them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QPushButton

from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import set_style

if TYPE_CHECKING:
    from pixverse_desktop.core.model.preset import Preset


class PresetButton(QPushButton):
    """Asks for a preset to be put into the form; the settings hold them."""

    chosen = Signal(object)  # Preset
    change_requested = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self.setText(self.tr("Presets"))
        self.setToolTip(self.tr("Settings kept under a name"))
        self.setAccessibleName(self.tr("Presets"))
        set_style(self, kind="link")
        self.clicked.connect(self.on_clicked)

    def presets(self) -> list[Preset]:
        """Those that can be used, in the user's order."""
        from pixverse_desktop.core.model.preset import presets_in  # the start is without

        return presets_in(self._context.commands.settings.presets)

    def use(self, preset: Preset) -> None:
        """Put it into the form, and remember it as the last one."""
        settings = self._context.commands.settings
        others = [name for name in settings.presets_used if name != preset.name]
        used = (preset.name, *others[:1])
        self._context.commands.apply_settings(replace(settings, presets_used=used))
        self.chosen.emit(preset)

    def use_other(self) -> None:
        """The one that was used before the last: to and fro between two, by one key."""
        presets = {preset.name: preset for preset in self.presets()}
        used = [name for name in self._context.commands.settings.presets_used if name in presets]
        never = [name for name in presets if name not in used]
        order = [*used[1:], *never, *used[:1]]
        if order:
            self.use(presets[order[0]])
        else:
            self.change_requested.emit()

    @Slot()
    def on_clicked(self) -> None:
        """The menu under the button."""
        self.open_menu().popup(self.mapToGlobal(QPoint(0, self.height())))

    def open_menu(self) -> QMenu:
        """What is offered now."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for preset in self.presets():
            action = menu.addAction(preset.name.replace("&", "&&"))
            action.triggered.connect(partial(self.use, preset))
        if not menu.isEmpty():
            menu.addSeparator()
        menu.addAction(self.tr("Save or change presets…")).triggered.connect(self.change_requested)
        return menu
