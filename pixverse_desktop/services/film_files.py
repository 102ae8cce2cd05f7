"""Films as files on the disk: read with the pictures they name, written with those they need."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pixverse_desktop.core.batch.table import decoded
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.film import Film, Shot
from pixverse_desktop.core.film.film_file import (
    MOST_BYTES,
    Data,
    FilmReader,
    film_data,
    film_to_file,
    models_in,
    pictures_in,
)
from pixverse_desktop.core.film.text import shots_from_table, shots_from_text
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.request import default_request
from pixverse_desktop.core.text import plain, writable
from pixverse_desktop.services.batch_files import beside, bytes_of
from pixverse_desktop.services.export import replacing
from pixverse_desktop.services.film_folder import free_folder, media_names
from pixverse_desktop.services.frames import load_frame
from pixverse_desktop.services.named_frame import named_frame
from pixverse_desktop.services.network import find_route
from pixverse_desktop.services.own_clips import describe, owner_of, read_own_clip
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.store.frame_folder import FrameFolder

if TYPE_CHECKING:
    from pixverse_desktop.core.engine.engine import Engine
    from pixverse_desktop.core.engine.films import OwnClip
    from pixverse_desktop.services.secrets import Secrets
    from pixverse_desktop.services.settings import Settings

_TEXTS = (".txt", ".md")


class Host(Protocol):
    """The running program, as far as films as files need it."""

    paths: Paths
    settings: Settings
    secrets: Secrets
    engine: Engine | None


class ReadFilm(NamedTuple):
    """A film from a file, and the clips beside it that its shots name as their takes."""

    film: Film
    clips: tuple[OwnClip, ...] = ()


class FilmFiles:
    """What the window does with films on the disk; every method BLOCKS and raises UserError."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def read(self, path: Path) -> ReadFilm:
        """A film from its file, with its pictures kept; not one of those known here yet."""
        return read_film(path, self._model, self._frame, self._host.paths)

    def write(self, film: Film, path: Path, takes: Mapping[str, Job] | None = None) -> None:
        """Write a film as a file that reads back as the same; of its takes copies of ``takes``,
        saved jobs by the ids of their shots, in a folder beside it."""
        write_film(film, self._model, path, self._host.paths, takes or {})

    def shots(self, path: Path, model: ModelSpec, name: Callable[[int], str]) -> tuple[Shot, ...]:
        """Shots from a text or a table; ``name`` calls one by its number."""
        return shots_of_file(path, model, self._frame, name)

    def _frame(self, text: str) -> Frame:
        route = find_route(self._host.settings, self._host.secrets)
        return named_frame(text, self._host.paths, route)[0]

    def _model(self, model_id: str) -> ModelSpec:
        engine = self._host.engine
        if engine is None:
            raise UserError(problem(ProblemCode.OFFLINE, Message("service_starting")))
        return engine.session.models.get(model_id)


def film_data_of(path: Path) -> Data:
    """BLOCKING. What stands in a film's file. Raises UserError."""
    try:
        with path.open("rb") as file:
            return film_data(file.read(MOST_BYTES + 1))
    except OSError as error:
        said = Message("named_unreadable_because", name=path.name, reason=str(error.strerror))
        raise UserError(problem(ProblemCode.DISK, said, str(error))) from error


def film_of_data(
    data: Data,
    path: Path,
    models: Mapping[str, ModelSpec],
    frame: Callable[[str], Frame],
    paths: Paths,
) -> ReadFilm:
    """BLOCKING. The film in ``data``, which was read from ``path``, with its pictures kept.

    ``frame`` makes a picture of a path or an address. Raises UserError, also for a path that leads
    out of the folder of the file: a film that came from elsewhere must send nothing of this disk.
    """
    pictures = pictures_in(data)

    @cache
    def named(text: str) -> Frame:
        return frame(text if "://" in text else _inside(text, path))

    @cache
    def kept(name: str, label: str) -> Frame:
        if name not in pictures:
            raise UserError(problem(ProblemCode.FRAME, Message("film_picture_missing", name=name)))
        return _kept(pictures[name], name, label, paths)

    clips: dict[Path, OwnClip] = {}

    def take(text: str) -> str:
        clip = Path(_inside(text, path))
        if clip not in clips:
            own = read_own_clip(clip, paths) if clip.is_file() else None
            if own is None:
                message = "film_clip_foreign" if clip.is_file() else "clip_not_there"
                raise UserError(problem(ProblemCode.INVALID, Message(message, name=clip.name)))
            clips[clip] = own
        return clips[clip][0].job_id

    film = FilmReader(models, named, kept, take).read(data, path.stem)
    return ReadFilm(film, tuple(clips.values()))


def read_film(
    path: Path, models: Callable[[str], ModelSpec], frame: Callable[[str], Frame], paths: Paths
) -> ReadFilm:
    """BLOCKING. The same, of a file and with the rules of its models as they are known."""
    data = film_data_of(path)
    return film_of_data(data, path, {name: models(name) for name in models_in(data)}, frame, paths)


def shots_of_file(
    path: Path, model: ModelSpec, frame: Callable[[str], Frame], name: Callable[[int], str]
) -> tuple[Shot, ...]:
    """BLOCKING. The shots that a text (.txt, .md) or a table names; a path in a table is one beside
    it. Raises UserError."""
    data = bytes_of(path)
    if path.suffix.lower() in _TEXTS:
        return shots_from_text(decoded(data), default_request(model), name)
    return shots_from_table(data, model, cache(lambda text: frame(beside(text, path))), name)


def write_film(
    film: Film,
    models: Callable[[str], ModelSpec],
    target: Path,
    paths: Paths,
    takes: Mapping[str, Job],
) -> None:
    """BLOCKING. One film with the pictures it begins and ends on, and copies of the clips of
    ``takes``, by the ids of their shots, in a new folder beside it. All of it or nothing. Raises
    UserError."""
    shots = [shot for shot in film.shots if shot.id in takes]
    folder = free_folder(target.parent, f"{target.stem} clips")
    names = media_names([shot.name for shot in shots])
    beside = {
        shot.id: f"{folder.name}/{name}" for shot, name in zip(shots, names, strict=True)
    }  # fmt: skip
    data = film_to_file(film, models, lambda frame: load_frame(frame, paths), beside)
    try:
        with replacing(target) as aside, _new_folder(folder if shots else None):
            aside.write_bytes(data)
            for shot_id, name in beside.items():
                _copy_own_clip(takes[shot_id], target.parent / name, paths)
    except OSError as error:
        said = Message("film_not_written", reason=str(error.strerror))
        raise UserError(problem(ProblemCode.DISK, said, str(error))) from error


@contextmanager
def _new_folder(folder: Path | None) -> Iterator[None]:
    """After any error it is gone again. Raises OSError."""
    if folder is None:
        yield
        return
    folder.mkdir()
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _copy_own_clip(job: Job, target: Path, paths: Paths) -> None:
    """A copy that says what it was made with, also of a clip that does not. Raises UserError and
    OSError."""
    assert job.clip is not None
    source = Path(job.clip.path)
    if owner_of(source) == job.id:
        shutil.copyfile(source, target)
    elif not describe(FrameFolder(paths.frames), source, target, job):
        source.stat()  # of one that is gone that is said
        said = Message("film_clip_silent", name=source.name)
        raise UserError(problem(ProblemCode.DISK, said))


def _inside(text: str, path: Path) -> str:
    """A path beside a film's file, or below. Raises UserError."""
    folder = path.absolute().parent.resolve()
    named = folder / text
    # What is meant may be CLIP@1.25 as well as a file that is called so.
    for part in {text, text.rpartition("@")[0] or text}:
        try:
            inside = (folder / part).resolve().is_relative_to(folder)
        except (ValueError, RuntimeError, OSError):  # NUL, half a letter, a link to itself
            inside = False
        if not inside:
            name = writable(Path(text).name or text)
            raise UserError(problem(ProblemCode.FRAME, Message("film_picture_outside", name=name)))
    return str(named)


def _kept(data: bytes, name: str, label: str, paths: Paths) -> Frame:
    """The very picture where it is one that was prepared before, so that takes made of it count."""
    from pixverse_desktop.media.image_prepare import SENT_LIMIT_BYTES, prepare  # loads Pillow

    prepared = prepare(data)
    ours = data.startswith(b"\xff\xd8\xff") and len(data) <= SENT_LIMIT_BYTES
    if not ours or name != f"{hashlib.sha256(data).hexdigest()}.jpg":
        data = prepared.jpeg
    try:
        stored = FrameFolder(paths.frames).save(data)
    except OSError as error:
        text = Message("picture_not_stored")
        raise UserError(problem(ProblemCode.DISK, text, str(error))) from error
    shown = plain(writable(label), 200)
    return Frame(FrameKind.FILE, stored, prepared.width, prepared.height, shown)
