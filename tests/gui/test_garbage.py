"""Widgets in reference cycles are freed on the main thread, whatever workers allocate."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from pixverse_desktop.ui.base.gc_on_main_thread import MainThreadCollector


class Cycle(QObject):
    """Holds itself."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def allocate() -> None:
    """Enough garbage to start the collector of the thread this runs on."""
    for _ in range(20_000):
        held: list[object] = []
        held.append(held)


def test_cycles_are_freed_on_the_main_thread(qtbot: QtBot) -> None:
    collector = MainThreadCollector()
    try:
        made = weakref.ref(Cycle())
        worker = threading.Thread(target=allocate)
        worker.start()
        worker.join()
        assert made() is not None
        collector.on_timer_timeout()
        assert made() is None
    finally:
        collector.stop()
    assert gc.isenabled()
