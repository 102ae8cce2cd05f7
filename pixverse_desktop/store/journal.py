"""The second record of every paid step: one file, only ever appended to, each line synced.

A line is the CRC-32 of the rest in hex, a space, and one JSON object: the row of a job as it was
about to be committed, or a film, with the number of that change. The database is rebuilt from
these lines when it is lost, and caught up with them when it is behind.
"""

from __future__ import annotations

import json
import logging
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.records import record
from pixverse_desktop.core.text import json_text
from pixverse_desktop.store.durable_files import sync, sync_folder
from pixverse_desktop.store.job_rows import Row, job_from_row, job_to_row

log = logging.getLogger(__name__)


@record
class Entry:
    """One change of a job. ``number`` is the change's own in the database."""

    number: int
    job: Job


@record
class FilmEntry:
    """One change of a film. ``number`` is the film's own in the database; ``text`` None: it was
    removed."""

    number: int
    film_id: str
    text: str | None


class Journal:
    """One journal file; every method blocks and raises OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def size(self) -> int:
        """Bytes written so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    def append(self, *entries: Entry | FilmEntry) -> None:
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
        """The changes of jobs from byte ``offset`` on, oldest first; damaged lines are left out."""
        return (entry for entry in self._all(offset) if isinstance(entry, Entry))

    def films(self, offset: int = 0) -> Iterator[FilmEntry]:
        """The same of films."""
        return (entry for entry in self._all(offset) if isinstance(entry, FilmEntry))

    def _all(self, offset: int) -> Iterator[Entry | FilmEntry]:
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


def _line(entry: Entry | FilmEntry) -> bytes:
    told: dict[str, object] = {"number": entry.number}
    if isinstance(entry, FilmEntry):
        told["film"] = [entry.film_id, entry.text]
    else:
        told["row"] = job_to_row(entry.job)
    text = json_text(told)
    data = text.encode()
    return b"%08x %b\n" % (zlib.crc32(data), data)


def _read(line: bytes) -> Entry | FilmEntry | None:
    checksum, _, data = line.rstrip(b"\n").partition(b" ")
    try:
        if int(checksum, 16) != zlib.crc32(data):
            return None
        value = json.loads(data)
        if "film" in value:
            film_id, text = value["film"]
            return FilmEntry(int(value["number"]), str(film_id), text and str(text))
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
