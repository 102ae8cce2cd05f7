"""For a moment after a removal: a way back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from pixverse_desktop.ui.base.command import Command
from pixverse_desktop.ui.base.commands import add_keys, command
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import plain_label

STAYS_MS = 8000


class UndoStrip(QWidget):
    """Remembers what was removed while it shows; the last one comes back first."""

    undo_requested = Signal(str)  # job id

    def __init__(self) -> None:
        super().__init__()
        self._removed: list[tuple[str, ...]] = []  # what went together comes back together
        self._done: list[tuple[str, Callable[[], None]]] = []  # anything else, newer than those
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
        add_keys(panel, [command("undo")], self._start, lambda: bool(self._removed))

    def _start(self, pressed: Command) -> None:
        pressed.start(self)

    def offer(self, sentence: str, undo: Callable[[], None]) -> None:
        """Something else was done, which ``undo`` takes back."""
        self._done.append((sentence, undo))
        self._say()
        self.timer.start()
        self.show()

    def add(self, *job_ids: str) -> None:
        """Something was removed, in one go."""
        self._done.clear()
        self._removed.append(job_ids)
        self._say()
        self.timer.start()
        self.show()

    @Slot()
    def undo(self) -> None:
        """Bring the last one back."""
        if not self._removed and not self._done:
            return
        job_ids: tuple[str, ...] = ()
        back = self._done.pop()[1] if self._done else None
        if back is None:
            job_ids = self._removed.pop()
        if self._removed or self._done:
            self._say()
            self.timer.start()
        else:
            self.on_timer_timeout()
        if back is not None:
            back()
        for job_id in job_ids:
            self.undo_requested.emit(job_id)

    @Slot()
    def on_timer_timeout(self) -> None:
        self._removed.clear()
        self._done.clear()
        self.timer.stop()
        self.hide()

    def _say(self) -> None:
        count = sum(map(len, self._removed))
        text = self._done[-1][0] if self._done else self.tr("%n removed.", "", count)
        self.label.setText(text)
