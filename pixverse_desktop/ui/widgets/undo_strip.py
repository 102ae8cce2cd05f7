"""For a moment after a removal: a way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from pixverse_desktop.ui.base.announce import announce
from pixverse_desktop.ui.base.command import Command
from pixverse_desktop.ui.base.commands import add_keys, command
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import plain_label

STAYS_MS = 8000


class _Step(NamedTuple):
    """Ids that went together and come back together; or anything else, and what undoes it."""

    removed: tuple[str, ...] = ()
    sentence: str = ""
    undo: Callable[[], None] | None = None


class UndoStrip(QWidget):
    """Remembers what was removed or done while it shows; the last one comes back first."""

    undo_requested = Signal(str)  # job id

    def __init__(self) -> None:
        super().__init__()
        self._steps: list[_Step] = []
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="card")
        self.label = plain_label("", wrap=True)
        self.button = QPushButton(self.tr("Undo"))
        set_key_tip(self.button, self.tr("Put it back"), "undo")
        self.button.setAccessibleName(self.tr("Undo what was just done"))
        set_style(self.button, kind="small")
        self.button.clicked.connect(self.undo)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(STAYS_MS)
        self.timer.timeout.connect(self.on_timer_timeout)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 4)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        self.hide()

    def add_key(self, panel: QWidget) -> None:
        """Let the key of the button work while the keyboard is in ``panel``."""
        add_keys(panel, [command("undo")], self._start, lambda: bool(self._steps))

    def _start(self, pressed: Command) -> None:
        pressed.start(self)

    def offer(self, sentence: str, undo: Callable[[], None]) -> None:
        """Something else was done, which ``undo`` takes back."""
        self._take(_Step(sentence=sentence, undo=undo))

    def add(self, *job_ids: str) -> None:
        """Something was removed, in one go."""
        self._take(_Step(job_ids))

    def _take(self, step: _Step) -> None:
        self._steps.append(step)
        self._say()
        self.timer.start()
        self.show()
        announce(self, self.label.text())

    @Slot()
    def undo(self) -> None:
        """Bring the last one back."""
        if not self._steps:
            return
        step = self._steps.pop()
        if self._steps:
            self._say()
            self.timer.start()
        else:
            self.on_timer_timeout()
        if step.undo is not None:
            step.undo()
        for job_id in step.removed:
            self.undo_requested.emit(job_id)

    @Slot()
    def on_timer_timeout(self) -> None:
        self._steps.clear()
        self.timer.stop()
        self.hide()

    def _say(self) -> None:
        count = sum(len(step.removed) for step in self._steps)
        self.label.setText(self._steps[-1].sentence or self.tr("%n removed.", "", count))
