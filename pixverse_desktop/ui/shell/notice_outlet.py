"""Shows a notice by what the desktop has: its notification service, its tray, or a sign at the
window's entry in the task bar."""

from __future__ import annotations

import os
import sys
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.notice_service import NoticeService
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.ui.widgets.file_drag import file_url

_SHOWN_MS = 10_000


class NoticeOutlet(QObject):
    """One notice at a time, without a sound of ours."""

    clicked = Signal()
    _heard = Signal(str)  # from the thread that listens to the service

    def __init__(self, workers: Workers, picture: str, window: QWidget) -> None:
        super().__init__(window)
        self._workers = workers
        self._window = window
        self._heard.connect(self.on_heard)
        self._service = NoticeService(self._heard.emit, file_url(picture).toString())
        self._tray: QSystemTrayIcon | None = None  # made when there is something to show
        QApplication.instance().aboutToQuit.connect(self.on_about_to_quit)  # type: ignore[union-attr]

    def show(self, title: str, body: str) -> None:
        """Show a notice, in the place of the one before."""
        if sys.platform != "linux":
            self._show_otherwise(title, body, False)
            return
        self._workers.call(
            Lane.FILES, self._service.show, title, body, self.tr("Show"),
            then=partial(self._show_otherwise, title, body), otherwise=self._alert,
        )  # fmt: skip

    def withdraw(self) -> None:
        """The user has seen what it is about."""
        if self._tray is not None:
            self._tray.hide()
        if sys.platform == "linux":
            self._workers.call(Lane.FILES, self._service.withdraw, then=_nothing)

    @Slot(str)
    def on_heard(self, token: str) -> None:
        if token:
            os.environ["XDG_ACTIVATION_TOKEN"] = token  # Wayland lets a window forward with it
        self.clicked.emit()

    @Slot()
    def on_about_to_quit(self) -> None:
        """A click on a notice that stays would do nothing."""
        self._service.withdraw()
        self._service.close()

    def _show_otherwise(self, title: str, body: str, done: bool) -> None:
        if done:
            return
        if sys.platform == "linux" or not QSystemTrayIcon.isSystemTrayAvailable():
            QApplication.alert(self._window)
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.messageClicked.connect(self.clicked)
            self._tray.activated.connect(self.clicked)
        self._tray.show()
        self._tray.showMessage(title, body, self._window.windowIcon(), _SHOWN_MS)

    def _alert(self, _error: UserError) -> None:
        QApplication.alert(self._window)


def _nothing(_: None) -> None:
    """It is gone; there is nothing to say about it."""
