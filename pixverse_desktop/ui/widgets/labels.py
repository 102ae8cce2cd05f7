"""Labels for text from anywhere: always plain, wrapped or elided, never clipped."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from pixverse_desktop.core.text import writable
from pixverse_desktop.ui.base.theme import set_style

_LONG_WORD = re.compile(r"\S{25,}")


def tip_text(text: str) -> str:
    """``text`` for a tooltip, which would take tags in it for its own and load their pictures."""
    return html_text(text) if "<" in text or "&" in text else text


def html_text(text: str) -> str:
    """``text`` as HTML, which a tooltip breaks into lines."""
    return f"<p>{escaped(text)}</p>"


def escaped(text: str) -> str:
    """``text`` between tags; the library's function comes with a table of every entity."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label that shows its text as it is; ``role`` picks its style."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if role:
        label.setProperty("role", role)
    return label


def breakable(sentence: str) -> str:
    """A sentence whose longest words, such as names of files, may be broken anywhere."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(word[0]), sentence)


class SentenceLabel(QLabel):
    """A wrapped sentence that takes no room while it is empty."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("role", role)
        self.hide()

    def show_message(self, text: str, role: str = "") -> None:
        """Show ``text``, or hide the label when it is empty."""
        if role:
            set_style(self, role=role)
        self.setText(text)
        self.setVisible(bool(text))


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis when it does not fit; the tooltip holds all of it.

    ``short`` is shown in its place then, where there is one: set it before the text.
    """

    def __init__(
        self,
        text: str = "",
        role: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._mode = mode
        self.short = ""
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(writable(text))  # often a path, whose odd letters Qt would leave out
        self._update_tooltip()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("…"), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        # One pixel more: rounding must never elide a text that fits.
        hint = super().sizeHint()
        return QSize(hint.width() + 1, hint.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            area: QRect = self.contentsRect()
            text = self.text() if self._fits() else self.short or self.text()
            shown = self.fontMetrics().elidedText(text, self._mode, area.width())
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(area, int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tooltip()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._update_tooltip()

    def _update_tooltip(self) -> None:
        self.setToolTip("" if self._fits() else tip_text(self.text()))

    def _fits(self) -> bool:
        return self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width()
