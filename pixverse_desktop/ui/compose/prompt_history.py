"""Earlier prompts, newest first: a popup over the prompt."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.widgets.search_popup import SearchPopup

MOST = 2000  # prompts listed


class PromptHistory(SearchPopup):
    """Nothing changes until a prompt is taken."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            parent,
            translate("PromptHistory", "Earlier prompts"),
            translate("PromptHistory", "Search earlier prompts"),
            translate("PromptHistory", "Your prompts will be listed here."),
            translate("PromptHistory", "No earlier prompt holds this."),
        )

    def open_below(self, place: QPoint, jobs: Iterable[Job]) -> None:
        """Show the prompts of ``jobs`` (oldest first), each once; ``place`` is on the screen."""
        prompts: dict[str, str] = {}
        for job in reversed(list(jobs)):
            if len(prompts) == MOST:
                break  # older ones are found in the library
            if job.request.prompt.strip():
                prompts[job.request.prompt] = job.request.prompt
        self.open_at(place, prompts)
