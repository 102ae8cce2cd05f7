"""What the menus, the keys and the strips do, and the dialogs they open."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QWidget

from pixverse_desktop.core.errors import Action
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.service import (
    CREDITS_URL,
    DOCS_URL,
    MODELS_URL,
    HoldReason,
    OriginKind,
    ServiceStatus,
)
from pixverse_desktop.services.application import AddedClips
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.commands.menus import SEPARATOR, Command, Menus
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from pixverse_desktop.ui.compose.given_pictures import GivenPictures
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place

if TYPE_CHECKING:
    from pixverse_desktop.ui.commands.shortcuts_dialog import ShortcutsDialog
    from pixverse_desktop.ui.dialogs.about import AboutDialog
    from pixverse_desktop.ui.dialogs.job_id import JobIdDialog
    from pixverse_desktop.ui.dialogs.rescue import RescueDialog
    from pixverse_desktop.ui.dialogs.settings_dialog import SettingsDialog


class WindowActions(QObject):
    """One slot for each thing the user can ask of the window."""

    settings_changed = Signal()
    said = Signal(str)  # a sentence for the window to show
    view_wanted = Signal(str)  # "create" or "library"
    find_wanted = Signal()
    form_wanted = Signal()

    def __init__(
        self,
        window: QWidget,
        context: UiContext,
        compose: ComposePanel,
        player: Player,
        clips: ClipActions,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = context.bridge
        self._commands = context.commands
        self._compose = compose
        self._player = player
        self._clips = clips
        self._folder_dialog: QFileDialog | None = None
        self.given_pictures = GivenPictures(compose.frames, window)
        self.given_pictures.form_wanted.connect(self.form_wanted)
        compose.frames.drops.refused.connect(self.on_drops_refused)
        self._build_menus()
        player.said.connect(self.said)
        self._menu_key = QShortcut(QKeySequence("F10"), window)
        self._menu_key.activated.connect(self.enter_menus)
        self._context = context

    # Dialogs are made when first asked for: together they are a fifth of the window's start.

    @cached_property
    def settings_dialog(self) -> SettingsDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._context, self._window)
        dialog.changed.connect(self.settings_changed)
        return dialog

    @cached_property
    def shortcuts_dialog(self) -> ShortcutsDialog:
        """Made once."""
        from pixverse_desktop.ui.commands.shortcuts_dialog import ShortcutsDialog

        return ShortcutsDialog(self._window, self.menus.listed)

    @cached_property
    def rescue_dialog(self) -> RescueDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.rescue import RescueDialog

        dialog = RescueDialog(self._window, self._bridge)
        dialog.job_id_wanted.connect(self.add_by_id)
        return dialog

    @cached_property
    def job_id_dialog(self) -> JobIdDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.job_id import JobIdDialog

        return JobIdDialog(self._window, self._bridge)

    @cached_property
    def about_dialog(self) -> AboutDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.about import AboutDialog

        return AboutDialog(self._window)

    def set_status(self, status: ServiceStatus) -> None:
        """Name the pause entry after what it would do."""
        self.menus.actions["pause"].setText(
            self.tr("Resume sending") if _is_held(status) else self.tr("Pause sending")
        )

    @Slot(object)
    def do_action(self, action: Action) -> None:
        """The one thing to do about a problem."""
        match action:
            case Action.OPEN_KEY:
                self.open_key_settings()
            case Action.BUY_CREDITS:
                if self._bridge.status.origin.kind is OriginKind.DEMO:
                    self._commands.refill_demo()
                else:
                    QDesktopServices.openUrl(QUrl(CREDITS_URL))
            case Action.SHOW_MODELS:
                QDesktopServices.openUrl(QUrl(MODELS_URL))
            case Action.CHOOSE_FOLDER:
                self.settings_dialog.open_at("clips")
            case Action.CHECK_NETWORK:
                self.settings_dialog.open_at("network")
            case Action.CHANGE_LIMIT:
                self.settings_dialog.open_at("clips")
            case Action.RESCUE:
                self.open_rescue()
            case Action.SHOW_LOG:
                self._commands.show_log()
            case Action.EDIT:
                self._bring_form()
                self._compose.focus_field("prompt")
            case Action.RETRY | Action.CHECK_AGAIN:
                self._bridge.resume()
            case Action.NONE | Action.WAIT | Action.DECIDE:
                return

    @Slot()
    def enter_menus(self) -> None:
        self.menus.bar.setFocus(Qt.FocusReason.MenuBarFocusReason)
        self.menus.bar.setActiveAction(self.menus.bar.actions()[0])

    @Slot()
    def open_settings(self) -> None:
        self.settings_dialog.open_at("service")

    @Slot()
    def open_key_settings(self) -> None:
        self.settings_dialog.open_at("service", focus_key=True)

    @Slot()
    def open_rescue(self) -> None:
        self.rescue_dialog.look_through()

    @Slot()
    def pick_clip_folder(self) -> None:
        if self._folder_dialog is not None:
            return
        title = self.tr("Add the clips of a folder")
        dialog = FileDialog(self._window, title, Place.MoviesLocation)
        dialog.choose_folder()
        dialog.fileSelected.connect(self.on_folder_dialog_selected)
        dialog.finished.connect(self.on_folder_dialog_finished)
        self._folder_dialog = dialog
        dialog.open()

    @Slot(str)
    def on_folder_dialog_selected(self, path: str) -> None:
        if path:
            self.add_clips([Path(path)])

    @Slot(int)
    def on_folder_dialog_finished(self, _result: int) -> None:
        self._folder_dialog = None

    @Slot(object)
    def add_clips(self, paths: list[Path]) -> None:
        """Take clips of this program into the list, and say how many there were."""
        self.said.emit(self.tr("Looking for clips…"))
        self._commands.add_clips(paths, self._clips_added)

    def _clips_added(self, count: AddedClips) -> None:
        new = count.added + count.located
        parts = [self.tr("1 clip was added") if new == 1 else f"{new:,} " + self.tr("clips added")]
        if count.known:
            parts.append(self.tr("{n} were there already").format(n=f"{count.known:,}"))
        if count.foreign:
            text = self.tr("{n} were not made with this program")
            parts.append(text.format(n=f"{count.foreign:,}"))
        self.said.emit(", ".join(parts) + ".")

    @Slot()
    def add_by_id(self) -> None:
        self.job_id_dialog.ask(None)

    @Slot(object)
    def enter_job_id(self, job: Job) -> None:
        self.job_id_dialog.ask(job)

    @Slot(str)
    def on_drops_refused(self, reason: str) -> None:
        """Said under the slots; where they are hidden, by the window."""
        if not self._compose.isVisible():
            self.said.emit(reason)

    @Slot()
    def generate(self) -> None:
        """Send the form; one that cannot be seen is shown first, and sent by the next press."""
        if self._bring_form():
            self._compose.generate()

    @Slot()
    def show_earlier_prompts(self) -> None:
        self._bring_form()
        self._compose.show_earlier_prompts()

    def _bring_form(self) -> bool:
        """Have the form shown, for a command that acts on it; True when it was in sight."""
        seen = not self._compose.visibleRegion().isEmpty()
        if not seen:
            self.form_wanted.emit()
        return seen

    @Slot()
    def pick_start_frame(self) -> None:
        self._bring_form()
        self._compose.frames.pick(FrameSlot.START)

    @Slot()
    def pick_end_frame(self) -> None:
        self._bring_form()
        self._compose.frames.pick(FrameSlot.END)

    @Slot()
    def toggle_play(self) -> None:
        self._player.toggle_play()

    @Slot()
    def step_back(self) -> None:
        self._player.step(-1)

    @Slot()
    def step_forward(self) -> None:
        self._player.step(1)

    @Slot()
    def use_last_frame(self) -> None:
        self._player.use_last_frame()

    @Slot()
    def use_shown_as_start(self) -> None:
        self._player.use_shown_frame(FrameSlot.START)

    @Slot()
    def use_shown_as_end(self) -> None:
        self._player.use_shown_frame(FrameSlot.END)

    @Slot()
    def reuse_playing(self) -> None:
        self._clips.reuse(self._clips.playing())

    @Slot()
    def toggle_favourite(self) -> None:
        self._clips.toggle_favourite(self._clips.playing())

    @Slot()
    def toggle_full_screen(self) -> None:
        self._player.toggle_full_screen()

    @Slot()
    def toggle_loop(self) -> None:
        self._player.toggle_loop()

    @Slot()
    def toggle_mute(self) -> None:
        self._player.toggle_mute()

    @Slot()
    def show_create(self) -> None:
        self.view_wanted.emit("create")

    @Slot()
    def show_library(self) -> None:
        self.view_wanted.emit("library")

    @Slot()
    def find_clips(self) -> None:
        self.find_wanted.emit()

    @Slot()
    def toggle_pause(self) -> None:
        if _is_held(self._bridge.status):
            self._bridge.resume()
        else:
            self._bridge.pause()

    @Slot()
    def show_shortcuts(self) -> None:
        self.shortcuts_dialog.open()

    @Slot()
    def show_documentation(self) -> None:
        QDesktopServices.openUrl(QUrl(DOCS_URL))

    @Slot()
    def show_about(self) -> None:
        self.about_dialog.open()

    @Slot()
    def reveal_folder(self) -> None:
        self._commands.reveal(self._commands.clip_folder())

    @Slot()
    def quit(self) -> None:
        self._window.close()

    def _build_menus(self) -> None:
        self.menus = menus = Menus(self._window)
        menus.add_menu(self.tr("&File"), [
            Command(self.tr("Open start frame…"), ("Ctrl+O",), self.pick_start_frame),
            Command(self.tr("Open end frame…"), ("Ctrl+Shift+O",), self.pick_end_frame),
            Command(self.tr("Show clip folder"), ("Ctrl+Shift+R",), self.reveal_folder),
            SEPARATOR,
            Command(self.tr("Rescue my clips…"), (), self.open_rescue, "rescue"),
            Command(self.tr("Add a clip by its job id…"), (), self.add_by_id, "add by id"),
            Command(self.tr("Add the clips of a folder…"), (), self.pick_clip_folder, "add folder"),
            SEPARATOR,
            Command(self.tr("Settings…"), ("Ctrl+,",), self.open_settings),
            SEPARATOR,
            Command(self.tr("Quit"), ("Ctrl+Q",), self.quit),
        ])  # fmt: skip
        menus.add_menu(self.tr("&View"), [
            Command(self.tr("Create"), ("Ctrl+1",), self.show_create),
            Command(self.tr("Library"), ("Ctrl+2",), self.show_library),
            Command(self.tr("Find clips"), ("Ctrl+F",), self.find_clips),
        ])  # fmt: skip
        self._build_clip_menu()
        menus.add_menu(self.tr("&Queue"), [
            Command(self.tr("Generate"), ("Ctrl+Return", "Ctrl+Enter"), self.generate),
            Command(self.tr("Earlier prompts…"), ("Ctrl+H",), self.show_earlier_prompts),
            Command(self.tr("Pause sending"), ("Ctrl+Shift+P",), self.toggle_pause, "pause"),
        ])  # fmt: skip
        menus.add_menu(self.tr("&Help"), [
            Command(self.tr("Keyboard shortcuts"), ("F1", "?"), self.show_shortcuts),
            Command(self.tr("Documentation"), (), self.show_documentation),
            Command(self.tr("About Pixverse Desktop"), (), self.show_about),
        ])  # fmt: skip

    def _build_clip_menu(self) -> None:
        tools = self._player.tools
        self.menus.add_menu(self.tr("&Clip"), [
            Command(self.tr("Play / Pause"), ("Space",), self.toggle_play),
            Command(self.tr("Play backwards, again: faster"), ("J",), tools.run_back),
            Command(self.tr("Stand still"), ("K",), tools.stand),
            Command(self.tr("Play, again: faster"), ("L",), tools.run_forward),
            Command(self.tr("Previous frame"), (",",), self.step_back, "step back"),
            Command(self.tr("Next frame"), (".",), self.step_forward, "step forward"),
            SEPARATOR,
            Command(self.tr("Loop"), ("P",), self.toggle_loop),
            Command(self.tr("Loop from the shown frame"), ("I",), tools.set_in),
            Command(self.tr("Loop up to the shown frame"), ("O",), tools.set_out),
            Command(self.tr("Loop from the beginning"), ("Shift+I",), tools.clear_in),
            Command(self.tr("Loop up to the end"), ("Shift+O",), tools.clear_out),
            Command(self.tr("Loop the whole clip"), ("X",), tools.clear_range),
            SEPARATOR,
            Command(self.tr("Last frame as start frame"), ("Ctrl+L",), self.use_last_frame),
            Command(self.tr("Shown frame as start frame"), ("Ctrl+[",), self.use_shown_as_start),
            Command(self.tr("Shown frame as end frame"), ("Ctrl+]",), self.use_shown_as_end),
            Command(self.tr("Reuse settings"), ("R",), self.reuse_playing),
            Command(self.tr("Favourite"), ("S",), self.toggle_favourite),
            SEPARATOR,
            Command(self.tr("Save the shown frame…"), ("Ctrl+Shift+S",), tools.save_frame),
            Command(self.tr("Copy the shown frame"), ("Ctrl+Shift+C",), tools.copy_frame),
            SEPARATOR,
            Command(self.tr("Fit the stage"), ("0",), tools.show_fitted),
            Command(self.tr("Actual size"), ("1",), tools.show_actual_size),
            Command(self.tr("Full screen"), ("F",), self.toggle_full_screen),
            Command(self.tr("Mute"), ("M",), self.toggle_mute),
        ])  # fmt: skip


def _is_held(status: ServiceStatus) -> bool:
    return status.hold is not None and status.hold.reason is not HoldReason.RATE
