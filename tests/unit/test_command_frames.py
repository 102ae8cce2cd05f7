"""What ``--start-frame`` and ``--end-frame`` take: pictures, and stills of clips."""

from __future__ import annotations

import argparse
import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from pixverse_desktop.cli.arguments import (
    Exit,
    Stop,
    check_output,
    generate_parser,
    request_of,
)
from pixverse_desktop.core.jobs.clip_metadata import project_of, project_to_text
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.media.image_prepare import prepare
from pixverse_desktop.media.metadata_tag import write_tag
from pixverse_desktop.media.video_frames import LAST, picture_at
from pixverse_desktop.services.frames import load_frame
from pixverse_desktop.services.paths import paths_below
from tests.support.clips import make_clip
from tests.support.factories import plain_job
from tests.support.pictures import corner_colours

DATA = Path(__file__).parent.parent / "data"
NOTES: list[str] = []


def frame(tmp_path: Path, text: str, slot: str = "start") -> Frame:
    """What the argument becomes."""
    NOTES.clear()
    arguments = ["--prompt", "p", f"--{slot}-frame", text]
    options: argparse.Namespace = generate_parser().parse_args(arguments)
    check_output(options.output)
    request = request_of(options, PIXVERSE_V6, paths_below(tmp_path / "data"), NOTES.append)
    made = getattr(request, f"{slot}_frame")
    assert isinstance(made, Frame)
    return made


def jpeg(tmp_path: Path, made: Frame) -> bytes:
    return load_frame(made, paths_below(tmp_path / "data"))


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(Stop) as caught:
        frame(tmp_path, text)
    assert caught.value.code is Exit.ARGUMENTS
    assert str(caught.value).endswith(".")
    return str(caught.value)


@pytest.mark.parametrize("slot", ["start", "end"])
@pytest.mark.parametrize(
    ("which", "index"),
    [("", LAST), ("@last", LAST), ("@first", 0), ("@0", 0), ("@1.25", 30), ("@1.26", 30), ("@2.0", 47)],
)  # fmt: skip
def test_a_still_of_a_clip(tmp_path: Path, slot: str, which: str, index: int) -> None:
    clip = make_clip(tmp_path / "a clip.mp4", frames=48, b_frames=2)
    made = frame(tmp_path, f"{clip}{which}", slot)
    assert jpeg(tmp_path, made) == prepare(picture_at(clip, index)).jpeg
    assert made.label.endswith(" a clip.mp4")
    assert made.parent == ""


def test_a_clip_of_ours_is_remembered_as_parent(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "plain.mp4")
    job = plain_job(id="0123abcd")
    write_tag(clip, tmp_path / "ours.mp4", project_to_text(project_of(job, "test", {})))
    assert frame(tmp_path, str(tmp_path / "ours.mp4")).parent == "0123abcd"
    assert frame(tmp_path, str(DATA / "clips" / "tagged_by_0_1.mp4")).parent == "0123abcd"


def test_it_is_upright_and_square_as_shown(tmp_path: Path) -> None:
    made = frame(tmp_path, str(DATA / "clips" / "rot90.mp4"))
    assert (made.width, made.height) == (180, 320)
    image = Image.open(io.BytesIO(jpeg(tmp_path, made)))
    assert corner_colours(image) == ("blue", "red", "white", "green")
    assert frame(tmp_path, str(DATA / "clips" / "sar2.mp4") + "@first").width == 320


def test_a_file_that_bears_the_whole_name_wins(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4")
    named = tmp_path / "clip.mp4@first"
    Image.new("RGB", (64, 48), "red").save(named, "PNG")
    assert frame(tmp_path, str(named)).label == "clip.mp4@first"
    shutil.copy(clip, named)
    assert jpeg(tmp_path, frame(tmp_path, str(named))) == prepare(picture_at(clip, LAST)).jpeg
    at = tmp_path / "me@home.mp4"
    shutil.copy(clip, at)
    assert jpeg(tmp_path, frame(tmp_path, f"{at}@first")) == prepare(picture_at(clip, 0)).jpeg


def test_what_cannot_be_is_told_before_anything_is_spent(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", frames=24)
    picture = tmp_path / "a.png"
    Image.new("RGB", (64, 48)).save(picture)
    beyond = refused(tmp_path, f"{clip}@1.5")
    assert beyond == "clip.mp4@1.5: This clip ends at 1.00 s; there is no picture at 1.5 s."
    for odd in ("second", "-1", "1,25", "nan", "1e3", ""):
        assert f"not “{odd}”" in refused(tmp_path, f"{clip}@{odd}")
    assert "Only a clip" in refused(tmp_path, f"{picture}@first")
    assert "cannot be read" in refused(tmp_path, f"{tmp_path / 'gone.mp4'}@first")
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[:-40])
    assert "No picture of this clip" in refused(tmp_path, str(cut))
    assert "damaged" in refused(tmp_path, str(DATA / "pictures" / "brand_hevc.heic"))


def test_a_note_is_told(tmp_path: Path) -> None:
    frame(tmp_path, str(DATA / "pictures" / "base_cut_last2.jpg"))
    assert NOTES == [
        "base_cut_last2.jpg: The end of its file is missing; the picture is all there."
    ]
