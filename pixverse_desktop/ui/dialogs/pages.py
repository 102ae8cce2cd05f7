"""The pages of the settings dialog, but for the one about the service and its key."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.credits import ZERO, read_credits
from pixverse_desktop.services.settings import MOST_DAILY_LIMIT, Settings
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.dialogs.name_template import NameTemplate
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.inputs import CreditsSpin, Stepper
from pixverse_desktop.ui.widgets.labels import ElidedLabel, plain_label
from pixverse_desktop.ui.widgets.segmented import Segmented
from pixverse_desktop.ui.widgets.toggle import Toggle


class NamedField(NamedTuple):
    """A setting as it is called on its page, and the control that has it."""

    name: str
    field: QWidget


class Page(QWidget):
    """A title and fields; ``apply`` saves a change, ``refresh`` shows the values in use."""

    changed = Signal()

    def __init__(self, context: UiContext, title: str) -> None:
        super().__init__()
        self.title = title
        self.context = context
        self._refreshing = False
        self.fields: list[NamedField] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 4, 12, 8)
        self._column.setSpacing(6)
        self._column.addWidget(plain_label(title, "head"))
        self._column.addSpacing(6)

    def settings(self) -> Settings:
        """The settings in use."""
        return self.context.commands.settings

    def apply(self, settings: Settings) -> None:
        """Save settings that differ from those in use."""
        if self._refreshing or settings == self.settings():
            return
        self.context.commands.apply_settings(settings)
        self.changed.emit()

    def refresh(self) -> None:
        """Show the settings in use."""
        self._refreshing = True
        self.show_settings(self.settings())
        self._refreshing = False

    def show_settings(self, settings: Settings) -> None:
        """Fill the fields."""

    def add(self, label: str, field: QWidget, hint: str = "") -> None:
        """A field under its label, with a hint under it."""
        self.fields.append(NamedField(label, field))
        name = plain_label(label, "muted")
        name.setBuddy(field)
        self._column.addWidget(name)
        self._column.addWidget(field)
        if hint:
            self._column.addWidget(plain_label(hint, "secondary", wrap=True))
            field.setAccessibleDescription(hint)
        self._column.addSpacing(10)

    def add_plain(self, widget: QWidget) -> None:
        """A widget without a label."""
        self._column.addWidget(widget)

    def add_switch(self, toggle: Toggle, label: str) -> None:
        """A switch with its words beside it."""
        self.fields.append(NamedField(label, toggle))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(toggle)
        words = plain_label(label, wrap=True)
        words.setBuddy(toggle)
        line.addWidget(words, 1)
        self._column.addLayout(line)
        self._column.addSpacing(10)

    def bring_into_sight(self, widget: QWidget) -> None:
        """Scroll to what was just shown."""
        self._column.activate()
        viewport = self.parentWidget()
        area = viewport.parentWidget() if viewport is not None else None
        if isinstance(area, QScrollArea):
            self.adjustSize()
            area.ensureWidgetVisible(widget, 0, 8)

    def end(self) -> None:
        """Push everything up."""
        self._column.addStretch(1)


class ClipsPage(Page):
    """Where clips go and how many are made at a time."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, translate("Settings", "Clips"))
        self._dialog: QFileDialog | None = None
        self.folder = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle)
        self.choose_button = QPushButton(self.tr("Choose…"))
        self.choose_button.setAccessibleName(self.tr("Choose the clip folder"))
        self.usual_button = QPushButton(self.tr("Use the usual one"))
        self.usual_button.setAccessibleName(self.tr("Use the usual clip folder"))
        for button in (self.choose_button, self.usual_button):
            button.setAutoDefault(False)
        self.choose_button.clicked.connect(self.on_choose_button_clicked)
        self.usual_button.clicked.connect(self.on_usual_button_clicked)
        buttons = QWidget()
        line = QHBoxLayout(buttons)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.choose_button)
        line.addWidget(self.usual_button)
        line.addStretch(1)
        self.jobs = Stepper(
            self.tr("Jobs at a time"), 1, 20, self.tr("Fewer jobs at a time"),
            self.tr("More jobs at a time"),
        )  # fmt: skip
        self.jobs.value_changed.connect(self.on_jobs_value_changed)
        self.limit = Stepper(
            self.tr("Daily limit in credits"), 0, MOST_DAILY_LIMIT, self.tr("Lower the limit"),
            self.tr("Raise the limit"), CreditsSpin(),
        )  # fmt: skip
        self.limit.spin.setSingleStep(10)
        self.limit.spin.setSpecialValueText(self.tr("none"))
        self.limit.spin.setAccessibleDescription(self.tr("0 is no limit"))
        self.limit.value_changed.connect(self.on_limit_value_changed)
        self.fields.append(NamedField(self.tr("Clip folder"), self.choose_button))
        self.add_plain(plain_label(self.tr("Clip folder"), "muted"))
        self.add_plain(self.folder)
        self.add_plain(buttons)
        stay = self.tr("Clips that are there already stay where they are.")
        self.add_plain(plain_label(stay, "secondary", wrap=True))
        self._column.addSpacing(10)
        self.names = NameTemplate()
        self.names.template_chosen.connect(self.on_names_template_chosen)
        self.add(self.tr("File names"), self.names)
        self.add(
            self.tr("Jobs at a time"),
            self.jobs,
            self.tr("How many clips may be under way at the service; the others wait here."),
        )
        self.add(
            self.tr("Daily limit in credits"),
            self.limit,
            self.tr(
                "Nothing more is sent when it would be passed; jobs whose outcome is unknown "
                "count too. The demo service is free and does not count."
            ),
        )
        self.end()

    def show_settings(self, settings: Settings) -> None:
        self.folder.setText(str(self.context.commands.clip_folder()))
        self.choose_button.setAccessibleDescription(self.folder.text())
        self.usual_button.setVisible(bool(settings.clip_folder))
        self.names.show_template(settings.clip_name)
        self.jobs.set_value(settings.jobs_at_a_time)
        self.limit.set_value(float(settings.daily_limit))

    @Slot()
    def on_choose_button_clicked(self) -> None:
        if self._dialog is not None:
            return
        title = self.tr("Choose the clip folder")
        dialog = FileDialog(self.window(), title, Place.MoviesLocation)
        dialog.choose_folder()
        dialog.fileSelected.connect(self.on_dialog_file_selected)
        dialog.finished.connect(self.on_dialog_finished)
        self._dialog = dialog
        dialog.open()

    @Slot(str)
    def on_dialog_file_selected(self, path: str) -> None:
        if path:
            self.apply(replace(self.settings(), clip_folder=path))
            self.refresh()

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = None

    @Slot()
    def on_usual_button_clicked(self) -> None:
        self.apply(replace(self.settings(), clip_folder=""))
        self.refresh()
        self.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def on_names_template_chosen(self, template: str) -> None:
        self.apply(replace(self.settings(), clip_name=template))

    @Slot(float)
    def on_jobs_value_changed(self, value: float) -> None:
        self.apply(replace(self.settings(), jobs_at_a_time=int(value)))

    @Slot(float)
    def on_limit_value_changed(self, value: float) -> None:
        self.apply(replace(self.settings(), daily_limit=read_credits(value) or ZERO))


_TEXT_SIZES = (90, 100, 125, 150, 175, 200)  # percent


class LookPage(Page):
    """The theme, and how large text is."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, translate("Settings", "Appearance"))
        self.theme = Segmented(self.tr("Theme"))
        self.theme.set_choices(
            (
                ("system", self.tr("System")),
                ("dark", self.tr("Dark")),
                ("light", self.tr("Light")),
                ("contrast", self.tr("High contrast")),
            )
        )
        self.theme.value_changed.connect(self.on_theme_value_changed)
        self.add(self.tr("Theme"), self.theme)
        self.text_size = Segmented(self.tr("Text size"))
        self.text_size.set_choices((str(size), f"{size} %") for size in _TEXT_SIZES)
        self.text_size.value_changed.connect(self.on_text_size_value_changed)
        self.add(self.tr("Text size"), self.text_size)
        self.end()

    def show_settings(self, settings: Settings) -> None:
        self.theme.set_value(settings.theme)
        nearest = min(_TEXT_SIZES, key=lambda size: abs(size - settings.text_size))
        self.text_size.set_value(str(nearest))

    @Slot(str)
    def on_text_size_value_changed(self, value: str) -> None:
        self.apply(replace(self.settings(), text_size=int(value)))

    @Slot(str)
    def on_theme_value_changed(self, value: str) -> None:
        self.apply(replace(self.settings(), theme=value))
