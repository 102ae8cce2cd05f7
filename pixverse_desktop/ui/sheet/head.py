"""Over the clips: what they are, how they are laid out, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from pixverse_desktop.core.model.parameters import ParameterSpec
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import icon, pixels, set_style
from pixverse_desktop.ui.jobs.mode_switch import ModeSwitch
from pixverse_desktop.ui.jobs.value_labels import parameter_label
from pixverse_desktop.ui.sheet.axes import NO_ROWS, Table
from pixverse_desktop.ui.sheet.judging import Judging
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import ElidedLabel, plain_label

# Pixels of width: from there on the clips' prompt is told, and their number.
_NARROW, _ROOMY = 540, 660


class SheetHead(QWidget):
    """Only shows and asks."""

    back_clicked = Signal()
    rows_chosen = Signal(str)  # the name of a parameter, "" for the best, NO_ROWS
    champion_clicked = Signal()
    only_open_clicked = Signal()
    turned = Signal(int)  # by so many pages

    def __init__(self) -> None:
        super().__init__()
        self.back = IconButton("chevron-left", self.tr("Back to the library"), size=28)
        self.back.setToolTip(self.tr("Back to the library (Esc)"))
        self.back.setAccessibleDescription(self.tr("Esc"))
        self.back.clicked.connect(self.back_clicked)
        self.title = ElidedLabel("", "strong")
        self.count = plain_label("", "muted")
        self.previous = IconButton("chevron-left", self.tr("Previous page"), size=28)
        set_key_tip(self.previous, self.tr("Previous page"), "sheet previous")
        self.previous.clicked.connect(partial(self.turned.emit, -1))
        self.page = plain_label("", "muted")
        self.next = IconButton("chevron-right", self.tr("Next page"), size=28)
        set_key_tip(self.next, self.tr("Next page"), "sheet next")
        self.next.clicked.connect(partial(self.turned.emit, 1))
        self.rows = QPushButton()
        set_style(self.rows, kind="quiet")
        self._rows_menu = QMenu(self.rows)
        self._rows_group = QActionGroup(self)
        self.rows.setMenu(self._rows_menu)
        self.only_open = QPushButton(self.tr("Unjudged"))
        self.champion = QPushButton(self.tr("Champion"))
        self.champion.setIcon(icon("crown"))
        for button in (self.only_open, self.champion):
            button.setCheckable(True)
            set_style(button, kind="filter", on="false")
        set_key_tip(self.only_open, self.tr("Only what is not judged"), "sheet open")
        set_key_tip(self.champion, self.tr("The best so far stays left, the others come right"),
                    "sheet champion")  # fmt: skip
        self.mode = ModeSwitch("sheet")
        self.mode.other_chosen.connect(self.back_clicked)
        self.only_open.clicked.connect(self.only_open_clicked)
        self.champion.clicked.connect(self.champion_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 16, 2)
        row.setSpacing(8)
        for widget in (self.back, self.title, self.count):
            row.addWidget(widget)
        row.addStretch(1)
        for part in (self.previous, self.page, self.next, self.rows, self.only_open,
                     self.champion, self.mode):  # fmt: skip
            row.addWidget(part)
        row.setAlignment(Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.count.setVisible(self.width() >= pixels(_ROOMY))
        self.title.setVisible(self.width() >= pixels(_NARROW))

    def show_title(self, title: str, count: int) -> None:
        """What is judged."""
        self.title.setText(title)
        self.count.setText(self.tr("%Ln clips", "", count))

    def show_judging(
        self, judging: Judging, rows: Sequence[ParameterSpec], chosen: str, table: Table | None
    ) -> None:
        """How the clips are shown now; ``rows`` are what rows can be made of."""
        for button, on in (
            (self.only_open, judging.only_open), (self.champion, bool(judging.champion)),
        ):  # fmt: skip
            button.setChecked(on)
            set_style(button, on="true" if on else "false")
        self.count.setText(self.tr("%Ln clips", "", len(judging.jobs)))
        self.only_open.setEnabled(bool(judging.jobs))
        self.champion.setEnabled(len(judging.jobs) > 1)
        several = judging.pages > 1 and not judging.champion
        for widget in (self.previous, self.page, self.next):
            widget.setVisible(several)
        self.previous.setEnabled(judging.page > 0)
        self.next.setEnabled(judging.page + 1 < judging.pages)
        self.page.setText(
            self.tr("{page} of {pages}").format(
                page=localised.number(judging.page + 1), pages=localised.number(judging.pages)
            )
        )
        self.rows.setVisible(bool(rows) and not several and not judging.champion)
        self._fill_rows(rows, chosen, table)

    def _fill_rows(self, rows: Sequence[ParameterSpec], chosen: str, table: Table | None) -> None:
        choices = [("", self.tr("Automatic")), (NO_ROWS, self.tr("None"))]
        choices += [(spec.name, parameter_label(spec)) for spec in rows]
        self._rows_menu.clear()
        for action in self._rows_group.actions():
            self._rows_group.removeAction(action)
        for name, word in choices:
            action = self._rows_menu.addAction(word.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(name == chosen)
            action.triggered.connect(partial(self.choose_rows, name))
            self._rows_group.addAction(action)
        word = table.row_name if table is not None else self.tr("None")
        self.rows.setText(self.tr("Rows: {parameter}").format(parameter=word))
        self.rows.setAccessibleName(self.rows.text())

    @Slot()
    def choose_rows(self, name: str, _checked: bool = False) -> None:
        """Let rows be made of that parameter."""
        self.rows_chosen.emit(name)
