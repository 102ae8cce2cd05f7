"""Clips on their way to another program, or to a board of ours."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QDrag, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.text import is_writable
from pixverse_desktop.ui.base.theme import color

_WIDTH = 160  # pixels
JOBS_MIME = "application/x-pixverse-jobs"  # job ids, one a line


def file_url(path: str) -> QUrl:
    """The address of a file. Qt's own would lose the bytes of a name that is not UTF-8."""
    if is_writable(path):
        return QUrl.fromLocalFile(path)
    return QUrl.fromEncoded(QByteArray(Path(path).absolute().as_uri().encode()))


def clip_mime(jobs: Iterable[Job]) -> QMimeData:
    """The files of saved clips as file URLs, with the job ids beside them."""
    jobs = list(jobs)
    data = QMimeData()
    data.setUrls([file_url(job.clip.path) for job in jobs if job.clip is not None])
    data.setData(JOBS_MIME, QByteArray("\n".join(job.id for job in jobs).encode()))
    return data


def drag_clips(view: QAbstractItemView, jobs: Iterable[Job], picture: QRect) -> None:
    """Take the files of ``jobs`` out of a view; ``picture`` is the place of what is dragged."""
    clips = [job for job in jobs if job.clip is not None]
    if clips:
        drag = QDrag(view)
        drag.setMimeData(clip_mime(clips))
        drag.setPixmap(drag_picture(view.viewport().grab(picture), len(clips)))
        drag.exec(Qt.DropAction.CopyAction)


def drag_rows(view: QAbstractItemView, data: QMimeData, row: QRect, count: int) -> None:
    """Move rows about; ``row`` is the place of the first of them."""
    drag = QDrag(view)
    drag.setMimeData(data)
    drag.setPixmap(drag_picture(view.viewport().grab(row), count))
    drag.exec(Qt.DropAction.MoveAction)


def drag_picture(picture: QPixmap, count: int) -> QPixmap:
    """What hangs on the pointer: the clip's picture, several as a pile with their number."""
    top = picture.scaledToWidth(_WIDTH, Qt.TransformationMode.SmoothTransformation)
    top.setDevicePixelRatio(1.0)
    if count < 2:
        return top
    step = 6
    pile = QPixmap(top.size() + QSize(2 * step, 2 * step))
    pile.fill(Qt.GlobalColor.transparent)
    with QPainter(pile) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(color("line"))
        painter.setBrush(color("raised"))
        for below in range(min(count - 1, 2), 0, -1):
            painter.drawRoundedRect(QRect(QPoint(below * step, below * step), top.size()), 4, 4)
        painter.drawPixmap(0, 0, top)
        badge = QRect(top.width() - 34, 6, 28, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("scrim"))
        painter.drawRoundedRect(badge, 10, 10)
        painter.setPen(color("on_scrim"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(count))
    return pile


def job_ids_of(data: QMimeData) -> list[str]:
    """The job ids of a drag of our own, [] for any other."""
    return bytes(data.data(JOBS_MIME).data()).decode("ascii", "ignore").split()
