"""Clips dropped on the window: what one of ours can give back, asked where it was dropped."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPoint, Signal, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMenu, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.widgets.drops import accept_copy, clips_in
from pixverse_desktop.ui.widgets.file_drag import JOBS_MIME


class ClipDrop(QObject):
    """Reads dropped clips on a worker, then offers what can be done with them in a small menu."""

    restore_requested = Signal(object)  # Job
    frame_given = Signal(object)  # FrameSource, for the start frame
    add_requested = Signal(object)  # list of Path

    def __init__(self, context: UiContext, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._commands = context.commands
        self.menu = QMenu(window)

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
