"""The lines that a benchmark reports, and the table they are printed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_HEAD = ("what", "ours", "beside", "ratio", "goal", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison; ``ratio`` is None where ours stands alone, ``met`` where there is no goal."""

    what: str
    ours: str
    beside: str
    ratio: float | None
    goal: str
    met: bool | None

    def cells(self) -> tuple[str, ...]:
        """What stands in the columns."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        verdict = {True: "met", False: "NOT MET", None: ""}[self.met]
        return (self.what, self.ours, self.beside, ratio, self.goal, verdict)


def at_most(what: str, ours: str, beside: str, ratio: float, limit: float) -> Row:
    """A line whose ratio should not be above ``limit``."""
    return Row(what, ours, beside, ratio, f"<= {limit:g}", ratio <= limit)


def at_least(what: str, ours: str, beside: str, ratio: float, limit: float) -> Row:
    """A line whose ratio should not be below ``limit``."""
    return Row(what, ours, beside, ratio, f">= {limit:g}", ratio >= limit)


def under(what: str, measured_ms: Sequence[float], limit_ms: float, digits: int = 1) -> Row:
    """A line about ours alone: the median of runs, in milliseconds."""
    ours, goal = spread(measured_ms, "ms", digits), f"<= {limit_ms:g} ms"
    return Row(what, ours, "", None, goal, median(measured_ms) <= limit_ms)


def spread(values: Sequence[float], unit: str, digits: int = 1) -> str:
    """The median, and from where to where it went."""
    low, middle, high = (f"{v:.{digits}f}" for v in (min(values), median(values), max(values)))
    return f"{middle} {unit} ({low}-{high})"


def text_of(rows: Sequence[Row]) -> str:
    """The table, columns aligned."""
    lines = [_HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    rule = tuple("-" * width for width in widths)
    padded = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (lines[0], rule, *lines[1:])
    ]
    return "\n".join(padded)
