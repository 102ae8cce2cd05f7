"""Clips that come from outside of the library: they are taken into it, and known under one id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.services.application import AddedClips
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base.context import UiContext

Then = Callable[[list[Job], int], None]


def job_here(bridge: EngineBridge, told: Job) -> Job | None:
    """The job that a clip tells of, under the id that it has here: it may have been found at the
    service before. None where the list does not know it."""
    job = bridge.find_job(told.id)
    if job is None and told.remote_id is not None:
        at_service = {(one.origin, one.remote_id): one for one in bridge.all_jobs()}
        job = at_service.get((told.origin, told.remote_id))
    return job


class GivenClips:
    """Reads clips on a worker, one after the other, and adds those of this program."""

    def __init__(self, context: UiContext) -> None:
        self._bridge = context.bridge
        self._commands = context.commands

    def take(self, paths: Sequence[Path], then: Then) -> None:
        """``then`` gets the jobs in the order of the files, and how many files are not ours."""
        self._read(list(paths), {}, len(paths), then)

    def _read(self, left: list[Path], told: dict[Path, Job], count: int, then: Then) -> None:
        if left:
            found = partial(self._found, left[0], left[1:], told, count, then)
            self._commands.read_clip(left[0], found)
        elif told:
            self._commands.add_clips(list(told), partial(self._added, told, count, then))
        else:
            then([], count)

    def _found(
        self,
        path: Path,
        left: list[Path],
        told: dict[Path, Job],
        count: int,
        then: Then,
        job: Job | None,
    ) -> None:
        self._read(left, told if job is None else {**told, path: job}, count, then)

    def _added(self, told: dict[Path, Job], count: int, then: Then, _added: AddedClips) -> None:
        here = (job_here(self._bridge, job) for job in told.values())
        then([job for job in here if job is not None], count - len(told))
