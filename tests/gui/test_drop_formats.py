"""What programs really offer when a picture is dragged or copied, and what is taken of it.

One row each, as that program makes it: under the names that Qt gives its formats.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QColor, QGuiApplication, QImage

from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.drop_offer import FrameSlot, read_offer
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.drops import local_paths, windows_format
from tests.support.drags import drag
from tests.support.window_fakes import RealFrames

AVIF = (Path(__file__).parent.parent / "data" / "pictures" / "real.avif").read_bytes()
PAGE = "https://example.com/animals/fox"
THUMB = "https://img.example.com/thumb/fox%20one.jpg"
BIG = "https://img.example.com/big/fox.jpg"
LINKED = f'<a href="{PAGE}"><img src="{THUMB}" alt="A fox"></a>'
URIS, HTML, TEXT = "text/uri-list", "text/html", "text/plain"
PROMISE = "application/x-moz-file-promise"
CONTENTS, NAMES = windows_format("FileContents"), windows_format("FileGroupDescriptorW")
COPIED = "x-special/gnome-copied-files"
PASTED = "Pasted picture"


def wide(text: str, end: str = "") -> bytes:
    return (text + end).encode("utf-16-le")


def described(name: str) -> bytes:
    """One FILEDESCRIPTORW: its name comes after 72 bytes of flags, times and sizes."""
    return struct.pack("<I72x520s", 1, name.encode("utf-16-le"))


def firefox(address: str, shown: str, html: str, **more: bytes) -> dict[str, bytes]:
    """An image, linked or not, dragged out of Firefox on Linux: texts are UTF-16."""
    return {
        "text/x-moz-url": wide(f"{address}\nA fox"),
        "_NETSCAPE_URL": f"{address}\nA fox".encode(),
        "text/x-moz-url-data": wide(address),
        "text/x-moz-url-desc": wide("A fox"),
        "text/_moz_htmlinfo": wide("0,0"),
        HTML: b"\xff\xfe" + wide(html),
        TEXT: address.encode(),
        PROMISE: b"",
        f"{PROMISE}-url": wide(shown),
        f"{PROMISE}-dest-filename": wide("fox.jpg"),
        **more,
    }


def chrome(address: str, html: str, **more: bytes) -> dict[str, bytes]:
    return {
        "chromium/x-renderer-taint": b"",
        URIS: f"{address}\r\n".encode(),
        "text/x-moz-url": wide(f"{address}\n"),
        HTML: html.encode(),
        **more,
    }


def dolphin(address: str) -> dict[str, bytes]:
    return {
        URIS: f"{address}\r\n".encode(),
        "application/x-kde4-urilist": b"desktop:/fox.png\r\n",
        "application/x-kde-cutselection": b"0",
        "application/vnd.portal.filetransfer": b"1289",
        TEXT: b"/a/fox.png",
    }


class Row(NamedTuple):
    """``takes``: a path, an address, bytes with their label, or the sentence that refuses it."""

    program: str
    offered: Mapping[str, bytes]
    takes: FrameSource | str


def file(path: str) -> FrameSource:
    return FrameSource(path=path, label=path.rsplit("/", 1)[-1])


def address(url: str, label: str) -> FrameSource:
    return FrameSource(url=url, label=label)


def octets(label: str) -> FrameSource:
    return FrameSource(data=AVIF, label=label)


EXPLORER = {
    windows_format("Shell IDList Array"): b"\x01\0\0\0",
    windows_format("FileName"): b"C:\\A\\FOX~1.PNG\0",
    windows_format("FileNameW"): wide("C:\\a\\fox one.png", "\0"),
}
WINDOWS_CHROME = {NAMES: described("fox.avif"), CONTENTS: AVIF, "image/png": AVIF}
DATA = "data:image/avif;base64,AAAA"
NO_FILE = "This file does not exist yet: save it, then drag it here"

ROWS = [
    # browsers: the picture that was dragged, not the page that it leads to
    Row("Firefox, an image", firefox(BIG, BIG, f'<img src="{BIG}">'), address(BIG, "fox.jpg")),
    Row("Firefox, a linked image", firefox(PAGE, THUMB, LINKED), address(THUMB, "fox one.jpg")),
    Row(
        "Firefox, a linked image, rendered",
        firefox(PAGE, THUMB, LINKED, **{"image/png": AVIF, "image/jpeg": b"worse"}),
        octets("fox one.jpg"),
    ),
    Row("Firefox, a data address", firefox(PAGE, DATA, LINKED), FrameSource(data=b"\0\0\0", label=PASTED)),
    Row("Firefox, a bookmark", {"text/x-moz-url": wide(f"{BIG}\nA fox")}, address(BIG, "fox.jpg")),
    Row("an old browser", {"_NETSCAPE_URL": f"{BIG}\nA fox".encode()}, address(BIG, "fox.jpg")),
    Row(
        "Chrome, an image",
        chrome(BIG, f'<img src="{BIG}">', **{'application/octet-stream;name="fox.avif"': AVIF}),
        octets("fox.avif"),
    ),
    Row(
        "Chrome, a linked image",
        chrome(PAGE, f'<img src="{THUMB}">', **{"application/octet-stream;name=": AVIF}),
        octets("fox one.jpg"),
    ),
    Row("Chrome, no bytes", chrome(PAGE, f'<img src="{THUMB}">'), address(THUMB, "fox one.jpg")),
    Row(
        "Chrome, an image in several sizes",
        chrome(PAGE, f'<img src="{THUMB}" srcset="{THUMB} 320w, /small.jpg 2000w, {BIG} 1600w,">'),
        address(BIG, "fox.jpg"),
    ),
    Row(
        "a size whose address holds commas",
        chrome(PAGE, f'<img srcset="https://e.com/w_9,h_9/fox.jpg 2x,{THUMB} 1.5x" src="x">'),
        address("https://e.com/w_9,h_9/fox.jpg", "fox.jpg"),
    ),
    Row("Chrome, the words of a link", chrome(BIG, f'<a href="{BIG}">fox</a>'), address(BIG, "fox.jpg")),
    Row(
        "a piece of a page",
        {HTML: f'<p>Two foxes <img src="{BIG}"></p>'.encode(), TEXT: b"Two foxes"},
        "This is not a picture",
    ),
    Row(
        "HTML that leads elsewhere",
        chrome(BIG, LINKED),
        address(BIG, "fox.jpg"),
    ),
    Row("HTML alone", {HTML: f'<img src="{BIG}">'.encode()}, "This is not a picture"),
    Row(
        "two images at once",
        {HTML: f'<img src="{BIG}"><img src="{THUMB}">'.encode()},
        "This is not a picture",
    ),
    Row(
        "an image whose address means nothing here",
        chrome(BIG, '<img src="/fox.jpg">'),
        address(BIG, "fox.jpg"),
    ),
    Row(
        "Safari, promised",
        {"com.apple.pasteboard.promised-file-content-type": b"public.jpeg"},
        NO_FILE,
    ),
    Row("Firefox, only promised", {PROMISE: b""}, NO_FILE),
    # file managers: the file, whatever else there is
    Row(
        "Nautilus",
        {
            "x-special/gnome-icon-list": b"file:///a/fox.png\r0:0:96:96\r\n",
            URIS: b"file:///a/fox.png\r\n",
            TEXT: b"/a/fox.png",
        },
        file("/a/fox.png"),
    ),
    Row(
        "Nautilus, through the portal, too",
        {
            "application/vnd.portal.files": b"1289",
            "application/vnd.portal.filetransfer": b"1289",
            URIS: b"file:///a/fox.png\r\n",
        },
        file("/a/fox.png"),
    ),
    Row("Nautilus, copied", {COPIED: b"copy\nfile:///a/fox.png"}, file("/a/fox.png")),
    Row("Nautilus, cut", {COPIED: b"cut\nfile:///a/fox%20one.png\0"}, file("/a/fox one.png")),
    Row(
        "a program that only speaks with the portal",
        {"application/vnd.portal.filetransfer": b"1289"},
        "This file was not handed over: choose it instead",
    ),
    Row("Dolphin", dolphin("file:///a/fox.png"), file("/a/fox.png")),
    Row("Dolphin, far away", dolphin("sftp://host/fox.png"), "Only files and web addresses can be used"),
    Row(
        "a viewer that adds what it shows",
        {URIS: b"file:///a/fox.png\r\n", "image/png": AVIF, "application/octet-stream": AVIF},
        file("/a/fox.png"),
    ),
    Row(
        "Finder, by number",
        {URIS: b"file:///.file/id=6571367.11958400"},
        "This file came without its place: choose it instead",
    ),
    Row("Finder", {URIS: b"file:///a/fox.png\0", "public.tiff": b"II*"}, file("/a/fox.png")),
    Row("Explorer", {**EXPLORER, URIS: b"file:///C:/a/fox%20one.png"}, file("/C:/a/fox one.png")),
    Row("Explorer, without addresses", EXPLORER, file("/C:/a/fox one.png")),
    Row("Windows, a mail's picture", {NAMES: described("fox.avif"), CONTENTS: AVIF}, octets("fox.avif")),
    Row("Chrome on Windows", chrome(PAGE, LINKED, **WINDOWS_CHROME), octets("fox.avif")),
    Row(
        "Chrome on Windows, a link",
        {**chrome(BIG, "fox"), NAMES: described("fox.url"), CONTENTS: b"[InternetShortcut]"},
        address(BIG, "fox.jpg"),
    ),
    Row("Windows, a mail's text", {NAMES: described("letter.msg"), CONTENTS: b"x"}, NO_FILE),
    # spellings
    Row(
        "UTF-16 with a mark",
        {COPIED: b"\xff\xfe" + wide("copy\nfile:///a/fox.png\n")},
        file("/a/fox.png"),
    ),
    Row("UTF-8 with a mark", {URIS: b"\xef\xbb\xbffile:///a/fox.png"}, file("/a/fox.png")),
    Row("bare spaces", {URIS: b"file:///a/fox one.png\r\n"}, file("/a/fox one.png")),
    Row("a list of remarks, then another form", {URIS: b"# none\r\n", COPIED: b"copy\nfile:/a/f.png"}, file("/a/f.png")),
]  # fmt: skip


def mime_of(offered: Mapping[str, bytes]) -> QMimeData:
    mime = QMimeData()
    for name, data in offered.items():
        mime.setData(name, QByteArray(data))
    return mime


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.program)
@pytest.mark.parametrize("way", ["dropped", "pasted"])
def test_what_a_program_offers_is_taken_or_refused_in_words(
    window: MainWindow, context: UiContext, row: Row, way: str
) -> None:
    frames = window.compose.frames
    if way == "dropped":
        taken = window.acceptDrops() and any(
            answer.value for answer in drag(frames.wells[FrameSlot.START], mime_of(row.offered))
        )
        assert taken == isinstance(row.takes, FrameSource)
    else:
        QGuiApplication.clipboard().setMimeData(mime_of(row.offered))
        frames.paste()
    prepared = context.commands.prepared
    if isinstance(row.takes, FrameSource):
        assert prepared == [row.takes]
    else:
        assert prepared == []
        assert frames.wells[FrameSlot.START].accessibleDescription() == row.takes


def test_a_decoded_picture_is_taken_where_there_is_no_file(
    window: MainWindow, context: UiContext, tmp_path: Path
) -> None:
    """A bitmap of Windows' clipboard, a TIFF of a Mac's: the system has decoded it."""
    real = RealFrames(paths_below(tmp_path / "data"))
    context.commands.prepare_frame = real.prepare_frame
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(QColor(200, 90, 40))
    mime = mime_of({windows_format("CF_DIBV5"): b"bits"})
    mime.setImageData(image)
    drag(window.compose.frames.wells[FrameSlot.START], mime)
    frame = window.compose.request().start_frame
    assert isinstance(frame, Frame)
    assert (frame.width, frame.label) == (640, PASTED)


def test_several_copied_files_are_all_there() -> None:
    mime = mime_of({COPIED: b"copy\nfile:///a/fox.png\nfile:///a/two%C3%A9.png\n"})
    assert local_paths(mime) == ["/a/fox.png", "/a/twoé.png"]
    assert len(read_offer(mime).pictures) == 2


def test_a_page_that_never_ends_is_not_read() -> None:
    html = b"<p>" * 2**20 + f'<img src="{BIG}">'.encode()
    assert read_offer(mime_of({HTML: html})).pictures == ()
