"""Fetching a clip from the media host: another origin, so without the key, ever.

Resumes by Range/If-Range where a strong ETag allows it and starts over where it does not. Every
hop of a redirect is judged by the same rule as the first address. What is written is only a part;
whether it is a clip is decided by those who look inside.
"""

from __future__ import annotations

import ipaddress
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from pixverse_desktop.api.coding import Body
from pixverse_desktop.api.hashing import BackgroundDigest
from pixverse_desktop.api.http import NoAuth, Sessions, location_of
from pixverse_desktop.api.surroundings import NoWayOut
from pixverse_desktop.core.errors import DownloadFailed, ProblemCode, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import is_loopback

CLIP_LIMIT_BYTES = 2 * 2**30
TOTAL_LIMIT_S = 3600.0
SLOW_BYTES_PER_S = 1024
SLOW_FOR_S = 60.0
_CHUNK_BYTES = 1 << 18
_HOPS = 8
_CONNECT_LIMIT_S = 10.0
_READ_LIMIT_S = 30.0
_OPEN_LIMIT_S = 60.0  # all redirects and headers together
_ROOM_EVERY_BYTES = 64 * 2**20  # how often the disk is asked while nobody knows the size
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]*"')
_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,15})-\d{1,15}|\*)/(\d{1,15}|\*)")
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*")
_DEAD = frozenset({401, 403, 404, 410})

Progress = Callable[[int, int | None], None]


class Downloader:
    """Fetches into part files; one call per part at a time."""

    def __init__(self, sessions: Sessions, *, allow_loopback: bool) -> None:
        self._sessions = sessions
        self._allow_loopback = allow_loopback

    def fetch(self, url: str, part: Path, progress: Progress) -> str:
        """Bring ``url`` to ``part``; gives the SHA-256 of the whole, in hex.

        Raises DownloadFailed, and OSError for the local disk.
        """
        etag_file = part.with_suffix(".etag")
        have = part.stat().st_size if part.exists() else 0
        etag = _stored_etag(etag_file) if have else ""
        if not etag:
            have = 0
        try:
            with self._open(url, have, etag) as response:
                return self._receive(response, part, have, etag, progress)
        except DownloadFailed as error:
            if error.fatal:
                part.unlink(missing_ok=True)
            raise
        except NoWayOut as error:
            raise _failed(error.sentence) from None
        except (requests.RequestException, HTTPError, ValueError) as error:
            raise _failed(Message("connection_broke", reason=type(error).__name__)) from None

    def _open(self, url: str, have: int, etag: str) -> requests.Response:
        headers = {"Range": f"bytes={have}-", "If-Range": etag} if have else {}
        base = ""
        session = self._sessions.get(_OPEN_LIMIT_S)
        for _ in range(_HOPS + 1):
            url = base = self.checked(base, url)
            response = session.get(
                url,
                headers=headers,
                auth=NoAuth(),
                allow_redirects=False,
                stream=True,
                timeout=(_CONNECT_LIMIT_S, _READ_LIMIT_S),
            )
            if response.status_code not in (301, 302, 303, 307, 308):
                session.limits.begin(TOTAL_LIMIT_S)  # for the body, whose pace is judged too
                return response
            url = location_of(response)
            response.close()
        raise _failed(Message("media_redirects"), refresh=True)

    def checked(self, base: str, url: str) -> str:
        """Only https to public hosts; http and loopback exactly when the service is local.

        Judged, and given back, is what really goes out: ``url`` as seen from ``base``, the host
        as ASCII.
        """
        try:
            url = urljoin(base, url)
            has_user = "@" in urlsplit(url).netloc
            url = requests.Request("GET", url).prepare().url or ""
            parts = urlsplit(url)
            host = (parts.hostname or "").rstrip(".")
        except (ValueError, requests.RequestException):
            raise _failed(Message("clip_address_bad"), refresh=True) from None
        local = self._allow_loopback and is_loopback(host)
        if has_user or not host or parts.scheme not in (("http", "https") if local else ("https",)):
            raise _failed(Message("clip_address_unsafe"), refresh=True)
        if not local and is_private(host):
            raise _failed(Message("clip_address_private"), refresh=True)
        return url

    def _receive(
        self, response: requests.Response, part: Path, have: int, etag: str, progress: Progress
    ) -> str:
        status = response.status_code
        if status == 416:
            if have and _is_whole(response, have, etag):
                return _digest_of(part, have)  # it was whole already; others look inside
            part.unlink(missing_ok=True)
            raise _failed(Message("media_did_not_go_on"))
        if status in _DEAD:
            raise _failed(Message("link_dead", status=status), refresh=True)
        if not 200 <= status < 300 or status in (204, 205):
            if have and status < 500:
                # Perhaps it was the question for a piece: ask for the whole next time.
                part.unlink(missing_ok=True)
            raise _failed(Message("media_answered", status=status))
        if status == 206 and not (
            _continues(response, have, etag) or (not have and _from_the_start(response))
        ):
            part.unlink(missing_ok=True)
            raise _failed(Message("media_other_piece"))
        if status != 206:
            have = 0
        # A part that is gone on with was plain before, whatever the host says of it now.
        body = Body(response, _CHUNK_BYTES, unpack=not have)
        length = response.headers.get("Content-Length", "")
        total = have + int(length) if length.isdigit() else None
        if status == 206:
            total = _content_range(response)[1] or total
        if body.coded:
            total = None  # that of the packed bytes
        if total is not None:
            _check_size(total)
            _check_room(part, total - have)
        etag = "" if body.coded else response.headers.get("ETag", "")
        digest = self._write(body, etag, part, have, total, progress)
        if status == 206 and total is not None and part.stat().st_size < total:
            raise _failed(Message("media_piece_only"))
        return digest

    @staticmethod
    def _write(
        body: Body, etag: str, part: Path, have: int, total: int | None, progress: Progress
    ) -> str:
        strong = etag if _STRONG_ETAG.fullmatch(etag) else ""
        part.with_suffix(".etag").write_text(strong, encoding="ascii")
        pace = _Pace()
        progress(have, total)  # before anything is touched: it raises when nobody waits any more
        with BackgroundDigest() as digest, part.open("r+b" if have else "wb") as file:
            digest.update_from(part, have)
            file.seek(have)
            file.truncate()
            size = room_at = have
            for piece in body:
                size += len(piece)
                _check_size(size)
                if total is None and size >= room_at:
                    room_at = size + _ROOM_EVERY_BYTES
                    _check_room(part, _ROOM_EVERY_BYTES)
                pace.check(len(piece))
                progress(size, total)
                digest.update(piece)
                file.write(piece)
            return digest.hexdigest()


class _Pace:
    """Ends a transfer that drips: under 1 KiB/s for a minute, or over an hour in all."""

    def __init__(self) -> None:
        self._start = self._window = time.monotonic()
        self._bytes = 0

    def check(self, size: int) -> None:
        """Count ``size`` bytes. Raises DownloadFailed."""
        now = time.monotonic()
        self._bytes += size
        if now - self._window >= SLOW_FOR_S:
            if self._bytes < SLOW_BYTES_PER_S * (now - self._window):
                raise _failed(Message("media_too_slow"))
            self._window, self._bytes = now, 0
        if now - self._start > TOTAL_LIMIT_S:
            raise _failed(Message("clip_took_too_long"))


def _stored_etag(path: Path) -> str:
    """The strong ETag a part was begun with; "" for none, or one that a power cut damaged."""
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
    return text if _STRONG_ETAG.fullmatch(text) else ""


def _content_range(response: requests.Response) -> tuple[int | None, int | None]:
    """Where a piece begins and how long the whole is; None where the host does not say."""
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if found is None:
        return None, None
    first, total = found.groups()
    return (int(first) if first else None), (None if total == "*" else int(total))


def _continues(response: requests.Response, have: int, etag: str) -> bool:
    """The piece asked for, and of the same file: two files must never be mixed."""
    same = response.headers.get("ETag", etag) == etag
    return same and have > 0 and _content_range(response)[0] == have


def _from_the_start(response: requests.Response) -> bool:
    """The whole in one piece that nobody asked for."""
    return "Content-Range" not in response.headers or _content_range(response)[0] == 0


def _is_whole(response: requests.Response, have: int, etag: str) -> bool:
    same = response.headers.get("ETag", etag) == etag
    return same and _content_range(response)[1] == have


def _digest_of(part: Path, size: int) -> str:
    with BackgroundDigest() as digest:
        digest.update_from(part, size)
        return digest.hexdigest()


def _check_size(size: int) -> None:
    if size > CLIP_LIMIT_BYTES:
        text = Message("clip_too_large")
        raise DownloadFailed(problem(ProblemCode.BAD_CLIP, text), fatal=True)


def _check_room(part: Path, needed: int) -> None:
    usage = shutil.disk_usage(part.parent)
    if usage.total and needed > usage.free:  # some file systems know neither
        raise OSError(28, "No space left on the disk of the clip folder")


def is_private(host: str) -> bool:
    """Addresses of private networks, in any spelling, and names that no public host has."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        last = host.rsplit(".", 1)[-1]
        odd = "." not in host or _NUMERIC_LABEL.fullmatch(last) is not None
        return odd or is_loopback(host) or host.endswith((".local", ".localhost", ".internal"))


def _failed(message: str, *, refresh: bool = False) -> DownloadFailed:
    code = ProblemCode.EXPIRED if refresh else ProblemCode.OFFLINE
    text = message if refresh else Message("fetched_again", reason=message)
    return DownloadFailed(problem(code, text), refresh=refresh)
