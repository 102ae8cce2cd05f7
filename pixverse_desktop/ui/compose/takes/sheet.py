"""The sheet over the window in which many clips are asked for at once."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from math import ceil

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QKeyEvent,
    QPainterPath,
    QRegion,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.batch.plan import COLUMN, Outcome, Plan, Planned, plan_of
from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.errors import Problem, UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.ui.base.commands import add_keys, command
from pixverse_desktop.ui.base.composing import finish_composing
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import pixels, set_style
from pixverse_desktop.ui.compose.drop_offer import FrameSlot, Picture
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.compose.takes.cell_delegate import CellDelegate
from pixverse_desktop.ui.compose.takes.cells_list import CellRows, CellsHead, CellsList
from pixverse_desktop.ui.compose.takes.sheet_tables import SheetTables
from pixverse_desktop.ui.compose.takes.takes_form import TakesForm
from pixverse_desktop.ui.compose.takes.totals import SheetFoot, Totals
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.drops import accept_copy, only_moves
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.scroll_area import ScrollArea
from pixverse_desktop.ui.widgets.shade import Shade

_WIDTH, _HEIGHT, _LEFT = 1340, 856, 416  # pixels at the usual type size
_MARGIN = 24  # pixels to the edges of the window
_RADIUS = 12
_TYPING_MS = 60  # without a change: then the clips are made out anew
_JOBS_MS = 1000  # the same while clips come and go


class TakesSheet(Dialog):
    """Made once: what was entered stays for the next opening in this run.

    Clips are made out on a worker; what is shown may be a moment behind, so Generate makes them
    out once more and sends nothing that was not shown.
    """

    added = Signal(object)  # list[Job]

    def __init__(self, window: QWidget, context: UiContext, compose: ComposePanel) -> None:
        super().__init__(window, Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle(self.tr("Several takes"))
        self.setAccessibleName(self.windowTitle())
        self.setModal(True)
        self.setAcceptDrops(True)
        set_style(self, surface="palette")
        self._window = window
        self._context = context
        self._bridge = context.bridge
        self._compose = compose
        self._shade: Shade | None = None
        self._working = self._stale = self._sending = self._adding = False
        self._touched = False
        self._note = ""  # to be read once what it is about is shown
        self.form = TakesForm(context)
        self.rows = CellRows(self)
        self.pictures = Pictures(context, self)
        self.list = CellsList(self.rows, self.pictures)
        self.list.setItemDelegate(CellDelegate(self.rows, self.pictures, self.list))
        self.foot = SheetFoot()
        self.tables = SheetTables(self, context, self.form, self.rows)
        self.totals = Totals()
        self._timer = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._jobs_timer = QTimer(self, singleShot=True, interval=_JOBS_MS)
        self._build_layout()
        self._connect()

    # --- opening and closing ---

    def open(self) -> None:
        """Show it over the window, which is dimmed; what the form says holds from now on."""
        if self.isVisible():
            self.activateWindow()
            return
        if not self._touched:
            self._touched = True
            request = self._compose.request()
            self.form.lines.set_text(request.prompt)
            self.form.lines.moveCursor(QTextCursor.MoveOperation.End)
            self.form.whole.setChecked("\n" in request.prompt.strip())
            for axis, frame in ((self.form.start, request.start_frame),
                                (self.form.end, request.end_frame)):  # fmt: skip
                if frame is not None:
                    axis.take_frame(frame)
        self.take_form()
        self._shade = Shade(self._window)
        self._shade.cover()
        self._window.installEventFilter(self)
        self.place()
        super().open()
        self.form.lines.setFocus(Qt.FocusReason.PopupFocusReason)

    def take_form(self) -> None:
        """Take over what the form beside the sheet says."""
        model = self._bridge.status.model
        base = self._compose.request().changed(start_frame=None, end_frame=None)
        self.form.set_base(model, base)
        self.make_out()

    def take_pictures(self, slot: str, pictures: list[Picture]) -> None:
        """Open with pictures to be tried as "start" or "end" frames."""
        self.open()
        (self.form.start if slot == FrameSlot.START else self.form.end).take(pictures)

    def take_file(self, path: str) -> None:
        """Open with a table or a list of prompts; it is shown before anything else."""
        self.open()
        self.tables.read(path)

    def place(self) -> None:
        """Lie in the middle of the window."""
        window, scale = self._window, pixels(100) / 100
        width = min(round(_WIDTH * scale), window.width() - 2 * _MARGIN)
        height = min(round(_HEIGHT * scale), window.height() - 2 * _MARGIN)
        self.setFixedSize(width, height)
        corner = QPoint((window.width() - width) // 2, (window.height() - height) // 2)
        self.move(window.mapToGlobal(corner))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._window.removeEventFilter(self)
        if self._shade is not None:
            self._shade.lift()
            self._shade = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self._shade is not None:
            self._shade.cover()
            self.place()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        self.setMask(QRegion(shape.toFillPolygon().toPolygon()))
        self._scroll.setFixedWidth(min(round(_LEFT * pixels(100) / 100), self.width() * 47 // 100))
        self.foot.arrange(self.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard, and no other."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, QAbstractButton) and not event.isAutoRepeat():
                focused.click()
            return
        super().keyPressEvent(event)

    # --- making out the clips ---

    @Slot()
    def on_form_changed(self) -> None:
        self._timer.start()

    @Slot(object)
    def on_job_changed(self, _job: Job) -> None:
        if self.isVisible() and not self._jobs_timer.isActive():
            self._jobs_timer.start()

    def is_working(self) -> bool:
        """Whether what is shown may be older than what was entered."""
        return self._working or self._timer.isActive()

    @Slot()
    def make_out(self) -> None:
        """Have a worker make out the clips; while one is at work, once more after it."""
        self._timer.stop()
        asked = self.form.asked(self._bridge.status.origin.id)
        if self._working or asked is None:
            self._stale = self._working
            return
        self._working, self._stale = True, False
        commands = self._context.commands
        self._context.workers.call(
            Lane.FILES,
            plan_of,
            asked,
            self._bridge.all_jobs(),
            commands.word_lists(),
            commands.frame_is_gone,
            then=partial(self._take_plan, [axis.name for axis in asked.axes]),
            otherwise=self._take_error,
        )

    def _take_plan(self, axes: list[str], plan: Plan) -> None:
        self._working = False
        if self._stale:
            self.make_out()
            return
        prices = [self._bridge.price(kind) for kind in plan.kinds]
        shown, upper = self.totals.clips, self.totals.high
        self.rows.show_plan(plan, prices, self._varied(axes), self._bridge.status.model)
        self.totals = self._totals(plan, prices)
        self.foot.show_totals(self.totals)
        self.form.show_counts(plan)
        self._show_reason()
        if self._sending:
            self._sending = False
            same = self.totals.clips == shown and self.totals.high <= upper
            if same and not self.reason():
                self._add(plan)
            elif not self.reason():
                self._note = self.tr("This has changed meanwhile. Look at it once more.")
        if self._note and not self.reason():
            self.foot.show_note(self._note)
        self._note = ""

    def _take_error(self, error: UserError) -> None:
        self._working = self._sending = False
        self.foot.show_note(translated(error.problem.message))

    def _varied(self, axes: list[str]) -> list[str]:
        """The parameters with a column of their own."""
        frames = ("prompt", "start_frame", "end_frame", "seed")
        names = list(axes)
        if self.form.table is not None:
            names += [name for row in self.form.table.found.rows[:50] for name in row.values]
        return [name for name in dict.fromkeys(names) if name not in frames]

    def _totals(self, plan: Plan, prices: list[Price]) -> Totals:
        new = plan.new_by_kind()
        times = [(self._bridge.expected_s(plan.kinds[kind]), n) for kind, n in new.items()]
        known = [seconds * n for seconds, n in times if seconds is not None]
        lanes = max(1, self._context.commands.settings.jobs_at_a_time)
        reasons = {translated(prices[kind].why) for kind in new}
        status = self._bridge.status
        active = (job for job in self._bridge.jobs.values() if job.origin == status.origin.id)
        return Totals(
            clips=sum(new.values()),
            low=sum((prices[kind].low * n for kind, n in new.items()), ZERO),
            high=sum((prices[kind].high * n for kind, n in new.items()), ZERO),
            seconds=ceil(sum(known) / lanes) if len(known) == len(times) else None,
            credits=status.credits,
            waiting=self._compose.waiting_credits(),
            before=sum(job.is_active for job in active),
            why=reasons.pop() if len(reasons) == 1 else "",
        )

    def reason(self) -> str:
        """Why Generate cannot be pressed, "" when it can."""
        plan = self.rows.plan
        if self._adding:
            return self.tr("They are being added.")
        if self.form.is_reading():
            return self.tr("A picture is still being read.")
        if text := self.form.vary.problem():
            return text
        if plan.problem:
            return translated(plan.problem)
        if not plan.cells:
            return self.tr("Write a prompt, or drop a table of prompts here.")
        if wrong := plan.number(Outcome.WRONG):
            return self.tr("%Ln rows cannot be sent: mend them, or leave them out.", "", wrong)
        if not self.totals.clips:
            return self.tr("There is nothing new among these.")
        return self._compose.disabled_reason()

    def _show_reason(self) -> None:
        wrong = self.rows.plan.number(Outcome.WRONG)
        self.foot.set_reason(self.reason(), can_leave_out=bool(wrong))

    # --- decisions ---

    @Slot(object)
    def on_action_requested(self, planned: Planned) -> None:
        decided, mend = self.form.decisions, planned.mend
        if planned.outcome is Outcome.LEFT_OUT:
            decided.left_out.discard(planned.key)
        elif mend is not None and mend.name == COLUMN:
            self.tables.read_without(str(mend.value))
        elif mend is not None:
            before = decided.mended.get(planned.key, {})
            changes = {mend.name: mend.value} if mend.name else {}
            decided.mended[planned.key] = {**before, **changes}
        elif planned.job is not None:
            decided.again.add(planned.job.id)
        self.make_out()

    @Slot(object)
    def on_leave_out_requested(self, planned: Planned) -> None:
        if planned.outcome in (Outcome.NEW, Outcome.WRONG):
            self.form.decisions.left_out.add(planned.key)
            self.make_out()

    @Slot()
    def on_leave_out_clicked(self) -> None:
        cells = self.rows.plan.cells
        wrong = {one.key for one in cells if one.outcome is Outcome.WRONG}
        self.form.decisions.left_out |= wrong
        self.make_out()

    # --- generate ---

    @Slot()
    def generate(self) -> None:
        """Make the clips out once more, and add them if they are those that are shown."""
        finish_composing()
        if self.is_working():
            self._note = self.tr("This has just changed. Press once more to make it.")
            self.make_out()
        elif not self.reason():
            self._sending = True
            self.make_out()

    def _add(self, plan: Plan) -> None:
        self._adding = True
        self._show_reason()
        self._bridge.generate_all(
            plan.new(),
            self._take_added,
            background=self.foot.background.isChecked(),
            ceiling=Decimal(self.totals.high),
        )

    def _take_added(self, answer: list[Job] | Problem) -> None:
        self._adding = False
        if isinstance(answer, Problem):
            self._show_reason()
            self.foot.show_note(translated(answer.message))
            return
        self.form.decisions.again.clear()
        self._compose.note_asked()  # the key that was pressed is pressed twice now and then
        self.accept()
        self.added.emit(answer)

    # --- drops ---

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if only_moves(event) or not self.tables.takes(event.mimeData()):
            event.ignore()
        else:
            accept_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if accept_copy(event):
            self.tables.take(event.mimeData())

    # --- inside ---

    def _connect(self) -> None:
        self.form.changed.connect(self.on_form_changed)
        self.tables.said.connect(self.foot.show_note)
        self._timer.timeout.connect(self.make_out)
        self._jobs_timer.timeout.connect(self.make_out)
        self.list.action_requested.connect(self.on_action_requested)
        self.list.leave_out_requested.connect(self.on_leave_out_requested)
        self.foot.leave_out_clicked.connect(self.on_leave_out_clicked)
        self.foot.generate_clicked.connect(self.generate)
        self._bridge.job_changed.connect(self.on_job_changed)
        self._bridge.jobs_changed.connect(self.on_job_changed)
        add_keys(self, [command("generate")], lambda _pressed: self.generate())

    def _build_layout(self) -> None:
        title = plain_label(self.windowTitle(), "title")
        self.open_button = QPushButton(self.tr("Open table…"))
        self.open_button.clicked.connect(self.tables.open)
        self.export_button = QPushButton(self.tr("Export table…"))
        self.export_button.clicked.connect(self.tables.export)
        self.close_button = IconButton("close", self.tr("Close"), size=32)
        self.close_button.clicked.connect(self.reject)
        head = QHBoxLayout()
        head.setContentsMargins(24, 12, 16, 8)
        head.setSpacing(8)
        head.addWidget(title)
        head.addStretch(1)
        for button in (self.open_button, self.export_button, self.close_button):
            head.addWidget(button)
        self._scroll = ScrollArea()
        self._scroll.setWidget(self.form)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(CellsHead(self.rows, self.list))
        right.addWidget(self.list, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._scroll)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(middle, 1)
        column.addWidget(self.foot)
        set_style(self._scroll, surface="side")
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
