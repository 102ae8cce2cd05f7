"""Changes of a film as the user makes them. A shot goes on from the shot it went on from, wherever
it is moved: what was paid for stays in date where that is possible, and is a cut where it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.film import Film, Shot, free_name, links_of, new_id
from pixverse_desktop.core.messages import Message


def inserted(film: Film, place: int, shots: Sequence[Shot]) -> Film:
    """``shots`` from ``place`` on, which is counted from 0; under free names."""
    place = max(0, min(place, len(film.shots)))
    names = [shot.name for shot in film.shots]
    new = []
    for shot in shots:
        name = free_name(names, shot.name)
        names.append(name)
        new.append(replace(shot, name=name))
    return _in_order(film, [*film.shots[:place], *new, *film.shots[place:]], _parents(film))


def moved(film: Film, shot_ids: Sequence[str], place: int) -> Film:
    """Some shots, in their order, before the one that stands at ``place`` now."""
    chosen = set(shot_ids)
    going = [shot for shot in film.shots if shot.id in chosen]
    before = [shot for shot in film.shots[:place] if shot.id not in chosen]
    after = [shot for shot in film.shots[place:] if shot.id not in chosen]
    return _in_order(film, [*before, *going, *after], _parents(film))


def removed(film: Film, shot_ids: Sequence[str]) -> Film:
    """Without some shots; what went on from them begins with a cut."""
    chosen = set(shot_ids)
    left = [shot for shot in film.shots if shot.id not in chosen]
    return _in_order(film, left, _parents(film))


def duplicated(film: Film, shot_id: str, takes: Sequence[str]) -> Film:
    """One more like a shot behind it, with the same ``takes``: nothing of it is made anew."""
    place = film.place(shot_id)
    shot = film.shots[place]
    names = [one.name for one in film.shots]
    copy = replace(shot, id=new_id(), name=free_name(names, shot.name), takes=tuple(takes))
    parents = _parents(film)
    parents[copy.id] = parents[shot.id]
    return _in_order(film, [*film.shots[: place + 1], copy, *film.shots[place + 1 :]], parents)


def can_split(shot: Shot, least_s: int) -> bool:
    """Whether both halves are as long as the model makes clips."""
    return shot.request.duration_s >= 2 * least_s > 0


def split(film: Film, shot_id: str, least_s: int) -> Film:
    """Two shots in the place of one: the second goes on from the first and ends as it did.

    Raises UserError (INVALID): the model makes no clips as short as its halves.
    """
    place = film.place(shot_id)
    shot = film.shots[place]
    if not can_split(shot, least_s):
        said = Message("shot_too_short", name=shot.name, seconds=2 * max(1, least_s))
        raise UserError(problem(ProblemCode.INVALID, said))
    first_s = shot.request.duration_s // 2
    rest_s = shot.request.duration_s - first_s
    first = replace(
        shot, meets=False, request=shot.request.changed(duration_s=first_s, end_frame=None)
    )
    second = Shot(
        new_id(),
        free_name([one.name for one in film.shots], shot.name),
        shot.request.changed(duration_s=rest_s, start_frame=None),
        continues=True,
        meets=shot.meets,
    )
    parents = _parents(film)
    for child, parent in parents.items():  # what went on from the end of it still does
        if parent == shot.id:
            parents[child] = second.id
    parents[second.id] = shot.id
    return _in_order(film, [*film.shots[:place], first, second, *film.shots[place + 1 :]], parents)


def renamed(film: Film, shot_id: str, name: str) -> Film:
    """One shot under another name."""
    return film.with_shot(shot_id, name=name)


def going_on(film: Film, shot_id: str, parent_id: str) -> Film:
    """One shot goes on from another that comes before it; with "" it begins with a cut."""
    place = film.place(shot_id)
    if not parent_id:
        return film.with_shot(shot_id, continues=False, follows="")
    before = film.shots[place - 1].id if place else ""
    follows = "" if parent_id == before else parent_id
    return film.with_shot(shot_id, continues=True, follows=follows)


def _parents(film: Film) -> dict[str, str]:
    """The ids of the shots that shots go on from, "" for a cut."""
    links = links_of(film).items()
    return {shot_id: link.start.id if link.start else "" for shot_id, link in links}


def _in_order(film: Film, shots: Sequence[Shot], parents: dict[str, str]) -> Film:
    """The film with these shots, each going on from the parent it had, where that comes before it;
    a new one that goes on from the one before it does so."""
    found: list[Shot] = []
    earlier: set[str] = set()
    for shot in shots:
        before = found[-1].id if found else ""
        parent = parents.get(shot.id, before if shot.continues else "")
        if parent and parent in earlier:
            follows = "" if parent == before else parent
            shot = replace(shot, continues=True, follows=follows)
        else:
            shot = replace(shot, continues=False, follows="")
        found.append(shot)
        earlier.add(shot.id)
    return replace(film, shots=tuple(found))
