"""Texts as they must be kept and found: names that are not UTF-8, and words however they are spelt.

On POSIX the name of a file is bytes. What is no UTF-8 in them Python holds as lone surrogates
(PEP 383): a path of such letters still opens its file, but nothing else can write them down.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import urlsplit

from pixverse_desktop.core.redaction import redact

_LONE = re.compile("[\ud800-\udfff]")
_VOICED = "\u3099\u309a"  # the marks of kana, without which they are other letters
_NO_DOT = str.maketrans("ı", "i", "ـ")  # Turkish; and the stroke that lengthens Arabic words
# Control and bidi characters, and lone surrogates, which cannot even be stored. The two joiners
# (U+200C, U+200D) stay: Persian and many emoji are made with them.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def is_web_address(text: str) -> bool:
    """Whether a service can fetch what stands there: https, or http on this machine (a demo)."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    known = parts.scheme == "https" or (parts.scheme == "http" and host in _THIS_MACHINE)
    return known and bool(host) and not any(c.isspace() for c in text)


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


def plain(text: str, limit: int = 600) -> str:
    """Text from outside made safe to keep and to show: no control or bidi characters, no key.

    At most ``limit`` characters.
    """
    text = redact(_UNSAFE.sub("", text[: limit + 1000])).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """``text``, marked for Qt's extractor where it is declared; the window translates it."""
    return text


def read_json(text: str) -> object:
    """What JSON means (RFC 8259: without NaN and infinities). Raises ValueError, also for what is
    too deep."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("too deep") from error


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no number")


def natural(name: str) -> list[tuple[int, int | str]]:
    """For sorting names so that 2 comes before 10."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts if part]
