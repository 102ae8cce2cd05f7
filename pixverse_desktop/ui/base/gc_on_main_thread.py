"""Collects garbage on the main thread alone.

Python's collector runs on whichever thread allocates next. On a worker it would destroy widgets
that are caught in reference cycles, and Qt ends the process over that (seen as a segmentation
fault inside an import on a worker). So automatic collection is off while a window lives.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_CHECK_EVERY_MS = 1000
# New objects, about a megabyte. Python's own 700 is for a look at every allocation; at a look a
# second it would go through whatever long lists were just made, for next to nothing.
_YOUNG = 5_000


class MainThreadCollector(QObject):
    """Turns automatic collection off; ``stop`` turns it on again."""

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.on_timer_timeout)
        self._timer.start(_CHECK_EVERY_MS)

    @Slot()
    def on_timer_timeout(self) -> None:
        """Collect the oldest generation that has reached its limit."""
        limits = (_YOUNG, *gc.get_threshold()[1:])
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > limits[generation]:
                gc.collect(generation)
                return

    def freeze(self) -> None:
        """Leave what was made so far out of later collections: it stays until the end.

        Nothing is collected before: a look at all of it costs more than a frame and finds little.
        """
        gc.freeze()

    def stop(self) -> None:
        """Collect once more, here, and hand back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()
