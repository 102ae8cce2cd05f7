"""What is said below the window, in the window's language."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import QCoreApplication

from pixverse_desktop.core.messages import Message, Wording
from pixverse_desktop.core.sentences import SENTENCES
from pixverse_desktop.core.text import plain
from pixverse_desktop.ui.base import localised

translate = QCoreApplication.translate  # for what no QObject says; plurals go through ``tr``


def translated(text: str) -> str:
    """A Message in the user's language; the service's own words and old sentences as they are."""
    if not isinstance(text, Message):
        return text
    template = translate("Problem", SENTENCES[text.code])
    args = {
        name: translated(value) if isinstance(value, str) else value
        for name, value in text.args.items()
    }
    return plain(_WORDING.vformat(template, (), args))


class _Wording(Wording):
    def label(self, label: str) -> str:
        words = translate("Parameter", label)
        return super().label(label) if words == label else words

    def with_article(self, label: str) -> str:
        words = translate("Parameter", label)
        return super().with_article(label) if words == label else words

    def format_field(self, value: Any, format_spec: str) -> str:
        match value:
            case float() if format_spec:
                return localised.number(value, 2)
            case float() | Decimal():
                return localised.shortest(value)
            case int() if format_spec:
                return localised.number(value)
            case _:
                return super().format_field(value, format_spec)


_WORDING = _Wording()
