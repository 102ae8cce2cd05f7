"""Writes the film in one of its forms, one at a time, and tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar, assert_never

from PySide6.QtCore import QLocale, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.film.plan import FilmPlan
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.export import Progress
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translate, translated
from pixverse_desktop.ui.jobs.job_text import one_line

_TOLD_MS = 200
T = TypeVar("T")


class Kind(StrEnum):
    """What is written."""

    FILM = "film"
    FOLDER = "folder"
    SHEET = "sheet"
    LIST = "list"


class Written(NamedTuple):
    """What became of it: where it lies, and what is to be said beside that."""

    path: Path
    notes: tuple[str, ...] = ()


class FilmExport(QObject):
    """Goes on when the dialog is closed; ``stop`` leaves nothing behind."""

    progressed = Signal(float)
    written = Signal(object)  # Written
    failed = Signal(str)
    stopped = Signal()

    def __init__(self, context: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._progress: Progress | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TOLD_MS)
        self._timer.timeout.connect(self.on_timer_timeout)

    @property
    def is_busy(self) -> bool:
        """While something is written."""
        return self._progress is not None

    def write(self, kind: Kind, plan: FilmPlan, target: Path, *, crop: bool = False) -> None:
        """Begin. ``target`` is the file, or the folder in which a folder is made; ``crop``: clips
        of another shape fill the picture."""
        if self._progress is not None:
            return
        progress = self._progress = Progress()
        self._timer.start()
        self.on_timer_timeout()
        self._context.workers.call(
            Lane.FILES, _write, self._work(kind, plan, target, progress, crop=crop),
            then=self._ended, otherwise=self._refused,
        )  # fmt: skip

    def stop(self) -> None:
        """Give up what is being written."""
        if self._progress is not None:
            self._progress.stop()

    @Slot()
    def on_timer_timeout(self) -> None:
        if self._progress is not None:
            self.progressed.emit(self._progress.share)
        dialog = self.parent()
        above = dialog.parentWidget() if isinstance(dialog, QWidget) else None
        if above is not None and not above.window().isVisible():
            self.stop()  # the program ends

    def _work(
        self, kind: Kind, plan: FilmPlan, target: Path, progress: Progress, *, crop: bool
    ) -> Callable[[], Written]:
        match kind:
            case Kind.FILM:
                return partial(_film, plan, target, progress, crop)
            case Kind.FOLDER:
                return partial(_folder, plan, target, progress)
            case Kind.SHEET:
                return partial(
                    _sheet, plan, target, self._context.thumbnails, QGuiApplication.font()
                )
            case Kind.LIST:
                return partial(_list, plan, target, QLocale().decimalPoint() == ",")
            case never:
                assert_never(never)

    def _ended(self, made: Written | None) -> None:
        self._end()
        if made is None:
            self.stopped.emit()
        else:
            self.written.emit(made)

    def _refused(self, error: UserError) -> None:
        self._end()
        self.failed.emit(translated(error.problem.message))

    def _end(self) -> None:
        self._progress = None
        self._timer.stop()


def _write(work: Callable[[], Written]) -> Written | None:
    """BLOCKING. None when it was stopped."""
    from pixverse_desktop.media.film.join import Stopped

    try:
        return work()
    except Stopped:
        return None


def _film(plan: FilmPlan, target: Path, progress: Progress, crop: bool) -> Written:
    from pixverse_desktop.media.film.pictures import Fit
    from pixverse_desktop.services.film_out import FilmOut, shots_of, write_film

    fit = Fit.CROP if crop else Fit.BARS
    out = FilmOut(shots_of(plan), target, plan.film.name, fit)
    return Written(target, (write_film(out, progress.go_on).reason,))


def _folder(plan: FilmPlan, parent: Path, progress: Progress) -> Written:
    from pixverse_desktop.services.film_folder import write_folder
    from pixverse_desktop.services.film_out import shots_of

    made = write_folder(shots_of(plan), parent, plan.film.name, progress.go_on)
    return Written(made.path, made.refused)


def _sheet(plan: FilmPlan, target: Path, cache: Path | None, font: QFont) -> Written:
    from pixverse_desktop.ui.storyboard.contact_sheet import (
        ContactSheet,
        SheetShot,
        write_contact_sheet,
    )

    shots = []
    for one in plan.shots:
        clip = one.take.clip if one.take is not None else None
        seconds = clip.duration_s if clip is not None else float(one.shot.request.duration_s)
        length = translate("Shot", "{n} s").format(n=localised.number(seconds, 1))
        path = Path(clip.path) if clip is not None else None
        shots.append(SheetShot(one.number, one_line(one.shot.name), length, path))
    write_contact_sheet(ContactSheet(one_line(plan.film.name), shots, cache, font), target)
    return Written(target)


def _list(plan: FilmPlan, target: Path, decimal_comma: bool) -> Written:
    from pixverse_desktop.services.film_folder import write_shot_list

    write_shot_list(plan, target, decimal_comma=decimal_comma)
    return Written(target)
