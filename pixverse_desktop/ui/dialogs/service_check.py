"""Whether the service speaks as this program assumes, and a report that can be handed on."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop import __version__
from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.service import ServiceReport
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.scroll_area import ScrollArea


class CheckDialog(Dialog):
    """Asks the service all that costs nothing, and lists where it differs."""

    checked = Signal(object)  # ServiceReport

    def __init__(self, parent: QWidget, bridge: EngineBridge) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._report: ServiceReport | None = None
        self._asking = False
        self.setWindowTitle(self.tr("Check the service"))
        self.setMinimumWidth(520)
        hint = self.tr(
            "Asks for the models, the schema and the list of jobs, and compares the answers with "
            "what this program assumes. Spends nothing. The report holds names and types, no "
            "prompts, addresses or amounts."
        )
        self.state = SentenceLabel("secondary")
        self.findings = plain_label("", wrap=True)
        self.findings.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.findings.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._list = ScrollArea()
        self._list.setMinimumHeight(150)
        self._list.setWidget(self.findings)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(self.tr("Check the service"), "title"))
        column.addWidget(plain_label(hint, "secondary", wrap=True))
        column.addWidget(self.state)
        column.addWidget(self._list, 1)
        column.addLayout(self._build_buttons())

    @Slot()
    def check(self) -> None:
        """Open, and ask anew."""
        self.open()
        if self._asking:
            return
        self._asking = True
        self._report = None
        self.findings.setText("")
        self.state.show_message(self.tr("Asking the service…"), "secondary")
        self._enable()
        self._bridge.check_service(self._take)

    def _take(self, found: ServiceReport | Problem) -> None:
        self._asking = False
        if isinstance(found, Problem):
            self.state.show_message(translated(found.message), "error")
        else:
            self._report = found
            self.checked.emit(found)
            self._show(found)
        self._enable()

    def _show(self, report: ServiceReport) -> None:
        if not report.findings:
            self.state.show_message(self.tr("The service speaks as this program assumes."), "good")
            return
        if not report.reached:
            self.state.show_message(" ".join(map(translated, report.findings)), "error")
            return
        self.state.show_message(self.tr("%Ln differences", "", len(report.findings)), "note")
        self.findings.setText("\n".join(f"• {translated(said)}" for said in report.findings))

    @Slot()
    def on_copy_button_clicked(self) -> None:
        if self._report is not None:
            told = {
                "program": __version__,
                "findings": self._report.findings,
                "shapes": self._report.shapes,
            }
            QGuiApplication.clipboard().setText(json.dumps(told, indent=2, ensure_ascii=False))

    def _enable(self) -> None:
        self.copy_button.setEnabled(self._report is not None)
        self.again_button.setEnabled(not self._asking)

    def _build_buttons(self) -> QHBoxLayout:
        self.copy_button = QPushButton(self.tr("Copy the report"))
        self.again_button = QPushButton(self.tr("Check again"))
        self.close_button = QPushButton(self.tr("Close"))
        set_style(self.close_button, kind="primary")
        self.close_button.setDefault(True)
        row = QHBoxLayout()
        for button, slot in (
            (self.copy_button, self.on_copy_button_clicked),
            (self.again_button, self.check),
            (self.close_button, self.accept),
        ):
            button.setAccessibleName(button.text())
            button.clicked.connect(slot)
            row.addWidget(button)
        row.insertStretch(1, 1)
        return row
