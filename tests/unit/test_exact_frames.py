"""Exact frames of all kinds of clips, compared with a full decode."""

from __future__ import annotations

import io
import random
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pixverse_desktop.media.video_frames import ClipReader, first_frame, frame_at, picture_at
from tests.support.clips import SHAPES, make_clip


def all_frames(path: Path) -> list[np.ndarray]:
    """Every picture in the order it is shown, by decoding the whole clip."""
    with av.open(str(path)) as container:
        frames = sorted(container.decode(video=0), key=lambda f: f.pts or 0)
        return [np.asarray(frame.to_image()) for frame in frames]


def picture(path: Path, index: int) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture_at(path, index))))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_last_frame_is_the_last_of_a_full_decode(tmp_path: Path, shape: str) -> None:
    clip = make_clip(tmp_path / "clip.mp4", **SHAPES[shape])  # type: ignore[arg-type]
    frames = all_frames(clip)
    assert np.array_equal(picture(clip, -1), frames[-1])
    still = frame_at(clip, -1, 4000)
    assert (still.index, still.frame_count) == (len(frames) - 1, len(frames))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_frame_both_ways(tmp_path: Path, shape: str) -> None:
    clip = make_clip(tmp_path / "clip.mp4", **SHAPES[shape])  # type: ignore[arg-type]
    frames = all_frames(clip)
    for index in (*range(len(frames)), *reversed(range(len(frames)))):
        assert np.array_equal(picture(clip, index), frames[index]), index
    assert np.array_equal(picture(clip, 10_000), frames[-1])


def test_a_clip_whose_end_is_damaged_gives_the_last_that_can_be_decoded(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", frames=24, gop=6)
    data = bytearray(clip.read_bytes())
    with av.open(str(clip)) as container:
        last = [p for p in container.demux(video=0) if p.size][-1]
        at, size = last.pos, last.size
    data[at + 5 : at + size] = b"\x00" * (size - 5)
    clip.write_bytes(data)
    assert picture(clip, -1).shape == (48, 64, 3)


@pytest.mark.parametrize("shape", SHAPES)
def test_an_open_clip_gives_the_same_in_any_order(tmp_path: Path, shape: str) -> None:
    clip = make_clip(tmp_path / "clip.mp4", **SHAPES[shape])  # type: ignore[arg-type]
    frames = all_frames(clip)
    order = [*range(len(frames)), *reversed(range(len(frames)))]
    random.Random(7).shuffle(order)
    steps = [*reversed(range(len(frames))), *order, *range(0, len(frames), 3)]
    with ClipReader(clip) as reader:
        assert reader.count == len(frames)
        for index in steps:
            got = np.asarray(reader.frame(index).to_image())  # type: ignore[no-untyped-call]
            assert np.array_equal(got, frames[index]), index


@pytest.mark.parametrize("shape", SHAPES)
def test_the_first_frame_comes_sooner_and_is_the_same(tmp_path: Path, shape: str) -> None:
    clip = make_clip(tmp_path / "clip.mp4", **SHAPES[shape])  # type: ignore[arg-type]
    assert first_frame(clip, 4000) == frame_at(clip, 0, 4000)


def test_a_strip_is_spread_evenly_and_small(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", frames=30, gop=6)
    with ClipReader(clip) as reader:
        strip = list(reader.strip(5, 24))
    assert [still.index for still in strip] == [3, 9, 15, 21, 27]
    assert {(still.width, still.height) for still in strip} == {(32, 24)}


def test_one_step_back_decodes_for_the_next_ones_too(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", frames=60, gop=600)
    with ClipReader(clip) as reader:
        reader.still(59, 64)
        passed = dict(reader.passed)
        for index in range(58, 50, -1):
            reader.still(index, 64)
        assert dict(reader.passed) == passed  # nothing was decoded again


def test_going_on_does_not_start_the_decoder_anew_at_key_frames(tmp_path: Path) -> None:
    """It would forget what it has decoded ahead."""
    with ClipReader(make_clip(tmp_path / "a.mp4", frames=40, b_frames=3, gop=8)) as reader:
        first = reader.frame(0)
        decoder = reader._running
        times = [first.pts, *(reader.frame(index).pts for index in range(1, 40))]
        assert reader._running is decoder
    assert times == sorted(set(times))
