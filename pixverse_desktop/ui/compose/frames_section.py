"""The two wells with the swap between them, and the pictures they hold."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.compose.drop_offer import (
    DropPayload,
    FrameSlot,
    Picture,
    load_preview,
    prepare_picture,
)
from pixverse_desktop.ui.compose.frame_drops import FrameDrops, pictures_for
from pixverse_desktop.ui.compose.frame_well import FrameWell
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.scroll_area import bring_into_sight

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog


class _SlotState:
    """What one slot holds, and the number of the last thing asked for it."""

    def __init__(self) -> None:
        self.frame: Frame | None = None
        self.pixmap = QPixmap()
        self.asked = 0
        self.reading = False


class FramesSection(QWidget):
    """Reads pictures on a worker; an answer for a slot that was asked again since is dropped."""

    changed = Signal()
    many_given = Signal(str, object)  # slot, list[Picture]: more than there are slots
    table_given = Signal(str)  # the path of a table or a list of prompts

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._held = {slot: _SlotState() for slot in FrameSlot}
        self._taken = dict.fromkeys(FrameSlot, True)
        self._given: dict[FrameSlot, str] = {}  # what comes from elsewhere, with where from
        self._unseen: list[tuple[FrameSlot, int, Frame]] = []
        self._dialog: QFileDialog | None = None
        self.drops = FrameDrops(context, self)
        self.drops.judged.connect(self.on_drops_judged)
        self.drops.ended.connect(self.on_drops_ended)
        self.drops.refused.connect(self.on_drops_refused)
        self.drops.dropped.connect(self.on_drops_dropped)
        start = FrameWell(FrameSlot.START, self.tr("Start frame"), self.tr("Start"), self.drops)
        end = FrameWell(FrameSlot.END, self.tr("End frame"), self.tr("End"), self.drops)
        self.wells = {FrameSlot.START: start, FrameSlot.END: end}
        for well in self.wells.values():
            well.pick_requested.connect(self.on_well_pick_requested)
            well.clear_requested.connect(self.on_well_clear_requested)
            well.paste_requested.connect(self.on_well_paste_requested)
        self.swap_button = IconButton("swap", self.tr("Swap start and end frame"), size=24)
        self.swap_button.clicked.connect(self.on_swap_button_clicked)
        self.error = SentenceLabel("error")
        self.note = SentenceLabel("note")
        self._build_layout()
        self._refresh()

    def frame(self, slot: FrameSlot) -> Frame | None:
        """The picture of a slot, None while there is none or the model does not take it."""
        return self._held[slot].frame if self._taken[slot] else None

    def is_reading(self) -> bool:
        """True while a picture is still being prepared."""
        return any(held.reading for held in self._held.values())

    def taken_slots(self) -> list[FrameSlot]:
        """The slots that the model has."""
        return [slot for slot in FrameSlot if self._taken[slot]]

    def free_slots(self) -> list[FrameSlot]:
        """Those of them that hold nothing and wait for nothing."""
        held = self._held
        return [s for s in self.taken_slots() if held[s].frame is None and not held[s].reading]

    def default_slot(self) -> FrameSlot:
        """Where a picture goes that was not dropped on a well: start while empty, then end. Never
        past a start that comes from elsewhere: that is said instead."""
        start = self._held[FrameSlot.START]
        free = (start.frame is None and not start.reading) or FrameSlot.START in self._given
        return FrameSlot.START if free or not self._taken[FrameSlot.END] else FrameSlot.END

    def set_frames(self, start: Frame | None, end: Frame | None) -> None:
        """Show stored frames; their previews are loaded by a worker."""
        self.error.show_message("")
        for slot, frame in ((FrameSlot.START, start), (FrameSlot.END, end)):
            held = self._held[slot]
            if frame == held.frame and not held.reading:
                continue
            self._put(slot, frame, QPixmap())
            if frame is not None:
                self._unseen.append((slot, held.asked, frame))
        if self._unseen:
            # Later: a form may be restored before the loop that the workers need is running.
            QTimer.singleShot(0, self.load_previews)
        self._refresh()

    @Slot()
    def load_previews(self) -> None:
        """Ask a worker for the previews of stored frames."""
        unseen, self._unseen = self._unseen, []
        for slot, asked, frame in unseen:
            self._context.workers.call(
                Lane.GIVEN,
                load_preview,
                self._context.commands,
                frame,
                then=partial(self._take_preview, slot, asked),
                otherwise=partial(self._take_lost_preview, slot, asked),
            )

    def set_model(self, caps: ModelSpec) -> None:
        """Close the wells that the model does not take; their pictures wait."""
        closed: dict[FrameSlot, str] = {}
        if not caps.offers("start_frame"):
            closed[FrameSlot.START] = self.tr("This model takes no start frame")
        if not caps.offers("end_frame"):
            closed[FrameSlot.END] = self.tr("This model takes no end frame")
        words = {
            FrameSlot.START: self.tr("There is a start frame already: {frame}"),
            FrameSlot.END: self.tr("There is an end frame already: {frame}"),
        }
        given = {slot: words[slot].format(frame=said) for slot, said in self._given.items()}
        self.drops.set_closed(given | closed)
        closed = self._given | closed
        for slot in FrameSlot:
            self._taken[slot] = slot not in closed
            self.wells[slot].set_closed(closed.get(slot, ""))
        self._refresh()

    def set_given(self, start: str, end: str, model: ModelSpec) -> None:
        """Close the wells whose pictures come from elsewhere; the sentences say from where."""
        words = {FrameSlot.START: start, FrameSlot.END: end}
        self._given = {slot: said for slot, said in words.items() if said}
        self.set_model(model)

    def take(self, slot: FrameSlot, picture: Picture) -> None:
        """Prepare a picture on a worker and show it in ``slot``."""
        held = self._held[slot]
        held.asked += 1
        held.reading = True
        bring_into_sight(self.wells[slot])
        self.error.show_message("")
        self.wells[slot].set_message(self.tr("Reading…"))
        self._refresh()
        self._context.workers.call(
            Lane.GIVEN,
            prepare_picture,
            self._context.commands,
            picture,
            then=partial(self._take_prepared, slot, held.asked),
            otherwise=partial(self._take_error, slot, held.asked, picture.source.label),
        )

    def take_source(self, slot: FrameSlot, source: FrameSource) -> None:
        """Like ``take`` for a picture that another panel offers."""
        self.take(slot, Picture(source))

    def paste(self) -> None:
        """Take the clipboard's picture into the next free slot."""
        self.drops.paste(self.default_slot(), QGuiApplication.clipboard().mimeData())

    def pick(self, slot: FrameSlot) -> None:
        """Ask for a file, without stopping the program."""
        if not self._taken[slot] or self._dialog is not None:
            return
        title = self.tr("Choose the {frame}").format(
            frame=self.wells[slot].accessibleName().lower()
        )
        from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place

        dialog = FileDialog(self.window(), title, Place.PicturesLocation)
        dialog.choose_picture()
        dialog.setProperty("slot", str(slot))
        dialog.fileSelected.connect(self.on_dialog_file_selected)
        dialog.finished.connect(self.on_dialog_finished)
        self._dialog = dialog
        dialog.open()

    def focus_slot(self, slot: FrameSlot, sentence: str) -> None:
        """Point at a slot with a sentence under the wells."""
        self.error.show_message(sentence)
        self.wells[slot].setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str, str)
    def on_drops_judged(self, slot: str, reason: str) -> None:
        chosen = FrameSlot(slot)
        bring_into_sight(self.wells[chosen])
        for each, well in self.wells.items():
            if each is chosen:
                opened = self.tr("Drop to open it as several takes")
                here = opened if self.drops.is_table else self.tr("Drop to use it here")
                message = reason or here
                well.set_message(message, "refuse" if reason else "accept")
            else:
                self._restore_message(each)

    @Slot()
    def on_drops_ended(self) -> None:
        for slot in FrameSlot:
            self._restore_message(slot)

    @Slot(str)
    def on_drops_refused(self, reason: str) -> None:
        # It stays until the next picture is taken: the drag may be over before it was read.
        self.error.show_message(reason, "error")

    @Slot(str, object)
    def on_drops_dropped(self, slot: str, payload: DropPayload) -> None:
        if payload.from_slot is not None:
            if payload.from_slot is not FrameSlot(slot):
                self.on_swap_button_clicked()
            return
        for target, index in pictures_for(FrameSlot(slot), payload):
            self.take(target, payload.pictures[index])
        if payload.table:
            self.table_given.emit(payload.table)
        elif len(payload.pictures) > len(FrameSlot):
            self.many_given.emit(slot, list(payload.pictures))

    @Slot(str)
    def on_well_pick_requested(self, slot: str) -> None:
        self.pick(FrameSlot(slot))

    @Slot(str)
    def on_well_clear_requested(self, slot: str) -> None:
        well = self.wells[FrameSlot(slot)]
        if well.clear_button.hasFocus():
            well.setFocus(Qt.FocusReason.OtherFocusReason)
        self.error.show_message("")
        self._put(FrameSlot(slot), None, QPixmap())
        self._refresh()
        self.changed.emit()

    @Slot(str)
    def on_well_paste_requested(self, slot: str) -> None:
        self.drops.paste(FrameSlot(slot), QGuiApplication.clipboard().mimeData())

    @Slot(str)
    def on_dialog_file_selected(self, path: str) -> None:
        if self._dialog is not None and path:
            slot = FrameSlot(str(self._dialog.property("slot")))
            label = path.replace("\\", "/").rsplit("/", 1)[-1]
            self.take(slot, Picture(FrameSource(path=path, label=label)))

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = None

    @Slot()
    def on_swap_button_clicked(self) -> None:
        if self.is_reading():
            return
        self.error.show_message("")
        start, end = self._held[FrameSlot.START], self._held[FrameSlot.END]
        first, second = (start.frame, start.pixmap), (end.frame, end.pixmap)
        self._put(FrameSlot.START, *second)
        self._put(FrameSlot.END, *first)
        self._refresh()
        self.changed.emit()

    def _take_prepared(self, slot: FrameSlot, asked: int, made: tuple[Frame, QImage, str]) -> None:
        if self._held[slot].asked != asked:
            return
        frame, image, note = made
        if note:
            self.error.show_message(translated(note), "note")
        self._put(slot, frame, QPixmap.fromImage(image))
        self._refresh()
        self.changed.emit()

    def _take_error(self, slot: FrameSlot, asked: int, label: str, error: UserError) -> None:
        if self._held[slot].asked != asked:
            return
        self._held[slot].reading = False
        self.wells[slot].set_message("")
        reason = translated(error.problem.message)
        self.error.show_message(f"{label}: {reason}" if label else reason, "error")
        self._refresh()
        self.changed.emit()

    def _take_preview(self, slot: FrameSlot, asked: int, image: QImage) -> None:
        held = self._held[slot]
        if held.asked == asked and held.frame is not None:
            held.pixmap = QPixmap.fromImage(image)
            self.wells[slot].set_frame(held.frame, held.pixmap)

    def _take_lost_preview(self, slot: FrameSlot, asked: int, error: UserError) -> None:
        if self._held[slot].asked == asked:
            self.error.show_message(translated(error.problem.message), "error")

    def _put(self, slot: FrameSlot, frame: Frame | None, pixmap: QPixmap) -> None:
        held = self._held[slot]
        held.asked += 1
        held.reading = False
        held.frame, held.pixmap = frame, pixmap
        self.wells[slot].set_message("")
        self.wells[slot].set_frame(frame, pixmap)

    def _restore_message(self, slot: FrameSlot) -> None:
        reading = self._held[slot].reading
        self.wells[slot].set_message(self.tr("Reading…") if reading else "")

    def _refresh(self) -> None:
        some = any(held.frame is not None for held in self._held.values())
        both_taken = all(self._taken.values())
        self.swap_button.setEnabled(some and both_taken and not self.is_reading())

    def _build_layout(self) -> None:
        head = QHBoxLayout()
        head.addWidget(plain_label(self.tr("Frames"), "head"))
        head.addStretch(1)
        head.addWidget(plain_label(self.tr("optional"), "secondary"))
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.wells[FrameSlot.START], 1)
        row.addWidget(self.swap_button)
        row.addWidget(self.wells[FrameSlot.END], 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(row)
        column.addWidget(self.error)
        column.addWidget(self.note)
