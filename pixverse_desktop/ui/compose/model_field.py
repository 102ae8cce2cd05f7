"""Which model makes the clip: its name on a button, and the service's list behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.service import model_page
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.inputs import QuietCombo
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label

if TYPE_CHECKING:
    from pixverse_desktop.core.ports import ListedModel
    from pixverse_desktop.ui.widgets.search_popup import SearchPopup


class ModelField(QWidget):
    """Only asks: the model changes when the service's rules for it are here."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._bridge = context.bridge
        self._model = PIXVERSE_V6
        self._listed: tuple[ListedModel, ...] = ()
        self._popup: SearchPopup | None = None
        self.button = _Button(self.tr("Model"))
        self.button.open_requested.connect(self.open_list)
        self.page_button = IconButton("question", self.tr("About this model"), size=28, glyph=16)
        self.page_button.clicked.connect(self.on_page_button_clicked)
        self.note = SentenceLabel("secondary")
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.button, 1)
        row.addWidget(self.page_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._head = QHBoxLayout()
        self._head.addWidget(plain_label(self.tr("Model"), "head"), 1)
        column.addLayout(self._head)
        column.addLayout(row)
        column.addWidget(self.note)
        self.set_model(self._model)

    def put_at_head(self, widget: QWidget) -> None:
        """Something at the right of the title."""
        self._head.addWidget(widget)

    def set_model(self, model: ModelSpec) -> None:
        """Show the model in use."""
        self._model = model
        self.button.show_text(model.name)
        price = self.tr("Listed: {price}").format(price=translated(model.price.words))
        self.button.setToolTip(f"{model.id}\n{price}")

    @Slot()
    def open_list(self) -> None:
        """The models known so far, and those of the service as soon as it has answered."""
        if self._popup is None:
            from pixverse_desktop.ui.widgets.search_popup import SearchPopup

            self._popup = SearchPopup(
                self,
                self.tr("Models"),
                self.tr("Search models"),
                self.tr("Asking the service…"),
                self.tr("No model has this in its name."),
            )
            self._popup.chosen.connect(self.on_popup_chosen)
        place = self.button.mapToGlobal(QPoint(0, self.button.height()))
        self._popup.open_at(place, self._entries())
        self._bridge.list_models(self._take_list)

    @Slot(str)
    def on_popup_chosen(self, model_id: str) -> None:
        if model_id != self._model.id:
            self._bridge.choose_model(model_id)

    @Slot()
    def on_page_button_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl(model_page(self._model.id)))

    def _take_list(self, found: tuple[ListedModel, ...] | Problem) -> None:
        if isinstance(found, Problem):
            self.note.show_message(self.tr("The service's list of models cannot be read now."))
            return
        self.note.show_message("")
        self._listed = found
        if self._popup is not None and self._popup.isVisible():
            self._popup.set_entries(self._entries())

    def _entries(self) -> dict[str, str]:
        """By id: the bundled model first, then as the service lists them."""
        names = {PIXVERSE_V6.id: PIXVERSE_V6.name, self._model.id: self._model.name}
        shown = {
            model.id: f"{names.get(model.id, model.name)}  ·  {_price_words(model)}"
            for model in self._listed
        }
        return {name: shown.get(name, text) for name, text in names.items()} | shown


def _price_words(model: ListedModel) -> str:
    return translated(model.price.words if model.price else Message("price_unknown"))


class _Button(QuietCombo):
    """Looks and is operated like a combo box; its list is a popup with a search."""

    open_requested = Signal()

    def show_text(self, text: str) -> None:
        self.clear()
        self.addItem(text)

    def showPopup(self) -> None:
        self.open_requested.emit()
