"""How the program behaves on this computer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot

from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.dialogs.pages import Page
from pixverse_desktop.ui.widgets.segmented import Segmented
from pixverse_desktop.ui.widgets.toggle import Toggle


class SystemPage(Page):
    """What it tells of while its window is not in front, and whether the computer may sleep."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, translate("Settings", "System"))
        self.notices = Segmented(self.tr("Notices"))
        self.notices.set_choices(
            (
                ("off", self.tr("Off")),
                ("failures", self.tr("Failures only")),
                ("all", self.tr("All")),
            )
        )
        self.notices.value_changed.connect(self.on_notices_value_changed)
        self.add(
            self.tr("Notices"),
            self.notices,
            self.tr("While this window is not in front: one for a clip, a batch or a film."),
        )
        awake = self.tr("Keep the computer awake while clips are made")
        self.awake = Toggle(awake)
        self.awake.toggled.connect(self.on_awake_toggled)
        self.add_switch(self.awake, awake)
        self.end()

    def show_settings(self, settings: Settings) -> None:
        self.notices.set_value(settings.notices)
        self.awake.setChecked(settings.keep_awake)

    @Slot(str)
    def on_notices_value_changed(self, value: str) -> None:
        self.apply(replace(self.settings(), notices=value))

    @Slot(bool)
    def on_awake_toggled(self, checked: bool) -> None:
        self.apply(replace(self.settings(), keep_awake=checked))
