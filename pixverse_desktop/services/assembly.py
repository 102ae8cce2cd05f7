"""How the parts below fit together, once for the window and once for the command line.

The composition roots (``app`` and ``cli``) call these; nobody else does.
"""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from pixverse_desktop import __version__
from pixverse_desktop.core.capabilities import Capabilities
from pixverse_desktop.core.clip_import import with_pictures
from pixverse_desktop.core.job import Clip, Job
from pixverse_desktop.core.problems import Problem, ProblemCode, UserError, problem
from pixverse_desktop.core.project import (
    Project,
    project_from_text,
    project_of,
    project_to_text,
    without_pictures,
)
from pixverse_desktop.core.request import Frame, FrameKind
from pixverse_desktop.core.status import Origin
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.store.clip_folder import ClipFolder
from pixverse_desktop.store.files import sha256_of
from pixverse_desktop.store.frame_folder import FrameFolder
from pixverse_desktop.store.job_store import Repair
from pixverse_desktop.store.schema import Damage

if TYPE_CHECKING:
    from pixverse_desktop.api.client import Client

log = logging.getLogger(__name__)


def lock_data_folder(paths: Paths) -> FileLock | None:
    """Hold the data folder for this program; None when another one holds it.

    Freed by the system when the program dies. Raises OSError when the folder cannot be written.
    """
    paths.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return lock


def load_network() -> None:
    """Import what speaks HTTP: on a worker, after the first paint, for it takes a while."""
    import pixverse_desktop.api.client  # noqa: F401


def make_client(origin: Origin, key: str | None, paths: Paths, settings: Settings) -> Client:
    """The service of one origin."""
    from pixverse_desktop.api.client import Client

    frames = FrameFolder(paths.frames)
    return Client(
        origin,
        key,
        lambda frame: frames.load(frame.value),
        proxy=settings.proxy,
        fallback_fields=(settings.start_field, settings.end_field),
    )


def explain_repair(repair: Repair) -> Problem:
    """What the user reads after the list of jobs had to be mended."""
    what = {
        Damage.NONE: "The list of jobs was not up to date",
        Damage.MISSING: "The list of jobs was gone",
        Damage.EMPTY: "The list of jobs was empty",
        Damage.DAMAGED: "The list of jobs was damaged",
        Damage.NEWER: "The list of jobs was written by a newer version of this program",
    }[repair.damage]
    text = f"{what}. It was rebuilt from its second record: {repair.jobs} jobs are there."
    if repair.kept is not None:
        text += f" The old file is kept as {repair.kept.name}."
    if repair.held:
        text += " What waits is sent when you press Resume."
    return problem(ProblemCode.REBUILT, text, str(repair.kept or ""))


def make_clip_folder(paths: Paths, settings: Settings) -> ClipFolder:
    """The folder clips are saved in."""
    return ClipFolder(
        clip_folder_path(paths, settings),
        _inspect,
        chosen=bool(settings.clip_folder),
        describe=partial(_describe, FrameFolder(paths.frames)),
        template=settings.clip_name,
    )


def clip_folder_path(paths: Paths, settings: Settings) -> Path:
    """The user's folder, else the default one."""
    return Path(settings.clip_folder).expanduser() if settings.clip_folder else paths.clips


def _inspect(part: Path) -> Clip:
    from pixverse_desktop.media.probe import inspect_part  # loads av, after the first paint

    return inspect_part(part)


def _describe(frames: FrameFolder, part: Path, target: Path, job: Job) -> bool:
    """Write ``target``, the clip with its job inside; False when that is not possible."""
    from pixverse_desktop.media.frames_in import small_copy  # loads Pillow, after the first paint
    from pixverse_desktop.media.project_tag import write_tag

    pictures = {}
    for frame in job.request.frames():
        if frame.kind is FrameKind.FILE:
            try:
                pictures[frame.value] = small_copy(frames.load(frame.value))
            except UserError as error:
                log.info("a frame is not kept inside the clip: %s", error)
    project = project_of(job, f"pixverse-desktop {__version__}", pictures)
    try:
        write_tag(part, target, project_to_text(project))
    except (ValueError, OSError) as error:
        log.warning("the clip of job %s is kept as it came: %s", job.id, type(error).__name__)
        return False
    return True


def read_own_clip(path: Path, paths: Paths) -> tuple[Project, Clip] | None:
    """What a clip says about itself, its frames stored anew where they are missing.

    None when it is no clip of this program. Raises UserError (DISK).
    """
    import av  # after the first paint

    from pixverse_desktop.media.probe import probe
    from pixverse_desktop.media.project_tag import read_tag

    try:
        text = read_tag(path)
        if text is None:
            return None
        project = project_from_text(text)
        clip = replace(probe(path), path=str(path.absolute()), sha256=sha256_of(path))
    except (av.FFmpegError, ValueError, OSError) as error:
        log.info("%s is not one of our clips: %s", path.name, type(error).__name__)
        return None
    return _with_frames(project, FrameFolder(paths.frames)), clip


def job_in_clip(path: Path, paths: Paths) -> Job | None:
    """The job that made a clip, as the clip itself tells it; None when it is not ours."""
    found = read_own_clip(path, paths)
    if found is None:
        return None
    project, clip = found
    return project.to_job(clip, time.time(), 0)


def _with_frames(project: Project, frames: FrameFolder) -> Project:
    from pixverse_desktop.media.frames_in import prepare

    anew: dict[str, str] = {}
    for name, jpeg in project.pictures.items():
        if not frames.has(name):
            try:
                anew[name] = frames.save(prepare(jpeg).jpeg)
            except UserError as error:
                log.info("a picture of a clip cannot be used: %s", error)
            except OSError as error:
                text = "The picture cannot be stored in the data folder."
                raise UserError(problem(ProblemCode.DISK, text, str(error))) from error
    return with_pictures(without_pictures(project), anew)


def clips_below(folder: Path, most: int = 100_000) -> list[Path]:
    """The MP4 files in a folder and those inside it, by name. Raises OSError."""
    found = (p for p in folder.rglob("*.mp4") if not p.name.startswith(".") and p.is_file())
    return sorted(islice(found, most))


def trim_cache(folder: Path, most_files: int = 40_000) -> int:
    """Delete the oldest files of a cache that has grown too large; gives how many."""
    aged = []
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if path.is_file():
                aged.append((path.stat().st_mtime, path))
    if len(aged) <= most_files:
        return 0
    aged.sort()
    surplus = aged[: len(aged) - most_files // 2]  # enough for a while
    for _, path in surplus:
        with contextlib.suppress(OSError):
            path.unlink()
    return len(surplus)


def remembered_rules(facts: dict[str, str]) -> Capabilities | None:
    """What the live schema said the last time it was read; None when it never was."""
    from pixverse_desktop.api import wire

    return wire.capabilities_from_cache(facts["schema"]) if "schema" in facts else None


def store_frame(data: bytes, label: str, paths: Paths) -> tuple[Frame, bytes, str]:
    """Prepare a picture and keep it. Gives the frame, its JPEG and what the user should know of
    it, "" for nothing. Raises UserError (FRAME)."""
    from pixverse_desktop.media.frames_in import prepare  # loads Pillow, after the first paint

    prepared = prepare(data)
    try:
        name = FrameFolder(paths.frames).save(prepared.jpeg)
    except OSError as error:
        text = "The picture cannot be stored in the data folder."
        raise UserError(problem(ProblemCode.DISK, text, str(error))) from error
    frame = Frame(FrameKind.FILE, name, prepared.width, prepared.height, label[:200])
    return frame, prepared.jpeg, prepared.note


def frame_from_file(path: Path, paths: Paths) -> tuple[Frame, bytes, str]:
    """Prepare and keep the picture in ``path``. Raises UserError (FRAME)."""
    from pixverse_desktop.media.frames_in import read_picture

    return store_frame(read_picture(path), path.name, paths)


def frame_from_clip(
    path: Path, index: int | float, label: str, parent: str, paths: Paths
) -> tuple[Frame, bytes, str]:
    """The ``index``-th picture of a clip (-1: the last) as a frame that remembers its ``parent``.

    A float is a time instead, in seconds from the start. Raises UserError (FRAME).
    """
    import av  # after the first paint

    from pixverse_desktop.media.stills import index_at, picture_at

    try:
        if isinstance(index, float):
            index = index_at(path, index)
        picture = picture_at(path, index)
    except FileNotFoundError as error:
        text = "The file of this clip is no longer where it was saved."
        raise UserError(problem(ProblemCode.FRAME, text, str(error))) from error
    except (av.FFmpegError, ValueError, OSError) as error:
        text = "No picture of this clip can be read."
        raise UserError(problem(ProblemCode.FRAME, text, str(error))) from error
    frame, jpeg, note = store_frame(picture, label, paths)
    return replace(frame, parent=parent), jpeg, note


def frame_from_url(url: str, paths: Paths, settings: Settings) -> tuple[Frame, bytes, str]:
    """A frame given as an address; fetched once, without the key, to see what it is.

    An https address travels as it is; a plain http one, which the service would not take, is kept
    and sent as data. Raises UserError (FRAME): not reachable, not a picture.
    """
    from pixverse_desktop.api.picture import PictureFetcher
    from pixverse_desktop.media.frames_in import prepare

    data = PictureFetcher(proxy=settings.proxy).fetch(url)
    label = url.split("?")[0].rstrip("/").rsplit("/", 1)[-1] or url
    if not url.startswith("https://"):
        return store_frame(data, label, paths)
    prepared = prepare(data)
    frame = Frame(FrameKind.URL, url, prepared.width, prepared.height, label[:200])
    return frame, prepared.jpeg, prepared.note


def load_frame(frame: Frame, paths: Paths) -> bytes:
    """The JPEG of a stored frame. Raises UserError (FRAME) when it is gone."""
    return FrameFolder(paths.frames).load(frame.value)
