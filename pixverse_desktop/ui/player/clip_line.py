"""The line over the transport: which clip plays, and the ways on from it."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.text import plain
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import tabular
from pixverse_desktop.ui.jobs.job_text import one_line, short_prompt
from pixverse_desktop.ui.jobs.value_labels import label_for, shape_of
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import ElidedLabel, html_text

_AGES_EVERY_MS = 60_000
_GAP = 8
_LONGEST_TIP = 2000  # characters of a prompt


class ClipLine(QWidget):
    """Prompt and facts at the left, what is made of the clip at the right; of one height."""

    pick_clicked = Signal()
    continue_clicked = Signal()
    reuse_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._job: Job | None = None
        self.prompt = _PromptLabel("", "strong")
        self.facts = ElidedLabel("", "secondary")
        self.facts.setFont(tabular(self.facts.font()))
        self.star = IconButton("star-outline", "", size=32, glyph=18)
        self.star.clicked.connect(self.pick_clicked)
        self.go_on = QPushButton(self.tr("Continue"))
        self.go_on.clicked.connect(self.continue_clicked)
        self.reuse = QPushButton(self.tr("Reuse"))
        name = self.tr("Reuse the settings of this clip")
        self.reuse.setAccessibleName(name)
        set_key_tip(self.reuse, name, "reuse")
        self.reuse.clicked.connect(self.reuse_clicked)
        for button in (self.go_on, self.reuse):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._timer = QTimer(self)
        self._timer.setInterval(_AGES_EVERY_MS)
        self._timer.timeout.connect(self.on_timer_timeout)
        self._build_layout()
        self.set_picked(False)
        self.show_job(None)

    def show_job(self, job: Job | None) -> None:
        """Tell of the clip on the stage."""
        self._job = job
        self.prompt.show_prompt(job.request.prompt if job is not None else "")
        self.on_timer_timeout()
        for button in (self.star, self.go_on, self.reuse):
            button.setEnabled(job is not None)
        text = self.tr("Use the last frame as start frame")
        if job is not None:  # what follows is paid for
            clip = short_prompt(job)
            text = self.tr("Go on from the last frame of “{clip}”").format(clip=clip)
        self.go_on.setAccessibleName(text)
        set_key_tip(self.go_on, text, "last frame")

    def set_picked(self, picked: bool) -> None:
        """Whether the clip is one."""
        self.star.set_icon("star" if picked else "star-outline", "star" if picked else "")
        name = self.tr("No longer picked") if picked else self.tr("Pick")
        self.star.setAccessibleName(name)
        set_key_tip(self.star, name, "favourite")

    @Slot()
    def on_timer_timeout(self) -> None:
        """It is older by now."""
        self.facts.setText(" · ".join(self._facts_of(self._job)) if self._job is not None else "")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.on_timer_timeout()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _facts_of(self, job: Job) -> list[str]:
        """Style, shape, seed and age, what is known of them."""
        request, clip = job.request, job.clip
        facts = [plain(label_for(request.style), 24)] if request.style not in ("", "none") else []
        shape = shape_of(clip.width, clip.height) if clip is not None else ""
        facts.append(shape or plain(request.aspect_ratio, 12))
        if request.seed is not None:
            facts.append(self.tr("Seed {number}").format(number=request.seed))
        if clip is not None and not clip.has_audio:
            facts.append(self.tr("no sound"))
        facts.append(localised.age(time.time() - (job.finished_at or job.created_at)))
        return [fact for fact in facts if fact]

    def _build_layout(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.prompt)
        words.addWidget(self.facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        row.addLayout(words, 1)
        for widget in (self.star, self.go_on, self.reuse):
            row.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


class _PromptLabel(ElidedLabel):
    """The tooltip always holds the whole prompt, on its own lines."""

    _whole = ""

    def show_prompt(self, prompt: str) -> None:
        self._whole = plain(prompt, _LONGEST_TIP)
        self.setText(one_line(prompt))

    def _update_tooltip(self) -> None:
        self.setToolTip(html_text(self._whole) if self._whole else "")
