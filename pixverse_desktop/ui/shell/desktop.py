"""What the program does on the desktop around its window; made once the window stands."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pixverse_desktop.services.awake import Awake
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.keep_awake import KeepAwake
from pixverse_desktop.ui.shell.main_window import MainWindow


class Desktop(QObject):
    """Lives as long as the window."""

    def __init__(self, context: UiContext, window: MainWindow) -> None:
        super().__init__(window)
        self.awake = KeepAwake(context, Awake(), self)
        self.awake.changed.connect(window.status_bar.awake.setVisible)
        window.user_actions.settings_changed.connect(self.awake.look)
