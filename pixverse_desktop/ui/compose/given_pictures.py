"""Pictures named at a start of the program: they fill free slots and replace nothing unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.compose.drop_offer import FrameSlot, source_named
from pixverse_desktop.ui.compose.frames_section import FramesSection

if TYPE_CHECKING:
    from pixverse_desktop.ui.widgets.question import Question


class GivenPictures(QObject):
    """Asks one question at a time; later starts wait for its answer. To keep is the default."""

    form_wanted = Signal()

    def __init__(self, frames: FramesSection, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._frames = frames
        self._waiting: list[list[FrameSource]] = []
        self._asked: list[FrameSource] = []
        self.sheet: Question | None = None

    def take(self, names: list[str]) -> None:
        """Use up to two pictures, given by paths or addresses."""
        if names:
            self.form_wanted.emit()
            self._waiting.append([source_named(name) for name in names[: len(FrameSlot)]])
            self._next()

    @Slot(str)
    def on_sheet_chosen(self, choice: str) -> None:
        if choice == "both":
            self._place(self._frames.taken_slots(), self._asked)
        elif choice != "keep":
            self._place([FrameSlot(choice)], self._asked)

    @Slot(int)
    def on_sheet_finished(self, _result: int) -> None:
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
                self.sheet = sheet = self._question(slots)
                sheet.chosen.connect(self.on_sheet_chosen)
                sheet.finished.connect(self.on_sheet_finished)
                sheet.open()

    def _question(self, slots: list[FrameSlot]) -> Question:
        one = len(self._asked) == 1
        words = {
            FrameSlot.START: self.tr("Replace the start frame"),
            FrameSlot.END: self.tr("Replace the end frame"),
        }
        choices = {str(slot): words[slot] for slot in slots}
        if not one:
            choices = {"both": self.tr("Replace both frames")}
        title = self.tr("Use this picture?") if one else self.tr("Use these pictures?")
        names = "\n".join(source.label for source in self._asked)
        choices["keep"] = self.tr("Keep mine")
        from pixverse_desktop.ui.widgets.question import Question

        return Question(self._window, title, (names,), choices, "keep")

    def _place(self, slots: list[FrameSlot], sources: list[FrameSource]) -> None:
        for slot, source in zip(slots, sources, strict=False):
            self._frames.take_source(slot, source)
