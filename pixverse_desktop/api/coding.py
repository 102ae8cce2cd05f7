"""Bodies as they were before somebody on the way packed them, though nobody had asked for that.

A header is not believed against the bytes: what says gzip and is plain goes through as it is. What
comes out of one step is bounded, so a small body cannot fill the memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import chain

import requests

_WAYS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}  # as zlib's wbits
_HEAD_BYTES = 6  # enough to tell what it really is


class Body:
    """The bytes of an answer, in pieces of at most ``most`` bytes, each as soon as it is there.

    ``coded`` tells whether they are unpacked here; then they are not those the host counts.
    Iterating raises what urllib3 raises, and ValueError for a packed body that is damaged or cut.
    """

    def __init__(self, response: requests.Response, most: int, *, unpack: bool = True) -> None:
        self._raw = response.raw
        self._most = most
        self._head = b""
        named = response.headers.get("Content-Encoding", "").strip().lower()
        ways = _WAYS.get(named, ()) if unpack else ()
        while ways and len(self._head) < _HEAD_BYTES and (piece := self._raw.read1(most)):
            self._head += piece
        self._way = next((way for way in ways if _opens(self._head, way)), None)
        self.coded = self._way is not None

    def __iter__(self) -> Iterator[bytes]:
        # read1 gives what is there: a drip is seen as one, where iter_content would wait.
        packed = chain([self._head] if self._head else [], iter(self._read, b""))
        return packed if self._way is None else self._unpacked(packed, self._way)

    def _read(self) -> bytes:
        return self._raw.read1(self._most) or b""

    def _unpacked(self, packed: Iterator[bytes], way: int) -> Iterator[bytes]:
        stream = zlib.decompressobj(way)
        for piece in packed:
            data = piece
            while data:
                if stream.eof:  # a gzip file may have several parts; other trailing bytes are none
                    if way != 31 or not data.startswith(b"\x1f\x8b"):
                        break
                    stream = zlib.decompressobj(way)
                try:
                    out = stream.decompress(data, self._most)
                except zlib.error:
                    raise ValueError("a packed body is damaged") from None
                if out:
                    yield out
                data = stream.unused_data if stream.eof else stream.unconsumed_tail
        if rest := stream.flush(self._most):
            yield rest
        if not stream.eof:
            raise ValueError("a packed body ends early")


def _opens(head: bytes, way: int) -> bool:
    try:
        zlib.decompressobj(way).decompress(head, 1)
    except zlib.error:
        return False
    return bool(head)
