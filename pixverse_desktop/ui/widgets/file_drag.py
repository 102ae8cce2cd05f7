"""Clips on their way to another program, or to a board of ours."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QByteArray, QMimeData, QUrl

from pixverse_desktop.core.job import Job

JOBS_MIME = "application/x-pixverse-jobs"  # job ids, one a line


def clip_mime(jobs: Iterable[Job]) -> QMimeData:
    """The files of saved clips as file URLs, with the job ids beside them."""
    jobs = list(jobs)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(job.clip.path) for job in jobs if job.clip is not None])
    data.setData(JOBS_MIME, QByteArray("\n".join(job.id for job in jobs).encode()))
    return data


def job_ids_of(data: QMimeData) -> list[str]:
    """The job ids of a drag of our own, [] for any other."""
    return bytes(data.data(JOBS_MIME).data()).decode("ascii", "ignore").split()
