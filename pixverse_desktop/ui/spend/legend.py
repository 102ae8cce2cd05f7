"""What the tones of the day chart mean; a click shows the charges of one board alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStyle, QStyleOptionButton, QWidget

from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.spend.chart import paint_swatch
from pixverse_desktop.ui.spend.figures import OTHER, Series

_SWATCH = 10  # pixels
_MOST_WIDTH = 150


class LegendEntry(QPushButton):
    """A swatch and a name, which is shortened where it does not fit."""

    def __init__(self, key: str, place: int, name: str) -> None:
        super().__init__()
        self._key, self._place, self._name = key, place, name
        set_style(self, kind="legend")
        self.setCheckable(True)
        self.setEnabled(key != OTHER)  # several boards are not one to look at
        self.setAccessibleName(name)
        self.setToolTip(name)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._name) + _SWATCH + 21
        return QSize(min(width, _MOST_WIDTH), 26)

    def minimumSizeHint(self) -> QSize:
        return QSize(_SWATCH + 40, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        with QPainter(self) as painter:
            style = self.style()
            style.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option, painter, self)
            top = (self.height() - _SWATCH) / 2
            area = QRectF(6, top, _SWATCH, _SWATCH)
            painter.save()
            paint_swatch(painter, area, self._key, self._place)
            painter.restore()
            words = self.rect().adjusted(_SWATCH + 12, 0, -6, 0)
            elided = Qt.TextElideMode.ElideRight
            name = self.fontMetrics().elidedText(self._name, elided, words.width())
            painter.setPen(option.palette.buttonText().color())
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), name)


class Legend(QWidget):
    """One entry a series, the dearest board first; nothing where there is but one series."""

    chosen = Signal(str)  # a key, "" for all of them again

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[LegendEntry] = []
        self._shown: list[tuple[str, str]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    def show_series(self, series: Sequence[Series], names: dict[str, str], chosen: str) -> None:
        """``names`` by key; the ``chosen`` one is outlined."""
        wanted = [(each.key, names[each.key]) for each in series] if len(series) > 1 else []
        if wanted != self._shown:
            self._shown = wanted
            for entry in self._entries:
                self._row.removeWidget(entry)
                entry.hide()
                entry.deleteLater()
            self._entries = [LegendEntry(key, n, name) for n, (key, name) in enumerate(wanted)]
            for entry, (key, _) in zip(self._entries, wanted, strict=True):
                entry.clicked.connect(partial(self._choose, key))
                self._row.addWidget(entry)
        for entry, (key, _) in zip(self._entries, wanted, strict=True):
            entry.setChecked(key == chosen)

    def entries(self) -> dict[str, LegendEntry]:
        """The buttons by the key of their series."""
        return {key: entry for (key, _), entry in zip(self._shown, self._entries, strict=True)}

    def _choose(self, key: str) -> None:
        self.chosen.emit(key if self.entries()[key].isChecked() else "")
