"""The window's panes: the player in every view, and what a view shows beside and below it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from pixverse_desktop.ui.base.view import Pane, ViewWidgets
from pixverse_desktop.ui.widgets.scroll_area import ScrollArea

_LEAST_PLAYER = 320  # form and queue know themselves how much they need
_USUAL_WIDTHS = (336, 892, 372)
_NARROW_WIDTHS = (304, 440, 256)  # what the sides give up before the player goes below its share
_OWN_WIDTH = 480  # at least, of the pane that a view brings along
_SIDE_SHARE, _MOST_SHARE = 0.36, 0.45  # of the width, for the player beside such a pane
_PLAYER_SHARE, _BELOW_SHARE = 11, 9  # of the height, while both are shown


class Panes(QSplitter):
    """One player in the middle or at the right, and what stands beside it."""

    def __init__(self, compose: QWidget, player: QWidget, queue: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._fixed = {Pane.COMPOSE: compose, Pane.QUEUE: queue}
        self._sides = [compose, queue]  # what stands left and right of the player now
        self._lent: list[QWidget] = []  # what views brought along for the sides, and below
        self.strips = QVBoxLayout()  # under the panes: the window gives it room
        self._own: list[QWidget] = []  # what views brought along, whether shown or not
        self._below: dict[QWidget, QScrollArea] = {}
        self.message_place: QWidget = self  # where messages are shown while the player is not
        self.setHandleWidth(1)
        self._centre = QWidget()
        self._column = QVBoxLayout(self._centre)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(player, _PLAYER_SHARE)
        panes = (compose, self._centre, queue)
        self._centre.setMinimumWidth(_LEAST_PLAYER)
        for index, pane in enumerate(panes):
            self.addWidget(pane)
            self.setStretchFactor(index, int(pane is self._centre))
        self.setCollapsible(1, False)
        self._create_widths = list(_USUAL_WIDTHS)
        self._side_width = 0  # of the player beside a view's own pane; 0: its usual share
        self.setSizes(self._create_widths)
        self.splitterMoved.connect(self.on_splitter_moved)

    @property
    def widths(self) -> tuple[int, ...]:
        """What the user gave to compose, player and queue, in pixels."""
        return tuple(self._create_widths)

    @property
    def side_width(self) -> int:
        """What the user gave to the player beside a view's own pane, in pixels; 0: nothing yet."""
        return self._side_width

    def set_widths(self, widths: Sequence[int], side_width: int = 0) -> None:
        """Take widths that were remembered; another number of them is not used."""
        self._side_width = side_width
        if len(widths) == len(_USUAL_WIDTHS) and all(width >= 0 for width in widths):
            self._create_widths = list(widths)
            self.make_room(self.width())

    def show_panes(self, fixed: Collection[Pane], widgets: ViewWidgets) -> None:
        """Show the panes of a view; the player stays what it is."""
        self._show_sides(fixed, widgets)
        if widgets.pane is not None and widgets.pane not in self._own:
            self._add(widgets.pane)
        for own in self._own:
            own.setVisible(own is widgets.pane)
        if widgets.below_player is not None and widgets.below_player not in self._below:
            self._add_below(widgets.below_player)
        self._centre.setVisible(not widgets.alone)
        self.message_place = widgets.stage or self
        for widget, area in self._below.items():
            area.setVisible(widget is widgets.below_player)
        self.make_room(self.width())

    def make_room(self, total: int) -> None:
        """The side panes keep the widths the user gave them, unless the middle gets too small."""
        total -= 2
        own = self._shown_own()
        left, right = self._create_widths[0], self._create_widths[-1]
        if own is not None:
            left, right = (
                0 if pane.isHidden() else width
                for pane, width in zip(self._sides, (left, right), strict=True)
            )
            room = total - left - right
            if self._centre.isHidden():
                self._set_sizes(left, own, room, 0, right)
                return
            wanted = min(self._side_width or room * _SIDE_SHARE, room * _MOST_SHARE)
            side = max(_LEAST_PLAYER, min(round(wanted), room - _OWN_WIDTH))
            self._set_sizes(left, own, room - side, side, right)
            return
        missing = _NARROW_WIDTHS[1] - (total - left - right)
        given = min(max(0, missing), max(0, right - _NARROW_WIDTHS[2]))
        right -= given
        left -= min(max(0, missing - given), max(0, left - _NARROW_WIDTHS[0]))
        self._set_sizes(left, None, 0, total - left - right, right)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.on_shown)

    @Slot()
    def on_shown(self) -> None:
        """The panes need less than before they were styled."""
        self.make_room(self.width())

    def unfold_compose(self) -> None:
        """The form's pane gets its usual width again where the user folded it away."""
        if self._create_widths[0] == 0:
            self._create_widths[0] = _USUAL_WIDTHS[0]
            self.make_room(self.width())

    @Slot(int, int)
    def on_splitter_moved(self, _position: int, _index: int) -> None:
        sizes = self.sizes()
        if self._centre.isHidden():
            return
        left, centre, right = map(self.indexOf, (self._sides[0], self._centre, self._sides[1]))
        if self._shown_own() is not None:
            self._side_width = sizes[centre]
            self.make_room(self.width())  # not beyond its share
        else:
            self._create_widths = [sizes[left], sizes[centre], sizes[right]]

    def _add(self, pane: QWidget) -> None:
        pane.setMinimumWidth(_OWN_WIDTH)
        place = self.indexOf(self._centre)
        self.insertWidget(place, pane)
        self.setStretchFactor(place, 1)
        self._own.append(pane)

    def _show_sides(self, fixed: Collection[Pane], widgets: ViewWidgets) -> None:
        """The form and the queue, or what a view has in their places; and what is below."""
        usual = list(self._fixed.values())
        given = (widgets.left, widgets.right)
        self._sides = [new or old for new, old in zip(given, usual, strict=True)]
        for new, place in zip(given, (0, self.count()), strict=True):
            if new is not None and new not in self._lent:
                self._lent.append(new)
                self.insertWidget(place, new)
                self.setStretchFactor(self.indexOf(new), 0)
        if widgets.below is not None and widgets.below not in self._lent:
            self._lent.append(widgets.below)
            self.strips.addWidget(widgets.below)
        for name, pane in self._fixed.items():
            pane.setVisible(name in fixed and pane in self._sides)
        for lent in self._lent:
            lent.setVisible(lent in (*given, widgets.below))

    def _add_below(self, widget: QWidget) -> None:
        area = self._below[widget] = ScrollArea()
        area.setAccessibleName(widget.accessibleName())
        area.setWidget(widget)
        self._column.addWidget(area, _BELOW_SHARE)

    def _shown_own(self) -> QWidget | None:
        return next((pane for pane in self._own if not pane.isHidden()), None)

    def _set_sizes(
        self, compose: int, own: QWidget | None, width: int, centre: int, queue: int
    ) -> None:
        left, right = self._sides
        wanted: dict[QWidget | None, int] = {left: compose, self._centre: centre, right: queue}
        if own is not None:
            wanted[own] = width
        self.setSizes([wanted.get(self.widget(place), 0) for place in range(self.count())])
