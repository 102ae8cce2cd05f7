"""The cuts of a film, read back by OpenTimelineIO's own readers."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.media.film.join import Shot
from pixverse_desktop.media.film.timeline import Format
from pixverse_desktop.services.film_out import FilmOut, write_film
from tests.support.seams import Scene, write_scene

needs_otio = pytest.mark.skipif(
    sys.version_info >= (3, 14), reason="OpenTimelineIO has no wheel for it"
)
READERS = {Format.OTIO: "otio_json", Format.EDL: "cmx_3600", Format.XML: "fcp_xml"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of three shots with its lists: the second loses two stills, the third has no sound."""
    folder = tmp_path_factory.mktemp("film")
    clips = [
        write_scene(folder / "1 ä & <b>.mp4"),
        write_scene(folder / "2.mp4", Scene(first=24, doubled=2)),
        write_scene(folder / "3.mp4", Scene(frames=12, first=5, sound_s=None)),
    ]
    names = ["Dawn", "The \x07boat\nleaves & <returns>", ""]
    shots = [Shot(clip, name=name) for clip, name in zip(clips, names, strict=True)]
    timelines = {kind: folder / f"film.{kind}" for kind in Format}
    write_film(FilmOut(shots, folder / "film.mp4", "Harbour", timelines=timelines))
    return folder


@needs_otio
@pytest.mark.parametrize("kind", Format)
def test_the_ranges_come_back(written: Path, kind: Format) -> None:
    import opentimelineio as otio

    rate = {"rate": 24} if kind is Format.EDL else {}
    found = otio.adapters.read_from_file(
        str(written / f"film.{kind}"), adapter_name=READERS[kind], **rate
    )
    timeline = found if isinstance(found, otio.schema.Timeline) else found[0]
    assert timeline.name == "Harbour"
    pictures = [track for track in timeline.tracks if track.kind == "Video"]
    assert [[cut(clip) for clip in track] for track in pictures] == [
        [("Dawn", 0, 24, "1 ä & <b>.mp4"), ("The boat leaves & <returns>", 2, 24, "2.mp4"),
         ("3", 0, 12, "3.mp4")]
    ]  # fmt: skip
    sounds = [track for track in timeline.tracks if track.kind == "Audio"]
    heard = [[clip.source_range.duration.value for clip in track][:2] for track in sounds]
    assert heard == {Format.OTIO: [[24, 24]], Format.EDL: [], Format.XML: [[24, 24]] * 2}[kind]


def cut(clip: object) -> tuple[str, float, float, str]:
    from urllib.parse import unquote, urlparse

    span = clip.source_range  # type: ignore[attr-defined]
    address = urlparse(clip.media_reference.target_url)  # type: ignore[attr-defined]
    assert span.duration.rate == 24
    path = Path(unquote(address.path))
    assert path.exists()
    return clip.name, span.start_time.value, span.duration.value, path.name  # type: ignore[attr-defined]


def test_the_xml_says_what_an_editor_needs_before_it_loads_anything(written: Path) -> None:
    text = (written / "film.xml").read_text(encoding="utf-8")
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>')
    root = ElementTree.fromstring(text)
    assert root.get("version") == "4"
    sequence = root.find("sequence")
    assert sequence is not None
    assert sequence.findtext("duration") == "60"
    assert sequence.findtext("rate/timebase") == "24"
    looks = sequence.find("media/video/format/samplecharacteristics")
    assert looks is not None
    assert (looks.findtext("width"), looks.findtext("height")) == ("192", "112")
    assert looks.findtext("rate/timebase") == "24"
    assert sequence.find("media/audio/format/samplecharacteristics") is not None
    items = sequence.findall("media/video/track/clipitem")
    places = [[item.findtext(name) for name in ("start", "end", "in", "out")] for item in items]
    assert places == [["0", "24", "0", "24"], ["24", "48", "2", "26"], ["48", "60", "0", "12"]]
    for item in items:
        file = item.find("file")
        assert file is not None
        assert int(file.findtext("duration") or 0) >= int(item.findtext("out") or 0)
        assert (file.findtext("pathurl") or "").startswith("file://localhost/")
    files = {file.get("id") for file in root.iter("file")}
    assert len(files) == 3
    known = {item.get("id") for item in root.iter("clipitem")}
    assert {link.text for link in root.iter("linkclipref")} <= known


@pytest.mark.parametrize(
    ("rate", "timebase", "ntsc"), [(25, "25", "FALSE"), (Fraction(30000, 1001), "30", "TRUE")]
)
def test_rates(tmp_path: Path, rate: Fraction | int, timebase: str, ntsc: str) -> None:
    clip = write_scene(tmp_path / "1.mp4", Scene(rate=rate))
    xml = tmp_path / "film.xml"
    write_film(FilmOut([Shot(clip)], tmp_path / "film.mp4", timelines={Format.XML: xml}))
    rates = ElementTree.fromstring(xml.read_text(encoding="utf-8")).iter("rate")
    assert {(one.findtext("timebase"), one.findtext("ntsc")) for one in rates} == {(timebase, ntsc)}


@needs_otio
def test_a_list_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    clip = write_scene(tmp_path / "1.mp4", Scene(rate=17))
    out = FilmOut([Shot(clip)], tmp_path / "film.mp4", timelines={Format.EDL: tmp_path / "f.edl"})
    with pytest.raises(UserError, match="17 pictures a second") as told:
        write_film(out)
    assert told.value.problem.code is ProblemCode.INVALID
    assert [path.name for path in tmp_path.iterdir()] == ["1.mp4"]


def test_without_opentimelineio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentimelineio", None)
    clip = write_scene(tmp_path / "1.mp4")
    out = FilmOut([Shot(clip)], tmp_path / "film.mp4", timelines={Format.OTIO: tmp_path / "f.otio"})
    with pytest.raises(UserError, match="OpenTimelineIO"):
        write_film(out)
    assert [path.name for path in tmp_path.iterdir()] == ["1.mp4"]
