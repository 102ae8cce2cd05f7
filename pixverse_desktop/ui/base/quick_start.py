"""What makes the window's start quick, done before the window's own modules are imported."""

from __future__ import annotations

import builtins
import gc

from PySide6 import QtCore  # noqa: F401 - from here on PySide6 looks at every import


def prepare() -> None:
    """Take PySide6's switches off the imports, and Python's collector off the start.

    PySide6 reads the source of each module imported after it, to see whether the module may
    switch its names to snake_case: 25 ms for a switch that nothing here uses. What the start
    makes stays until the end, so that looking for garbage in it finds none.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
    gc.disable()
