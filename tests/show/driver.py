"""Runs the real program with a script that uses its window, and takes pictures of the screen."""

from __future__ import annotations

import asyncio
import gc
import json
import time
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from qasync import QEventLoop

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import Connection, Origin
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.ui.shell.application import make_application

Script = Callable[[Program], Awaitable[None]]


def control(program: Program, path: str, body: object) -> None:
    """Tell the demo service behind the window what to play; see ``simulator.control``."""
    assert program.simulator is not None
    url = f"{program.simulator.api_url.removesuffix('/api/v1')}/sim/{path}"
    headers = {"Authorization": f"Bearer {program.simulator.key}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).close()


def drive(script: Script, data_dir: Path, *, fixed: Origin | None = None) -> None:
    """Open the window on ``data_dir`` (the demo, or ``fixed``), run ``script``, close it.

    Raises what the script raises, after the window has wound down.
    """
    try:
        _drive(script, data_dir, fixed)
    finally:
        # The next window must not find this one's widgets in cycles, to be freed on a worker.
        gc.collect()


def _drive(script: Script, data_dir: Path, fixed: Origin | None) -> None:
    application = QApplication.instance() or make_application()
    data_dir.mkdir(parents=True, exist_ok=True)
    loop = QEventLoop(application, already_running=False)
    asyncio.set_event_loop(loop)
    program = Program(paths_below(data_dir), fixed, demo=fixed is None)

    async def scripted() -> None:
        try:
            await script(program)
        finally:
            program.close()

    async def both() -> None:
        ended = await asyncio.gather(program.main([]), scripted(), return_exceptions=True)
        for result in ended:
            if isinstance(result, BaseException):
                raise result

    try:
        with loop:
            loop.run_until_complete(both())
    finally:
        program.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


async def until(condition: Callable[[], object], what: str, limit_s: float = 60.0) -> None:
    """Let the window live until ``condition`` holds. Raises TimeoutError naming ``what``."""
    end = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen in {limit_s:.0f} s")
        await asyncio.sleep(0.02)


async def ready(program: Program) -> None:
    """The window is up and the service answers."""
    await until(lambda: program.bridge.status.connection is Connection.ONLINE, "the service")
    await asyncio.sleep(0.1)


async def hold_stage(program: Program, job: Job) -> None:
    """Have the user pick a clip and pause it: no other one takes its place by itself."""
    program.window.ready.pick(job)
    await until(lambda: program.window.player.transport.is_playing, "the picked clip")
    program.window.player.toggle_play()


def drop_file(target: QWidget, path: Path) -> None:
    """Drop a file on a widget, as a file manager would."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path.absolute()))])
    middle = target.rect().center()
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(middle), copy, mime, left, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(middle), copy, mime, left, none))


def press_generate(program: Program) -> None:
    """Ctrl+Enter, wherever the focus is."""
    QTest.keyClick(program.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def close_dialogs(window: QWidget) -> None:
    """Close whatever stands before the window."""
    for dialog in window.findChildren(QDialog):
        dialog.close()


def jobs_in(program: Program, state: JobState) -> list[Job]:
    """The listed jobs in ``state``."""
    return [job for job in program.bridge.jobs.values() if job.state is state]


def screenshot(program: Program, path: Path) -> Path:
    """The window as it stands on the screen, video included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    area = program.window.geometry()
    picture = program.window.screen().grabWindow(0, area.x(), area.y(), area.width(), area.height())
    if not picture.save(str(path)):
        raise OSError(f"{path} could not be written")
    return path
