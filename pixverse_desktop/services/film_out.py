"""A film on its way out: one MP4, and what editing programs read. Everything here blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.plan import FilmPlan
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.media.film.join import GoOn, Joined, Shot, join, plan_of
from pixverse_desktop.media.film.pictures import Fit
from pixverse_desktop.media.film.timeline import Format, cuts_of, timeline_text
from pixverse_desktop.services.export import replacing

_NAMED = 4  # shots in one sentence


@record
class FilmOut:
    """What is to be written of a film, and where to; each takes the place of a file there."""

    shots: Sequence[Shot]
    film: Path
    name: str = ""
    fit: Fit = Fit.BARS
    timelines: Mapping[Format, Path] = field(default_factory=dict)


def shots_of(plan: FilmPlan) -> list[Shot]:
    """The takes that count, in order. Raises UserError (INVALID) where a shot has none.

    Stills are looked for at the seams where one shot begins on a picture of the other: a cut may
    well begin like the shot before it.
    """
    lacking = [one.shot.name for one in plan.shots if one.take is None]
    if lacking or not plan.shots:
        names = ", ".join(f"“{name}”" for name in lacking[:_NAMED])
        text = Message("film_lacks_takes", names=names) if lacking else Message("film_empty")
        raise UserError(problem(ProblemCode.INVALID, text))
    found = []
    for before, one in zip((None, *plan.shots), plan.shots, strict=False):
        clip = one.take.clip if one.take is not None else None
        shot, last = one.shot, before.shot if before is not None else None
        goes_on = last is not None and (
            last.meets or (shot.continues and shot.follows in ("", last.id))
        )
        found.append(Shot(Path(clip.path if clip else shot.name), goes_on, shot.name))
    return found


def write_film(out: FilmOut, go_on: GoOn = lambda fraction: True) -> Joined:
    """Write all of it, the film first; a list that cannot be made leaves nothing at all.

    Raises UserError (BAD_CLIP: a clip; INVALID: a list; DISK), Stopped.
    """
    plan = plan_of(out.shots, out.fit)
    cuts = cuts_of(plan, out.name, [shot.name or shot.path.stem for shot in out.shots])
    texts = {path: timeline_text(cuts, kind) for kind, path in out.timelines.items()}
    target = out.film
    try:
        if target.exists() and any(_is_same(target, shot.path) for shot in out.shots):
            raise UserError(problem(ProblemCode.DISK, Message("clip_itself")))
        with replacing(target) as aside:
            made = join(plan, aside, go_on, out.film.name)
        for target, text in texts.items():
            with replacing(target) as aside:
                aside.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = Message("not_written", name=target.name, reason=reason)
        raise UserError(problem(ProblemCode.DISK, message, str(error))) from error
    return made


def _is_same(target: Path, clip: Path) -> bool:
    """Whether the film would take the place of one of its own clips."""
    return clip.exists() and target.samefile(clip)
