"""Start and end frames from files, clips, addresses and bytes, kept in the data folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.route import Route
from pixverse_desktop.core.text import percent_encoded, plain, writable
from pixverse_desktop.services.own_clips import owner_of
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.store.durable_files import sha256_of
from pixverse_desktop.store.frame_folder import FrameFolder


def store_frame(data: bytes, label: str, paths: Paths) -> tuple[Frame, bytes, str]:
    """Prepare a picture and keep it. Gives the frame, its JPEG and what the user should know of
    it, "" for nothing. Raises UserError (FRAME)."""
    from pixverse_desktop.media.image_prepare import prepare  # loads Pillow, after the first paint

    prepared = prepare(data)
    try:
        name = FrameFolder(paths.frames).save(prepared.jpeg)
    except OSError as error:
        text = Message("picture_not_stored")
        raise UserError(problem(ProblemCode.DISK, text, str(error))) from error
    shown = plain(writable(label), 200)
    frame = Frame(FrameKind.FILE, name, prepared.width, prepared.height, shown)
    return frame, prepared.jpeg, prepared.note


def frame_from_file(path: Path, paths: Paths) -> tuple[Frame, bytes, str]:
    """Prepare and keep the picture in ``path``. Raises UserError (FRAME)."""
    from pixverse_desktop.media.image_prepare import read_picture

    return store_frame(read_picture(path), path.name, paths)


def frame_from_clip(
    path: Path, index: int | float, label: str, parent: str, paths: Paths
) -> tuple[Frame, bytes, str]:
    """The ``index``-th picture of a clip (-1: the last) as a frame that remembers its ``parent``.

    A float is a time instead, in seconds from the start. Raises UserError (FRAME).
    """
    import av  # after the first paint

    from pixverse_desktop.media.video_frames import index_at, picture_at

    try:
        if isinstance(index, float):
            index = index_at(path, index)
        picture = picture_at(path, index)
    except FileNotFoundError as error:
        text = Message("clip_gone")
        raise UserError(problem(ProblemCode.FRAME, text, str(error))) from error
    except (av.FFmpegError, ValueError, OSError) as error:
        text = Message("clip_no_picture")
        raise UserError(problem(ProblemCode.FRAME, text, str(error))) from error
    frame, jpeg, note = store_frame(picture, label, paths)
    return replace(frame, parent=parent), jpeg, note


def still_of_job(paths: Paths, job: Job, index: int) -> Frame:
    """BLOCKING. See ``core.ports.MakeStill``."""
    if job.clip is None:
        raise FileNotFoundError(job.id)
    path = Path(job.clip.path)
    # What it says of itself counts too: a mark may have been written into it, and not its hash.
    if not path.is_file() or (sha256_of(path) != job.clip.sha256 and owner_of(path) != job.id):
        raise FileNotFoundError(str(path))
    which = "Last" if index < 0 else "First"
    frame, _, _ = frame_from_clip(path, index, f"{which} frame of {path.name}", job.id, paths)
    return frame


def frame_from_url(url: str, paths: Paths, route: Route) -> tuple[Frame, bytes, str]:
    """A frame given as an address; fetched once, without the key, to see what it is.

    An https address travels as it is; a plain http one, which the service would not take, is kept
    and sent as data. Raises UserError (FRAME): not reachable, not a picture.
    """
    from pixverse_desktop.api.image_fetch import PictureFetcher
    from pixverse_desktop.media.image_prepare import prepare

    url = percent_encoded(url)
    data = PictureFetcher(route).fetch(url)
    label = unquote(url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]) or url
    if not url.startswith("https://"):
        return store_frame(data, label, paths)
    prepared = prepare(data)
    frame = Frame(FrameKind.URL, url, prepared.width, prepared.height, plain(writable(label), 200))
    return frame, prepared.jpeg, prepared.note


def load_frame(frame: Frame, paths: Paths) -> bytes:
    """The JPEG of a stored frame. Raises UserError (FRAME) when it is gone."""
    return FrameFolder(paths.frames).load(frame.value)
