"""Drags over the window and its wells: accepted or refused while they last, with the reason."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.compose.drop_offer import DropPayload, FrameSlot, check_files, read_offer
from pixverse_desktop.ui.widgets.drops import accept_copy, only_moves

_REFUSAL_STAYS_MS = 6000  # a refused drag gets no leave event, so its reason goes by itself


class FrameDrops(QObject):
    """Judges a drag once when it enters, then again when a worker has looked at the files."""

    judged = Signal(str, str)  # slot, reason: "" means it may be dropped there
    ended = Signal()
    refused = Signal(str)  # the reason why a picture, or what might be one, was not taken
    dropped = Signal(str, object)  # slot, Offer

    def __init__(self, context: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._slot = FrameSlot.START
        self._refusal = ""
        self.is_table = False  # what is dragged is opened, and goes to no slot
        self._closed: dict[FrameSlot, str] = {}
        self._drag = 0  # counts drags, so that a late answer about an earlier one is ignored
        self._checked: tuple[str, ...] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFUSAL_STAYS_MS)
        self._timer.timeout.connect(self.on_timer_timeout)

    def set_closed(self, closed: dict[FrameSlot, str]) -> None:
        """The slots that the model does not take, each with its sentence."""
        self._closed = closed

    def enter(self, slot: FrameSlot, event: QDragEnterEvent) -> None:
        """Decide from the mime data at once; files are looked at by a worker meanwhile."""
        payload = read_offer(event.mimeData(), with_data=False, most=None, tables=True)
        self._slot, self.is_table = slot, bool(payload.table)
        self._refusal = self._why_not(slot, payload)
        if not self._refusal and only_moves(event):
            self._refusal = self.tr("It would be moved away from its place: copy it instead")
        if not self._refusal and payload.paths and payload.paths != self._checked:
            self._start_check(payload.paths)
        self._answer(event)
        self._show()
        if self._refusal and event.mimeData().hasUrls():  # words only pass by
            self.refused.emit(self._refusal)

    def move(self, slot: FrameSlot, event: QDragMoveEvent) -> None:
        """Accept until a reason against it is known."""
        if slot is not self._slot:
            self._slot = slot
            self._show()
        self._answer(event)

    def leave(self) -> None:
        """The drag went elsewhere."""
        self._forget()
        self.ended.emit()

    def drop(self, slot: FrameSlot, event: QDropEvent) -> None:
        """Take what was dropped, unless it was refused."""
        if self._refusal:
            event.ignore()
            self._timer.start()
            return
        payload = read_offer(event.mimeData(), most=None, tables=True)
        self._forget()
        self.ended.emit()
        if payload.refusal:
            event.ignore()
            self.refuse(slot, payload.refusal)
        elif accept_copy(event):
            self.dropped.emit(str(slot), payload)

    def paste(self, slot: FrameSlot, mime: QMimeData | None) -> None:
        """Take what the clipboard holds, or say why not; None where the system has none."""
        payload = read_offer(mime or QMimeData(), most=None, tables=True)
        reason = self._why_not(slot, payload)
        if reason:
            self.refuse(slot, reason)
        else:
            self.dropped.emit(str(slot), payload)

    def refuse(self, slot: FrameSlot, reason: str) -> None:
        """Show a reason for a while."""
        self.judged.emit(str(slot), reason)
        self.refused.emit(reason)
        self._timer.start()

    @Slot()
    def on_timer_timeout(self) -> None:
        self.leave()

    def _why_not(self, slot: FrameSlot, payload: DropPayload) -> str:
        """A table goes to no slot; of two pictures none is taken where one has no place."""
        if payload.table:
            return ""
        slots = [each for each, _ in pictures_for(slot, payload)] or [slot]
        closed = next((self._closed[each] for each in slots if each in self._closed), "")
        return closed or payload.refusal

    def _start_check(self, paths: tuple[str, ...]) -> None:
        self._drag += 1
        self._checked = paths
        drag = self._drag
        self._context.workers.call(
            Lane.FILES,
            check_files,
            self._context.commands,
            paths,
            then=partial(self._take_reason, drag),
            otherwise=partial(self._take_error, drag),
        )

    def _take_reason(self, drag: int, reason: str) -> None:
        if drag == self._drag and self._checked is not None and reason:
            self._refusal = translated(reason)
            self._show()
            self.refused.emit(self._refusal)

    def _take_error(self, drag: int, error: UserError) -> None:
        self._take_reason(drag, error.problem.message)

    def _answer(self, event: QDropEvent) -> None:
        if self._refusal:
            event.ignore()
        else:
            accept_copy(event)

    def _show(self) -> None:
        self.judged.emit(str(self._slot), self._refusal)
        if self._refusal:
            self._timer.start()
        else:
            self._timer.stop()

    def _forget(self) -> None:
        self._timer.stop()
        self._refusal = ""
        self._checked = None
        self._drag += 1


def pictures_for(slot: FrameSlot, payload: DropPayload) -> list[tuple[FrameSlot, int]]:
    """Which picture of the offer goes where: two of them are start and end."""
    if len(payload.pictures) > len(FrameSlot):
        return []  # they are tried one after the other
    if len(payload.pictures) > 1:
        return [(FrameSlot.START, 0), (FrameSlot.END, 1)]
    return [(slot, 0)] if payload.pictures else []
