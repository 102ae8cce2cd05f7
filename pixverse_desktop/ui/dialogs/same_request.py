"""The question before an identical request is paid for once more."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.job import Job, JobState
from pixverse_desktop.core.price import Price
from pixverse_desktop.core.request import ClipRequest
from pixverse_desktop.core.reuse import same_request
from pixverse_desktop.services.job_bus import JobBus
from pixverse_desktop.ui.theme import set_look
from pixverse_desktop.ui.widgets.labels import plain_label


class SameRequestSheet(QDialog):
    """A new seed is the default: the same one makes, for the same credits, much the same clip."""

    show_chosen = Signal()
    anyway_chosen = Signal()
    new_seed_chosen = Signal()

    def __init__(self, parent: QWidget, twin: Job, price: Price) -> None:
        super().__init__(parent)
        self.setModal(True)
        self.setWindowTitle(self.tr("You have this clip already"))
        self.setMinimumWidth(460)
        made = twin.state is JobState.SAVED
        text = (
            self.tr("It was made with this very request and the seed {seed}.")
            if made
            else self.tr("The same request with the seed {seed} is under way.")
        ).format(seed=twin.request.seed)
        self.show_button = QPushButton(self.tr("Show it"))
        self.anyway_button = QPushButton(self.tr("Make it anyway"))
        self.seed_button = QPushButton(self.tr("New seed"))
        set_look(self.seed_button, kind="primary")
        self.seed_button.setDefault(True)
        self.show_button.clicked.connect(self.show_chosen)
        self.anyway_button.clicked.connect(self.anyway_chosen)
        self.seed_button.clicked.connect(self.new_seed_chosen)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.show_button, self.anyway_button, self.seed_button):
            button.setAccessibleName(button.text())
            button.clicked.connect(self.accept)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(self.windowTitle(), "title"))
        column.addWidget(plain_label(text, wrap=True))
        cost = self.tr("Another one costs {n} credits.").format(n=price)
        column.addWidget(plain_label(cost, "muted", wrap=True))
        column.addSpacing(8)
        column.addLayout(buttons)
        # Enter chooses the default; on a button the next Ctrl+Enter of a held key would, too.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()


class SameRequestCheck(QObject):
    """Sends a request, after a question when its clip exists or is under way."""

    new_seed_chosen = Signal()
    show_wanted = Signal(object)  # Job

    def __init__(self, bus: JobBus, window: QWidget) -> None:
        super().__init__(window)
        self._bus = bus
        self._window = window
        self._request: ClipRequest | None = None
        self._twin: Job | None = None
        self.sheet: SameRequestSheet | None = None

    def generate(self, request: ClipRequest) -> None:
        """Queue ``request``, or ask first; asked already, another press changes nothing."""
        if self.sheet is not None:
            return
        twin = same_request(request, self._bus.status.origin.id, self._bus.jobs.values())
        if twin is None:
            self._bus.generate(request)
            return
        self._request, self._twin = request, twin
        self.sheet = sheet = SameRequestSheet(self._window, twin, self._bus.price(request))
        sheet.show_chosen.connect(self.on_show_chosen)
        sheet.anyway_chosen.connect(self.on_anyway_chosen)
        sheet.new_seed_chosen.connect(self.on_new_seed_chosen)
        sheet.finished.connect(self.on_finished)
        sheet.open()

    @Slot()
    def on_show_chosen(self) -> None:
        self.show_wanted.emit(self._twin)

    @Slot()
    def on_anyway_chosen(self) -> None:
        if self._request is not None:
            self._bus.generate(self._request)

    @Slot()
    def on_new_seed_chosen(self) -> None:
        if self._request is not None:
            self.new_seed_chosen.emit()
            self._bus.generate(replace(self._request, seed=None))

    @Slot(int)
    def on_finished(self, _result: int) -> None:
        if self.sheet is not None:
            self.sheet.deleteLater()
        self.sheet = None
