"""Clips as one film: pictures counted and sound listened to with other readers than the writer."""

from __future__ import annotations

import errno
import itertools
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, QTimer, QUrl
from PySide6.QtMultimedia import QAudioDecoder, QAudioFormat

from pixverse_desktop.cli.entry import main
from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.media.film import join as join_module
from pixverse_desktop.media.film.join import Shot, Stopped, join, plan_of
from pixverse_desktop.media.film.pictures import Fit
from pixverse_desktop.services.film_out import FilmOut, write_film
from tests.support.seams import Scene, Track, tracks_of, write_scene

pytestmark = pytest.mark.usefixtures("qapp")  # Qt's decoder needs an application
FIRST = Scene()
SEAMS: dict[str, tuple[Scene, int, bool]] = {  # the second clip, what it loses, copied
    "goes on": (Scene(first=24), 0, True),
    "one doubled": (Scene(first=24, doubled=1), 1, False),
    "two doubled": (Scene(first=24, doubled=2), 2, False),
    "three doubled": (Scene(first=24, doubled=3), 3, False),
    "four doubled": (Scene(first=24, doubled=4), 4, False),
    "no more than four": (Scene(first=24, doubled=6), 4, False),
    "doubled, coarser": (Scene(first=24, doubled=2, crf=32), 2, False),
    "slow, nothing doubled": (Scene(first=93, step=1), 0, True),
    "slow and doubled": (Scene(first=93, step=1, doubled=2), 2, False),
    "another scene": (Scene(first=9), 0, True),
    "no B-frames": (Scene(first=24, b_frames=0), 0, False),
    "no sound": (Scene(first=24, sound_s=None), 0, True),
    "40 ms of sound": (Scene(first=24, sound_s=0.04), 0, True),
    "more sound than pictures": (Scene(first=24, sound_s=2.5), 0, True),
    "mono": (Scene(first=24, layout="mono"), 0, True),
    "44.1 kHz": (Scene(first=24, sound_rate=44_100), 0, True),
    "another size": (Scene(frames=12, first=24, size=(128, 128)), 0, False),
    "odd size": (Scene(frames=12, first=24, size=(162, 90)), 0, False),
    "30 a second": (Scene(frames=20, first=24, rate=30), 0, False),
    "24000/1001": (Scene(frames=20, first=24, rate=Fraction(24000, 1001)), 0, False),
    "unevenly shown": (Scene(frames=12, first=24, gaps=(1, 3, 2)), 0, False),
    "one picture": (Scene(frames=1, first=24), 0, True),
    "the same again, one picture": (Scene(frames=0, first=24, doubled=1), 0, True),
}


@pytest.mark.parametrize("name", SEAMS)
def test_a_seam(tmp_path: Path, name: str) -> None:
    scene, dropped, copied = SEAMS[name]
    first = write_scene(tmp_path / "1.mp4", FIRST)
    second = write_scene(tmp_path / "2.mp4", scene)
    film = tmp_path / "film.mp4"
    plan = plan_of([Shot(first), Shot(second)])
    made = join(plan, film)
    assert (made.dropped, made.copied) == ((dropped,), copied), made.reason
    whole = scene.frames + scene.doubled
    shown = sum(itertools.islice(itertools.cycle(scene.gaps), whole)) - dropped
    frames = 24 + round(Fraction(shown) / scene.rate * 24)
    assert made.frames == frames
    assert made.seconds == pytest.approx(frames / 24, abs=0.001)
    tracks = {track.kind: track for track in tracks_of(film)}
    assert len(tracks) == 2
    check_pictures(tracks["vide"], frames)
    check_sound(tracks["soun"], frames)
    samples, rate = heard(film)
    check_clicks(samples, rate, [0.0, 1.0, frames / 24])


def check_pictures(video: Track, frames: int) -> None:
    assert video.samples == frames
    assert video.shown_s == pytest.approx([n / 24 for n in range(frames)], abs=0.002)


def check_sound(sound: Track, frames: int) -> None:
    assert sound.length_s == pytest.approx(frames / 24, abs=0.02)


def heard(film: Path) -> tuple[np.ndarray, int]:
    """What Qt's decoder hears: samples of the first channel, and how many are a second."""
    wanted = QAudioFormat()
    wanted.setSampleRate(48_000)
    wanted.setChannelCount(1)
    wanted.setSampleFormat(QAudioFormat.SampleFormat.Float)
    decoder, loop, parts = QAudioDecoder(), QEventLoop(), []
    decoder.setAudioFormat(wanted)
    decoder.setSource(QUrl.fromLocalFile(str(film)))
    decoder.bufferReady.connect(
        lambda: parts.append(np.frombuffer(bytes(decoder.read().data()), np.float32))
    )
    decoder.finished.connect(loop.quit)
    decoder.error.connect(loop.quit)
    QTimer.singleShot(20_000, loop.quit)
    decoder.start()
    loop.exec()
    decoder.stop()
    assert parts, decoder.errorString()
    return np.concatenate(parts), 48_000


def check_clicks(samples: np.ndarray, rate: int, seams_s: list[float]) -> None:
    """A tone of 433 Hz at half the volume never jumps by a tenth from one sample to the next."""
    for seam_s in seams_s:
        start = max(0, int((seam_s - 0.2) * rate))
        near = samples[start : int((seam_s + 0.2) * rate)]
        if near.size > 1:
            assert np.abs(np.diff(near)).max() < 0.06, f"a click near {seam_s} s"


def test_the_detector_hears_a_click(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(np.arange(48_000) / 48_000 * 2 * np.pi * 433 + 1).astype(np.float32)
    with pytest.raises(AssertionError, match="a click near"):
        check_clicks(np.concatenate([tone[:24_010], np.zeros(100)]), 48_000, [0.5])


def test_sound_is_where_its_picture_is(tmp_path: Path) -> None:
    """A beep that begins with the third clip, after one without sound and one that is doubled."""
    clips = [
        write_scene(tmp_path / "1.mp4", replace(FIRST, sound_s=None)),
        write_scene(tmp_path / "2.mp4", Scene(first=24, doubled=2, sound_s=None)),
        write_scene(tmp_path / "3.mp4", Scene(first=90)),
    ]
    film = tmp_path / "film.mp4"
    assert join(plan_of([Shot(clip) for clip in clips]), film).frames == 72
    samples, rate = heard(film)
    begins_s = int(np.argmax(np.abs(samples) > 0.05)) / rate
    assert begins_s == pytest.approx(2.0, abs=0.02)


def test_a_clip_that_nobody_hears_has_no_track(tmp_path: Path) -> None:
    clip = write_scene(tmp_path / "1.mp4", replace(FIRST, sound_s=None))
    join(plan_of([Shot(clip), Shot(clip)]), tmp_path / "film.mp4")
    assert [track.kind for track in tracks_of(tmp_path / "film.mp4")] == ["vide"]


def test_a_cut_is_not_measured(tmp_path: Path) -> None:
    clip = write_scene(tmp_path / "1.mp4")
    doubled = write_scene(tmp_path / "2.mp4", Scene(first=24, doubled=2))
    plan = plan_of([Shot(clip), Shot(doubled, continues=False)])
    assert plan.dropped == (0, 0)
    assert plan.copied


@pytest.mark.parametrize("fit", Fit)
def test_another_shape_is_fitted(tmp_path: Path, fit: Fit) -> None:
    wide = write_scene(tmp_path / "1.mp4")
    square = write_scene(tmp_path / "2.mp4", Scene(frames=12, size=(128, 128)))
    film = tmp_path / "film.mp4"
    join(plan_of([Shot(wide), Shot(square)], fit), film)
    with av.open(str(film)) as container:
        pictures = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert {picture.shape for picture in pictures} == {(112, 192)}
    black = bool(pictures[-1][:, :32].max() < 24)
    assert black is (fit is Fit.BARS)


def test_a_turned_clip_stands_upright(tmp_path: Path) -> None:
    lying = write_scene(tmp_path / "1.mp4", replace(FIRST, size=(112, 192)))
    data = bytearray(lying.read_bytes())
    at = data.rindex(b"tkhd") + 4 + 40  # ISO/IEC 14496-12, section 8.3.2
    one = 1 << 16
    for number, value in enumerate((0, one, 0, -one & 0xFFFFFFFF, 0, 0)):
        data[at + 4 * number : at + 4 * number + 4] = value.to_bytes(4, "big")
    first_track = data.index(b"tkhd") + 4 + 40
    data[first_track : first_track + 24] = data[at : at + 24]
    lying.write_bytes(data)
    upright = write_scene(tmp_path / "2.mp4", Scene(first=60))
    film = tmp_path / "film.mp4"
    made = join(plan_of([Shot(upright), Shot(lying)]), film)
    assert not made.copied
    with av.open(str(film)) as container:
        last = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)][-1]
    assert last.shape == (112, 192)
    assert np.argwhere(last > 200)[:, 1].min() > 130  # the square, on the left side before


def test_colours_stay_as_they_are(tmp_path: Path) -> None:
    first = write_scene(tmp_path / "1.mp4")
    second = write_scene(tmp_path / "2.mp4", Scene(first=24, doubled=1))
    film = tmp_path / "film.mp4"
    join(plan_of([Shot(first), Shot(second)]), film)
    before, after = (
        next(av.open(str(path)).decode(video=0)).to_ndarray(format="rgb24").astype(int)
        for path in (first, film)
    )
    assert np.abs(before - after).mean() < 1.5


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "text", "folder"])
def test_what_is_no_clip_is_named(tmp_path: Path, damage: str) -> None:
    good = write_scene(tmp_path / "good.mp4")
    bad = tmp_path / "bad.mp4"
    match damage:
        case "empty":
            bad.touch()
        case "cut":
            bad.write_bytes(good.read_bytes()[:3_000])
        case "text":
            bad.write_text("#EXTM3U\nfile:///etc/passwd\n")
        case "folder":
            bad.mkdir()
    with pytest.raises(UserError, match=r"bad\.mp4") as told:
        write_film(FilmOut([Shot(good), Shot(bad)], tmp_path / "film.mp4"))
    assert told.value.problem.code is ProblemCode.BAD_CLIP
    assert sorted(path.name for path in tmp_path.iterdir() if path != bad) == ["good.mp4"]


def test_stopped_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    clip = write_scene(tmp_path / "1.mp4")
    doubled = write_scene(tmp_path / "2.mp4", Scene(first=24, doubled=1))
    heard_of: list[float] = []

    def go_on(fraction: float) -> bool:
        heard_of.append(fraction)
        return fraction < 0.5

    with pytest.raises(Stopped):
        write_film(FilmOut([Shot(clip), Shot(doubled)], tmp_path / "film.mp4"), go_on)
    assert heard_of == sorted(heard_of)
    assert not list(tmp_path.glob("*film*"))
    assert not list(tmp_path.glob(".*"))


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(join_module, "_check", full)
    clip = write_scene(tmp_path / "1.mp4")
    with pytest.raises(UserError, match="No space left") as told:
        write_film(FilmOut([Shot(clip)], tmp_path / "film.mp4"))
    assert told.value.problem.code is ProblemCode.DISK
    assert [path.name for path in tmp_path.iterdir()] == ["1.mp4"]


def test_what_was_written_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that loses a picture is found out."""
    clip = write_scene(tmp_path / "1.mp4")
    plan = plan_of([Shot(clip), Shot(write_scene(tmp_path / "2.mp4", Scene(first=24, doubled=1)))])
    real = join_module._Writer._encoded

    def forgetful(self, number, piece, wanted):  # type: ignore[no-untyped-def]
        return itertools.islice(real(self, number, piece, wanted), 20)

    monkeypatch.setattr(join_module._Writer, "_encoded", forgetful)
    with pytest.raises(UserError, match="not what was meant"):
        join(plan, tmp_path / "film.mp4")


@pytest.mark.parametrize("frames", [1, 2])
def test_what_cannot_be_copied_is_encoded(tmp_path: Path, frames: int) -> None:
    first = write_scene(tmp_path / "1.mp4", replace(FIRST, frames=frames))
    second = write_scene(tmp_path / "2.mp4", Scene(first=20))
    film = tmp_path / "film.mp4"
    made = join(plan_of([Shot(first), Shot(second)]), film)
    assert made.frames == frames + 24
    check_pictures(next(t for t in tracks_of(film) if t.kind == "vide"), frames + 24)


def test_sound_at_a_rate_that_no_film_has(tmp_path: Path) -> None:
    clip = tmp_path / "1.mp4"
    with av.open(str(clip), "w", format="mp4") as out:
        video = out.add_stream("libx264", rate=24)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound = out.add_stream("alac", rate=192_000, layout="mono")
        for number in range(12):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 20, np.uint8), "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 24)
            out.mux(video.encode(frame))
        block = av.AudioFrame.from_ndarray(np.zeros((1, 96_000), np.int16), "s16p", "mono")
        block.sample_rate, block.pts = 192_000, 0
        out.mux(sound.encode(block))
        for stream in (video, sound):
            out.mux(stream.encode(None))
    made = join(plan_of([Shot(clip)]), tmp_path / "film.mp4")
    assert made.frames == 12


@pytest.mark.parametrize("seconds", [8_000, 81_000])
def test_a_damaged_time_is_no_film_of_hours(tmp_path: Path, seconds: int) -> None:
    gaps = (1,) * 11 + (seconds * 24,)
    clip = write_scene(tmp_path / "1.mp4", replace(FIRST, frames=13, gaps=gaps, sound_s=None))
    with pytest.raises(UserError, match=r"1\.mp4 is no clip") as caught:
        plan_of([Shot(clip)])
    assert caught.value.problem.code is ProblemCode.BAD_CLIP


# --- the command ---


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def test_join_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = write_scene(tmp_path / "1.mp4")
    second = write_scene(tmp_path / "2.mp4", Scene(first=24, doubled=2))
    film = tmp_path / "film.mp4"
    assert main(["join", str(first), str(second), "--output", str(film), "--json"]) == 0
    answer = told(capsys)
    reason = answer.pop("reason")
    assert answer == {
        "path": str(film), "frames": 48, "seconds": 2.0, "dropped": [2], "video": "encoded",
    }  # fmt: skip
    assert "doubled still" in str(reason)
    before = film.read_bytes()
    assert main(["join", str(first), "--output", str(film), "--json"]) == 2
    assert "exists already" in str(told(capsys)["error"])
    assert film.read_bytes() == before
    kept = tmp_path / "kept.mp4"
    line = ["join", str(first), str(second), "--output", str(kept), "--keep-doubled", "--json"]
    assert main(line) == 0
    answer = told(capsys)
    assert (answer["frames"], answer["dropped"], answer["video"]) == (50, [0], "copied")


@pytest.mark.parametrize("arguments", [[], ["1.mp4"], ["gone.mp4", "--output", "film.mp4"]])
def test_join_with_bad_arguments(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["join", *arguments, "--json"]) == 2
    assert told(capsys)["error"]
    assert not list(tmp_path.iterdir())
