"""Pictures that are damaged, huge, odd or gone, I1 to I10."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import custom_origin
from pixverse_desktop.media.image_prepare import prepare, read_picture
from pixverse_desktop.services.frames import frame_from_file, load_frame, store_frame
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.runtime import make_client
from pixverse_desktop.services.settings import (
    Settings,
)
from tests.faults.catalogue import fault
from tests.support import pictures as make
from tests.support.engine_harness import harness_on
from tests.support.factories import SHORT
from tests.support.loops import asynchronous
from tests.support.pictures import BLUE, GREEN, RED, WHITE, encoded, near, opened
from tests.support.simulator_process import SimulatorProcess

DAMAGED = "This picture is damaged and cannot be read whole."


def refusal(data: bytes) -> str:
    """The sentence by which a picture is refused."""
    with pytest.raises(UserError) as caught:
        prepare(data)
    problem = caught.value.problem
    assert problem.code is ProblemCode.FRAME
    assert problem.message.endswith(".")
    assert "Error" not in problem.message
    return problem.message


@fault("I1")
@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"quality": 100}], ids=str)
def test_a_jpeg_cut_anywhere_is_refused(how: dict[str, object]) -> None:
    whole = encoded(make.noise(), "JPEG", **how)
    prepare(whole)
    for length in [*range(4, len(whole), len(whole) // 60), len(whole) - 3]:
        assert refusal(whole[:length]) == DAMAGED


@fault("I1")
@pytest.mark.parametrize(
    "how",
    [{}, {"progressive": True}, {"quality": 100}, {"subsampling": 0, "optimize": True}],
    ids=str,
)
@pytest.mark.parametrize("size", [(160, 120), (2500, 1900)])
def test_a_jpeg_that_lacks_its_end_mark_alone_is_taken_with_a_note(
    how: dict[str, object], size: tuple[int, int]
) -> None:
    whole = encoded(make.noise(size), "JPEG", **how)
    wanted = prepare(whole)
    assert wanted.note == ""
    for length in (len(whole) - 1, len(whole) - 2):
        done = prepare(whole[:length])
        assert done.jpeg == wanted.jpeg
        # Of a large one with many bytes a row Pillow itself has all rows before it looks for more.
        assert "missing" in done.note or size == (2500, 1900)


@fault("I1")
def test_a_jpeg_that_lacks_a_whole_scan_is_refused() -> None:
    whole = encoded(make.noise(), "JPEG", progressive=True)
    at, scans = 0, []
    while (at := whole.find(b"\xff\xda", at + 1)) > 0:
        scans.append(at)
    assert len(scans) > 5
    for at in scans[1:]:
        tables = whole.rfind(b"\xff\xc4", 0, at)  # each scan has its own before it
        for length in (at, at + 2, tables, tables + 1):
            assert refusal(whole[:length]) == DAMAGED


@fault("I2")
@pytest.mark.parametrize(
    ("form", "how"),
    [("PNG", {}), ("PNG", {"compress_level": 0}), ("WEBP", {}), ("WEBP", {"lossless": True})],
)
def test_a_cut_png_or_webp_is_refused(form: str, how: dict[str, object]) -> None:
    whole = encoded(make.noise(), form, **how)
    prepare(whole)
    for length in [*range(16, len(whole), len(whole) // 60), *range(len(whole) - 21, len(whole))]:
        assert refusal(whole[:length]) in (
            DAMAGED,
            "This is not a JPEG, PNG, WebP, AVIF or GIF picture.",
        )


@fault("I2")
def test_a_png_with_one_flipped_bit_is_refused() -> None:
    whole = encoded(make.noise((40, 30)), "PNG")
    for at in range(16, len(whole), 13):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << at % 8
        assert refusal(bytes(flipped))


@fault("I3")
@pytest.mark.parametrize(
    "data",
    [make.png_header(100_000, 100_000) + make.chunk(b"IDAT", b""),
     make.png_header(100_000, 100_000) + make.chunk(b"IDAT", b"") + make.chunk(b"IEND", b""),
     make.jpeg_that_claims(65_000, 65_000), make.jpeg_that_claims(65_000, 16),
     encoded(Image.new("1", (10_001, 16)), "PNG")],
    ids=["I3-header", "I3-header-and-data", "I3-jpeg", "I3-wide-jpeg", "I3-wide"],
)  # fmt: skip
def test_a_promised_size_is_refused_by_the_header(data: bytes) -> None:
    began = time.perf_counter()
    said = refusal(data)
    assert time.perf_counter() - began < 0.1
    assert "pixels" in said


MEASURE = """
import resource, sys, time
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.media.image_prepare import prepare
def rss():
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most
data = sys.stdin.buffer.read()
try:
    prepare(b"\\xff\\xd8\\xff")  # the readers are loaded now
except UserError:
    pass
before, began = rss(), time.perf_counter()
try:
    prepare(data)
except UserError as error:
    print(time.perf_counter() - began, rss() - before, error, sep="|")
"""


@fault("I3")
def test_a_bomb_of_500_megapixels_takes_neither_time_nor_memory() -> None:
    data = make.png_of_500_megapixels()
    assert len(data) < 2_000_000
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], input=data, capture_output=True, timeout=60, check=True
    )
    seconds, more_kib, said = done.stdout.decode().strip().split("|")
    assert float(seconds) < 0.1
    assert int(more_kib) < 8_192
    assert "pixels" in said


@fault("I4")
def test_a_jpeg_of_108_megapixels_is_accepted_quickly() -> None:
    image = make.corners((12_000, 9_000))
    data = encoded(image, "JPEG", quality=70)
    image.close()
    began = time.perf_counter()
    done = prepare(data)
    assert time.perf_counter() - began < 2.0
    assert (done.width, done.height) == (1920, 1440)
    seen = opened(done.jpeg)
    for place, colour in (((200, 200), RED), ((1700, 200), GREEN), ((200, 1300), BLUE)):
        assert near(seen.getpixel(place), colour)


@fault("I4")
@pytest.mark.parametrize("size", [(12_000, 9_000), (13_300, 13_300)], ids=str)
def test_a_jpeg_that_lies_about_its_megapixels_is_soon_done_with(size: tuple[int, int]) -> None:
    began = time.perf_counter()
    # JPEG readers make up what an otherwise whole file lacks.
    assert max(prepare(make.jpeg_that_claims(*size)).width, 0) <= 1920
    assert refusal(make.jpeg_that_claims(*size)[:-2]) == DAMAGED
    assert time.perf_counter() - began < 3.0


@fault("I5")
@pytest.mark.parametrize(
    ("form", "how"),
    [("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {})],
    ids=["g", "w", "apng"],
)
def test_of_a_moving_picture_the_first_is_taken_and_said(form: str, how: dict[str, object]) -> None:
    frames = [Image.new("RGB", (48, 32), colour) for colour in (GREEN, RED, BLUE, WHITE, RED)]
    done = prepare(encoded(frames[0], form, save_all=True, append_images=frames[1:], **how))
    assert done.note == "Only its first picture is used."
    assert near(opened(done.jpeg).getpixel((24, 16)), GREEN)


@fault("I6")
@pytest.mark.parametrize(
    ("mode", "form", "colour", "wanted"),
    [("1", "PNG", 1, (255, 255, 255)), ("L", "PNG", 90, (90, 90, 90)), ("P", "PNG", None, BLUE),
     ("P", "GIF", None, BLUE), ("I;16", "PNG", 40_000, (156, 156, 156)),
     ("RGB", "PNG", BLUE, BLUE), ("CMYK", "JPEG", (0, 255, 255, 0), (255, 0, 0)),
     ("L", "JPEG", 90, (90, 90, 90)), ("LA", "PNG", (0, 0), (255, 255, 255)),
     ("LA", "PNG", (90, 255), (90, 90, 90)), ("RGBA", "PNG", (255, 0, 0, 0), (255, 255, 255)),
     ("RGBA", "PNG", (255, 0, 0, 128), (255, 127, 127)),
     ("RGBA", "WEBP", (20, 20, 230, 255), BLUE)],
)  # fmt: skip
def test_every_sort_of_pixels_becomes_rgb(
    mode: str, form: str, colour: object, wanted: tuple[int, int, int]
) -> None:
    if mode == "P":
        image = Image.new("RGB", (32, 32), BLUE).convert("P", palette=Image.Palette.ADAPTIVE)
    else:
        image = Image.new(mode, (32, 32), colour)
    done = opened(prepare(encoded(image, form)).jpeg)
    assert (done.format, done.mode) == ("JPEG", "RGB")
    assert near(done.getpixel((16, 16)), wanted, 12)


@fault("I6")
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_of_another_space_are_converted(mode: str) -> None:
    image = Image.new("RGB", (32, 32), (255, 0, 0)).convert(mode)
    profile = make.profile_with_red_and_blue_swapped()
    done = opened(prepare(encoded(image, "PNG", icc_profile=profile)).jpeg)
    assert near(done.getpixel((16, 16)), (0, 0, 255), 40)


UNDO = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@fault("I7")
@pytest.mark.parametrize(
    ("orientation", "form"), [*itertools.product(range(1, 9), ["JPEG", "PNG", "WEBP"])]
)
def test_every_orientation_is_applied(orientation: int, form: str) -> None:
    upright = make.corners()
    stored = upright.transpose(UNDO[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    done = prepare(encoded(stored, form, exif=exif))
    assert (done.width, done.height) == upright.size
    seen = opened(done.jpeg)
    assert not seen.getexif()
    right, low = done.width - 10, done.height - 10
    for place, colour in (((10, 10), RED), ((right, 10), GREEN), ((10, low), BLUE)):
        assert near(seen.getpixel(place), colour, 40)


@fault("I7")
def test_broken_notes_do_not_spoil_a_whole_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    whole = encoded(make.corners(), "JPEG", exif=exif)
    at = whole.index(b"Exif\0\0") + 6
    for broken in (b"XX*\0\0\0\0\x08", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0"):
        spoiled = whole[:at] + broken + whole[at + 8 :]
        assert prepare(spoiled).width in (96, 64)


@fault("I8")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_nothing_about_the_user_is_left_in_what_is_sent(form: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-NOTE"
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 22.0, 5.0), 29: "SECRET-DATE"})
    how: dict[str, object] = {"exif": exif, "icc_profile": make.profile_with_red_and_blue_swapped()}
    if form == "JPEG":
        how["comment"] = b"SECRET-COMMENT"
    if form != "PNG":
        how["xmp"] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRET-XMP</x:xmpmeta>"
    source = tmp_path / "holiday.jpg"
    source.write_bytes(encoded(make.corners(), form, **how))
    assert b"SECRET" in source.read_bytes()
    frame, *_ = frame_from_file(source, paths_below(tmp_path / "data"))
    sent = sent_picture(frame, tmp_path / "data")
    for trace in (b"SECRET", b"Exif", b"ICC_PROFILE", b"adobe", b"xmp", b"GPS", b"holiday"):
        assert trace not in sent
    assert set(opened(sent).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def sent_picture(frame: Frame, data_dir: Path) -> bytes:
    """The bytes that travel to the service for a start frame."""
    client = make_client(
        custom_origin("http://127.0.0.1:9/api/v1"), None, paths_below(data_dir), Settings()
    )
    body = json.loads(client.encode(ClipRequest("a", start_frame=frame), PIXVERSE_V6))
    head, _, text = body["start_image_url"].partition(",")
    assert head == "data:image/jpeg;base64"
    return base64.b64decode(text)


OTHERS = {
    "ELF": b"\x7fELF\x02\x01\x01" + b"\0" * 500,
    "HTML": b"<!doctype html><html><img src='file:///etc/hostname'></html>",
    "empty": b"",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/hostname'/></svg>",
    "SVG with a head": b"<?xml version='1.0'?>\n<!DOCTYPE svg><svg/>",
    "PDF": b"%PDF-1.7\n1 0 obj",
    "ICNS": b"icns\0\0\x10\0ic07" + b"\0" * 300,
    "TGA": b"\0\0\x02" + b"\0" * 9 + b"\x40\0\x40\0\x18\0" + b"\x55" * 12_288,
    "TIFF": encoded(make.corners(), "TIFF"),
    "BMP": encoded(make.corners(), "BMP"),
    "PPM": encoded(make.corners(), "PPM"),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "MP4": b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + b"\0" * 200,
    "zip": b"PK\x03\x04" + b"\0" * 100,
}


@fault("I9")
@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_picture_is_refused_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(OTHERS[name])
    with pytest.raises(UserError) as caught:
        read_picture(path)
    assert caught.value.problem.code is ProblemCode.FRAME
    assert caught.value.problem.message.endswith(".")
    refusal(OTHERS[name])


@fault("I9")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_with_another_ones_name_is_taken(form: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.heic"
    path.write_bytes(encoded(make.corners(), form))
    assert prepare(read_picture(path)).width == 96


@fault("I10")
@pytest.mark.parametrize("what", ["deleted", "changed", "cut"])
@asynchronous
async def test_the_stored_copy_is_sent_whatever_becomes_of_the_picture(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path, what: str
) -> None:
    source = tmp_path / "fox.png"
    source.write_bytes(encoded(make.corners(), "PNG"))
    frame, jpeg, _ = frame_from_file(source, paths_below(data_dir))

    async with harness_on(simulator, data_dir, key, jobs_at_a_time=1) as harness:
        harness.engine.pause()
        job = await harness.engine.generate(replace(SHORT, start_frame=frame))
        if what == "deleted":
            source.unlink()
        else:
            source.write_bytes(b"\xff\xd8\xff" if what == "cut" else encoded(make.noise(), "PNG"))
        harness.engine.resume()
        await harness.until_saved(1)
        assert harness.repository.get(job.id).request.start_frame == frame
    sent = [r["body"] for r in simulator.requests("api") if r.get("body")][-1]["start_image_url"]
    assert sent["data_uri_sha256"] == hashlib.sha256(jpeg).hexdigest()


@fault("I10")
@pytest.mark.parametrize("what", ["deleted", "changed"])
@asynchronous
async def test_without_its_stored_copy_a_job_is_not_paid_for(
    simulator: SimulatorProcess, data_dir: Path, key: str, what: str
) -> None:
    paths = paths_below(data_dir)
    frame, jpeg, _ = store_frame(encoded(make.corners(), "PNG"), "fox.png", paths)
    copy = paths.frames / frame.value
    copy.unlink() if what == "deleted" else copy.write_bytes(jpeg[: len(jpeg) // 2])
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        await harness.engine.generate(replace(SHORT, start_frame=frame))
        await harness.until(lambda: bool(harness.in_state(JobState.REJECTED)))
        (job,) = harness.in_state(JobState.REJECTED)
        assert job.problem is not None
        assert job.problem.code is ProblemCode.FRAME
        assert "choose it again" in job.problem.message
    assert len(simulator.ledger()) == before
    # Choosing it again mends the copy.
    assert store_frame(encoded(make.corners(), "PNG"), "fox.png", paths)[0] == frame
    assert load_frame(frame, paths) == jpeg
