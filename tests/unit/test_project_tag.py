"""What a clip says about itself: written without touching its packets, and read back the same."""

from __future__ import annotations

import dataclasses
import json
import struct
import subprocess
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pixverse_desktop.core.jobs.clip_metadata import (
    project_from_text,
    project_of,
    project_to_text,
)
from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.media.metadata_tag import NotMp4, read_tag, write_clean, write_tag
from tests.support.clips import SHAPES, make_clip
from tests.support.factories import plain_job

TEXT = json.dumps(
    {"prompt": 'Füchse "x" = 日本; #\\ \n🎬', "more": "y" * 30_000}, ensure_ascii=False
)


def packets(path: Path) -> list[tuple[str, bytes, float | None, float | None]]:
    with av.open(str(path)) as container:
        return [
            (
                p.stream.type,
                bytes(p),
                p.pts and float(p.pts * p.time_base),
                p.dts and float(p.dts * p.time_base),
            )
            for p in container.demux()
            if p.dts is not None
        ]


def decoded(path: Path) -> list[tuple[float | None, int]]:
    with av.open(str(path)) as container:
        return [
            (f.time, int(f.to_ndarray(format="gray").mean())) for f in container.decode(video=0)
        ]


@pytest.mark.parametrize("shape", SHAPES)
def test_packets_are_the_same_byte_for_byte(tmp_path: Path, shape: str) -> None:
    clip = make_clip(tmp_path / "clip.mp4", **SHAPES[shape])  # type: ignore[arg-type]
    write_tag(clip, tmp_path / "tagged.mp4", TEXT)
    assert sorted(packets(clip)) == sorted(packets(tmp_path / "tagged.mp4"))
    assert decoded(clip) == decoded(tmp_path / "tagged.mp4")
    assert read_tag(tmp_path / "tagged.mp4") == TEXT
    assert read_tag(clip) is None


DATA = Path(__file__).parent.parent / "data" / "clips"
LOOKED_AT = (
    "stream=codec_name,codec_tag_string,width,height,sample_aspect_ratio,color_space,duration"
    ":stream_tags=language:stream_side_data=rotation"
)


def seen_by_ffprobe(path: Path, what: str) -> str:
    command = ["ffprobe", "-v", "error", "-show_chapters", "-show_entries", what, "-of", "compact"]
    out = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
    assert out.stderr == ""
    return out.stdout


@pytest.mark.parametrize("clip", sorted(DATA.glob("*.mp4")), ids=lambda path: path.stem)
def test_nothing_of_the_services_file_is_stripped(tmp_path: Path, clip: Path) -> None:
    tagged = tmp_path / "tagged.mp4"
    write_tag(clip, tagged, TEXT)
    theirs, ours = clip.read_bytes(), tagged.read_bytes()
    assert ours.startswith(theirs)
    # One optional index behind it, which a signature leaves out, ended as that box must be.
    length, kind = struct.unpack(">I4s", ours[len(theirs) :][:8])
    assert (kind, length) == (b"mfra", len(ours) - len(theirs))
    assert struct.unpack(">I4sII", ours[-16:]) == (16, b"mfro", 0, length)
    assert read_tag(tagged) == TEXT
    everything = "format_tags:stream:stream_tags:stream_disposition:stream_side_data"
    assert seen_by_ffprobe(clip, everything) == seen_by_ffprobe(tagged, everything)
    assert packets(clip) == packets(tagged)


@pytest.mark.parametrize("behind", [b"\0\1\2\3\4\5\6\7 not a box", bytes(512)])
def test_chapters_and_bytes_behind_the_last_box_stay(tmp_path: Path, behind: bytes) -> None:
    names, clip = tmp_path / "chapters.txt", tmp_path / "clip.mp4"
    names.write_text(
        ";FFMETADATA1\n" + "".join(
            f"[CHAPTER]\nTIMEBASE=1/10\nSTART={at}\nEND={at + 10}\ntitle=Part {at}\n" for at in (0, 10)
        )
    )  # fmt: skip
    command = ["ffmpeg", "-v", "error", "-i", str(DATA / "withsound.mp4"), "-i", str(names)]
    subprocess.run([*command, "-map_chapters", "1", "-c", "copy", str(clip)], check=True)
    with clip.open("ab") as file:
        file.write(behind)
    write_tag(clip, tmp_path / "tagged.mp4", TEXT)
    assert read_tag(tmp_path / "tagged.mp4") == TEXT
    assert (tmp_path / "tagged.mp4").read_bytes().endswith(behind)
    chapters = seen_by_ffprobe(tmp_path / "tagged.mp4", "chapter_tags=title")
    assert "Part 0" in chapters
    assert "Part 10" in chapters
    assert chapters == seen_by_ffprobe(clip, "chapter_tags=title")


def test_a_clip_whose_last_box_has_no_length_is_left_alone(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    whole = (DATA / "withsound.mp4").read_bytes()
    at = whole.rindex(b"moov") - 4
    clip.write_bytes(whole[:at] + bytes(4) + whole[at + 4 :])
    with pytest.raises(NotMp4):
        write_tag(clip, tmp_path / "tagged.mp4", TEXT)
    assert read_tag(clip) is None


def test_what_the_first_version_wrote_is_read_and_gone_from_a_clean_copy(tmp_path: Path) -> None:
    clip = DATA / "tagged_by_0_1.mp4"
    project = project_from_text(read_tag(clip) or "")
    assert (project.request.prompt, project.remote_id) == ('A fox in the "snow" 🦊', "job_1")
    write_tag(clip, tmp_path / "tagged.mp4", "newer")
    assert read_tag(tmp_path / "tagged.mp4") == "newer"
    write_clean(tmp_path / "tagged.mp4", tmp_path / "clean.mp4")
    assert read_tag(tmp_path / "clean.mp4") is None
    assert b"A fox" not in (tmp_path / "clean.mp4").read_bytes()


def test_a_box_of_another_program_is_not_ours(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    for other in (b"", b"x" * 40, struct.pack(">I4s", 40, b"free") + b"y" * 40):
        box = struct.pack(">I4s", 8 + len(other), b"mfra") + other
        clip.write_bytes((DATA / "subs.mp4").read_bytes() + box)
        assert read_tag(clip) is None
    write_tag(DATA / "subs.mp4", clip, "x" * 2**23)
    with pytest.raises(ValueError, match="too long"):
        read_tag(clip)


def test_a_clean_copy_is_the_picture_and_the_sound_as_they_were(tmp_path: Path) -> None:
    for clip in sorted(DATA.glob("*.mp4")):
        write_tag(clip, tmp_path / "tagged.mp4", "ours: secret")
        write_clean(tmp_path / "tagged.mp4", tmp_path / "clean.mp4")
        wanted = [
            line
            for line in seen_by_ffprobe(clip, LOOKED_AT + ":stream=codec_type").splitlines()
            if "codec_type=video" in line or "codec_type=audio" in line
            if "mjpeg" not in line  # cover art
        ]
        got = seen_by_ffprobe(tmp_path / "clean.mp4", LOOKED_AT + ":stream=codec_type").splitlines()
        assert got == wanted, clip.name
        held = (tmp_path / "clean.mp4").read_bytes()
        assert [part for part in (b"secret", b"uuid", b"xmp", b"title") if part in held] == []


def test_a_tag_is_replaced_and_a_clean_copy_has_none(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", tags={"title": "t"})
    write_tag(clip, tmp_path / "one.mp4", "first")
    write_tag(tmp_path / "one.mp4", tmp_path / "two.mp4", "second")
    assert read_tag(tmp_path / "two.mp4") == "second"
    write_clean(tmp_path / "two.mp4", tmp_path / "clean.mp4")
    assert read_tag(tmp_path / "clean.mp4") is None
    assert b"second" not in (tmp_path / "clean.mp4").read_bytes()
    with av.open(str(tmp_path / "clean.mp4")) as container:
        assert "title" not in container.metadata
    assert packets(clip) == packets(tmp_path / "clean.mp4")


# --- the text itself ---

JOB = plain_job(
    id="0123abcd", state=JobState.SAVED, remote_id="job_1", credit_cost=10, submitted_at=5.0,
    finished_at=9.5,
)  # fmt: skip


def test_a_project_comes_back_whole() -> None:
    project = project_of(JOB, "pixverse-desktop 1", {"a.jpg": b"\xff\xd8 small"})
    assert project_from_text(project_to_text(project)) == project
    clip = Clip("/x.mp4", 1, "00")
    job = project_from_text(project_to_text(project)).to_job(clip, 50.0, 3)
    assert (job.request, job.remote_id, job.credit_cost) == (JOB.request, "job_1", 10)
    assert (job.state, job.clip, job.finished_at) == (JobState.SAVED, clip, 9.5)


GOOD = json.loads(project_to_text(project_of(JOB, "p", {})))


@pytest.mark.parametrize(
    ("name", "value"),
    [("version", 2), ("version", None), ("job_id", "../../x"), ("job_id", 5), ("remote_id", "a b"),
     ("created_at", "1"), ("created_at", True), ("created_at", -1), ("submitted_at", 1e300),
     ("credit_cost", "1,5"), ("credit_cost", -1), ("credit_cost", True), ("request", None),
     ("request", {"prompt": 5}), ("request", {"prompt": "x", "odd": 1}), ("origin", 5),
     ("pictures", {"a": "not base64!"}), ("pictures", {"a": "A" * 2**19}),
     ("created_at", 10**4000), ("origin", "\ud800"), ("origin", "a\0b"),
     ("request", {"prompt": "x", "start_frame": {"kind": "url", "value": "https://a", "parent": "\ud800"}})],
)  # fmt: skip
def test_a_wrong_description_is_refused_as_a_whole(name: str, value: object) -> None:
    with pytest.raises(ValueError):
        project_from_text(json.dumps({**GOOD, name: value}))


@pytest.mark.parametrize("text", ["", "null", "[]", "{", "[" * 100_000, "x" * 2**21, "NaN"])
def test_what_is_no_description_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        project_from_text(text)


def test_what_a_newer_program_adds_is_passed_over() -> None:
    assert project_from_text(json.dumps({**GOOD, "mood": "blue"})) == project_of(JOB, "p", {})


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(st.text(max_size=200).filter(lambda t: t.isprintable() and t.strip()))
def test_any_prompt_survives(prompt: str) -> None:
    job = dataclasses.replace(JOB, request=dataclasses.replace(JOB.request, prompt=prompt))
    project = project_of(job, "p", {})
    assert project_from_text(project_to_text(project)).request.prompt == prompt
