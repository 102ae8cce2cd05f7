"""How the program behaves on this computer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot

from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.dialogs.pages import Page
from pixverse_desktop.ui.widgets.toggle import Toggle


class SystemPage(Page):
    """Whether it may sleep."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, translate("Settings", "System"))
        awake = self.tr("Keep the computer awake while clips are made")
        self.awake = Toggle(awake)
        self.awake.toggled.connect(self.on_awake_toggled)
        self.add_switch(self.awake, awake)
        self.end()

    def show_settings(self, settings: Settings) -> None:
        self.awake.setChecked(settings.keep_awake)

    @Slot(bool)
    def on_awake_toggled(self, checked: bool) -> None:
        self.apply(replace(self.settings(), keep_awake=checked))
