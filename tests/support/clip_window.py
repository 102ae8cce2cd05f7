"""The whole window over a real database with clips that can be played."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.clips import write_grey_clip
from tests.support.factories import demo_status, make_job
from tests.support.window_fakes import QueueBus, make_context


class StoringBus(QueueBus):
    """A removal is in the database before it is told, as the engine does it."""

    store: JobStore

    def __init__(self, store: JobStore) -> None:
        super().__init__(demo_status())
        self.store = store
        self.jobs = {job.id: job for job in store.load_jobs()}
        self.known = dict(self.jobs)

    def show_job(self, job: Job) -> None:
        (old,) = self.store.library.get([job.id]).jobs
        self.store.update_job(job, old.state)
        super().show_job(job)
        if job.hidden:
            del self.jobs[job.id]
        self.known[job.id] = job

    def undo_remove(self, job_id: str) -> None:
        self.show_job(replace(self.known[job_id], hidden=False))


@contextmanager
def three_clips(folder: Path) -> Iterator[JobStore]:
    """A database with job1 to job3, the last one newest."""
    made = JobStore(folder / "data")
    made.open()
    for number in (1, 2, 3):
        clip = write_grey_clip(folder / f"{number}.mp4")
        made.add_jobs(
            make_job(
                number, JobState.SAVED, clip=clip, remote_id=f"r{number}",
                finished_at=1000.0 + number,
            )
        )  # fmt: skip
    yield made
    made.close()


def context_over(store: JobStore) -> UiContext:
    """Fakes, but for the database and what is told of its jobs."""
    return replace(make_context(), library=lambda: store.library, bridge=StoringBus(store))


@contextmanager
def window_over(qtbot: QtBot, context: UiContext) -> Iterator[MainWindow]:
    """At 1600 by 1000, with job2 paused on the stage."""
    player = PlayerPanel(context)
    made = MainWindow(context, player, QueuePanel(context))
    qtbot.addWidget(made)
    made.resize(1600, 1000)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    made.ready.pick(context.bridge.jobs["job2"])
    player.transport.pause()
    yield made
    made.views.close_comparison()
    player.shutdown()
