"""What every drop target does alike: it answers Copy, and reads the addresses as they came."""

from __future__ import annotations

import codecs
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, unquote_to_bytes

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDropEvent

_Event = TypeVar("_Event", bound=QDropEvent)
_URI_LIST = "text/uri-list"
_WITH_TITLES = ("text/x-moz-url", "_NETSCAPE_URL")  # an address, then its title
_COPIED = "x-special/gnome-copied-files"  # "copy" or "cut", then addresses
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FILE = b"file:"


def only_moves(event: QDropEvent) -> bool:
    """True for a source that would give its picture away, for it to be deleted there."""
    return not event.possibleActions() & (Qt.DropAction.CopyAction | Qt.DropAction.LinkAction)


def accept_copy(event: QDropEvent) -> bool:
    """Accept a drag as a copy whatever keys are held; False, and ignored, for one that only moves.

    A source that is answered Move deletes what was dragged.
    """
    if only_moves(event):
        event.ignore()
        return False
    copies = event.possibleActions() & Qt.DropAction.CopyAction
    event.setDropAction(Qt.DropAction.CopyAction if copies else Qt.DropAction.LinkAction)
    event.accept()
    return True


def take_text(event: _Event, handle: Callable[[_Event], None]) -> None:
    """Let a text field ``handle`` a drag; from elsewhere it is a copy."""
    if event.source() is not None:
        handle(event)
    elif only_moves(event):
        event.ignore()
    else:
        handle(event)
        if event.isAccepted():
            accept_copy(event)


def windows_format(name: str) -> str:
    """What Qt calls a format of Windows that it knows nothing more of."""
    return f'application/x-qt-windows-mime;value="{name}"'


def text_in(mime: QMimeData, name: str) -> bytes:
    """A text of mime data: UTF-8 where it was UTF-16, else the bytes as they came, without NULs."""
    # Another program's formats are decoded when they are asked for, whether they are there or not.
    raw = bytes(mime.data(name).data()) if mime.hasFormat(name) else b""
    if raw.startswith(_UTF_16):
        raw = raw.decode("utf-16", "replace").encode()
    elif raw[1:2] == b"\0":  # as Firefox and Windows write it
        raw = raw.decode("utf-16-le", "replace").encode()
    return raw.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"")


def uris_of(mime: QMimeData) -> list[bytes]:
    """The addresses of a ``text/uri-list`` (RFC 2483), without its remarks; where there is none,
    those that a browser or a file manager offers in its own form.

    The bytes as they came: a QUrl has no room for names that are not UTF-8.
    """
    listed = _lines(mime, _URI_LIST) if mime.hasUrls() else []
    if found := [line for line in listed if not line.startswith(b"#")]:
        return found
    for name in _WITH_TITLES:
        if found := _lines(mime, name)[::2]:
            return found
    if found := _lines(mime, _COPIED)[1:]:
        return found
    path = text_in(mime, windows_format("FileNameW")).decode(errors="replace").replace("\\", "/")
    return [f"file:{'' if path.startswith('//') else '///'}{quote(path)}".encode()] if path else []


def _lines(mime: QMimeData, name: str) -> list[bytes]:
    return [line for line in map(bytes.strip, text_in(mime, name).splitlines()) if line]


def is_file(uri: bytes) -> bool:
    """True for the address of a file, on this computer or another."""
    return uri[:5].lower() == _FILE


def path_of(uri: bytes) -> str:
    """The path that a file's address means here, its bytes kept; "" for one elsewhere."""
    if not is_file(uri):
        return ""
    if sys.platform == "win32":
        return QUrl.fromEncoded(uri).toLocalFile()  # drives, and shares under their host's name
    rest = uri[5:].split(b"#")[0].split(b"?")[0]
    if rest.startswith(b"//"):
        host, slash, rest = rest[2:].partition(b"/")
        rest = slash + rest
        if not _is_here(os.fsdecode(unquote_to_bytes(host)).lower()):
            return ""
    return os.fsdecode(unquote_to_bytes(rest)) if rest.startswith(b"/") else ""


def local_paths(mime: QMimeData) -> list[str]:
    """The files of this computer among the addresses."""
    return [path for path in map(path_of, uris_of(mime)) if path]


def clips_in(mime: QMimeData) -> list[Path]:
    """The files that are dragged, where all of them are clips by their names; else none."""
    paths = [Path(path) for path in local_paths(mime)]
    clips = len(paths) == len(uris_of(mime)) and all(p.suffix.lower() == ".mp4" for p in paths)
    return paths if clips else []


def _is_here(host: str) -> bool:
    own = socket.gethostname().lower()
    return host in ("", "localhost", own, own.partition(".")[0])
