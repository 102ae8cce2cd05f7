"""Clips on their way out: a copy, a copy without anything of ours inside, the settings as a file.

Everything here blocks. The target is written beside its name and renamed, so that a full disk
leaves neither half a file nor a damaged one that was there.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path

from pixverse_desktop import __version__
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.clip_metadata import project_of, project_to_text
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.messages import Message


class Export(StrEnum):
    """What is written."""

    COPY = "copy"
    CLEAN = "clean"  # the clip without any tag
    SETTINGS = "settings"  # what it was made with, as JSON


class Progress:
    """How far it is, and whether anybody still wants it: told by a worker, read and stopped by the
    main thread."""

    def __init__(self) -> None:
        self.share = 0.0  # 0..1
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Nobody wants it any longer."""
        self._stopped.set()

    @property
    def is_stopped(self) -> bool:
        """Whether somebody stopped it."""
        return self._stopped.is_set()

    def go_on(self, share: float) -> bool:
        """Hears how much is done; False when it is to end."""
        self.share = share
        return not self.is_stopped


def export(job: Job, target: Path, kind: Export) -> None:
    """Write ``target``, replacing what the user agreed to replace. Raises UserError (DISK)."""
    if job.clip is None:
        raise UserError(problem(ProblemCode.DISK, Message("no_clip_yet")))
    source = Path(job.clip.path)
    writers: dict[Export, Callable[[Path], object]] = {
        Export.COPY: partial(shutil.copyfile, source),
        Export.CLEAN: partial(_clean, source),
        Export.SETTINGS: partial(_settings, job),
    }
    try:
        if target.exists() and source.exists() and target.samefile(source):
            text = Message("clip_itself")
            raise UserError(problem(ProblemCode.DISK, text))
        with replacing(target) as aside:
            writers[kind](aside)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        gone = not source.exists() and kind is not Export.SETTINGS
        written = Message("not_written", name=target.name, reason=reason)
        text = Message("clip_gone") if gone else written
        raise UserError(problem(ProblemCode.DISK, text, str(error))) from error


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A new name beside ``target`` to write to; what stands there afterwards takes its place.

    After any error nothing stays behind, and a file that was there is as it was. Raises OSError.
    """
    aside = target.with_name(f".{os.urandom(16).hex()}.part")  # short enough for every file system
    try:
        yield aside
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _clean(source: Path, aside: Path) -> None:
    import av  # after the first paint

    from pixverse_desktop.media.metadata_tag import write_clean

    try:
        write_clean(source, aside)
    except (av.FFmpegError, ValueError) as error:
        text = Message("tags_not_removed")
        raise UserError(problem(ProblemCode.DISK, text, str(error))) from error


def _settings(job: Job, aside: Path) -> None:
    text = project_to_text(project_of(job, f"pixverse-desktop {__version__}", {}))
    aside.write_text(text + "\n", encoding="utf-8")
