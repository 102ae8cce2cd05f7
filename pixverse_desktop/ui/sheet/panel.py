"""The sheet: many clips on one clock, one after the other judged by keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from pixverse_desktop.core.jobs.file_name import slug
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import Board
from pixverse_desktop.core.jobs.marks import Mark, Verdict
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.ui.base.command import Command, Scope
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import pixels, set_style
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.jobs.job_text import short_prompt
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.sheet.axes import Table, row_choices, table_of
from pixverse_desktop.ui.sheet.canvas import SheetCanvas, Tile
from pixverse_desktop.ui.sheet.clock import SPEEDS, SheetClock
from pixverse_desktop.ui.sheet.export import SheetExport
from pixverse_desktop.ui.sheet.head import SheetHead
from pixverse_desktop.ui.sheet.judging import PAGE, Judging, is_there
from pixverse_desktop.ui.sheet.keys import SCOPES, heard
from pixverse_desktop.ui.sheet.picture import SheetPicture, plan_of
from pixverse_desktop.ui.sheet.side import SheetSide
from pixverse_desktop.ui.sheet.sound import SheetSound
from pixverse_desktop.ui.sheet.tile_frames import TileFrames
from pixverse_desktop.ui.sheet.transport import SheetTransport
from pixverse_desktop.ui.widgets.labels import plain_label

_SIDE_WIDTH, _NARROW_SIDE, _ROOMY = 348, 296, 1240  # pixels
_MOST_SIDE = 0.45  # of the width
_HINTS_FROM = 620  # pixels of height
# What the keys of the player do here; its others do nothing while the sheet is shown.
_AS_PLAYER = frozenset({"play", "step back", "step forward", "mute", "fit"})
_AS_FRAME = frozenset({"last frame", "frame as start", "frame as end"})
_ON_CLIP = frozenset({"favourite", "reuse", "trash", "copy", "open"})


class SheetPanel(QWidget):
    """Holds the clips of a page open while it is seen, and lets go of them after."""

    back_requested = Signal()
    key_scopes = SCOPES[:2]

    def __init__(self, context: UiContext, actions: ClipActions, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._workers = context.workers
        self._library = context.library
        self._bridge = context.bridge
        self._actions = actions
        self._frames: dict[str, TileFrames] = {}  # of the page, by job ids
        self._rows = ""  # the parameter that makes the rows; "" for the one that fits best
        self._stay = False
        self.setAccessibleName(self.tr("Sheet"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="bg")
        self.judging = Judging(self._bridge, self)
        self.clock = SheetClock(self)
        self.canvas = SheetCanvas(self.clock, pictures)
        self.sound = SheetSound(self.clock, context.commands, self)
        self.head, self.side, self.transport = SheetHead(), SheetSide(), SheetTransport()
        self.undo_strip = self.side.undo_strip
        self.export = SheetExport(context.workers, self)
        self.menu, self._board_menu = QMenu(self), QMenu(self)
        self._build_layout()
        self._connect()

    def open(self, jobs: Sequence[Job], title: str = "") -> None:
        """Judge these; what has no clip is left out. The same ones as before are gone on with."""
        clips = [job for job in jobs if is_there(job)]
        if {job.id for job in clips} != {job.id for job in self.judging.jobs} or not clips:
            self._begin(clips, title)
        self._show()
        self.clock.play()

    def _begin(self, clips: list[Job], title: str) -> None:
        self._rows = ""
        prompts = {job.request.prompt for job in clips}
        of_one = short_prompt(clips[0]) if len(prompts) == 1 else ""
        self.head.show_title(of_one or title or self.tr("Chosen clips"), len(clips))
        self.clock.seek(0.0)
        self.canvas.set_zoom(1.0)
        table = self._table_of(clips)
        if table is not None:
            clips.sort(key=lambda job: table.places[job.id])
        self.judging.begin(clips)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.clock.pause()
        if not event.spontaneous():
            self._let_go()
        if not self.window().isVisible():
            self.export.stop()  # the program ends

    # --- keys ---

    def offers(self, known: Command) -> bool:
        """Whether there is a clip to do it with."""
        return self.judging.focused is not None and (
            Scope.SHEET in known.scopes or known.id in _ON_CLIP
        )

    def start(self, known: Command) -> None:
        """Carry out a command of its scopes."""
        focused = self.judging.focused
        if Scope.SHEET in known.scopes or known.id in _AS_PLAYER or known.id == "undo":
            known.start(self)
        elif focused is None:
            return
        elif known.id == "open":
            self._actions.shown_requested.emit(focused)
        elif known.id == "trash":
            self._throw([focused])
        elif known.id in _AS_FRAME:
            shown = self.canvas.shown_index(focused.id) or 0
            slot = next(iter(known.args), "start")
            frame = -1 if known.id == "last frame" else shown
            self._actions.frame_requested.emit(focused, frame, slot)
        elif known.id in _ON_CLIP:
            known.start(self._actions, [focused])

    def event(self, event: QEvent) -> bool:
        # Else the keys of the player would be heard by the player, which nobody sees.
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and heard(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        found = heard(event)
        if found is None:
            super().keyPressEvent(event)
            return
        pressed, self._stay = found
        if pressed.repeats or not event.isAutoRepeat():
            self.start(pressed)
        self._stay = False

    # --- what the commands do ---

    def pick(self) -> None:
        """One of the best."""
        self._judge(Mark(Verdict.PICKED))

    def reject(self) -> None:
        """To be thrown away, later."""
        self._judge(Mark(Verdict.REJECTED))

    def clear(self) -> None:
        """Not judged."""
        self._judge(Mark(Verdict.NONE, 0))

    def give_stars(self, stars: int) -> None:
        """1 to 5."""
        self._judge(Mark(stars=stars))

    def toggle_hold(self) -> None:
        """Shorter clips begin again, or hold their last picture."""
        self.clock.set_loops(not self.clock.loops)
        self.transport.loop.set_on(self.clock.loops)

    def toggle_play(self) -> None:
        """All run, or stand still."""
        self.clock.toggle()

    def step(self, by: int) -> None:
        """A picture further or back, of the clip with the ring."""
        focused = self.judging.focused
        if focused is not None and focused.id in self._frames:
            self.clock.step(by, self._frames[focused.id])

    def toggle_mute(self) -> None:
        """The sound of the clip with the ring, or none."""
        self.sound.toggle()
        self.transport.set_sound(self.sound.is_on)

    @property
    def tools(self) -> SheetPanel:
        """What the commands of the player speak of."""
        return self

    def show_fitted(self) -> None:
        """All seen whole."""
        self.canvas.set_zoom(1.0)

    def change_speed(self, steps: int) -> None:
        """Faster or slower."""
        at = SPEEDS.index(self.clock.speed)
        self.set_speed(SPEEDS[min(max(at + steps, 0), len(SPEEDS) - 1)])

    @Slot(float)
    def set_speed(self, speed: float) -> None:
        """1.0 is the clips' own."""
        self.clock.set_speed(speed)
        self.sound.set_speed()
        self.transport.set_speed(speed)

    @Slot()
    def throw_rejected(self) -> None:
        """Into the trash, all that are rejected, in one go."""
        self._throw(self.judging.rejected)

    def _throw(self, jobs: Sequence[Job]) -> None:
        if jobs:
            ids = [job.id for job in jobs]
            self.judging.remember_thrown(ids)
            self.undo_strip.offer(self.tr("%n thrown away.", "", len(ids)), self.judging.undo)
            self._actions.trash(jobs)

    @Slot()
    def undo(self) -> None:
        """The last step back."""
        self.undo_strip.on_timer_timeout()
        self.judging.undo()

    def _judge(self, mark: Mark) -> None:
        self.undo_strip.on_timer_timeout()  # its button would take this back instead
        self.judging.judge(mark, stay=self._stay)

    @Slot()
    def open_export(self) -> None:
        """Ask for what and where to."""
        button = self.side.export_button
        if button.isEnabled():
            self.side.export_menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @Slot()
    def export_picture(self) -> None:
        """What is seen now."""
        self.clock.pause()
        if (plan := self._plan()) is not None:
            self.export.ask_picture(plan, self.clock.position_s, self._export_name())

    @Slot()
    def export_film(self) -> None:
        """All clips as one."""
        self.clock.pause()
        if (plan := self._plan()) is not None:
            self.export.ask_film(plan, self._export_name())

    def _plan(self) -> SheetPicture | None:
        tiles = self.canvas.tiles
        if not tiles:
            return None
        jobs, shapes = [tile.job for tile in tiles], [tile.frames.shape for tile in tiles]
        font = paint.sized(self.font(), 13)
        return plan_of(jobs, shapes, self._table(), font, loops=self.clock.loops)

    def _export_name(self) -> str:
        return slug(self.head.title.text()) or "sheet"

    # --- what is shown ---

    @Slot()
    def _show(self) -> None:
        shown = self.judging.shown
        if self.isVisible():
            self._hold_open(shown)
        tiles = [Tile(job, self._frames[job.id]) for job in shown if job.id in self._frames]
        focused, table = self.judging.focused, self._table()
        focus = focused.id if focused is not None else ""
        self.canvas.show_tiles(tiles, table, focus, self.judging.champion)
        self.side.show_judging(self.judging, table)
        self.head.show_judging(self.judging, row_choices(self.judging.jobs), self._rows, table)
        frames = self._frames.get(focus)
        self.sound.follow(focused if frames is not None else None, frames)
        self._pages.setCurrentIndex(0 if self.judging.jobs else 1)

    def _hold_open(self, shown: Sequence[Job]) -> None:
        """Clips of other pages are closed, and those that are seen are open."""
        wanted = {job.id: job for job in shown if job.clip is not None}
        self._pictures.read_ahead(shown)
        for job_id in self._frames.keys() - self.judging.on_page:
            gone = self._frames.pop(job_id)
            gone.close()
            gone.deleteLater()
        for job_id, job in wanted.items():
            if job_id not in self._frames and job.clip is not None:
                self._frames[job_id] = TileFrames(self._workers, job.clip, self)

    def _let_go(self) -> None:
        self.canvas.show_tiles((), None, "")
        self.clock.set_tiles(())
        self.sound.close()
        for frames in self._frames.values():
            frames.close()
            frames.deleteLater()
        self._frames.clear()

    def _table(self) -> Table | None:
        """The rows and columns of what is shown; pages and a champion have none."""
        jobs = self.judging.jobs
        shown = len(self.judging.shown)
        return self._table_of(jobs) if shown == len(jobs) and not self.judging.champion else None

    def _table_of(self, jobs: Sequence[Job]) -> Table | None:
        return table_of(jobs, self._rows) if 1 < len(jobs) <= PAGE else None

    @Slot(str)
    def on_head_rows_chosen(self, name: str) -> None:
        self._rows = name
        table = self._table()
        if table is not None:
            self.judging.arrange(sorted(table.places, key=lambda job_id: table.places[job_id]))
        self._show()

    @Slot()
    def on_clock_moved(self) -> None:
        self.transport.show_time(self.clock.position_s, self.clock.length_s)

    @Slot(int)
    def on_seek_sought(self, position_ms: int) -> None:
        self.clock.seek(position_ms / 1000)

    @Slot(str, int)
    def on_canvas_star_clicked(self, job_id: str, stars: int) -> None:
        self.judging.focus_on(job_id)
        self._stay = True
        self._judge(Mark(stars=stars))
        self._stay = False

    @Slot(QPoint)
    def on_canvas_menu_wanted(self, place: QPoint) -> None:
        focused = self.judging.focused
        if focused is not None:
            frame = self.canvas.shown_index(focused.id)
            self._actions.fill(self.menu, [focused], frame=-2 if frame is None else frame)
            self.menu.popup(place)

    @Slot()
    def on_side_move_clicked(self) -> None:
        if self._library is not None:
            self._workers.call(Lane.STORE, self._library().boards, then=self._offer_boards)

    def _offer_boards(self, boards: tuple[Board, ...]) -> None:
        self._board_menu.clear()
        ids = [job.id for job in self.judging.picked]
        for board in boards:
            action = self._board_menu.addAction(board.name.replace("&", "&&"))
            action.triggered.connect(partial(self._actions.put_on_board, board.id, ids, True))
        if not boards:
            words = self.tr("No board yet: the library has a + for one")
            self._board_menu.addAction(words).setEnabled(False)
        button = self.side.move_button
        self._board_menu.popup(button.mapToGlobal(QPoint(0, -self._board_menu.sizeHint().height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = pixels(_SIDE_WIDTH if self.width() >= pixels(_ROOMY) else _NARROW_SIDE)
        self.side.setFixedWidth(min(wide, round(self.width() * _MOST_SIDE)))
        self.transport.hints.setVisible(self.height() >= pixels(_HINTS_FROM))

    # --- inside ---

    def _build_layout(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self.canvas)
        empty = plain_label(self.tr("No clip is left here."), "muted")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(empty)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.head)
        left.addWidget(self._pages, 1)
        left.addWidget(self.transport)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.side)

    def _connect(self) -> None:
        clock, canvas, transport, side, head = (
            self.clock, self.canvas, self.transport, self.side, self.head
        )  # fmt: skip
        self.judging.changed.connect(self._show)
        clock.moved.connect(self.on_clock_moved)
        clock.playing_changed.connect(transport.play.set_playing)
        canvas.focus_wanted.connect(self.judging.focus_on)
        canvas.star_clicked.connect(self.on_canvas_star_clicked)
        canvas.menu_wanted.connect(self.on_canvas_menu_wanted)
        canvas.escaped.connect(self.back_requested)
        canvas.zoomed.connect(transport.set_zoom)
        self.sound.heard_changed.connect(canvas.show_heard)
        transport.play.clicked.connect(clock.toggle)
        transport.back.clicked.connect(partial(self.step, -1))
        transport.forward.clicked.connect(partial(self.step, 1))
        transport.seek.sought.connect(self.on_seek_sought)
        transport.speed_chosen.connect(self.set_speed)
        transport.loop.clicked.connect(self.toggle_hold)
        transport.sound.clicked.connect(self.toggle_mute)
        transport.zoom.clicked.connect(canvas.toggle_zoom)
        side.focus_wanted.connect(self.judging.focus_on)
        side.throw_clicked.connect(self.throw_rejected)
        side.others_rejected.connect(self.judging.reject_others)
        side.move_clicked.connect(self.on_side_move_clicked)
        side.picture_chosen.connect(self.export_picture)
        side.film_chosen.connect(self.export_film)
        self.export.said.connect(self._actions.said)
        self.export.progressed.connect(side.show_export)
        head.back_clicked.connect(self.back_requested)
        head.rows_chosen.connect(self.on_head_rows_chosen)
        head.champion_clicked.connect(self.judging.toggle_champion)
        head.only_open_clicked.connect(self.judging.toggle_only_open)
        head.turned.connect(self.judging.turn)
        transport.loop.set_on(True)
        transport.set_sound(self.sound.is_on)
