"""Clips: the same bytes for the same order, the size and length asked for, true frames."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from pixverse_desktop.simulator import samples
from pixverse_desktop.simulator.names import ASPECT_RATIOS, RESOLUTIONS, STYLES
from pixverse_desktop.simulator.render.frames import Pictures, stand_in
from pixverse_desktop.simulator.render.plates import ripples
from pixverse_desktop.simulator.render.shot import (
    ClipSpec,
    PaintedShot,
    all_frames,
    render_clip,
)

ROOT = Path(__file__).resolve().parents[2]
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
    ("540p", "9:16"),
    ("720p", "16:9"),
    ("1080p", "16:9"),
    ("1080p", "9:16"),
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


def opened(path: Path) -> Image.Image:
    """A picture read whole, its file closed again."""
    with Image.open(path) as found:
        return found.convert("RGB")


def picture(name: str, size: tuple[int, int]) -> Image.Image:
    """A picture of its own for every name, with shapes that betray stretching."""
    made = stand_in(f"https://example.org/{name}").resize(size)
    pen = ImageDraw.Draw(made)
    short = min(size)
    pen.ellipse([short * 0.2, short * 0.2, short * 0.8, short * 0.8], fill=(240, 90, 40))
    return made


def test_the_same_order_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.clip" for number in range(3)]
    for path, seed in zip(paths, (5, 5, 6), strict=True):
        render_clip(spec(seed=seed), path)
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


@pytest.mark.parametrize("seconds", range(1, 16))
def test_every_length_has_its_frames(seconds: int) -> None:
    assert spec(duration=seconds).frame_count == 24 * seconds


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


def steps(order: ClipSpec) -> list[float]:
    """How much changes from each frame to the next."""
    return [difference(a, b) for a, b in pairwise(all_frames(order))]


@pytest.mark.parametrize(("duration", "shots"), [(1, 2), (4, 3)])
def test_several_shots_are_cut_hard(duration: int, shots: int) -> None:
    changes = steps(spec(multi_clip=True, duration=duration))
    hard = [at + 1 for at, change in enumerate(changes) if change > 4 * np.median(changes)]
    assert hard == [24 * duration * number // shots for number in range(1, shots)]


def test_one_shot_is_not_cut() -> None:
    changes = steps(spec())
    assert max(changes) < 4 * np.median(changes)
    assert min(changes) > 0.05


def test_every_style_differs_clearly() -> None:
    shown = [next(all_frames(spec(style=style))) for style in STYLES]
    for first in range(len(shown)):
        for second in range(first):
            assert difference(shown[first], shown[second]) > 8, (STYLES[first], STYLES[second])


@pytest.mark.parametrize("prompt", ["Desert dunes under a hot sun", "dunes of sand at dusk"])
def test_dunes_have_no_holes(prompt: str) -> None:
    with np.errstate(invalid="raise", divide="raise"):
        for seed in range(4):
            PaintedShot(spec(prompt=prompt, seed=seed), 0, 24)


def test_water_meets_itself() -> None:
    texture = np.asarray(ripples(np.random.default_rng(3), (1280, 200)), float)
    across = np.abs(np.diff(texture, axis=1)).mean(axis=0)
    assert across[639] < 3 * np.median(across)
    assert across.max() < 4 * np.median(across)


def test_the_sample_pictures(tmp_path: Path) -> None:
    assert samples.main([str(tmp_path)]) == 0
    start, end = (opened(tmp_path / name) for name in ("start.jpg", "end.jpg"))
    assert start.size == end.size == (1280, 800)
    assert difference(start, end) > 30
    # What is shipped is what the script paints.
    for name, one in (("start.jpg", start), ("end.jpg", end)):
        shipped = ROOT / "resources" / "demo" / name
        assert difference(opened(shipped), one) < 2
        assert shipped.stat().st_size < 250_000
    for style in STYLES:
        name = f"styles/{style}.jpg"
        shipped = ROOT / "resources" / name
        assert difference(opened(shipped), opened(tmp_path / name)) < 2
        assert shipped.stat().st_size < 10_000
