"""Damaged pictures: what comes out is a small whole JPEG, or a sentence, and nothing else."""

from __future__ import annotations

import io
import random
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from pixverse_desktop.core.errors import Problem, ProblemCode, UserError, problem
from pixverse_desktop.media.image_prepare import SENT_LIMIT_BYTES, PreparedFrame, prepare
from tests.fuzz.children import run_cases
from tests.fuzz.mutate import mutated
from tests.fuzz.scale import PICTURES, count
from tests.support import pictures as make
from tests.support.pictures import encoded


@cache
def originals() -> list[bytes]:
    """Whole pictures of every sort that is taken."""
    picture, flat = make.noise((72, 48)), make.corners((72, 48))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a note"
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 22.0, 5.0)})
    profile = make.profile_with_red_and_blue_swapped()
    moving = [Image.new("RGB", (48, 32), (n * 60, 20, 200)) for n in range(4)]
    alpha = flat.convert("RGBA")
    alpha.putalpha(Image.linear_gradient("L").resize(alpha.size))
    more = {"save_all": True, "append_images": moving[1:], "duration": 50}
    return [
        encoded(picture, "JPEG", quality=80),
        encoded(picture, "JPEG", progressive=True, exif=exif, icc_profile=profile),
        encoded(picture.convert("CMYK"), "JPEG"),
        encoded(flat.convert("L"), "JPEG", comment=b"a comment"),
        encoded(Image.new("RGB", (3000, 40), (9, 99, 199)), "JPEG", exif=exif),
        encoded(flat, "PNG", exif=exif, icc_profile=profile),
        encoded(picture.convert("P"), "PNG", transparency=3),
        encoded(alpha, "PNG"),
        encoded(flat.convert("LA"), "PNG"),
        encoded(flat.convert("1"), "PNG"),
        encoded(Image.new("I;16", (40, 40), 40_000), "PNG"),
        encoded(moving[0], "PNG", **more),
        encoded(picture, "WEBP", exif=exif),
        encoded(alpha, "WEBP", lossless=True, icc_profile=profile),
        encoded(moving[0], "WEBP", **more),
        encoded(flat, "GIF", transparency=0),
        encoded(moving[0], "GIF", **more),
    ]


def prepared(data: bytes) -> tuple[PreparedFrame | None, Problem]:
    """What became of a picture, or why it was refused."""
    try:
        return prepare(data), problem(ProblemCode.FRAME)
    except UserError as error:
        return None, error.problem


def case(seed: int, _folder: Path) -> str:
    """One damaged picture; gives the outcome."""
    chance = random.Random(seed)
    data = mutated(chance.choice(originals()), chance, originals())
    done, refusal = prepared(data)
    if done is None:
        assert refusal.code is ProblemCode.FRAME
        assert refusal.message.endswith(".")
        assert len(refusal.message) < 200
        return "refused"
    assert len(done.jpeg) <= SENT_LIMIT_BYTES
    with Image.open(io.BytesIO(done.jpeg), formats=("JPEG",)) as image:
        image.load()
        assert (image.mode, image.size) == ("RGB", (done.width, done.height))
        assert 16 <= min(image.size) <= max(image.size) <= 1920
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    return "taken"


@pytest.mark.timeout(1800)
def test_damaged_pictures(tmp_path: Path) -> None:
    outcomes = run_cases("pictures", tmp_path, count(PICTURES))
    assert set(outcomes) == {"refused", "taken"}


def test_the_originals_are_taken() -> None:
    for data in originals():
        assert prepare(data).width >= 16
