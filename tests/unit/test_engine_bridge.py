"""What the engine tells reaches the window whole and in order, and never all at once."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QObject, Slot
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import ProblemCode
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.services.engine_bridge import EngineBridge
from tests.support.factories import demo_status, make_job


class Slow(QObject):
    """A view that takes three milliseconds for every job."""

    def __init__(self, bridge: EngineBridge) -> None:
        super().__init__()
        self.heard: list[str] = []
        bridge.job_changed.connect(self.on_job_changed)
        bridge.status_changed.connect(self.on_status_changed)

    @Slot(object)
    def on_job_changed(self, job: Job) -> None:
        end = time.monotonic() + 0.003
        while time.monotonic() < end:
            pass
        self.heard.append(job.id)

    @Slot(object)
    def on_status_changed(self, _status: ServiceStatus) -> None:
        self.heard.append("status")


def test_many_jobs_at_once_leave_room_for_others_between_them(qtbot: QtBot) -> None:
    bridge = EngineBridge(demo_status())
    view = Slow(bridge)
    jobs = [make_job(n) for n in range(40)]
    for job in jobs:
        bridge.sink.job_changed(job)
    bridge.sink.status_changed(demo_status())
    assert view.heard == []  # never inside what told it
    QCoreApplication.sendPostedEvents()
    assert 0 < len(view.heard) < 10
    qtbot.waitUntil(lambda: len(view.heard) == 41)
    assert view.heard == [*(job.id for job in jobs), "status"]


def test_a_film_that_changed_is_told_after_its_jobs(qtbot: QtBot) -> None:
    bridge = EngineBridge(demo_status())
    heard: list[object] = []
    bridge.job_changed.connect(heard.append)
    bridge.film_changed.connect(heard.append)
    job = make_job(1)
    bridge.sink.job_changed(job)
    bridge.sink.film_changed("film")
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [job, "film"]


def test_without_an_engine_films_are_asked_for_in_vain() -> None:
    bridge = EngineBridge(demo_status())
    heard: list[object] = []
    assert bridge.films() is None
    assert bridge.find_job("job1") is None
    bridge.change_films(lambda films: films.create("A film"), heard.append)
    assert [getattr(one, "code", None) for one in heard] == [ProblemCode.OFFLINE]
