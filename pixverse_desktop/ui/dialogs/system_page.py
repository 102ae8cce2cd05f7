"""How the program behaves on this computer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtGui import QIcon, QShowEvent

from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.dialogs.pages import Page
from pixverse_desktop.ui.playback.sound_output import sound_output
from pixverse_desktop.ui.widgets.inputs import QuietCombo
from pixverse_desktop.ui.widgets.segmented import Segmented
from pixverse_desktop.ui.widgets.toggle import Toggle


class SystemPage(Page):
    """What it tells of while its window is not in front, where clips are heard, and whether the
    computer may sleep."""

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
        self.output = QuietCombo(self.tr("Sound output"))
        self.output.currentIndexChanged.connect(self.on_output_current_index_changed)
        self._follows_devices = False
        self.add(
            self.tr("Sound output"),
            self.output,
            self.tr(
                "While the chosen device is not connected, clips are heard on the default one."
            ),
        )
        awake = self.tr("Keep the computer awake while clips are made")
        self.awake = Toggle(awake)
        self.awake.toggled.connect(self.on_awake_toggled)
        self.add_switch(self.awake, awake)
        self.end()

    def show_settings(self, settings: Settings) -> None:
        self.notices.set_value(settings.notices)
        self.awake.setChecked(settings.keep_awake)
        if self.isVisible():
            self.show_devices()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_devices()

    @Slot()
    def show_devices(self) -> None:
        """Offer what there is now; asking loads QtMultimedia, so nobody does before the page is
        looked at."""
        chosen, name = self.settings().sound_output or ("", "")
        choices = {"": self.tr("System default")}
        try:
            output = sound_output()
            choices |= output.names()
        except ImportError:
            self.output.setEnabled(False)  # nothing is played here at all
        else:
            if not self._follows_devices:
                self._follows_devices = True
                output.changed.connect(self.show_devices)
        if chosen not in choices:
            choices[chosen] = self.tr("{device} (not connected)").format(device=name)
        self.output.blockSignals(True)
        self.output.clear()
        for device, words in choices.items():
            self.output.addItem(QIcon(), words, device)
        self.output.setCurrentIndex(tuple(choices).index(chosen))
        self.output.blockSignals(False)

    @Slot(int)
    def on_output_current_index_changed(self, index: int) -> None:
        device = self.output.itemData(index)
        if device is None or device == (self.settings().sound_output or ("",))[0]:
            return
        name = sound_output().names().get(device, "")
        self.apply(replace(self.settings(), sound_output=(device, name) if device else ()))
        self.show_devices()

    @Slot(str)
    def on_notices_value_changed(self, value: str) -> None:
        self.apply(replace(self.settings(), notices=value))

    @Slot(bool)
    def on_awake_toggled(self, checked: bool) -> None:
        self.apply(replace(self.settings(), keep_awake=checked))
