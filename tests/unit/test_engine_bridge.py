"""What the engine tells reaches the window whole and in order, and never all at once."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QObject, Slot
from pytestqt.qtbot import QtBot

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
