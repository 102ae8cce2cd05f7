"""Pictures of clips as a player shows them, with FFmpeg's own command as second reader."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from pixverse_desktop.core.errors import DownloadFailed
from pixverse_desktop.media.probe import inspect_part, probe
from pixverse_desktop.media.video_frames import ClipReader, Still, first_frame, frame_at, picture_at
from pixverse_desktop.media.video_frames import thumbnail as thumbnail_of
from tests.support.pictures import corner_colours

DATA = Path(__file__).parent.parent / "data" / "clips"
R, G, B, W = "red", "green", "blue", "white"
# Stored lying, 320 by 180 (sar2: 160 by 180), red and green above blue and white.
CORNERS = {
    "rot90": ((180, 320), (B, R, W, G)),
    "rot-90": ((180, 320), (G, W, R, B)),
    "rot180": ((320, 180), (W, B, G, R)),
    "hflip": ((320, 180), (G, R, W, B)),
    "transpose": ((180, 320), (R, B, G, W)),
    "sar2": ((320, 180), (R, G, B, W)),
    "cover": ((320, 180), (R, G, B, W)),
    "coverfirst": ((320, 180), (R, G, B, W)),
}


def image_of(still: Still) -> Image.Image:
    size = (still.width, still.height)
    return Image.frombytes("RGB", size, still.rgb, "raw", "RGB", still.stride)


def by_ffmpeg(path: Path, target: Path, filters: str) -> Image.Image:
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:V:0", "-vf", filters]
    subprocess.run([*command, "-frames:v", "1", str(target)], check=True)
    return Image.open(target).convert("RGB")


@pytest.mark.parametrize("name", CORNERS)
def test_every_way_to_a_picture_gives_the_shown_one(name: str, tmp_path: Path) -> None:
    clip = DATA / f"{name}.mp4"
    size, wanted = CORNERS[name]
    other = by_ffmpeg(clip, tmp_path / "other.png", "scale=iw*max(sar\\,1):ih,setsar=1")
    assert (other.size, corner_colours(other)) == (size, wanted)

    whole = Image.open(io.BytesIO(picture_at(clip, 0)))
    assert (whole.size, corner_colours(whole)) == (size, wanted)
    facts = probe(clip)
    assert (facts.width, facts.height) == size
    half = (size[0] // 2, size[1] // 2)
    with ClipReader(clip) as reader:
        strip = next(reader.strip(3, half[1]))
        assert reader.count == 24
    for still in (frame_at(clip, -1, 160), first_frame(clip, 160), thumbnail_of(clip, 160), strip):
        assert (still.width, still.height, still.full_size) == (*half, size)
        assert corner_colours(image_of(still)) == wanted


def test_hd_without_colour_tags_has_the_colours_the_player_shows(tmp_path: Path) -> None:
    tagged, untagged = DATA / "red709tag.mp4", DATA / "red709untag.mp4"
    for read in (first_frame, thumbnail_of):
        assert image_of(read(tagged, 64)).tobytes() == image_of(read(untagged, 64)).tobytes()
    red = Image.open(io.BytesIO(picture_at(untagged, -1))).getpixel((600, 300))
    other = by_ffmpeg(untagged, tmp_path / "other.png", "scale=in_color_matrix=bt709")
    assert isinstance(red, tuple)
    for value, theirs, player in zip(red, other.getpixel((600, 300)), (199, 28, 28), strict=True):  # type: ignore[arg-type]
        assert abs(value - theirs) <= 2
        assert abs(value - player) <= 2


def test_a_small_one_without_tags_keeps_its_colours(tmp_path: Path) -> None:
    clip = DATA / "sar2.mp4"
    other = by_ffmpeg(clip, tmp_path / "other.png", "scale=iw*2:ih")
    seen = Image.open(io.BytesIO(picture_at(clip, 0)))
    for place in ((30, 20), (300, 20), (30, 160), (300, 160)):
        one, two = seen.getpixel(place), other.getpixel(place)
        assert isinstance(one, tuple)
        assert isinstance(two, tuple)
        assert max(abs(a - b) for a, b in zip(one, two, strict=True)) <= 2


def test_cover_art_alone_is_no_clip(tmp_path: Path) -> None:
    clip = tmp_path / "cover.part"
    command = ["ffmpeg", "-v", "error", "-i", str(DATA / "coverfirst.mp4"), "-i"]
    command += [str(DATA / "withsound.mp4"), "-map", "0:0", "-map", "1:a", "-c", "copy"]
    command += ["-disposition:v:0", "attached_pic", "-f", "mp4", str(clip)]
    subprocess.run(command, check=True)
    with pytest.raises(ValueError, match="no picture"):
        first_frame(clip, 64)
    with pytest.raises(DownloadFailed):
        inspect_part(clip)
