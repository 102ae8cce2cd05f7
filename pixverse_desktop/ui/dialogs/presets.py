"""The presets: the form is saved as one; they are renamed, ordered, given away and taken in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.preset import (
    LONGEST_NAME,
    MOST_PRESETS,
    Preset,
    kept_by_preset,
    preset_of,
    preset_to_json,
    presets_in,
)
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.services.preset_files import read_preset, write_preset
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import pixels, set_style
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.value_labels import parameter_label, value_text
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label

_VALUE = Qt.ItemDataRole.UserRole


class _TickDelegate(QStyledItemDelegate):
    """Draws the tick of a filled box, which a style sheet can only take from a picture."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        if index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked.value:
            self.initStyleOption(option, index)
            box = QStyle.SubElement.SE_ItemViewItemCheckIndicator
            area = option.widget.style().subElementRect(box, option, option.widget)
            paint.glyph(painter, area, "check", "panel", 12)


class PresetsDialog(Dialog):
    """Every change is kept at once, and what was deleted last can be put back."""

    used = Signal(object)  # Preset, for the form

    def __init__(self, parent: QWidget, context: UiContext) -> None:
        super().__init__(parent)
        self._context = context
        self._request, self._model = default_request(PIXVERSE_V6), PIXVERSE_V6
        self._deleted: tuple[int, Preset] | None = None
        self._files: QFileDialog | None = None
        self.setWindowTitle(self.tr("Presets"))
        self.resize(QSize(pixels(720), pixels(460)).boundedTo(parent.size()))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Presets"))
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.list.currentRowChanged.connect(self.on_list_current_row_changed)
        self.list.itemChanged.connect(self.on_list_item_changed)
        self.parts = QListWidget()
        self.parts.setAccessibleName(self.tr("What the preset holds"))
        self.parts.setItemDelegate(_TickDelegate(self.parts))
        self.parts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.parts.itemChanged.connect(self._enable)
        self.name = TextField()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName(self.tr("Name of the preset"))
        self.name.setPlaceholderText(self.tr("Draft, final, portrait …"))
        self.name.textChanged.connect(self._enable)
        self.note = SentenceLabel("secondary")
        self._build_buttons()
        self._build_layout()

    def open_for(self, request: ClipRequest, model: ModelSpec) -> None:
        """Show them, and offer to save this form as one."""
        self._request, self._model = request, model
        self._deleted = None
        self.note.show_message("")
        self._show_presets()
        self._show_parts()
        self.open()
        self.name.setFocus()

    # --- the list ---

    def _presets(self) -> list[Preset]:
        return presets_in(self._context.commands.settings.presets)

    def _keep(self, presets: Iterable[Preset], marked: str = "") -> None:
        """These, in this order; what a newer version made stays behind them."""
        settings = self._context.commands.settings
        usable = {id(one) for one in settings.presets if presets_in([one])}
        newer = [one for one in settings.presets if id(one) not in usable]
        stored = (*map(preset_to_json, presets), *newer)
        self._context.commands.apply_settings(replace(settings, presets=stored))
        self._show_presets(marked)

    def _show_presets(self, marked: str = "") -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for preset in self._presets():
            item = QListWidgetItem(preset.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setData(_VALUE, preset.name)
            self.list.addItem(item)
        names = [preset.name for preset in self._presets()]
        self.list.setCurrentRow(names.index(marked) if marked in names else 0 if names else -1)
        self.list.blockSignals(False)
        self._enable()

    @Slot(int)
    def on_list_current_row_changed(self, _row: int) -> None:
        self._enable()

    @Slot(QListWidgetItem)
    def on_list_item_changed(self, item: QListWidgetItem) -> None:
        old, new = str(item.data(_VALUE)), item.text().strip()[:LONGEST_NAME]
        presets = self._presets()
        taken = new in (preset.name for preset in presets) and new != old
        if taken:
            said = self.tr("There is a preset {name} already.").format(name=new)
            self.note.show_message(said, "error")
        if taken or not new:
            new = old
        renamed = [replace(p, name=new) if p.name == old else p for p in presets]
        self._keep(renamed, new)

    def _move(self, way: int) -> None:
        presets, row = self._presets(), self.list.currentRow()
        if 0 <= row < len(presets) and 0 <= row + way < len(presets):
            presets.insert(row + way, presets.pop(row))
            self._keep(presets, presets[row + way].name)

    @Slot()
    def on_use_button_clicked(self) -> None:
        self.used.emit(self._presets()[self.list.currentRow()])
        self.accept()

    @Slot()
    def on_delete_button_clicked(self) -> None:
        presets, row = self._presets(), self.list.currentRow()
        if not 0 <= row < len(presets):
            return
        self._deleted = row, presets.pop(row)
        self._keep(presets, presets[min(row, len(presets) - 1)].name if presets else "")
        self.note.show_message(self.tr("{name} was deleted.").format(name=self._deleted[1].name))

    @Slot()
    def on_undo_button_clicked(self) -> None:
        if self._deleted is not None:
            row, preset = self._deleted
            self._deleted = None
            presets = self._presets()
            presets.insert(row, replace(preset, name=self._free(preset.name)))
            self.note.show_message("")
            self._keep(presets, presets[row].name)

    # --- the form as a preset ---

    def _show_parts(self) -> None:
        """What the form holds, by its words; all but the seed is meant at first."""
        self.parts.blockSignals(True)
        self.parts.clear()
        values = kept_by_preset(self._request, self._model)
        for spec in self._model.offered():
            if spec.name not in values:
                continue
            shown = value_text(spec, values[spec.name])
            text = parameter_label(spec)
            item = QListWidgetItem(f"{text}: {shown}" if shown else text)
            item.setData(_VALUE, spec.name)
            meant = spec.name != "seed"
            item.setCheckState(Qt.CheckState.Checked if meant else Qt.CheckState.Unchecked)
            self.parts.addItem(item)
        self.parts.blockSignals(False)
        self.parts.setCurrentRow(0)

    def _meant(self) -> list[str]:
        items = (self.parts.item(row) for row in range(self.parts.count()))
        return [i.data(_VALUE) for i in items if i.checkState() is Qt.CheckState.Checked]

    @Slot()
    def on_save_button_clicked(self) -> None:
        """A new one, or new values for the one of that name."""
        preset = preset_of(self.name.text().strip(), self._request, self._model, self._meant())
        presets = self._presets()
        names = [one.name for one in presets]
        if preset.name in names:
            presets[names.index(preset.name)] = preset
        else:
            presets.append(preset)
        self.note.show_message(self.tr("{name} was saved.").format(name=preset.name))
        self.name.clear()
        self._keep(presets, preset.name)

    # --- as files ---

    @Slot()
    def on_export_button_clicked(self) -> None:
        presets, row = self._presets(), self.list.currentRow()
        if self._files is not None or not 0 <= row < len(presets):
            return
        dialog = FileDialog(self, self.tr("Export the preset"), Place.DocumentsLocation, saves=True)
        dialog.setNameFilter(self.tr("Presets") + " (*.json)")
        dialog.setDefaultSuffix("json")
        dialog.selectFile(f"{presets[row].name.replace('/', ' ')}.json")
        dialog.fileSelected.connect(partial(self._export, presets[row]))
        self._open(dialog)

    @Slot()
    def on_import_button_clicked(self) -> None:
        if self._files is not None:
            return
        dialog = FileDialog(self, self.tr("Import a preset"), Place.DocumentsLocation)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Presets") + " (*.json)")
        dialog.fileSelected.connect(self._import)
        self._open(dialog)

    def _open(self, dialog: QFileDialog) -> None:
        dialog.finished.connect(self.on_files_finished)
        self._files = dialog
        dialog.open()

    @Slot(int)
    def on_files_finished(self, _result: int) -> None:
        self._files = None

    def _export(self, preset: Preset, path: str) -> None:
        said = self.tr("{name} was written.").format(name=preset.name)
        self._context.workers.call(
            Lane.FILES, write_preset, preset, Path(path),
            then=lambda _: self.note.show_message(said, "secondary"), otherwise=self._refuse,
        )  # fmt: skip

    def _import(self, path: str) -> None:
        self._context.workers.call(
            Lane.FILES, read_preset, Path(path), then=self.take, otherwise=self._refuse
        )

    def take(self, preset: Preset) -> None:
        """One from a file: under its name, or another where that is taken."""
        new = replace(preset, name=self._free(preset.name))
        self.note.show_message(self.tr("{name} was added.").format(name=new.name), "secondary")
        self._keep([*self._presets(), new], new.name)

    def _refuse(self, error: UserError) -> None:
        self.note.show_message(translated(error.problem.message), "error")

    def _free(self, name: str) -> str:
        """The name, with a number where there is one like it."""
        taken, number, free = {preset.name for preset in self._presets()}, 1, name
        while free in taken:
            number += 1
            free = f"{name[: LONGEST_NAME - 4]} {number}"
        return free

    @Slot()
    def _enable(self) -> None:
        row, count, name = self.list.currentRow(), self.list.count(), self.name.text().strip()
        known = name in (preset.name for preset in self._presets())
        self.save_button.setText(self.tr("Update") if known else self.tr("Save preset"))
        self.save_button.setAccessibleName(self.save_button.text())
        full = count >= MOST_PRESETS and not known
        self.save_button.setEnabled(bool(name) and bool(self._meant()) and not full)
        self.up_button.setEnabled(row > 0)
        self.down_button.setEnabled(0 <= row < count - 1)
        for button in (self.use_button, self.delete_button, self.export_button):
            button.setEnabled(row >= 0)
        self.undo_button.setVisible(self._deleted is not None)

    def _build_buttons(self) -> None:
        def button(text: str, then: object) -> QPushButton:
            made = QPushButton(text)
            made.setAccessibleName(text)
            made.setAutoDefault(False)
            set_style(made, kind="small")
            made.clicked.connect(then)
            return made

        self.use_button = button(self.tr("Use"), self.on_use_button_clicked)
        self.up_button = button(self.tr("Up"), partial(self._move, -1))
        self.down_button = button(self.tr("Down"), partial(self._move, 1))
        self.delete_button = button(self.tr("Delete"), self.on_delete_button_clicked)
        self.undo_button = button(self.tr("Undo"), self.on_undo_button_clicked)
        self.import_button = button(self.tr("Import…"), self.on_import_button_clicked)
        self.export_button = button(self.tr("Export…"), self.on_export_button_clicked)
        self.save_button = QPushButton(self.tr("Save preset"))
        set_style(self.save_button, kind="primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.on_save_button_clicked)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close the presets"))
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.reject)

    def _build_layout(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        for side in (left, right):
            side.setSpacing(8)
        left.addWidget(plain_label(self.tr("Presets"), "head"))
        left.addWidget(self.list, 1)
        for row in (
            (self.use_button, self.up_button, self.down_button),
            (self.import_button, self.export_button, self.delete_button, self.undo_button),
        ):
            line = QHBoxLayout()
            line.setSpacing(6)
            for widget in row:
                line.addWidget(widget)
            line.addStretch(1)
            left.addLayout(line)
        right.addWidget(plain_label(self.tr("The form as a preset"), "head"))
        right.addWidget(self.name)
        right.addWidget(self.parts, 1)
        both = QHBoxLayout()
        both.setSpacing(24)
        both.addLayout(left, 1)
        both.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.note, 1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(16)
        column.addLayout(both, 1)
        column.addLayout(foot)
