"""What the user is told before the window closes with work under way."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import IN_FLIGHT, WAITING
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.labels import plain_label


class CloseDialog(Dialog):
    """Close is the default: nothing is lost by it."""

    agreed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModal(True)
        self.setWindowTitle(self.tr("Quit Pixverse Desktop"))
        self.setMinimumWidth(420)
        self.text = plain_label("", wrap=True)
        self.stay_button = QPushButton(self.tr("Keep open"))
        self.close_button = QPushButton(self.tr("Quit"))
        self.stay_button.setAccessibleName(self.tr("Keep open"))
        self.close_button.setAccessibleName(self.tr("Quit"))
        set_style(self.close_button, kind="primary")
        self.close_button.setDefault(True)
        self.stay_button.clicked.connect(self.reject)
        self.close_button.clicked.connect(self.on_close_button_clicked)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.stay_button)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(self.tr("Quit while clips wait or are being made?"), "title"))
        column.addWidget(self.text)
        column.addSpacing(8)
        column.addLayout(buttons)

    def showEvent(self, event: QShowEvent) -> None:
        self.close_button.setFocus()
        super().showEvent(event)

    def show_jobs(self, jobs: Iterable[Job]) -> None:
        """What goes on now: the work behind this sheet does not stand still."""
        self.text.setText(close_sentence(jobs) or self.tr("Everything is done."))

    @Slot()
    def on_close_button_clicked(self) -> None:
        self.accept()
        self.agreed.emit()


class _Summary(QObject):
    """An object because plurals go through ``tr``."""

    def of(self, flying: int, waiting: int) -> str:
        parts = []
        if flying:
            text = self.tr("%n clips finish at the service and arrive next time", "", flying)
            parts.append(text)
        if waiting:
            parts.append(self.tr("%n stay in the queue", "", waiting))
        return "; ".join(parts) + "." if parts else ""


def close_sentence(jobs: Iterable[Job]) -> str:
    """What goes on without the window; "" when nothing is under way."""
    states = [job.state for job in jobs]
    flying = sum(state in IN_FLIGHT for state in states)
    return _Summary().of(flying, sum(state in WAITING for state in states))
