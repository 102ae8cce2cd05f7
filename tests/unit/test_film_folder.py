"""A film as a folder for editors, and its shots as a table: all of it or nothing."""

from __future__ import annotations

import csv
import errno
from pathlib import Path

import pytest

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.media.film.join import Shot, Stopped
from pixverse_desktop.services.film_folder import (
    media_names,
    write_folder,
    write_shot_list,
)
from tests.support.clips import write_grey_clip
from tests.support.films import chain, planned, take_of


@pytest.fixture
def shots(tmp_path: Path) -> list[Shot]:
    source = tmp_path / "clips"
    source.mkdir()
    made = []
    for name in ("Fog: on the/cliffs", "…", "con"):
        path = source / f"{len(made)}.mp4"
        write_grey_clip(path)
        made.append(Shot(path, False, name))
    return made


def test_clips_lie_under_numbered_safe_names_beside_the_lists(
    shots: list[Shot], tmp_path: Path
) -> None:
    told: list[float] = []
    made = write_folder(shots, tmp_path, "My film?", lambda done: told.append(done) is None)
    assert made.path == tmp_path / "My film"
    files = sorted(path.relative_to(made.path).as_posix() for path in made.path.rglob("*.*"))
    assert files == [
        "My film.otio", "My film.xml",
        "media/01 Fog on the cliffs.mp4", "media/02 clip.mp4", "media/03 clip.mp4",
    ]  # fmt: skip
    [refused] = made.refused  # these clips have twenty pictures a second
    assert refused == "An EDL cannot hold 20 pictures a second. Export OTIO or XML instead."
    assert told[-1] == 1
    text = (made.path / "My film.xml").read_text(encoding="utf-8")
    for path in (made.path / "media").iterdir():
        assert path.as_uri().removeprefix("file://") in text
    again = write_folder(shots, tmp_path, "My film?")
    assert again.path == tmp_path / "My film 2"


def test_a_stopped_one_leaves_nothing(shots: list[Shot], tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        write_folder(shots, tmp_path, "Film", lambda done: False)
    assert [path.name for path in tmp_path.iterdir()] == ["clips"]


def test_neither_does_one_without_room(
    shots: list[Shot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(done: float) -> bool:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(UserError) as caught:
        write_folder(shots, tmp_path, "Film", full)
    assert "No space left on device" in caught.value.problem.message
    assert [path.name for path in tmp_path.iterdir()] == ["clips"]


def test_a_clip_that_is_gone_is_named(shots: list[Shot], tmp_path: Path) -> None:
    shots[1].path.unlink()
    with pytest.raises(UserError) as caught:
        write_folder(shots, tmp_path, "Film")
    assert "1.mp4 is not there." in caught.value.problem.message
    assert [path.name for path in tmp_path.iterdir()] == ["clips"]


def test_names_have_as_many_digits_as_they_need() -> None:
    assert media_names(["x"] * 100)[::99] == ["001 x.mp4", "100 x.mp4"]


def test_the_shot_list_says_how_each_begins_and_computes_nothing(tmp_path: Path) -> None:
    film = chain("=1+1", "b")
    plan = planned(film, [take_of(film, "=1+1", 1)])
    write_shot_list(plan, tmp_path / "list.csv", decimal_comma=False)
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        head, first, second = csv.reader(file)
    assert head[:6] == ["number", "name", "seconds", "continues", "meets", "state"]
    assert first[:6] == ["1", "'=1+1", "5", "", "", "ready"]
    assert second[:7] == ["2", "b", "1", "1", "", "missing", "shot b"]
