"""What the program does on the desktop around its window; made once the window stands."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.notices import Together
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.services.awake import Awake
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.playback.sound_output import choose as choose_sound_output
from pixverse_desktop.ui.shell.keep_awake import KeepAwake
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.shell.notice_outlet import NoticeOutlet
from pixverse_desktop.ui.shell.notices import Notices


class Desktop(QObject):
    """Lives as long as the window."""

    def __init__(self, context: UiContext, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.awake = KeepAwake(context, Awake(), self)
        self.awake.changed.connect(window.status_bar.awake.setVisible)
        self._commands = context.commands
        window.user_actions.settings_changed.connect(self.on_settings_changed)
        self.on_settings_changed()
        self.notices = Notices(context, window.hold_banner.label.text, self)
        picture = str(context.resources / "icons" / "app.svg")
        self.outlet = NoticeOutlet(context.workers, picture, window)
        self.outlet.clicked.connect(self.notices.on_clicked)
        self.notices.show_through(self.outlet)
        self.notices.shown.connect(self.on_notices_shown)

    @Slot()
    def on_settings_changed(self) -> None:
        self.awake.look()
        choose_sound_output(next(iter(self._commands.settings.sound_output), ""))

    @Slot(object)
    def on_notices_shown(self, what: Job | Together | None) -> None:
        """A notice was clicked: the window comes forward with what it is about."""
        window = self._window
        window.come_forward([])
        if isinstance(what, Together) and what.film:
            window.clip_actions.film_shown.emit(what.film)
        elif isinstance(what, Together) and len(what.made) > 1:
            window.clip_actions.sheet_requested.emit(what.made, self.notices.name_of(what))
        elif isinstance(what, Together):
            self._show_job((what.made or what.failed)[-1])
        elif what is not None:
            self._show_job(what)

    def _show_job(self, job: Job) -> None:
        if job.state is not JobState.SAVED:
            self._window.views.show_create()  # the queue says what is wrong with it
        self._window.ready.bring(job)
