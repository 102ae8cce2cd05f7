"""How the service is reached: proxy and certificates, tried out before they are used; and what to
call the frame fields while the service's own list of them cannot be read."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.service import ServiceReport
from pixverse_desktop.services.secrets import proxy_entry
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translate, translated
from pixverse_desktop.ui.dialogs.own_proxy import OwnProxy
from pixverse_desktop.ui.dialogs.pages import NamedField, Page
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import ElidedLabel, SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.segmented import Segmented


class NetworkPage(Page):
    """Proxy and certificates are a draft until *Use these settings*: half a proxy is none. A draft
    that is not used yet is still there when the dialog is opened again."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, translate("Settings", "Network"))
        self._dialog: QFileDialog | None = None
        self._draft_number = 0  # the answer to an earlier draft is of no interest
        self._testing = False  # the button stays enabled: it would hand its focus on
        self._certificates = ""
        self.use = Segmented(self.tr("Proxy"))
        self.use.set_choices(
            (
                ("system", self.tr("System")),
                ("none", self.tr("None")),
                ("own", self.tr("Own")),
            )
        )
        self.own = OwnProxy()
        self.file = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle)
        self.file_error = SentenceLabel("error")
        self.state = SentenceLabel("note")
        self.result = SentenceLabel("secondary")
        self._build_layout()
        self._build_frame_fields()
        self.end()
        self._shown = self._draft()
        self.use.value_changed.connect(self.on_use_value_changed)
        self.own.changed.connect(self.on_draft_changed)
        self.own.accepted.connect(self.on_use_button_clicked)
        self.on_use_value_changed(self.use.value())

    # --- the draft ---

    def show_settings(self, settings: Settings) -> None:
        if self._draft() == self._shown:
            self._fill(settings)
        self.start_field.setText(settings.start_field)
        self.end_field.setText(settings.end_field)
        self.names_error.show_message("")

    def _fill(self, settings: Settings) -> None:
        self.use.set_value(settings.proxy_in_use)
        kept = proxy_entry(settings.proxy) in settings.keys_kept
        self.own.show_proxy(settings.proxy, password_kept=kept)
        self._show_file(settings.certificates)
        self.file_error.show_message("")
        self.result.show_message("")
        self._shown = self._draft()
        self.on_draft_changed()

    def _draft(self) -> tuple[object, ...]:
        return self.use.value(), *self.own.values(), self._certificates

    def _settings_of_draft(self) -> Settings | None:
        """Those that the draft means; None where it cannot be used, which is said at its place."""
        own = self.use.value() == "own"
        proxy = self.own.proxy() if own else self.settings().proxy
        if proxy is None:
            return None
        return replace(
            self.settings(),
            proxy_use=self.use.value(),
            proxy=proxy,
            certificates=self._certificates,
        )

    @Slot(str)
    def on_use_value_changed(self, value: str) -> None:
        self.own.setVisible(value == "own")
        self.on_draft_changed()

    @Slot()
    def on_draft_changed(self) -> None:
        changed = self._draft() != self._shown
        self._draft_number += 1
        self._testing = False
        self.result.show_message("")
        self.state.show_message(self.tr("Not in use yet.") if changed else "", "note")
        self.use_button.setEnabled(changed)

    # --- certificates ---

    def _show_file(self, path: str) -> None:
        self._certificates = path
        self.file.setText(path or self.tr("Only the usual certificates"))
        self.none_button.setVisible(bool(path))

    @Slot()
    def on_choose_button_clicked(self) -> None:
        if self._dialog is not None:
            return
        title = self.tr("Choose a certificate file")
        dialog = FileDialog(self.window(), title, Place.DocumentsLocation)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Certificates") + " (*.pem *.crt *.cer)", self.tr("All files") + " (*)"]
        )
        dialog.fileSelected.connect(self.on_dialog_file_selected)
        dialog.finished.connect(self.on_dialog_finished)
        self._dialog = dialog
        dialog.open()

    @Slot(str)
    def on_dialog_file_selected(self, path: str) -> None:
        def checked(wrong: str) -> None:
            self.file_error.show_message(translated(wrong))
            if not wrong:
                self._show_file(path)
                self.on_draft_changed()

        if path:
            self.context.commands.network().check_file(path, checked)

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = None

    @Slot()
    def on_none_button_clicked(self) -> None:
        self._show_file("")
        self.file_error.show_message("")
        self.on_draft_changed()
        self.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- try it out, and use it ---

    @Slot()
    def on_test_button_clicked(self) -> None:
        settings = self._settings_of_draft()
        if settings is None or self._testing:
            return
        self._testing = True
        asked = self._draft_number
        self.result.show_message(self.tr("Reaching the service…"), "secondary")

        def answered(found: ServiceReport | Problem) -> None:
            if asked == self._draft_number:
                self._testing = False
                self._show_result(found)
                self.bring_into_sight(self.result)

        self.context.commands.network().test(settings, self.own.password(), answered)

    def _show_result(self, found: ServiceReport | Problem) -> None:
        if isinstance(found, Problem):
            self.result.show_message(translated(found.message), "error")
        elif found.findings:
            said = " ".join(map(translated, found.findings))
            self.result.show_message(said, "note" if found.reached else "error")
        elif self.context.commands.has_key():
            self.result.show_message(
                self.tr("The service answers and accepts the key. Nothing was spent."), "good"
            )
        else:
            self.result.show_message(
                self.tr("The service answers. There is no key yet to try."), "good"
            )

    @Slot()
    def on_use_button_clicked(self) -> None:
        settings = self._settings_of_draft()
        if settings is None or self._draft() == self._shown:
            return
        password = self.own.password() if self.use.value() == "own" else ""
        self.use_button.setEnabled(False)
        self.context.commands.network().use(settings, password, self._taken)

    def _taken(self, stored: str) -> None:
        self._fill(self.settings())
        self.state.show_message(
            self.tr("In use. No keyring here: the password is kept for this session only.")
            if stored == "session"
            else self.tr("In use."),
            "note" if stored == "session" else "good",
        )
        self.test_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.bring_into_sight(self.state)
        self.changed.emit()

    # --- the names of the frame fields ---

    @Slot()
    def on_field_editing_finished(self) -> None:
        start, end = self.start_field.text().strip(), self.end_field.text().strip()
        usable = all(not name or name.isidentifier() for name in (start, end))
        same = bool(start) and start == end
        self.names_error.show_message(
            "" if usable and not same else self.tr("Use two different names of letters and _.")
        )
        if usable and not same:
            self.apply(replace(self.settings(), start_field=start, end_field=end))

    def _field(self, name: str, usual: str) -> TextField:
        edit = TextField()
        edit.setAccessibleName(name)
        edit.setPlaceholderText(usual)
        edit.setMaxLength(64)
        edit.editingFinished.connect(self.on_field_editing_finished)
        return edit

    # --- layout ---

    def _build_layout(self) -> None:
        hint = self.tr(
            "Used for the service and for clips, never for the demo, which runs on this computer."
        )
        self.add(self.tr("Proxy"), self.use, hint)
        self.add_plain(self.own)
        self.choose_button = QPushButton(self.tr("Choose…"))
        self.choose_button.setAccessibleName(self.tr("Choose a certificate file"))
        self.none_button = QPushButton(self.tr("Use none"))
        self.none_button.setAccessibleName(self.tr("Use no certificate file"))
        self.test_button = QPushButton(self.tr("Test the connection"))
        self.use_button = QPushButton(self.tr("Use these settings"))
        self.fields.append(NamedField(self.tr("Certificate file"), self.choose_button))
        self.fields.append(NamedField(self.tr("Test the connection"), self.test_button))
        self.add_plain(plain_label(self.tr("Certificate file"), "muted"))
        self.add_plain(self.file)
        self.add_plain(_row(self.choose_button, self.none_button))
        self.add_plain(self.file_error)
        hint = self.tr(
            "Such as your company's, in PEM form. Trusted beside the usual ones, not instead."
        )
        self.add_plain(plain_label(hint, "secondary", wrap=True))
        self._column.addSpacing(10)
        self.add_plain(_row(self.test_button, self.use_button))
        self.add_plain(self.state)
        self.add_plain(self.result)
        self.choose_button.clicked.connect(self.on_choose_button_clicked)
        self.none_button.clicked.connect(self.on_none_button_clicked)
        self.test_button.clicked.connect(self.on_test_button_clicked)
        self.use_button.clicked.connect(self.on_use_button_clicked)

    def _build_frame_fields(self) -> None:
        self._column.addSpacing(16)
        self.add_plain(plain_label(self.tr("Names of the frame fields"), "head"))
        intro = self.tr(
            "The names of the frame fields are read from the service. These are used only while "
            "its list of parameters cannot be read. Leave them empty unless support told you."
        )
        self.add_plain(plain_label(intro, "secondary", wrap=True))
        self._column.addSpacing(10)
        self.start_field = self._field(self.tr("Name of the start frame field"), "start_image_url")
        self.end_field = self._field(self.tr("Name of the end frame field"), "end_image_url")
        self.add(self.tr("Start frame field"), self.start_field)
        self.add(self.tr("End frame field"), self.end_field)
        self.names_error = SentenceLabel("error")
        self.add_plain(self.names_error)


def _row(*buttons: QPushButton) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    for button in buttons:
        if not button.accessibleName():
            button.setAccessibleName(button.text())
        button.setAutoDefault(False)
        line.addWidget(button)
    line.addStretch(1)
    return row
