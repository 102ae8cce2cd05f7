"""The menu of the chosen clips."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import Board


class ChosenMenu(QMenu):
    """Only offers and asks; it is filled anew each time it opens."""

    favourite_clicked = Signal()
    compare_clicked = Signal()
    reuse_clicked = Signal()
    trash_clicked = Signal()
    put_back_clicked = Signal()
    board_clicked = Signal(str, bool)  # its id; True puts on, False takes off
    shared_wanted = Signal(object, object)  # QMenu, list of Job: entries that all places share

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._boards = QMenu(self.tr("Put on board"), self)

    def fill(
        self,
        jobs: Sequence[Job],
        *,
        favourite: bool,
        boards: Sequence[Board],
        board: str,
        put_back: str,
    ) -> None:
        """What can be done with ``jobs``; ``board`` is the id of the one that is shown, or "", and
        ``put_back`` says what putting them back means."""
        self.clear()
        in_trash = jobs[0].hidden
        if not in_trash:
            word = self.tr("No longer a favourite") if favourite else self.tr("Favourite")
            self.addAction(word + "\tS").triggered.connect(self.favourite_clicked)
            self._add_boards(boards, board)
            if len(jobs) == 2:
                compare = self.addAction(self.tr("Compare") + "\tC")
                compare.triggered.connect(self.compare_clicked)
            if len(jobs) == 1:
                reuse = self.addAction(self.tr("Reuse settings") + "\tR")
                reuse.triggered.connect(self.reuse_clicked)
            self.addSeparator()
            self.shared_wanted.emit(self, list(jobs))
            self.addSeparator()
        else:
            self.addAction(put_back).triggered.connect(self.put_back_clicked)
        word = self.tr("Delete for good…") if in_trash else self.tr("Move to trash")
        self.addAction(word + "\tDel").triggered.connect(self.trash_clicked)

    def _add_boards(self, boards: Sequence[Board], shown: str) -> None:
        self._boards.clear()
        for board in boards:
            action = self._boards.addAction(board.name.replace("&", "&&"))
            action.triggered.connect(partial(self.board_clicked.emit, board.id, True))
        if boards:
            self.addMenu(self._boards)
        if shown:
            action = self.addAction(self.tr("Take off this board"))
            action.triggered.connect(partial(self.board_clicked.emit, shown, False))
