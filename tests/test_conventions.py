"""House rules that a reader can rely on, read from the source."""

from __future__ import annotations

import ast
import gc
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pixverse_desktop"
FILES = sorted(PACKAGE.rglob("*.py"))
ALL = [*FILES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py"))]
NAMES = {p: str(p.relative_to(ROOT)) for p in ALL}
MOST_LINES = 420
MOST_FUNCTION_LINES = 60
# Plain boxes before there is a loop: app.py runs Qt's own loop for them, once.
EXEC_ALLOWED = {
    "app.py": ["QApplication.exec"],
    "frame_well.py": ["drag.exec"],
    "file_drag.py": ["drag.exec"],
    "sound_link.py": ["self.exec"],  # a loop of a thread of its own
}


def calls(path: Path) -> list[str]:
    """The dotted text of every call in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)]


@pytest.mark.parametrize("path", FILES, ids=NAMES.get)
def test_every_module_says_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", FILES, ids=NAMES.get)
def test_sizes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MOST_FUNCTION_LINES, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", FILES, ids=NAMES.get)
def test_nothing_blocks_or_kills_the_loop(path: Path) -> None:
    made = calls(path)
    modal = [c for c in made if c.endswith(".exec") or c.endswith(".exec_")]
    assert [c for c in modal if c not in EXEC_ALLOWED.get(path.name, [])] == []
    assert [c for c in made if c.endswith((".processEvents", ".terminate"))] == []
    names = {n.id for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
             if isinstance(n, ast.Name)}  # fmt: skip
    assert not names & {"asyncSlot", "asyncClose"}


@pytest.mark.parametrize("path", FILES, ids=NAMES.get)
def test_style_sheets_are_set_in_the_theme_alone(path: Path) -> None:
    if path.name != "theme.py":
        assert [c for c in calls(path) if c.endswith("setStyleSheet")] == []


@pytest.mark.parametrize("path", FILES, ids=NAMES.get)
def test_catching_everything_logs_or_keeps_the_error(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            pytest.fail(f"bare except in line {node.lineno}")


@pytest.mark.parametrize("path", ALL, ids=NAMES.get)
def test_no_mock_library_and_nothing_unfinished(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(import|from)\s+(unittest\.)?mock\b", text, re.M)
    if path.name != Path(__file__).name:
        assert not re.search(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b", text)


def imported(path: Path) -> set[str]:
    """The modules a file imports from, by their dotted names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", [p for p in ALL if p not in FILES], ids=NAMES.get)
def test_what_tests_share_is_in_no_test_module(path: Path) -> None:
    modules = {name for name in imported(path) if name.startswith("tests.")}
    assert [name for name in modules if re.search(r"\.(test_\w+|conftest)(\.|$)", name)] == []


def test_only_one_place_sends_the_paid_request() -> None:
    ours = [p for p in FILES if "simulator" not in p.parts]
    senders = [NAMES[p] for p in ours if any(c.endswith("service.submit") for c in calls(p))
               or ".service.submit" in p.read_text(encoding="utf-8")]  # fmt: skip
    assert senders == ["pixverse_desktop/core/engine/submitter.py"]
    posts = [NAMES[p] for p in (PACKAGE / "api").rglob("*.py")
             if any(c.endswith(".post") for c in calls(p))]  # fmt: skip
    assert posts == ["pixverse_desktop/api/client.py"]


def printed_by(code: str) -> str:
    """What a Python process of its own prints."""
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True)
    return ended.stdout.strip()


def test_generate_loads_no_qt() -> None:
    code = (
        "import sys\nfrom pixverse_desktop.cli import entry\n"
        "entry.main(['generate', '--prompt', ''])\n"
        "sys.exit(any(m.split('.')[0] in ('PySide6', 'qasync') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_the_window_imports_what_its_first_paint_needs() -> None:
    """Engine, database, network, pictures and video are imported once it stands."""
    code = (
        "import gc, sys\n"
        "from pixverse_desktop.ui.base import quick_start\n"
        "quick_start.prepare()\n"
        "from pixverse_desktop import app\n"
        "import PySide6.support.feature as switches\n"
        "seen = [n for n in switches.pyside_feature_dict if n.startswith('pixverse_desktop.ui.')]\n"
        "ours = ('core.engine.engine', 'core.ports', 'store.job_store', 'services.runtime', 'api',\n"
        "        'media', 'simulator', 'ui.library.panel', 'ui.compare.window', 'ui.dialogs.pages',\n"
        "        'ui.commands.palette', 'ui.base.own_keys', 'ui.widgets.file_dialog',\n"
        "        'ui.shell.close_dialog', 'ui.player.full_screen', 'ui.playback.media_player')\n"
        "late = {f'pixverse_desktop.{name}' for name in ours} | {\n"
        "    'sqlite3', 'requests', 'PIL', 'av', 'keyring', 'jsonschema', 'numpy', 'rapidfuzz',\n"
        "    'ssl', 'hashlib', 'html', 'PySide6.QtNetwork', 'PySide6.QtMultimedia'}\n"
        "print(sorted(late & set(sys.modules)), seen, gc.isenabled())"
    )
    assert printed_by(code) == "[] [] False"


def test_what_the_start_leaves_out_is_missed_by_nobody() -> None:
    """PySide6 still names the signatures after a wrong call, and HTTPS comes with who asks for it."""
    code = (
        "from pixverse_desktop.ui.base import quick_start\n"
        "quick_start.prepare()\n"
        "import ssl, requests\n"
        "from PySide6.QtCore import QSize\n"
        "try:\n"
        "    QSize(1, 2).scaled('a', 'b', 'c')\n"
        "except TypeError as error:\n"
        "    print('Supported signatures' in str(error), bool(ssl.OPENSSL_VERSION), compile.__name__)"
    )
    assert printed_by(code) == "True True compile"


def test_no_thread_of_a_test_frees_the_widgets_of_another() -> None:
    assert not gc.isenabled()  # tests/conftest.py collects between tests, on the main thread


@pytest.mark.parametrize("path", FILES, ids=NAMES.get)
def test_every_painter_is_ended(path: Path) -> None:
    """One left to the reference count crashed Qt when somebody else still held the frame."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    scoped = {
        id(item.context_expr)
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        for item in node.items
    }
    made = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("QPainter", "QStylePainter")
        and id(node) not in scoped
    ]
    assert made == []


@cache
def own_enums() -> set[str]:
    """The names of every enum of the package; an alias made by assignment counts as well."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in FILES]
    classes = {
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).split(".")[-1].endswith(("Enum", "Flag")) for base in node.bases)
    }
    return classes | {
        target.id
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Name)
        and node.value.id in classes
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def open_matches(source: str, enums: set[str]) -> list[int]:
    """Lines of the matches over an enum that do not end in ``assert_never``."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Match)
        and any(
            isinstance(value, ast.MatchValue)
            and ast.unparse(value.value).split(".")[-2:-1]
            and ast.unparse(value.value).split(".")[-2] in enums
            for case in node.cases
            for value in ast.walk(case.pattern)
        )
        and "assert_never(" not in ast.unparse(node.cases[-1].body[-1])
    ]


@pytest.mark.parametrize("path", FILES, ids=NAMES.get)
def test_a_match_over_an_enum_knows_every_member(path: Path) -> None:
    assert open_matches(path.read_text(encoding="utf-8"), own_enums()) == []


def test_an_open_match_is_seen() -> None:
    source = "match a:\n case State.ON | State.OFF:\n  pass\n case _:\n  pass"
    assert open_matches(source, {"State"}) == [1]
    assert open_matches(source.replace("pass", "assert_never(a)"), {"State"}) == []
    assert open_matches("match a:\n case Qt.Key.Key_A:\n  pass", {"State"}) == []
    assert {"JobState", "S", "Phase", "Takes"} <= own_enums()


def test_few_handlers_take_every_error() -> None:
    handlers = [
        node
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
    ]
    wide = [
        node
        for node in handlers
        if node.type is None
        or {"Exception", "BaseException"} & set(re.findall(r"\w+", ast.unparse(node.type)))
    ]
    assert len(wide) <= 0.05 * len(handlers), f"{len(wide)} of {len(handlers)}"
