"""The import law: no room imports one to its right, siblings do not import each other; the same
inside ``ui``."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pixverse_desktop"
MAY_IMPORT = {
    "core": set(),
    "api": {"core"},
    "store": {"core"},
    "media": {"core"},
    "simulator": set(),  # it stands in for somebody else
    "services": {"core", "api", "store", "media", "simulator"},
    "ui": {"core", "api", "store", "media", "simulator", "services"},
    "cli": {"core", "api", "store", "media", "simulator", "services"},
}
ROOTS = {"app", "__main__"}  # the right end: they start the window, or a command
_FEATURES = {
    "compose", "queue", "player", "compare", "library", "sheet", "spend", "storyboard", "dialogs",
}  # fmt: skip
_SHARED = {"base", "widgets", "jobs", "playback"}
MAY_IMPORT_IN_UI = {
    "base": set(),
    "widgets": {"base"},
    "jobs": {"base", "widgets"},
    "playback": {"base", "widgets"},
    **dict.fromkeys(_FEATURES, _SHARED),
    "commands": _SHARED | _FEATURES,
    "shell": _SHARED | _FEATURES | {"commands"},
}
QT_IN_SERVICES = {"qt_workers.py", "engine_bridge.py"}
FILES = sorted(PACKAGE.rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    """Every absolute dotted name a file imports, also inside functions and TYPE_CHECKING."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the room"
            module = node.module or ""
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def room_of(path: Path) -> str:
    """The first folder below the package, or the module's own name at the top."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


def wrong_arrows(room: str, imported: set[str]) -> set[str]:
    """The rooms that ``room`` must not import."""
    rooms = {name.split(".")[1] for name in imported if name.startswith("pixverse_desktop.")}
    rooms &= set(MAY_IMPORT) | ROOTS
    if room in ROOTS:
        return rooms & ROOTS - ({"app"} if room == "__main__" else set())
    return rooms - MAY_IMPORT.get(room, set()) - {room}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_left(path: Path) -> None:
    assert wrong_arrows(room_of(path), imports_of(path)) == set()


def test_a_wrong_arrow_is_seen() -> None:
    assert wrong_arrows("core", {"pixverse_desktop.api.client"}) == {"api"}
    assert wrong_arrows("store", {"pixverse_desktop.media"}) == {"media"}
    assert wrong_arrows("services", {"pixverse_desktop.ui.base.theme"}) == {"ui"}
    assert wrong_arrows("cli", {"pixverse_desktop.app", "pixverse_desktop.ui.base"}) == {
        "app",
        "ui",
    }
    assert wrong_arrows("ui", {"pixverse_desktop.cli.runner"}) == {"cli"}


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "ui").rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_features_of_the_window_do_not_import_each_other(path: Path) -> None:
    inside = path.relative_to(PACKAGE / "ui").parts
    rooms = {
        name.split(".")[2] for name in imports_of(path) if name.startswith("pixverse_desktop.ui.")
    }
    if len(inside) > 1:
        assert rooms - MAY_IMPORT_IN_UI[inside[0]] - {inside[0]} == set()


@pytest.mark.parametrize("path", sorted((PACKAGE / "core").rglob("*.py")), ids=lambda p: p.name)
def test_core_is_standard_library_only(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports_of(path)}
    assert tops - {"pixverse_desktop"} <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_qt_stays_in_its_rooms(path: Path) -> None:
    qt = {name for name in imports_of(path) if name.split(".")[0] in ("PySide6", "qasync")}
    room = room_of(path)
    if room in ("ui", "app"):
        return
    if room == "services" and path.name in QT_IN_SERVICES:
        assert not any("QtWidgets" in name for name in qt)
        return
    assert qt == set()


def test_an_engine_is_built_in_one_place() -> None:
    """What is killed by the crash harness, tested and measured is what the program runs."""
    makers = [
        path.relative_to(ROOT).as_posix()
        for folder in ("pixverse_desktop", "tests", "bench")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Engine"
    ]
    assert makers == ["pixverse_desktop/services/runtime.py"]
