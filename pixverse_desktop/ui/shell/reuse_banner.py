"""Settings of a clip taken into the form, and for a while the way back to the old form."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.reuse import RequestPart, merged
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.jobs.job_text import short_prompt
from pixverse_desktop.ui.widgets.strip import Strip

_STAYS_MS = 20_000


class ReuseBanner(Strip):
    """Hidden until something was taken."""

    def __init__(self, compose: ComposePanel) -> None:
        super().__init__(dismissible=True)
        self._compose = compose
        self._before: ClipRequest | None = None
        self._taken: ClipRequest | None = None  # what the form held right after taking
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_STAYS_MS)
        self._timer.timeout.connect(self.forget)
        self.action_clicked.connect(self.on_action_clicked)
        self.dismissed.connect(self.forget)

    def take(self, job: Job, part: RequestPart) -> None:
        """Put all of a clip's settings, or a part of them, into the form."""
        now = self._compose.request()
        if self._before is None or now != self._taken:
            self._before = now  # else only taken again: the way back is still to the user's own
        self._compose.set_request(merged(now, job.request, part))
        self._taken = self._compose.request()
        text = self.tr("Settings taken from “{clip}”").format(clip=short_prompt(job))
        self.show_message(text, self.tr("Undo"))
        self._timer.start()

    @Slot()
    def on_action_clicked(self) -> None:
        if self._before is not None:
            self._compose.set_request(self._before)
        self.forget()

    @Slot()
    def forget(self) -> None:
        """There is no way back any more."""
        self._before = None
        self._timer.stop()
        self.hide()
