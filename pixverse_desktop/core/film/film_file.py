"""A film as a file that people write and programs exchange: shots by name, parameters by the names
of the service. Read as what it is: from anybody.

``{"version": 1, "name", "model"?, "shots": [{"name", "prompt", "continues": true | "earlier shot",
"meets": true, "model"?, "start_frame", "end_frame", "take"?, any parameter}],
"pictures"?: {name: text}}``. A picture is a path beside the file, an address, or
``{"picture": name, "label"?}``, one of ``pictures``, which are base64; ``take`` is the path of a
clip beside the file.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.film import (
    MOST_SHOTS,
    VERSION,
    Film,
    Shot,
    check_film,
    links_of,
    new_id,
    shown_name,
)
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.given_value import value_of
from pixverse_desktop.core.model.parameters import ModelSpec, ParameterSpec
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.model.rules import Image, Text
from pixverse_desktop.core.records import record
from pixverse_desktop.core.text import json_text, read_json

MOST_BYTES = 128 * 2**20
_FRAMES = ("start_frame", "end_frame")
_OWN = frozenset({"name", "model", "continues", "meets", "take", *_FRAMES})
_MOST_PICTURES = 2 * MOST_SHOTS
_LONGEST_MODEL = 200

Data = Mapping[str, object]


def film_data(data: bytes) -> Data:
    """The object in a film's file. Raises UserError (INVALID): no film, too long, a newer one."""
    if len(data) > MOST_BYTES:
        raise _wrong(Message("film_large", most=MOST_BYTES // 2**20))
    try:
        found = read_json(data.decode("utf-8-sig"))
    except ValueError as error:
        reason = "UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise _wrong(Message("film_no_file", reason=reason)) from None
    if not isinstance(found, dict):
        raise _wrong(Message("film_no_file", reason="{ }"))
    version = found.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise _wrong(Message("film_newer"))
    if version != VERSION or isinstance(version, bool):
        raise _wrong(Message("film_no_file", reason="version"))
    shots = found.get("shots")
    if not isinstance(shots, list):
        raise _wrong(Message("film_no_file", reason="shots"))
    if len(shots) > MOST_SHOTS:
        raise _wrong(Message("film_too_long", number=len(shots), most=MOST_SHOTS))
    unknown = next(iter(found.keys() - {"version", "name", "model", "shots", "pictures"}), None)
    if unknown is not None:
        known = "version, name, model, shots, pictures"
        raise _wrong(Message("film_unknown_name", name=unknown, known=known))
    return found


def name_in(data: Data, usual: str) -> str:
    """What a film's file calls the film. Raises UserError."""
    return _text(data, "name", usual)


def models_in(data: Data) -> set[str]:
    """The ids of the models that a film's file names. Raises UserError."""
    shots = data["shots"]
    named = shots if isinstance(shots, list) else []
    usual = _model_id(data, MODEL_ID)
    return {_model_id(one, usual) for one in named if isinstance(one, Mapping)} or {usual}


def pictures_in(data: Data) -> dict[str, bytes]:
    """The pictures that a film's file holds, by their names. Raises UserError."""
    stored = data.get("pictures", {})
    if not isinstance(stored, Mapping) or len(stored) > _MOST_PICTURES:
        raise _wrong(Message("film_no_file", reason="pictures"))
    try:
        return {str(n): base64.b64decode(str(text), validate=True) for n, text in stored.items()}
    except (binascii.Error, ValueError):
        raise _wrong(Message("film_no_file", reason="pictures")) from None


@record
class FilmReader:
    """Reads what ``film_data`` gave. ``frame`` makes a picture of a path or an address, ``kept`` of
    the name of a picture in the file and its label; ``take`` gives the id of the job of a clip by
    its path. All three BLOCKING, and raise UserError."""

    models: Mapping[str, ModelSpec]
    frame: Callable[[str], Frame]
    kept: Callable[[str, str], Frame]
    take: Callable[[str], str]

    def read(self, data: Data, name: str) -> Film:
        """The film, which is one that can be; ``name`` where it has none. Raises UserError that
        names the shot."""
        usual = _model_id(data, MODEL_ID)
        shots: list[Shot] = []
        given = data["shots"]
        for number, one in enumerate(given if isinstance(given, list) else [], 1):
            called = f"Shot {number}"
            try:
                if not isinstance(one, Mapping):
                    raise _wrong(Message("film_no_file", reason=called))
                called = _text(one, "name", called)
                shots.append(self._shot(one, called, usual, shots))
            except UserError as error:
                wrong = error.problem
                said = Message("shot_wrong", name=called, reason=wrong.message)
                raise UserError(replace(wrong, message=said)) from None
        film = Film(new_id(), name_in(data, name), tuple(shots))
        check_film(film)
        return film

    def _shot(self, data: Data, name: str, usual: str, before: list[Shot]) -> Shot:
        model = self.models[_model_id(data, usual)]
        values: dict[str, object] = {}
        for key, value in data.items():
            if value is None or key in _OWN - {*_FRAMES}:
                continue
            for spec, one in self._values(model, key, value):
                values[spec.name] = one
        continues, follows = data.get("continues", False), ""
        if isinstance(continues, str):
            follows = next((shot.id for shot in before if shot.name == continues), "")
            if not follows:
                raise _wrong(Message("shot_follows_nothing", name=name))
        take = data.get("take")
        if take is not None and not isinstance(take, str):
            raise _wrong(Message("film_no_file", reason="take"))
        taken = self.take(take) if take else ""
        return Shot(
            new_id(), name, default_request(model).changed(**values),
            continues=bool(follows) or _flag(data, "continues"), follows=follows,
            meets=_flag(data, "meets"), chosen=taken, takes=(taken,) if taken else (),
        )  # fmt: skip

    def _values(
        self, model: ModelSpec, key: str, value: object
    ) -> Iterator[tuple[ParameterSpec, object]]:
        specs = [spec for spec in model.offered() if spec.wire == key]
        if key in _FRAMES:
            found = model.get(key)
            if found is None or not found.offered:
                raise _wrong(Message("takes_none", label=found.label if found else key))
            specs = [found]
        if not specs:
            known = dict.fromkeys(spec.wire for spec in model.offered())
            names = ", ".join(("name", "continues", "meets", "take", *_FRAMES, *known))
            raise _wrong(Message("film_unknown_name", name=key, known=names))
        if isinstance(specs[0].rule, Image):
            pictures = [self._picture(one) for one in value] if isinstance(value, list) else None
            if specs[0].rule.several:
                yield specs[0], tuple(pictures or [self._picture(value)])
            else:  # a list that start and end share, or one picture
                yield from zip(specs, pictures or [self._picture(value)], strict=False)
            return
        yield specs[0], _value(specs[0], value)

    def _picture(self, value: object) -> Frame:
        if isinstance(value, str):
            return self.frame(value)
        if isinstance(value, Mapping) and isinstance(value.get("picture"), str):
            return self.kept(str(value["picture"]), str(value.get("label", "")))
        raise _wrong(Message("film_no_file", reason="picture"))


def film_to_file(
    film: Film,
    models: Callable[[str], ModelSpec],
    picture: Callable[[Frame], bytes],
    takes: Mapping[str, str],
) -> bytes:
    """BLOCKING where ``picture``, which gives a kept one, is. ``takes`` are the paths of clips
    beside the file, by the ids of their shots: reads back as the same film, with those takes alone.
    Raises what ``picture`` raises."""
    pictures: dict[str, str] = {}

    def told(frame: Frame) -> object:
        if frame.kind is FrameKind.URL:
            return frame.value
        if frame.value not in pictures:
            pictures[frame.value] = base64.b64encode(picture(frame)).decode()
        return {"picture": frame.value, "label": frame.label}

    names = {shot.id: shot.name for shot in film.shots}
    shots = []
    for shot in film.shots:
        one: dict[str, object] = {"name": shot.name}
        if shot.request.model != MODEL_ID:
            one["model"] = shot.request.model
        one |= _told_values(shot.request, models(shot.request.model), told)
        if shot.continues:
            one["continues"] = names[shot.follows] if shot.follows else True
        if shot.meets:
            one["meets"] = True
        if shot.id in takes:
            one["take"] = takes[shot.id]
        shots.append(one)
    whole = {"version": VERSION, "name": film.name, "shots": shots}
    return json_text(whole | ({"pictures": pictures} if pictures else {}), indent=1).encode()


def _told_values(
    request: ClipRequest, model: ModelSpec, told: Callable[[Frame], object]
) -> dict[str, object]:
    found: dict[str, object] = {}
    usual = default_request(model).values
    for spec in model.offered():
        value = request.get(spec.name)
        if value is None or value == usual.get(spec.name):
            continue
        if isinstance(value, Frame):
            found[spec.name if spec.name in _FRAMES else spec.wire] = told(value)
        elif isinstance(value, tuple):
            found[spec.wire] = [told(one) for one in value if isinstance(one, Frame)]
        else:
            found[spec.wire] = spec.rule.spelled(value)
    return found


def merged(stored: Film, read: Film, dropped: Mapping[str, str]) -> Film:
    """``read`` as the new version of ``stored``: shots of the same name are the same, and so is one
    that has another name and asks for the same from the same shot on, so that a new name alone
    costs nothing. One that was taken out and comes back is what it was: ``dropped`` are the ids of
    such shots by their names. A take that the file names is the one that counts."""
    known = {shot.name: shot for shot in stored.shots}
    left = [shot for shot in stored.shots if shot.name not in {one.name for one in read.shots}]
    starts_before, starts = _starts(stored), _starts(read)
    ids: dict[str, str] = {}
    shots = []
    for shot in read.shots:  # what it goes on from comes before it
        start = starts[shot.id] and ids[starts[shot.id]]
        old = known.get(shot.name)
        for one in left if old is None else ():
            if _what(one) == _what(shot) and starts_before[one.id] == start:
                old = one
                left.remove(one)
                break
        ids[shot.id] = old.id if old else dropped.get(shot.name, shot.id)
        merged = replace(shot, id=ids[shot.id], follows=ids.get(shot.follows, ""))
        if old is not None:
            takes = tuple(dict.fromkeys((*old.takes, *shot.takes)))
            chosen = shot.chosen or old.chosen
            merged = replace(merged, chosen=chosen, kept=old.kept, takes=takes)
        shots.append(merged)
    return replace(stored, shots=tuple(shots))


def _starts(film: Film) -> dict[str, str]:
    """The ids of the shots that the shots go on from, "" for a cut."""
    links = links_of(film).items()
    return {shot_id: link.start.id if link.start else "" for shot_id, link in links}


def _what(shot: Shot) -> tuple[ClipRequest, bool, bool]:
    return shot.request, shot.continues, shot.meets


def _value(spec: ParameterSpec, value: object) -> object:
    if isinstance(spec.rule, Text) and isinstance(value, str):
        return value
    try:
        if isinstance(spec.rule, Text):
            raise ValueError("no text")
        return value_of(spec.rule, value if isinstance(value, str) else json_text(value))
    except (ValueError, RecursionError):
        shown = json_text(value)[:80]
        raise UserError(
            problem(
                ProblemCode.INVALID,
                Message("cell_unreadable", label=spec.label, value=shown),
                field=spec.name,
            )
        ) from None


def _text(data: Data, name: str, usual: str) -> str:
    if data.get(name) is None:
        return usual
    try:
        return shown_name(data[name])
    except ValueError:
        raise _wrong(Message("film_no_file", reason=name)) from None


def _flag(data: Data, name: str) -> bool:
    value = data.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong(Message("film_no_file", reason=name))
    return value is True


def _model_id(data: Data, usual: str) -> str:
    value = data.get("model") or usual
    if not isinstance(value, str) or len(value) > _LONGEST_MODEL:
        raise _wrong(Message("film_no_file", reason="model"))
    return value


def _wrong(message: str) -> UserError:
    return UserError(problem(ProblemCode.INVALID, message))
