"""What judging a take needs: a stretch to loop, J K L, the clip's own pixels, and its frames."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.ui.player.controls import Controls
from pixverse_desktop.ui.player.frame_export import FrameExport
from pixverse_desktop.ui.player.loop_range import LoopRange
from pixverse_desktop.ui.player.shuttle import Shuttle
from pixverse_desktop.ui.player.transport import Transport
from pixverse_desktop.ui.player.video_area import VideoArea


class ReviewTools(QObject):
    """Commands on the shown clip; without one they do nothing."""

    said = Signal(str)

    def __init__(
        self, transport: Transport, video_area: VideoArea, controls: Controls, workers: Workers
    ) -> None:
        super().__init__(video_area)
        self._transport = transport
        self._video_area = video_area
        self.shuttle = Shuttle(transport)
        self.frame_export = FrameExport(workers, video_area)
        self.frame_export.said.connect(self.said)
        controls.zoom.clicked.connect(self.toggle_actual_size)
        self._controls = controls

    @Slot()
    def set_in(self) -> None:
        """Loop from the shown frame on."""
        transport = self._transport
        transport.set_range(transport.range.with_first(transport.shown_index))

    @Slot()
    def set_out(self) -> None:
        """Loop up to the shown frame."""
        transport = self._transport
        transport.set_range(transport.range.with_last(transport.shown_index))

    @Slot()
    def clear_in(self) -> None:
        """Loop from the clip's beginning."""
        self._transport.set_range(self._transport.range.with_first(None))

    @Slot()
    def clear_out(self) -> None:
        """Loop up to the clip's end."""
        self._transport.set_range(self._transport.range.with_last(None))

    @Slot()
    def clear_range(self) -> None:
        """Play the whole clip."""
        self._transport.set_range(LoopRange())

    @Slot()
    def run_back(self) -> None:
        """Go backwards, faster each time."""
        self.shuttle.back()

    @Slot()
    def stand(self) -> None:
        """Stand still."""
        self.shuttle.stop()

    @Slot()
    def run_forward(self) -> None:
        """Go forwards, faster each time."""
        self.shuttle.forward()

    @Slot()
    def show_actual_size(self) -> None:
        """One pixel of the clip on one of the screen."""
        self._show_size(True)

    @Slot()
    def show_fitted(self) -> None:
        """The whole clip, as large as there is room."""
        self._show_size(False)

    @Slot()
    def toggle_actual_size(self) -> None:
        """From one to the other."""
        self._show_size(not self._video_area.is_actual)

    @Slot()
    def save_frame(self) -> None:
        """Save the shown frame as a picture."""
        if self._transport.is_loaded:
            self.stand()
            self.frame_export.ask(Path(self._transport.path), self._transport.shown_index)

    @Slot()
    def copy_frame(self) -> None:
        """Copy the shown frame."""
        if self._transport.is_loaded:
            self.stand()
            self.frame_export.copy(Path(self._transport.path), self._transport.shown_index)

    def _show_size(self, actual: bool) -> None:
        self._video_area.set_actual(actual)
        self._controls.set_actual(actual)
        self._transport.sharpen()
