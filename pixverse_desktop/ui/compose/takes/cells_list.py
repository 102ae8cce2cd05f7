"""The clips that a sheet would make, one a row; only the rows in sight are ever looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from pixverse_desktop.core.batch.plan import COLUMN, Mend, Outcome, Plan, Planned
from pixverse_desktop.core.batch.table_rows import RowError
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.model.rules import Text
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import color, pixels, set_style
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.jobs.value_labels import parameter_label, parameter_spec, value_text
from pixverse_desktop.ui.widgets.inputs import NoTypeAhead
from pixverse_desktop.ui.widgets.labels import tip_text

ROLE = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex
_MOST_VARIED = 3  # columns of what is varied; more is told by the tooltip


class CellRows(QAbstractListModel):
    """A plan with the prices of its kinds."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.plan = Plan()
        self.prices: Sequence[Price] = ()
        self.varied: tuple[str, ...] = ()
        self.model: ModelSpec | None = None
        self.frames = 0  # how many pictures a row shows at most
        self.two_lines = False  # whether any row has pictures or something to be said about it

    def show_plan(
        self, plan: Plan, prices: Sequence[Price], varied: Sequence[str], model: ModelSpec
    ) -> None:
        """Replace all rows; ``varied`` names the parameters with a column of their own."""
        self.beginResetModel()
        self.plan, self.prices, self.model = plan, prices, model
        self.varied = tuple(varied)[:_MOST_VARIED]
        self.frames = max((len(kind.frames()) for kind in plan.kinds), default=0)
        self.two_lines = bool(self.frames) or plan.number(Outcome.NEW) < len(plan.cells)
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.plan.cells)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        planned = self.plan.cells[index.row()]
        match role:
            case Qt.ItemDataRole.UserRole:
                return planned
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self.spoken(index.row())
            case Qt.ItemDataRole.ToolTipRole:
                said = self.reason(planned)
                values = ", ".join(filter(None, (self.value(planned, n) for n in self.varied)))
                return tip_text("\n".join(filter(None, (self.prompt(planned), values, said))))
            case _:
                return None

    def prompt(self, planned: Planned) -> str:
        """The prompt; of a row of a table that cannot be read, where it stands."""
        wrong = planned.key
        if not isinstance(wrong, RowError) or not wrong.row:
            return planned.cell.request.prompt
        place = self.tr("Row {n} of the table").format(n=localised.number(wrong.row))
        return f"{place}, {wrong.field}" if wrong.field else place

    def spoken(self, row: int) -> str:
        """A row in words."""
        planned = self.plan.cells[row]
        parts = [str(row + 1), self.prompt(planned)[:300]]
        parts += [self._named_value(planned, name) for name in self.varied]
        price = self.credits(planned)
        price = self.tr("{n} credits").format(n=price) if price else ""
        parts += [self.reason(planned) or price, self.action(planned)]
        return ", ".join(filter(None, parts))

    def _named_value(self, planned: Planned, name: str) -> str:
        """What a column is read with, as its head is not."""
        spec = self.model.get(name) if self.model is not None else None
        value = self.value(planned, name)
        return f"{parameter_label(spec)} {value}" if spec is not None and value else ""

    def value(self, planned: Planned, name: str) -> str:
        """A parameter's value in words."""
        spec = self.model.get(name) if self.model is not None else None
        value = planned.cell.request.get(name)
        return value_text(spec, value) if spec is not None else ""

    def seed(self, planned: Planned) -> str:
        """The seed, or that it is drawn."""
        seed = planned.cell.request.seed
        if seed is not None:
            return str(seed)
        drawn = self.model is not None and self.model.offers("seed")
        return self.tr("random") if drawn else ""

    def credits(self, planned: Planned) -> str:
        """What it will cost, as far as it is known."""
        known = planned.outcome is Outcome.NEW and planned.kind < len(self.prices)
        return localised.price_text(self.prices[planned.kind]) if known else ""

    def reason(self, planned: Planned) -> str:
        """Why it is not made, "" where it is."""
        match planned.outcome:
            case Outcome.NEW:
                return ""
            case Outcome.MADE:
                return self.tr("Already made, skipped")
            case Outcome.UNDER_WAY:
                return self.tr("Under way already, skipped")
            case Outcome.IN_VAIN:
                said = translated(planned.reason)
                return said or self.tr("Charged before, nothing came of it")
            case Outcome.LEFT_OUT:
                return self.tr("Left out")
            case Outcome.WRONG:
                return translated(planned.reason)
            case never:
                assert_never(never)

    def action(self, planned: Planned) -> str:
        """What a click does about it, "" for nothing."""
        usual = {
            Outcome.MADE: self.tr("Make again"),
            Outcome.UNDER_WAY: self.tr("Make again"),
            Outcome.IN_VAIN: self.tr("Pay again"),
            Outcome.LEFT_OUT: self.tr("Put back"),
        }.get(planned.outcome, "")
        return usual if planned.mend is None else self._mend_text(planned.mend)

    def _mend_text(self, mend: Mend) -> str:
        """What a mend does."""
        spec = self.model.get(mend.name) if self.model is not None else None
        spec = spec or parameter_spec(mend.name)
        if not mend.name:
            return self.tr("Take it as it is written")
        if mend.name == COLUMN:
            return self.tr("Read without this column")
        if mend == Mend("audio", False):
            return self.tr("Make it silent")
        if mend.value is None:
            return self.tr("Without {label}").format(label=parameter_label(spec).lower())
        if isinstance(spec.rule, Text):
            return self.tr("Cut it to fit")
        return self.tr("Use {value}").format(value=value_text(spec, mend.value))


class Places(NamedTuple):
    """Where the columns of a row begin and how wide they are, in pixels."""

    number: tuple[int, int]
    frame: tuple[int, int]
    prompt: tuple[int, int]
    varied: tuple[tuple[int, int], ...]
    seed: tuple[int, int]
    credits: tuple[int, int]


def places_in(width: int, rows: CellRows) -> Places:
    """The columns for a row of ``width`` pixels; what is varied gives way where it is narrow."""
    unit = pixels(100) / 100
    number, edge, gap = round(44 * unit), round(24 * unit), round(14 * unit)
    frames = rows.frames and rows.frames * 56 + (rows.frames - 1) * 4 + gap
    credits, seed = round(92 * unit), round(84 * unit)
    varied = round(88 * unit)
    room = width - number - frames - credits - edge - round(160 * unit)
    count = max(0, min(len(rows.varied), (room - seed) // varied))
    with_seed = room >= seed
    at = width - edge - credits
    credits_at = (at, credits)
    at -= seed if with_seed else 0
    seed_at = (at, seed - gap if with_seed else 0)
    at -= varied * count
    columns = tuple((at + varied * n, varied - gap) for n in range(count))
    left = number + frames
    return Places((0, number - gap), (number, frames), (left, at - left - gap), columns, seed_at,
                  credits_at)  # fmt: skip


class CellsHead(QWidget):
    """The heads of the columns."""

    def __init__(self, rows: CellRows, beside: QListView) -> None:
        super().__init__()
        self._rows = rows
        self._list = beside
        rows.modelReset.connect(self.update)
        self.setFixedHeight(pixels(13) + 18)

    def paintEvent(self, _event: QPaintEvent) -> None:
        places = places_in(self._list.viewport().width(), self._rows)
        font = self.font()
        font.setPixelSize(pixels(12))
        with QPainter(self) as painter:
            painter.setFont(font)
            painter.setPen(color("muted"))
            self._draw(painter, places.prompt, self.tr("Prompt"))
            if places.frame[1]:
                self._draw(painter, places.frame, self.tr("Frame"))
            for name, place in zip(self._rows.varied, places.varied, strict=False):
                self._draw(painter, place, parameter_label(parameter_spec(name)))
            if places.seed[1]:
                self._draw(painter, places.seed, self.tr("Seed"))
            self._draw(painter, places.credits, self.tr("Credits"), right=True)

    def _draw(
        self, painter: QPainter, place: tuple[int, int], text: str, *, right: bool = False
    ) -> None:
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        area = QRect(place[0], 0, place[1], self.height())
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place[1])
        painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), elided)


class CellsList(NoTypeAhead, QListView):
    """Enter, or a click on the words at the right, does what they say; Del leaves a clip out."""

    action_requested = Signal(object)  # Planned
    leave_out_requested = Signal(object)  # Planned

    def __init__(self, rows: CellRows, pictures: Pictures) -> None:
        super().__init__()
        self.rows = rows
        self._kept = -1, 0  # the chosen row and how far it was scrolled, while rows are replaced
        set_style(self, look="nav")
        self.setModel(rows)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Its room is always taken, so that rows and heads never shift.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(self.tr("The clips that would be made"))
        self.setMouseTracking(True)
        pictures.loaded.connect(self.on_pictures_loaded)
        rows.modelAboutToBeReset.connect(self.on_rows_about_to_be_reset)
        rows.modelReset.connect(self.on_rows_reset)  # after what is chosen was forgotten

    @Slot()
    def on_rows_about_to_be_reset(self) -> None:
        self._kept = self.currentIndex().row(), self.verticalScrollBar().value()

    @Slot()
    def on_rows_reset(self) -> None:
        row, scrolled = self._kept
        self.executeDelayedItemsLayout()
        self.verticalScrollBar().setValue(scrolled)
        if row >= 0:
            index = self.rows.index(min(row, self.rows.rowCount() - 1), 0)
            chosen = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(index, chosen)

    @Slot(str)
    def on_pictures_loaded(self, _key: str) -> None:
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.rows.index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        planned = self.currentIndex().data(ROLE)
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if planned is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif enter and self.rows.action(planned):
            self.action_requested.emit(planned)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.leave_out_requested.emit(planned)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        planned = self._action_at(event.position())
        if planned is not None and event.button() is Qt.MouseButton.LeftButton:
            self.action_requested.emit(planned)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over = self._action_at(event.position()) is not None
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def _action_at(self, point: QPointF) -> Planned | None:
        """The clip whose action is there."""
        index = self.indexAt(point.toPoint())
        planned = index.data(ROLE)
        if planned is None or not (words := self.rows.action(planned)):
            return None
        area = self.visualRect(index)
        width = self.fontMetrics().horizontalAdvance(words) + 40
        return planned if point.x() >= area.right() - width else None

    def event(self, event: QEvent) -> bool:
        # Its keys are its own, before they are the sheet's.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            own = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
            if event.key() in own and not event.modifiers():
                event.accept()
                return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        return QSize(480, 300)
