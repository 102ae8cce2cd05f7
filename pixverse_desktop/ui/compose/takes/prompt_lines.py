"""Prompts, one a line: numbered, with what stands for several texts underlined."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QMimeData, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QWidget

from pixverse_desktop.ui.base.theme import color
from pixverse_desktop.ui.compose.prompt_edit import PromptEdit

_MOST_LETTERS = 1_000_000  # of all prompts together
_PATTERN = re.compile(r"(?<!\\)(?:\{[^{}]*[|-][^{}]*\}|__[A-Za-z0-9][A-Za-z0-9 ._-]*?__)")
_GAP = 10  # pixels between a number and its line


class PromptLines(PromptEdit):
    """Enter is a new line. What holds files goes on to the sheet."""

    files_pasted = Signal()
    table_pasted = Signal(str)

    def __init__(self, name: str, placeholder: str) -> None:
        self._numbered = True
        self.is_table: Callable[[str], bool] = lambda text: False
        super().__init__(name, placeholder, 5, _MOST_LETTERS)
        self._gutter = _Gutter(self)
        self._counter.hide()
        _Patterns(self.document())
        self.picture_pasted.connect(self.files_pasted)
        self.updateRequest.connect(self.on_update_request)
        self.blockCountChanged.connect(self.on_block_count_changed)
        self.on_block_count_changed()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText() and not source.hasUrls() and self.is_table(source.text()):
            self.table_pasted.emit(source.text())
        else:
            super().insertFromMimeData(source)

    def set_numbered(self, numbered: bool) -> None:
        """Number the lines, or show one text."""
        self._numbered = numbered
        self.on_block_count_changed()

    def gutter_width(self) -> int:
        """How wide the numbers are, in pixels; 0 without any."""
        digits = max(2, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("0") * digits + _GAP if self._numbered else 0

    @Slot()
    def on_text_changed(self) -> None:
        """How long all of it is together says nothing."""

    @Slot()
    def on_block_count_changed(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)
        self._place_gutter()
        self._gutter.update()

    @Slot(QRect, int)
    def on_update_request(self, _area: QRect, _moved: int) -> None:
        self._gutter.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()

    def paint_numbers(self, gutter: QWidget) -> None:
        """Draw the number of every line in sight."""
        block, offset = self.firstVisibleBlock(), self.contentOffset()
        with QPainter(gutter) as painter:
            painter.setPen(color("muted"))
            while block.isValid():
                top = self.blockBoundingGeometry(block).translated(offset).top()
                if top > gutter.height():
                    break
                if block.text().strip():
                    area = QRect(0, round(top), gutter.width() - _GAP, gutter.height())
                    where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
                    painter.drawText(area, int(where), str(block.blockNumber() + 1))
                block = block.next()

    def _place_gutter(self) -> None:
        inside = self.viewport().geometry()
        width = self.gutter_width()
        self._gutter.setGeometry(inside.left() - width, inside.top(), width, inside.height())
        self._gutter.setVisible(self._numbered)


class _Gutter(QWidget):
    def __init__(self, lines: PromptLines) -> None:
        super().__init__(lines)
        self._lines = lines
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return QSize(self._lines.gutter_width(), 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._lines.paint_numbers(self)


class _Patterns(QSyntaxHighlighter):
    """Underlines what stands for several texts."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._format = QTextCharFormat()
        self._format.setFontUnderline(True)

    def highlightBlock(self, text: str) -> None:
        for found in _PATTERN.finditer(text):
            self.setFormat(found.start(), found.end() - found.start(), self._format)
