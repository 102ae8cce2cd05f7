"""CPU time and memory from the start of the process to a window that can be used.

That moment is the first time the event loop has nothing left to do after the window was painted.
Beside it: a bare main window with a few plain widgets, of the same size, under the same loop, with
the very Qt modules imported that the program had imported by then.

``python -m bench.start ours DATA_DIR`` and ``python -m bench.start bare MODULE …`` measure once.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.child import measure, report
from bench.table import Row, at_most, spread

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

_RUNS = 7
_SIZE = (1440, 900)


def rows(folder: Path) -> list[Row]:
    """Both in turns, each run in a fresh process."""
    bytecode = folder / "bytecode"
    ours, bare = [], []
    for run in range(_RUNS + 1):
        mine = measure(bytecode, "bench.start", "ours", str(folder / f"data-{run}"))
        other = measure(bytecode, "bench.start", "bare", *mine["modules"])
        if run:  # the first one compiled every module
            ours.append(mine)
            bare.append(other)
    found = []
    for what, field, unit, scale, limit in (
        ("start: CPU until usable", "cpu_s", "ms", 1000.0, 1.5),
        ("start: peak memory until usable", "memory_kib", "MiB", 1 / 1024, 1.4),
    ):
        mine_all = [run[field] * scale for run in ours]
        bare_all = [run[field] * scale for run in bare]
        ratio = median(mine_all) / median(bare_all)
        beside = f"{spread(bare_all, unit, 0)} bare window"
        found.append(at_most(what, spread(mine_all, unit, 0), beside, ratio, limit))
    return found


def when_usable(window: QMainWindow, then: Callable[[], None]) -> None:
    """Call ``then`` as soon as the loop is idle after ``window`` was painted."""
    from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject

    class Watch(QObject):
        """Sees the window's own paint event go by."""

        painted = False

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not self.painted:
                self.painted = True
                window.removeEventFilter(self)
                QAbstractEventDispatcher.instance().aboutToBlock.connect(then)
            return False

    watch = Watch(window)
    window.installEventFilter(watch)


def _tell() -> None:
    """Report what this process has used so far; threads count, child processes do not."""
    modules = sorted(name for name in sys.modules if name.startswith("PySide6.Qt"))
    report({"cpu_s": time.process_time(), "memory_kib": _peak_kib(), "modules": modules})


def _peak_kib() -> int:
    """Peak of this program alone: ru_maxrss would count the process it was forked from."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // 1024 if sys.platform == "darwin" else peak
    return int(status.partition("VmHWM:")[2].split()[0])


def _ours(data_dir: str) -> None:
    """The real program, started as from the command line."""
    from pixverse_desktop import __main__ as command
    from pixverse_desktop.ui.base import quick_start

    quick_start.prepare()  # as the command does, before the window's own modules
    from pixverse_desktop import app

    main = app.Program.main

    async def watched(program: app.Program, pictures: list[str]) -> bool:
        when_usable(program.window, _tell)
        return await main(program, pictures)

    app.Program.main = watched  # type: ignore[method-assign]
    command.main(["--data-dir", data_dir])


def _bare(modules: list[str]) -> None:
    """A window with a few plain widgets."""
    import asyncio  # ours comes with the program

    for name in modules:
        importlib.import_module(name)
    from PySide6.QtWidgets import (
        QApplication,
        QLabel,
        QLineEdit,
        QListWidget,
        QMainWindow,
        QPushButton,
        QVBoxLayout,
        QWidget,
    )
    from qasync import QEventLoop

    application = QApplication(sys.argv[:1])
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    window = QMainWindow()
    middle = QWidget()
    column = QVBoxLayout(middle)
    for widget in (QLabel("A clip of"), QLineEdit(), QListWidget(), QPushButton("Generate")):
        column.addWidget(widget)
    window.setCentralWidget(middle)
    window.resize(*_SIZE)
    when_usable(window, _tell)
    window.show()
    with loop:
        loop.run_forever()


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        _ours(sys.argv[2])
    else:
        _bare(sys.argv[2:])
