"""A tooltip that names the key of a command, whatever that key is at the moment."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.ui.base.command import Command
from pixverse_desktop.ui.base.commands import with_key
from pixverse_desktop.ui.base.keys import keys_in_use
from pixverse_desktop.ui.widgets.labels import tip_text


class _KeyTip(QObject):
    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self.parts: tuple[str, str | Command, str] = ("", "", "")
        keys_in_use().changed.connect(self.renew)

    @Slot()
    def renew(self) -> None:
        text, name, more = self.parts
        self._widget.setToolTip(tip_text(with_key(text, name) + (f"\n{more}" if more else "")))
        # A reader says the name first: the tooltip would say it once more.
        named = text == self._widget.accessibleName()
        rest = filter(None, (with_key("", name), more)) if named else ()
        self._widget.setAccessibleDescription("\n".join(rest))


def set_key_tip(widget: QWidget, text: str, name: str | Command, more: str = "") -> None:
    """Tell what ``widget`` does, with the key of a command, or of the one called so.

    Without a text the key stands alone; ``more`` is a second line.
    """
    only_children = Qt.FindChildOption.FindDirectChildrenOnly
    tip = widget.findChild(_KeyTip, options=only_children) or _KeyTip(widget)
    tip.parts = (text, name, more)
    tip.renew()
