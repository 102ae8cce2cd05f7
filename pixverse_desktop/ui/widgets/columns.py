"""Blocks in as many columns as fit, about equally high, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pixverse_desktop.ui.widgets.arranged import Arranged

_MOST = 3
_GAP = 40  # pixels between two columns
_LETTERS = 46  # about the widest row, by which a column is wide enough


class Columns(Arranged):
    """Lays blocks out anew when its width allows another number of columns; hidden ones take no
    room."""

    def __init__(self, blocks: Sequence[QWidget]) -> None:
        super().__init__()
        self._blocks = blocks
        for block in blocks:
            block.setParent(self)
        self._arranged: list[list[QWidget]] = []
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 12, 0)
        line.setSpacing(_GAP)
        self._columns = [QVBoxLayout() for _ in range(_MOST)]
        for place, column in enumerate(self._columns):
            column.setSpacing(0)
            line.addLayout(column, int(place == 0))
        self.arrange()

    def count(self) -> int:
        """How many columns there are."""
        return len(self._arranged)

    def arrange(self) -> None:
        """Put every block where it belongs now."""
        least = self.fontMetrics().averageCharWidth() * _LETTERS
        fitting = min(_MOST, max(1, (self.width() + _GAP) // (least + _GAP)))
        parts = _parted([block for block in self._blocks if not block.isHidden()], fitting)
        if parts == self._arranged:
            return
        self._arranged = parts
        line = self.layout()
        assert isinstance(line, QHBoxLayout)
        for place, column in enumerate(self._columns):
            while column.takeAt(0) is not None:
                pass
            for block in parts[place] if place < len(parts) else ():
                column.addWidget(block)
            column.addStretch(1)
            line.setStretch(place, int(place < fitting))


def _parted(blocks: list[QWidget], columns: int) -> list[list[QWidget]]:
    """The blocks cut into as many parts, such that the highest is as low as can be."""
    heights = [block.sizeHint().height() for block in blocks]
    places = range(1, len(blocks))
    best: tuple[int, tuple[int, ...]] = (sum(heights), ())
    for cuts in combinations(places, min(columns, max(1, len(blocks))) - 1):
        ends = (0, *cuts, len(blocks))
        highest = max(sum(heights[a:b]) for a, b in pairwise(ends))
        best = min(best, (highest, cuts))
    ends = (0, *best[1], len(blocks))
    return [blocks[a:b] for a, b in pairwise(ends)]
