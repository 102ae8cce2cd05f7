"""Where the clips of the sheet stand: in rows and columns by what they differ in, else as large as
they can be."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QSize

from pixverse_desktop.ui.sheet.axes import Table

GAP = 12  # pixels between tiles
_EVEN = 4  # pixels
_LABEL_WIDTH = 84
_LABEL_HEIGHT = 26
_LEAST_LABELLED = 520  # pixels of width; below it the rows go without labels


class Label(NamedTuple):
    """A text beside a row or above a column."""

    text: str
    place: QRect


class Layout(NamedTuple):
    """A cell for each clip in the order they were given, and the labels."""

    cells: tuple[QRect, ...]
    labels: tuple[Label, ...]


def lay_out(
    room: QRect,
    shapes: Sequence[QSize],
    ids: Sequence[str],
    table: Table | None,
    *,
    beside: bool = False,
) -> Layout:
    """Cells of one size, in the shape that most of the clips have, in the middle of the room.

    ``beside`` puts all of them into one row.
    """
    if not ids:
        return Layout((), ())
    ratio = _usual_ratio(shapes)
    if table is None or any(job_id not in table.places for job_id in ids):
        columns = len(ids) if beside else _best_columns(room, len(ids), ratio)
        spots = [divmod(number, columns) for number in range(len(ids))]
        cells = _cells(room, -(-len(ids) // columns), columns, ratio)
        return Layout(tuple(cells[row][column] for row, column in spots), ())
    spots = [table.places[job_id] for job_id in ids]
    labelled = room.width() >= _LEAST_LABELLED
    left = _LABEL_WIDTH if labelled else 0
    top = _LABEL_HEIGHT if table.columns else 0
    columns = max(column for _row, column in spots) + 1
    inner = room.adjusted(left, top, 0, 0)
    cells = _cells(inner, len(table.rows), max(columns, len(table.columns)), ratio)
    labels = []
    for text, cell in zip(table.columns, cells[0], strict=False):
        place = QRect(cell.left(), cell.top() - top, cell.width(), top - 6)
        labels.append(Label(f"{table.column_name} {text}", place))
    if labelled:
        labels += [
            Label(text, QRect(cells[row][0].left() - left, cells[row][0].top(),
                              left - GAP, cells[row][0].height()))
            for row, text in enumerate(table.rows)
        ]  # fmt: skip
    return Layout(tuple(cells[row][column] for row, column in spots), tuple(labels))


def _cells(room: QRect, rows: int, columns: int, ratio: float) -> list[list[QRect]]:
    size = _cell_size(room, rows, columns, ratio)
    wide, high = size.width() + GAP, size.height() + GAP
    left = room.left() + (room.width() - columns * wide + GAP) // 2
    top = room.top() + (room.height() - rows * high + GAP) // 2
    return [
        [
            QRect(left + column * wide, top + row * high, size.width(), size.height())
            for column in range(columns)
        ]
        for row in range(rows)
    ]


def _cell_size(room: QRect, rows: int, columns: int, ratio: float) -> QSize:
    width = max(16, (room.width() - GAP * (columns - 1)) // columns)
    height = max(9, (room.height() - GAP * (rows - 1)) // rows)
    if width / height > ratio:
        width = max(1, round(height * ratio))
    # FFmpeg takes half as long again to scale to a width that is not even.
    width = max(1, width - width % _EVEN)
    return QSize(width, min(height, max(1, math.ceil(width / ratio))))


def _best_columns(room: QRect, count: int, ratio: float) -> int:
    def area(columns: int) -> int:
        size = _cell_size(room, -(-count // columns), columns, ratio)
        return size.width() * size.height()

    return max(range(1, count + 1), key=area)


def _usual_ratio(shapes: Sequence[QSize]) -> float:
    known = Counter((shape.width(), shape.height()) for shape in shapes if not shape.isEmpty())
    if not known:
        return 16 / 9
    (width, height), _number = known.most_common(1)[0]
    return width / height
