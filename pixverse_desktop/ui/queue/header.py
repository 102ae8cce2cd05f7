"""The head of the queue: how much runs and waits, and the switch that stops sending."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pixverse_desktop.core.service import ENDS_BY_ITSELF, Hold, HoldReason
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import ElidedLabel, plain_label, tip_text


class QueueHeader(QWidget):
    """``pause_requested`` and ``resume_requested`` by the state it shows."""

    pause_requested = Signal()
    resume_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._held = False
        self.counts = ElidedLabel("", "secondary")
        self.held = plain_label("", "warn")
        self.held.hide()
        self.button = IconButton("pause", self.tr("Pause queue"), size=24, glyph=14)
        self.button.clicked.connect(self.on_button_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 10, 6)
        row.setSpacing(8)
        row.addWidget(plain_label(self.tr("Queue"), "head"))
        row.addStretch(1)
        row.addWidget(self.counts)
        row.addWidget(self.held)
        row.addWidget(self.button)

    def set_counts(self, running: int, waiting: int) -> None:
        """Nothing is said of what there is none of."""
        parts = []
        if running:
            parts.append(self.tr("%Ln running", "", running))
        if waiting:
            parts.append(self.tr("%Ln waiting", "", waiting))
        self.counts.setText(" · ".join(parts))

    def set_hold(self, hold: Hold | None) -> None:
        """Why nothing is sent, in one word; the window's strip says the rest."""
        self._held = hold is not None and hold.reason not in ENDS_BY_ITSELF
        self.held.setText(self._word(hold))
        self.held.setVisible(hold is not None)
        self.held.setToolTip(
            tip_text(translated(hold.problem.message)) if hold and hold.problem else ""
        )
        name = self.tr("Resume queue") if self._held else self.tr("Pause queue")
        self.button.set_icon("play" if self._held else "pause", "text" if self._held else "muted")
        self.button.setAccessibleName(name)
        self.button.setToolTip(name)
        set_style(self.button, held=self._held)

    @Slot()
    def on_button_clicked(self) -> None:
        if self._held:
            self.resume_requested.emit()
        else:
            self.pause_requested.emit()

    def _word(self, hold: Hold | None) -> str:
        if hold is None:
            return ""
        words = {
            HoldReason.PAUSED: self.tr("Paused"),
            HoldReason.OFFLINE: self.tr("Offline"),
            HoldReason.RATE: self.tr("Told to wait"),
            HoldReason.BUSY: self.tr("Service busy"),
            HoldReason.CREDITS: self.tr("Waiting for credits"),
            HoldReason.KEY: self.tr("Needs your API key"),
        }
        return words.get(hold.reason, self.tr("Needs you"))
