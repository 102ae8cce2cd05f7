"""Tells when the window stands: what is heavy waits for it, so that the window comes first."""

from __future__ import annotations

import asyncio
import contextlib

from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject, Slot
from PySide6.QtWidgets import QWidget

_LIMIT_S = 1.0  # a window that opens minimised or covered may never be painted


async def first_paint(window: QWidget, limit_s: float = _LIMIT_S) -> None:
    """Wait until ``window`` was painted and the loop has nothing left to do, or ``limit_s``."""
    watch = _Watch(window)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(watch.idle.wait(), limit_s)
    watch.end()


class _Watch(QObject):
    """Sees the paint event go by, then waits for the loop to sleep."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.idle = asyncio.Event()
        self._window = window
        self._dispatcher = QAbstractEventDispatcher.instance()
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            self._dispatcher.aboutToBlock.connect(self.on_dispatcher_about_to_block)
        return False

    @Slot()
    def on_dispatcher_about_to_block(self) -> None:
        self._dispatcher.aboutToBlock.disconnect(self.on_dispatcher_about_to_block)
        self.idle.set()

    def end(self) -> None:
        """Watch no more."""
        self._window.removeEventFilter(self)
