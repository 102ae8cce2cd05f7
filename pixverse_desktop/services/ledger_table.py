"""The ledger as a table that a spreadsheet opens by itself in the user's locale."""

from __future__ import annotations

import csv
from pathlib import Path

from pixverse_desktop.core.jobs.ledger import COLUMNS, Ledger, told

_AMOUNTS = ("expected_low", "expected_high", "charged")
_FORMULA = ("=", "+", "-", "@")


def write_csv(ledger: Ledger, path: Path, *, decimal_comma: bool) -> None:
    """BLOCKING. Write the rows to a new file. Raises OSError, FileExistsError among them.

    Where numbers have a decimal comma, spreadsheets expect a semicolon between the cells.
    """
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, delimiter=";" if decimal_comma else ",")
        table.writerow(COLUMNS)
        for row in ledger.rows:
            cells = [_cell(name, value, decimal_comma) for name, value in told(row).items()]
            table.writerow(cells)


def _cell(name: str, value: object, decimal_comma: bool) -> str:
    text = "" if value is None else str(value)
    if name in _AMOUNTS:
        return text.replace(".", ",") if decimal_comma else text
    return safe_cell(text)


def safe_cell(text: str) -> str:
    """What begins like a formula would be computed by the program that opens the table."""
    return f"'{text}" if text.startswith(_FORMULA) else text
