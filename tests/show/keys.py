"""The guide's table of keys, written from the list of commands: ``make keys``."""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path

from pixverse_desktop.ui.shell.views import all_commands

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "keys.md"
_TABLE = re.compile(r"(<!-- keys: written by make keys -->\n).*?(<!-- end of keys -->)", re.S)


def table() -> str:
    """Every command that has a key, in two columns."""
    cells = [
        f"{' '.join(f'`{key}`' for key in command.keys)} | {command.text.replace('…', '')}"
        for command in all_commands()
        if command.keys
    ]
    half = (len(cells) + 1) // 2
    rows = zip_longest(cells[:half], cells[half:], fillvalue=" | ")
    lines = ["| key | does | key | does |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {left} | {right} |" for left, right in rows)]) + "\n"


def renewed(text: str) -> str:
    """The page with the table as it should be."""
    return _TABLE.sub(lambda found: found[1] + table() + found[2], text)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
