"""What is dropped on the window outside of the wells: a picture goes to the form in sight, and of a
clip is asked what it can give back."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPoint, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QMenu, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.drop_offer import read_offer
from pixverse_desktop.ui.compose.frame_well import FrameWell
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.widgets.drops import accept_copy, clips_in
from pixverse_desktop.ui.widgets.file_drag import JOBS_MIME


class WindowDrops(QObject):
    """``form`` is that of Create. Dropped clips are read on a worker, then a small menu offers what
    can be done with them."""

    said = Signal(str)  # why nothing is taken
    form_filled = Signal()  # that of Create, which may be out of sight
    restore_requested = Signal(object)  # Job
    frame_given = Signal(object)  # FrameSource, for the start frame
    add_requested = Signal(object)  # list of Path

    def __init__(self, context: UiContext, form: ComposePanel, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._create = self._form = form
        self._commands = context.commands
        self.menu = QMenu(window)

    @Slot(object)
    def use_form(self, form: ComposePanel) -> None:
        """Where pictures go from now on: the form of Create, or of a shot."""
        self._form = form

    def enter(self, event: QDragEnterEvent) -> None:
        """Take or refuse a drag, with the reason."""
        frames, mime = self._form.frames, event.mimeData()
        under = self._window.childAt(event.position().toPoint())
        if isinstance(under, FrameWell) or mime.hasFormat(JOBS_MIME):
            event.ignore()  # the well has refused it already; our own clips go to boards
        elif self.accepts(event):
            return
        elif not self._form.isEnabled() and read_offer(mime, with_data=False, most=None).pictures:
            event.ignore()
            self.said.emit(self.tr("There is no shot to take a picture: add or choose one first."))
        else:
            frames.drops.enter(frames.default_slot(), event)

    def move(self, event: QDragMoveEvent) -> None:
        """Answer as when it entered, unless a reason against it was found since."""
        if not self.accepts(event):
            self._form.frames.drops.move(self._form.frames.default_slot(), event)

    def leave(self) -> None:
        """The drag went elsewhere."""
        self._form.frames.drops.leave()

    def drop(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        if self.accepts(event):
            place = self._window.mapToGlobal(event.position().toPoint())
            self.take(event.mimeData(), place)
            return
        self._form.frames.drops.drop(self._form.frames.default_slot(), event)
        if event.isAccepted() and self._form is self._create:
            self.form_filled.emit()

    @staticmethod
    def wants(mime: QMimeData) -> bool:
        """True for files that are all clips, from outside."""
        return bool(clips_in(mime)) and not mime.hasFormat(JOBS_MIME)

    def accepts(self, event: QDropEvent) -> bool:
        """Answer a drag of such files; False leaves it to others."""
        return self.wants(event.mimeData()) and accept_copy(event)

    def take(self, mime: QMimeData, place: QPoint) -> None:
        """Look at what was dropped; ``place`` is on the screen."""
        paths = clips_in(mime)
        if len(paths) == 1:
            self._commands.read_clip(paths[0], partial(self._offer, paths[0], place))
        elif paths:
            self.add_requested.emit(paths)

    @Slot(object)
    def offer_frame(self, path: Path) -> None:
        """What a clip gives that was opened and is not of this program."""
        middle = self._window.rect().center()
        self._offer(path, self._window.mapToGlobal(middle), None)

    def _offer(self, path: Path, place: QPoint, job: Job | None) -> None:
        self.menu.clear()
        add = self.menu.addAction
        if job is not None:
            restore = add(self.tr("Restore its settings"))
            restore.triggered.connect(partial(self.restore_requested.emit, job))
        else:
            add(self.tr("Not made with this program: it holds no settings")).setEnabled(False)
        label = self.tr("Last frame of {name}").format(name=path.name)
        parent = job.id if job is not None else ""
        source = FrameSource(clip=str(path), index=-1, label=label, parent=parent)
        frame = add(self.tr("Use its last frame as start frame"))
        frame.triggered.connect(partial(self.frame_given.emit, source))
        if job is not None:
            take = add(self.tr("Add it to the library"))
            take.triggered.connect(partial(self.add_requested.emit, [path]))
        self.menu.popup(place)
