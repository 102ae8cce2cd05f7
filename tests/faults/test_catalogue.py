"""No fault of the catalogue is without a test that bears its id."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.faults.catalogue import CATALOGUE, STRETCH

HERE = Path(__file__).parent
SOURCES = sorted([*HERE.glob("test_*.py"), *(HERE.parent / "crash").glob("test_*.py")])


def marked_in(path: Path) -> set[str]:
    """The ids named in ``fault(...)`` calls of a file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "fault":
            found |= {str(ast.literal_eval(argument)) for argument in node.args}
    return found


def test_every_fault_has_a_test() -> None:
    marked = set().union(*map(marked_in, SOURCES))
    assert set(CATALOGUE) - STRETCH - marked == set()
    assert marked <= set(CATALOGUE)


def test_none_of_them_is_skipped() -> None:
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert not any(
            word in text for word in ("mark." + "skip", "mark." + "xfail", "pytest." + "skip")
        ), path


def test_the_catalogue_is_whole() -> None:
    counts = {"S": 25, "P": 12, "D": 19, "K": 29, "I": 18, "A": 10}
    for letter, count in counts.items():
        assert [i for i in CATALOGUE if i[0] == letter] == [
            f"{letter}{n}" for n in range(1, count + 1)
        ]
