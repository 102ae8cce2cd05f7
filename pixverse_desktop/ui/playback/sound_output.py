"""Which device clips are heard on, and whether there is sound at all; every player asks here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from shiboken6 import isValid

from pixverse_desktop.ui.playback.sound_link import SoundLink

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice

_chosen = [""]  # the id of a device; "": the system's default
_shared: list[SoundOutput] = []


def choose(device_id: str) -> None:
    """Be heard on that device, "" for the system's default, from now on."""
    if device_id != _chosen[0]:
        _chosen[0] = device_id
        if _shared and isValid(_shared[0]):
            _shared[0].changed.emit()


def sound_output() -> SoundOutput:
    """The one of this process, made when it is asked for first: that loads QtMultimedia."""
    if not _shared or not isValid(_shared[0]):
        _shared[:] = [SoundOutput(QCoreApplication.instance())]
    return _shared[0]


class SoundOutput(QObject):
    """A device that is gone gives way to the default one, and is used again when it is back."""

    changed = Signal()  # the device, the devices, or whether there is sound

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        from PySide6.QtMultimedia import QMediaDevices

        self._devices = QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(self.changed)
        self.is_lost = False  # the sound server ended; players do without until it is back
        self._link = SoundLink(self)
        self._link.restored.connect(self.on_link_restored)

    @property
    def is_chosen(self) -> bool:
        """Whether the user chose a device."""
        return bool(_chosen[0])

    def device(self) -> QAudioDevice:
        """Where clips are heard now; a null one where the system has none."""
        found = {_id_of(device): device for device in self._devices.audioOutputs()}
        return found.get(_chosen[0], self._devices.defaultAudioOutput())

    def names(self) -> dict[str, str]:
        """What there is, by id."""
        return {_id_of(device): device.description() for device in self._devices.audioOutputs()}

    def prepare(self) -> None:
        """Before the first sound."""
        if sys.platform == "linux":
            self._link.make(self.device())

    def lose(self) -> None:
        """A clip with sound does not move on: its sound server may be gone."""
        if sys.platform == "linux" and not self.is_lost:
            self.is_lost = True
            self.changed.emit()
            self._link.restore()

    @Slot()
    def on_link_restored(self) -> None:
        self.is_lost = False
        self.changed.emit()


def _id_of(device: QAudioDevice) -> str:
    return bytes(device.id().data()).decode("utf-8", "replace")
