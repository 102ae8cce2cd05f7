"""Pictures named at a start of the program: they fill free slots and replace nothing unasked."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.compose.drop_offer import FrameSlot, source_named
from pixverse_desktop.ui.compose.frames_section import FramesSection
from pixverse_desktop.ui.widgets.labels import plain_label


class GivenSheet(QDialog):
    """Which frame to replace; to keep what is there is the default."""

    slots_chosen = Signal(object)  # list of FrameSlot, one for each picture

    def __init__(self, parent: QWidget, sources: list[FrameSource], slots: list[FrameSlot]) -> None:
        super().__init__(parent)
        self.setModal(True)
        self.setMinimumWidth(460)
        one = len(sources) == 1
        title = self.tr("Use this picture?") if one else self.tr("Use these pictures?")
        self.setWindowTitle(title)
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        if one:
            words = {
                FrameSlot.START: self.tr("Replace the start frame"),
                FrameSlot.END: self.tr("Replace the end frame"),
            }
            self.buttons = {words[slot]: [slot] for slot in slots}
        else:
            self.buttons = {self.tr("Replace both frames"): slots}
        for text, chosen in self.buttons.items():
            button = self._add_button(text)
            button.setAutoDefault(False)
            button.setProperty("slots", chosen)
            button.clicked.connect(self.on_button_clicked)
        keep = self._add_button(self.tr("Keep mine"))
        keep.setDefault(True)
        keep.clicked.connect(self.reject)
        keep.setFocus()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(title, "title"))
        names = "\n".join(source.label for source in sources)
        column.addWidget(plain_label(names, wrap=True))
        column.addLayout(self._row)

    @Slot()
    def on_button_clicked(self) -> None:
        self.slots_chosen.emit(self.sender().property("slots"))
        self.accept()

    def _add_button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(text)
        self._row.addWidget(button)
        return button


class GivenPictures(QObject):
    """Asks one question at a time; later starts wait for its answer."""

    form_wanted = Signal()

    def __init__(self, frames: FramesSection, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._frames = frames
        self._waiting: list[list[FrameSource]] = []
        self._asked: list[FrameSource] = []
        self.sheet: GivenSheet | None = None

    def take(self, names: list[str]) -> None:
        """Use up to two pictures, given by paths or addresses."""
        if names:
            self.form_wanted.emit()
            self._waiting.append([source_named(name) for name in names[: len(FrameSlot)]])
            self._next()

    @Slot(object)
    def on_slots_chosen(self, slots: list[FrameSlot]) -> None:
        self._place(slots, self._asked)

    @Slot(int)
    def on_finished(self, _result: int) -> None:
        if self.sheet is not None:
            self.sheet.deleteLater()
        self.sheet = None
        self._next()

    def _next(self) -> None:
        while self._waiting and self.sheet is None:
            sources = self._waiting.pop(0)
            free = self._frames.free_slots()
            slots = self._frames.taken_slots()
            if len(free) >= len(sources):
                self._place(free, sources)
            elif slots:
                self._asked = sources[: len(slots)]
                self.sheet = sheet = GivenSheet(self._window, self._asked, slots)
                sheet.slots_chosen.connect(self.on_slots_chosen)
                sheet.finished.connect(self.on_finished)
                sheet.open()

    def _place(self, slots: list[FrameSlot], sources: list[FrameSource]) -> None:
        for slot, source in zip(slots, sources, strict=False):
            self._frames.take_source(FrameSlot(slot), source)
