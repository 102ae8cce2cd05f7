"""Texts as they must be kept and found: names that are not UTF-8, and words however they are spelt.

On POSIX the name of a file is bytes. What is no UTF-8 in them Python holds as lone surrogates
(PEP 383): a path of such letters still opens its file, but nothing else can write them down.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable

_LONE = re.compile("[\ud800-\udfff]")
_VOICED = "\u3099\u309a"  # the marks of kana, without which they are other letters
_NO_DOT = str.maketrans("ı", "i", "ـ")  # Turkish; and the stroke that lengthens Arabic words


def is_writable(text: str) -> bool:
    """False for a text that UTF-8 cannot hold."""
    return _LONE.search(text) is None


def writable(text: str) -> str:
    """``text`` for showing and keeping: U+FFFD stands for what is no letter."""
    return _LONE.sub("\ufffd", text)


def percent_encoded(address: str) -> str:
    """A web address with its bytes that are no UTF-8 in the form that an address has for them."""
    return _LONE.sub(lambda found: f"%{ord(found[0]) & 0xFF:02X}", address)


def json_text(
    value: object, *, default: Callable[[object], object] | None = None, indent: int | None = None
) -> str:
    """JSON with letters as they are. A path keeps its bytes: what is no letter is written as an
    escape, ``\\udce9`` for the byte E9, from which ``json.loads`` gives the same path back."""
    text = json.dumps(value, ensure_ascii=False, default=default, indent=indent)
    return _LONE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def fold(text: str) -> str:
    """``text`` as it is searched: without case, and without the marks that many writers leave out
    (accents, the vowels of Hebrew and Arabic). ``ışık`` is found in IŞIK, ``strasse`` in Straße.
    """
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in parts if c in _VOICED or not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(kept)).translate(_NO_DOT)


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """``text``, marked for Qt's extractor where it is declared; the window translates it."""
    return text
