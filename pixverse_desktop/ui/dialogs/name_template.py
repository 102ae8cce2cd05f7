"""The field for what clips are called, with an example that follows what is typed."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.file_name import PLACEHOLDERS, USUAL, clip_name, template_problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import ElidedLabel, SentenceLabel, plain_label

_LONGEST = 200


class NameTemplate(QWidget):
    """Tells a template only when it can be used; "" is the usual one."""

    template_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.field = TextField()
        self.field.setMaxLength(_LONGEST)
        self.field.setPlaceholderText(USUAL)
        self.field.setAccessibleName(self.tr("File names of clips"))
        known = "  ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        self.field.setAccessibleDescription(known)
        self.field.textChanged.connect(self.on_field_text_changed)
        self.field.editingFinished.connect(self.on_field_editing_finished)
        self.setFocusProxy(self.field)
        self.example = ElidedLabel("", "secondary")
        self.error = SentenceLabel("error")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.field)
        column.addWidget(self.error)
        column.addWidget(self.example)
        column.addWidget(plain_label(known, "secondary", wrap=True))
        self.on_field_text_changed("")

    def show_template(self, template: str) -> None:
        """Show the one in use."""
        self.field.setText(template)

    @Slot(str)
    def on_field_text_changed(self, text: str) -> None:
        reason = template_problem(text)
        self.error.show_message(translated(reason))
        set_style(self.field, invalid=bool(reason))
        self.example.setVisible(not reason)
        name = clip_name(_example_job(), text)
        self.example.setText(self.tr("For example: {name}").format(name=name))

    @Slot()
    def on_field_editing_finished(self) -> None:
        template = self.field.text().strip()
        if not template_problem(template):
            self.template_chosen.emit(template)


def _example_job() -> Job:
    request = ClipRequest(prompt="A red fox turns its head in falling snow", seed=1184023377)
    now = time.time()
    return Job("3f9c21ab", "demo", request, JobState.SAVED, now, now, ZERO)
