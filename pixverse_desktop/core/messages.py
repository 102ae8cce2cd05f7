"""What is raised, stored or logged as a sentence: a code with arguments, which reads as English.

The window makes the same sentence in its own language of them (``ui.base.messages``); the command
line, the log and earlier versions of the program read the text.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

from pixverse_desktop.core.credits import credits_text, read_credits
from pixverse_desktop.core.sentences import SENTENCES
from pixverse_desktop.core.text import plain

Argument = str | int | float | Decimal  # a Message is a str; a Decimal is an amount of credits


class Wording(string.Formatter):
    """Fills a template in, in English; the window has one for its own language."""

    def label(self, label: str) -> str:
        """A parameter's label, or a unit, inside a sentence."""
        return label.lower()

    def with_article(self, label: str) -> str:
        """The same as one of its kind."""
        words = self.label(label)
        return f"{'an' if words[:1] in 'aeiou' else 'a'} {words}"

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        match conversion:
            case "l":
                return self.label(str(value))
            case "a":
                return self.with_article(str(value))
            case _:
                return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Decimal):
            return credits_text(value)
        usual = "g" if isinstance(value, float) else ""
        return str(super().format_field(value, format_spec or usual))


_ENGLISH = Wording()


class Message(str):
    """A sentence by its code and its arguments; as a text it is the English one.

    What comes from outside is made safe to show, and holds no key.
    """

    code: str
    args: dict[str, Argument]

    def __new__(cls, code: str, /, **args: Argument) -> Self:
        safe = {name: plain(value) if type(value) is str else value for name, value in args.items()}
        made = super().__new__(cls, plain(_ENGLISH.vformat(SENTENCES[code], (), safe)))
        made.code, made.args = code, safe
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Argument]]:
        return (self.code,), self.args  # for copies


def message_to_json(text: str) -> dict[str, object] | None:
    """What is stored of a message beside its text; None for a text without a code."""
    if not isinstance(text, Message):
        return None
    return {
        "code": text.code,
        "args": {name: _argument_to_json(value) for name, value in text.args.items()},
    }


def message_from_json(stored: object, text: str) -> str:
    """The message that was stored beside ``text``; the text alone where that is not known here."""
    try:
        stored = json.loads(stored) if isinstance(stored, str) else stored
        if not isinstance(stored, Mapping):
            return text
        args = {str(name): _argument(value, text) for name, value in stored["args"].items()}
        return Message(str(stored.get("code")), **args)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return text


def _argument_to_json(value: Argument) -> object:
    if isinstance(value, Decimal):
        return {"credits": str(value)}
    return message_to_json(value) if isinstance(value, Message) else value


def _argument(stored: object, text: str) -> Argument:
    if isinstance(stored, Mapping) and "credits" in stored:
        stored = read_credits(stored["credits"])
    elif isinstance(stored, Mapping):
        stored = message_from_json(stored, "")
    if stored == "" or not isinstance(stored, Argument):
        raise ValueError(f"no argument of a message: {text}")
    return stored
