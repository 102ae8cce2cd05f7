"""Which of two compared clips is meant, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.compare.view import CompareView
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_tip import set_key_tip


class MeantClip(QWidget):
    """A star, the way to the trash, and the menu.

    ``jobs`` stand as they are shown, left first, and ``frames`` tells which of each is seen.
    """

    def __init__(
        self,
        actions: ClipActions,
        jobs: list[Job],
        view: CompareView,
        frames: Callable[[], tuple[int, int]],
    ) -> None:
        super().__init__()
        self._actions = actions
        self._jobs = jobs
        self._view = view
        self._frames = frames
        self.menu = QMenu(self)
        self.star = IconButton("star-outline", self.tr("Pick"), size=32, glyph=18, kind="boxed")
        self.trash = QPushButton()
        self.trash.setAutoDefault(False)
        set_key_tip(self.trash, "", "trash")
        self.more = IconButton(
            "more", self.tr("More for this clip"), size=32, glyph=18, kind="boxed"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.star, self.trash, self.more):
            row.addWidget(widget)
        self.star.clicked.connect(self.on_star_clicked)
        self.trash.clicked.connect(self.on_trash_clicked)
        self.more.clicked.connect(self.on_more_clicked)
        view.side_chosen.connect(self.choose_side)
        self.show_side()

    def chosen(self) -> list[Job]:
        """The clip that is meant."""
        return [self._jobs[self._view.side]]

    @Slot(int)
    def choose_side(self, side: int) -> None:
        """The left (0) or the right one is meant."""
        self._view.set_side(side)
        self.show_side()

    def choose(self, name: str) -> None:
        """A or B is meant, wherever it stands."""
        self.choose_side(self._view.names.index(name))

    def open_menu(self, place: QPoint) -> None:
        """The menu of the clip that is meant; ``place`` is on the screen."""
        self._actions.fill(self.menu, self.chosen(), frame=self._frames()[self._view.side])
        self.menu.popup(place)

    def show_side(self) -> None:
        """Say whose star and whose way to the trash the buttons are."""
        picked = [job.is_picked for job in self._jobs]
        self._view.set_picked(picked[0], picked[1])
        is_picked = picked[self._view.side]
        self.star.set_icon("star" if is_picked else "star-outline", "star" if is_picked else "")
        star = self.tr("{clip} is no longer picked") if is_picked else self.tr("Pick {clip}")
        name = self._view.names[self._view.side]
        self.star.setAccessibleName(star.format(clip=name))
        set_key_tip(self.star, self.star.accessibleName(), "favourite")
        self.trash.setText(self.tr("Move {clip} to trash").format(clip=name))
        self.trash.setAccessibleName(self.trash.text())

    @Slot()
    def on_star_clicked(self) -> None:
        self._actions.toggle_pick(self.chosen())

    @Slot()
    def on_trash_clicked(self) -> None:
        self._actions.trash(self.chosen())

    @Slot()
    def on_more_clicked(self) -> None:
        self.open_menu(self.more.mapToGlobal(QPoint(0, self.more.height())))

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        self._jobs[:] = [job if job.id == known.id else known for known in self._jobs]
        self.show_side()
