"""The question before an identical request is paid for once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.reuse import same_request
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base import localised

if TYPE_CHECKING:
    from pixverse_desktop.ui.widgets.question import Question


class SameRequestCheck(QObject):
    """Sends a request, after a question when its clip exists or is under way.

    A new seed is the default: the same one makes, for the same credits, much the same clip.
    """

    new_seed_chosen = Signal()
    show_wanted = Signal(object)  # Job

    def __init__(self, bridge: EngineBridge, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._window = window
        self._asked: tuple[ClipRequest, Job] | None = None
        self.question: Question | None = None

    def generate(self, request: ClipRequest) -> None:
        """Queue ``request``, or ask first; asked already, another press changes nothing."""
        if self.question is not None:
            return
        twin = same_request(request, self._bridge.status.origin.id, self._bridge.jobs.values())
        if twin is None:
            self._bridge.generate(request)
            return
        made = self.tr("It was made with this very request and the seed {seed}.")
        waits = self.tr("The same request with the seed {seed} is under way.")
        title, text = self.tr("This clip is under way already"), waits
        if twin.state is JobState.SAVED:
            title, text = self.tr("You have this clip already"), made
        price = localised.price_text(self._bridge.price(request))
        cost = self.tr("Another one costs {n} credits.").format(n=price)
        self._asked = (request, twin)
        from pixverse_desktop.ui.widgets.question import Question

        self.question = Question(
            self._window, title,
            (text.format(seed=request.seed), cost),
            {"show": self.tr("Show it"), "anyway": self.tr("Make it anyway"),
             "seed": self.tr("New seed")}, "seed",
        )  # fmt: skip
        self.question.chosen.connect(self.on_question_chosen)
        self.question.finished.connect(self.on_question_finished)
        self.question.open()

    @Slot(str)
    def on_question_chosen(self, choice: str) -> None:
        if self._asked is None:
            return
        request, twin = self._asked
        match choice:
            case "show":
                self.show_wanted.emit(twin)
            case "anyway":
                self._bridge.generate(request)
            case _:
                self.new_seed_chosen.emit()
                self._bridge.generate(request.changed(seed=None))

    @Slot(int)
    def on_question_finished(self, _result: int) -> None:
        self.question = None
