"""Deliberately broken programs: the harness must catch each of them, or it proves nothing."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from pixverse_desktop.api import client, download, http
from pixverse_desktop.core.engine import engine, reconciler
from pixverse_desktop.core.errors import Ambiguous
from pixverse_desktop.core.film import plan
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import TRANSITIONS, JobState
from pixverse_desktop.services import runtime
from pixverse_desktop.store import clip_folder, job_store


@dataclass(frozen=True)
class Mutant:
    """``spoil`` breaks the program in this process. ``world`` is what brings the fault out: which
    answers are lost (``lost``), which other faults the service plays, how it lists jobs."""

    name: str
    caught_by: str  # the invariant expected to catch it
    spoil: Callable[[], None]
    faults: tuple[dict[str, object], ...] = ()
    points: tuple[str | None, ...] = (None,)
    elsewhere: bool = False  # other clients make jobs on the account meanwhile
    films: bool = False  # its lives make a film
    unwatched: str = ""  # an invariant that would catch it first, by its own change of the table


def naive_requeue() -> None:
    """After a crash what was in the air is simply sent again."""

    async def recover(self: Any) -> None:
        for found in self._repository.all():
            if found.state is JobState.SUBMITTING:
                await self._repository.transition(found.id, JobState.QUEUED)

    engine.Engine.recover = recover  # type: ignore[method-assign]


def no_recovery() -> None:
    """Window and commands start without looking at what was under way."""

    async def recover(self: Any) -> None:
        return None

    engine.Engine.recover = recover  # type: ignore[method-assign]


def blind_retry() -> None:
    """A paid request whose answer was lost is repeated at once."""
    real = client.Client.submit

    def submit(self: Any, body: bytes, attempt_id: str, model_id: str = "pixverse-v6") -> Any:
        try:
            return real(self, body, attempt_id, model_id)
        except Ambiguous:
            return real(self, body, attempt_id, model_id)

    client.Client.submit = submit  # type: ignore[method-assign]


def redirect_followed() -> None:
    """The paid request follows a 307, body and all."""
    real = requests.Session.post

    def post(self: Any, url: str, data: Any = None, **how: Any) -> Any:
        return real(self, url, data=data.read(), **{**how, "allow_redirects": True})

    requests.Session.post = post  # type: ignore[method-assign,assignment]
    del http.Session.get_redirect_target  # our sessions do not even look where one leads


def no_part() -> None:
    """Clips grow under their final name."""

    def part_path(self: Any, found: Job) -> Path:
        folder = self._folder_of(found)
        folder.mkdir(parents=True, exist_ok=True)
        return Path(folder / clip_folder.clip_name(found))

    clip_folder.ClipFolder.part_path = part_path  # type: ignore[method-assign]


def no_sync_before_rename() -> None:
    """The clip is renamed before it is known to be on the disk."""
    clip_folder.sync_file = lambda path: None


def grace_too_short() -> None:
    """What is not in the list at the first look is taken for not charged and queued again."""
    TRANSITIONS[JobState.UNCONFIRMED] |= {JobState.QUEUED}

    async def count(self: Any, listing: Any, left: list[Job]) -> None:
        for found in left:
            await self._session.repository.transition(found.id, JobState.QUEUED)
            self._session.submit_wake.set()

    reconciler.Reconciler._count = count  # type: ignore[method-assign]
    client.SUBMIT_READ_LIMIT_S = 0.15


def adopt_any() -> None:
    """Any job of the list that is not known will do."""

    def matches(unconfirmed: Any, rows: Any, known: set[str], **_: Any) -> dict[str, Any]:
        unknown = [row for row in rows if row.remote_id not in known]
        return {found.id: row for found, row in zip(unconfirmed, unknown, strict=False)}

    reconciler.proven_matches = matches


def key_to_the_media_host() -> None:
    """The clip's host gets the key as well."""
    download.NoAuth = lambda: client.BearerAuth("a key")  # type: ignore[assignment,misc]


def no_intent() -> None:
    """The journal is written after the fact, if at all."""
    real = job_store.JobStore._journaling

    def journaling(self: Any, found: Job, *, required: bool) -> Any:
        if found.state is JobState.SUBMITTING:
            return lambda number: None
        return real(self, found, required=required)

    job_store.JobStore._journaling = journaling  # type: ignore[method-assign]


def forgets_the_path() -> None:
    """A clip is called saved before it has its name."""
    real = clip_folder.ClipFolder.publish

    def publish(self: Any, found: Job) -> None:
        if found.id[-1] in "02468ace":
            real(self, dataclasses.replace(found))
        elif found.clip is not None:
            Path(found.clip.path).with_name(f".{found.id}.part").unlink(missing_ok=True)

    clip_folder.ClipFolder.publish = publish  # type: ignore[method-assign]


def last_but_one() -> None:
    """A shot goes on from a picture near the end of the one before."""
    real = runtime.still_of_job
    runtime.still_of_job = lambda paths, parent, index: real(paths, parent, index - 3)  # type: ignore[assignment]


def forgets_what_is_under_way() -> None:
    """A film's shots are queued again while they are made."""
    plan.is_under_way = lambda job: False


LIFE_S = 20.0  # long enough on a busy machine: a mutant is to be seen, not to be killed
LOST = {"on": "run", "kind": "drop_after_charge"}
MUTANTS = {
    mutant.name: mutant
    for mutant in (
        Mutant("naive_requeue", "I2", naive_requeue, points=("after_post", "before_accept")),
        Mutant("no_recovery", "I5", no_recovery, points=("after_post", "before_accept")),
        Mutant("blind_retry", "I2", blind_retry, faults=(LOST,)),
        Mutant(
            "redirect_followed", "I2", redirect_followed,
            faults=({"on": "run", "kind": "redirect", "status": 307, "location": "{run}"},),
        ),
        Mutant("no_part", "I3", no_part, points=("mid_download",)),
        Mutant("no_sync_before_rename", "order", no_sync_before_rename),
        Mutant(
            "grace_too_short", "I2", grace_too_short, unwatched="I6",
            faults=({"on": "run", "kind": "delay", "seconds": 0.6},),
        ),
        Mutant("adopt_any", "I11", adopt_any, points=("after_post",), elsewhere=True),
        Mutant("key_to_the_media_host", "I9", key_to_the_media_host),
        Mutant("no_intent", "I8", no_intent),
        Mutant("forgets_the_path", "I4", forgets_the_path),
        Mutant("last_but_one", "I16", last_but_one, points=("after_saved",), films=True),
        Mutant(
            "forgets_what_is_under_way", "I2", forgets_what_is_under_way,
            points=("after_accept",), films=True,
        ),
    )
}  # fmt: skip


def watch_order(folder: Path) -> None:
    """Write to ``order.log`` whenever a clip gets its name before it was synced, in any life."""
    known = folder / "synced.txt"
    synced = set(known.read_text().splitlines()) if known.exists() else set()
    real_sync, real_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        real_sync(descriptor)
        path = os.path.realpath(f"/proc/self/fd/{descriptor}")
        if path.endswith(".part"):
            synced.add(path)
            with known.open("a") as file:
                file.write(f"{path}\n")

    def replace(source: Any, target: Any, **how: Any) -> None:
        name = str(target)
        if name.endswith(".mp4") and os.path.realpath(source) not in synced:
            with (folder / "order.log").open("a") as file:
                file.write(f"order: {Path(name).name} was renamed before it was synced\n")
        real_replace(source, target, **how)

    os.fsync, os.replace = fsync, replace
