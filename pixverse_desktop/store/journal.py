"""The second record of every paid step: one file, only ever appended to, each line synced.

A line is the CRC-32 of the rest in hex, a space, and one JSON object: the row of a job as it was
about to be committed, with the number of that change. The database is rebuilt from these lines
when it is lost, and caught up with them when it is behind.
"""

from __future__ import annotations

import json
import logging
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.text import json_text
from pixverse_desktop.store.durable_files import sync, sync_folder
from pixverse_desktop.store.job_rows import Row, job_from_row, job_to_row

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a job. ``number`` is the change's own in the database."""

    number: int
    job: Job


class Journal:
    """One journal file; every method blocks and raises OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def size(self) -> int:
        """Bytes written so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    def append(self, *entries: Entry) -> None:
        """Write entries and sync; they are on disk when this returns."""
        lines = b"".join(_line(entry) for entry in entries)
        new = not self.path.exists()
        with self.path.open("ab") as file:
            if not _ends_whole(self.path):
                lines = b"\n" + lines  # what a crash cut off stays a damaged line of its own
            file.write(lines)
            file.flush()
            sync(file.fileno())
        if new:
            sync_folder(self.path.parent)

    def entries(self, offset: int = 0) -> Iterator[Entry]:
        """The entries from byte ``offset`` on, oldest first; damaged lines are left out."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(offset)
            for line in file:
                entry = _read(line)
                if entry is not None:
                    yield entry
                elif line.strip():
                    log.warning("a line of the journal is damaged and left out")


def newest(entries: Iterator[Entry]) -> dict[str, Entry]:
    """The last entry of every job, by job id."""
    return {entry.job.id: entry for entry in entries}


def _line(entry: Entry) -> bytes:
    text = json_text({"number": entry.number, "row": job_to_row(entry.job)})
    data = text.encode()
    return b"%08x %b\n" % (zlib.crc32(data), data)


def _read(line: bytes) -> Entry | None:
    checksum, _, data = line.rstrip(b"\n").partition(b" ")
    try:
        if int(checksum, 16) != zlib.crc32(data):
            return None
        value = json.loads(data)
        columns = value["row"]
        row: Row = tuple(columns)
        return Entry(int(value["number"]), job_from_row(row))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
