"""The head of the queue: how much runs and waits, and the switch that stops sending."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from pixverse_desktop.core.service import ENDS_BY_ITSELF, Hold, HoldReason
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.queue.waiting_actions import until_choices
from pixverse_desktop.ui.widgets.icon_button import Glyph, IconButton
from pixverse_desktop.ui.widgets.labels import ElidedLabel, plain_label, tip_text


class LaneHead(QWidget):
    """Over what waits in the background."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 4)
        row.setSpacing(8)
        row.addWidget(Glyph("moon", size=14))
        row.addWidget(plain_label(self.tr("In the background")))
        when = ElidedLabel(self.tr("when nothing waits above"), "secondary")
        when.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(when, 1)


class QueueHeader(QWidget):
    """``pause_requested`` and ``resume_requested`` by the state it shows."""

    pause_requested = Signal()
    pause_until_requested = Signal(float)  # seconds since 1970
    resume_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._held = False
        self.counts = ElidedLabel("", "secondary")
        self.held = ElidedLabel("", "warn")
        self.held.hide()
        self.button = IconButton("pause", self.tr("Pause queue"), size=24, glyph=14)
        self.button.clicked.connect(self.on_button_clicked)
        self.more = IconButton("more", self.tr("Pause until a time"), size=24, glyph=14)
        self.more.clicked.connect(self.on_more_clicked)
        self.menu = QMenu(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 10, 6)
        row.setSpacing(8)
        row.addWidget(plain_label(self.tr("Queue"), "head"))
        row.addStretch(1)
        row.addWidget(self.counts)
        row.addWidget(self.held)
        row.addWidget(self.button)
        row.addWidget(self.more)

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

    @Slot()
    def on_more_clicked(self) -> None:
        self.menu.clear()
        for text, until in until_choices(time.time()):
            action = self.menu.addAction(text)
            action.triggered.connect(partial(self._pause_until, until))
        self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _pause_until(self, until: float, _checked: bool = False) -> None:
        self.pause_until_requested.emit(until)

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
