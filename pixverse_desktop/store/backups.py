"""Daily copies of the database: made whole, checked, and the last seven kept."""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
import uuid
from pathlib import Path

from pixverse_desktop.store.durable_files import sync_file, sync_folder
from pixverse_desktop.store.schema import Corruption, corruption_of

log = logging.getLogger(__name__)

KEPT = 7


class Backups:
    """The copies in one folder, named by their day; every method blocks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tidy(self) -> None:
        """Remove what a crash in the middle of a copy left."""
        for left in self._folder.glob("*.tmp*"):
            left.unlink(missing_ok=True)

    def is_due(self, day: str) -> bool:
        """True when ``day`` (YYYY-MM-DD) has no copy yet."""
        return not self._path(day).exists()

    def make(self, connection: sqlite3.Connection, day: str) -> None:
        """Copy the whole database, then drop the oldest copies. Raises sqlite3.Error, OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = self._path(day).with_suffix(f".{uuid.uuid4().hex}.tmp")
        try:
            self._copy(connection, aside)
            aside.replace(self._path(day))
            sync_folder(self._folder)
        finally:
            aside.unlink(missing_ok=True)
        for old in self._newest_first()[KEPT:]:
            old.unlink(missing_ok=True)

    def keep_version(self, database: Path, version: int) -> None:
        """Copy a database that is about to be brought to a newer version; this copy is kept.

        Raises sqlite3.Error, OSError.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = self._folder / f"version-{version}.{uuid.uuid4().hex}.tmp"
        try:
            with contextlib.closing(sqlite3.connect(database, timeout=5.0)) as connection:
                self._copy(connection, aside)
            aside.replace(self._folder / f"version-{version}.db")
            sync_folder(self._folder)
        finally:
            aside.unlink(missing_ok=True)

    def restore(self, database: Path) -> bool:
        """Put the newest whole copy in the place of ``database``; False when there is none."""
        for copy in self._newest_first():
            try:
                if corruption_of(copy, thorough=True) is not Corruption.NONE:
                    continue
                aside = database.with_name(f"{database.name}.{uuid.uuid4().hex}.tmp")
                shutil.copyfile(copy, aside)
                sync_file(aside)
                aside.replace(database)
                sync_folder(database.parent)
                return True
            except (OSError, sqlite3.Error):
                log.exception("the copy %s cannot be used", copy.name)
        return False

    def exist(self) -> bool:
        """True when there is any copy."""
        return bool(self._newest_first())

    def _copy(self, connection: sqlite3.Connection, aside: Path) -> None:
        """A whole copy in one file, synced."""
        copy = sqlite3.connect(aside)
        with contextlib.closing(copy):
            copy.execute("PRAGMA synchronous = OFF")  # it is synced below, as a whole
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        if corruption_of(aside, thorough=True) is not Corruption.NONE:
            raise sqlite3.DatabaseError("the copy is not whole")
        sync_file(aside)

    def _path(self, day: str) -> Path:
        return self._folder / f"jobs-{day}.db"

    def _newest_first(self) -> list[Path]:
        return sorted(self._folder.glob("jobs-*.db"), reverse=True)
