"""One data folder at work, and the only place where an engine is built.

The window, the commands, the crash harness, the tests and the benchmarks all build their engines
here, so that what is killed again and again is what ships.
"""

from __future__ import annotations

from pixverse_desktop.core.engine import Engine
from pixverse_desktop.core.job_book import JobBook
from pixverse_desktop.core.ports import ClipFiles, Clock, EventSink, Lane, RunBlocking, Service
from pixverse_desktop.core.session import EngineConfig, Outside
from pixverse_desktop.core.status import Origin
from pixverse_desktop.services import assembly
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.store.job_store import JobStore, Repair


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
        self.book = JobBook(self.store, run, clock, events)

    async def open(self) -> Repair | None:
        """Open the database and read every job; gives what had to be mended. Raises UserError."""
        repair = await self.run(Lane.STORE, self.store.open)
        await self.book.load()
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
) -> Engine:
    """An engine for one service that has recovered and knows what is remembered; not started.

    ``remember_hold`` is False for a command, which sends what it was told to in spite of a pause.
    With ``ask`` what waits from before is sent only after a question. ``service`` and ``files``
    replace the service behind ``origin`` and the clip folder of ``settings``.
    """
    outside = Outside(
        runtime.run,
        runtime.clock,
        runtime.events,
        files or assembly.make_clip_folder(runtime.paths, settings),
        runtime.store.save_fact,
    )
    client = service or assembly.make_client(origin, key, runtime.paths, settings)
    engine = Engine(runtime.book, client, origin, outside, config)
    await engine.recover()
    facts = dict(await runtime.run(Lane.STORE, runtime.store.facts, origin.id))
    if not remember_hold:
        facts.pop("paused", None)
    engine.session.recall(facts, assembly.remembered_rules(facts))
    if ask:
        engine.session.ask_first()
    return engine
