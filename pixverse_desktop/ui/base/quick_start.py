"""What makes the window's start quick, done before the window's own modules are imported."""

from __future__ import annotations

import builtins
import gc
import sys
from collections.abc import Callable
from typing import Any

# PySide6 carries this beside the library, for developers, and compiles it at every start.
_STUB_WRITER = "shibokensupport/signature/lib/pyi_generator.py"


def _import_pyside() -> None:
    """Import PySide6 with its writer of stub files left empty: 15 ms with what that imports."""
    compile_all: Callable[..., Any] = builtins.compile

    def compile_used(source: object, filename: object, *how: Any, **more: Any) -> Any:
        return compile_all(b"" if filename == _STUB_WRITER else source, filename, *how, **more)

    builtins.compile = compile_used
    try:
        from PySide6 import QtCore  # noqa: F401
    finally:
        builtins.compile = compile_all


def _import_asyncio() -> None:
    """Import asyncio without OpenSSL, which it takes for connections of its own: here it has none,
    and who does connect, in a worker, imports ssl then."""
    if "ssl" in sys.modules:
        return
    sys.modules["ssl"] = None  # type: ignore[assignment]
    try:
        import asyncio  # noqa: F401
    finally:
        del sys.modules["ssl"]


_import_asyncio()
_import_pyside()  # from here on PySide6 looks at every import


def prepare() -> None:
    """Take PySide6's switches off the imports, and Python's collector off the start.

    PySide6 reads the source of each module imported after it, to see whether the module may
    switch its names to snake_case: 25 ms for a switch that nothing here uses. What the start
    makes stays until the end, so that looking for garbage in it finds none.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
    gc.disable()
