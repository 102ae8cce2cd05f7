"""The row above the grid: words, filters, the order and the size of the tiles."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.jobs.library_query import ClipQuery, Order
from pixverse_desktop.core.jobs.marks import MOST_STARS
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import icon, pixels, set_style, tabular
from pixverse_desktop.ui.jobs.mode_switch import ModeSwitch
from pixverse_desktop.ui.jobs.value_labels import label_for
from pixverse_desktop.ui.library.grid import NARROWEST, USUAL_TILE, WIDEST
from pixverse_desktop.ui.widgets.arranged import Arranged
from pixverse_desktop.ui.widgets.flow_layout import FlowLayout
from pixverse_desktop.ui.widgets.inputs import QuietSlider, TextField
from pixverse_desktop.ui.widgets.labels import ElidedLabel

_TYPING_MS = 60
_DAY_S = 86_400.0
_ROOMY = 560  # pixels of width, from which on there is room for a slider


class FilterBar(Arranged):
    """Holds a query without its shelf; everything it does is ``changed``."""

    changed = Signal()
    tile_width_moved = Signal(int)
    stacked_changed = Signal(bool)
    back_clicked = Signal()  # out of an opened stack
    sheet_clicked = Signal()
    left_downwards = Signal()  # Enter or Down in the search field

    def __init__(self) -> None:
        super().__init__()
        self.query = ClipQuery()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TYPING_MS)
        self._timer.timeout.connect(self.changed)
        self._build_search()
        self._build_filters()
        self._build_view()
        self._build_layout()

    @Slot(object)
    def set_status(self, status: ServiceStatus) -> None:
        """Offer what the service's model knows."""
        caps = status.model
        self.ratio.set_choices((value, value) for value in caps.choice("aspect_ratio").values)
        self.resolution.set_choices((value, value) for value in caps.choice("resolution").values)
        self.style_filter.set_choices(
            (value, label_for(value)) for value in caps.choice("style").values
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.size_slider.setVisible(self.width() >= pixels(_ROOMY))
        super().resizeEvent(event)

    def arrange(self) -> None:
        """The search beside the rest where there is room, else over it."""
        needed = self.search.minimumWidth() + 12 + self._tools.sizeHint().width()
        direction = QBoxLayout.Direction
        fits = needed <= self.contentsRect().width() - 32
        self._top.setDirection(direction.LeftToRight if fits else direction.TopToBottom)

    def show_hits(self, found: int, whole: int) -> None:
        """How many clips are found among those that stand here."""
        shown = localised.number(found)
        if self.query.is_narrowed:
            text = self.tr("{found} of %Ln clips", "", whole).format(found=shown)
        else:
            text = self.tr("%Ln clips", "", found)
        self.hits.setText(text)
        self.back.hide()

    def show_takes(self, found: int, prompt: str) -> None:
        """How many takes an opened stack has; there is a way back."""
        text = self.tr("%Ln takes of “{prompt}”", "", found)
        self.hits.setText(text.format(prompt=prompt))
        self.back.show()

    def set_stacked(self, stacked: bool) -> None:
        """Whether takes of the same prompt and pictures stand behind one of them; tells nobody."""
        self.query = replace(self.query, stacked=stacked)
        self._show_toggle(self.stack, stacked)

    def clear(self) -> None:
        """No words, no filters; the order stays."""
        self.query = ClipQuery(order=self.query.order, stacked=self.query.stacked)
        self.search.clear()  # its signals are its own, too: they hide its clear button
        self._timer.stop()
        for button in (self.ratio, self.resolution, self.style_filter, self.date, self.stars):
            button.show_value("")
        self._show_toggle(self.with_frame, False)
        self._show_toggle(self.picked, False)
        self.changed.emit()

    @Slot(str)
    def on_search_text_changed(self, text: str) -> None:
        self.query = replace(self.query, text=text)
        self._timer.start()

    @Slot(str)
    def on_ratio_chosen(self, value: str) -> None:
        self._change(replace(self.query, ratio=value))

    @Slot(str)
    def on_resolution_chosen(self, value: str) -> None:
        self._change(replace(self.query, resolution=value))

    @Slot(str)
    def on_style_chosen(self, value: str) -> None:
        self._change(replace(self.query, style=value))

    @Slot(str)
    def on_date_chosen(self, value: str) -> None:
        since = time.time() - float(value) * _DAY_S if value else None
        self._change(replace(self.query, since=since))

    @Slot()
    def on_with_frame_clicked(self) -> None:
        self._show_toggle(self.with_frame, not self.query.with_frame)
        self._change(replace(self.query, with_frame=not self.query.with_frame))

    @Slot()
    def on_picked_clicked(self) -> None:
        self._show_toggle(self.picked, not self.query.picked)
        self._change(replace(self.query, picked=not self.query.picked))

    @Slot(str)
    def on_stars_chosen(self, value: str) -> None:
        self._change(replace(self.query, stars=int(value or 0)))

    @Slot()
    def on_stack_clicked(self) -> None:
        self.set_stacked(not self.query.stacked)
        self.stacked_changed.emit(self.query.stacked)
        self._change(self.query)

    @Slot(str)
    def on_order_chosen(self, value: str) -> None:
        self._change(replace(self.query, order=Order(value or Order.NEWEST)))

    def _change(self, query: ClipQuery) -> None:
        self.query = query
        self._timer.stop()
        self.changed.emit()

    @staticmethod
    def _show_toggle(button: QPushButton, on: bool) -> None:
        button.setChecked(on)
        set_style(button, on="true" if on else "false")

    def _build_search(self) -> None:
        self.search = _SearchField()
        self.search.setPlaceholderText(self.tr("Search prompts"))
        self.search.setAccessibleName(self.tr("Search prompts"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(400)
        leading = QLineEdit.ActionPosition.LeadingPosition
        self.search.addAction(icon("search"), leading).setText(self.tr("Search"))
        self.search.setMinimumWidth(160)
        self.search.setMaximumWidth(360)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.textChanged.connect(self.on_search_text_changed)
        self.search.left_downwards.connect(self.left_downwards)

    def _build_filters(self) -> None:
        self.ratio = ChoiceButton(self.tr("Shape"), self.tr("Any shape"), self.on_ratio_chosen)
        self.resolution = ChoiceButton(
            self.tr("Resolution"), self.tr("Any resolution"), self.on_resolution_chosen
        )
        self.style_filter = ChoiceButton(
            self.tr("Style"), self.tr("Any style"), self.on_style_chosen
        )
        self.date = ChoiceButton(self.tr("Date"), self.tr("Any date"), self.on_date_chosen)
        self.date.set_choices(
            [
                ("1", self.tr("Last 24 hours")),
                ("7", self.tr("Last 7 days")),
                ("30", self.tr("Last 30 days")),
            ]
        )
        self.stars = ChoiceButton(self.tr("Stars"), self.tr("Any stars"), self.on_stars_chosen)
        self.stars.set_choices(
            [
                *((str(n), self.tr("%n stars or more", "", n)) for n in range(1, MOST_STARS)),
                (str(MOST_STARS), self.tr("%n stars", "", MOST_STARS)),
            ]
        )
        self.with_frame = QPushButton(self.tr("Has a start frame"))
        self.picked = QPushButton(self.tr("Picked"))
        self.stack = QPushButton(self.tr("Stack takes"))
        self.stack.setToolTip(self.tr("Clips of the same prompt and frames stand behind one"))
        for button in (self.with_frame, self.picked, self.stack):
            button.setCheckable(True)
            set_style(button, kind="filter", on="false")
        self.with_frame.clicked.connect(self.on_with_frame_clicked)
        self.picked.clicked.connect(self.on_picked_clicked)
        self.stack.clicked.connect(self.on_stack_clicked)

    def _build_view(self) -> None:
        self.order = ChoiceButton(self.tr("Order"), self.tr("Newest first"), self.on_order_chosen)
        self.order.set_choices(
            [
                (Order.OLDEST.value, self.tr("Oldest first")),
                (Order.LONGEST.value, self.tr("Longest first")),
            ]
        )
        set_style(self.order, kind="quiet")
        self.size_slider = QuietSlider(self.tr("Size of the tiles"))
        self.size_slider.setRange(NARROWEST, WIDEST)
        self.size_slider.setValue(USUAL_TILE)
        self.size_slider.setSingleStep(24)
        self.size_slider.setPageStep(60)
        self.size_slider.setFixedWidth(96)
        self.size_slider.valueChanged.connect(self.tile_width_moved)
        self.mode = ModeSwitch("grid")
        self.mode.other_chosen.connect(self.sheet_clicked)

    def _build_layout(self) -> None:
        self._tools = tools = QHBoxLayout()
        tools.setSpacing(12)
        tools.addStretch(1)
        tools.addWidget(self.order)
        tools.addWidget(self.size_slider)
        tools.addWidget(self.mode)
        self._top = top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        top.setSpacing(12)
        top.addWidget(self.search, 100)  # up to its widest
        top.addLayout(tools, 1)
        chips = FlowLayout(8)
        buttons = (self.ratio, self.resolution, self.style_filter, self.date, self.stars)
        for button in (*buttons, self.with_frame, self.picked, self.stack):
            chips.addWidget(button)
        whole = QWidget()
        whole.setLayout(chips)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        whole.setSizePolicy(policy)
        self.hits = ElidedLabel("", "secondary")  # below: its words move nothing
        self.hits.setFont(tabular(self.hits.font()))
        self.back = QPushButton(self.tr("Back to all clips (Esc)"))
        set_style(self.back, kind="link")
        self.back.clicked.connect(self.back_clicked)
        self.back.hide()
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.hits)
        foot.addWidget(self.back)
        foot.addStretch(1)
        height = max(self.hits.sizeHint().height(), self.back.sizeHint().height())
        self.hits.setMinimumHeight(height)  # the button comes and goes, and moves nothing either
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 6)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(whole)
        column.addLayout(foot)


class _SearchField(TextField):
    left_downwards = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left_downwards.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class ChoiceButton(QPushButton):
    """A chip with a menu; it shows what was chosen, and the first entry lets everything through."""

    def __init__(self, name: str, anything: str, then: Callable[[str], None]) -> None:
        super().__init__()
        self._name = name
        self._anything = anything
        self._then = then
        self._group = QActionGroup(self)
        self._group.triggered.connect(self.on_group_triggered)
        self._menu = QMenu(self)
        set_style(self, kind="filter", on="false")
        self.setMenu(self._menu)
        self.set_choices([])

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer ``(value, word)`` pairs; what was chosen stays when it is still offered."""
        chosen = self._group.checkedAction()
        kept = chosen.data() if chosen is not None else ""
        for action in self._group.actions():
            self._group.removeAction(action)
        self._menu.clear()
        for value, word in (("", self._anything), *choices):
            action = self._menu.addAction(word)
            action.setData(value)
            action.setCheckable(True)
            self._group.addAction(action)
        self.show_value(kept)

    def show_value(self, value: str) -> None:
        """Show a choice without telling."""
        for action in self._group.actions():
            action.setChecked(action.data() == value)
        chosen = self._group.checkedAction()
        word = chosen.text() if chosen is not None else self._anything
        self.setText(f"{word}  ▾")
        self.setAccessibleName(f"{self._name}: {word}")
        if self.property("kind") == "filter":
            set_style(self, on="true" if value else "false")

    @Slot(QAction)
    def on_group_triggered(self, action: QAction) -> None:
        self.show_value(action.data())
        self._then(action.data())
