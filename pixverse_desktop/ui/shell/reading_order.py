"""Tab goes through the window as one reads it, although views are built one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QLayout, QSplitter, QWidget

from pixverse_desktop.ui.widgets.tab_order import tab_through


class ReadingOrder(QWidget):
    """Holds the parts of the window from top to bottom; panes that are beside each other are gone
    through from left to right. The order within a part is its own matter."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        if (layout := self.layout()) is not None:
            tab_through(list(_parts(layout)))
        return super().focusNextPrevChild(forward)


def _parts(layout: QLayout) -> Iterator[QWidget]:
    """What lies in a layout, with the panes of a splitter and their columns one by one."""
    for place in range(layout.count()):
        item = layout.itemAt(place)
        inside = None if item is None else item.layout()
        widget = None if item is None else item.widget()
        if inside is not None:
            yield from _parts(inside)
        elif isinstance(widget, QSplitter):
            yield from _panes(widget)
        elif widget is not None:
            yield widget


def _panes(splitter: QSplitter) -> Iterator[QWidget]:
    for number in range(splitter.count()):
        pane = splitter.widget(number)
        column = pane.layout() if type(pane) is QWidget else None  # which only holds others
        if column is not None:
            yield from _parts(column)
        elif pane is not None:
            yield pane
