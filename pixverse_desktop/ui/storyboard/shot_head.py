"""Over the form of a shot: which it is, its name, and how it begins and ends."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pixverse_desktop.core.film.plan import FilmPlan, ShotPlan
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.inputs import QuietCombo, TextField
from pixverse_desktop.ui.widgets.labels import plain_label

_OPEN, _MEETS = "open", "meets"
_LONGEST_NAME = 200


class ShotHead(QWidget):
    """Asks only; the editor decides."""

    name_given = Signal(str)
    step_requested = Signal(int)
    parent_chosen = Signal(str)  # the id of the shot it goes on from, "" for a cut
    meets_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="panel")
        self.number = plain_label("", "head")
        self.name = TextField()
        self.name.setAccessibleName(self.tr("Name of the shot"))
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.editingFinished.connect(self.on_name_finished)
        self.back = IconButton("chevron-left", self.tr("The shot before"))
        self.back.clicked.connect(self.on_back_clicked)
        self.on = IconButton("chevron-right", self.tr("The next shot"))
        self.on.clicked.connect(self.on_on_clicked)
        self.begins = QuietCombo(self.tr("How the shot begins"))
        self.begins.activated.connect(self.on_begins_activated)
        self.ends = QuietCombo(self.tr("How the shot ends"))
        none = QIcon()
        self.ends.offer({
            _OPEN: (none, self.tr("Open, or on its end frame")),
            _MEETS: (none, self.tr("On the first picture of the next")),
        })  # fmt: skip
        self.ends.activated.connect(self.on_ends_activated)
        self._shown_name = ""
        self._build_layout()

    def show_shot(self, one: ShotPlan | None, plan: FilmPlan | None) -> None:
        """Tell of a shot; None for none."""
        self.setEnabled(one is not None)
        if one is None or plan is None:
            self.number.setText(self.tr("No shot"))
            self.name.clear()
            return
        self.number.setText(self.tr("Shot {number}").format(number=one.number))
        if one.shot.name != self._shown_name or not self.name.hasFocus():
            self._shown_name = one.shot.name
            self.name.setText(one.shot.name)
            self.name.setCursorPosition(0)
        self.back.setEnabled(one.number > 1)
        self.on.setEnabled(one.number < len(plan.shots))
        self._show_begins(one, plan)
        self.ends.setCurrentIndex(self.ends.findData(_MEETS if one.shot.meets else _OPEN))
        self.ends.setEnabled(one.number < len(plan.shots) or one.shot.meets)

    def _show_begins(self, one: ShotPlan, plan: FilmPlan) -> None:
        none = QIcon()
        offered: dict[str | None, tuple[QIcon, str]] = {"": (none, self.tr("With a cut"))}
        for parent in reversed(plan.shots[: one.number - 1]):
            text = self.tr("On the end of shot {number}: {name}")
            words = text.format(number=parent.number, name=one_line(parent.shot.name))
            offered[parent.shot.id] = (none, words)
        self.begins.offer(offered)
        for place, (_, words) in enumerate(offered.values()):
            self.begins.setItemText(place, words)
        parent_id = ""
        if one.shot.continues and one.number > 1:
            parent_id = one.shot.follows or plan.shots[one.number - 2].shot.id
        self.begins.setCurrentIndex(max(0, self.begins.findData(parent_id)))
        self.begins.setEnabled(one.number > 1)

    @Slot()
    def on_name_finished(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.name.setText(self._shown_name)
        elif name != self._shown_name:
            self._shown_name = name
            self.name_given.emit(name)

    @Slot()
    def on_back_clicked(self) -> None:
        self.step_requested.emit(-1)

    @Slot()
    def on_on_clicked(self) -> None:
        self.step_requested.emit(1)

    @Slot()
    def on_begins_activated(self) -> None:
        self.parent_chosen.emit(self.begins.currentData() or "")

    @Slot()
    def on_ends_activated(self) -> None:
        self.meets_chosen.emit(self.ends.currentData() == _MEETS)

    def _build_layout(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.number)
        first.addWidget(self.name, 1)
        first.addWidget(self.back)
        first.addWidget(self.on)
        links = QGridLayout()
        links.setHorizontalSpacing(12)
        links.setVerticalSpacing(8)
        for row, (word, combo) in enumerate(
            ((self.tr("Begins"), self.begins), (self.tr("Ends"), self.ends))
        ):
            links.addWidget(plain_label(word, "muted"), row, 0)
            links.addWidget(combo, row, 1)
        links.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(first)
        column.addLayout(links)
