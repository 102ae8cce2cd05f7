"""A film: shots in their order, how each begins and ends, as a frozen snapshot.

The stored form is one JSON object with a version; a newer one is refused, never half read.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import REMOTE_ID
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.request import (
    ClipRequest,
    request_from_json,
    request_to_json,
)
from pixverse_desktop.core.records import record
from pixverse_desktop.core.text import json_text, plain, read_json

VERSION = 1
MOST_SHOTS = 1000
_MOST_TAKES = 1000  # clips that were put into one shot from elsewhere
_LONGEST_NAME = 200


@record
class Shot:
    """One shot. ``id`` stays when it is renamed or moved.

    It begins with a cut, on ``request.start_frame`` where there is one; with ``continues`` on the
    last still of the take of another shot instead: the one of the id ``follows``, which comes
    earlier, "" for the one just before. It ends on ``request.end_frame``, or, with ``meets``, on
    the first picture of the next shot. Takes are the jobs that were made for it, and those of the
    ids ``takes``.
    """

    id: str
    name: str
    request: ClipRequest
    continues: bool = False
    follows: str = ""
    meets: bool = False
    chosen: str = ""  # the id of the take that counts; "": the newest that fits
    kept: str = ""  # the digest of what it was out of date for when the user said to keep it
    takes: tuple[str, ...] = ()


@record
class Film:
    """A film; a change makes a new one. ``created_at`` in seconds since 1970."""

    id: str
    name: str
    shots: tuple[Shot, ...] = ()
    created_at: float = 0.0

    def shot(self, shot_id: str) -> Shot:
        """Raises KeyError."""
        return self.shots[self.place(shot_id)]

    def place(self, shot_id: str) -> int:
        """Where a shot stands, from 0. Raises KeyError."""
        for place, shot in enumerate(self.shots):
            if shot.id == shot_id:
                return place
        raise KeyError(shot_id)

    def with_shot(self, shot_id: str, **changes: object) -> Film:
        """The film with another version of one shot. Raises KeyError."""
        place = self.place(shot_id)
        shots = list(self.shots)
        shots[place] = replace(shots[place], **changes)  # type: ignore[arg-type]
        return replace(self, shots=tuple(shots))


def new_id() -> str:
    """An id for a film or a shot."""
    return uuid.uuid4().hex


# --- what a shot depends on ---


class Links(NamedTuple):
    """What a shot begins and ends on: the shots whose takes give the stills, None where none does,
    and what is asked for beside those."""

    start: Shot | None
    end: Shot | None
    request: ClipRequest

    def parents(self) -> Iterator[Shot]:
        """The shots that have to be made before it."""
        yield from (parent for parent in (self.start, self.end) if parent is not None)


def links_of(film: Film) -> dict[str, Links]:
    """Those of every shot, by its id."""
    by_id = {shot.id: shot for shot in film.shots}
    found = {}
    for before, shot, after in zip(
        (None, *film.shots), film.shots, (*film.shots[1:], None), strict=False
    ):
        request, start, end = shot.request, None, None
        if shot.continues:
            start = by_id.get(shot.follows) if shot.follows else before
            request = request.changed(start_frame=None)
        if shot.meets:
            given = after.request.start_frame if after and not after.continues else None
            end = None if given else after  # else that picture is there already
            request = request.changed(end_frame=given)
        found[shot.id] = Links(start, end, request)
    return found


def in_order(film: Film, links: Mapping[str, Links]) -> list[Shot]:
    """The shots so that each comes after those it depends on; else in the order of the film.

    Raises UserError (INVALID): some of them wait for each other.
    """
    needs = {shot_id: {one.id for one in link.parents()} for shot_id, link in links.items()}
    found: list[Shot] = []
    left, made = list(film.shots), set[str]()
    while left:
        for shot in left:
            if needs[shot.id] <= made:
                found.append(shot)
                made.add(shot.id)
        waiting = [shot for shot in left if shot.id not in made]
        if len(waiting) == len(left):
            names = ", ".join(f"“{shot.name}”" for shot in left[:4])
            raise _wrong(Message("film_cycle", names=names))
        left = waiting
    return found


def followers(film: Film, shot_id: str) -> list[Shot]:
    """Every shot that depends on one, directly or through others."""
    reached, links = {shot_id}, links_of(film)
    for shot in in_order(film, links):
        if any(parent.id in reached for parent in links[shot.id].parents()):
            reached.add(shot.id)
    return [shot for shot in film.shots if shot.id in reached and shot.id != shot_id]


def check_film(film: Film) -> None:
    """Raises UserError (INVALID) for a film that cannot be: the first thing that is wrong."""
    if len(film.shots) > MOST_SHOTS:
        raise _wrong(Message("film_too_long", number=len(film.shots), most=MOST_SHOTS))
    if not film.name.strip():
        raise _wrong(Message("film_nameless"))
    for name, times in Counter(shot.name for shot in film.shots).items():
        if not name.strip():
            raise _wrong(Message("shot_nameless"))
        if times > 1:
            raise _wrong(Message("shot_name_twice", name=name))
    if len({shot.id for shot in film.shots}) < len(film.shots):
        raise _wrong(Message("film_damaged", reason="ids"))
    places = {shot.id: place for place, shot in enumerate(film.shots)}
    for place, shot in enumerate(film.shots):
        before = places.get(shot.follows, place) if shot.follows else place - 1
        if shot.continues and not 0 <= before < place:
            raise _wrong(Message("shot_follows_nothing", name=shot.name))
    in_order(film, links_of(film))


def _wrong(message: str) -> UserError:
    return UserError(problem(ProblemCode.INVALID, message))


# --- the stored form ---


def film_to_text(film: Film) -> str:
    """One line of JSON, letters as they are."""
    shots = [
        {
            "id": shot.id,
            "name": shot.name,
            "request": request_to_json(shot.request),
            "continues": shot.continues,
            "follows": shot.follows,
            "meets": shot.meets,
            "chosen": shot.chosen,
            "kept": shot.kept,
            "takes": list(shot.takes),
        }
        for shot in film.shots
    ]
    return json_text(
        {
            "version": VERSION,
            "id": film.id,
            "name": film.name,
            "created_at": film.created_at,
            "shots": shots,
        }
    )


def film_from_text(text: str) -> Film:
    """Read it back. Raises ValueError naming the first thing that is wrong."""
    data = read_json(text)
    if not isinstance(data, Mapping):
        raise ValueError("a film is an object with fields")
    if data.get("version") != VERSION:
        raise ValueError("the film was written by another version of the program")
    shots = data.get("shots")
    if not isinstance(shots, list) or len(shots) > MOST_SHOTS:
        raise ValueError("shots is no list of shots")
    created_at = data.get("created_at", 0.0)
    if isinstance(created_at, bool) or not isinstance(created_at, int | float):
        raise ValueError("created_at is no time")
    film_id, name = _id(data, "id"), shown_name(data.get("name"))
    return Film(film_id, name, tuple(map(_shot, shots)), float(created_at))


def _shot(data: object) -> Shot:
    if not isinstance(data, Mapping):
        raise ValueError("a shot is an object with fields")
    takes = data.get("takes", [])
    if not isinstance(takes, list) or len(takes) > _MOST_TAKES:
        raise ValueError("takes is no list of ids")
    return Shot(
        id=_id(data, "id"),
        name=shown_name(data.get("name")),
        request=request_from_json(_request(data)),
        continues=_flag(data, "continues"),
        follows=_id(data, "follows", empty=True),
        meets=_flag(data, "meets"),
        chosen=_id(data, "chosen", empty=True),
        kept=_id(data, "kept", empty=True),
        takes=tuple(_id({"takes": one}, "takes") for one in takes),
    )


def _request(data: Mapping[str, object]) -> Mapping[str, object]:
    """As jobs keep theirs: what cannot be sent is said when it is to be, not lost."""
    found = data.get("request")
    if not isinstance(found, Mapping):
        raise ValueError("a request is an object with fields")
    return found


def shown_name(value: object) -> str:
    """A name from outside, safe to show. Raises ValueError for what is no text."""
    if not isinstance(value, str):
        raise ValueError("name is no text")
    return plain(value, _LONGEST_NAME)


def _flag(data: Mapping[str, object], name: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name} is neither true nor false")
    return value


def _id(data: Mapping[str, object], name: str, *, empty: bool = False) -> str:
    value = data.get(name, "")
    if empty and value == "":
        return ""
    if not isinstance(value, str) or not REMOTE_ID.fullmatch(value):
        raise ValueError(f"{name} is no id")
    return value


# --- changes ---


def free_name(names: Sequence[str], wanted: str) -> str:
    """``wanted``, or the first of "wanted 2", "wanted 3" … that is not taken."""
    taken, number = set(names), 1
    name = wanted
    while name in taken:
        number += 1
        name = f"{wanted} {number}"
    return name


def duplicate(film: Film, names: Sequence[str], takes: Callable[[Shot], tuple[str, ...]]) -> Film:
    """The same film under another name and with the same takes: nothing of it is made anew."""
    shots = tuple(replace(shot, takes=takes(shot)[:_MOST_TAKES]) for shot in film.shots)
    return replace(film, id=new_id(), name=free_name(names, film.name), shots=shots)


def frames_of(film: Film) -> list[Frame]:
    """Every picture that was given, each once."""
    found = (frame for shot in film.shots for frame in shot.request.frames())
    return list({(frame.kind, frame.value): frame for frame in found}.values())
