"""The window's composition root: builds the parts, runs the loop, winds everything down.

Start: window first, then the database, then the service. What the first paint does without is not
imported before it: a worker imports that afterwards, and the functions here where they use it.
End: no new submission, up to 3 s for one in the air, then store, logs and exit.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import time
from dataclasses import replace
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import (
    Origin,
    OriginKind,
    ServiceStatus,
    custom_origin,
    demo_origin,
    pixeldojo_origin,
)
from pixverse_desktop.services import logs
from pixverse_desktop.services.application import Commands
from pixverse_desktop.services.data_lock import lock_data_folder
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.services.paths import Paths, paths_below, paths_of_user, resources
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.services.secrets import Secrets
from pixverse_desktop.services.settings import Settings, Takes, load_settings, load_window_state
from pixverse_desktop.services.slot_border import SlotTasks
from pixverse_desktop.ui.base import motion, theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.gc_on_main_thread import MainThreadCollector
from pixverse_desktop.ui.base.localised import install_languages
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.application import make_application
from pixverse_desktop.ui.shell.first_paint import first_paint
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.shell.second_start import (
    OTHER_SERVICE,
    FolderInUse,
    OtherService,
    second_start,
    service_name,
)
from pixverse_desktop.ui.widgets.file_drag import file_url

if TYPE_CHECKING:
    from pixverse_desktop.core.engine.engine import Engine
    from pixverse_desktop.services.demo_service import SimulatorProcess
    from pixverse_desktop.services.runtime import Runtime
    from pixverse_desktop.store.clip_search import Library
    from pixverse_desktop.ui.shell.single_instance import FirstInstance

log = logging.getLogger(__name__)

_FORCED_END_S = 5.0
_DRAIN_S = 1.0
_SWITCH_WAIT_S = 75.0
_DEMO_EXPECTED_S = 8.0
_COPY_AFTER_S = 60.0
_COPY_EVERY_S = 3600.0


def run(options: argparse.Namespace) -> int:
    """Open the window and stay until it is closed; gives the exit code."""
    try:
        fixed = custom_origin(options.api_url) if options.api_url else None
    except ValueError as error:
        sys.stderr.write(f"pixverse-desktop: {error}\n")
        return 2
    paths = paths_below(options.data_dir) if options.data_dir else paths_of_user()
    application = make_application()
    try:
        lock = lock_data_folder(paths)
        if lock is None:
            wanted = demo_origin("") if options.demo else fixed
            lock = second_start(paths, options.files, wanted)
        if lock is None:
            return 0
    except OtherService:
        sys.stderr.write(f"pixverse-desktop: {OTHER_SERVICE}\n")
        return 10
    except UserError as error:
        return _explain(error.problem.message, 9)
    except FolderInUse:
        return _explain(Message("folder_in_use"), 10)
    except OSError as error:
        said = Message("folder_unwritable", folder=str(paths.data), reason=str(error.strerror))
        return _explain(said, 9)
    log_file = logs.Logs(paths.logs)
    logs.log_uncaught()
    crash_file = logs.CrashFile(paths.logs)
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    program = Program(paths, fixed, demo=options.demo)
    if crash_file.problem is not None:
        program.bridge.notice.emit(crash_file.problem)
    application.files_opened.connect(program.window.come_forward)
    _close_on_signals(loop, program)
    with loop:
        clean = loop.run_until_complete(program.main(options.files))
    crash_file.close()
    log_file.close()
    lock.close()
    if not clean:
        # A thread in a blocking call cannot be ended, and Qt aborts over it: leave at once.
        sys.stdout.flush()
        os._exit(0)
    return 0


def _close_on_signals(loop: asyncio.AbstractEventLoop, program: Program) -> None:
    """A polite request to end, from the system or a terminal, closes as the window's cross does."""
    if sys.platform != "win32":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, program.close)
    # The end of the session must not be held up; what matters is committed at every step.
    QApplication.instance().commitDataRequest.connect(  # type: ignore[union-attr]
        program.window.end_with_session, Qt.ConnectionType.DirectConnection
    )


def _load_rest() -> None:
    """BLOCKING. Import what the window does without at first, and what it must be able to close
    with although the files are replaced meanwhile."""
    import pixverse_desktop.api.client
    import pixverse_desktop.services.runtime
    import pixverse_desktop.ui.shell.close_dialog  # noqa: F401


def _explain(text: str, code: int) -> int:
    """A plain box before there is a window to show it in."""
    from PySide6.QtWidgets import QMessageBox

    sys.stderr.write(f"pixverse-desktop: {text}\n")
    install_languages(resources())
    box = QMessageBox(QMessageBox.Icon.Information, "Pixverse Desktop", translated(text))
    box.setTextFormat(Qt.TextFormat.PlainText)  # it quotes a path
    box.finished.connect(QApplication.quit)
    box.open()
    QApplication.exec()
    return code


class Program:
    """The running program. Implements ``services.application.Host``."""

    def __init__(self, paths: Paths, fixed: Origin | None, *, demo: bool) -> None:
        self.paths = paths
        self.settings = load_settings(paths.settings)
        self.fixed = demo_origin("") if demo else fixed  # given on the command line
        self.secrets, self.key_known = Secrets(), False
        self.workers = Workers()
        self._collector = MainThreadCollector()
        self.simulator: SimulatorProcess | None = None
        self._first: FirstInstance | None = None
        self._closing = asyncio.Event()
        self.engine: Engine | None = None
        self._switching = asyncio.Lock()
        self.bridge = EngineBridge(ServiceStatus(self._wanted_origin()))
        self.bridge.jobs_known = not paths.database.exists()
        self.bridge.status_changed.connect(self.on_status_changed)
        self._asking_balance = False
        self.commands = Commands(self, load_window_state(paths.window))
        self._context = context = UiContext(
            self.bridge, self.workers, self.settings, self.commands, paths.frames, resources(),
            paths.thumbnails, self._library,
        )  # fmt: skip
        self._theme = theme.install(resources(), *self.settings.look, dressed=False)
        self._player = PlayerPanel(context)
        self._queue = QueuePanel(context)
        self.window = MainWindow(context, self._player, self._queue)
        self._theme.dress()

    @cached_property
    def _runtime(self) -> Runtime:
        from pixverse_desktop.services.runtime import Runtime
        from pixverse_desktop.services.thread_workers import SystemClock

        return Runtime(self.paths, self.workers.run, SystemClock(), self.bridge.sink)

    def _library(self) -> Library:
        return self._runtime.store.library

    async def main(self, files: list[str]) -> bool:
        """Show, work, wind down; False when threads were left at work."""
        self.window.show()
        self.window.open_files(files)
        self._collector.freeze()
        starting = SlotTasks().start(self._start(), self._tell_failed_start)
        copying = asyncio.ensure_future(self._keep_copies())
        await self._closing.wait()
        await asyncio.wait({starting}, timeout=_DRAIN_S)
        starting.cancel()
        copying.cancel()
        try:
            return await asyncio.wait_for(self._wind_down(), _FORCED_END_S)
        except TimeoutError:
            log.warning("the end was forced")  # everything that matters is committed already
            return False

    async def _start(self) -> None:
        await first_paint(self.window)
        self.window.measure_space()
        motion.follow_system(self.workers)
        self._player.video_area.examples.load(self.workers, resources())
        await self.workers.run(Lane.NETWORK, _load_rest)
        from pixverse_desktop.ui.shell.desktop import Desktop

        Desktop(self._context, self.window)
        self._hear_later_starts()
        await self._open_store()
        await self.use_service()

    def _tell_failed_start(self, error: UserError) -> None:
        """The window says so instead of standing still."""
        log.error("the start failed: %s", error)
        self.bridge.notice.emit(error.problem)

    async def _keep_copies(self) -> None:
        """A copy of the list of jobs every day, the first a while after the start."""
        while True:
            await asyncio.sleep(_COPY_AFTER_S)
            from pixverse_desktop.services.runtime import trim_cache

            try:
                day = time.strftime("%Y-%m-%d")
                await self.workers.run(Lane.STORE, self._runtime.store.back_up, day)
                await self.workers.run(Lane.FILES, trim_cache, self.paths.thumbnails)
            except (UserError, OSError) as error:
                log.warning("the daily copy was not made, or old pictures not removed: %s", error)
            await asyncio.sleep(_COPY_EVERY_S)

    def _hear_later_starts(self) -> None:
        from pixverse_desktop.ui.shell import single_instance as later

        name, place = later.socket_name(self.paths.data), self.paths.socket
        self._first = later.FirstInstance(name, self.window, lambda: service_name(self.origin))
        address = self._first.address
        self.workers.call(Lane.FILES, later.keep_address, place, address, then=lambda _: None)
        self._first.started_again.connect(self.window.come_forward)

    async def _open_store(self) -> None:
        from pixverse_desktop.services.runtime import explain_repair

        repair = await self._runtime.open()
        self._collector.freeze()  # a look at every job there ever was takes longer than a frame
        self.bridge.reset(self._runtime.repository.all())
        if repair is not None:
            self.bridge.notice.emit(explain_repair(repair))

    # --- the service in use ---

    def _wanted_origin(self) -> Origin:
        if self.fixed is not None:
            return self.fixed
        return pixeldojo_origin() if self.settings.service == "pixeldojo" else demo_origin("")

    async def use_service(self, *, ask: bool = False) -> None:
        """Bring up the engine for the service now wanted; the old one ends first.

        ``ask``: what waits there from before is sent for money only after a question.
        """
        async with self._switching:
            if self.engine is not None:
                self.bridge.attach(None)
                # Not closing: a paid answer in the air is worth waiting for.
                await self.engine.close(_SWITCH_WAIT_S)
                self.engine = None
            origin = self._wanted_origin()
            self.bridge.show_status(ServiceStatus(origin))
            if origin.kind is OriginKind.DEMO:
                origin = demo_origin(await self._demo_url())
            key = await self._key_for(origin)
            await self._start_engine(origin, key, ask and origin.kind is not OriginKind.DEMO)

    async def _demo_url(self) -> str:
        if self.simulator is None:
            from pixverse_desktop.services.demo_service import SimulatorProcess

            # Known before it is up: closing in the meantime must find it.
            self.simulator = SimulatorProcess(self.paths.simulator)
            await self.workers.run(Lane.NETWORK, self.simulator.start)
        return self.simulator.api_url

    def key_origin(self) -> Origin:
        """The service a key is added for: the one given by address, else PixelDojo."""
        if self.fixed is not None and self.fixed.kind is OriginKind.CUSTOM:
            return self.fixed
        return pixeldojo_origin()

    async def _key_for(self, origin: Origin) -> str | None:
        from pixverse_desktop.services.runtime import find_key

        wanted, demo = self.key_origin(), origin.kind is OriginKind.DEMO
        settings = None if demo else self.settings
        find = partial(find_key, self.secrets, wanted, settings, self.paths)
        try:
            found = await self.workers.run(Lane.FILES, find)
        except ValueError as error:
            log.warning("the key in the environment is not usable: %s", error)
            found = None
        self.key_known = found is not None
        if demo:
            self.key_known |= wanted.id in self.settings.keys_kept
            return self.simulator.key if self.simulator else None
        if found is None and self.secrets.keyring_failed:
            self.bridge.notice.emit(problem(ProblemCode.KEY, Message("no_keyring")))
        return found.key if found else None

    async def _start_engine(self, origin: Origin, key: str | None, ask: bool) -> None:
        from pixverse_desktop.core.engine.session import EngineConfig
        from pixverse_desktop.services.network import find_route
        from pixverse_desktop.services.runtime import build_engine

        settings = self.settings
        route = await self.workers.run(Lane.FILES, find_route, settings, self.secrets)
        config = EngineConfig(jobs_at_a_time=settings.jobs_at_a_time, limits=settings.limits)
        if origin.kind is OriginKind.DEMO:
            config = replace(config, unknown_expected_s=_DEMO_EXPECTED_S)
        engine = await build_engine(
            self._runtime, origin, key, settings, config, ask=ask, route=route
        )
        if self._closing.is_set():
            return
        engine.start()
        self.engine = engine
        self.bridge.attach(engine)
        self._ask_demo_balance()

    def on_status_changed(self, status: ServiceStatus) -> None:
        """The window was told of a new status."""
        if status.credits_old:
            self._ask_demo_balance()

    def _ask_demo_balance(self) -> None:
        """The real service tells its balance only with a submission; the demo's is no secret."""
        engine, simulator = self.engine, self.simulator
        if engine is None or simulator is None or self._asking_balance:
            return
        if engine.session.origin.kind is not OriginKind.DEMO:
            return

        def told(left: Decimal) -> None:
            self._asking_balance = False
            engine.session.note_balance(left)

        def silent(_: UserError) -> None:
            self._asking_balance = False

        self._asking_balance = True
        self.workers.call(Lane.NETWORK, simulator.balance, then=told, otherwise=silent)

    @property
    def origin(self) -> Origin:
        """The service in use."""
        return self.engine.session.origin if self.engine else self._wanted_origin()

    def open_path(self, path: Path) -> None:
        """Show a file or folder in the system's own program for it."""
        QDesktopServices.openUrl(file_url(str(path)))

    def note_refill(self, credits_left: Decimal) -> None:
        """The demo's play credits were filled up: what they held goes on."""
        if self.engine is not None:
            self.engine.session.note_balance(credits_left)
            self.engine.resume()

    def apply_settings(self, settings: Settings) -> bool:
        """Take over settings; True when the service has to be brought up anew for them."""
        needed = settings.needed_after(self.settings)
        self.settings = settings
        if Takes.RESTYLE in needed:
            self._theme.set_look(*settings.look)
        if Takes.LIMITS in needed and self.engine is not None:
            self.engine.configure(settings.jobs_at_a_time, settings.limits)
        return Takes.ENGINE in needed

    # --- the end ---

    def close(self) -> None:
        """Begin to wind down; returns at once."""
        self._closing.set()

    async def _wind_down(self) -> bool:
        if self._first is not None:
            self._first.close()
        self.bridge.attach(None)
        self._player.shutdown()
        self.window.hide()
        if self.engine is not None:
            await self.engine.close()
        if self.simulator is not None:
            await self.workers.run(Lane.NETWORK, self.simulator.stop)
        # One thread, in order: what the window just saved is written before this returns.
        await self._runtime.close()
        await self.workers.drain(_DRAIN_S)
        if ended := self.workers.close():
            self._collector.stop()
        return ended
