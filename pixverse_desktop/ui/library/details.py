"""Under the player: what the chosen clip is, where it comes from, and what to do with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.text import plain
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.library.facts import facts_of, sums_of
from pixverse_desktop.ui.library.picture_row import PictureRow
from pixverse_desktop.ui.widgets.flow_layout import FlowLayout
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import breakable, plain_label

_MARGIN = 16
_LONGEST_PROMPT = 20_000  # characters


class ClipDetails(QWidget):
    """Only shows and asks."""

    pick_clicked = Signal()
    relative_clicked = Signal(str)  # job id
    compare_clicked = Signal()
    trash_clicked = Signal()
    put_back_clicked = Signal()
    continue_clicked = Signal()
    reuse_clicked = Signal()
    reveal_clicked = Signal()
    locate_clicked = Signal()
    fetch_clicked = Signal()
    menu_wanted = Signal(QPoint)  # on the screen

    def __init__(self) -> None:
        super().__init__()
        self.facts: dict[str, QLabel] = {}  # by their labels
        self.setAccessibleName(self.tr("About the clip"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="panel")
        self._build_head()
        self._build_buttons()
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(6)
        self.frames, self.parents, self.children_row = PictureRow(), PictureRow(), PictureRow()
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 12, _MARGIN, 16)
        column.setSpacing(10)
        column.addWidget(self._buttons)
        column.addLayout(self._head)
        column.addLayout(self._form)
        for row in (self.frames, self.parents, self.children_row):
            row.chosen.connect(self.relative_clicked)
            column.addWidget(row)
        column.addStretch(1)
        self.show_jobs((), picked=False, missing=False)

    def show_jobs(
        self, jobs: Sequence[Job], *, picked: bool, missing: bool, put_back: str = ""
    ) -> None:
        """The chosen clips, the current one first; ``missing`` when its file is gone. ``put_back``
        is what leads out of the trash, "" elsewhere."""
        single = jobs[0] if len(jobs) == 1 else None
        self.title.setText(self._title(jobs))
        set_style(self.title, role="" if single is not None else "head")
        for widget in (self.star, self._buttons):
            widget.setVisible(bool(jobs))
        self.show_picked(picked)
        self._show_facts(facts_of(single) if single else sums_of(jobs) if jobs else ())
        has_file = single is not None and single.clip is not None and not missing
        self.go_on.setVisible(has_file)
        self.reveal.setVisible(has_file)
        self.reuse.setVisible(single is not None)
        self.compare.setVisible(len(jobs) == 2 and all(job.clip for job in jobs))
        self.put_back.setText(put_back)
        self.put_back.setVisible(bool(put_back))
        self.delete.setVisible(bool(put_back))
        gone = missing and single is not None
        self.locate.setVisible(gone)
        self.fetch.setVisible(gone and single is not None and single.remote_id is not None)
        if single is None:
            for row in (self.frames, self.parents, self.children_row):
                row.show_pictures("", ())

    def show_picked(self, picked: bool) -> None:
        """Whether all of the chosen clips are picked."""
        self.star.set_icon("star" if picked else "star-outline", "star" if picked else "")
        name = self.tr("No longer picked") if picked else self.tr("Pick")
        self.star.setAccessibleName(name)
        set_key_tip(self.star, name, "favourite")

    @Slot()
    def on_more_clicked(self) -> None:
        self.menu_wanted.emit(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _title(self, jobs: Sequence[Job]) -> str:
        if not jobs:
            return self.tr("No clip chosen")
        if len(jobs) > 1:
            return self.tr("%n clips", "", len(jobs))
        return breakable(plain(jobs[0].request.prompt, _LONGEST_PROMPT))

    def _show_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        shown = dict(facts)
        if list(shown) != list(self.facts):
            while self._form.rowCount():
                self._form.removeRow(0)
            self.facts = {name: _value_label() for name in shown}
            top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            for name, value in self.facts.items():
                label = plain_label(name, "muted")
                label.setAlignment(top)
                label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
                self._form.addRow(label, value)
        for name, text in shown.items():
            self.facts[name].setText(breakable(text))

    def _build_head(self) -> None:
        self.title = _value_label()
        self.star = IconButton("star-outline", self.tr("Pick"), size=28, glyph=18)
        self.star.clicked.connect(self.pick_clicked)
        self._head = QHBoxLayout()
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.star, 0, Qt.AlignmentFlag.AlignTop)

    def _build_buttons(self) -> None:
        self.go_on = QPushButton(self.tr("Continue"))
        self.go_on.setAccessibleName(self.tr("Use the last frame as start frame"))
        self.go_on.setToolTip(self.go_on.accessibleName())
        self.reuse = QPushButton(self.tr("Reuse"))
        self.reuse.setAccessibleName(self.tr("Reuse the settings of this clip"))
        set_key_tip(self.reuse, self.reuse.accessibleName(), "reuse")
        self.reveal = QPushButton(self.tr("Show file"))
        self.compare = QPushButton(self.tr("Compare"))
        set_key_tip(self.compare, self.tr("Side by side or under a wipe"), "compare")
        self.locate = QPushButton(self.tr("Locate…"))
        self.fetch = QPushButton(self.tr("Fetch again"))
        self.put_back = QPushButton()
        self.delete = QPushButton(self.tr("Delete for good…"))
        self.more = IconButton(
            "more", self.tr("More for this clip"), size=32, glyph=18, kind="boxed"
        )
        self._buttons = QWidget()
        row = FlowLayout(8, self._buttons)
        for button, clicked in (
            (self.go_on, self.continue_clicked), (self.reuse, self.reuse_clicked),
            (self.reveal, self.reveal_clicked), (self.compare, self.compare_clicked),
            (self.locate, self.locate_clicked), (self.fetch, self.fetch_clicked),
            (self.put_back, self.put_back_clicked), (self.delete, self.trash_clicked),
            (self.more, self.on_more_clicked),
        ):  # fmt: skip
            button.clicked.connect(clicked)
            row.addWidget(button)


def _value_label() -> QLabel:
    """A text that can be marked and copied."""
    label = plain_label("", wrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
