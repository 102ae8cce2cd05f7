"""Every command of the window, declared once, and the ways in which its keys are heard and shown.

Menus, tooltips, the page of shortcuts, the table in the README, the keys of lists, of the full
screen and of the compare window come from this list. What only one view adds stands with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol, cast

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShortcut
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.text import QT_TRANSLATE_NOOP
from pixverse_desktop.ui.base.command import Command, Menu, Scope
from pixverse_desktop.ui.base.keys import keys_in_use, pressed_sequence

_PLAYER, _CLIPS, _LISTS = (Scope.PLAYER,), (Scope.CLIPS,), (Scope.LISTS,)
_COMPARE, _FRAME, _BOTH = (Scope.COMPARE,), (Scope.FRAME,), (Scope.PLAYER, Scope.COMPARE)
_ROW, _QUEUE, _SHEET = (Scope.ROW,), (Scope.QUEUE,), (Scope.SHEET,)
_STORY = (Scope.STORYBOARD,)
_CLIP = "current_job"

# fmt: off
COMMANDS: tuple[Command, ...] = (
    Command("open start", QT_TRANSLATE_NOOP("Commands", "Open start frame…"), ("Ctrl+O",),
            "user_actions.pick_frame", ("start",), menu=Menu.FILE),
    Command("open end", QT_TRANSLATE_NOOP("Commands", "Open end frame…"), ("Ctrl+Shift+O",),
            "user_actions.pick_frame", ("end",), menu=Menu.FILE),
    Command("clip folder", QT_TRANSLATE_NOOP("Commands", "Show clip folder"), ("Ctrl+Shift+R",),
            "user_actions.reveal_folder", menu=Menu.FILE),
    Command("rescue", QT_TRANSLATE_NOOP("Commands", "Recover missing clips…"), (),
            "user_actions.open_rescue", menu=Menu.FILE, first=True),
    Command("add by id", QT_TRANSLATE_NOOP("Commands", "Recover by job ID…"), (),
            "user_actions.add_by_id", menu=Menu.FILE),
    Command("add folder", QT_TRANSLATE_NOOP("Commands", "Import folder…"), (),
            "user_actions.pick_clip_folder", menu=Menu.FILE),
    Command("settings", QT_TRANSLATE_NOOP("Commands", "Settings…"), ("Ctrl+,",),
            "user_actions.open_settings", menu=Menu.FILE, first=True, icon="gear"),
    Command("quit", QT_TRANSLATE_NOOP("Commands", "Quit"), ("Ctrl+Q",),
            "close", menu=Menu.FILE, first=True),

    Command("play", QT_TRANSLATE_NOOP("Commands", "Play / Pause"), ("Space",),
            "toggle_play", scopes=_PLAYER, menu=Menu.CLIP, when=_CLIP, icon="play"),
    Command("back", QT_TRANSLATE_NOOP("Commands", "Play backwards (again: faster)"), ("J",),
            "tools.run_back", scopes=_PLAYER, menu=Menu.CLIP, when=_CLIP),
    Command("stand", QT_TRANSLATE_NOOP("Commands", "Stop"), ("K",),
            "tools.stand", scopes=_PLAYER, menu=Menu.CLIP, when=_CLIP),
    Command("forward", QT_TRANSLATE_NOOP("Commands", "Play forwards (again: faster)"), ("L",),
            "tools.run_forward", scopes=_PLAYER, menu=Menu.CLIP, when=_CLIP),
    Command("step back", QT_TRANSLATE_NOOP("Commands", "Previous frame"), (",",),
            "step", (-1,), scopes=_BOTH, menu=Menu.CLIP, repeats=True, when=_CLIP,
            icon="step-back"),
    Command("step forward", QT_TRANSLATE_NOOP("Commands", "Next frame"), (".",),
            "step", (1,), scopes=_BOTH, menu=Menu.CLIP, repeats=True, when=_CLIP,
            icon="step-forward"),
    Command("loop", QT_TRANSLATE_NOOP("Commands", "Loop"), ("P",),
            "toggle_loop", scopes=_PLAYER, menu=Menu.CLIP, first=True, icon="loop"),
    Command("loop in", QT_TRANSLATE_NOOP("Commands", "Set loop start"), ("I",),
            "tools.set_in", scopes=_PLAYER, menu=Menu.CLIP, when=_CLIP),
    Command("loop out", QT_TRANSLATE_NOOP("Commands", "Set loop end"), ("O",),
            "tools.set_out", scopes=_PLAYER, menu=Menu.CLIP, when=_CLIP),
    Command("loop start", QT_TRANSLATE_NOOP("Commands", "Clear loop start"), ("Shift+I",),
            "tools.clear_in", scopes=_PLAYER, menu=Menu.CLIP, when=_CLIP),
    Command("loop end", QT_TRANSLATE_NOOP("Commands", "Clear loop end"), ("Shift+O",),
            "tools.clear_out", scopes=_PLAYER, menu=Menu.CLIP, when=_CLIP),
    Command("loop all", QT_TRANSLATE_NOOP("Commands", "Clear loop"), ("X",),
            "tools.clear_range", scopes=_PLAYER, menu=Menu.CLIP, when=_CLIP),
    Command("last frame", QT_TRANSLATE_NOOP("Commands", "Continue from here"), ("Ctrl+L",),
            "use_last_frame", scopes=_BOTH, menu=Menu.CLIP, first=True, when=_CLIP, icon="film"),
    Command("frame as start", QT_TRANSLATE_NOOP("Commands", "Shown frame as start frame"),
            ("Ctrl+[",), "use_shown_frame", ("start",), _BOTH, Menu.CLIP, when=_CLIP),
    Command("frame as end", QT_TRANSLATE_NOOP("Commands", "Shown frame as end frame"),
            ("Ctrl+]",), "use_shown_frame", ("end",), _BOTH, Menu.CLIP, when=_CLIP),
    Command("reuse", QT_TRANSLATE_NOOP("Commands", "Reuse settings"), ("R",),
            "reuse", scopes=_CLIPS, menu=Menu.CLIP, icon="reset"),
    Command("favourite", QT_TRANSLATE_NOOP("Commands", "Pick"), ("S",),
            "toggle_pick", scopes=_CLIPS, menu=Menu.CLIP, icon="star-outline"),
    Command("save frame", QT_TRANSLATE_NOOP("Commands", "Save the shown frame…"),
            ("Ctrl+Shift+S",), "tools.save_frame", scopes=_PLAYER, menu=Menu.CLIP, first=True,
            when=_CLIP),
    Command("copy frame", QT_TRANSLATE_NOOP("Commands", "Copy the shown frame"),
            ("Ctrl+Shift+C",), "tools.copy_frame", scopes=_PLAYER, menu=Menu.CLIP, when=_CLIP),
    Command("fit", QT_TRANSLATE_NOOP("Commands", "Fit the stage"), ("0",),
            "tools.show_fitted", scopes=_PLAYER, menu=Menu.CLIP, first=True),
    Command("actual size", QT_TRANSLATE_NOOP("Commands", "Actual size"), ("1",),
            "tools.show_actual_size", scopes=_PLAYER, menu=Menu.CLIP, icon="actual-size"),
    Command("full screen", QT_TRANSLATE_NOOP("Commands", "Full screen"), ("F",),
            "toggle_full_screen", scopes=_PLAYER, menu=Menu.CLIP, when=_CLIP, icon="full-screen"),
    Command("mute", QT_TRANSLATE_NOOP("Commands", "Mute"), ("M",),
            "toggle_mute", scopes=_PLAYER, menu=Menu.CLIP, icon="volume"),
    Command("volume up", QT_TRANSLATE_NOOP("Commands", "Louder"), ("Ctrl+Up",),
            "change_volume", (0.1,), _PLAYER, Menu.CLIP, repeats=True),
    Command("volume down", QT_TRANSLATE_NOOP("Commands", "Quieter"), ("Ctrl+Down",),
            "change_volume", (-0.1,), _PLAYER, Menu.CLIP, repeats=True),

    Command("generate", QT_TRANSLATE_NOOP("Commands", "Generate"), ("Ctrl+Return", "Ctrl+Enter"),
            "user_actions.generate", menu=Menu.QUEUE, reason="user_actions.form.disabled_reason",
            costs=True, icon="sparkle"),
    Command("several takes", QT_TRANSLATE_NOOP("Commands", "Several takes…"),
            ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"), "user_actions.open_takes", menu=Menu.QUEUE,
            icon="stack"),
    Command("what is sent", QT_TRANSLATE_NOOP("Commands", "What will be sent…"), ("Ctrl+I",),
            "user_actions.show_what_is_sent", menu=Menu.QUEUE),
    Command("earlier prompts", QT_TRANSLATE_NOOP("Commands", "Earlier prompts…"), ("Ctrl+H",),
            "user_actions.show_earlier_prompts", menu=Menu.QUEUE, icon="clock"),
    Command("presets", QT_TRANSLATE_NOOP("Commands", "Presets…"), ("Ctrl+Shift+D",),
            "user_actions.open_presets", menu=Menu.QUEUE),
    Command("other preset", QT_TRANSLATE_NOOP("Commands", "The preset before the last"),
            ("Ctrl+D",), "user_actions.form.presets.use_other", menu=Menu.QUEUE),
    Command("pause", QT_TRANSLATE_NOOP("Commands", "Pause queue"), ("Ctrl+Shift+P",),
            "user_actions.toggle_pause", menu=Menu.QUEUE, icon="pause"),
    Command("export queue", QT_TRANSLATE_NOOP("Commands", "Export waiting clips…"), (),
            "user_actions.queue_file.export", menu=Menu.QUEUE, first=True),
    Command("import queue", QT_TRANSLATE_NOOP("Commands", "Import clips…"), (),
            "user_actions.queue_file.take_in", menu=Menu.QUEUE),

    Command("palette", QT_TRANSLATE_NOOP("Commands", "Find a command…"), ("Ctrl+K",),
            "user_actions.open_palette", scopes=(Scope.PROGRAM,), menu=Menu.HELP),
    Command("shortcuts", QT_TRANSLATE_NOOP("Commands", "Keyboard shortcuts"), ("F1", "?"),
            "user_actions.shortcuts_dialog.open", menu=Menu.HELP, icon="question"),
    Command("documentation", QT_TRANSLATE_NOOP("Commands", "Documentation"), (),
            "user_actions.show_documentation", menu=Menu.HELP),
    Command("check service", QT_TRANSLATE_NOOP("Commands", "Check the service…"), (),
            "user_actions.check_service", menu=Menu.HELP, icon="question"),
    Command("diagnostics", QT_TRANSLATE_NOOP("Commands", "Diagnostics…"), (),
            "user_actions.show_diagnostics", menu=Menu.HELP),
    Command("about", QT_TRANSLATE_NOOP("Commands", "About Pixverse Desktop"), (),
            "user_actions.about_dialog.open", menu=Menu.HELP),

    Command("menus", QT_TRANSLATE_NOOP("Commands", "Enter the menus"), ("F10",),
            "user_actions.enter_menus"),
    Command("open", QT_TRANSLATE_NOOP("Commands", "Play the chosen clip"), ("Enter", "Return"),
            "play", scopes=_CLIPS),
    Command("trash", QT_TRANSLATE_NOOP("Commands", "Move the chosen clip to the trash"),
            ("Del", "Backspace"), "trash", scopes=_CLIPS),
    Command("copy", QT_TRANSLATE_NOOP("Commands", "Copy the file of the chosen clip"),
            ("Ctrl+C", "Ctrl+Ins"), "copy_files", scopes=_CLIPS),
    Command("compare", QT_TRANSLATE_NOOP("Commands", "Compare two chosen clips"), ("C",),
            "compare", scopes=_CLIPS, clips=2),
    Command("preview", QT_TRANSLATE_NOOP("Commands", "Library: large preview (Esc closes it)"),
            ("Space",), "toggle", scopes=(Scope.GRID,)),
    Command("edit waiting", QT_TRANSLATE_NOOP("Commands", "Queue: edit the chosen clip"), ("E",),
            "edit", scopes=_QUEUE),
    Command("queue up", QT_TRANSLATE_NOOP("Commands", "Queue: move up"), ("Alt+Up",),
            "move_up", scopes=_QUEUE, repeats=True),
    Command("queue down", QT_TRANSLATE_NOOP("Commands", "Queue: move down"), ("Alt+Down",),
            "move_down", scopes=_QUEUE, repeats=True),
    Command("queue top", QT_TRANSLATE_NOOP("Commands", "Queue: move to the top"), ("Alt+Home",),
            "to_top", scopes=_QUEUE),
    Command("queue bottom", QT_TRANSLATE_NOOP("Commands", "Queue: move to the bottom"),
            ("Alt+End",), "to_bottom", scopes=_QUEUE),
    Command("queue lane", QT_TRANSLATE_NOOP("Commands", "Queue: into the background, or back"),
            ("B",), "other_lane", scopes=_QUEUE),
    Command("queue hold", QT_TRANSLATE_NOOP("Commands", "Queue: pause the chosen, or go on"),
            ("H",), "toggle_pause", scopes=_QUEUE),
    Command("undo", QT_TRANSLATE_NOOP("Commands", "Restore what was just removed"), ("Ctrl+Z",),
            "undo", scopes=_LISTS),
    Command("mean a", QT_TRANSLATE_NOOP("Commands", "Comparing: mean the clip A"), ("A",),
            "meant.choose", ("A",), _COMPARE),
    Command("mean b", QT_TRANSLATE_NOOP("Commands", "Comparing: mean the clip B"), ("B",),
            "meant.choose", ("B",), _COMPARE),
    Command("swap", QT_TRANSLATE_NOOP("Commands", "Comparing: swap the two"), ("V",),
            "swap", scopes=_COMPARE, icon="swap"),
    Command("wipe", QT_TRANSLATE_NOOP("Commands", "Comparing: wipe or side by side"), ("W",),
            "toggle_wipe", scopes=_COMPARE),
    Command("sheet pick", QT_TRANSLATE_NOOP("Commands", "Sheet: pick"), ("P",),
            "pick", scopes=_SHEET, icon="check"),
    Command("sheet reject", QT_TRANSLATE_NOOP("Commands", "Sheet: reject"), ("X",),
            "reject", scopes=_SHEET, icon="close"),
    Command("sheet reject others", QT_TRANSLATE_NOOP("Commands", "Sheet: reject all not judged"),
            ("Ctrl+X",), "judging.reject_others", scopes=_SHEET),
    Command("sheet clear", QT_TRANSLATE_NOOP("Commands", "Sheet: neither, and no stars"), ("U",),
            "clear", scopes=_SHEET),
    Command("sheet stars 1", QT_TRANSLATE_NOOP("Commands", "Sheet: one star"), ("1",),
            "give_stars", (1,), _SHEET),
    Command("sheet stars 2", QT_TRANSLATE_NOOP("Commands", "Sheet: two stars"), ("2",),
            "give_stars", (2,), _SHEET),
    Command("sheet stars 3", QT_TRANSLATE_NOOP("Commands", "Sheet: three stars"), ("3",),
            "give_stars", (3,), _SHEET),
    Command("sheet stars 4", QT_TRANSLATE_NOOP("Commands", "Sheet: four stars"), ("4",),
            "give_stars", (4,), _SHEET),
    Command("sheet stars 5", QT_TRANSLATE_NOOP("Commands", "Sheet: five stars"), ("5",),
            "give_stars", (5,), _SHEET, icon="star"),
    Command("sheet champion", QT_TRANSLATE_NOOP("Commands", "Sheet: the best beside each other"),
            ("B",), "judging.toggle_champion", scopes=_SHEET, icon="crown"),
    Command("sheet open", QT_TRANSLATE_NOOP("Commands", "Sheet: only what is not judged"), ("O",),
            "judging.toggle_only_open", scopes=_SHEET),
    Command("sheet hold", QT_TRANSLATE_NOOP("Commands", "Sheet: shorter clips loop or hold"),
            ("L",), "toggle_hold", scopes=_SHEET, icon="loop"),
    Command("sheet zoom", QT_TRANSLATE_NOOP("Commands", "Sheet: see all larger, or whole"), ("Z",),
            "canvas.toggle_zoom", scopes=_SHEET, icon="zoom"),
    Command("sheet larger", QT_TRANSLATE_NOOP("Commands", "Sheet: larger"), ("+",),
            "canvas.zoom_by", (1,), _SHEET, repeats=True),
    Command("sheet smaller", QT_TRANSLATE_NOOP("Commands", "Sheet: smaller"), ("-",),
            "canvas.zoom_by", (-1,), _SHEET, repeats=True),
    Command("sheet slower", QT_TRANSLATE_NOOP("Commands", "Sheet: slower"), ("[",),
            "change_speed", (-1,), _SHEET),
    Command("sheet faster", QT_TRANSLATE_NOOP("Commands", "Sheet: faster"), ("]",),
            "change_speed", (1,), _SHEET),
    Command("sheet next", QT_TRANSLATE_NOOP("Commands", "Sheet: next page"), ("PgDown",),
            "judging.turn", (1,), _SHEET),
    Command("sheet previous", QT_TRANSLATE_NOOP("Commands", "Sheet: previous page"), ("PgUp",),
            "judging.turn", (-1,), _SHEET),
    Command("sheet throw", QT_TRANSLATE_NOOP("Commands", "Sheet: throw away the rejected"),
            ("Ctrl+Del", "Ctrl+Backspace"), "throw_rejected", scopes=_SHEET, icon="trash"),
    Command("sheet export", QT_TRANSLATE_NOOP("Commands", "Sheet: export…"), ("Ctrl+Shift+E",),
            "open_export", scopes=_SHEET),
    Command("story add", QT_TRANSLATE_NOOP("Commands", "Storyboard: insert a shot"), ("N",),
            "add_shot", scopes=_STORY, icon="plus"),
    Command("story duplicate", QT_TRANSLATE_NOOP("Commands", "Storyboard: duplicate the shot"),
            ("D",), "duplicate", scopes=_STORY, icon="stack"),
    Command("story split", QT_TRANSLATE_NOOP("Commands", "Storyboard: split the shot"), ("S",),
            "split", scopes=_STORY, icon="scissors"),
    Command("story remove", QT_TRANSLATE_NOOP("Commands", "Storyboard: remove the chosen shots"),
            ("Del", "Backspace"), "remove", scopes=_STORY, icon="trash"),
    Command("story rename", QT_TRANSLATE_NOOP("Commands", "Storyboard: rename the shot"), ("F2",),
            "rename", scopes=_STORY, icon="pencil"),
    Command("story left", QT_TRANSLATE_NOOP("Commands", "Storyboard: move to the left"),
            ("Alt+Left",), "move", (-1,), _STORY, repeats=True),
    Command("story right", QT_TRANSLATE_NOOP("Commands", "Storyboard: move to the right"),
            ("Alt+Right",), "move", (1,), _STORY, repeats=True),
    Command("story seam", QT_TRANSLATE_NOOP("Commands", "Storyboard: cut, or go on from the last"),
            ("C",), "toggle_seam", scopes=_STORY, icon="link"),
    Command("story meets", QT_TRANSLATE_NOOP("Commands", "Storyboard: meet the next shot, or not"),
            ("E",), "toggle_meets", scopes=_STORY),
    Command("story gap", QT_TRANSLATE_NOOP("Commands", "Storyboard: fill the gap to the next"),
            ("G",), "fill_gap", scopes=_STORY),
    Command("story keep", QT_TRANSLATE_NOOP("Commands", "Storyboard: keep the take as it is"),
            ("Y",), "keep", scopes=_STORY, icon="check"),
    Command("story edit", QT_TRANSLATE_NOOP("Commands", "Storyboard: write the prompt"),
            ("Return", "Enter"), "edit", scopes=_STORY),
    Command("story undo", QT_TRANSLATE_NOOP("Commands", "Storyboard: undo"), ("Ctrl+Z",),
            "undo", scopes=_STORY, icon="reset"),
    Command("story redo", QT_TRANSLATE_NOOP("Commands", "Storyboard: redo"),
            ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", scopes=_STORY),
    Command("row up", QT_TRANSLATE_NOOP("Commands", "Move a row of the form up"), ("Alt+Up",),
            "shift", (-1,), _ROW),
    Command("row down", QT_TRANSLATE_NOOP("Commands", "Move a row of the form down"),
            ("Alt+Down",), "shift", (1,), _ROW),
    Command("paste frame", QT_TRANSLATE_NOOP("Commands",
            "Paste a picture into a frame or the prompt"), ("Ctrl+V",), "paste", scopes=_FRAME),
    Command("remove frame", QT_TRANSLATE_NOOP("Commands", "Remove the picture of a frame"),
            ("Del", "Backspace"), "clear", scopes=_FRAME),
    Command("choose frame", QT_TRANSLATE_NOOP("Commands", "Choose a picture for a frame"),
            ("Return", "Enter"), "pick", scopes=_FRAME),
)
THEMES: tuple[Command, ...] = (  # after the views in their menu
    Command("theme system", QT_TRANSLATE_NOOP("Commands", "Theme: as the system"), (),
            "user_actions.use_theme", ("system",), menu=Menu.VIEW, first=True),
    Command("theme dark", QT_TRANSLATE_NOOP("Commands", "Theme: dark"), (),
            "user_actions.use_theme", ("dark",), menu=Menu.VIEW),
    Command("theme light", QT_TRANSLATE_NOOP("Commands", "Theme: light"), (),
            "user_actions.use_theme", ("light",), menu=Menu.VIEW),
    Command("theme contrast", QT_TRANSLATE_NOOP("Commands", "Theme: high contrast"), (),
            "user_actions.use_theme", ("contrast",), menu=Menu.VIEW),
)
# fmt: on


def command(name: str) -> Command:
    """The command with that id."""
    return next(known for known in COMMANDS if known.id == name)


def commands_in(scope: Scope) -> list[Command]:
    """The commands that are heard there."""
    return [known for known in COMMANDS if scope in known.scopes]


def key_of(name: str | Command) -> str:
    """The first key of a command, or of the one called so; "" where it has none."""
    known = command(name) if isinstance(name, str) else name
    return next(iter(known.shown_keys()), "")


def with_key(text: str, name: str | Command) -> str:
    """A text for a tooltip, with the key of the command it is about."""
    key = key_of(name)
    return f"{text} ({key})" if text and key else text or key


def for_menu(text: str, name: str) -> str:
    """A text for a menu, with the key of the command it is about at the right."""
    key = key_of(name)
    return f"{text}\t{key}" if key else text


def command_pressed(event: QKeyEvent, *scopes: Scope) -> Command | None:
    """The command that a key stands for, in the first of these scopes where it is one."""
    pressed = pressed_sequence(event)
    heard = (known for scope in scopes for known in commands_in(scope))
    return next((known for known in heard if pressed in known.sequences), None)


class KeyListener(QObject):
    """Hears the keys of some commands, whatever they are, while the keyboard is in its parent."""

    def __init__(
        self,
        widget: QWidget,
        commands: Iterable[Command],
        start: Callable[[Command], object],
        possible: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(widget)
        self.commands = list(commands)
        self.start = start
        self.possible = possible
        self._shortcuts = [QShortcut(widget) for _ in self.commands]
        for shortcut, known in zip(self._shortcuts, self.commands, strict=True):
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(known.repeats)
            shortcut.activated.connect(partial(start, known))
        keys_in_use().changed.connect(self.renew)
        self.renew()

    @Slot()
    def renew(self) -> None:
        """Take the keys in use."""
        for shortcut, known in zip(self._shortcuts, self.commands, strict=True):
            shortcut.setKeys(known.sequences)


def add_keys(
    widget: QWidget,
    commands: Iterable[Command],
    start: Callable[[Command], object],
    possible: Callable[[], bool] = lambda: True,
) -> None:
    """Hear the keys of these commands while the keyboard is in ``widget``."""
    KeyListener(widget, commands, start, possible)


class CommandPlace(Protocol):
    """A widget that hears the keys of some scopes by itself while it has the keyboard."""

    key_scopes: tuple[Scope, ...]

    def offers(self, known: Command) -> bool:
        """Whether it would do anything with a command of its scope now."""

    def start(self, known: Command) -> None:
        """Carry out a command of its scope."""


def heard_from(widget: QWidget | None) -> dict[str, Callable[[], object]]:
    """What the commands do that are heard where the keyboard is, by their ids; innermost first."""
    found: dict[str, Callable[[], object]] = {}
    while widget is not None:
        for scope in getattr(widget, "key_scopes", ()):
            place = cast(CommandPlace, widget)
            for known in filter(place.offers, commands_in(scope)):
                found.setdefault(known.id, partial(place.start, known))
        for listener in widget.children():
            if isinstance(listener, KeyListener) and listener.possible():
                for known in listener.commands:
                    found.setdefault(known.id, partial(listener.start, known))
        widget = None if widget.isWindow() else widget.parentWidget()
    return found
