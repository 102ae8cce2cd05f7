"""The settings: sections at the left, one page at the right; a change takes effect at once."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import pixels, set_style
from pixverse_desktop.ui.dialogs.network_page import NetworkPage
from pixverse_desktop.ui.dialogs.pages import (
    ClipsPage,
    LookPage,
    NamedField,
    Page,
)
from pixverse_desktop.ui.dialogs.service_page import ServicePage
from pixverse_desktop.ui.dialogs.system_page import SystemPage
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.scroll_area import WideArea


class SettingsDialog(Dialog):
    """Made once and opened at a section: "service", "clips", "look", "system",
    "network"."""

    changed = Signal()

    def __init__(self, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.resize(QSize(pixels(720), pixels(620)).boundedTo(parent.size()))
        self.service = ServicePage(context)
        self.clips = ClipsPage(context)
        self.network = NetworkPage(context)
        self.look = LookPage(context)
        self.system = SystemPage(context)
        self._pages: dict[str, Page] = {
            "service": self.service,
            "clips": self.clips,
            "look": self.look,
            "system": self.system,
            "network": self.network,
        }
        self._build_layout()
        self.service.network_requested.connect(self.on_service_network_requested)
        for page in self._pages.values():
            page.changed.connect(self.changed)

    def fields(self) -> list[tuple[str, str, NamedField]]:
        """Every setting, with its section and what that is called."""
        return [
            (section, page.title, field)
            for section, page in self._pages.items()
            for field in page.fields
        ]

    def open_at(
        self, section: str, *, focus_key: bool = False, field: QWidget | None = None
    ) -> None:
        """Show the dialog at a section, or at a field there, with the values in use."""
        for page in self._pages.values():
            page.refresh()
        self.sections.setCurrentRow(tuple(self._pages).index(section))
        self.open()
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif focus_key:
            self.service.key.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.sections.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def on_service_network_requested(self) -> None:
        self.sections.setCurrentRow(tuple(self._pages).index("network"))

    @Slot(int)
    def on_sections_current_row_changed(self, row: int) -> None:
        self._stack.setCurrentIndex(row)

    def _build_layout(self) -> None:
        self.sections = QListWidget()
        self.sections.setAccessibleName(self.tr("Sections"))
        set_style(self.sections, look="nav")
        self.sections.setFrameShape(QFrame.Shape.NoFrame)
        self.sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self.sections.addItem(page.title)
            self._stack.addWidget(self._scrolled(page))
        self.sections.currentRowChanged.connect(self.on_sections_current_row_changed)
        self.sections.setFixedWidth(self.sections.sizeHintForColumn(0) + 36)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close the settings"))
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.accept)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(plain_label(self.tr("Settings"), "title"))
        left.addWidget(self.sections, 1)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self._stack, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        right.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 20, 16, 16)
        row.setSpacing(16)
        row.addLayout(left)
        row.addLayout(right, 1)

    def _scrolled(self, page: Page) -> QScrollArea:
        area = WideArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        return area
