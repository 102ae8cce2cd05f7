"""One filled control of several segments, of which one is chosen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QSizePolicy, QWidget

from pixverse_desktop.ui.base.theme import color, stroke

_HEIGHT, _INSET = 32, 2  # pixels, of the whole and of the segments within it
_PADDING, _LEAST_PADDING = 12, 4  # pixels beside a word, where there is room and where there is not
_RADIUS = 6


class Segmented(QWidget):
    """The arrow keys move the choice, Tab enters at the chosen one."""

    value_changed = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._values: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._group.idToggled.connect(self.on_group_id_toggled)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(_INSET, _INSET, _INSET, _INSET)
        self._row.setSpacing(_INSET)

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer ``(value, word)`` pairs; the choice is kept when it is still offered."""
        choices = tuple(choices)
        chosen = self.value()
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._values = tuple(value for value, _ in choices)
        for index, (_, word) in enumerate(choices):
            self._add(index, word)
        self.set_value(chosen if chosen in self._values else next(iter(self._values), ""))

    def focus_stops(self) -> list[QWidget]:
        """The segments; Tab stops at the chosen one alone."""
        segments: list[QWidget] = list(self._group.buttons())
        return segments

    def value(self) -> str:
        """The chosen value, "" without choices."""
        index = self._group.checkedId()
        return self._values[index] if 0 <= index < len(self._values) else ""

    def values(self) -> tuple[str, ...]:
        """Everything on offer."""
        return self._values

    def set_value(self, value: str) -> None:
        """Choose ``value``; a value that is not offered changes nothing."""
        if value in self._values:
            self._group.button(self._values.index(value)).setChecked(True)

    def set_word(self, value: str, word: str) -> None:
        """Call a choice something else."""
        segment = self._group.button(self._values.index(value))
        segment.setText(word)
        segment.setAccessibleName(f"{self._name}: {word}")

    def choose_none(self) -> None:
        """Nothing of what is offered is meant."""
        chosen = self._group.checkedButton()
        if chosen is not None:
            self._group.setExclusive(False)
            chosen.setChecked(False)
            self._group.setExclusive(True)
            chosen.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Tab still comes in here

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        chosen = self._group.checkedButton()
        if chosen is not None:
            chosen.setFocus(reason)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.setFocus(event.reason())

    @Slot(int, bool)
    def on_group_id_toggled(self, index: int, checked: bool) -> None:
        # One stop for Tab: the chosen segment; the arrow keys reach the others.
        policy = Qt.FocusPolicy.StrongFocus if checked else Qt.FocusPolicy.ClickFocus
        self._group.button(index).setFocusPolicy(policy)
        if checked and index < len(self._values):
            self.value_changed.emit(self._values[index])

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color("faint"), stroke(1)))
            painter.setBrush(color("raised"))
            half = stroke(1) / 2
            area = QRectF(self.rect()).adjusted(half, half, -half, -half)
            painter.drawRoundedRect(area, _RADIUS, _RADIUS)

    def _add(self, index: int, word: str) -> None:
        segment = _Segment(word)
        segment.setAccessibleName(f"{self._name}: {word}")
        self._group.addButton(segment, index)
        self._row.addWidget(segment)


class _Segment(QRadioButton):
    """To a screen reader one of several choices; drawn as a part of the whole."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return self._size(_PADDING)

    def minimumSizeHint(self) -> QSize:
        return self._size(_LEAST_PADDING)

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, _event: QPaintEvent) -> None:
        chosen, enabled = self.isChecked(), self.isEnabled()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edge = "accent" if self.hasFocus() else "text" if enabled else "faint"
            pen = QPen(color(edge), stroke(1))
            painter.setPen(pen if chosen or self.hasFocus() else Qt.PenStyle.NoPen)
            lit = chosen or (self.underMouse() and enabled)
            painter.setBrush(color("hover") if lit else Qt.BrushStyle.NoBrush)
            half = stroke(1) / 2
            area = QRectF(self.rect()).adjusted(half, half, -half, -half)
            painter.drawRoundedRect(area, _RADIUS - _INSET, _RADIUS - _INSET)
            painter.setPen(color("faint" if not enabled else "text" if chosen else "muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def _size(self, padding: int) -> QSize:
        font = self.fontMetrics()
        height = max(_HEIGHT - 2 * _INSET, font.height() + 8)
        return QSize(font.horizontalAdvance(self.text()) + 2 * padding, height)
