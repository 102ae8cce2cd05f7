"""How the parts below fit together, once for the window and once for the command line.

The composition roots (``app`` and ``cli``) call these; nobody else does.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from pixverse_desktop.core.capabilities import Capabilities
from pixverse_desktop.core.job import Clip
from pixverse_desktop.core.problems import Problem, ProblemCode, UserError, problem
from pixverse_desktop.core.request import Frame, FrameKind
from pixverse_desktop.core.status import Origin
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.store.clip_folder import ClipFolder
from pixverse_desktop.store.frame_folder import FrameFolder
from pixverse_desktop.store.job_store import Repair
from pixverse_desktop.store.schema import Damage

if TYPE_CHECKING:
    from pixverse_desktop.api.client import Client


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
    text = f"{what}. It was mended from its journal: {repair.jobs} jobs are there."
    if repair.kept is not None:
        text += f" The old file is kept as {repair.kept.name}."
    if repair.damage is not Damage.NONE:
        text += " What waits is sent when you press Resume."
    return problem(ProblemCode.REBUILT, text, str(repair.kept or ""))


def make_clip_folder(paths: Paths, settings: Settings) -> ClipFolder:
    """The folder clips are saved in."""
    chosen = bool(settings.clip_folder)
    return ClipFolder(clip_folder_path(paths, settings), _inspect, chosen=chosen)


def clip_folder_path(paths: Paths, settings: Settings) -> Path:
    """The user's folder, else the default one."""
    return Path(settings.clip_folder).expanduser() if settings.clip_folder else paths.clips


def _inspect(part: Path) -> Clip:
    from pixverse_desktop.media.probe import inspect_part  # loads av, after the first paint

    return inspect_part(part)


def remembered_rules(facts: dict[str, str]) -> Capabilities | None:
    """What the live schema said the last time it was read; None when it never was."""
    from pixverse_desktop.api import wire

    return wire.capabilities_from_cache(facts["schema"]) if "schema" in facts else None


def store_frame(data: bytes, label: str, paths: Paths) -> tuple[Frame, bytes]:
    """Prepare a picture and keep it. Gives the frame and its JPEG. Raises UserError (FRAME)."""
    from pixverse_desktop.media.frames_in import prepare  # loads Pillow, after the first paint

    prepared = prepare(data)
    try:
        name = FrameFolder(paths.frames).save(prepared.jpeg)
    except OSError as error:
        text = "The picture cannot be stored in the data folder."
        raise UserError(problem(ProblemCode.DISK, text, str(error))) from error
    frame = Frame(FrameKind.FILE, name, prepared.width, prepared.height, label[:200])
    return frame, prepared.jpeg


def frame_from_file(path: Path, paths: Paths) -> tuple[Frame, bytes]:
    """Prepare and keep the picture in ``path``. Raises UserError (FRAME)."""
    from pixverse_desktop.media.frames_in import read_picture

    return store_frame(read_picture(path), path.name, paths)


def frame_from_url(url: str, paths: Paths, settings: Settings) -> tuple[Frame, bytes]:
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
    return frame, prepared.jpeg


def load_frame(frame: Frame, paths: Paths) -> bytes:
    """The JPEG of a stored frame. Raises UserError (FRAME) when it is gone."""
    return FrameFolder(paths.frames).load(frame.value)
