"""How the demo service and its renderers are started as processes of their own.

From a checkout or an installed package Python runs a module. A frozen bundle has no Python to
call: there ``sys.executable`` is the program, which starts itself once more and is told by its
first argument what to be.
"""

from __future__ import annotations

import sys
from importlib import import_module

OWN_PROCESS = "--own-process"
_MODULES = {
    "simulator": f"{__package__}.__main__",
    "renderer": f"{__package__}.render_worker",
}


def command(name: str) -> list[str]:
    """The command that starts the process ``simulator`` or ``renderer``; arguments follow it."""
    module = _MODULES[name]
    if getattr(sys, "frozen", False):
        return [sys.executable, OWN_PROCESS, name]
    return [sys.executable, "-m", module]


def run(arguments: list[str]) -> int:
    """Be the process that ``arguments`` name, with what follows; gives its exit code."""
    name, *rest = arguments or [""]
    if name not in _MODULES:
        sys.stderr.write(f"pixverse-desktop: no process of this program: {name!r}\n")
        return 2
    code: int = import_module(_MODULES[name]).main(rest)
    return code
