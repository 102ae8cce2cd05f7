"""Which picture a browser's drag shows: it may lead to a page, and that has an address, too."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from PySide6.QtCore import QMimeData, QUrl

from pixverse_desktop.ui.widgets.drops import text_in

_PROMISED = "application/x-moz-file-promise-url"  # Firefox: the very picture
_LONGEST_HTML = 2 * 2**20  # bytes
_USABLE = re.compile(r"https?://|data:image/", re.IGNORECASE)
# An address, which may hold commas but does not end in one, and how wide or dense its picture is.
_CANDIDATE = re.compile(r"\s*(\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)")


def picture_shown(mime: QMimeData, uris: list[bytes]) -> bytes:
    """The address of the one picture that is dragged; b"" where none is told of, or more are.

    HTML alone is never searched for addresses: it only tells which picture leads to the one of
    ``uris``.
    """
    if promised := text_in(mime, _PROMISED).strip():
        return promised
    html = text_in(mime, "text/html") if len(uris) == 1 else b""
    if len(html) > _LONGEST_HTML or b"<img" not in html.lower():
        return b""
    found = _Pictures()
    found.feed(html.decode(errors="replace"))
    found.close()
    elsewhere = found.links - {QUrl.fromEncoded(uris[0]).toString()}
    alone = len(found.addresses) == 1 and not found.words and not elsewhere
    return found.addresses[0].encode() if alone else b""


class _Pictures(HTMLParser):
    """The pictures of a piece of HTML, each in its best size, where it leads to, and whether there
    are words."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.links: set[str] = set()
        self.words = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.links.add(QUrl(given.get("href") or "").toString())
        elif tag == "img":
            sizes = _CANDIDATE.findall(given.get("srcset") or "")
            best = sorted(sizes, key=lambda one: _number(one[1]), reverse=True)
            addresses = [*(address for address, _ in best), (given.get("src") or "").strip()]
            self.addresses.append(next(filter(_USABLE.match, addresses), ""))

    def handle_data(self, data: str) -> None:
        self.words = self.words or bool(data.strip())


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0
