"""What the commands of the window and its strips do, and the dialogs they open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.errors import Action
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.service import (
    CREDITS_URL,
    DOCS_URL,
    ENDS_BY_ITSELF,
    MODELS_URL,
    OriginKind,
    ServiceStatus,
)
from pixverse_desktop.services.application import AddedClips
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base.command import Command, Scope
from pixverse_desktop.ui.base.composing import finish_composing
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.base.keys import keys_in_use
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.commands.menus import Menus
from pixverse_desktop.ui.commands.window_dialogs import WindowDialogs
from pixverse_desktop.ui.compose.drop_offer import FrameSlot, Picture
from pixverse_desktop.ui.compose.given_pictures import GivenPictures
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.jobs.clip_actions import ClipActions

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from pixverse_desktop.ui.commands.opened_files import OpenedFiles
    from pixverse_desktop.ui.commands.palette import PaletteOpener
    from pixverse_desktop.ui.commands.shortcuts_dialog import ShortcutsDialog
    from pixverse_desktop.ui.dialogs.rescue import RescueDialog


class WindowActions(WindowDialogs):
    """Does what the user asks of the window, except what one part of it does alone."""

    form_wanted = Signal()
    other_clip_given = Signal(object)  # Path of an opened clip that says nothing of itself

    def __init__(
        self,
        window: QWidget,
        context: UiContext,
        compose: ComposePanel,
        player: Player,
        clips: ClipActions,
        commands: Iterable[Command],
    ) -> None:
        super().__init__(window, context, compose)
        self._commands = context.commands
        self._clips = clips
        self._folder_dialog: QFileDialog | None = None
        self.given_pictures = GivenPictures(compose.frames, window)
        self.given_pictures.form_wanted.connect(self.form_wanted)
        self._served: list[ComposePanel] = []
        self.use_form(compose)
        clips.final_requested.connect(self.make_final)
        compose.cost.takes_button.clicked.connect(self.open_takes)
        commands = list(commands)
        _take_stored_keys(context.commands.settings, commands)
        targets = {
            Scope.PROGRAM: window,
            Scope.WINDOW: window,
            Scope.PLAYER: player,
            Scope.CLIPS: clips,
        }
        self.menus = Menus(window, commands, targets, clips.playing)
        player.said.connect(self.said)

    @cached_property
    def shortcuts_dialog(self) -> ShortcutsDialog:
        """Made once."""
        from pixverse_desktop.ui.commands.shortcuts_dialog import ShortcutsDialog

        dialog = ShortcutsDialog(self._window, self.menus.commands)
        dialog.chosen.connect(self.use_keys)
        return dialog

    @cached_property
    def palette_opener(self) -> PaletteOpener:
        """Made once; its search is another library."""
        from pixverse_desktop.ui.commands.palette import PaletteOpener

        return PaletteOpener(self._window, self._context, self.menus, self._clips, self)

    @cached_property
    def rescue_dialog(self) -> RescueDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.rescue import RescueDialog

        dialog = RescueDialog(self._window, self._bridge)
        dialog.job_id_wanted.connect(self.add_by_id)
        return dialog

    @cached_property
    def opened_files(self) -> OpenedFiles:
        """Made once, when the first file is to be opened."""
        from pixverse_desktop.ui.commands.opened_files import OpenedFiles

        return OpenedFiles(self._window, self._context, self._clips, self)

    @Slot(object)
    def use_keys(self, own: Mapping[str, tuple[str, ...]]) -> None:
        """Let commands have these keys from now on; those not named have their usual ones."""
        keys_in_use().set_own(own)
        settings = self._commands.settings
        known = {command.id for command in self.menus.commands}
        # What belongs to commands of another version is kept for it.
        others = {id: keys for id, keys in (settings.shortcuts or {}).items() if id not in known}
        shortcuts = others | {id: list(keys) for id, keys in own.items()}
        self._commands.apply_settings(replace(settings, shortcuts=shortcuts or None))

    def set_status(self, status: ServiceStatus) -> None:
        """Name the pause entry after what it would do."""
        self.menus.actions["pause"].setText(
            self.tr("Resume queue") if _is_held(status) else self.tr("Pause queue")
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
            case Action.CHECK_SERVICE:
                self.check_service()
            case Action.SHOW_LOG:
                self._commands.show_log()
            case Action.EDIT:
                self._bring_form()
                self.form.focus_field("prompt")
            case Action.RETRY | Action.CHECK_AGAIN:
                self._bridge.resume()
            case Action.NONE | Action.WAIT | Action.DECIDE:
                return
            case never:
                assert_never(never)

    @Slot()
    def enter_menus(self) -> None:
        self.menus.bar.setFocus(Qt.FocusReason.MenuBarFocusReason)
        self.menus.bar.setActiveAction(self.menus.bar.actions()[0])

    @Slot()
    def open_palette(self) -> None:
        self.palette_opener.open()

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
        title = self.tr("Import folder")
        from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place

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
        parts = [self.tr("%Ln clips added", "", new)]
        if count.known:
            parts.append(self.tr("%Ln were there already", "", count.known))
        if count.foreign:
            parts.append(self.tr("%Ln were not made with this program", "", count.foreign))
        self.said.emit(", ".join(parts) + ".")

    @Slot()
    def add_by_id(self) -> None:
        self.job_id_dialog.ask(None)

    @Slot(object)
    def enter_job_id(self, job: Job) -> None:
        self.job_id_dialog.ask(job)

    @Slot(str)
    def on_drops_refused(self, reason: str) -> None:
        """Said under the slots; where they are out of sight, by the window."""
        if self.form.frames.visibleRegion().isEmpty():
            self.said.emit(reason)

    @Slot(object)
    def use_form(self, form: ComposePanel) -> None:
        """The form that is meant from now on: that of Create, or of a shot."""
        self.form = form
        if form not in self._served:
            self._served.append(form)
            form.frames.drops.refused.connect(self.on_drops_refused)
            if form is self._compose:
                form.frames.many_given.connect(self.on_many_pictures_given)
                form.frames.table_given.connect(self.on_table_given)
            else:
                form.frames.many_given.connect(self.on_too_much_given)
                form.frames.table_given.connect(self.on_too_much_given)
            form.presets.change_requested.connect(self.open_presets)

    @Slot()
    def generate(self) -> None:
        """Send the form, or save the waiting clip that is edited in it; a form that cannot be seen
        is shown first, and sent by the next press."""
        if not self._bring_form():
            return
        if self.form.edit.job is not None:
            self.form.edit.save()
        else:
            self.form.generate()

    @Slot(object)
    def make_final(self, jobs: Sequence[Job]) -> None:
        """Ask how clips are made once more at another resolution."""
        self.final_dialog.open_for(jobs)

    @Slot()
    def open_presets(self) -> None:
        """Save the form as one, change, order, import and export them."""
        finish_composing()
        self.presets_dialog.open_for(self.form.request(), self.form.offered_model)

    @Slot()
    def open_takes(self) -> None:
        """The sheet of several takes, with what the form says."""
        finish_composing()
        self.takes_sheet.open()

    @Slot(str, object)
    def on_many_pictures_given(self, slot: str, pictures: list[Picture]) -> None:
        """More pictures than slots: each is tried."""
        self.takes_sheet.take_pictures(slot, pictures)

    @Slot(str)
    def on_table_given(self, path: str) -> None:
        """A table is shown before anything is made of it."""
        self.takes_sheet.take_file(path)

    @Slot()
    def on_too_much_given(self) -> None:
        """Several takes are made of what stands in Create, which is out of sight."""
        self.said.emit(
            self.tr("A shot takes up to two pictures. Drop more of them, or a table, in Create.")
        )

    @Slot()
    def show_what_is_sent(self) -> None:
        """The body of the request in the form; nothing is sent."""
        finish_composing()
        wrong = self.form.wrong()
        self.sent_dialog.show_request(
            self.form.request(), translated(wrong[0].message) if wrong else ""
        )

    @Slot()
    def show_earlier_prompts(self) -> None:
        self._bring_form()
        self.form.show_earlier_prompts()

    @Slot(str)
    def take_prompt(self, prompt: str) -> None:
        """Put a prompt into the form, in sight."""
        self._bring_form()
        self.form.form.prompt.set_text(prompt)
        self.form.focus_field("prompt")

    def _bring_form(self) -> bool:
        """Have the form shown, for a command that acts on it; True when it was in sight."""
        seen = not self.form.visibleRegion().isEmpty()
        if not seen:
            self.form_wanted.emit()
        return seen

    def pick_frame(self, slot: str) -> None:
        """Ask for the picture of the "start" or "end" frame."""
        self._bring_form()
        self.form.frames.pick(FrameSlot(slot))

    @Slot()
    def toggle_pause(self) -> None:
        if _is_held(self._bridge.status):
            self._bridge.resume()
        else:
            self._bridge.pause()

    def use_theme(self, theme: str) -> None:
        """Look like one of ``services.settings.THEMES`` from now on."""
        self._commands.apply_settings(replace(self._commands.settings, theme=theme))

    @Slot()
    def show_documentation(self) -> None:
        QDesktopServices.openUrl(QUrl(DOCS_URL))

    @Slot()
    def check_service(self) -> None:
        self.check_dialog.check()

    @Slot()
    def show_diagnostics(self) -> None:
        self.diagnostics_dialog.gather(self.check_report)

    @Slot()
    def reveal_folder(self) -> None:
        self._commands.reveal(self._commands.clip_folder())


def _take_stored_keys(settings: Settings, commands: Sequence[Command]) -> None:
    if settings.shortcuts is None:
        keys_in_use().set_own({})
        return
    from pixverse_desktop.ui.base.own_keys import usable

    keys_in_use().set_own(usable(settings.shortcuts, commands))


def _is_held(status: ServiceStatus) -> bool:
    return status.hold is not None and status.hold.reason not in ENDS_BY_ITSELF
