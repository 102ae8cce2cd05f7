"""What the window asks of the program, carried out: settings, keys, services, folders, frames.

Implements ``ui.base.context.AppCommands``. Nothing here blocks the main thread; the three methods
marked BLOCKING are called by the window on workers.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pixverse_desktop.core.errors import Problem, ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.records import record
from pixverse_desktop.core.redaction import register_secret
from pixverse_desktop.core.service import Origin, ServiceReport
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.services.secrets import Secrets, clean_key
from pixverse_desktop.services.settings import (
    Settings,
    SettingsFiles,
    WindowState,
    clip_folder_path,
)
from pixverse_desktop.services.slot_border import SlotTasks

if TYPE_CHECKING:
    from pixverse_desktop.core.batch.patterns import Lists
    from pixverse_desktop.core.engine.engine import Engine
    from pixverse_desktop.core.engine.new_jobs import Cell
    from pixverse_desktop.core.model.parameters import ModelSpec
    from pixverse_desktop.core.route import Route
    from pixverse_desktop.services.batch_files import GivenTable
    from pixverse_desktop.services.demo_service import SimulatorProcess
    from pixverse_desktop.services.export import Export
    from pixverse_desktop.services.film_files import FilmFiles
    from pixverse_desktop.services.network import NetworkCommands

log = logging.getLogger(__name__)


class Host(Protocol):
    """The running program, as far as the commands need it."""

    settings: Settings
    key_known: bool
    paths: Paths
    secrets: Secrets
    workers: Workers
    bridge: EngineBridge
    simulator: SimulatorProcess | None
    fixed: Origin | None
    engine: Engine | None

    @property
    def origin(self) -> Origin: ...

    async def use_service(self, *, ask: bool = False) -> None: ...

    def apply_settings(self, settings: Settings) -> bool: ...

    def note_refill(self, credits_left: Decimal) -> None: ...

    def key_origin(self) -> Origin: ...

    def close(self) -> None: ...

    def open_path(self, path: Path) -> None: ...


class Commands:
    """The window's commands on one running program."""

    def __init__(self, host: Host, window_state: WindowState) -> None:
        self._host = host
        self._tasks = SlotTasks()
        self._kept = SettingsFiles(host.workers.call, host.bridge.notice.emit)
        self.window_state = window_state

    @property
    def settings(self) -> Settings:
        """The settings in use."""
        return self._host.settings

    # --- settings and memory ---

    def apply_settings(self, settings: Settings) -> None:
        """Save the settings off the main thread; they take effect at once."""
        other = settings.service != self._host.settings.service
        anew = self._host.apply_settings(settings)
        self._kept.save(self._host.paths.settings, settings)
        if anew:
            self._spawn(self._host.use_service(ask=other))

    def save_window_state(self, state: WindowState) -> None:
        """Save the window's state off the main thread."""
        self.window_state = state
        self._kept.save(self._host.paths.window, state)

    # --- services and keys ---

    def use_service(self, service: str) -> None:
        """Use "demo" or "pixeldojo"."""
        self.apply_settings(replace(self._host.settings, service=service))

    def has_key(self) -> bool:
        """True when a key is known: PixelDojo's, or the one of a service given by its address."""
        return self._host.key_known

    def set_key(self, key: str, then: Callable[[KeyOutcome], None]) -> None:
        """Trim, test at the service and store a key, then use PixelDojo."""
        self._spawn(self._set_key(key, then))

    async def _set_key(self, text: str, then: Callable[[KeyOutcome], None]) -> None:
        from pixverse_desktop.services.network import find_route
        from pixverse_desktop.services.runtime import make_client

        host = self._host
        try:
            key = clean_key(text)
        except ValueError as error:
            then(KeyOutcome(False, "", problem(ProblemCode.KEY, error.args[0])))
            return
        register_secret(key)
        origin, first = host.key_origin(), not host.key_known
        try:
            route = await host.workers.run(Lane.FILES, find_route, host.settings, host.secrets)
            client = make_client(origin, key, host.paths, host.settings, route)
            await host.workers.run(Lane.NETWORK, client.check_key)
        except UserError as error:
            then(KeyOutcome(False, "", _key_problem(error.problem)))
            return
        stored = await host.workers.run(Lane.FILES, host.secrets.save, origin, key)
        host.key_known = True
        then(KeyOutcome(True, stored, None))
        service = "pixeldojo" if host.fixed is None else host.settings.service
        kept = host.settings.with_key(origin.id, stored == "keyring")
        host.apply_settings(replace(kept, service=service))
        self._kept.save(host.paths.settings, host.settings)
        await host.use_service(ask=True)
        if first and host.engine is not None:
            report = await host.engine.check_service()
            if report.reached and report.findings:
                host.bridge.notice.emit(problem(ProblemCode.DIFFERS))

    def remove_key(self, then: Callable[[], None]) -> None:
        """Forget the key for PixelDojo."""
        self._spawn(self._remove_key(then))

    async def _remove_key(self, then: Callable[[], None]) -> None:
        host = self._host
        origin_id = host.key_origin().id
        kept = host.settings.keeps_key(origin_id)
        remove = partial(host.secrets.remove, keyring=kept)
        await host.workers.run(Lane.FILES, remove, host.key_origin())
        host.key_known = False
        host.apply_settings(host.settings.with_key(origin_id, False))
        self._kept.save(host.paths.settings, host.settings)
        then()
        if host.fixed is None:
            self.use_service("demo")
        else:
            await host.use_service()

    def refill_demo(self) -> None:
        """Fill up the demo's play money."""
        simulator = self._host.simulator
        if simulator is not None:
            refilled = self._host.note_refill
            self._host.workers.call(Lane.NETWORK, simulator.refill, then=refilled)

    def network(self) -> NetworkCommands:
        """How the service is reached: tried out and changed."""
        from pixverse_desktop.services.network import NetworkCommands

        return NetworkCommands(self._host, self._kept)

    def diagnose(self, window: Sequence[str], report: ServiceReport | None) -> str:
        """BLOCKING. What support needs to know, without keys, passwords and prompts."""
        from pixverse_desktop.services.diagnostics import diagnose

        host = self._host
        return diagnose(host.paths, host.settings, host.origin.kind, window, report)

    # --- folders ---

    def clip_folder(self) -> Path:
        """Where clips are saved."""
        return clip_folder_path(self._host.paths, self._host.settings)

    def free_space(self, then: Callable[[int | None], None]) -> None:
        """Hand over the free bytes at the clip folder later, None where nobody knows."""
        from pixverse_desktop.services.own_clips import make_clip_folder

        files = make_clip_folder(self._host.paths, self._host.settings)
        self._host.workers.call(Lane.FILES, files.free_bytes, then=then)

    def reveal(self, path: Path) -> None:
        """Show a file or folder in the system's file manager."""
        self._host.workers.call(Lane.FILES, _reveal_command, path, then=self._reveal)

    def _reveal(self, target: Path | None) -> None:
        if target is not None:
            self._host.open_path(target)

    def show_log(self) -> None:
        """Show the folder of the log in the system's file manager."""
        self.reveal(self._host.paths.logs)

    # --- clips from elsewhere ---

    def add_clips(self, paths: list[Path], then: Callable[[AddedClips], None]) -> None:
        """Take clips of this program into the list, from files and folders; ``then`` later."""
        self._spawn(self._add_clips(paths, then))

    async def _add_clips(self, paths: list[Path], then: Callable[[AddedClips], None]) -> None:
        from pixverse_desktop.services.own_clips import clips_at, read_own_clip

        host = self._host
        counts: Counter[str] = Counter()
        for path in paths:
            for clip in await host.workers.run(Lane.FILES, clips_at, path):
                own = await host.workers.run(Lane.FILES, read_own_clip, clip, host.paths)
                engine = host.engine
                if engine is None:
                    raise UserError(problem(ProblemCode.OFFLINE, Message("service_starting")))
                counts["foreign" if own is None else await engine.imports.add(*own)] += 1
        then(AddedClips(**counts))

    def read_clip(self, path: Path, then: Callable[[Job | None], None]) -> None:
        """Hand over later what a clip says about itself; None when it is not this program's."""
        from pixverse_desktop.services.own_clips import job_in_clip

        self._host.workers.call(Lane.FILES, job_in_clip, path, self._host.paths, then=then)

    def export_clip(
        self, job: Job, target: Path, kind: Export, then: Callable[[UserError | None], None]
    ) -> None:
        """Write a clip, or what it was made with, to a file; ``then`` hears what went wrong."""
        from pixverse_desktop.services.export import export

        def done(_: None) -> None:
            then(None)

        self._host.workers.call(Lane.FILES, export, job, target, kind, then=done, otherwise=then)

    # --- frames ---

    def check_frame_file(self, path: str) -> str:
        """BLOCKING. The reason why a file cannot be a frame, or ""."""
        from pixverse_desktop.media.image_prepare import refusal_of_file

        return refusal_of_file(Path(path))

    def prepare_frame(self, source: FrameSource) -> tuple[Frame, bytes, str]:
        """BLOCKING. Normalise and store a picture; raises UserError with the sentence."""
        from pixverse_desktop.services import frames

        paths = self._host.paths
        if source.clip:
            path = Path(source.clip)
            return frames.frame_from_clip(path, source.index, source.label, source.parent, paths)
        if source.path:
            return frames.frame_from_file(Path(source.path), paths)
        if source.data:
            return frames.store_frame(source.data, source.label, paths)
        return frames.frame_from_url(source.url, paths, self._route())

    def frame_preview(self, frame: Frame) -> bytes:
        """BLOCKING. The JPEG bytes of a stored frame; raises UserError when it is gone."""
        from pixverse_desktop.services import frames

        if frame.kind is FrameKind.URL:
            return frames.frame_from_url(frame.value, self._host.paths, self._route())[1]
        return frames.load_frame(frame, self._host.paths)

    # --- many clips at once ---

    def word_lists(self) -> Lists:
        """The user's lists of words, as they are from now on; asking for one is BLOCKING."""
        from pixverse_desktop.services.batch_files import word_lists

        return word_lists(self._host.paths)

    def frame_is_gone(self, frame: Frame) -> bool:
        """BLOCKING. Whether a kept picture is no longer there."""
        from pixverse_desktop.services.batch_files import frame_is_gone

        return frame_is_gone(self._host.paths, frame)

    def read_table(
        self, path: str, model: ModelSpec, without: Collection[str], text: str | None = None
    ) -> GivenTable:
        """BLOCKING. A table of clips or a list of prompts; ``text`` instead of what is in the
        file, which names it then. Raises UserError."""
        from pixverse_desktop.services.batch_files import bytes_of, read_given
        from pixverse_desktop.services.named_frame import named_frame

        paths, route = self._host.paths, self._route()

        def frame(text: str) -> Frame:
            return named_frame(text, paths, route)[0]

        data = bytes_of(Path(path)) if text is None else text.encode()
        return read_given(data, Path(path), model, self.word_lists(), frame, without)

    def write_table(self, cells: Sequence[Cell], model: ModelSpec, path: str) -> None:
        """BLOCKING. Write clips as a table that reads back as the same. Raises UserError."""
        from pixverse_desktop.services.batch_files import write_cells

        write_cells(cells, model, self._host.paths.frames, Path(path))

    def film_files(self) -> FilmFiles:
        """Films as files on the disk."""
        from pixverse_desktop.services.film_files import FilmFiles

        return FilmFiles(self._host)

    def clip_seconds(self, address: str) -> float:
        """BLOCKING. How long the clip at an address lasts; raises UserError with the sentence."""
        from pixverse_desktop.services.clip_length import seconds_at

        return seconds_at(address, self._route())

    def _route(self) -> Route:
        """BLOCKING. How requests leave this machine."""
        from pixverse_desktop.services.network import find_route

        return find_route(self._host.settings, self._host.secrets)

    # --- the end ---

    def request_close(self) -> None:
        """Wind down and end the program."""
        self._host.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.start(work, self._tell)

    def _tell(self, error: UserError) -> None:
        self._host.bridge.notice.emit(error.problem)


def _key_problem(found: Problem) -> Problem:
    if found.code is ProblemCode.KEY:
        return problem(ProblemCode.KEY, Message("key_refused"), found.detail)
    said = Message("key_untested")
    if found.code in (ProblemCode.PROXY, ProblemCode.CERTIFICATE):  # what to do stands in it
        said = Message("key_untested_because", reason=found.message)
    return problem(found.code, said, found.detail)


def _reveal_command(path: Path) -> Path | None:
    """BLOCKING. Show the file itself where the system can; else the folder to open."""
    try:
        if path.is_dir():
            return path
        if sys.platform == "win32" and path.exists():
            subprocess.Popen(["explorer", f"/select,{path}"])
            return None
        if sys.platform == "darwin" and path.exists():
            subprocess.Popen(["open", "-R", str(path)])
            return None
    except OSError:
        log.warning("the file manager did not start")
    return next((folder for folder in path.parents if folder.is_dir()), None)


class KeyOutcome(NamedTuple):
    """What became of a key: ``stored`` is "keyring", "session" or "" when it was not kept."""

    ok: bool
    stored: str
    problem: Problem | None


@record
class FrameSource:
    """A picture as it came: a file, an http(s) address, raw encoded bytes, or a clip's frame.

    ``clip`` is the file of a clip, ``index`` its frame counted from 0 (-1: the last), ``parent``
    the id of the job that made it.
    """

    path: str = ""
    url: str = ""
    data: bytes = b""
    label: str = ""
    clip: str = ""
    index: int = -1
    parent: str = ""


class AddedClips(NamedTuple):
    """How many clips were new, known but missing, known, and not this program's."""

    added: int = 0
    located: int = 0
    known: int = 0
    foreign: int = 0
