"""Which service is in use, and the key for PixelDojo."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from pixverse_desktop.core.errors import Action, Problem
from pixverse_desktop.core.service import (
    CREDITS_URL,
    KEYS_URL,
    MODELS_URL,
    OriginKind,
    ServiceStatus,
)
from pixverse_desktop.services.application import KeyOutcome
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.dialogs.pages import Page
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import SentenceLabel
from pixverse_desktop.ui.widgets.problem_view import ProblemView
from pixverse_desktop.ui.widgets.segmented import Segmented


class ServicePage(Page):
    """The key stands in the field only until it was tested; it is never shown again."""

    network_requested = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, translate("Settings", "Account"))
        self._testing = False
        self.service = Segmented(self.tr("Service"))
        self.service.set_choices(
            (("demo", self.tr("Demo (simulated, free)")), ("pixeldojo", self.tr("PixelDojo")))
        )
        self.service.value_changed.connect(self.on_service_value_changed)
        self.custom = SentenceLabel("note")
        self.key = TextField()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setAccessibleName(self.tr("API key"))
        self.key.setMaxLength(512)
        self.key.textChanged.connect(self.on_key_text_changed)
        self.key.returnPressed.connect(self.on_save_button_clicked)
        self.known = SentenceLabel("secondary")
        self.result = SentenceLabel("good")
        self.problem = ProblemView()
        self._build_buttons()
        context.bridge.status_changed.connect(self.on_bridge_status_changed)
        self.add(self.tr("Service in use"), self.service)
        self.add_plain(self.custom)
        self.add(self.tr("API key"), self.key)
        for widget in (self._buttons, self.known, self.result, self.problem):
            self.add_plain(widget)
        self.end()

    def show_settings(self, settings: Settings) -> None:
        origin = self.context.bridge.status.origin
        custom = origin.kind is OriginKind.CUSTOM
        self.service.set_value(settings.service)
        self.service.setEnabled(not custom)
        self.custom.show_message(
            self.tr("A custom API address is in use: {url}. The key below is for it alone.").format(
                url=origin.api_url
            )
            if custom
            else ""
        )
        self.key.clear()
        self.key.setPlaceholderText("" if custom else self.tr("For PixelDojo"))
        self.result.show_message("")
        self.problem.show_message(None)
        self._show_known()

    @Slot(object)
    def on_bridge_status_changed(self, _status: ServiceStatus) -> None:
        self._refreshing = True
        self.service.set_value(self.settings().service)
        self._refreshing = False
        self._show_known()

    @Slot(str)
    def on_service_value_changed(self, value: str) -> None:
        if not self._refreshing and value != self.settings().service:
            self.context.commands.use_service(value)
            self._show_known()
            self.changed.emit()

    @Slot(str)
    def on_key_text_changed(self, _text: str) -> None:
        self._enable()

    @Slot()
    def on_paste_button_clicked(self) -> None:
        self.key.setText(QGuiApplication.clipboard().text()[:512].strip())
        self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def on_save_button_clicked(self) -> None:
        key = self.key.text().strip()
        if not key or self._testing:
            return
        self._testing = True
        self.problem.show_message(None)
        self.result.show_message(self.tr("Testing the key at the service…"), "secondary")
        self._enable()
        self.context.commands.set_key(key, self._take_outcome)

    @Slot()
    def on_remove_button_clicked(self) -> None:
        self.context.commands.remove_key(self._take_removal)

    @Slot()
    def on_get_button_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl(KEYS_URL))

    @Slot(object)
    def on_problem_action_clicked(self, action: Action) -> None:
        if action is Action.BUY_CREDITS:
            QDesktopServices.openUrl(QUrl(CREDITS_URL))
        elif action is Action.SHOW_MODELS:
            QDesktopServices.openUrl(QUrl(MODELS_URL))
        elif action is Action.CHECK_NETWORK:
            self.network_requested.emit()
        else:
            self.on_save_button_clicked()

    def _take_outcome(self, outcome: KeyOutcome) -> None:
        self._testing = False
        self.result.show_message("")
        self.problem.show_message(_without_key_action(outcome.problem))
        if outcome.ok:
            self.key.clear()
            self.result.show_message(
                self.tr("Saved in the system keyring.")
                if outcome.stored == "keyring"
                else self.tr("No keyring here: kept for this session only."),
                "good" if outcome.stored == "keyring" else "note",
            )
        self.on_bridge_status_changed(self.context.bridge.status)
        self.changed.emit()

    def _take_removal(self) -> None:
        self.result.show_message(self.tr("The key was removed."), "secondary")
        self._show_known()
        self.changed.emit()

    def _show_known(self) -> None:
        known = self.context.commands.has_key()
        self.known.show_message(
            self.tr("Key saved. Paste another to replace it.")
            if known
            else self.tr("No key yet. The demo works without one.")
        )
        self.remove_button.setVisible(known)
        self._enable()

    def _enable(self) -> None:
        self.save_button.setEnabled(bool(self.key.text().strip()) and not self._testing)
        self.key.setEnabled(not self._testing)

    def _build_buttons(self) -> None:
        self.paste_button = QPushButton(self.tr("Paste"))
        self.save_button = QPushButton(self.tr("Test and save"))
        self.remove_button = QPushButton(self.tr("Remove"))
        self.get_button = QPushButton(self.tr("Get a key…"))
        self.problem.action_clicked.connect(self.on_problem_action_clicked)
        table = (
            (self.paste_button, self.tr("Paste the key"), "", self.on_paste_button_clicked),
            (self.save_button, self.tr("Test and save the key"), "", self.on_save_button_clicked),
            (
                self.remove_button,
                self.tr("Remove the key"),
                "danger",
                self.on_remove_button_clicked,
            ),
            (
                self.get_button,
                self.tr("Get a key at PixelDojo"),
                "quiet",
                self.on_get_button_clicked,
            ),
        )
        self._buttons = QWidget()
        line = QHBoxLayout(self._buttons)
        line.setContentsMargins(0, 0, 0, 6)
        for button, name, kind, slot in table:
            button.setAccessibleName(name)
            button.setAutoDefault(False)
            set_style(button, kind=kind)
            button.clicked.connect(slot)
            line.addWidget(button)
        line.addStretch(1)


def _without_key_action(problem: Problem | None) -> Problem | None:
    """The key field is right here: a button that leads to it would only be in the way."""
    if problem is None or problem.action is not Action.OPEN_KEY:
        return problem
    return replace(problem, action=Action.NONE)
