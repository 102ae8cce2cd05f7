"""Pictures beside start and end frame: one, or several where the model takes a list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.rules import Image
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.compose.drop_offer import (
    Picture,
    load_preview,
    prepare_picture,
    read_offer,
)
from pixverse_desktop.ui.widgets.flow_layout import FlowLayout
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

_SIDE = 64  # pixels of a shown picture


class PicturesField(QWidget):
    """Shows its pictures small; each can be taken away, and Ctrl+V or the button adds one."""

    value_changed = Signal(object)

    def __init__(self, name: str, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._rule = Image()
        self._frames: list[Frame] = []
        self._previews: dict[Frame, QPixmap] = {}
        self._dialog: QFileDialog | None = None
        self.setAccessibleName(name)
        self.add_button = QPushButton(self.tr("Add a picture…"))
        self.add_button.setAccessibleName(f"{name}: {self.add_button.text()}")
        self.add_button.clicked.connect(self.pick)
        self._tiles = QWidget()
        self._flow = FlowLayout(4, self._tiles)
        self._tiles.hide()
        self.error = SentenceLabel("error")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._tiles, self.add_button, self.error):
            column.addWidget(widget)

    def focus_stops(self) -> list[QWidget]:
        """What Tab stops at."""
        return [*self._tiles.findChildren(IconButton), self.add_button]

    def set_rule(self, rule: Image) -> None:
        """How many pictures there may be."""
        self._rule = rule
        self._show()

    def value(self) -> object:
        """A picture, a tuple of pictures, or None without one."""
        if not self._frames:
            return None
        return tuple(self._frames) if self._rule.several else self._frames[0]

    def set_value(self, value: object) -> None:
        """Show other pictures; their previews are loaded by a worker."""
        frames = value if isinstance(value, tuple) else (value,)
        shown = [frame for frame in frames if isinstance(frame, Frame)]
        if shown == self._frames:
            return
        self._frames = shown
        for frame in self._frames:
            if frame not in self._previews:
                self._previews[frame] = QPixmap()
                self._context.workers.call(
                    Lane.GIVEN,
                    load_preview,
                    self._context.commands,
                    frame,
                    then=partial(self._take_preview, frame),
                    otherwise=self._refuse,
                )
        self._show()
        self.value_changed.emit(self.value())

    @Slot()
    def pick(self) -> None:
        """Ask for a file, without stopping the program."""
        if self._dialog is not None:
            return
        from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place

        dialog = FileDialog(self.window(), self.add_button.accessibleName(), Place.PicturesLocation)
        dialog.choose_picture()
        dialog.fileSelected.connect(self.on_dialog_file_selected)
        dialog.finished.connect(self.on_dialog_finished)
        self._dialog = dialog
        dialog.open()

    def take(self, picture: Picture) -> None:
        """Prepare a picture on a worker and add it."""
        self.error.show_message("")
        self.add_button.setEnabled(False)
        self._context.workers.call(
            Lane.GIVEN,
            prepare_picture,
            self._context.commands,
            picture,
            then=self._take_prepared,
            otherwise=self._refuse,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.matches(QKeySequence.StandardKey.Paste):
            super().keyPressEvent(event)
            return
        offer = read_offer(QGuiApplication.clipboard().mimeData())
        self.error.show_message(offer.refusal)
        for picture in offer.pictures[:1]:
            self.take(picture)

    @Slot(str)
    def on_dialog_file_selected(self, path: str) -> None:
        if path:
            label = path.replace("\\", "/").rsplit("/", 1)[-1]
            self.take(Picture(FrameSource(path=path, label=label)))

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = None

    @Slot()
    def on_remove_button_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            del self._frames[int(sender.property("place"))]
            self._show()
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
            self.value_changed.emit(self.value())

    def _take_prepared(self, made: tuple[Frame, QImage, str]) -> None:
        frame, image, note = made
        self.error.show_message(translated(note), "note")
        self._previews[frame] = QPixmap.fromImage(image)
        self._frames = [*self._frames, frame] if self._rule.several else [frame]
        self._show()
        self.value_changed.emit(self.value())

    def _take_preview(self, frame: Frame, image: QImage) -> None:
        self._previews[frame] = QPixmap.fromImage(image)
        self._show()

    def _refuse(self, error: UserError) -> None:
        self.error.show_message(translated(error.problem.message), "error")
        self._show()

    def _show(self) -> None:
        for tile in self._tiles.findChildren(
            QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly
        ):
            self._flow.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        for place, frame in enumerate(self._frames):
            self._flow.addWidget(self._tile(place, frame))
        self._tiles.setVisible(bool(self._frames))
        full = len(self._frames) >= self._rule.most
        self.add_button.setEnabled(not full or not self._rule.several)
        self.add_button.setText(
            self.tr("Another picture…") if full and not self._rule.several
            else self.tr("Add a picture…")
        )  # fmt: skip

    def _tile(self, place: int, frame: Frame) -> QWidget:
        tile = plain_label(frame.label[:12], "secondary")
        tile.setFixedSize(_SIDE, _SIDE)
        tile.setToolTip(frame.label)
        picture = self._previews.get(frame, QPixmap())
        if not picture.isNull():
            mode = Qt.AspectRatioMode.KeepAspectRatio
            tile.setPixmap(
                picture.scaled(_SIDE, _SIDE, mode, Qt.TransformationMode.SmoothTransformation)
            )
        name = self.tr("Remove {name}").format(name=frame.label or self.tr("the picture"))
        remove = IconButton(
            "close", name, size=24, glyph=12, role="on_scrim", kind="scrim", parent=tile
        )
        remove.move(_SIDE - 26, 2)
        remove.setProperty("place", place)
        remove.clicked.connect(self.on_remove_button_clicked)
        set_style(tile, surface="raised")
        return tile
