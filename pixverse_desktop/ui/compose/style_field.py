"""The style of the clip, each with a picture of the same scene in it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QStyleOptionComboBox

from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.paths import resources
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.ui.compose.combo_field import ComboField

_SMALL, _LARGE = QSize(36, 20), QSize(80, 45)  # in the closed field, and in the open list


class StyleField(ComboField):
    """The pictures are read when they are seen first; a style of no picture of ours has none."""

    def __init__(self, name: str, workers: Workers) -> None:
        super().__init__(name)
        self._workers = workers
        self._asked = False
        self.setIconSize(_SMALL)
        self.view().setIconSize(_LARGE)

    @Slot(int)
    def on_current_index_changed(self, index: int) -> None:
        if self.value() != self.default:
            self._ask()
        super().on_current_index_changed(index)

    def showPopup(self) -> None:
        self._ask()
        super().showPopup()

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        if self.value() == self.default:
            option.currentIcon = QIcon()  # no style at all needs none

    def show_pictures(self, pictures: dict[str, QImage]) -> None:
        """Put them beside the names; what has none is as far to the right."""
        blank = QPixmap(_LARGE)
        blank.fill(Qt.GlobalColor.transparent)
        for place in range(self.count()):
            found = pictures.get(self.itemData(place))
            pixmap = blank if found is None else QPixmap.fromImage(found)
            self.setItemIcon(place, QIcon(pixmap))

    def _ask(self) -> None:
        if self._asked:
            return
        self._asked = True
        self.show_pictures({})
        self._workers.call(Lane.DECODE, _read, resources() / "styles", then=self.show_pictures)


def _read(folder: Path) -> dict[str, QImage]:
    """BLOCKING. Pictures by the value of their style."""
    return {path.stem: QImage(str(path)) for path in folder.glob("*.jpg")}
