"""Every problem code has a section in docs/problems.md, and every section is one of a code."""

from __future__ import annotations

import re
from pathlib import Path

from pixverse_desktop.core.errors import ACTIONS, ProblemCode

PAGE = Path(__file__).parents[2] / "docs" / "problems.md"
_MOST_LINES = 6


def sections() -> dict[str, list[str]]:
    """The lines of each section that are not empty, by its heading."""
    _, *parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    told = [part.splitlines() for part in parts]
    return {lines[0]: [line for line in lines[1:] if line] for lines in told}


def test_codes_and_sections_are_the_same() -> None:
    headings = re.findall(r"^## (.*)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(headings) == sorted(ProblemCode)
    assert set(ACTIONS) == set(ProblemCode)


def test_each_says_what_it_means_whether_it_was_charged_and_what_to_do() -> None:
    for code, lines in sections().items():
        assert len(lines) < _MOST_LINES, code
        assert not lines[0].startswith("-"), code
        assert [line.partition(":")[0] for line in lines[1:]] == ["- Charged", "- Do"], code
