"""Films as files: what is written reads back with its pictures, and what is hostile is refused."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.film.film import Film, Shot
from pixverse_desktop.core.film.film_file import merged
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.route import SYSTEM
from pixverse_desktop.services.film_files import FilmFiles, read_film, write_film
from pixverse_desktop.services.frames import frame_from_file, load_frame
from pixverse_desktop.services.named_frame import named_frame
from pixverse_desktop.services.paths import Paths, paths_below
from pixverse_desktop.services.secrets import Secrets
from pixverse_desktop.services.settings import Settings
from tests.support.engine_harness import memory_harness
from tests.support.fake_service import FakeService
from tests.support.films import USUAL, chain, shot
from tests.support.loops import asynchronous
from tests.support.simulator_process import ROOT

PICTURE = ROOT / "resources" / "examples" / "sea.jpg"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return paths_below(tmp_path / "data")


NAMED: list[dict[str, Any]] = [
    {"name": "one", "prompt": "a"},
    {"name": "two", "prompt": "b", "continues": True},
    {"name": "three", "prompt": "c", "continues": True},
]


def known(model_id: str) -> ModelSpec:
    assert model_id == PIXVERSE_V6.id
    return PIXVERSE_V6


def read(path: Path, paths: Paths) -> Film:
    return read_film(path, known, lambda text: named_frame(text, paths, SYSTEM)[0], paths).film


@dataclass
class Program:
    """A program whose service is not there yet, or is."""

    paths: Paths
    settings: Settings
    secrets: Secrets
    engine: Engine | None = None


def written(path: Path, *shots: Any, **more: object) -> Path:
    path.write_text(json.dumps({"version": 1, "name": "Dawn", "shots": shots, **more}))
    return path


def alike(film: Film) -> list[Shot]:
    """The shots with their names in the place of ids, and every value said."""
    names = {one.id: one.name for one in film.shots}
    return [
        replace(one, id=one.name, follows=names.get(one.follows, ""),
                request=USUAL.changed(**one.request.values))
        for one in film.shots
    ]  # fmt: skip


def test_a_film_reads_back_as_it_was_with_its_pictures(tmp_path: Path, paths: Paths) -> None:
    frame, jpeg, _ = frame_from_file(PICTURE, paths)
    link = Frame(FrameKind.URL, "https://example.com/x.jpg", label="https://example.com/x.jpg")
    film = chain("one", "two", "three", "four")
    film = film.with_shot("one", request=shot("one").request.changed(start_frame=frame), meets=True)
    film = film.with_shot("two", request=shot("two").request.changed(end_frame=link))
    film = film.with_shot("two", continues=False)
    film = film.with_shot("four", follows="one")
    film = film.with_shot("three", request=shot("three").request.changed(
        seed=5, audio=False, negative_prompt="", style="clay"))  # fmt: skip
    target = tmp_path / "dawn.json"
    write_film(film, known, target, paths, {})
    elsewhere = paths_below(tmp_path / "elsewhere")
    back = read(target, elsewhere)
    assert (back.name, alike(back)) == (film.name, alike(film))
    start = back.shots[0].request.start_frame
    assert start is not None
    assert load_frame(start, elsewhere) == jpeg  # the very picture: takes made of it count
    again = tmp_path / "again.json"
    write_film(back, known, again, elsewhere, {})
    assert again.read_bytes() == target.read_bytes()


def test_a_picture_that_is_not_ours_is_prepared_anew(tmp_path: Path, paths: Paths) -> None:
    data = PICTURE.read_bytes()
    name = f"{hashlib.sha256(data).hexdigest()}.jpg"
    kept = base64.b64encode(data).decode()
    one = {"prompt": "x", "start_frame": {"picture": "p", "label": "\u202esea\n"}}
    film = read(written(tmp_path / "a.json", one, pictures={"p": kept}), paths)
    frame = film.shots[0].request.start_frame
    assert frame is not None
    assert (frame.value != name, frame.width > 0) == (True, True)
    assert "\u202e" not in frame.label


@pytest.mark.parametrize(
    ("one", "more", "said"),
    [
        ({"prompt": "x", "start_frame": {"picture": "gone"}}, {}, "gone is not in the file"),
        ({"prompt": "x", "start_frame": {"picture": "p"}}, {"pictures": {"p": "%%%"}}, "pictures"),
        ({"prompt": "x", "start_frame": {"picture": "p"}}, {"pictures": {"p": "aGVsbG8="}},
         "Shot 1"),
        ({"prompt": "x", "start_frame": "../../etc/passwd"}, {}, "folder"),
        ({"prompt": "x", "start_frame": "file:///etc/passwd"}, {}, "Shot 1"),
        ({"prompt": "x", "start_frame": 5}, {}, "picture"),
        ({"prompt": "x", "continues": 1}, {}, "continues"),
        ({"prompt": "x", "continues": "later"}, {}, "does not come before"),
        ({"prompt": "x", "meets": "yes"}, {}, "meets"),
        ({"prompt": "x"}, {"name": 5}, "name"),
        ({"prompt": "x", "name": {"a": 1}}, {}, "name"),
        ({"prompt": "x", "duration": [1]}, {}, "Shot 1"),
        ({"prompt": "x", "generate_audio": "perhaps"}, {}, "Shot 1"),
        ({"prompt": ["x"]}, {}, "Shot 1"),
        ("x", {}, "Shot 1"),
        ({"prompt": "x"}, {"model": "m" * 300}, "model"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    tmp_path: Path, paths: Paths, one: object, more: dict[str, object], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        read(written(tmp_path / "a.json", one, **more), paths)


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path, paths: Paths) -> None:
    (tmp_path / "film").mkdir()
    (tmp_path / "film" / "sea.jpg").symlink_to(PICTURE)
    film = written(tmp_path / "film" / "a.json", {"prompt": "x", "start_frame": "sea.jpg"})
    with pytest.raises(UserError, match="folder"):
        read(film, paths)


@asynchronous
async def test_the_window_reads_and_writes_films(tmp_path: Path, key: str) -> None:
    program, path = Program(paths_below(tmp_path), Settings(), Secrets()), tmp_path / "a.json"
    files, film = FilmFiles(program), chain("one", "two")
    with pytest.raises(UserError, match="starting"):
        files.write(film, path)
    async with memory_harness(FakeService(), tmp_path, key) as harness:
        program.engine = harness.engine
        files.write(film, path)
        assert alike(files.read(path).film) == alike(film)


def test_a_film_that_cannot_be_written_says_so(tmp_path: Path, paths: Paths) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        write_film(chain("one"), known, tmp_path / "gone" / "a.json", paths, {})


def test_shots_of_the_same_name_keep_what_was_made_for_them(tmp_path: Path, paths: Paths) -> None:
    stored = chain("one", "two").with_shot("one", chosen="x", takes=("y",))
    path = written(tmp_path / "a.json", {"name": "new", "prompt": "n"},
                   {"name": "one", "prompt": "changed"},
                   {"name": "two", "prompt": "t", "continues": "one"})  # fmt: skip
    now = merged(stored, read(path, paths), {})
    assert (now.id, now.shots[1].id, now.shots[2].follows) == (stored.id, "one", "one")
    assert (now.shots[1].chosen, now.shots[1].takes) == ("x", ("y",))
    assert now.shots[1].request.prompt == "changed"


def test_a_new_name_alone_is_the_same_shot(tmp_path: Path, paths: Paths) -> None:
    stored = read(written(tmp_path / "a.json", *NAMED), paths)
    one, two, three = (shot.id for shot in stored.shots)
    renamed = [{**NAMED[0], "name": "first"}, NAMED[1], {**NAMED[2], "name": "third"}]
    now = merged(stored, read(written(tmp_path / "a.json", *renamed), paths), {})
    assert [(shot.id, shot.name) for shot in now.shots] == [
        (one, "first"), (two, "two"), (three, "third")
    ]  # fmt: skip
    elsewhere = [*NAMED[:2], {**NAMED[2], "name": "third", "continues": "one"}]
    now = merged(stored, read(written(tmp_path / "a.json", *elsewhere), paths), {})
    assert now.shots[2].id != three  # it goes on from another
    other = [{**NAMED[0], "name": "first", "prompt": "other"}, *NAMED[1:]]
    assert merged(stored, read(written(tmp_path / "a.json", *other), paths), {}).shots[0].id != one
    twice = [NAMED[0], {**NAMED[0], "name": "again"}]
    now = merged(stored, read(written(tmp_path / "a.json", *twice), paths), {})
    assert [shot.id == one for shot in now.shots] == [True, False]


def test_shots_from_a_file_of_text_or_a_table(tmp_path: Path, paths: Paths) -> None:
    text, table = tmp_path / "a.txt", tmp_path / "a.csv"
    text.write_text("Shot 1 (3s): dawn\nShot 2: noon", encoding="utf-16")
    table.write_text("prompt,start_frame\ndawn,sea.jpg\nnoon,\n")
    (tmp_path / "sea.jpg").write_bytes(PICTURE.read_bytes())
    for path in (text, table):
        shots = FilmFiles(Program(paths, Settings(), Secrets())).shots(path, PIXVERSE_V6, str)
        assert [one.request.prompt for one in shots] == ["dawn", "noon"]
    assert shots[0].request.start_frame is not None


def test_a_shot_that_comes_back_is_what_it_was(tmp_path: Path, paths: Paths) -> None:
    """Else what was made for it, or may have been charged for it, would be paid for again."""
    whole = read(written(tmp_path / "a.json", *NAMED), paths)
    first, second, third = (shot.id for shot in whole.shots)
    short = merged(whole, read(written(tmp_path / "a.json", *NAMED[:1]), paths), {})
    dropped = {"two": second, "three": third}
    again = merged(short, read(written(tmp_path / "a.json", *NAMED), paths), dropped)
    assert [shot.id for shot in again.shots] == [first, second, third]


@pytest.mark.parametrize("name", ["a\0b", "\udc80", "loop"])
def test_a_picture_with_an_impossible_path_is_refused(
    tmp_path: Path, paths: Paths, name: str
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    path = written(tmp_path / "a.json", {"name": "one", "prompt": "p", "start_frame": name})
    with pytest.raises(UserError, match="one"):
        read(path, paths)
