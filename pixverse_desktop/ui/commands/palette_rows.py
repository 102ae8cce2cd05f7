"""The lines of the palette under their headings, and how they are painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from pixverse_desktop.core.records import record
from pixverse_desktop.ui.base.theme import color
from pixverse_desktop.ui.commands.palette_entries import Entry
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.widgets.key_caps import caps_width, paint_caps

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
_SIDE, _PICTURE, _TEXT = 20, QSize(44, 25), 76  # pixels: to the left edge, and where text begins
_BEFORE_MATCH = 24  # letters: of a long title what is found in it is shown


@record
class Row:
    """An entry with the letters that were looked for, or a heading."""

    heading: str = ""
    entry: Entry | None = None
    marked: Sequence[tuple[int, int]] = ()


class PaletteRows(QAbstractListModel):
    """A heading cannot be chosen."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: Sequence[Row] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Other lines."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        """What stands in a row; None for a heading, and beyond the end."""
        return self._rows[row].entry if 0 <= row < len(self._rows) else None

    def next_entry(self, row: int, step: int) -> int:
        """The nearest row with an entry, from ``row`` on in the direction of ``step``; else -1."""
        while 0 <= row < len(self._rows):
            if self._rows[row].entry is not None:
                return row
            row += step
        return -1

    def first_choice(self) -> int:
        """The first row that Enter may take by itself: none that costs credits; else -1."""
        free = (n for n, row in enumerate(self._rows) if row.entry and not row.entry.costs)
        return next(free, -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if self.entry(index.row()) is None:
            return flag.NoItemFlags
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.heading or (row.entry.title if row.entry else "")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.heading if row.entry is None else spoken(row.entry)
        return None


def spoken(entry: Entry) -> str:
    """An entry in one sentence, for a screen reader."""
    parts = (entry.title, entry.reason or entry.aside, entry.kind.title)
    said = ", ".join(part for part in parts if part)
    return f"{said} ({', '.join(entry.keys)})" if entry.keys else said


class PaletteDelegate(QStyledItemDelegate):
    """Paints an entry: picture, title with what was looked for, what is said of it, keys."""

    def __init__(self, parent: QWidget, pictures: Pictures) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = option.fontMetrics.height()
        row = index.data(ROW_ROLE)
        return QSize(100, max(40, line * 2 + 6) if row.entry else max(32, line + 16))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW_ROLE)
        area = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.entry is None:
            painter.setFont(paint.sized(option.font, 12))
            painter.setPen(color("muted"))
            painter.drawText(area.adjusted(_SIDE, 6, -_SIDE, 0), paint.ALIGN_LEFT, row.heading)
        else:
            if paint.state_of(option).chosen:
                paint.row_ground(painter, area.adjusted(8, 0, -8, 0), 8, chosen=True)
            self._paint_entry(painter, area, option.font, row.entry, row.marked)
        painter.restore()

    def _paint_entry(
        self,
        painter: QPainter,
        area: QRect,
        font: QFont,
        entry: Entry,
        marked: Sequence[tuple[int, int]],
    ) -> None:
        self._paint_picture(painter, area, entry)
        keys = caps_width(font, entry.keys)
        right = area.right() - _SIDE - keys
        place = QRect(area)
        place.setLeft(right)
        paint_caps(painter, place, font, entry.keys, "faint" if entry.reason else "muted")
        small = paint.sized(font, 12)
        room = right - (16 if keys else 0) - area.left() - _TEXT
        aside = entry.reason or entry.aside
        aside = paint.elided(small, aside, room * 3 // 5)
        wanted = QFontMetrics(small).horizontalAdvance(aside) + 12 if aside else 0
        text = area.adjusted(_TEXT, 0, 0, 0)
        text.setWidth(room - wanted)
        used = _paint_title(painter, text, font, entry, marked)
        if aside:
            painter.setFont(small)
            painter.setPen(color("muted"))
            painter.drawText(text.adjusted(used + 12, 0, wanted, 0), paint.ALIGN_LEFT, aside)

    def _paint_picture(self, painter: QPainter, area: QRect, entry: Entry) -> None:
        place = QRect(area.left() + _SIDE, area.center().y() - _PICTURE.height() // 2,
                      _PICTURE.width(), _PICTURE.height())  # fmt: skip
        if entry.job is None:
            role = "faint" if entry.reason else "muted"
            paint.glyph(painter, place, entry.icon or "chevron-right", role, 16)
            return
        paint.well(painter, place, "hover", 4)
        picture = self._pictures.clip(entry.job)
        if picture is not None and not picture.pixmap.isNull():
            paint.picture(painter, place, picture.pixmap, 4, fill=True)
        elif picture is not None:
            paint.glyph(painter, place, "missing" if picture.missing else "film", "faint", 14)


def _paint_title(
    painter: QPainter, area: QRect, font: QFont, entry: Entry, marked: Sequence[tuple[int, int]]
) -> int:
    """Draw a title with some letters marked; returns how wide it became."""
    bold = QFont(font)
    bold.setBold(True)
    metrics = QFontMetrics(bold if marked else font)
    title, marked = _shown_part(entry.title, marked, metrics, area.width())
    layout = QTextLayout(metrics.elidedText(title, Qt.TextElideMode.ElideRight, area.width()), font)
    found = QTextCharFormat()
    found.setFontWeight(QFont.Weight.Bold)
    found.setFontUnderline(True)
    formats = []
    for begin, end in marked:
        part = QTextLayout.FormatRange()
        part.start, part.format = _units(title[:begin]), found
        part.length = _units(title[begin:end])
        formats.append(part)
    layout.setFormats(formats)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(100_000)
    layout.endLayout()
    painter.setPen(color("muted" if entry.reason else "text"))
    layout.draw(painter, QPointF(area.left(), area.center().y() - line.height() / 2 + 1))
    return int(line.naturalTextWidth()) + 1


def _units(text: str) -> int:
    """The length of a text as Qt counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _shown_part(
    title: str, marked: Sequence[tuple[int, int]], metrics: QFontMetrics, room: int
) -> tuple[str, Sequence[tuple[int, int]]]:
    """Of a title that is too long, the part with what was looked for."""
    if not marked or metrics.horizontalAdvance(title[: marked[0][1]] + "…") <= room:
        return title, marked
    cut = max(0, marked[0][0] - _BEFORE_MATCH)
    return "…" + title[cut:], [(begin - cut + 1, end - cut + 1) for begin, end in marked]
