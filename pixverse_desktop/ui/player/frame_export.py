"""One frame of a clip as a picture of its own: a PNG file, or on the clipboard."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.ui.base.messages import translated

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog


class FrameExport(QObject):
    """Always the exact frame at the clip's full size, decoded on a worker."""

    said = Signal(str)  # what became of it, as a sentence

    def __init__(self, workers: Workers, window: QWidget) -> None:
        super().__init__(window)
        self._workers = workers
        self._window = window
        self._wanted: tuple[Path, int] | None = None
        self.dialog: QFileDialog | None = None

    def copy(self, clip: Path, index: int) -> None:
        """Put a frame, counted from 0, on the clipboard."""
        self._workers.call(
            Lane.DECODE, image_of, clip, index, then=self._copied, otherwise=self._failed
        )

    def ask(self, clip: Path, index: int) -> None:
        """Ask where to save a frame; the frame is the one shown when it was asked for."""
        if self.dialog is not None:
            self.dialog.raise_()
            return
        self._wanted = (clip, index)
        title = self.tr("Save the frame")
        from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place

        dialog = FileDialog(self._window, title, Place.PicturesLocation, saves=True)
        dialog.setNameFilter(self.tr("PNG picture") + " (*.png)")
        dialog.setDefaultSuffix("png")
        dialog.selectFile(name_of(clip, index))
        dialog.fileSelected.connect(self.on_dialog_file_selected)
        dialog.finished.connect(self.on_dialog_finished)
        self.dialog = dialog
        dialog.open()

    @Slot(str)
    def on_dialog_file_selected(self, chosen: str) -> None:
        if not chosen or self._wanted is None:
            return
        clip, index = self._wanted
        target = Path(chosen)
        self._workers.call(
            Lane.DECODE,
            save_frame,
            clip,
            index,
            target,
            then=partial(self._saved, target),
            otherwise=self._failed,
        )

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self.dialog = None

    def _copied(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self.said.emit(self.tr("The frame is on the clipboard."))

    def _saved(self, target: Path, _done: None) -> None:
        text = self.tr("The frame was saved as “{name}” in {folder}.")
        self.said.emit(text.format(name=target.name, folder=target.parent))

    def _failed(self, error: UserError) -> None:
        self.said.emit(translated(error.problem.message))


def name_of(clip: Path, index: int) -> str:
    """What a frame of a clip is called: counted from 1, as the player shows it."""
    return f"{clip.stem} frame {index + 1:04}.png"


def picture_of(clip: Path, index: int) -> bytes:
    """BLOCKING. The PNG of a frame; raises UserError with a sentence."""
    import av

    from pixverse_desktop.media.video_frames import picture_at

    try:
        return picture_at(clip, index)
    except (av.FFmpegError, ValueError, IndexError, OSError) as error:
        said = Message("still_unreadable")
        raise UserError(problem(ProblemCode.FRAME, said, detail=str(error))) from error


def image_of(clip: Path, index: int) -> QImage:
    """BLOCKING. A frame at its full size; raises UserError."""
    image: QImage = QImage.fromData(picture_of(clip, index))
    return image


def save_frame(clip: Path, index: int, target: Path) -> None:
    """BLOCKING. Write a frame as PNG, whole or not at all; raises UserError."""
    from pixverse_desktop.services.export import replacing

    if target.suffix.lower() == clip.suffix.lower():
        raise UserError(problem(ProblemCode.FRAME, Message("still_over_clip")))
    data = picture_of(clip, index)
    try:
        with replacing(target) as aside:
            aside.write_bytes(data)
    except OSError as error:
        said = Message("still_not_saved")
        raise UserError(problem(ProblemCode.FRAME, said, detail=str(error))) from error
