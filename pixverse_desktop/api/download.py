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

from pixverse_desktop.api.digest import BackgroundDigest
from pixverse_desktop.api.http import NoAuth, Sessions
from pixverse_desktop.core.problems import DownloadFailed, ProblemCode, problem
from pixverse_desktop.core.status import is_loopback

CLIP_LIMIT_BYTES = 2 * 2**30
TOTAL_LIMIT_S = 3600.0
SLOW_BYTES_PER_S = 1024
SLOW_FOR_S = 60.0
_CHUNK_BYTES = 1 << 18
_HOPS = 3
_CONNECT_LIMIT_S = 10.0
_READ_LIMIT_S = 30.0
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]*"')
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
                return self._receive(response, part, have, progress)
        except (requests.RequestException, HTTPError) as error:
            raise _failed(f"The connection broke ({type(error).__name__}).") from None

    def _open(self, url: str, have: int, etag: str) -> requests.Response:
        headers = {"Range": f"bytes={have}-", "If-Range": etag} if have else {}
        for _ in range(_HOPS + 1):
            self._check(url)
            response = self._sessions.get().get(
                url,
                headers=headers,
                auth=NoAuth(),
                allow_redirects=False,
                stream=True,
                timeout=(_CONNECT_LIMIT_S, _READ_LIMIT_S),
            )
            if response.status_code not in (301, 302, 303, 307, 308):
                return response
            url = urljoin(url, response.headers.get("Location", ""))
            response.close()
        raise _failed("The media host redirects too often.", refresh=True)

    def _check(self, url: str) -> None:
        """Only https to public hosts; http and loopback exactly when the service is local."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
            has_user = parts.username is not None or parts.password is not None
        except ValueError:
            raise _failed("The clip's address is not a web address.", refresh=True) from None
        local = self._allow_loopback and is_loopback(host)
        if has_user or not host or parts.scheme not in (("http", "https") if local else ("https",)):
            raise _failed("The clip's address is not a safe one.", refresh=True)
        if not local and _is_private(host):
            raise _failed("The clip's address points into a private network.", refresh=True)

    def _receive(
        self, response: requests.Response, part: Path, have: int, progress: Progress
    ) -> str:
        status = response.status_code
        if status == 416:
            part.unlink(missing_ok=True)
            raise _failed("The media host did not go on where it stopped; starting over.")
        if status in _DEAD:
            raise _failed(f"The link to the clip is dead (HTTP {status}).", refresh=True)
        if status not in (200, 206):
            if have:  # perhaps it was the question for a piece: ask for the whole next time
                part.unlink(missing_ok=True)
            raise _failed(f"The media host answered HTTP {status}.")
        if status == 206 and not _continues(response, have):
            part.unlink(missing_ok=True)
            raise _failed("The media host sent another piece than asked; starting over.")
        if status == 200:
            have = 0
        length = response.headers.get("Content-Length", "")
        total = have + int(length) if length.isdigit() else None
        _check_room(part, total, have)
        return self._write(response, part, have, total, progress)

    @staticmethod
    def _write(
        response: requests.Response, part: Path, have: int, total: int | None, progress: Progress
    ) -> str:
        etag = response.headers.get("ETag", "")
        strong = etag if _STRONG_ETAG.fullmatch(etag) else ""
        part.with_suffix(".etag").write_text(strong, encoding="ascii")
        pace = _Pace()
        progress(have, total)  # before anything is touched: it raises when nobody waits any more
        with BackgroundDigest() as digest, part.open("r+b" if have else "wb") as file:
            digest.update_from(part, have)
            file.seek(have)
            file.truncate()
            size = have
            # read1 gives what is there: a drip is seen as one, where iter_content would wait.
            while piece := response.raw.read1(_CHUNK_BYTES):
                size += len(piece)
                if size > CLIP_LIMIT_BYTES:
                    raise _failed("The clip is larger than 2 GiB; it is not fetched.", refresh=True)
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
                raise _failed("The media host is too slow; trying again.")
            self._window, self._bytes = now, 0
        if now - self._start > TOTAL_LIMIT_S:
            raise _failed("The clip took over an hour; trying again.")


def _stored_etag(path: Path) -> str:
    """The strong ETag a part was begun with; "" for none, or one that a power cut damaged."""
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
    return text if _STRONG_ETAG.fullmatch(text) else ""


def _continues(response: requests.Response, have: int) -> bool:
    return response.headers.get("Content-Range", "").startswith(f"bytes {have}-") and have > 0


def _check_room(part: Path, total: int | None, have: int) -> None:
    if total is None:
        return
    if total > CLIP_LIMIT_BYTES:
        raise _failed("The clip is larger than 2 GiB; it is not fetched.", refresh=True)
    free = shutil.disk_usage(part.parent).free
    if total - have > free:
        raise OSError(28, "No space left on the disk of the clip folder")


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return is_loopback(host) or host.endswith((".local", ".localhost", ".internal"))


def _failed(message: str, *, refresh: bool = False) -> DownloadFailed:
    code = ProblemCode.EXPIRED if refresh else ProblemCode.OFFLINE
    text = message if refresh else f"{message} The clip is fetched again."
    return DownloadFailed(problem(code, text), refresh=refresh)
