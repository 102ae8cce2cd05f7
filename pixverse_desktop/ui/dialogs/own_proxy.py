"""The fields of a proxy that the user names: kind, host, port, and a name with its password."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from pixverse_desktop.services.network import proxy_parts
from pixverse_desktop.services.settings import PROXY_KINDS, own_proxy, proxy_problem
from pixverse_desktop.ui.base.theme import pixels, set_style
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.segmented import Segmented

_HOST = re.compile(r"[^\s/@?#\[\]]{1,253}")
_HIGHEST_PORT = 65535


class OwnProxy(QWidget):
    """The password stands in its field only until it is used; it is never shown again."""

    changed = Signal()
    accepted = Signal()  # Enter was pressed in a field

    def __init__(self) -> None:
        super().__init__()
        self._kept_for = ""  # the address whose password the keyring has
        self.kind = Segmented(self.tr("Kind of proxy"))
        names = (self.tr("HTTP"), self.tr("HTTPS"), self.tr("SOCKS5"))
        self.kind.set_choices(zip(PROXY_KINDS, names, strict=True))
        self.host = self._field(self.tr("Host of the proxy"), 300)
        self.host.setPlaceholderText(self.tr("proxy.example"))
        self.port = self._field(self.tr("Port of the proxy"), 5)
        self.port.setFixedWidth(pixels(88))
        self.port.setValidator(QIntValidator(1, 65535, self.port))
        self.name = self._field(self.tr("Name for the proxy"), 200)
        self.secret = self._field(self.tr("Password for the proxy"), 200)
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.error = SentenceLabel("error")
        self.kind.value_changed.connect(self.on_edited)
        self.host.editingFinished.connect(self.on_host_editing_finished)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 10)
        column.setSpacing(6)
        column.addWidget(self.kind)
        column.addSpacing(4)
        column.addLayout(self._grid())
        column.addWidget(self.error)
        hint = self.tr(
            "The password goes into the system's keyring, never into a file. A SOCKS5 proxy is "
            "asked to look up names, too."
        )
        column.addWidget(plain_label(hint, "secondary", wrap=True))

    def show_proxy(self, proxy: str, *, password_kept: bool) -> None:
        """Show an address as settings keep it, "" for none yet."""
        kind, host, port, name = proxy_parts(proxy) if proxy else (PROXY_KINDS[0], "", None, "")
        self._kept_for = proxy if password_kept else ""
        self.kind.set_value(kind)
        self.host.setText(host)
        self.port.setText("" if port is None else str(port))
        self.name.setText(name)
        self.secret.clear()
        self.on_edited()

    def values(self) -> tuple[str, ...]:
        """All that can be changed, to tell whether it was."""
        edits = (self.host, self.port, self.name, self.secret)
        return self.kind.value(), *(edit.text() for edit in edits)

    def password(self) -> str:
        """What was typed and is not kept yet, "" for nothing."""
        return self.secret.text()

    def proxy(self) -> str | None:
        """The address as settings keep it; None where it is none, which is said here."""
        wrong, field = self._wrong()
        self.error.show_message(wrong)
        for edit in (self.host, self.port, self.name):
            set_style(edit, invalid=edit is field)
        if field is not None:
            field.setFocus()
            return None
        return self._address()

    def _address(self) -> str:
        host, name = self.host.text().strip(), self.name.text().strip()
        return own_proxy(self.kind.value(), host, int(self.port.text()), name)

    def _wrong(self) -> tuple[str, TextField | None]:
        host, port = self.host.text().strip(), self.port.text().strip()
        if not host:
            return self.tr("Name the host of the proxy."), self.host
        if not _HOST.fullmatch(host):
            return self.tr("The host is a name or an address, such as proxy.example."), self.host
        if not (port.isascii() and port.isdecimal() and 0 < int(port) <= _HIGHEST_PORT):
            return self.tr("The port is a number from 1 to 65535."), self.port
        if proxy_problem(self._address()):
            return self.tr("The host is a name or an address, such as proxy.example."), self.host
        if self.secret.text() and not self.name.text().strip():
            return self.tr("A password needs a name."), self.name
        return "", None

    @Slot()
    def on_edited(self) -> None:
        self.error.show_message("")
        for edit in (self.host, self.port, self.name):
            set_style(edit, invalid=False)
        kept = bool(self._kept_for) and self._wrong()[1] is None
        kept = kept and self._address() == self._kept_for
        self.secret.setPlaceholderText(self.tr("Saved in the keyring") if kept else "")
        self.changed.emit()

    @Slot()
    def on_host_editing_finished(self) -> None:
        """A whole address that was pasted is taken apart."""
        text = self.host.text().strip()
        whole = text if "://" in text else f"{self.kind.value()}://{text}"
        if proxy_problem(whole) or (whole.endswith(f"://{text}") and ":" not in text):
            return
        kind, host, port, name = proxy_parts(whole)
        self.kind.set_value(kind)
        self.host.setText(host)
        if port is not None:
            self.port.setText(str(port))
        if name:
            self.name.setText(name)
            self.secret.setText(unquote(urlsplit(whole).password or ""))

    def _field(self, name: str, most: int) -> TextField:
        edit = TextField()
        edit.setAccessibleName(name)
        edit.setMaxLength(most)
        edit.textChanged.connect(self.on_edited)
        edit.returnPressed.connect(self.accepted)
        return edit

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        labels = (
            (self.tr("Host"), self.host, 0, 0, 2),
            (self.tr("Port"), self.port, 0, 2, 1),
            (self.tr("Name, if it wants one"), self.name, 2, 0, 1),
            (self.tr("Password"), self.secret, 2, 1, 2),
        )
        for text, edit, row, place, wide in labels:
            label = plain_label(text, "muted")
            label.setBuddy(edit)
            grid.addWidget(label, row, place, 1, wide)
            grid.addWidget(edit, row + 1, place, 1, wide)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 1)
        return grid
