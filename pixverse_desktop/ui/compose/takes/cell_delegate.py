"""Paints a clip of the sheet: pictures, prompt with what was chosen, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from pixverse_desktop.core.batch.plan import Outcome, Planned
from pixverse_desktop.ui.base.theme import color, is_contrast, pixels, stroke, tabular
from pixverse_desktop.ui.compose.takes.cells_list import ROLE, CellRows, Places, places_in
from pixverse_desktop.ui.compose.takes.frames_axis import draw_filling
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.thumbnails import Pictures

_WITH_FRAME, _TEXT_ONLY = 42, 32  # pixels
_FRAME = QSize(56, 32)
_TINT = 0.09
_BACK = 0.5  # how strong a clip is shown that is not made
_SHOWN_LETTERS = 400

_Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CellDelegate(QStyledItemDelegate):
    """One row; its text is dimmed where the clip is not made, the words about it never."""

    def __init__(self, rows: CellRows, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._rows = rows
        self._pictures = pictures

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        least = _WITH_FRAME if self._rows.two_lines else _TEXT_ONLY
        lines = 2 if self._rows.two_lines else 1
        return QSize(option.rect.width(), max(least, lines * (pixels(12) + 5) + 8))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        planned: Planned = index.data(ROLE)
        area = option.rect
        places = places_in(area.width(), self._rows)
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, planned)
        painter.translate(area.topLeft())
        height = area.height()
        made = planned.outcome in (Outcome.NEW, Outcome.WRONG)
        painter.setOpacity(1.0 if made or is_contrast() else _BACK)
        small = QFont(tabular(option.font))
        small.setPixelSize(pixels(12))
        painter.setFont(small)
        painter.setPen(color("muted"))
        _text(painter, places.number, height, str(index.row() + 1), right=True)
        self._paint_frames(painter, planned, places, height)
        said = self._rows.reason(planned)
        block = self._block_width(small, planned, said, area.width())
        end = places.credits[0] + places.credits[1]
        free = end - block - 16 if said else end
        left, width = places.prompt
        self._paint_prompt(
            painter, option, planned, QRect(left, 0, min(width, free - left), height)
        )
        painter.setFont(small)
        painter.setPen(color("text"))
        for name, place in zip(self._rows.varied, places.varied, strict=False):
            if place[0] + place[1] <= free:
                _text(painter, place, height, self._rows.value(planned, name))
        painter.setPen(color("muted"))
        if places.seed[0] + places.seed[1] <= free:
            _text(painter, places.seed, height, self._rows.seed(planned))
        painter.setPen(color("text"))
        _text(painter, places.credits, height, self._rows.credits(planned), right=True)
        painter.setOpacity(1.0)
        if said:
            self._paint_said(painter, planned, said, QRect(end - block, 0, block, height))
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, planned: Planned
    ) -> None:
        area, state = option.rect, paint.state_of(option)
        if planned.outcome is Outcome.WRONG:
            tint = color("error")
            tint.setAlphaF(_TINT)
            painter.fillRect(area, tint)
        elif state.pointed:
            painter.fillRect(area, color("raised"))
        if state.chosen:
            painter.setPen(QPen(color("accent" if state.focused else "line"), stroke(1)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(area).adjusted(4.5, 1.5, -4.5, -1.5), 6, 6)

    def _paint_frames(
        self, painter: QPainter, planned: Planned, places: Places, height: int
    ) -> None:
        left = places.frame[0]
        for frame in planned.cell.request.frames():
            area = QRectF(left, (height - _FRAME.height()) / 2, _FRAME.width(), _FRAME.height())
            shape = QPainterPath()
            shape.addRoundedRect(area, 4, 4)
            painter.fillPath(shape, color("raised"))
            found = self._pictures.frame(frame)
            painter.save()
            painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
            if found is not None:
                draw_filling(painter, area, found.pixmap)
            painter.restore()
            left += _FRAME.width() + 4

    def _paint_prompt(
        self, painter: QPainter, option: QStyleOptionViewItem, planned: Planned, area: QRect
    ) -> None:
        """The prompt on one line, what was chosen in it in bold."""
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        left = area.left()
        for text, chosen in _runs(self._rows.prompt(planned), planned.chosen):
            font = bold if chosen else option.font
            painter.setFont(font)
            painter.setPen(color("text" if chosen or not planned.chosen else "muted"))
            metrics = QFontMetrics(font)
            width = metrics.horizontalAdvance(text)
            room = area.right() - left
            if width > room:
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
            painter.drawText(QRect(left, 0, room, area.height()), int(_LEFT), text)
            left += width
            if left >= area.right():
                return

    def _block_width(self, font: QFont, planned: Planned, said: str, row: int) -> int:
        """How wide what is said at the right may be, in pixels."""
        if not said:
            return 0
        metrics = QFontMetrics(font)
        widest = max(map(metrics.horizontalAdvance, (said, self._rows.action(planned))))
        return min(widest + 2, row * 55 // 100)

    def _paint_said(self, painter: QPainter, planned: Planned, said: str, area: QRect) -> None:
        action = self._rows.action(planned)
        metrics = painter.fontMetrics()
        line = metrics.height()
        top = (area.height() - line * (2 if action else 1)) // 2
        wrong = planned.outcome in (Outcome.WRONG, Outcome.IN_VAIN)
        painter.setPen(color("error" if wrong else "text"))
        shown = metrics.elidedText(said, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(QRect(area.left(), top, area.width(), line), int(_RIGHT), shown)
        if action:
            font = QFont(painter.font())
            font.setUnderline(True)
            painter.setFont(font)
            painter.setPen(color("text"))
            below = QRect(area.left(), top + line, area.width(), line)
            painter.drawText(below, int(_RIGHT), action)


def _runs(text: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """The beginning of a prompt in pieces, with whether each was chosen."""
    prompt = text[:_SHOWN_LETTERS].replace("\n", " ")
    at = 0
    for begin, end in places:
        if begin > at:
            yield prompt[at:begin], False
        yield prompt[begin:end], True
        at = end
    if at < len(prompt):
        yield prompt[at:], False


def _text(
    painter: QPainter, place: tuple[int, int], height: int, text: str, *, right: bool = False
) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place[1])
    area = QRect(place[0], 0, place[1], height)
    painter.drawText(area, int(_RIGHT if right else _LEFT), shown)
