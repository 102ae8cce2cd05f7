"""Clips: the same bytes for the same order, the size and length asked for, true frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from pixverse_desktop.simulator import samples
from pixverse_desktop.simulator.names import ASPECT_RATIOS, RESOLUTIONS, STYLES
from pixverse_desktop.simulator.render.frames import Pictures, stand_in
from pixverse_desktop.simulator.render.shot import ClipSpec, render_clip

NO_PICTURES = Pictures(None, None)
SIZES = {
    "360p": [(640, 360), (480, 360), (360, 360), (360, 480), (360, 640)],
    "540p": [(960, 540), (720, 540), (540, 540), (540, 720), (540, 960)],
    "720p": [(1280, 720), (960, 720), (720, 720), (720, 960), (720, 1280)],
    "1080p": [(1920, 1080), (1440, 1080), (1080, 1080), (1080, 1440), (1080, 1920)],
}
# Rendered in full; the sizes of all twenty are checked without.
RENDERED = [
    *[("360p", ratio) for ratio in ASPECT_RATIOS],
    *[(resolution, ratio) for resolution in RESOLUTIONS[1:] for ratio in ("16:9", "9:16")],
]


def spec(pictures: Pictures = NO_PICTURES, **work: Any) -> ClipSpec:
    """A second of 360p unless told otherwise."""
    usual = {"prompt": "snow falls on a mountain at dawn", "resolution": "360p", "duration": 1,
             "seed": 5}  # fmt: skip
    return ClipSpec.from_work({**usual, **work}, pictures)


def frames(path: Path) -> list[np.ndarray[Any, Any]]:
    """Every frame of a clip in RGB."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def difference(first: Any, second: Any) -> float:
    """Mean difference of two pictures, 0 to 255."""
    return float(np.abs(np.asarray(first, float) - np.asarray(second, float)).mean())


def picture(name: str, size: tuple[int, int]) -> Image.Image:
    """A picture of its own for every name, with shapes that betray stretching."""
    made = stand_in(f"https://example.org/{name}").resize(size)
    pen = ImageDraw.Draw(made)
    short = min(size)
    pen.ellipse([short * 0.2, short * 0.2, short * 0.8, short * 0.8], fill=(240, 90, 40))
    return made


@pytest.mark.parametrize("audio", [True, False])
def test_the_same_order_gives_the_same_bytes(tmp_path: Path, audio: bool) -> None:
    order = spec(generate_audio=audio, style="anime")
    paths = [tmp_path / f"{number}.clip" for number in range(3)]
    render_clip(order, paths[0])
    render_clip(order, paths[1])
    render_clip(replace(order, seed=6), paths[2])
    first, second, other = (path.read_bytes() for path in paths)
    assert first == second
    assert first != other


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_sizes(resolution: str) -> None:
    found = [spec(resolution=resolution, aspect_ratio=ratio) for ratio in ASPECT_RATIOS]
    assert [(one.width, one.height) for one in found] == SIZES[resolution]


@pytest.mark.parametrize(("resolution", "ratio"), RENDERED)
def test_a_clip_is_what_was_asked_for(tmp_path: Path, resolution: str, ratio: str) -> None:
    path = tmp_path / "one.clip"
    render_clip(spec(resolution=resolution, aspect_ratio=ratio), path)
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        expected = SIZES[resolution][ASPECT_RATIOS.index(ratio)]
        assert (video.codec_context.width, video.codec_context.height) == expected
        assert video.codec_context.pix_fmt == "yuv420p"
        assert (audio.codec_context.sample_rate, audio.codec_context.channels) == (48_000, 2)
        assert (video.average_rate, video.frames) == (24, 24)
        assert container.duration == pytest.approx(1_000_000, abs=60_000)
    # The index stands before the pictures: a player can begin before it has everything.
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_length_and_silence(tmp_path: Path) -> None:
    path = tmp_path / "one.clip"
    render_clip(spec(duration=3, generate_audio=False), path)
    with av.open(str(path)) as container:
        assert not container.streams.audio
        assert container.streams.video[0].frames == 72
        assert container.duration == pytest.approx(3_000_000, abs=60_000)


def test_sound_is_heard_and_never_clipped(tmp_path: Path) -> None:
    path = tmp_path / "one.clip"
    render_clip(spec(), path)
    with av.open(str(path)) as container:
        sound = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)
    assert 0.1 < float(np.abs(sound).max()) < 0.6


@pytest.mark.parametrize("size", [(800, 500), (500, 800), (640, 640), (2000, 400)])
def test_a_clip_begins_on_the_start_picture(tmp_path: Path, size: tuple[int, int]) -> None:
    start = picture("start", size)
    order = spec(Pictures(start, None), prompt="snow falls, push in", duration=2)
    assert min(order.width, order.height) == 360
    held = min(3.0, size[0] / size[1])
    assert order.width / order.height == pytest.approx(held, rel=0.01)
    path = tmp_path / "one.clip"
    render_clip(order, path)
    seen = frames(path)
    wide = int(size[1] * held)
    shown = start.crop(((size[0] - wide) // 2, 0, (size[0] + wide) // 2, size[1]))
    expected = shown.resize((order.width, order.height), Image.Resampling.LANCZOS)
    assert difference(seen[0], expected) < 3
    assert difference(seen[-1], seen[0]) > 3


@pytest.mark.parametrize("shots", [False, True])
def test_a_clip_ends_on_the_end_picture(tmp_path: Path, shots: bool) -> None:
    start, end = picture("start", (960, 540)), picture("end", (960, 540))
    path = tmp_path / "one.clip"
    render_clip(spec(Pictures(start, end), duration=2, multi_clip=shots), path)
    seen = frames(path)
    size = (640, 360)
    assert difference(seen[0], start.resize(size, Image.Resampling.LANCZOS)) < 3
    assert difference(seen[-1], end.resize(size, Image.Resampling.LANCZOS)) < 3
    assert difference(start, end) > 15


def steps(path: Path) -> list[float]:
    """How much changes from each frame to the next."""
    seen = frames(path)
    return [difference(a, b) for a, b in zip(seen, seen[1:], strict=False)]


@pytest.mark.parametrize(("duration", "cuts"), [(1, 1), (4, 2)])
def test_several_shots_are_cut_hard(tmp_path: Path, duration: int, cuts: int) -> None:
    path = tmp_path / "one.clip"
    render_clip(spec(multi_clip=True, duration=duration), path)
    changes = steps(path)
    hard = [at + 1 for at, change in enumerate(changes) if change > 4 * np.median(changes)]
    assert hard == [24 * duration * number // (cuts + 1) for number in range(1, cuts + 1)]
    render_clip(spec(duration=duration), path)
    changes = steps(path)
    assert max(changes) < 4 * np.median(changes)


def test_every_style_differs_clearly(tmp_path: Path) -> None:
    shown = []
    for style in STYLES:
        path = tmp_path / f"{style}.clip"
        render_clip(spec(style=style), path)
        shown.append(frames(path)[12])
    for first in range(len(shown)):
        for second in range(first):
            assert difference(shown[first], shown[second]) > 8, (STYLES[first], STYLES[second])


def test_nothing_stands_still(tmp_path: Path) -> None:
    path = tmp_path / "one.clip"
    render_clip(spec(duration=2), path)
    assert min(steps(path)) > 0.05


@pytest.mark.parametrize("prompt", ["Desert dunes under a hot sun", "dunes of sand at dusk"])
def test_dunes_have_no_holes(prompt: str) -> None:
    with np.errstate(all="raise", under="ignore"):
        for seed in range(6):
            next(iter(_painted(spec(prompt=prompt, seed=seed))))


def _painted(order: ClipSpec) -> Any:
    from pixverse_desktop.simulator.render.shot import PaintedShot

    shot = PaintedShot(order, 0, 24)
    return (shot.frame(index) for index in range(24))


def test_water_meets_itself() -> None:
    from pixverse_desktop.simulator.render.plates import _ripples

    texture = np.asarray(_ripples(np.random.default_rng(3), (1280, 200)), float)
    across = np.abs(np.diff(texture, axis=1)).mean(axis=0)
    assert across[639] < 3 * np.median(across)
    assert across.max() < 4 * np.median(across)


def test_the_sample_pictures(tmp_path: Path) -> None:
    assert samples.main([str(tmp_path)]) == 0
    shown = [Image.open(tmp_path / name) for name in ("start.jpg", "end.jpg")]
    assert [one.size for one in shown] == [(1280, 800)] * 2
    assert max((tmp_path / name).stat().st_size for name in ("start.jpg", "end.jpg")) < 250_000
    assert difference(*shown) > 30
    for one in shown:
        one.close()
