"""The buttons at the right of a row of the queue, while the pointer is on it."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from PySide6.QtCore import QRect

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.base.commands import with_key
from pixverse_desktop.ui.base.messages import translate

SIZE = 28  # pixels, of what is hit


class RowButton(StrEnum):
    """What a row can be told at once. A double click stands for EDIT."""

    EDIT = "edit"
    TOP = "top"
    LANE = "lane"
    CANCEL = "cancel"


_SHOWN = (RowButton.TOP, RowButton.LANE, RowButton.CANCEL)
WIDTH = SIZE * len(_SHOWN)


def buttons_of(job: Job, area: QRect) -> list[tuple[RowButton, QRect]]:
    """Those of a job that waits, from left to right at the right end of ``area``."""
    if job.state is not JobState.QUEUED:
        return []
    left, top = area.right() + 1 - WIDTH, area.center().y() + 1 - SIZE // 2
    return [(button, QRect(left + n * SIZE, top, SIZE, SIZE)) for n, button in enumerate(_SHOWN)]


def button_icon(button: RowButton, job: Job) -> str:
    """The name of its icon."""
    match button:
        case RowButton.EDIT:
            return "pencil"
        case RowButton.TOP:
            return "to-top"
        case RowButton.LANE:
            return "sun" if job.background else "moon"
        case RowButton.CANCEL:
            return "close"
        case never:
            assert_never(never)


def button_label(button: RowButton, job: Job) -> str:
    """What it does, with the key that does it too."""
    match button:
        case RowButton.EDIT:
            return with_key(translate("RowButton", "Edit"), "edit waiting")
        case RowButton.TOP:
            return with_key(translate("RowButton", "To the top"), "queue top")
        case RowButton.LANE if job.background:
            return with_key(translate("RowButton", "Now: before what is in the background"),
                            "queue lane")  # fmt: skip
        case RowButton.LANE:
            text = translate("RowButton", "In the background: when nothing else waits")
            return with_key(text, "queue lane")
        case RowButton.CANCEL:
            return with_key(translate("RowButton", "Cancel (not charged)"), "trash")
        case never:
            assert_never(never)
