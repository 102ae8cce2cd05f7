"""The window's panes: compose, player and queue to make clips, library and player to choose."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

_MINIMUM_WIDTHS = (280, 320, 240)  # compose, player, queue
_USUAL_WIDTHS = (336, 892, 372)
_NARROW_WIDTHS = (304, 440, 256)  # what the sides give up before the player goes below its share
_LIBRARY_WIDTH = 480
_PLAYER_SHARE, _DETAILS_SHARE = 11, 9  # of the height, while both are shown


class View(StrEnum):
    """What the window is used for."""

    CREATE = "create"
    LIBRARY = "library"


class Panes(QSplitter):
    """One player in the middle or at the right, and what stands beside it."""

    def __init__(self, compose: QWidget, player: QWidget, queue: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.view = View.CREATE
        self._compose, self._queue = compose, queue
        self._library: QWidget | None = None
        self._details: QScrollArea | None = None
        self.setHandleWidth(1)
        self._centre = QWidget()
        self._column = QVBoxLayout(self._centre)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(player, _PLAYER_SHARE)
        panes = (compose, self._centre, queue)
        for index, (pane, width) in enumerate(zip(panes, _MINIMUM_WIDTHS, strict=True)):
            pane.setMinimumWidth(width)
            self.addWidget(pane)
            self.setStretchFactor(index, int(pane is self._centre))
        self.setCollapsible(1, False)
        self._create_widths = list(_USUAL_WIDTHS)
        self._side_width = _USUAL_WIDTHS[-1]  # of the player beside the library
        self.setSizes(self._create_widths)
        self.splitterMoved.connect(self.on_splitter_moved)

    @property
    def widths(self) -> tuple[int, ...]:
        """What the user gave to compose, player and queue, in pixels."""
        return tuple(self._create_widths)

    def set_widths(self, widths: Sequence[int]) -> None:
        """Take widths that were remembered; another number of them is not used."""
        if len(widths) == len(_USUAL_WIDTHS) and all(width >= 0 for width in widths):
            self._create_widths = list(widths)
            self.make_room(self.width())

    def add_library(self, library: QWidget, details: QWidget) -> None:
        """The library's pane, and what stands under the player while it is shown."""
        self._library = library
        library.setMinimumWidth(_LIBRARY_WIDTH)
        self.insertWidget(1, library)
        self.setStretchFactor(1, 1)
        self._details = QScrollArea()
        self._details.setFrameShape(QFrame.Shape.NoFrame)
        self._details.setWidgetResizable(True)
        self._details.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._details.setWidget(details)
        self._column.addWidget(self._details, _DETAILS_SHARE)

    def show_view(self, view: View) -> None:
        """Show the panes of a view; the player stays what it is."""
        self.view = view
        in_library = view is View.LIBRARY
        for pane in (self._compose, self._queue):
            pane.setVisible(not in_library)
        if self._library is not None and self._details is not None:
            self._library.setVisible(in_library)
            self._details.setVisible(in_library)
        self.make_room(self.width())

    def make_room(self, total: int) -> None:
        """The side panes keep the widths the user gave them, unless the middle gets too small."""
        total -= 2
        if self.view is View.LIBRARY:
            side = max(_MINIMUM_WIDTHS[1], min(self._side_width, total - _LIBRARY_WIDTH))
            self._set_sizes(0, total - side, side, 0)
            return
        left, right = self._create_widths[0], self._create_widths[-1]
        missing = _NARROW_WIDTHS[1] - (total - left - right)
        given = min(max(0, missing), max(0, right - _NARROW_WIDTHS[2]))
        right -= given
        left -= min(max(0, missing - given), max(0, left - _NARROW_WIDTHS[0]))
        self._set_sizes(left, 0, total - left - right, right)

    def unfold_compose(self) -> None:
        """The form's pane gets its usual width again where the user folded it away."""
        if self._create_widths[0] == 0:
            self._create_widths[0] = _USUAL_WIDTHS[0]
            self.make_room(self.width())

    @Slot(int, int)
    def on_splitter_moved(self, _position: int, _index: int) -> None:
        sizes = self.sizes()
        if self._library is not None:
            if self.view is View.LIBRARY:
                self._side_width = sizes[2]
                return
            del sizes[1]
        self._create_widths = sizes

    def _set_sizes(self, compose: int, library: int, centre: int, queue: int) -> None:
        with_library = [compose, library, centre, queue]
        self.setSizes(with_library if self._library is not None else [compose, centre, queue])
