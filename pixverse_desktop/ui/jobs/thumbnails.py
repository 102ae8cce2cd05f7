"""Small pictures for lists: decoded on workers, newest wish first, a bounded number kept.

A clip's picture is decoded once and then lies in the cache folder, as a small JPEG under a name
made of the clip's path, size and date; the cache may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.ui.base.context import UiContext

LONG_SIDE = 400  # pixels: a grid cell on a screen of double density
_KEPT = 120  # at 0.36 MB each
_JPEG_QUALITY = 88
_MADE_AS = 2  # raised when a picture comes out otherwise than those kept from before
_AT_ONCE = 2  # the workers' number; more would only make a queue that cannot be reordered
_WISHES = 80  # what was scrolled past is forgotten and asked for again when it comes back


class Picture(NamedTuple):
    """A loaded picture; null where there is none, ``missing`` when its file is gone."""

    pixmap: QPixmap
    missing: bool = False


class _Decoded(NamedTuple):
    key: str
    image: QImage
    missing: bool


class Pictures(QObject):
    """Asked by delegates while they paint: a picture at once, or None and ``loaded`` later."""

    loaded = Signal(str)

    def __init__(self, context: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = context.workers
        self._frames_folder = context.frames_folder
        self._cache = context.thumbnails
        self._kept: OrderedDict[str, Picture] = OrderedDict()
        self._wishes: OrderedDict[str, Path] = OrderedDict()
        self._busy: set[str] = set()

    def start_frame(self, job: Job) -> Picture | None:
        """The start frame of a job; None while it is loading and where there is none to load."""
        frame = job.request.start_frame
        return None if frame is None else self.frame(frame)

    def frame(self, frame: Frame) -> Picture | None:
        """A frame that is kept here; None while it is loading and where it is only an address."""
        from pixverse_desktop.store.frame_folder import is_frame_name

        if frame.kind is not FrameKind.FILE or not is_frame_name(frame.value):
            return None
        return self._picture(f"frame {frame.value}", self._frames_folder / frame.value)

    def clip(self, job: Job) -> Picture | None:
        """A picture of a saved clip, None while it is loading."""
        if job.clip is None:
            return None
        return self._picture(f"clip {job.id}", Path(job.clip.path))

    def is_missing(self, job: Job) -> bool:
        """True when the file of a clip was not there when it was last looked for."""
        found = self._kept.get(f"clip {job.id}")
        return found is not None and found.missing

    def has_clip(self, job: Job) -> bool:
        """True when the picture of a clip is here to be painted."""
        return f"clip {job.id}" in self._kept

    def read_ahead(self, jobs: Iterable[Job]) -> None:
        """Have the pictures of clips that lie in the cache read in one go, before all that workers
        are asked for after; those that would have to be decoded are left."""
        wanted = {
            f"clip {job.id}": Path(job.clip.path)
            for job in jobs
            if job.clip is not None and not self.has_clip(job)
        }
        if wanted and self._cache is not None:
            self._workers.call(Lane.DECODE, _cached, self._cache, wanted, then=self._take_all)

    def forget_clip(self, job_id: str) -> None:
        """Look at the file of a clip anew: it was fetched again."""
        self._kept.pop(f"clip {job_id}", None)

    def _picture(self, key: str, path: Path) -> Picture | None:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._busy:
            self._wishes[key] = path
            self._wishes.move_to_end(key)
            if len(self._wishes) > _WISHES:
                self._wishes.popitem(last=False)
            self._start()
        return None

    def _start(self) -> None:
        while self._wishes and len(self._busy) < _AT_ONCE:
            key, path = self._wishes.popitem()
            self._busy.add(key)
            read = partial(read_clip, self._cache) if key.startswith("clip ") else _read_frame
            self._workers.call(
                Lane.DECODE,
                _decoded,
                read,
                key,
                path,
                then=self._take,
                otherwise=partial(self._give_up, key),
            )

    def _take(self, decoded: _Decoded) -> None:
        pixmap = QPixmap.fromImage(decoded.image)
        self._kept[decoded.key] = Picture(pixmap, decoded.missing)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self._busy.discard(decoded.key)
        self._start()
        self.loaded.emit(decoded.key)

    def _take_all(self, found: list[_Decoded]) -> None:
        for decoded in found:
            self._take(decoded)

    def _give_up(self, key: str, _error: UserError) -> None:
        self._take(_Decoded(key, QImage(), False))


def _cached(cache: Path, wanted: dict[str, Path]) -> list[_Decoded]:
    """BLOCKING. Those that were decoded before."""
    places = ((key, _place_in(cache, path)) for key, path in wanted.items())
    read = [_Decoded(key, _read_frame(place), False) for key, place in places if place is not None]
    return [decoded for decoded in read if not decoded.image.isNull()]


def _decoded(read: Callable[[Path], QImage], key: str, path: Path) -> _Decoded:
    """BLOCKING. A picture, or word that its file is gone."""
    if not path.is_file():
        return _Decoded(key, QImage(), True)
    return _Decoded(key, read(path), False)


def _read_frame(path: Path) -> QImage:
    """BLOCKING. Our own JPEG, scaled while it is decoded; a null image when there is none."""
    data = QBuffer()  # not by its name: Qt cannot open one that is not UTF-8
    try:
        data.setData(path.read_bytes())
    except OSError:
        return QImage()
    reader = QImageReader(data, b"jpeg")
    if not reader.canRead():
        return QImage()
    size = reader.size()
    if max(size.width(), size.height()) > LONG_SIDE:
        bound = QSize(LONG_SIDE, LONG_SIDE)
        reader.setScaledSize(size.scaled(bound, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def read_clip(cache: Path | None, path: Path) -> QImage:
    """BLOCKING. The clip's picture from the cache, else decoded and put there."""
    kept = _place_in(cache, path) if cache is not None else None
    if kept is not None:
        image = _read_frame(kept)
        if not image.isNull():
            return image
    image = _decode_clip(path)
    if kept is not None and not image.isNull():
        _put_down(image, kept)
    return image


def _place_in(cache: Path, path: Path) -> Path | None:
    import hashlib  # OpenSSL comes with it

    try:
        facts = path.stat()
    except OSError:
        return None
    name = f"{path}\n{facts.st_size}\n{facts.st_mtime_ns}\n{LONG_SIDE}\n{_MADE_AS}"
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return cache / digest[:2] / f"{digest}.jpg"


def _put_down(image: QImage, place: Path) -> None:
    """A cache that cannot be written is done without."""
    aside = place.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        data = QBuffer()
        data.open(QBuffer.OpenModeFlag.WriteOnly)
        if image.save(data, "jpg", _JPEG_QUALITY):  # type: ignore[call-overload]
            aside.write_bytes(data.data().data())
            aside.replace(place)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink()


def _decode_clip(path: Path) -> QImage:
    """BLOCKING. A picture of the clip's first second; a null image when none can be decoded."""
    import av

    from pixverse_desktop.media.video_frames import thumbnail

    try:
        still = thumbnail(path, LONG_SIDE)
    except (av.FFmpegError, ValueError, IndexError, OSError):
        return QImage()
    image = QImage(still.rgb, still.width, still.height, still.stride, QImage.Format.Format_RGB888)
    return image.copy()  # owns its pixels; the bytes end with this call
