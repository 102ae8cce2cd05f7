"""Tab goes through parts as they are read, although they are built one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def tab_through(parts: Sequence[QWidget]) -> None:
    """Have Tab go from each part of a window to the next; the order within one stays. A part may
    lie in a later one.

    Qt keeps widgets in the order in which they came into the window.
    """
    stops = list(_stops(parts[0].window())) if parts else []
    inside = (s for part in parts for s in stops if part is s or part.isAncestorOf(s))
    read = list(dict.fromkeys(inside))
    meant = set(read)
    if read != [stop for stop in stops if stop in meant]:
        for before, after in pairwise(read):
            QWidget.setTabOrder(before, after)


def _stops(window: QWidget) -> Iterator[QWidget]:
    widget = window.nextInFocusChain()
    while widget is not None and widget is not window:
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            yield widget
        widget = widget.nextInFocusChain()
