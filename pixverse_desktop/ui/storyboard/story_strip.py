"""Under the panes: the film's name and state, what is missing and its price, and its shots."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from pixverse_desktop.core.film.plan import FilmPlan
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import set_style, tabular
from pixverse_desktop.ui.jobs.job_text import clock, one_line
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.storyboard.film_editor import FilmEditor, Offer
from pixverse_desktop.ui.storyboard.shot_actions import ShotActions
from pixverse_desktop.ui.storyboard.shot_list import ShotList
from pixverse_desktop.ui.storyboard.shot_rows import ShotRows
from pixverse_desktop.ui.storyboard.shot_text import is_ticking
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import plain_label

_TICK_MS = 1000
_HEAD = 56  # pixels
_NARROW = 1200  # pixels: with fewer the price stands on the button alone


class GenerateMissing(QPushButton):
    """A double click is one click: a second press so soon is no second wish."""

    def mouseDoubleClickEvent(self, event: object) -> None:
        event.accept()  # type: ignore[attr-defined]


class StoryStrip(QWidget):
    """Shows what the editor knows; the buttons are the view's."""

    generate_requested = Signal()
    export_requested = Signal()
    films_menu_wanted = Signal(QPoint)
    clips_dropped = Signal(object, int)
    files_dropped = Signal(object, int)
    text_requested = Signal()
    film_requested = Signal()

    def __init__(self, editor: FilmEditor, pictures: Pictures, actions: ShotActions) -> None:
        super().__init__()
        self._editor = editor
        self._actions = actions
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="foot")
        self.setAccessibleName(self.tr("Film"))
        self.rows = ShotRows(self)
        self.list = ShotList(self.rows, pictures, lambda known: known.start(actions))
        self.menu = QMenu(self)
        self._build_head()
        self.add_button = IconButton("plus", self.tr("Add a shot"), size=44, kind="boxed")
        self.add_button.clicked.connect(actions.add_shot)
        self._build_layout()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.list.viewport().update)
        editor.changed.connect(self.on_editor_changed)
        self.list.row_chosen.connect(self.on_list_row_chosen)
        self.list.seam_clicked.connect(self.on_list_seam_clicked)
        self.list.name_wanted.connect(actions.rename)
        self.list.menu_wanted.connect(self.on_list_menu_wanted)
        self.list.shots_dropped.connect(actions.move_before)
        self.list.clips_dropped.connect(self.clips_dropped)
        self.list.files_dropped.connect(self.files_dropped)
        self.setAcceptDrops(True)

    @Slot()
    def on_editor_changed(self) -> None:
        """Other shots, or the same ones as they are now."""
        plan = self._editor.plan
        self.list.blockSignals(True)  # the editor knows which is chosen
        self.rows.show_plan(plan)
        row = self._editor.place_of(self._editor.chosen)
        self.list.show_row(row)
        self.list.blockSignals(False)
        begins = bool(self._editor.shots) and self.list.isHidden()
        self.list.setVisible(bool(self._editor.shots))
        if begins and self.empty.isAncestorOf(self.window().focusWidget()):
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.empty.setVisible(not self._editor.shots)
        self._show_head(plan)
        ticking = any(is_ticking(one) for one in self._editor.shots)
        if ticking != self._timer.isActive():
            self._timer.start() if ticking else self._timer.stop()

    def take_keyboard(self) -> None:
        """To the shots; where there is none, to how one begins."""
        first = self.list if self._editor.shots else self.text_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def on_list_row_chosen(self, row: int) -> None:
        one = self.rows.shot_at(row)
        if one is not None:
            self._editor.choose(one.shot.id)

    @Slot(int)
    def on_list_seam_clicked(self, row: int) -> None:
        one = self.rows.shot_at(row)
        if one is not None:
            self._actions.toggle_seam_of(one)

    @Slot(QPoint)
    def on_list_menu_wanted(self, place: QPoint) -> None:
        self._actions.popup(self.menu, place)

    @Slot()
    def on_film_button_clicked(self) -> None:
        self.films_menu_wanted.emit(self.film_button.mapToGlobal(QPoint(0, 0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_offer(self._editor.missing)

    # --- clips dropped beside the shots, or where there is none yet: the list says before which ---

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.list.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.list.dragMoveEvent(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.list.dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.list.dropEvent(event)

    def _show_head(self, plan: FilmPlan | None) -> None:
        shots = plan.shots if plan is not None else ()
        name = one_line(plan.film.name) if plan is not None else self.tr("No film yet")
        metrics = self.film_button.fontMetrics()
        self.film_button.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, 220))
        self.film_button.setAccessibleName(self.tr("Film: {name}").format(name=name))
        self.length.setText(clock(round(plan.length_s)) if plan is not None and shots else "")
        ready = sum(one.state.has_take for one in shots)
        text = self.tr("{ready} of %Ln shots ready", "", len(shots))
        self.ready.setText(text.format(ready=localised.number(ready)) if shots else "")
        late = len(plan.out_of_date) if plan is not None else 0
        self.late.setText(self.tr("%Ln out of date", "", late) if late else "")
        self.late.setVisible(bool(late))
        self.export_button.setEnabled(bool(shots))
        self._show_offer(self._editor.missing)

    def _show_offer(self, offer: Offer) -> None:
        narrow = self.width() < _NARROW * self.fontMetrics().height() / 17
        words = self.tr("%Ln shots · {credits} credits", "", offer.number)
        words = words.format(credits=localised.price_text(offer.price)) if offer.number else ""
        self.offer.setText(words)
        self.offer.setVisible(bool(words))
        self.ready.setVisible(not narrow)
        self.generate.setEnabled(offer.number > 0)
        spoken = self.tr("Generate missing")
        self.generate.setAccessibleName(f"{spoken}, {words}" if words else spoken)

    def _build_head(self) -> None:
        self.film_button = QPushButton()
        set_style(self.film_button, kind="quiet")
        self.film_button.clicked.connect(self.on_film_button_clicked)
        self.films_button = IconButton("chevron-down", self.tr("Films"), size=28, glyph=14)
        self.films_button.clicked.connect(self.on_film_button_clicked)
        self.length = plain_label("", "muted")
        self.length.setFont(tabular(self.length.font()))
        self.ready = plain_label("")
        self.late = plain_label("", "warn")
        self.export_button = QPushButton(self.tr("Export film…"))
        self.export_button.clicked.connect(self.export_requested)
        self.offer = plain_label("", "muted")
        self.generate = GenerateMissing(self.tr("Generate missing"))
        set_style(self.generate, kind="primary")
        self.generate.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.generate.clicked.connect(self.generate_requested)

    def _build_empty(self) -> None:
        self.empty = QWidget()
        text = self.tr("A film is a row of shots. Write them one a line, or begin with the first.")
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addStretch(1)
        self.text_button = QPushButton(self.tr("Shots from text…"))
        self.text_button.clicked.connect(self.text_requested)
        line.addWidget(self.text_button)
        for word, run in (
            (self.tr("Add a shot"), self._actions.add_shot),
            (self.tr("Open a film…"), self.film_requested.emit),
        ):
            button = QPushButton(word)
            button.clicked.connect(partial(run))
            line.addWidget(button)
        line.addStretch(1)
        label = plain_label(text, "muted", wrap=True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self.empty)
        column.addStretch(1)
        column.addWidget(label)
        column.addLayout(line)
        column.addStretch(1)

    def _build_layout(self) -> None:
        self._build_empty()
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.film_button)
        head.addWidget(self.films_button)
        head.addSpacing(8)
        for label in (self.length, self.ready, self.late):
            head.addWidget(label)
            head.addSpacing(12)
        head.addStretch(1)
        head.addWidget(self.export_button)
        head.addSpacing(12)
        head.addWidget(self.offer)
        head.addSpacing(12)
        head.addWidget(self.generate)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.list, 1)
        row.addWidget(self.empty, 1)
        row.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 16, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(row)
        self.empty.setMinimumHeight(self.list.height_needed())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
