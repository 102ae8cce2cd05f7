"""One data folder at work, and the only place where an engine is built.

The window, the commands, the crash harness, the tests and the benchmarks all build their engines
here, so that what is killed again and again is what ships.
"""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.engine.film_repository import FilmRepository
from pixverse_desktop.core.engine.job_repository import JobRepository
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.errors import Problem, ProblemCode, problem
from pixverse_desktop.core.lanes import Lane, RunBlocking
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.ports import ClipFiles, Clock, EngineDependencies, EventSink, Service
from pixverse_desktop.core.route import SYSTEM, Route
from pixverse_desktop.core.service import Origin
from pixverse_desktop.services.frames import still_of_job
from pixverse_desktop.services.paths import Paths, paths_of_user
from pixverse_desktop.services.secrets import Secrets, StoredKey
from pixverse_desktop.services.settings import Settings, load_settings
from pixverse_desktop.store.frame_folder import FrameFolder
from pixverse_desktop.store.job_store import JobStore, Repair
from pixverse_desktop.store.schema import Corruption

if TYPE_CHECKING:
    from pixverse_desktop.api.client import Client
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID, any_model
from pixverse_desktop.services.own_clips import make_clip_folder


class Runtime:
    """The list of jobs of one data folder with what every engine on it shares."""

    def __init__(
        self,
        paths: Paths,
        run: RunBlocking,
        clock: Clock,
        events: EventSink,
        store: JobStore | None = None,
    ) -> None:
        self.paths = paths
        self.run = run
        self.clock = clock
        self.events = events
        self.store = store or JobStore(paths.data)
        self.repository = JobRepository(self.store, run, clock, events)
        self.films = FilmRepository(self.store.films, run, events)

    async def open(self) -> Repair | None:
        """Open the database, read jobs and films; gives what had to be mended. Raises UserError."""
        repair = await self.run(Lane.STORE, self.store.open)
        await self.repository.load()
        await self.films.load()
        return repair

    async def close(self) -> None:
        """Close the database; every engine has to be closed before."""
        await self.run(Lane.STORE, self.store.close)


async def build_engine(
    runtime: Runtime,
    origin: Origin,
    key: str | None,
    settings: Settings,
    config: EngineConfig | None = None,
    *,
    remember_hold: bool = True,
    ask: bool = False,
    service: Service | None = None,
    files: ClipFiles | None = None,
    route: Route = SYSTEM,
) -> Engine:
    """An engine for one service that has recovered and knows what is remembered; not started.

    ``remember_hold`` is False for a command, which sends what it was told to in spite of a pause.
    With ``ask`` what waits from before is sent only after a question. ``service`` and ``files``
    replace the service behind ``origin`` and the clip folder of ``settings``.
    """
    ports = EngineDependencies(
        runtime.run,
        runtime.clock,
        runtime.events,
        files or make_clip_folder(runtime.paths, settings),
        partial(still_of_job, runtime.paths),
        runtime.store.save_fact,
    )
    client = service or make_client(origin, key, runtime.paths, settings, route)
    engine = Engine(runtime.repository, client, origin, ports, config, runtime.films)
    await engine.recover()
    facts = dict(await runtime.run(Lane.STORE, runtime.store.facts, origin.id))
    if not remember_hold:
        facts.pop("paused", None)
    engine.session.recall(facts, remembered_rules(facts))
    waiting = runtime.repository.of(origin.id, JobState.QUEUED)
    if ask or (remember_hold and any(job.batch for job in waiting)):
        # What is left of a batch that was cut short is not sent by somebody else's start.
        engine.session.ask_first()
    return engine


def find_key(
    secrets: Secrets, origin: Origin, settings: Settings | None, paths: Paths
) -> StoredKey | None:
    """The key for a service. The keyring is asked only when one of ours may be in it: one that
    was never set up, or is locked, asks the user for a password. ``settings`` None: not at all.

    The user's own settings count beside those of ``paths``: the keyring is the user's, whatever
    the data folder. Raises ValueError when the environment's cannot be a key.
    """
    own = paths_of_user().settings
    kept = settings is not None and (
        settings.keeps_key(origin.id)
        or (own != paths.settings and load_settings(own).keeps_key(origin.id))
    )
    return secrets.find(origin, keyring=kept)


def make_client(
    origin: Origin, key: str | None, paths: Paths, settings: Settings, route: Route = SYSTEM
) -> Client:
    """The service of one origin, reached by ``route``."""
    from pixverse_desktop.api.client import Client

    frames = FrameFolder(paths.frames)
    return Client(
        origin,
        key,
        lambda frame: frames.load(frame.value),
        route=route,
        fallback_fields=(settings.start_field, settings.end_field),
    )


def explain_repair(repair: Repair) -> Problem:
    """What the user reads after the list of jobs had to be mended."""
    what = {
        Corruption.NONE: "list_outdated",
        Corruption.MISSING: "list_gone",
        Corruption.EMPTY: "list_empty",
        Corruption.DAMAGED: "list_damaged",
        Corruption.NEWER: "list_newer",
    }[repair.corruption]
    text = Message("list_rebuilt", what=Message(what), jobs=repair.jobs)
    if repair.kept is not None:
        text = Message("list_kept", text=text, name=repair.kept.name)
    if repair.held:
        text = Message("list_held", text=text)
    return problem(ProblemCode.REBUILT, text, str(repair.kept or ""))


def trim_cache(folder: Path, most_files: int = 40_000) -> int:
    """Delete the oldest files of a cache that has grown too large; gives how many."""
    aged = []
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if path.is_file():
                aged.append((path.stat().st_mtime, path))
    if len(aged) <= most_files:
        return 0
    aged.sort()
    surplus = aged[: len(aged) - most_files // 2]  # enough for a while
    for _, path in surplus:
        with contextlib.suppress(OSError):
            path.unlink()
    return len(surplus)


def remembered_rules(facts: dict[str, str]) -> dict[str, ModelSpec]:
    """What the live schemas said the last time they were read, by the model's id."""
    from pixverse_desktop.api import wire

    found: dict[str, ModelSpec] = {}
    for name, text in facts.items():
        kind, _, model_id = name.partition(":")
        if kind == "schema":
            model = wire.model_from_cache(text, any_model(model_id or MODEL_ID))
            found |= {model.id: model} if model is not None else {}
    return found
