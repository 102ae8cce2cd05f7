"""A clip that goes to the service as an address: pasted, or that of a clip of the library.

The service wants to be told how long it is. One of our own says that by itself; another is fetched
once by a worker and measured.
"""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from pixverse_desktop.core.errors import Problem, UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.rules import Text
from pixverse_desktop.core.text import is_web_address
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import SentenceLabel

if TYPE_CHECKING:
    from pixverse_desktop.ui.widgets.search_popup import SearchPopup

_TYPING_MS = 500  # without a letter: then an address is whole
_MOST = 2000  # clips listed


class Length(Enum):
    """What is known of how long the clip is."""

    STATED = "by the user"
    MEASURING = "in a moment"
    MEASURED = "from the clip"


class ClipField(QWidget):
    """The value is the address. What the program itself puts in is not fetched."""

    value_changed = Signal(object)
    length_changed = Signal(object)  # seconds, None while or when they are not known

    def __init__(self, name: str, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._bridge = context.bridge
        self._rule = Text(1, None)
        self._filling = False
        self._measured = False
        self._chosen: Job | None = None  # whose address is asked for
        self._popup: SearchPopup | None = None
        self.length = Length.STATED
        self.setAccessibleName(name)
        self.line = TextField()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(self.tr("https:// address of a clip"))
        self.line.textChanged.connect(self.on_line_text_changed)
        self.choose_button = QPushButton(self.tr("Choose…"))
        self.choose_button.setAccessibleName(
            self.tr("{name}: choose a clip of the library").format(name=name)
        )
        self.choose_button.clicked.connect(self.choose)
        self.note = SentenceLabel("note")
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(_TYPING_MS)
        self.timer.timeout.connect(self.measure)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self.choose_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.note)

    def focus_stops(self) -> list[QWidget]:
        """What Tab stops at."""
        return [self.line, self.choose_button]

    def set_rule(self, rule: Text) -> None:
        """Another limit; the address is kept."""
        self._rule = rule

    def set_measured(self, wanted: bool) -> None:
        """Whether anybody wants to know how long the clip is."""
        self._measured = wanted

    def value(self) -> object:
        """The address; None without one."""
        return self.line.text().strip() or self._rule.default

    def set_value(self, value: object) -> None:
        """Show another address; how long its clip is was said with it."""
        text = "" if value is None else str(value)
        if text == self.line.text():
            return
        self._filling = True
        self.line.setText(text)
        self.line.setCursorPosition(0)  # where the clip is says more than the end of its address
        self._filling = False
        self._set_length(Length.STATED)
        self.value_changed.emit(self.value())

    def set_invalid(self, invalid: bool) -> None:
        """Mark the address."""
        set_style(self.line, invalid=invalid)

    @Slot()
    def choose(self) -> None:
        """A list of the saved clips of this service, newest first."""
        if self._popup is None:
            from pixverse_desktop.ui.widgets.search_popup import SearchPopup

            self._popup = SearchPopup(
                self,
                self.tr("Clips of the library"),
                self.tr("Search clips"),
                self.tr("Your clips at this service will be listed here."),
                self.tr("No clip has this prompt."),
            )
            self._popup.chosen.connect(self.on_clip_chosen)
        clips = [job for job in reversed(list(self._bridge.jobs.values())) if self._is_ours(job)]
        below = self.mapToGlobal(QPoint(0, self.height()))
        self._popup.open_at(below, {job.id: _named(job) for job in clips[:_MOST]})

    @Slot(str)
    def on_clip_chosen(self, job_id: str) -> None:
        """Ask the service where it has the clip now; that is free."""
        job = self._bridge.jobs.get(job_id)
        if job is None or job.clip is None:
            return
        self.note.show_message("")
        self._set_length(Length.MEASURING, None)
        self._chosen = job
        self._bridge.clip_link(job_id, partial(self._take_link, job))

    @Slot()
    def on_line_text_changed(self) -> None:
        self._chosen = None
        if self._filling:
            return
        self.note.show_message("")
        if self._measured and is_web_address(self.line.text().strip()):
            self._set_length(Length.MEASURING, None)
            self.timer.start()
        else:
            self.timer.stop()
            self._set_length(Length.STATED, None)
        self.value_changed.emit(self.value())

    @Slot()
    def measure(self) -> None:
        """Fetch the clip and see how long it is."""
        address = self.line.text().strip()
        self._context.workers.call(
            Lane.GIVEN,
            self._context.commands.clip_seconds,
            address,
            then=partial(self._take_seconds, address),
            otherwise=partial(self._refuse, address),
        )

    def _is_ours(self, job: Job) -> bool:
        return (
            job.state is JobState.SAVED
            and job.origin == self._bridge.status.origin.id
            and job.clip is not None
            and job.remote_id is not None
        )

    def _take_link(self, job: Job, found: str | Problem) -> None:
        if not isValid(self) or job is not self._chosen or job.clip is None:
            return  # another model or another address was chosen meanwhile
        self._chosen = None
        if isinstance(found, Problem):
            self.note.show_message(translated(found.message))
            self._set_length(Length.STATED, None)
            return
        self.set_value(found)
        self._set_length(Length.MEASURED, job.clip.duration_s)

    def _take_seconds(self, address: str, seconds: float) -> None:
        if self._waits_for(address):
            self._set_length(Length.MEASURED, seconds)

    def _refuse(self, address: str, error: UserError) -> None:
        if self._waits_for(address):
            enter = self.tr("Enter how long it is.")
            self.note.show_message(f"{translated(error.problem.message)} {enter}")
            self._set_length(Length.STATED, None)

    def _waits_for(self, address: str) -> bool:
        """Whether this is the clip to be measured; with another model the field is gone."""
        if not isValid(self) or self.length is not Length.MEASURING:
            return False
        return address == self.line.text().strip()

    def _set_length(self, length: Length, *seconds: float | None) -> None:
        """What is known now, and with ``seconds`` what the service is to be told."""
        self.length = length
        if length is not Length.MEASURING:
            self.timer.stop()
        for told in seconds:
            self.length_changed.emit(told)


def _named(job: Job) -> str:
    return one_line(job.request.prompt) or job.request.model
