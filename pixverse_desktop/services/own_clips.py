"""What a clip says of itself: written into it when it is saved, read back when it is met again."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from pixverse_desktop import __version__
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.clip_metadata import (
    Project,
    project_from_text,
    project_of,
    project_to_text,
    with_pictures,
    without_pictures,
)
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import FrameKind
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.services.settings import Settings, clip_folder_path
from pixverse_desktop.store.clip_folder import ClipFolder
from pixverse_desktop.store.durable_files import sha256_of
from pixverse_desktop.store.frame_folder import FrameFolder

log = logging.getLogger(__name__)


def make_clip_folder(paths: Paths, settings: Settings) -> ClipFolder:
    """The folder clips are saved in."""
    return ClipFolder(
        clip_folder_path(paths, settings),
        _inspect,
        chosen=bool(settings.clip_folder),
        describe=partial(describe, FrameFolder(paths.frames)),
        describe_again=partial(describe_again, FrameFolder(paths.frames)),
        owner=owner_of,
        template=settings.clip_name,
    )


def _inspect(part: Path) -> Clip:
    from pixverse_desktop.media.probe import inspect_part  # loads av, after the first paint

    return inspect_part(part)


def describe(frames: FrameFolder, part: Path, target: Path, job: Job) -> bool:
    """Write ``target``, the clip with its job inside; False when that is not possible."""
    from pixverse_desktop.media.image_prepare import (
        small_copy,  # loads Pillow, after the first paint
    )
    from pixverse_desktop.media.metadata_tag import write_tag

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


def describe_again(frames: FrameFolder, clip: Path, target: Path, job: Job) -> bool:
    """Write ``target``, a saved clip with what is thought of it now: the pictures inside stay.

    False when that is not possible.
    """
    from pixverse_desktop.media.metadata_tag import write_tag  # loads av, after the first paint

    project = _project_in(clip)
    if project is None or project.job_id != job.id:
        return describe(frames, clip, target, job)
    marked = replace(project, verdict=job.verdict, stars=job.stars)
    try:
        write_tag(clip, target, project_to_text(marked))
    except (ValueError, OSError) as error:
        log.warning("the clip of job %s keeps its mark: %s", job.id, type(error).__name__)
        return False
    return True


def owner_of(path: Path) -> str:
    """The id of the job a clip says it is of; "" when it does not."""
    project = _project_in(path)
    return "" if project is None else project.job_id


def _project_in(path: Path) -> Project | None:
    import av  # after the first paint

    from pixverse_desktop.media.metadata_tag import read_tag

    try:
        text = read_tag(path)
        return None if text is None else project_from_text(text)
    except (av.FFmpegError, ValueError, OSError):
        return None


def read_own_clip(path: Path, paths: Paths) -> tuple[Project, Clip] | None:
    """What a clip says about itself, its frames stored anew where they are missing.

    None when it is no clip of this program. Raises UserError (DISK).
    """
    import av  # after the first paint

    from pixverse_desktop.media.metadata_tag import read_tag
    from pixverse_desktop.media.probe import probe

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
    from pixverse_desktop.media.image_prepare import prepare

    anew: dict[str, str] = {}
    for name, jpeg in project.pictures.items():
        if not frames.has(name):
            try:
                anew[name] = frames.save(prepare(jpeg).jpeg)
            except UserError as error:
                log.info("a picture of a clip cannot be used: %s", error)
            except OSError as error:
                text = Message("picture_not_stored")
                raise UserError(problem(ProblemCode.DISK, text, str(error))) from error
    return with_pictures(without_pictures(project), anew)


def clips_below(folder: Path, most: int = 100_000) -> list[Path]:
    """The MP4 files in a folder and those inside it, by name. Raises OSError."""
    found = (p for p in folder.rglob("*.mp4") if not p.name.startswith(".") and p.is_file())
    return sorted(islice(found, most))


def clips_at(path: Path) -> list[Path]:
    """The clips in a folder, or the one file. Raises UserError (DISK) when it cannot be read."""
    try:
        return clips_below(path) if path.is_dir() else [path]
    except OSError as error:
        reason = str(error.strerror)
        text = Message("named_unreadable_because", name=path.name, reason=reason)
        raise UserError(problem(ProblemCode.DISK, text)) from error
