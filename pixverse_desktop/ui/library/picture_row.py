"""Small pictures side by side under a heading: the frames of a clip, and its relatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from pixverse_desktop.ui.base.theme import color, pixels
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.thumbnails import Picture
from pixverse_desktop.ui.widgets.flow_layout import FlowLayout
from pixverse_desktop.ui.widgets.labels import plain_label, tip_text

_WIDTH, _HEIGHT = 104, 60  # pixels, at the usual text size
_RADIUS = 6


class Shown(NamedTuple):
    """One picture: ``look`` gives it when it is there, ``job_id`` is the clip it leads to or ""."""

    caption: str
    tip: str
    look: Callable[[], Picture | None]
    job_id: str = ""


class PictureRow(QWidget):
    """Takes no room while it is empty."""

    chosen = Signal(str)  # job id

    def __init__(self) -> None:
        super().__init__()
        self.head = plain_label("", "muted")
        self._pictures = QWidget()
        self._flow = FlowLayout(8, self._pictures)
        self.tiles: list[PictureTile] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.head)
        column.addWidget(self._pictures)
        self.hide()

    def show_pictures(self, head: str, pictures: Sequence[Shown]) -> None:
        """Show these under ``head``, in place of the ones before."""
        for old in self.tiles:
            self._flow.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.tiles = [PictureTile(shown) for shown in pictures]
        for tile in self.tiles:
            tile.chosen.connect(self.chosen)
            self._flow.addWidget(tile)
        self.head.setText(head)
        self.setVisible(bool(pictures))


class PictureTile(QAbstractButton):
    """A picture and its caption; one that leads nowhere cannot be pressed."""

    chosen = Signal(str)  # job id

    def __init__(self, shown: Shown) -> None:
        super().__init__()
        self.shown = shown
        self.setAccessibleName(f"{shown.caption}: {shown.tip}" if shown.tip else shown.caption)
        self.setToolTip(tip_text(shown.tip))
        self.setFixedSize(self.sizeHint())
        if shown.job_id:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setAttribute(Qt.WidgetAttribute.WA_Hover)
            self.clicked.connect(self.on_clicked)
        else:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def on_clicked(self) -> None:
        """Lead to the clip."""
        self.chosen.emit(self.shown.job_id)

    def sizeHint(self) -> QSize:
        return QSize(pixels(_WIDTH), pixels(_HEIGHT) + self._caption_height())

    def _caption_height(self) -> int:
        return paint.sized(self.font(), 12).pixelSize() + 6

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = QRect(0, 0, self.width(), pixels(_HEIGHT))
            paint.well(painter, area, "stage", _RADIUS)
            found = self.shown.look()
            if found is not None and not found.pixmap.isNull():
                paint.picture(painter, area, found.pixmap, _RADIUS, fill=False)
            else:
                gone = found is not None and found.missing
                paint.glyph(painter, area, "missing" if gone else "film", "faint", 18)
            if self.hasFocus():
                paint.outline(painter, area, "accent", _RADIUS)
            elif self.shown.job_id and self.underMouse():
                paint.outline(painter, area, "text", _RADIUS, 1)
            font = paint.sized(self.font(), 11)
            painter.setFont(font)
            painter.setPen(color("muted"))
            line = QRect(0, area.height(), self.width(), self._caption_height())
            caption = paint.elided(font, self.shown.caption, self.width())
            painter.drawText(line, paint.ALIGN_LEFT, caption)
