"""What the command palette finds: commands, settings, the library's collections, recent clips."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from enum import Enum
from functools import partial

from PySide6.QtWidgets import QApplication

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import Board, Collection
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.records import record
from pixverse_desktop.ui.base.command import Command, Scope
from pixverse_desktop.ui.base.commands import heard_from
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.commands.menus import Menus
from pixverse_desktop.ui.commands.shortcuts_dialog import group_title
from pixverse_desktop.ui.dialogs.settings_dialog import SettingsDialog
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.jobs.collection_labels import collection_label
from pixverse_desktop.ui.jobs.job_text import clip_length, one_line

MOST_CLIPS = 5000  # the newest; older ones are found in the library


class Kind(Enum):
    """What an entry leads to; the value is the sign that asks for this kind alone."""

    COMMAND = ">"
    SETTING = ">>"
    BOARD = "#"
    CLIP = "@"

    @property
    def title(self) -> str:
        """What stands above entries of this kind."""
        return {
            Kind.COMMAND: translate("Palette", "Commands"),
            Kind.SETTING: translate("Palette", "Settings"),
            Kind.BOARD: translate("Palette", "Collections and boards"),
            Kind.CLIP: translate("Palette", "Clips"),
        }[self]


@record
class Entry:
    """One line of the palette; ``reason`` tells why it cannot be run now, "" when it can."""

    id: str  # remembered when it is run; "" never is
    kind: Kind
    title: str
    run: Callable[[], object]
    aside: str = ""
    also: str = ""  # further words by which it is found
    reason: str = ""
    icon: str = ""
    keys: Sequence[str] = field(default_factory=list)
    job: Job | None = None
    costs: bool = False  # it spends credits: it is never chosen by itself


def command_entries(menus: Menus) -> list[Entry]:
    """The commands that make sense where the keyboard is, with the reasons of those that do not."""
    heard = heard_from(QApplication.focusWidget())
    entries = []
    for command in menus.commands:
        if command.id in heard:
            run: Callable[[], object] = heard[command.id]
            reason = ""
        elif menus.reaches(command):
            run, reason = partial(menus.start, command), menus.reason_against(command)
        elif Scope.LISTS in command.scopes and menus.is_in_front():
            run, reason = _nothing, translate("Palette", "nothing was removed just now")
        else:
            continue
        if command.id != "palette":
            entries.append(_of_command(command, menus.title_of(command), run, reason))
    return entries


def _of_command(command: Command, title: str, run: Callable[[], object], reason: str) -> Entry:
    return Entry(
        command.id, Kind.COMMAND, title, run, also=group_title(command), reason=reason,
        icon=command.icon, keys=command.shown_keys()[:1], costs=command.costs,
        aside=translate("Palette", "costs credits") if command.costs else "",
    )  # fmt: skip


def setting_entries(dialog: SettingsDialog) -> list[Entry]:
    """Every setting, opened with its control focused."""
    return [
        Entry(
            f"setting {section} {place}", Kind.SETTING, known.name,
            partial(dialog.open_at, section, field=known.field), page, page, icon="gear",
        )
        for place, (section, page, known) in enumerate(dialog.fields())
    ]  # fmt: skip


def collection_entries(
    clips: ClipActions, boards: Iterable[Board], counted: Callable[[int], str]
) -> list[Entry]:
    """The library's own collections, then the boards; ``counted`` tells a number of clips."""
    show = clips.collection_requested.emit
    library = translate("Palette", "Library")
    own = [
        Entry(
            f"collection {collection}", Kind.BOARD, collection_label(collection),
            partial(show, collection, ""), library, library, icon="film",
        )
        for collection in Collection
    ]  # fmt: skip
    board_word = translate("Palette", "Board")
    return own + [
        Entry(
            f"board {board.id}", Kind.BOARD, one_line(board.name),
            partial(show, Collection.ALL, board.id), counted(board.clips), board_word,
            icon="film",
        )
        for board in boards
    ]  # fmt: skip


class ClipEntries:
    """The clips of the list, newest first; what is said of one is made once."""

    def __init__(self, clips: ClipActions) -> None:
        self._clips = clips
        self._entries: list[Entry] = []

    def of(self, jobs: Mapping[str, Job]) -> list[Entry]:
        """The newest of the saved ones; the very same list while they are the same."""
        saved = [job for job in jobs.values() if job.state is JobState.SAVED and job.clip]
        saved = sorted(saved, key=_finished, reverse=True)[:MOST_CLIPS]
        if saved != [entry.job for entry in self._entries]:
            known = {id(entry.job): entry for entry in self._entries}
            self._entries = [known.get(id(job)) or self._entry(job) for job in saved]
        return self._entries

    def _entry(self, job: Job) -> Entry:
        title = one_line(job.request.prompt) or translate("Palette", "A clip without a prompt")
        return Entry(
            "", Kind.CLIP, title, partial(self._clips.play, [job]), clip_length(job), job=job
        )


def _finished(job: Job) -> float:
    return job.finished_at if job.finished_at is not None else job.created_at


def _nothing() -> None:
    """What cannot be run does nothing."""
