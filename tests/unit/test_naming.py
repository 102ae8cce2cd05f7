"""File names from templates: filled in, unique, and taken by every file system."""

from __future__ import annotations

import dataclasses
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pixverse_desktop.core.jobs.file_name import PLACEHOLDERS, clip_name, slug, template_problem
from pixverse_desktop.core.jobs.job import Job
from tests.support.factories import plain_job


def job_of(prompt: str = "A red fox, in snow.", **changes: object) -> Job:
    job = plain_job(id="3f9c21abdeadbeef", created_at=1_700_000_000.0)
    request = dataclasses.replace(
        job.request, prompt=prompt, seed=42, resolution="720p", aspect_ratio="9:16",
        duration_s=5, style="3d_animation",
    )  # fmt: skip
    return dataclasses.replace(job, request=request, **changes)  # type: ignore[arg-type]


DAY = time.strftime("%Y-%m-%d", time.localtime(1_700_000_000.0))
CLOCK = time.strftime("%H-%M-%S", time.localtime(1_700_000_000.0))


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("", f"{DAY} A red fox in snow 3f9c21ab.mp4"),
        ("  ", f"{DAY} A red fox in snow 3f9c21ab.mp4"),
        ("{prompt}", "A red fox in snow 3f9c21ab.mp4"),
        ("{id} {seed}", "3f9c21ab 42.mp4"),
        ("{date}_{time} {id}", f"{DAY}_{CLOCK} 3f9c21ab.mp4"),
        ("{resolution}-{ratio}-{duration}-{style}", "720p-9x16-5s-3d animation 3f9c21ab.mp4"),
        ("film/{prompt}", "film A red fox in snow 3f9c21ab.mp4"),
        ("../../{id}", "3f9c21ab.mp4"),
        ("con {id}", "clip con 3f9c21ab.mp4"),
        ("a{{b}} {id}", "a{b} 3f9c21ab.mp4"),
        ("{unknown}", f"{DAY} A red fox in snow 3f9c21ab.mp4"),
    ],
)
def test_templates(template: str, name: str) -> None:
    assert clip_name(job_of(), template) == name


@pytest.mark.parametrize(
    "template",
    ["{", "}", "{0}", "{}", "{prompt.real}", "{prompt[0]}", "{seed:05}", "{id!r}", "{x}"],
)
def test_what_cannot_be_used_is_said(template: str) -> None:
    assert template_problem(template)
    assert template_problem("{prompt} {id}") == ""


_TEMPLATE = st.lists(
    st.one_of(
        st.sampled_from([f"{{{name}}}" for name in PLACEHOLDERS]), st.text(max_size=30),
    ),
    max_size=12,
).map("".join)  # fmt: skip


@settings(derandomize=True, database=None, deadline=None, max_examples=400)
@given(template=_TEMPLATE, prompt=st.text(max_size=200))
def test_every_name_is_safe_and_the_jobs_own(template: str, prompt: str) -> None:
    if any("\ud800" <= c <= "\udfff" for c in template + prompt):
        return
    name = clip_name(job_of(prompt), template)
    assert name.endswith(".mp4")
    assert "3f9c21ab" in name
    assert len(name.encode()) <= 200
    stem = name.removesuffix(".mp4")
    assert not set(stem) & set('<>:"/\\|?*.\0\n')
    assert stem == stem.strip()
    other = dataclasses.replace(job_of(prompt), id="77777777aaaa")
    assert clip_name(other, template) != name


@pytest.mark.parametrize(
    "prompt",
    [
        "हिन्दी में लोमड़ी",
        "สุนัขจิ้งจอกในหิมะ",
        "பனியில் நரி",
        "ثَعْلَبٌ فِي الثَّلْجِ",
        "שׁוּעָל בַּשֶּׁלֶג",
        "বরফে শিয়াল",
    ],
)
def test_vowel_signs_stay(prompt: str) -> None:
    told = unicodedata.normalize("NFC", prompt)
    assert slug(prompt) == told
    assert clip_name(job_of(prompt), "{prompt}") == f"{told} 3f9c21ab.mp4"


def test_no_letter_is_cut_from_its_marks() -> None:
    word = "कि"  # a letter and its vowel sign, three bytes each
    assert slug(word * 60) == word * 13  # 78 of 80 bytes
    assert slug("a" * 39 + word) == "a" * 39
    assert slug("a" * 38 + word) == "a" * 38 + word
    for length in range(1, 30):
        short = slug("กิ้ " * 20, length)
        assert short == "clip" or not short.replace("กิ้", "").strip()
    long = clip_name(job_of("x"), word * 80 + "{id}")
    assert long.removesuffix(" 3f9c21ab.mp4") == word * 23


@pytest.mark.parametrize("prompt", ["\u0301fox", "❤\ufe0f fox", " \u093f fox", "\U000e0100fox"])
def test_a_mark_without_a_letter_goes(prompt: str) -> None:
    assert slug(prompt) == "fox"
