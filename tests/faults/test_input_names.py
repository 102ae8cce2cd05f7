"""Names of clips made of any prompt, I17."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pixverse_desktop.core.jobs.file_name import clip_name, slug
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from tests.faults.catalogue import fault

NASTY = [
    "../../etc/passwd", "..\\..\\windows", "CON", "con.txt", "NUL", "COM1", "lpt9", "a.", "a ...",
    "x" * 300, "\U0001f98a" * 300, "日本語" * 100, "%n%s{0}$HOME", "\u202egpj.exe", "a\0b",
    "شعلة\u200f نار", "\ud800", "-rf", "~", "", " ", "a/b:c*d?e\"f<g>h|i", "a\nb", "é" * 90,
    "e\u0301" * 200,
]  # fmt: skip


RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def check_clip_name(prompt: str, folder: Path) -> None:
    """A name that every file system takes, that stays in its folder and ends in the job's id."""
    job = Job(
        id="0123456789abcdef", origin="demo", request=ClipRequest(prompt), state=JobState.QUEUED,
        created_at=1_700_000_000.0, updated_at=0.0, price=10,
    )  # fmt: skip
    name = clip_name(job)
    assert name.endswith(" 01234567.mp4")
    assert len(name.encode("utf-8")) <= 143  # an encrypted home folder's limit
    assert (folder / name).parent == folder
    assert not set(name) & set('/\\:*?"<>|\0\n\r')
    assert name == name.strip()
    assert name.isprintable()
    word = slug(prompt)
    assert word.lower() not in RESERVED
    assert not word.endswith((".", " "))
    assert not word.startswith(("-", ".", "~"))


@fault("I17")
@pytest.mark.parametrize("prompt", NASTY, ids=ascii)
def test_a_clips_name_is_safe(prompt: str, tmp_path: Path) -> None:
    check_clip_name(prompt, tmp_path)
    (tmp_path / f"{slug(prompt)}.mp4").write_bytes(b"x")
    assert len(os.listdir(tmp_path)) == 1


@fault("I17")
@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(st.text())
def test_any_clips_name_is_safe(prompt: str) -> None:
    check_clip_name(prompt, Path("/clips"))


@fault("I17")
def test_two_clips_of_one_prompt_have_two_names() -> None:
    jobs = [
        Job(id=f"{n}" * 32, origin="demo", request=ClipRequest("a fox"), state=JobState.QUEUED,
            created_at=1.0, updated_at=1.0, price=10)
        for n in "ab"
    ]  # fmt: skip
    assert len({clip_name(job) for job in jobs}) == 2
