"""What a drag or the clipboard offers as a picture, decided from its mime data alone.

Nothing here touches the disk or the network. A file comes before image data, image data before an
address; and the address is that of the picture, not of a page which it leads to.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import PurePath
from typing import NamedTuple
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt, QUrl
from PySide6.QtGui import QImage, QPixmap

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.model.frame import PICTURE_SUFFIXES, Frame
from pixverse_desktop.core.text import natural, plain
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base.context import AppCommands
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.widgets.drops import (
    is_file,
    local_paths,
    path_of,
    uris_of,
    windows_format,
)

SLOT_MIME = "application/x-pixverse-frame-slot"
PREVIEW_LONG_SIDE = 720  # pixels; a well is never shown larger
_RAW_FORMATS = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/avif")
_SOME_BYTES = "application/octet-stream"  # how Chromium hands over a picture of any kind
_FILE_BYTES = windows_format("FileContents")  # of what has no place in the file system
_FILE_NAMES = windows_format("FileGroupDescriptorW")
_FIRST_NAME = 76  # where the first of them begins; bytes
_LONGEST_NAME = 520  # bytes
_VIDEO_SUFFIXES = frozenset({".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v"})
_OTHER_SUFFIXES = frozenset(
    {".svg", ".tif", ".tiff", ".bmp", ".ico", ".psd", ".raw", ".dng",
     ".txt", ".csv", ".tsv", ".md", ".doc", ".docx", ".odt", ".html", ".htm", ".json",
     ".zip", ".gz", ".7z", ".mp3", ".wav", ".ogg", ".flac", ".exe", ".py"}
)  # fmt: skip
_TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
_LONGEST_URL = 8192
_DATA = b"data:image/"
_BY_NUMBER = "/.file/id="  # how macOS names a file that it gives no path of
_LONGEST_DATA = 28 * 2**20  # the largest picture that is taken, in letters


class FrameSlot(StrEnum):
    """Where a picture goes."""

    START = "start"
    END = "end"


class Picture(NamedTuple):
    """A picture on its way in; ``image`` is set when there are no encoded bytes."""

    source: FrameSource
    image: QImage | None = None


class DropPayload(NamedTuple):
    """What a drag holds: up to two pictures, another well's frame, or the reason to refuse it."""

    pictures: tuple[Picture, ...] = ()
    refusal: str = ""
    from_slot: FrameSlot | None = None
    left_out: int = 0
    table: str = ""  # the path of a table or a list of prompts, where nothing else is offered

    @property
    def paths(self) -> tuple[str, ...]:
        """The files among the pictures, still to be looked at by a worker."""
        return tuple(p.source.path for p in self.pictures if p.source.path)


def read_offer(
    mime: QMimeData, *, with_data: bool = True, most: int | None = 2, tables: bool = False
) -> DropPayload:
    """Judge mime data at once; ``with_data`` False leaves the bytes where they are (dragging).

    No more than ``most`` pictures are taken, None takes all of them; ``tables``: a table, too.
    """
    if tables and (found := tables_in(mime)):
        return DropPayload(table=found[0])
    if mime.hasFormat(SLOT_MIME):
        name = bytes(mime.data(SLOT_MIME).data()).decode("ascii", "replace")
        if name in tuple(FrameSlot):
            return DropPayload(from_slot=FrameSlot(name))
    uris = uris_of(mime)
    from_web = not any(map(is_file, uris)) and len(uris) < 2
    if from_web and (shown := _picture_shown(mime, uris)):
        uris = [shown]
    raw = _raw_format(mime) if from_web else ""
    if raw:
        picture = _data_picture(mime, raw, with_data, uris)
        if picture.image is not None or picture.source.data or not (with_data and uris):
            return DropPayload((picture,))
    text_url = "" if uris else _url_in_text(mime)
    if text_url:
        uris = [bytes(QUrl(text_url).toEncoded().data())]
    return _offer_of_uris(uris, most) if uris else DropPayload(refusal=_why_nothing(mime))


def tables_in(mime: QMimeData) -> list[str]:
    """The files in a drag or the clipboard that may be tables or lists of prompts."""
    return [p for p in local_paths(mime) if PurePath(p).suffix.lower() in _TABLE_SUFFIXES]


def natural_order(pictures: Iterable[Picture]) -> list[Picture]:
    """By their names, 2 before 10."""
    return sorted(pictures, key=lambda picture: natural(picture.source.label))


def source_named(text: str) -> FrameSource:
    """A picture named at the start of the program, by its path or by an address."""
    return _source_of_uri(os.fsencode(text)) if "://" in text else _source_of_path(text)


def source_of_frame(job: Job, clip: Clip, index: int) -> FrameSource:
    """A frame of a saved clip, counted from 0, -1 being the last."""
    words = plain(" ".join(job.request.prompt.split()), 80)
    if index < 0:
        label = translate("DropOffer", "Last frame of “{clip}”").format(clip=words)
    else:
        label = translate("DropOffer", "Frame {n} of “{clip}”").format(n=index + 1, clip=words)
    return FrameSource(clip=clip.path, index=index, label=label, parent=job.id)


def check_files(commands: AppCommands, paths: tuple[str, ...]) -> str:
    """BLOCKING. The first reason why one of the files cannot be used, or ""."""
    for path in paths:
        reason = commands.check_frame_file(path)
        if reason:
            return reason
    return ""


def prepare_picture(commands: AppCommands, picture: Picture) -> tuple[Frame, QImage, str]:
    """BLOCKING. Normalise and store a picture; then come its preview and a note, "" for none.

    Raises UserError with the sentence for the user.
    """
    source = picture.source
    if picture.image is not None:
        source = FrameSource(data=_encoded(picture.image), label=source.label)
    elif source.url.startswith("data:"):
        source = FrameSource(data=_data_in(source.url), label=source.label)
    frame, jpeg, note = commands.prepare_frame(source)
    return frame, decoded(jpeg), note


def load_preview(commands: AppCommands, frame: Frame) -> QImage:
    """BLOCKING. The preview of a stored frame; a null image when there is none."""
    return decoded(commands.frame_preview(frame))


def decoded(jpeg: bytes) -> QImage:
    """Our own JPEG as an image no larger than a preview needs; null for no bytes."""
    if not jpeg:
        return QImage()
    image = QImage.fromData(jpeg)
    if max(image.width(), image.height()) > PREVIEW_LONG_SIDE:
        image = image.scaled(
            PREVIEW_LONG_SIDE,
            PREVIEW_LONG_SIDE,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    return image


def _picture_shown(mime: QMimeData, uris: list[bytes]) -> bytes:
    from pixverse_desktop.ui.compose.web_pictures import picture_shown  # the start is without

    return picture_shown(mime, uris)


def _why_nothing(mime: QMimeData) -> str:
    names = " ".join(mime.formats()).lower()
    if "portal" in names:
        return translate("DropOffer", "This file was not handed over: choose it instead")
    if "promise" in names or _FILE_NAMES.lower() in names:
        return translate("DropOffer", "This file does not exist yet: save it, then drag it here")
    return translate("DropOffer", "This is not a picture")


def _offer_of_uris(uris: list[bytes], most: int | None) -> DropPayload:
    pictures = []
    for uri in uris[:most]:
        reason = _refusal_of_uri(uri)
        if reason:
            return DropPayload(refusal=reason)
        pictures.append(Picture(_source_of_uri(uri)))
    return DropPayload(tuple(pictures), left_out=len(uris) - len(pictures))


def _refusal_of_uri(uri: bytes) -> str:
    if is_file(uri):
        path = path_of(uri)
        if not path:
            return translate("DropOffer", "This file is on another computer")
        if path.startswith(_BY_NUMBER):
            return translate("DropOffer", "This file came without its place: choose it instead")
        return (
            translate("DropOffer", "A folder cannot be used")
            if path.endswith("/")
            else _refusal_of_name(path)
        )
    if uri[: len(_DATA)].lower() == _DATA:
        if len(uri) > _LONGEST_DATA:
            return translate("DropOffer", "This picture is larger than 20 MB")
        return ""
    url = QUrl.fromEncoded(uri)
    if url.scheme().lower() == "blob":
        return translate("DropOffer", "The browser keeps this picture to itself: save it first")
    if url.scheme().lower() not in ("http", "https") or not url.host():
        return translate("DropOffer", "Only files and web addresses can be used")
    if len(url.toEncoded().data()) > _LONGEST_URL:
        return translate("DropOffer", "This address is too long")
    return _refusal_of_name(url.path())


def _refusal_of_name(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    if suffix == ".pdf":
        return translate("DropOffer", "A PDF is not a picture")
    if suffix in _VIDEO_SUFFIXES:
        return translate("DropOffer", "A video is not a picture")
    if suffix in _OTHER_SUFFIXES:
        return translate("DropOffer", "Not JPEG, PNG, WebP, AVIF or GIF")
    return ""


def _source_of_uri(uri: bytes) -> FrameSource:
    if path := path_of(uri):
        return _source_of_path(path)
    if uri[: len(_DATA)].lower() == _DATA:
        return FrameSource(
            url=uri.decode("ascii", "replace"), label=translate("DropOffer", "Pasted picture")
        )
    url = QUrl.fromEncoded(uri)
    address = bytes(url.toEncoded().data()).decode("ascii", "replace")
    name = PurePath(unquote(urlsplit(address).path)).name
    return FrameSource(url=address, label=plain(name or url.host(), 200))


def _source_of_path(path: str) -> FrameSource:
    return FrameSource(path=path, label=plain(PurePath(path).name, 200))


def _data_in(address: str) -> bytes:
    """The bytes inside a ``data:`` address (RFC 2397); none when they are no base64."""
    head, _, body = address.partition(",")
    data = unquote_to_bytes(body)
    if not head.lower().endswith(";base64"):
        return data
    try:
        return base64.b64decode(data)
    except binascii.Error:
        return b""


def _raw_format(mime: QMimeData) -> str:
    if mime.hasFormat(_FILE_BYTES) and _is_picture(_name_beside(mime, _FILE_BYTES)):
        return _FILE_BYTES
    for name in _RAW_FORMATS:
        if mime.hasFormat(name):
            return name
    # Another program's bytes would be decoded by whatever reader of Qt's they fit, its SVG reader
    # included, which opens local files. What holds no bytes was decoded by the system already.
    formats = mime.formats()
    some = next((name for name in formats if name.startswith(_SOME_BYTES)), "")
    encoded = any(name.startswith("image/") for name in formats)
    return some or ("image" if mime.hasImage() and not encoded else "")


def _data_picture(mime: QMimeData, raw: str, with_data: bool, uris: list[bytes]) -> Picture:
    names = (_name_beside(mime, raw), _source_of_uri(uris[0]).label if uris else "")
    label = next(filter(_is_picture, names), translate("DropOffer", "Pasted picture"))
    if not with_data:
        return Picture(FrameSource(label=label))
    if raw == "image":
        image = mime.imageData()
        if isinstance(image, QPixmap):  # as this program itself may have copied it
            image = image.toImage()
        return Picture(FrameSource(label=label), image if isinstance(image, QImage) else QImage())
    return Picture(FrameSource(data=bytes(mime.data(raw).data()), label=label))


def _is_picture(name: str) -> bool:
    return PurePath(name).suffix.lower() in PICTURE_SUFFIXES


def _name_beside(mime: QMimeData, raw: str) -> str:
    """What the file is called whose bytes are offered; "" where that is not said."""
    if raw == _FILE_BYTES:
        described = bytes(mime.data(_FILE_NAMES).data())
        name = described[_FIRST_NAME : _FIRST_NAME + _LONGEST_NAME].decode("utf-16-le", "replace")
        return plain(name.partition("\0")[0], 200)
    return plain(unquote(raw.partition("name=")[2].strip('"')), 200)


def _url_in_text(mime: QMimeData) -> str:
    if not mime.hasText():
        return ""
    text = mime.text()[: _LONGEST_URL + 2].strip()
    lowered = text[:8].lower()
    if not lowered.startswith(("http://", "https://")) or len(text.split()) != 1:
        return ""
    return text


def _encoded(image: QImage) -> bytes:
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # A null image writes nothing; the frame preparation then says that it is no picture.
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(held.data())
