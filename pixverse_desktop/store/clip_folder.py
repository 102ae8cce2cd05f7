"""The clip folder: where parts grow, what a saved clip is called, and the last rename.

A part lies beside its final name, so that the rename stays on one file system, and is named by
the local job id, never by text from the service.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pixverse_desktop.core.jobs.file_name import clip_name, slug
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.store.durable_files import free_bytes, sha256_of, sync_file, sync_folder

_DESCRIBED = ".tagged"
_MOST_NAMES = 100


class ClipFolder:
    """Implements ``core.ports.ClipFiles`` below one folder.

    ``inspect`` looks into a finished part and tells its Clip (size, length, sound), or raises
    DownloadFailed (BAD_CLIP); path and hash are filled in here. A folder that the user chose
    (``chosen``) is never made anew: when it is gone, its drive is, and clips wait for it.
    ``describe`` writes a copy of a part with the job inside it, ``describe_again`` likewise of a
    saved clip, which keeps what else it says; False when that did not work. ``owner`` tells which
    job a file says it is of, "" when it does not.
    ``template`` is what clips are called, see ``core.jobs.file_name``.
    """

    def __init__(
        self,
        folder: Path,
        inspect: Callable[[Path], Clip],
        *,
        chosen: bool = False,
        describe: Callable[[Path, Path, Job], bool] | None = None,
        describe_again: Callable[[Path, Path, Job], bool] | None = None,
        owner: Callable[[Path], str] = lambda path: "",
        template: str = "",
    ) -> None:
        self.folder = folder
        self._inspect = inspect
        self._chosen = chosen
        self._describe = describe
        self._describe_again = describe_again
        self._owner = owner
        self._changing = threading.Lock()  # a clip that is deleted is not written anew
        self._template = template

    def part_path(self, job: Job) -> Path:
        """Where the clip grows; its folder is made. Raises OSError."""
        self._make_folder()
        folder = self._folder_of(job)
        folder.mkdir(exist_ok=True)
        return folder / f".{job.id}.part"

    def verify(self, job: Job, sha256: str) -> Clip:
        """Check and sync the part, choose its final name; ``sha256`` is of what was received.

        The clip's own hash is of what is kept.
        """
        part = self.part_path(job)
        clip = self._inspect(part)
        if self._put_description(part, job):
            sha256 = sha256_of(part)
        sync_file(part)
        final = self._free_name(part, job, sha256)
        return replace(clip, path=str(final), size_bytes=part.stat().st_size, sha256=sha256)

    def _free_name(self, part: Path, job: Job, sha256: str) -> Path:
        """Where the clip is to lie: never in the place of another file."""
        name = clip_name(job, self._template)
        stem = f"{name.removesuffix('.mp4')} {slug(job.id)}"
        for place in (name, f"{stem}.mp4", *(f"{stem} {n}.mp4" for n in range(2, _MOST_NAMES))):
            final = part.with_name(place)
            if not final.exists() or sha256_of(final) == sha256:
                return final
        raise FileExistsError(errno.EEXIST, "every name for the clip is taken", str(part.parent))

    def _put_description(self, part: Path, job: Job) -> bool:
        """Let the clip carry its own job; a clip without it is as good as it came."""
        if self._describe is None:
            return False
        described = part.with_suffix(_DESCRIBED)
        if not self._describe(part, described, job):
            described.unlink(missing_ok=True)
            return False
        sync_file(described)
        # From here on the part is not what the host has: it must never be gone on with.
        part.with_suffix(".etag").unlink(missing_ok=True)
        described.replace(part)
        return True

    def publish(self, job: Job) -> None:
        """Rename the part. Raises FileNotFoundError when the clip is not there, or its name was
        taken by another file since ``verify``: it is then to be fetched and named anew."""
        if job.clip is None:
            raise FileNotFoundError(job.id)
        final = Path(job.clip.path)
        part = final.with_name(f".{job.id}.part")
        if part.exists():
            if final.exists() and sha256_of(final) != job.clip.sha256:
                raise FileNotFoundError(str(final))
            part.replace(final)
            sync_folder(final.parent)
        elif not final.exists() or not self._is_of(final, job):
            raise FileNotFoundError(str(final))
        for beside in (".etag", _DESCRIBED):
            part.with_suffix(beside).unlink(missing_ok=True)

    def has_file(self, job: Job) -> bool:
        """True while the saved clip is where it was put."""
        return job.clip is not None and Path(job.clip.path).is_file()

    def delete(self, job: Job) -> bool:
        """Remove the saved clip; False when another file lies in its place, which is left.

        Raises OSError, also when its whole folder is away: it may be on a drive that comes back.
        """
        path = Path(job.clip.path) if job.clip is not None else None
        if path is None or not path.exists():
            if path is not None and not path.parent.is_dir():
                raise FileNotFoundError(errno.ENOENT, "its folder is gone", str(path.parent))
            return True
        with self._changing:
            if not self._is_of(path, job):
                return False
            path.unlink(missing_ok=True)
        return True

    def write_marks(self, job: Job) -> Clip | None:
        """Let the saved clip say what is thought of it. The clip as it is then; None, and the file
        untouched, where it is gone, another's, or cannot say anything. Raises OSError."""
        if job.clip is None or self._describe_again is None:
            return None
        path = Path(job.clip.path)
        aside = path.with_name(f".{job.id}.marks")
        with self._changing:
            if not path.is_file() or not self._is_of(path, job):
                return None
            try:
                if not self._describe_again(path, aside, job):
                    return None
                before = path.stat()
                os.utime(aside, ns=(before.st_atime_ns, before.st_mtime_ns))
                sync_file(aside)
                size, sha256 = aside.stat().st_size, sha256_of(aside)
                aside.replace(path)
                sync_folder(path.parent)
            finally:
                aside.unlink(missing_ok=True)
        return replace(job.clip, size_bytes=size, sha256=sha256)

    def _is_of(self, path: Path, job: Job) -> bool:
        """Whether a file is the clip of a job: by its hash, or by what it says of itself, since a
        crash between writing a mark and remembering it leaves another hash."""
        known = job.clip is not None and sha256_of(path) == job.clip.sha256
        return known or self._owner(path) == job.id

    def free_bytes(self) -> int | None:
        """Free space where the next clip will lie, None where nobody knows. Raises OSError when it
        cannot lie there."""
        self._make_folder()
        if not os.access(self.folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self.folder))
        return free_bytes(self.folder)

    def _make_folder(self) -> None:
        if self._chosen and not self.folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "the clip folder is gone", str(self.folder))
        self.folder.mkdir(parents=True, exist_ok=True)

    def _folder_of(self, job: Job) -> Path:
        return self.folder / "Demo" if job.origin == "demo" else self.folder
