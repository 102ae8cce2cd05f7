"""Notices of what happened while the window is not in front: one for all of it, which changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.notices import NoticeRules, Together, Wanted
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.jobs.job_text import one_line, short_prompt

_GATHER_MS = 1500  # what comes within it is one notice


class Outlet(Protocol):
    """Where notices are shown."""

    def show(self, title: str, body: str) -> None:
        """Show a notice, in the place of the one before."""

    def withdraw(self) -> None:
        """The user has seen what it is about."""


class Notices(QObject):
    """Tells the rules of every change, and the outlet of what they find."""

    shown = Signal(object)  # Job, core.jobs.notices.Together or None: what a click asks for

    def __init__(self, context: UiContext, holds: Callable[[], str], parent: QObject) -> None:
        """``holds`` gives the sentence that says why nothing is sent."""
        super().__init__(parent)
        self._bridge, self._commands = context.bridge, context.commands
        self._holds = holds
        self._rules = NoticeRules()
        self._outlet: Outlet | None = None
        self._told = False
        self.gather = QTimer(self)
        self.gather.setSingleShot(True)
        self.gather.setInterval(_GATHER_MS)
        self.gather.timeout.connect(self.tell)
        self._bridge.jobs_reset.connect(self.on_bridge_jobs_reset)
        self._bridge.job_changed.connect(self.on_bridge_job_changed)
        self._bridge.jobs_changed.connect(self.on_bridge_jobs_changed)
        self._bridge.status_changed.connect(self.on_bridge_status_changed)
        QGuiApplication.instance().focusWindowChanged.connect(  # type: ignore[union-attr]
            self.on_focus_window_changed
        )
        self._rules.restore(self._bridge.jobs.values())
        self._rules.take_hold(self._bridge.status.hold, Wanted.OFF)

    def show_through(self, outlet: Outlet) -> None:
        """Where notices go."""
        self._outlet = outlet

    @Slot()
    def tell(self) -> None:
        """Show what there is to tell, all of it in one notice."""
        title, *more = self._sentences() or [""]
        if title and self._outlet is not None and not _in_front():
            self._told = True
            self._outlet.show(title, "\n".join(more))

    @Slot()
    def on_clicked(self) -> None:
        """The user clicked the notice."""
        last = self._rules.news.last
        self._look()
        self.shown.emit(last)

    @Slot(object)
    def on_bridge_jobs_reset(self, jobs: Iterable[Job]) -> None:
        self._rules.restore(jobs)

    @Slot(object)
    def on_bridge_jobs_changed(self, jobs: Iterable[Job]) -> None:
        wanted = self._wanted()
        for job in jobs:
            self._gather(self._rules.take_job(job, wanted))

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        self._gather(self._rules.take_job(job, self._wanted()))

    @Slot(object)
    def on_bridge_status_changed(self, status: ServiceStatus) -> None:
        self._gather(self._rules.take_hold(status.hold, self._wanted()))

    @Slot(object)
    def on_focus_window_changed(self, focus: object) -> None:
        if focus is not None:
            self._look()

    def _look(self) -> None:
        self._rules.look()
        self.gather.stop()
        if self._told and self._outlet is not None:
            self._told = False
            self._outlet.withdraw()

    def _wanted(self) -> Wanted:
        return Wanted.OFF if _in_front() else Wanted(self._commands.settings.notices)

    def _gather(self, news: bool) -> None:
        if news and not self.gather.isActive():
            self.gather.start()

    def _sentences(self) -> list[str]:
        """The most pressing first."""
        news = self._rules.news
        found = [self._holds()] if news.hold is not None else []
        if news.unconfirmed:
            lost = len(news.unconfirmed)
            found.append(
                self.tr("%Ln clips may have been charged: the answers were lost.", "", lost)
            )
        if len(news.failed) == 1:
            wrong = news.failed[0].problem
            why = translated(wrong.message) if wrong is not None else ""
            text = self.tr("“{clip}” failed. {reason}")
            found.append(text.format(clip=short_prompt(news.failed[0]), reason=why).strip())
        elif news.failed:
            found.append(self.tr("%Ln clips failed.", "", len(news.failed)))
        found += [self._of_together(one) for one in news.together]
        if len(news.ready) == 1:
            found.append(self.tr("“{clip}” is ready.").format(clip=short_prompt(news.ready[0])))
        elif news.ready:
            text = self.tr("%Ln clips are ready, the newest is “{clip}”.", "", len(news.ready))
            found.append(text.format(clip=short_prompt(news.ready[-1])))
        return found

    def _of_together(self, one: Together) -> str:
        parts = []
        if one.made:
            parts.append(self.tr("%Ln clips", "", len(one.made)))
        if one.failed:
            parts.append(self.tr("%Ln failed", "", len(one.failed)))
        text = self.tr("“{name}” is ready: {clips}") if one.made else self.tr("“{name}”: {clips}")
        return text.format(name=self.name_of(one), clips=", ".join(parts))

    def name_of(self, one: Together) -> str:
        """What a film or a batch is called."""
        films = self._bridge.films() if one.film else None
        film = films.find(one.film) if films is not None else None
        if film is not None:
            return one_line(film.name)
        jobs = one.made or one.failed
        return next((one_line(job.label) for job in jobs if job.label), short_prompt(jobs[0]))


def _in_front() -> bool:
    """Whether the user looks at one of our windows."""
    focus = QGuiApplication.focusWindow()
    return focus is not None and not focus.windowStates() & Qt.WindowState.WindowMinimized
