"""The media origin: clips behind temporary addresses, with ranges, and their faults."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from pixverse_desktop.simulator.faults import Fault
from pixverse_desktop.simulator.http_base import BaseHandler
from pixverse_desktop.simulator.state import Job

_CHUNK_BYTES = 64 * 1024
_HTML = b"<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>\n"


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of a clip to be sent: from `first`, `length` of `total`."""

    first: int
    length: int
    total: int
    partial: bool

    @property
    def content_range(self) -> str:
        """The value of Content-Range."""
        return f"bytes {self.first}-{self.first + self.length - 1}/{self.total}"


class MediaHandler(BaseHandler):
    """Routes of the media origin: `GET` and `HEAD /v/<token>.mp4`."""

    origin = "media"

    def do_GET(self) -> None:
        """A clip, or a part of it."""
        self._answer()

    def do_HEAD(self) -> None:
        """What a GET would answer, without the clip."""
        self._answer()

    def _answer(self) -> None:
        self.extra_headers = {}
        self.record()
        found = re.fullmatch(r"/v/([A-Za-z0-9_-]+)\.mp4", self.route)
        job = self.service.state.job_by_token(found.group(1)) if found else None
        fault = self.service.faults.take("download", job.prompt if job else "")
        if fault and self.play_anywhere(fault):
            return
        if job is None or job.clip is None:
            self._send_text(404, "Not found")
            return
        good = self.service.address_is_good(job.token, self.query("exp"), self.query("sig"))
        if not good or (fault and fault.kind == "expired_url"):
            self._send_text(403, "Request has expired")
            return
        if fault and fault.kind == "wrong_body":
            body = fault.payload()
            self.send_bytes(200, _HTML if body is None else body, "video/mp4")
            return
        self._send_clip(job, fault)

    def _send_clip(self, job: Job, fault: Fault | None) -> None:
        data = (self.service.state.clips / str(job.clip)).read_bytes()
        kind = fault.kind if fault else ""
        etag = f'"{str(job.clip_sha256)[:32]}"'
        if kind == "weak_etag":
            etag = "W/" + etag
        elif kind == "changed_etag":
            etag = f'"{time.time_ns():x}"'
        part = self._part(len(data), etag, kind == "ignore_range")
        if part is None:
            self._send_text(416, "", {"Content-Range": f"bytes */{len(data)}"})
            return
        self._send_head(part, etag, fault)
        if self.command == "HEAD":
            return
        body = data[part.first : part.first + part.length]
        if kind == "wrong_offset":
            body = data[: part.length]
        self._send_body(body, fault)

    def _part(self, total: int, etag: str, ignore_range: bool) -> Part | None:
        whole = Part(0, total, total, partial=False)
        asked = self.headers.get("Range")
        if not asked or ignore_range:
            return whole
        condition = self.headers.get("If-Range")
        if condition is not None and (condition != etag or etag.startswith("W/")):
            return whole
        found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.strip())
        if not found or found.groups() == ("", ""):
            return whole
        first, last = found.groups()
        if not first:
            length = min(int(last), total)
            return Part(total - length, length, total, partial=True) if length else None
        end = min(int(last), total - 1) if last else total - 1
        if int(first) >= total:
            return None
        if end < int(first):
            return whole
        return Part(int(first), end - int(first) + 1, total, partial=True)

    def _send_head(self, part: Part, etag: str, fault: Fault | None) -> None:
        kind = fault.kind if fault else ""
        self.send_response(206 if part.partial else 200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", etag)
        self.send_header("Cache-Control", "private, no-store")
        if part.partial:
            shown = part if kind != "wrong_offset" else Part(0, part.length, part.total, True)
            self.send_header("Content-Range", shown.content_range)
        self._send_length(part.length, kind)
        self.end_headers()

    def _send_length(self, length: int, kind: str) -> None:
        if kind in ("cut_no_length", "endless"):
            self.send_header("Connection", "close")
            self.close_connection = True
        elif kind == "chunked_cut":
            self.send_header("Transfer-Encoding", "chunked")
        elif kind == "short_length":
            self.send_header("Content-Length", str(length // 2))
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(length))

    def _send_body(self, body: bytes, fault: Fault | None) -> None:
        kept = body[: int(len(body) * fault.fraction)] if fault else body
        match fault.kind if fault else "":
            case "cut" | "cut_no_length":
                self.wfile.write(kept)
                self.drop()
            case "chunked_cut":
                self.wfile.write(b"%x\r\n" % len(kept) + kept + b"\r\n")
                self.drop()
            case "slow":
                assert fault
                self._drip(body, fault.bytes_per_second)
            case "endless":
                while True:
                    self.wfile.write(body)
            case _:
                for at in range(0, len(body), _CHUNK_BYTES):
                    self.wfile.write(body[at : at + _CHUNK_BYTES])

    def _drip(self, body: bytes, bytes_per_second: float) -> None:
        # About twenty pieces a second, but never less than a byte.
        piece = max(1, int(bytes_per_second / 20))
        for at in range(0, len(body), piece):
            self.wfile.write(body[at : at + piece])
            time.sleep(piece / max(bytes_per_second, 0.1))

    def _send_text(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        self.send_bytes(status, text.encode(), "text/plain; charset=utf-8", headers)
