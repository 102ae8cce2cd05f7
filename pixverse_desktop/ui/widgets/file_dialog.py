"""The system's dialog for files, opened where one was last for that purpose, else where such files
usually are; never in the folder the program happened to be started from."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QFileInfo, QStandardPaths, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from pixverse_desktop.core.model.frame import PICTURE_SUFFIXES

Place = QStandardPaths.StandardLocation


class FileDialog(QFileDialog):
    """Deleted when it is closed; ``open`` it and wait for ``fileSelected`` and ``finished``."""

    _last: ClassVar[dict[tuple[Place, QFileDialog.AcceptMode], str]] = {}

    def __init__(self, parent: QWidget, title: str, place: Place, *, saves: bool = False) -> None:
        super().__init__(parent, title)
        mode = QFileDialog.AcceptMode
        self._purpose = place, mode.AcceptSave if saves else mode.AcceptOpen
        self.setAcceptMode(self._purpose[1])
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        usual = (QStandardPaths.writableLocation(p) for p in (place, Place.HomeLocation))
        there = next(filter(QFileInfo.exists, (self._last.get(self._purpose, ""), *usual)), "")
        self.setDirectory(there)
        self.fileSelected.connect(self.on_file_selected)

    def choose_folder(self) -> None:
        """Ask for a folder instead."""
        self.setFileMode(QFileDialog.FileMode.Directory)
        self.setOption(QFileDialog.Option.ShowDirsOnly)

    def choose_picture(self, *, several: bool = False) -> None:
        """Ask for a picture that is there, or for some."""
        mode = QFileDialog.FileMode
        self.setFileMode(mode.ExistingFiles if several else mode.ExistingFile)
        names = " ".join(f"*{suffix}" for suffix in PICTURE_SUFFIXES)
        self.setNameFilter(self.tr("Pictures") + f" ({names})")

    @Slot(str)
    def on_file_selected(self, _path: str) -> None:
        self._last[self._purpose] = self.directory().path()
