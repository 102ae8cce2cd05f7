"""Paints a row of the queue: picture, prompt, what it is, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base.theme import color, pixels, tabular
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.job_text import DEMO_ORIGIN, RowText
from pixverse_desktop.ui.jobs.model import JOB_ROLE
from pixverse_desktop.ui.jobs.paint import ItemState
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.queue.queue_rows import QueueRows
from pixverse_desktop.ui.queue.row_buttons import RowButton, button_icon, buttons_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

SIDE = 16
THUMB = QSize(64, 36)
_GAP = 10
_BAR = 3
_EDITED = 2  # pixels, of the bar at the left of a clip that is edited in the form
_BUTTON_GAP = 4
_NARROW = 270  # below this width the picture gives its room to the words


class QueueDelegate(QStyledItemDelegate):
    """Every row is as high as the next, so a list of thousands is laid out at once."""

    def __init__(self, rows: QueueRows, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._rows = rows
        self._pictures = pictures
        self.dragging = False  # rows over this list
        self.pointed: tuple[RowButton, str] | None = None  # with the id of its job

    def button_area(self, row: QRect, view: QWidget) -> QRect:
        """Where the buttons of a row are, at its right end."""
        return row.adjusted(SIDE, 0, -_right_side(view), 0)

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        lines = pixels(13) * 1.4 + pixels(12) * 1.4 + 2
        return QSize(100, max(THUMB.height(), round(lines)) + 18)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        job = index.data(JOB_ROLE)
        if not isinstance(job, Job):
            return
        text = self._rows.text_of(job)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = paint.state_of(option)
        self._paint_ground(painter, option.rect, state)
        if job.being_edited:
            row = option.rect
            painter.fillRect(QRect(row.left(), row.top(), _EDITED, row.height()), color("text"))
        area = self.button_area(option.rect, option.widget)
        buttons = buttons_of(job, area) if state.pointed and not self.dragging else []
        if option.rect.width() >= pixels(_NARROW):
            thumb = QRect(area.left(), 0, THUMB.width(), THUMB.height())
            thumb.moveCenter(area.center())
            thumb.moveLeft(area.left())
            self._paint_thumb(painter, thumb, job, text)
            area.setLeft(thumb.right() + 1 + _GAP)
        if buttons:
            self._paint_buttons(painter, option.rect, buttons, job)
            area.setRight(buttons[0][1].left() - 1 - _BUTTON_GAP)
            text = text._replace(aside="")
        self._paint_words(painter, option, area, job, text)
        self._paint_progress(painter, area, option.rect.bottom(), job)
        painter.restore()

    def _paint_buttons(
        self,
        painter: QPainter,
        row: QRect,
        buttons: list[tuple[RowButton, QRect]],
        job: Job,
    ) -> None:
        """With the grip at the left, by which a row is seen to be dragged."""
        paint.glyph(painter, QRect(row.left(), row.top(), SIDE, row.height()), "grip", "muted", 14)
        for button, place in buttons:
            pointed = self.pointed == (button, job.id)
            if pointed:
                paint.well(painter, place, "track", 6)
            paint.glyph(painter, place, button_icon(button, job), "text" if pointed else "muted")

    def _paint_ground(self, painter: QPainter, row: QRect, state: ItemState) -> None:
        if state.chosen or state.pointed:
            paint.row_ground(painter, row, 0, chosen=state.chosen)
        if state.focused:
            paint.outline(painter, row.adjusted(2, 1, -2, -1), "accent", 6)

    def _paint_thumb(self, painter: QPainter, area: QRect, job: Job, text: RowText) -> None:
        paint.well(painter, area, "raised", 5)
        found = self._pictures.start_frame(job)
        if found is not None and not found.pixmap.isNull():
            paint.picture(painter, area, found.pixmap, 5, fill=True)
            return
        paint.outline(painter, area, "line", 5, 1)
        role = text.tone if text.tone in ("warn", "error") else "muted"
        paint.glyph(painter, area, text.glyph, role)

    def _paint_words(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        area: QRect,
        job: Job,
        text: RowText,
    ) -> None:
        body = paint.sized(option.font, 13)
        small = tabular(paint.sized(option.font, 12))
        first, second = QFontMetrics(body).height(), QFontMetrics(small).height()
        top = area.center().y() - (first + 2 + second) // 2 + 1
        upper = QRect(area.left(), top, area.width(), first)
        lower = QRect(area.left(), top + first + 2, area.width(), second)
        if job.origin == DEMO_ORIGIN:
            upper.setRight(self._paint_demo(painter, option, upper))
        painter.setFont(body)
        painter.setPen(color("text"))
        painter.drawText(upper, paint.ALIGN_LEFT, paint.elided(body, text.prompt, upper.width()))
        painter.setFont(small)
        aside_width = QFontMetrics(small).horizontalAdvance(text.aside) + 2
        painter.setPen(color(text.tone))
        painter.drawText(lower, paint.ALIGN_RIGHT, text.aside)
        lower.setRight(lower.right() - aside_width - 8)
        painter.setPen(color("muted"))
        painter.drawText(lower, paint.ALIGN_LEFT, paint.elided(small, text.line, lower.width()))

    def _paint_progress(self, painter: QPainter, area: QRect, bottom: int, job: Job) -> None:
        """A thin bar under the words of a clip that is being made."""
        done = self._rows.progress_of(job)
        if done is None:
            return
        bar = QRect(area.left(), bottom - _BAR - 1, area.width(), _BAR)
        paint.well(painter, bar, "track", _BAR / 2)
        bar.setWidth(max(_BAR, round(bar.width() * done)))
        paint.well(painter, bar, "running", _BAR / 2)

    def _paint_demo(self, painter: QPainter, option: QStyleOptionViewItem, line: QRect) -> int:
        """The badge at the right end of ``line``; returns where the words have to end."""
        font = paint.sized(option.font, 10)
        word = self.tr("Demo")
        size = paint.badge_size(font, word)
        place = QRect(line.right() + 1 - size.width(), line.top(), size.width(), size.height())
        place.moveTop(line.center().y() - size.height() // 2)
        paint.pill(painter, place, font, word)
        return place.left() - 8


def _right_side(view: QWidget) -> int:
    """The scroll bar lies in the margin: the words end where they end without it."""
    if isinstance(view, QAbstractScrollArea) and view.verticalScrollBar().isVisible():
        return max(2, SIDE - view.verticalScrollBar().width())
    return SIDE
