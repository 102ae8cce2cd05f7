"""Where the player's body stands: in its panel, in a larger place that borrows it, or alone on the
whole screen. There is one body, since there is one video."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pixverse_desktop.ui.player.controls import Controls
from pixverse_desktop.ui.player.video_area import VideoArea

if TYPE_CHECKING:
    from pixverse_desktop.ui.player.full_screen import FullScreen


class BodyPlace(QObject):
    """Moves the body about; from the whole screen it goes back to where it was."""

    changed = Signal()
    command_pressed = Signal(object)  # Command of the player, on the whole screen

    def __init__(
        self, panel: QWidget, body: QWidget, video_area: VideoArea, controls: Controls
    ) -> None:
        super().__init__(panel)
        self._panel = panel
        self._body = body
        self._video_area = video_area
        self._controls = controls
        self._shell: FullScreen | None = None
        self._column = QVBoxLayout(panel)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(body)
        self._home = self._column
        controls.resized.connect(self.fit_margin)

    @property
    def is_full_screen(self) -> bool:
        """True while it has the whole screen."""
        return self._shell is not None

    def lend(self, place: QVBoxLayout | None) -> None:
        """Stand in ``place``, with the panel gone meanwhile; None brings it back."""
        self._home = place or self._column
        self._panel.setVisible(place is None)
        if self._shell is None:
            self._go_home()

    @Slot()
    def toggle_full_screen(self) -> None:
        """Take the whole screen, or give it back."""
        if self._shell is None:
            from pixverse_desktop.ui.player.full_screen import FullScreen

            self._shell = FullScreen(self._body, self._controls)
            self._shell.left.connect(self.toggle_full_screen)
            self._shell.command_pressed.connect(self.command_pressed)
            self._shell.enter()
        else:
            shell, self._shell = self._shell, None
            shell.leave()
            self._go_home()
            shell.deleteLater()
            self._controls.play.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit_margin()
        self._controls.set_full_screen(self.is_full_screen)
        self.changed.emit()

    @Slot()
    def fit_margin(self) -> None:
        """The stage's margin is that of the controls, or none."""
        self._video_area.set_margin(0 if self.is_full_screen else self._controls.side)

    def _go_home(self) -> None:
        self._home.addWidget(self._body)
        self._body.show()
