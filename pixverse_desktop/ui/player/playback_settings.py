"""How this user likes clips to play: loudness, speed and looping, kept for the next time."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Slot

from pixverse_desktop.ui.base.context import AppCommands
from pixverse_desktop.ui.player.controls import SPEEDS, Controls
from pixverse_desktop.ui.player.transport import Transport

_SAVE_AFTER_MS = 600


class PlaybackSettings(QObject):
    """Applies them to the transport, shows them in the controls, and saves what was changed."""

    def __init__(self, commands: AppCommands, transport: Transport, controls: Controls) -> None:
        super().__init__(transport)
        self._commands = commands
        self._transport = transport
        self._controls = controls
        state = commands.window_state
        self._volume = min(max(state.volume, 0.0), 1.0)
        self._muted = state.muted
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)
        transport.set_loop(state.loop)
        transport.set_speed(state.speed if state.speed in SPEEDS else 1.0)
        controls.volume_moved.connect(self.on_controls_volume_moved)
        controls.speed_chosen.connect(self.on_controls_speed_chosen)
        self.show()

    def toggle_loop(self) -> None:
        """Begin again at the end, or stop there."""
        self._transport.set_loop(not self._transport.loop)
        self._changed()

    def toggle_mute(self) -> None:
        """Sound on or off."""
        self._muted = not self._muted
        self._changed()

    def finish(self) -> None:
        """Save what is still to be saved."""
        if self._timer.isActive():
            self.save()

    @Slot()
    def save(self) -> None:
        """Save now, off this thread."""
        self._timer.stop()
        state = replace(
            self._commands.window_state,
            volume=self._volume,
            muted=self._muted,
            loop=self._transport.loop,
            speed=self._transport.speed,
        )
        self._commands.save_window_state(state)

    @Slot()
    def show(self) -> None:
        """Show them, and let the deck know."""
        self._controls.loop.set_on(self._transport.loop)
        self._controls.set_speed(self._transport.rate)
        self._controls.mute.set_sound(self._volume, self._muted)
        if self._transport.media_player is not None:
            self._transport.media_player.set_sound(self._volume, self._muted)

    @Slot(float)
    def on_controls_volume_moved(self, volume: float) -> None:
        self._volume = volume
        self._muted = False
        self._changed()

    @Slot(float)
    def on_controls_speed_chosen(self, speed: float) -> None:
        self._transport.set_speed(speed)
        self._changed()

    def _changed(self) -> None:
        self.show()
        self._timer.start()
