"""Make final: chosen clips once more at another resolution, at the price that stands there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.finer import Finer, finer, ways
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import AppCommands, UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.jobs.value_labels import label_for
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.labels import ElidedLabel, SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.segmented import Segmented

_ANY_PICTURE = Frame(FrameKind.FILE, "not made yet")


class FinalDialog(Dialog):
    """Nothing is sent before its button is pressed, and then each clip once."""

    def __init__(self, parent: QWidget, context: UiContext) -> None:
        super().__init__(parent)
        self._context = context
        self._jobs: tuple[Job, ...] = ()
        self.setWindowTitle(self.tr("Make final"))
        self.setMinimumWidth(460)
        self.prompt = ElidedLabel("", "secondary")
        self.way = Segmented(self.tr("What is kept"))
        self.way.value_changed.connect(self.on_value_changed)
        self.resolution = Segmented(self.tr("Resolution"))
        self.resolution.value_changed.connect(self.on_value_changed)
        self.price = plain_label("", "strong")
        self.note = SentenceLabel("error")
        self.make_button = QPushButton()
        set_style(self.make_button, kind="primary")
        self.make_button.setDefault(True)
        self.make_button.clicked.connect(self.on_make_button_clicked)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAccessibleName(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.price, 1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.make_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(self.tr("Make final"), "title"))
        column.addWidget(self.prompt)
        said = self.tr("A new take with the same prompt and settings: alike, not the same.")
        column.addWidget(plain_label(said, wrap=True))
        kept, size = self.tr("What is kept"), self.tr("Resolution")
        for name, field in ((kept, self.way), (size, self.resolution)):
            column.addWidget(plain_label(name, "muted"))
            column.addWidget(field)
        column.addWidget(self.note)
        column.addLayout(buttons)

    def open_for(self, jobs: Sequence[Job]) -> None:
        """Offer it for clips of the model in use."""
        self._jobs = tuple(jobs)
        model = self._context.bridge.status.model
        words = {
            Finer.AS_IT_WAS: self.tr("As it was"),
            Finer.FIRST: self.tr("Its first frame"),
            Finer.BETWEEN: self.tr("First and last frame"),
        }
        self.way.set_choices((str(way), words[way]) for way in ways(model))
        values = model.choice("resolution").values
        self.resolution.set_choices((value, label_for(value)) for value in values)
        self.way.set_value(str(Finer.AS_IT_WAS))
        self.resolution.set_value(values[-1])
        text = one_line(jobs[0].request.prompt) if len(jobs) == 1 else ""
        self.prompt.setText(text or self.tr("%Ln clips", "", len(jobs)))
        self.note.show_message("")
        self._show_price()
        self.open()
        self.resolution.setFocus()

    @Slot()
    def on_value_changed(self) -> None:
        self._show_price()

    @Slot()
    def on_make_button_clicked(self) -> None:
        """Each clip is asked for as soon as its frames are there; none when one has none."""
        self.make_button.setEnabled(False)
        way, resolution = Finer(self.way.value()), self.resolution.value()
        self._context.workers.call(
            Lane.GIVEN, _requests, self._context.commands, self._jobs, way, resolution,
            then=self._generate, otherwise=self._refuse,
        )  # fmt: skip

    def _generate(self, requests: tuple[ClipRequest, ...]) -> None:
        if not self.isVisible():
            return  # it was closed meanwhile, and nobody asked for it any more
        for request in requests:
            self._context.bridge.generate(request)
        self.accept()

    def _refuse(self, error: UserError) -> None:
        self.note.show_message(translated(error.problem.message))
        self.make_button.setEnabled(True)

    def _show_price(self) -> None:
        """With a picture a clip may cost something else; one stands for the others."""
        picture = None if self.way.value() == str(Finer.AS_IT_WAS) else _ANY_PICTURE
        requests = [finer(job.request, self.resolution.value(), picture) for job in self._jobs]
        prices = list(map(self._context.bridge.price, requests))
        low = sum((price.low for price in prices), ZERO)
        high = sum((price.high for price in prices), ZERO)
        amount = self.tr("{price} credits").format(price=localised.price_text(Price(low, high)))
        self.price.setText(amount)
        self.make_button.setText(self.tr("Generate %Ln clips", "", len(self._jobs)))
        self.make_button.setAccessibleName(f"{self.make_button.text()}, {amount}")
        self.make_button.setEnabled(bool(self._jobs))


def _requests(
    commands: AppCommands, jobs: Sequence[Job], way: Finer, resolution: str
) -> tuple[ClipRequest, ...]:
    """BLOCKING. What is asked for, with the clips' own frames. Raises UserError."""
    return tuple(_request(commands, job, way, resolution) for job in jobs)


def _request(commands: AppCommands, job: Job, way: Finer, resolution: str) -> ClipRequest:
    if way is Finer.AS_IT_WAS or job.clip is None:
        return finer(job.request, resolution)
    still = partial(_still, commands, job, job.clip.path)
    return finer(job.request, resolution, still(0), still(-1) if way is Finer.BETWEEN else None)


def _still(commands: AppCommands, job: Job, path: str, index: int) -> Frame:
    label = one_line(job.request.prompt)[:60]
    source = FrameSource(clip=path, index=index, label=label, parent=job.id)
    return commands.prepare_frame(source)[0]
