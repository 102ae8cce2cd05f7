"""What the next press of Generate would send: every key and value, and nothing that is secret."""

from __future__ import annotations

import json
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.services.told_body import ToldBody, ToldPicture, ToldValue
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translate, translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.scroll_area import ScrollArea


class SentDialog(Dialog):
    """Reads the body that the sending part itself makes; shows and copies it, and sends nothing."""

    def __init__(self, parent: QWidget, bridge: EngineBridge) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._asked: ClipRequest | None = None
        self._text = ""
        self.setWindowTitle(self.tr("What will be sent"))
        self.setMinimumWidth(520)
        self.model = plain_label("", "secondary")
        self.wrong = SentenceLabel("note")
        self.note = SentenceLabel("secondary")
        self.area = ScrollArea()
        self.area.setAccessibleName(self.tr("Keys and values"))
        self.copy_button = QPushButton(self.tr("Copy as JSON"))
        self.copy_button.setAccessibleName(self.tr("Copy everything as JSON, pictures shortened"))
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self.on_copy_button_clicked)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(self.tr("What will be sent"), "title"))
        column.addWidget(self.model)
        column.addWidget(self.wrong)
        column.addWidget(self.area, 1)
        column.addWidget(self.note)
        column.addLayout(buttons)

    def show_request(self, request: ClipRequest, wrong: str) -> None:
        """Open for a request; ``wrong`` says why it would not be sent as it is, "" for nothing."""
        self._asked, self._text = request, ""
        self.model.setText(self.tr("Model: {id}").format(id=request.model))
        words = self.tr("It is not sent like this: {reason}")
        self.wrong.show_message(words.format(reason=wrong) if wrong else "")
        self.note.show_message("")
        self.area.setWidget(QWidget())
        self.copy_button.setEnabled(False)
        self.open()
        self.close_button.setFocus()
        self._bridge.told_body(request, partial(self._show, request))

    def text(self) -> str:
        """The body as JSON, pictures shortened; "" until it is there."""
        return self._text

    @Slot()
    def on_copy_button_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self.note.show_message(self.tr("Copied."))

    def _show(self, request: ClipRequest, found: ToldBody | Problem) -> None:
        if request is not self._asked:
            return  # asked again meanwhile, for another one
        if isinstance(found, Problem):
            self.wrong.show_message(translated(found.message))
            return
        self._text = json.dumps(found, indent=2, ensure_ascii=False, default=_picture_text)
        self.copy_button.setEnabled(True)
        table = QWidget()
        set_style(table, surface="panel")
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for line, (key, value) in enumerate(found.items()):
            grid.addWidget(plain_label(key, "muted"), line, 0, top)
            grid.addWidget(plain_label(_value_text(value), wrap=True), line, 1, top)
        grid.setRowStretch(len(found), 1)
        self.area.setWidget(table)
        self.area.setMinimumHeight(min(table.sizeHint().height() + 4, 320))
        if (
            "seed" not in found
            and request.seed is None
            and self._bridge.status.model.offers("seed")
        ):
            self.note.show_message(self.tr("The seed is drawn when it is sent."))


def _value_text(value: ToldValue) -> str:
    """A value as it stands in the body; a text without its quotation marks."""
    if isinstance(value, ToldPicture):
        return _picture_text(value)
    if isinstance(value, str):
        return value or '""'
    return json.dumps(value, ensure_ascii=False, default=_picture_text)


def _picture_text(picture: ToldPicture) -> str:
    size = translate("SentDialog", "{n} kB").format(n=localised.number(picture.size / 1000))
    if not picture.width:
        return f"{picture.form}, {size}"
    return f"{picture.form} {picture.width}×{picture.height}, {size}"
