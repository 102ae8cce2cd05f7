"""SHA-256 while bytes still come: on a thread of its own, so that it costs the transfer nothing.

Both hashing and reading a socket let go of the interpreter, so the two really run side by side.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from pathlib import Path
from types import TracebackType

_PIECES_WAITING = 8
_CHUNK_BYTES = 1 << 20


class BackgroundDigest:
    """Feed it pieces in order, then ask for ``hexdigest``; leaving the context ends its thread."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._pieces: queue.Queue[bytes | None] = queue.Queue(_PIECES_WAITING)
        self._thread = threading.Thread(target=self._work, name="digest", daemon=True)

    def __enter__(self) -> BackgroundDigest:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def update_from(self, path: Path, size: int) -> None:
        """Feed the first ``size`` bytes of a file: what was fetched before."""
        with path.open("rb") as file:
            while size > 0 and (piece := file.read(min(size, _CHUNK_BYTES))):
                size -= len(piece)
                self.update(piece)

    def update(self, piece: bytes) -> None:
        """Feed the next piece; waits while the hash is far behind."""
        self._pieces.put(piece)

    def hexdigest(self) -> str:
        """The hash of everything fed; nothing can be fed after it."""
        self._end()
        return self._hash.hexdigest()

    def _end(self) -> None:
        if self._thread.is_alive():
            self._pieces.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._hash.update(piece)
