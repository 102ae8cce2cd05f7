"""The dialogs of the window, each made when it is first asked for: together they are a fifth of the
window's start."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.panel import ComposePanel

if TYPE_CHECKING:
    from pixverse_desktop.core.service import ServiceReport
    from pixverse_desktop.ui.commands.queue_file import QueueFile
    from pixverse_desktop.ui.compose.takes.sheet import TakesSheet
    from pixverse_desktop.ui.dialogs.about import AboutDialog
    from pixverse_desktop.ui.dialogs.diagnostics import DiagnosticsDialog
    from pixverse_desktop.ui.dialogs.job_id import JobIdDialog
    from pixverse_desktop.ui.dialogs.make_final import FinalDialog
    from pixverse_desktop.ui.dialogs.presets import PresetsDialog
    from pixverse_desktop.ui.dialogs.service_check import CheckDialog
    from pixverse_desktop.ui.dialogs.settings_dialog import SettingsDialog
    from pixverse_desktop.ui.dialogs.what_is_sent import SentDialog


class WindowDialogs(QObject):
    """Those that need nothing but the form."""

    settings_changed = Signal()
    said = Signal(str)  # a sentence for the window to show
    batch_added = Signal(object)  # list[Job]

    def __init__(self, window: QWidget, context: UiContext, compose: ComposePanel) -> None:
        super().__init__(window)
        self._window = window
        self._context = context
        self._bridge = context.bridge
        self._compose = compose
        self.check_report: ServiceReport | None = None  # of the last check of the service

    @cached_property
    def settings_dialog(self) -> SettingsDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._context, self._window)
        dialog.changed.connect(self.settings_changed)
        return dialog

    @cached_property
    def job_id_dialog(self) -> JobIdDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.job_id import JobIdDialog

        return JobIdDialog(self._window, self._bridge)

    @cached_property
    def sent_dialog(self) -> SentDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.what_is_sent import SentDialog

        return SentDialog(self._window, self._bridge)

    @cached_property
    def presets_dialog(self) -> PresetsDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.presets import PresetsDialog

        made = PresetsDialog(self._window, self._context)
        made.used.connect(self._compose.presets.use)
        return made

    @cached_property
    def queue_file(self) -> QueueFile:
        """Made once."""
        from pixverse_desktop.ui.commands.queue_file import QueueFile

        made = QueueFile(self._window, self._context)
        made.said.connect(self.said)
        return made

    @cached_property
    def final_dialog(self) -> FinalDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.make_final import FinalDialog

        return FinalDialog(self._window, self._context)

    @cached_property
    def takes_sheet(self) -> TakesSheet:
        """Made once, and keeps what was entered."""
        from pixverse_desktop.ui.compose.takes.sheet import TakesSheet

        sheet = TakesSheet(self._window, self._context, self._compose)
        sheet.added.connect(self.batch_added)
        return sheet

    @cached_property
    def about_dialog(self) -> AboutDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.about import AboutDialog

        return AboutDialog(self._window, self._context)

    @cached_property
    def check_dialog(self) -> CheckDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.service_check import CheckDialog

        made = CheckDialog(self._window, self._bridge)
        made.checked.connect(self.on_check_dialog_checked)
        return made

    @Slot(object)
    def on_check_dialog_checked(self, report: ServiceReport) -> None:
        """Keep it for the diagnostics."""
        self.check_report = report

    @cached_property
    def diagnostics_dialog(self) -> DiagnosticsDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.diagnostics import DiagnosticsDialog

        return DiagnosticsDialog(self._window, self._context)
