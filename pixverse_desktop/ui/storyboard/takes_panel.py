"""The takes of the chosen shot, what is out of date with it, and what is under way."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QListView,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.film.plan import ShotPlan, ShotState
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.messages import Message
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.jobs.job_text import marks_spoken, one_line, row_text
from pixverse_desktop.ui.jobs.model import JobRows
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.storyboard.film_editor import FilmEditor, Offer
from pixverse_desktop.ui.storyboard.notice_card import NoticeCard
from pixverse_desktop.ui.storyboard.shot_actions import ShotActions
from pixverse_desktop.ui.storyboard.take_delegate import TakeDelegate, take_facts, take_title
from pixverse_desktop.ui.widgets.inputs import NoTypeAhead
from pixverse_desktop.ui.widgets.labels import ElidedLabel, SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.scroll_area import ScrollArea

_MOST_LINES = 5  # of what is under way
_TICK_MS = 1000


class TakeRows(JobRows):
    """The newest take first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.numbers: dict[str, int] = {}
        self.in_film = ""

    def accepts(self, _job: Job) -> bool:
        return True

    def key_of(self, job: Job) -> tuple[float, float, str]:
        return (-job.created_at, -job.position, job.id)

    def spoken(self, job: Job) -> str:
        counts = [self.tr("in the film")] if job.id == self.in_film else []
        title = take_title(self.numbers.get(job.id, 0))
        told = take_facts(job).replace(" · ", ", ")
        return ", ".join([title, *counts, *marks_spoken(job), told])


class TakeList(NoTypeAhead, QListView):
    """Enter, or a double click, puts a take into the film."""

    used = Signal(object)  # Job
    menu_wanted = Signal(QPoint)

    def __init__(self, rows: TakeRows, pictures: Pictures) -> None:
        super().__init__()
        self.setModel(rows)
        self.delegate = TakeDelegate(pictures, self)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(self.tr("Takes"))
        set_style(self, look="strip")
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.on_menu_asked)
        self.doubleClicked.connect(self.on_double_clicked)
        pictures.loaded.connect(self.viewport().update)

    def chosen_jobs(self) -> list[Job]:
        """The chosen takes, the newest first."""
        rows = self.model()
        assert isinstance(rows, TakeRows)
        found = (rows.job_at(index.row()) for index in sorted(self.selectedIndexes()))
        return [job for job in found if job is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            for job in self.chosen_jobs()[:1]:
                self.used.emit(job)
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def on_double_clicked(self, _index: QModelIndex) -> None:
        for job in self.chosen_jobs()[:1]:
            self.used.emit(job)

    @Slot(QPoint)
    def on_menu_asked(self, place: QPoint) -> None:
        self.menu_wanted.emit(self.viewport().mapToGlobal(place))


class TakesPanel(QWidget):
    """At the right of the player."""

    take_shown = Signal(object)  # Job: it is to be looked at

    def __init__(
        self, editor: FilmEditor, pictures: Pictures, actions: ShotActions, clips: ClipActions
    ) -> None:
        super().__init__()
        self._editor = editor
        self._actions = actions
        self._clips = clips
        self._noted: set[str] = set()  # films of which it was said how far they go without a cut
        self._redo_alone = self._redo_all = Offer(editor.missing.wish)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="panel")
        self.setMinimumWidth(256)
        self.setAccessibleName(self.tr("Takes"))
        self.rows = TakeRows(self)
        self.list = TakeList(self.rows, pictures)
        self.menu = QMenu(self)
        self._build_head()
        self._build_card()
        self._build_under_way()
        around = QVBoxLayout()
        around.setContentsMargins(16, 4, 16, 8)
        around.setSpacing(8)
        around.addWidget(self.card)
        around.addWidget(self.hops)
        content = QWidget()
        content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(content, surface="panel")
        area = ScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(8)
        column.addLayout(self._head)
        column.addWidget(self.empty)
        column.addWidget(self.list, 100)
        column.addLayout(self._use)
        column.addLayout(around)
        column.addWidget(self.under_way)
        column.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._show_under_way)
        clips.add_keys(self.list, self.list.chosen_jobs, "trash", "copy", "favourite", "compare")
        self.list.used.connect(self.use)
        self.list.menu_wanted.connect(self.on_list_menu_wanted)
        self.list.selectionModel().selectionChanged.connect(self.on_choice_changed)
        editor.changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """The takes of the chosen shot as they are now."""
        one = self._editor.chosen_shot
        takes = one.takes if one is not None else ()
        known = {job.id for job in takes}
        self.rows.numbers = {job.id: place for place, job in enumerate(takes, 1)}
        self.rows.in_film = one.take.id if one is not None and one.take is not None else ""
        self.list.delegate.numbers = self.rows.numbers
        self.list.delegate.in_film = self.rows.in_film
        here = {job.id for job in map(self.rows.job_at, range(self.rows.rowCount())) if job}
        if here == known:
            for job in takes:
                self.rows.put(job)
        else:
            self.rows.reset(takes)
        number = one.number if one is not None else 0
        text = self.tr("Takes of shot {number}").format(number=number)
        self.title.setText(text if one is not None else self.tr("Takes"))
        self.empty.show_message(self._why_empty(one), "secondary")
        height = self.list.delegate.height
        self.list.setMinimumHeight(min(len(takes), 1) * height)
        self.list.setMaximumHeight(len(takes) * height)
        self.list.viewport().update()
        self._show_choice()
        self._show_card(one)
        self._show_hops()
        self._show_under_way()

    @Slot(object)
    def use(self, job: Job) -> None:
        """A take counts from now on."""
        one = self._editor.chosen_shot
        if one is not None and job.id in self.rows.numbers:
            self._editor.choose_take(one.shot.id, job.id)

    @Slot()
    def use_chosen(self) -> None:
        """The one that is marked."""
        for job in self.list.chosen_jobs()[:1]:
            self.use(job)

    @Slot()
    def use_newest(self) -> None:
        """The newest that fits counts, now and when others come."""
        one = self._editor.chosen_shot
        if one is not None:
            self._editor.choose_take(one.shot.id, "")

    @Slot()
    def compare(self) -> None:
        """Two takes beside each other: those that are chosen, else the newest two."""
        chosen = self.list.chosen_jobs()
        takes = [job for job in map(self.rows.job_at, range(2)) if job is not None]
        self._clips.compare(chosen if len(chosen) == 2 else takes)

    @Slot()
    def on_choice_changed(self) -> None:
        """A take that is marked is looked at."""
        self._show_choice()
        chosen = self.list.chosen_jobs()
        if len(chosen) == 1:
            self.take_shown.emit(chosen[0])

    def _show_choice(self) -> None:
        chosen = self.list.chosen_jobs()
        one = self._editor.chosen_shot
        offered = len(chosen) == 1 and chosen[0].id != self.rows.in_film
        self.use_button.setVisible(offered)
        several = self.rows.rowCount() > 1
        self.newest_button.setVisible(several and one is not None and bool(one.shot.chosen))
        self.compare_button.setVisible(self.rows.rowCount() > 1)

    @Slot(QPoint)
    def on_list_menu_wanted(self, place: QPoint) -> None:
        jobs = self.list.chosen_jobs()
        if jobs:
            self._clips.fill(self.menu, jobs)
            self.menu.popup(place)

    def _why_empty(self, one: ShotPlan | None) -> str:
        if one is None or one.takes:
            return ""
        if one.reason:
            return translated(one.reason)
        return self.tr("No take yet. Generate missing makes one.")

    def _show_card(self, one: ShotPlan | None) -> None:
        late = one is not None and one.state is ShotState.OUT_OF_DATE
        self.card.setVisible(late)
        if one is None or not late:
            return
        title = self.tr("Shot {number} is out of date").format(number=one.number)
        self.card.say(title, translated(one.reason))
        self._redo_alone = self._actions.redo_offer(one, following=False)
        self._redo_all = self._actions.redo_offer(one, following=True)
        for button, offer, text in (
            (self.redo_button, self._redo_alone, self.tr("Redo this shot · {credits} credits")),
            (
                self.redo_all_button,
                self._redo_all,
                self.tr("Redo %Ln shots from here · {credits} credits", "", self._redo_all.number),
            ),
        ):
            words = text.format(credits=localised.price_text(offer.price))
            button.setText(words.replace(" · ", "\n"))  # the panel may be narrow
            button.setAccessibleName(words)
            button.setEnabled(offer.number > 0)
        self.redo_all_button.setVisible(self._redo_all.number > self._redo_alone.number)

    @Slot()
    def _show_under_way(self) -> None:
        coming = [one for one in self._editor.shots if one.coming is not None]
        self.under_way.setVisible(bool(coming))
        if bool(coming) != self._timer.isActive():
            self._timer.start() if coming else self._timer.stop()
        self.under_way_count.setText(localised.number(len(coming)) if coming else "")
        self._fill_lines(coming)

    def _fill_lines(self, coming: Sequence[ShotPlan]) -> None:
        for place, (name, state) in enumerate(self._lines):
            one = coming[place] if place < len(coming) else None
            name.setVisible(one is not None)
            state.setVisible(one is not None)
            if one is None or one.coming is None:
                continue
            words = row_text(one.coming, time.time())
            name.setText(f"{one.number} · {one_line(one.shot.name)}")
            state.setText(words.aside or words.line)
            state.setToolTip(translated(one.reason) or "")
            set_style(state, role="warn" if words.tone == "warn" else "secondary")
        rest = len(coming) - len(self._lines)
        self.under_way_rest.show_message(
            self.tr("and %Ln more", "", rest) if rest > 0 else "", "secondary"
        )

    def _build_head(self) -> None:
        self.title = plain_label(self.tr("Takes"), "head")
        self.compare_button = QPushButton(self.tr("Compare"))
        set_style(self.compare_button, kind="link")
        self.compare_button.clicked.connect(self.compare)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(16, 0, 12, 0)
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.compare_button)
        self.empty = SentenceLabel("secondary")
        self.empty.setContentsMargins(16, 4, 16, 4)
        self.use_button = QPushButton(self.tr("Use this take"))
        self.use_button.clicked.connect(self.use_chosen)
        self.newest_button = QPushButton(self.tr("Let the newest count"))
        set_style(self.newest_button, kind="quiet")
        self.newest_button.clicked.connect(self.use_newest)
        self._use = QHBoxLayout()
        self._use.setContentsMargins(16, 0, 16, 0)
        for button in (self.use_button, self.newest_button):
            set_style(button, kind="small" if button is self.use_button else "link")
            self._use.addWidget(button)
        self._use.addStretch(1)

    def _build_card(self) -> None:
        self.card = NoticeCard()
        redo, redo_all = self._make_redo, self._make_redo_all
        self.redo_button = self.card.add_button("", redo)
        self.redo_all_button = self.card.add_button("", redo_all)
        self.card.add_button(self.tr("Keep as it is"), self._actions.keep, quiet=True)
        self.hops = NoticeCard()
        self.hops.add_button(self.tr("Begin with a cut"), self._cut_far)
        self.hops.add_button(self.tr("Leave it"), self._leave_far, quiet=True)

    def _make_redo(self) -> None:
        self._editor.make(self._redo_alone)

    def _make_redo_all(self) -> None:
        self._editor.make(self._redo_all)

    def _cut_far(self) -> None:
        far = self._editor.plan.far_from_cut if self._editor.plan is not None else None
        if far is not None:
            self._actions.go_on(far.shot.id, "")

    def _leave_far(self) -> None:
        self._noted.add(self._editor.film_id)
        self.hops.hide()

    def _show_hops(self) -> None:
        """Said once of a film: quality falls with each hop."""
        far = self._editor.plan.far_from_cut if self._editor.plan is not None else None
        if far is None or self._editor.film_id in self._noted:
            self.hops.hide()
            return
        said = Message("shot_many_hops", name=far.shot.name, hops=far.hops)
        self.hops.say(self.tr("A long way from a cut"), translated(said))

    def _build_under_way(self) -> None:
        self.under_way = QWidget()
        self.under_way_count = plain_label("", "muted")
        self.under_way_rest = SentenceLabel("secondary")
        self._lines = [(ElidedLabel(""), plain_label("", "secondary")) for _ in range(_MOST_LINES)]
        grid = QGridLayout(self.under_way)
        grid.setContentsMargins(16, 4, 16, 0)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.addWidget(plain_label(self.tr("Under way"), "head"), 0, 0)
        grid.addWidget(self.under_way_count, 0, 1, Qt.AlignmentFlag.AlignRight)
        for row, (name, state) in enumerate(self._lines, 1):
            grid.addWidget(name, row, 0)
            grid.addWidget(state, row, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.under_way_rest, len(self._lines) + 1, 0, 1, 2)
