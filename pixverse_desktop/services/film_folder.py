"""A film as a folder for editing programs, and its shots as a table. Everything here blocks."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.film import links_of
from pixverse_desktop.core.film.plan import FilmPlan
from pixverse_desktop.core.jobs.file_name import slug
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.media.film.join import GoOn, Shot, Stopped, plan_of
from pixverse_desktop.media.film.timeline import Format, cuts_of, timeline_text
from pixverse_desktop.services.export import replacing
from pixverse_desktop.services.ledger_table import safe_cell

_BLOCK = 4 * 2**20  # bytes that are copied before somebody may stop it
_LONGEST = 60  # letters of a name


@record
class Folder:
    """What became of it; ``refused`` says which list could not be written, and why."""

    path: Path
    refused: tuple[str, ...] = ()


def write_folder(
    shots: Sequence[Shot], parent: Path, name: str, go_on: GoOn = lambda fraction: True
) -> Folder:
    """Clips under numbered names beside OTIO, EDL and XML, in a new folder of ``parent``.

    All of it or nothing. Raises UserError (BAD_CLIP, DISK), Stopped.
    """
    target = free_folder(parent, slug(name, _LONGEST))
    aside = parent / f".{os.urandom(16).hex()}.part"
    try:
        aside.mkdir()
        made = _fill(shots, aside, target, name, go_on)
        aside.replace(target)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        reason = error.strerror or type(error).__name__
        message = Message("not_written", name=target.name, reason=reason)
        raise UserError(problem(ProblemCode.DISK, message, str(error))) from error
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return made


def _fill(shots: Sequence[Shot], aside: Path, target: Path, name: str, go_on: GoOn) -> Folder:
    plan = plan_of(shots)
    media = aside / "media"
    media.mkdir()
    names = [shot.name or shot.path.stem for shot in shots]
    files = media_names(names)
    whole = max(1, sum(shot.path.stat().st_size for shot in shots))
    done = 0
    for shot, file in zip(shots, files, strict=True):
        with shot.path.open("rb") as source, (media / file).open("xb") as copy:
            while block := source.read(_BLOCK):
                copy.write(block)
                done += len(block)
                if not go_on(done / whole):
                    raise Stopped
    cuts = cuts_of(plan, name, names, [target / "media" / file for file in files])
    refused = []
    for kind in Format:
        try:
            text = timeline_text(cuts, kind)
        except UserError as error:
            refused.append(error.problem.message)
            continue
        place = aside / f"{slug(name, _LONGEST)}.{kind}"
        place.write_text(text, encoding="utf-8")
    return Folder(target, tuple(refused))


def media_names(names: Sequence[str]) -> list[str]:
    """Names of files for shots of those names in the order of the film, safe on every system."""
    wide = max(2, len(str(len(names))))
    return [f"{number:0{wide}} {slug(name, _LONGEST)}.mp4" for number, name in enumerate(names, 1)]


def write_shot_list(plan: FilmPlan, target: Path, *, decimal_comma: bool) -> None:
    """A row for each shot: what it asks for, how it begins, how far it is. Raises UserError."""
    links = links_of(plan.film)
    numbers = {one.shot.id: one.number for one in plan.shots}
    try:
        with (
            replacing(target) as aside,
            aside.open("x", encoding="utf-8-sig", newline="") as file,
        ):
            table = csv.writer(file, delimiter=";" if decimal_comma else ",")
            table.writerow(
                ("number", "name", "seconds", "continues", "meets", "state", "prompt", "file")
            )
            for one in plan.shots:
                clip = one.take.clip if one.take is not None else None
                seconds = clip.duration_s if clip else float(one.shot.request.duration_s)
                told = f"{seconds:g}"
                start = links[one.shot.id].start
                table.writerow((
                    one.number,
                    safe_cell(one.shot.name),
                    told.replace(".", ",") if decimal_comma else told,
                    numbers[start.id] if start is not None else "",
                    one.number + 1 if one.shot.meets else "",
                    str(one.state),
                    safe_cell(one.shot.request.prompt),
                    safe_cell(Path(clip.path).name) if clip else "",
                ))  # fmt: skip
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = Message("not_written", name=target.name, reason=reason)
        raise UserError(problem(ProblemCode.DISK, message, str(error))) from error


def free_folder(parent: Path, name: str) -> Path:
    """A folder that is not there yet."""
    number, found = 1, parent / name
    while found.exists():
        number += 1
        found = parent / f"{name} {number}"
    return found
