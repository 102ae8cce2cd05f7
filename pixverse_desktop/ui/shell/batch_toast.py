"""For a moment after a batch was added: a way back for what was not sent yet."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance, Slot

from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.shell.toasts import NoticeToast


class BatchToast(NoticeToast):
    """Knows the batch that was added last; ``added`` tells of one."""

    def __init__(self, bridge: EngineBridge, added: SignalInstance) -> None:
        super().__init__()
        self._bridge = bridge
        self._batch = ""
        self.action_clicked.connect(self.undo)
        added.connect(self.show_added)

    @Slot(object)
    def show_added(self, jobs: list[Job]) -> None:
        """Tell that these were added."""
        self._batch = jobs[0].batch if jobs else ""
        text = self.tr("%Ln clips were added to the queue.", "", len(jobs))
        self.show_message(text, self.tr("Undo") if self._batch else "")

    @Slot()
    def undo(self) -> None:
        """Take back what was not sent."""
        if self._batch:
            batch, self._batch = self._batch, ""
            self.show_message(self.tr("They are being taken back…"))
            self._bridge.withdraw_batch(batch, self._take_withdrawn)

    def _take_withdrawn(self, answer: tuple[int, int] | Problem) -> None:
        if isinstance(answer, Problem):
            self.show_message(translated(answer.message))
            return
        withdrawn, going_on = answer
        parts = [self.tr("%Ln clips were taken back.", "", withdrawn)]
        if going_on:
            parts.append(self.tr("%Ln were sent already: they go on and are billed.", "", going_on))
        self.show_message(" ".join(parts))
