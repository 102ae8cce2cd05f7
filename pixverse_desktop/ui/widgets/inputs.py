"""Combo box, slider and stepper that leave the wheel to the panel they sit in."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QStyledItemDelegate,
    QWidget,
)

from pixverse_desktop.ui.theme import icon
from pixverse_desktop.ui.widgets.icon_button import IconButton


class QuietCombo(QComboBox):
    """A combo box with the theme's own arrow; scrolling past it changes nothing."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().height() * 6 + 36, super().minimumSizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isEnabled():
            return
        painter = QPainter(self)
        area = QRect(self.width() - 24, (self.height() - 14) // 2, 14, 14)
        icon("chevron-down", "muted").paint(painter, area)


class QuietSlider(QSlider):
    """A horizontal slider for the keyboard and the pointer, not for the wheel."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(72, super().minimumSizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Stepper(QWidget):
    """A whole number with a button on either side."""

    value_changed = Signal(int)

    def __init__(self, name: str, low: int, high: int, less: str, more: str) -> None:
        super().__init__()
        self.spin = QSpinBox()
        self.spin.setRange(low, high)
        self.spin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.spin.setAccessibleName(name)
        self.spin.setMinimumWidth(56)
        self._less = IconButton("minus", less, size=32, kind="boxed")
        self._more = IconButton("plus", more, size=32, kind="boxed")
        self._less.clicked.connect(self.spin.stepDown)
        self._more.clicked.connect(self.spin.stepUp)
        self.spin.valueChanged.connect(self.on_spin_value_changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self._less, self.spin, self._more):
            row.addWidget(widget)
        row.addStretch(1)

    def value(self) -> int:
        """The number."""
        return self.spin.value()

    def set_value(self, value: int) -> None:
        """Show another number."""
        self.spin.setValue(value)

    @Slot(int)
    def on_spin_value_changed(self, value: int) -> None:
        self._less.setEnabled(value > self.spin.minimum())
        self._more.setEnabled(value < self.spin.maximum())
        self.value_changed.emit(value)
