"""Combo box, slider and stepper that leave the wheel to the panel they sit in."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QMargins, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QIcon,
    QPainter,
    QPaintEvent,
    QShowEvent,
    QValidator,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QWidget,
)

from pixverse_desktop.ui.base.theme import icon
from pixverse_desktop.ui.widgets.drops import take_text
from pixverse_desktop.ui.widgets.icon_button import IconButton

_AROUND, _AROUND_DISABLED = 42, 20  # pixels that are not for the words of a combo box
_SPIN_MARGINS = QMargins(0, 0, 8, 0)  # a number at the right keeps away from the border


class QuietCombo(QComboBox):
    """A combo box with the theme's own arrow; scrolling past it changes nothing."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label: QLabel | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._label is None:
            # Where a screen reader is told the value as the name, the label beside it is the name.
            self._label = QLabel(self.accessibleName(), self.parentWidget())
            self._label.setTextFormat(Qt.TextFormat.PlainText)
            self._label.setBuddy(self)
            self._label.hide()

    def offer(self, choices: dict[str | None, tuple[QIcon, str]]) -> None:
        """Other choices, by value; the same ones are left alone. Signals nothing."""
        if [self.itemData(place) for place in range(self.count())] == list(choices):
            return
        self.blockSignals(True)
        self.clear()
        for value, (shape, words) in choices.items():
            self.addItem(shape, words, value)
        self.blockSignals(False)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        # What the style sheet leaves. The style would tell too, at the cost of its 566 names.
        around = _AROUND if self.isEnabled() else _AROUND_DISABLED
        shown = 0 if option.currentIcon.isNull() else option.iconSize.width() + 4
        room = self.width() - around - shown
        elided = Qt.TextElideMode.ElideRight
        option.currentText = self.fontMetrics().elidedText(self.currentText(), elided, room)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().height() * 6 + 36, super().minimumSizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isEnabled():
            return
        with QPainter(self) as painter:
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


class NoTypeAhead:
    """For item views: letters are commands there, words are looked for in a search field."""

    def keyboardSearch(self, _text: str) -> None:
        """Nothing is looked for."""


class TextField(QLineEdit):
    """One line of text; what is dragged here from elsewhere stays there as well."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        take_text(event, super().dragEnterEvent)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        take_text(event, super().dragMoveEvent)

    def dropEvent(self, event: QDropEvent) -> None:
        take_text(event, super().dropEvent)


class WholeSpin(QSpinBox):
    """Whole numbers as they are typed: "1.5" stays there unfinished and never becomes 15."""

    def __init__(self) -> None:
        super().__init__()
        self.setKeyboardTracking(False)
        self.lineEdit().setTextMargins(_SPIN_MARGINS)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QTimer.singleShot(0, self.selectAll)  # after the click: what is typed replaces "No limit"

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if text == self.specialValueText() or text.strip().isdecimal() or not text.strip():
            return super().validate(text, position)
        return _unfinished(text, position)

    def fixup(self, text: str) -> str:
        return text


class CreditsSpin(QDoubleSpinBox):
    """Credits, with fractions, in the user's locale; what is no number there never becomes one."""

    def __init__(self) -> None:
        super().__init__()
        self.setKeyboardTracking(False)  # half a number is no limit
        self.lineEdit().setTextMargins(_SPIN_MARGINS)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QTimer.singleShot(0, self.selectAll)  # as above

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if text == self.specialValueText():
            return QValidator.State.Acceptable, text, position
        value, whole = self.locale().toDouble(text.strip())
        fits = whole and self.minimum() <= value <= self.maximum()
        if fits and round(value, self.decimals()) == value:
            return QValidator.State.Acceptable, text, position
        return _unfinished(text, position)

    def fixup(self, text: str) -> str:
        return text  # Qt's own would take the separators out: 12,5 would be 125

    def valueFromText(self, text: str) -> float:
        value, whole = self.locale().toDouble(text.strip())
        return value if whole else self.value()

    def textFromValue(self, value: float) -> str:
        return self.locale().toString(
            value, "f", QLocale.FloatingPointPrecisionOption.FloatingPointShortest
        )


def _unfinished(text: str, position: int) -> tuple[QValidator.State, str, int]:
    """Left alone at the end of typing, it goes back to the value before; letters are refused."""
    state = QValidator.State
    numeric = all(not c.isalpha() for c in text)
    return (state.Intermediate if numeric else state.Invalid), text, position


class Stepper(QWidget):
    """A number with a button on either side; a whole one without another ``spin``."""

    value_changed = Signal(float)

    def __init__(
        self, name: str, low: int, high: int, less: str, more: str, spin: CreditsSpin | None = None
    ) -> None:
        super().__init__()
        self.spin: WholeSpin | CreditsSpin = spin or WholeSpin()
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

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        # No focus proxy: with one, Tab passes over what stands before it.
        self.spin.setFocus(reason)

    def value(self) -> float:
        """The number."""
        return self.spin.value()

    def set_value(self, value: float) -> None:
        """Show another number."""
        if isinstance(self.spin, CreditsSpin):
            self.spin.setValue(value)
        else:
            self.spin.setValue(int(value))

    @Slot(int)
    @Slot(float)
    def on_spin_value_changed(self, value: float) -> None:
        self._less.setEnabled(value > self.spin.minimum())
        self._more.setEnabled(value < self.spin.maximum())
        self.value_changed.emit(value)
