"""The command palette: a field over a list of everything that can be asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QGuiApplication,
    QHideEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QPainterPath,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from pixverse_desktop.core.jobs.library_query import Board
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.settings import MOST_FOUND
from pixverse_desktop.ui.base.composing import watch_composing
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.keys import shown_sequence
from pixverse_desktop.ui.base.theme import icon, pixels, set_style
from pixverse_desktop.ui.commands.menus import Menus
from pixverse_desktop.ui.commands.palette_entries import (
    ClipEntries,
    Entry,
    collection_entries,
    command_entries,
    setting_entries,
)
from pixverse_desktop.ui.commands.palette_finder import PaletteFinder
from pixverse_desktop.ui.commands.palette_rows import PaletteDelegate, PaletteRows, spoken
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.widgets.flow_layout import FlowLayout
from pixverse_desktop.ui.widgets.inputs import NoTypeAhead, TextField
from pixverse_desktop.ui.widgets.key_caps import KeyCaps
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.shade import Shade

if TYPE_CHECKING:
    from pixverse_desktop.ui.commands.window_commands import WindowActions

_WIDTH, _HEIGHT, _TOP = 700, 640, 112  # pixels at the usual type size
_MARGIN = 24  # pixels to the edges of the window
_RADIUS = 10  # pixels, as the style sheet has it
_PAGE = 8  # rows


class PaletteOpener(QObject):
    """Keeps what a palette needs from one opening to the next."""

    def __init__(
        self,
        window: QWidget,
        context: UiContext,
        menus: Menus,
        clips: ClipActions,
        actions: WindowActions,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._context = context
        self._menus = menus
        self._actions = actions
        self._clip_actions = clips
        self._clips = ClipEntries(clips)
        self._boards: tuple[Board, ...] = ()
        self._finder = PaletteFinder()
        self._pictures = Pictures(context, self)
        self.palette: Palette | None = None

    def open(self) -> None:
        """Show it over the window in front."""
        commands = command_entries(self._menus)  # as they are where the keyboard is now
        self._finder.set_clips(self._clips.of(self._context.bridge.jobs))
        self._finder.used = self._context.commands.window_state.found
        self._set_entries(commands)
        front = QApplication.activeWindow() or self._window
        self.palette = Palette(front, self._finder, self._pictures)
        self.palette.taken.connect(self.on_palette_taken)
        self.palette.shown_wanted.connect(self._clip_actions.shown_requested)
        if self._context.library is not None:
            read = self._context.library().boards
            self._context.workers.call(
                Lane.STORE, read, then=lambda boards: self._take_boards(boards, commands)
            )
        self.palette.open()

    @Slot(object)
    def on_palette_taken(self, entry: Entry) -> None:
        """Carry it out, and remember that."""
        if entry.id:
            state = self._context.commands.window_state
            others = tuple(known for known in state.found if known != entry.id)
            found = (entry.id, *others)[:MOST_FOUND]
            self._context.commands.save_window_state(replace(state, found=found))
        entry.run()

    def _take_boards(self, boards: tuple[Board, ...], commands: list[Entry]) -> None:
        if boards != self._boards:
            self._boards = boards
            self._set_entries(commands)
            if self.palette is not None and isValid(self.palette):
                self.palette.renew()

    def _set_entries(self, commands: list[Entry]) -> None:
        settings = setting_entries(self._actions.settings_dialog)
        boards = []
        if self._context.library is not None:
            boards = collection_entries(self._clip_actions, self._boards, self._counted)
        self._finder.set_entries([*commands, *settings, *boards])

    def _counted(self, clips: int) -> str:
        return self.tr("%Ln clips", "", clips)


class Palette(QFrame):
    """Closes when something is taken, and by Esc or a click elsewhere; it deletes itself."""

    taken = Signal(object)  # Entry
    shown_wanted = Signal(object)  # Job, in the library

    def __init__(self, window: QWidget, finder: PaletteFinder, pictures: Pictures) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The click that closes it must not press what lies below, which may cost credits.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self.setAccessibleName(self.tr("Command palette"))
        set_style(self, surface="palette")
        watch_composing()
        self._finder = finder
        self._shade = Shade(window)
        self.search = PaletteField()
        self.search.setAccessibleName(self.tr("Find a command, a setting or a clip"))
        self.search.setPlaceholderText(self.tr("Find a command, a setting or a clip"))
        self.search.textChanged.connect(self.renew)
        self.search.moved.connect(self.move_by)
        self.search.taken.connect(self.on_search_taken)
        self.found = plain_label("", "secondary")
        self.rows = PaletteRows(self)
        self.list = _List()
        self.list.setAccessibleName(self.tr("What was found"))
        self.list.setModel(self.rows)
        self.list.setItemDelegate(PaletteDelegate(self.list, pictures))
        self.list.clicked.connect(self.on_list_clicked)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.selectionModel().currentChanged.connect(self.on_current_changed)
        pictures.loaded.connect(self.on_pictures_loaded)
        self.nothing = plain_label(self.tr("Nothing is called so."), "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._build_layout()
        self.renew()

    def open(self) -> None:
        """Show it over its window, which is dimmed."""
        window = self._shade.window()
        scale = pixels(100) / 100
        width = min(round(_WIDTH * scale), window.width() - 2 * _MARGIN)
        top = min(_TOP, max(_MARGIN, window.height() // 8))
        height = min(round(_HEIGHT * scale), window.height() - top - _MARGIN)
        self.resize(width, height)
        self.move(window.mapToGlobal(QPoint((window.width() - width) // 2, top)))
        self._shade.cover()
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def renew(self) -> None:
        """Show what is found now."""
        rows, count = self._finder.rows(self.search.text())
        self.rows.show(rows)
        self.found.setText(self.tr("%Ln found", "", count) if self.search.text() else "")
        self.nothing.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self._choose(self.rows.first_choice())
        self.list.scrollToTop()

    @Slot(int)
    def move_by(self, rows: int) -> None:
        """Choose another entry, so many rows further down."""
        step = 1 if rows > 0 else -1
        wanted = max(0, min(self.list.currentIndex().row() + rows, self.rows.rowCount() - 1))
        row = self.rows.next_entry(wanted, step)
        row = self.rows.next_entry(wanted, -step) if row < 0 else row
        self._choose(row)
        if self.rows.next_entry(row - 1, -1) < 0:
            self.list.scrollToTop()  # with its heading

    @Slot(bool)
    def on_search_taken(self, in_library: bool) -> None:
        self._take(self.list.currentIndex().row(), in_library)

    @Slot(QModelIndex)
    def on_list_clicked(self, index: QModelIndex) -> None:
        held = QGuiApplication.keyboardModifiers()
        self._take(index.row(), bool(held & Qt.KeyboardModifier.ControlModifier))

    @Slot(str)
    def on_pictures_loaded(self, _key: str) -> None:
        self.list.viewport().update()

    @Slot(QModelIndex)
    def on_current_changed(self, current: QModelIndex) -> None:
        entry = self.rows.entry(current.row())
        self.search.setAccessibleDescription("" if entry is None else spoken(entry))
        if entry is not None and QAccessible.isActive():
            told = QAccessibleEvent(self.list, QAccessible.Event.Focus)
            told.setChild(current.row())
            QAccessible.updateAccessibility(told)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if isValid(self._shade):
            self._shade.lift()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        self.setMask(QRegion(shape.toFillPolygon().toPolygon()))

    def _choose(self, row: int) -> None:
        self.list.setCurrentIndex(self.rows.index(row, 0) if row >= 0 else QModelIndex())

    def _take(self, row: int, in_library: bool) -> None:
        entry = self.rows.entry(row)
        if entry is None or entry.reason or (in_library and entry.job is None):
            return  # what cannot be run says why
        self.close()
        if in_library:
            self.shown_wanted.emit(entry.job)
        else:
            self.taken.emit(entry)

    def _build_layout(self) -> None:
        glass = QLabel()
        glass.setPixmap(icon("search", "muted").pixmap(18, 18))
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 20, 12)
        head.setSpacing(14)
        head.addWidget(glass)
        head.addWidget(self.search, 1)
        head.addWidget(self.found)
        hints = QWidget()
        foot = FlowLayout(10, hints)
        for keys, words in self._hints():
            hint = QWidget()
            line = QHBoxLayout(hint)
            line.setContentsMargins(0, 0, 6, 0)
            line.setSpacing(6)
            line.addWidget(KeyCaps(keys))
            line.addWidget(plain_label(words, "secondary"))
            foot.addWidget(hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(_line())
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing, 1)
        column.addWidget(_line())
        below = QVBoxLayout()
        below.setContentsMargins(20, 11, 20, 11)
        below.addWidget(hints)
        column.addLayout(below)

    def _hints(self) -> list[tuple[list[str], str]]:
        return [
            (["\N{UPWARDS ARROW}", "\N{DOWNWARDS ARROW}"], self.tr("choose")),
            ([shown_sequence(QKeySequence("Return"))], self.tr("run")),
            ([shown_sequence(QKeySequence("Ctrl+Return"))], self.tr("show in library")),
            ([">"], self.tr("commands")),
            (["#"], self.tr("boards")),
            (["@"], self.tr("clips")),
        ]


class PaletteField(TextField):
    """Every key is its own while it has the keyboard: none is a command's of the window."""

    moved = Signal(int)  # rows down
    taken = Signal(bool)  # whether with Ctrl

    def __init__(self) -> None:
        super().__init__()
        self._composed = ""
        set_style(self, look="palette")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composed = event.preeditString()
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, steps = Qt.Key(event.key()), _STEPS
        if self._composed and key == Qt.Key.Key_Escape:
            QGuiApplication.inputMethod().reset()
            QApplication.sendEvent(self, QInputMethodEvent("", []))  # for one that does not answer
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self._composed and not event.isAutoRepeat():
                self.taken.emit(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif key in steps and not self._composed:
            self.moved.emit(steps[key])
        else:
            super().keyPressEvent(event)


_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: _PAGE,
    Qt.Key.Key_PageUp: -_PAGE,
}


class _List(NoTypeAhead, QListView):
    """The keyboard stays in the field."""

    def __init__(self) -> None:
        super().__init__()
        set_style(self, look="nav")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setViewportMargins(0, 6, 0, 6)


def _line() -> QFrame:
    line = QFrame()
    set_style(line, look="line")
    return line
