"""A text field with a limit: counts, cleans what is pasted, and never swallows a picture."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.drops import is_file, take_text, uris_of
from pixverse_desktop.ui.widgets.labels import plain_label

_LINE_ENDS = str.maketrans("\u2028\u2029", "\n\n")
# NUL, half characters, and what is no character at all. A text that begins with one of these or
# with a byte order mark would reach Qt with all its bytes swapped.
_UNSENDABLE = "[\x00\ud800-\udfff\ufffe\uffff]"
_COUNTER_HEIGHT = 16
_MOST_LIMITS = 4  # what is put in by the program may exceed the limit so far; more would be slow


class PromptEdit(QPlainTextEdit):
    """Plain text of at most ``limit`` characters; typing may exceed it, pasting is cut there."""

    noticed = Signal(str)  # a sentence about what pasting changed
    picture_pasted = Signal()

    def __init__(self, name: str, placeholder: str, lines: int, limit: int) -> None:
        super().__init__()
        self._limit = limit
        self._lines = lines
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._counter = plain_label("", "badge")
        self._counter.setParent(self)
        self._counter.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setViewportMargins(0, 0, 0, _COUNTER_HEIGHT)
        self.textChanged.connect(self.on_text_changed)
        self.on_text_changed()

    def text(self) -> str:
        """The text as it stands; Qt's own plain text would turn fixed spaces into usual ones."""
        return self.document().toRawText().translate(_LINE_ENDS)

    def set_text(self, text: str) -> None:
        """Show another text, as one step that can be undone; what it loses is said."""
        if text == self.text():
            return
        kept = _sendable(text)
        shown = kept[: self._limit * _MOST_LIMITS]
        cursor = self.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(shown)
        cursor.movePosition(cursor.MoveOperation.Start)
        self.setTextCursor(cursor)
        if len(shown) < len(kept):
            self.noticed.emit(self.tr("The text was far too long; its end was left out."))
        elif len(kept) < len(text):
            self._say_unsendable()

    def set_limit(self, limit: int) -> None:
        """Another limit; the text is kept."""
        self._limit = limit
        self.on_text_changed()

    def set_invalid(self, invalid: bool) -> None:
        """Mark the field."""
        set_style(self, invalid=invalid)

    def sizeHint(self) -> QSize:
        return QSize(200, self._height(self._lines))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._height(min(self._lines, 4)))

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        if source.hasUrls() or source.hasImage():
            return False  # the drag goes on to the window, which makes a frame of it
        return source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        words = source.hasText() and not any(map(is_file, uris_of(source)))
        if (source.hasUrls() or source.hasImage()) and not words:
            self.picture_pasted.emit()
            return
        if not source.hasText():
            return
        text = source.text()
        room = self._limit - len(self.toPlainText()) + len(self.textCursor().selectedText())
        kept = _sendable(text[: max(0, room) * 2 + 64])
        unsendable = len(kept) < len(text[: max(0, room) * 2 + 64])
        cut = kept[: max(0, room)]
        self.insertPlainText(cut)
        self.ensureCursorVisible()
        if len(cut) < len(kept) or len(text) > max(0, room) * 2 + 64:
            self.noticed.emit(
                self.tr("The pasted text was cut at the limit of {limit} characters.").format(
                    limit=localised.number(self._limit)
                )
            )
        elif unsendable:
            self._say_unsendable()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        take_text(event, super().dragEnterEvent)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        take_text(event, super().dragMoveEvent)

    def dropEvent(self, event: QDropEvent) -> None:
        take_text(event, super().dropEvent)

    def _say_unsendable(self) -> None:
        self.noticed.emit(self.tr("Characters that cannot be sent were left out."))

    @Slot()
    def on_text_changed(self) -> None:
        length = len(self.toPlainText())
        text = localised.number(length)
        if length > self._limit:
            text += f" / {localised.number(self._limit)}"
        self._counter.setText(text)
        set_style(self._counter, role="badge" if length <= self._limit else "error")
        self._place_counter()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_counter()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def _place_counter(self) -> None:
        self._counter.adjustSize()
        bar = self.verticalScrollBar()
        right = 12 + (bar.width() if bar.isVisible() else 0)
        self._counter.move(
            self.width() - self._counter.width() - right,
            self.height() - self._counter.height() - 7,
        )

    def _height(self, lines: int) -> int:
        return self.fontMetrics().lineSpacing() * lines + 26 + _COUNTER_HEIGHT


def _sendable(text: str) -> str:
    return re.sub(_UNSENDABLE, "", text).lstrip("\ufeff")
