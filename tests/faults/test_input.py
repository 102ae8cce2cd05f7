"""What users bring along: pictures, stored requests, names, whole batches. No window here."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.core.jobs.file_name import clip_name, slug
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import (
    ClipRequest,
    request_from_json,
    request_from_preset,
    request_to_json,
)
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.core.service import custom_origin
from pixverse_desktop.media.image_prepare import prepare, read_picture
from pixverse_desktop.services.frames import frame_from_file, load_frame, store_frame
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.runtime import make_client
from pixverse_desktop.services.settings import (
    Settings,
    WindowState,
    load_settings,
    load_window_state,
    save_json,
)
from pixverse_desktop.store.job_store import JobStore
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


# --- pictures ---


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


# --- stored requests ---

GOOD = request_to_json(
    ClipRequest("a fox", seed=7, start_frame=Frame(FrameKind.FILE, "a.jpg", 16, 9, "fox.png"))
)
BAD_VALUES = [
    ("duration_s", "true"), ("duration_s", '"5"'), ("duration_s", "5.0"), ("duration_s", "NaN"),
    ("duration_s", "1e400"), ("duration_s", "-Infinity"), ("duration_s", "1" + "0" * 400),
    ("duration_s", "0"), ("duration_s", "-1"), ("duration_s", "null"), ("seed", "-1"),
    ("seed", "2147483648"), ("seed", "7.0"), ("seed", "true"), ("seed", '"7"'), ("audio", "1"),
    ("audio", '"true"'), ("multi_clip", "null"), ("style", "5"), ("style", "[]"),
    ("resolution", '{"a": 1}'), ("thinking", "null"), ("prompt", "null"), ("prompt", '["a"]'),
    ("prompt", '"a\\u0000b"'), ("prompt", '"\\ud800"'), ("prompt", f'"{"x" * 300_000}"'),
    ("style", f'"{"x" * 9_000}"'), ("start_frame", '"a.jpg"'), ("start_frame", "[]"),
    ("start_frame", '{"kind": "odd", "value": "a.jpg"}'), ("start_frame", '{"kind": "file"}'),
    ("start_frame", '{"kind": "file", "value": 5}'), ("start_frame", "[" * 300 + "]" * 300),
    ("start_frame", '{"kind": "file", "value": "a.jpg", "width": "16"}'),
    ("start_frame", '{"kind": "file", "value": "a.jpg", "width": true}'),
    ("start_frame", '{"kind": "file", "value": "a.jpg", "height": -1}'),
    ("end_frame", '{"kind": "file", "value": "a.jpg", "extra": 1}'),
    ("unknown", "1"), ("__proto__", '{"duration_s": 5}'), ("__class__", '"x"'), ("", "1"),
]  # fmt: skip


def preset_text(name: str, value: str) -> str:
    """A stored request with one field replaced by raw JSON."""
    rest = {field: kept for field, kept in GOOD.items() if field != name}
    return f"{json.dumps(rest)[:-1]}, {json.dumps(name)}: {value}}}"


@fault("I15")
@pytest.mark.parametrize(("name", "value"), BAD_VALUES, ids=lambda text: text[:40])
def test_a_preset_with_one_wrong_value_is_refused_whole_by_name(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name or "unknown") as caught:
        request_from_preset(json.loads(preset_text(name, value)))
    assert len(str(caught.value)) < 200


@fault("I15")
@pytest.mark.parametrize("data", [None, [], "text", 5, {}, {"duration_s": 5}, [["prompt", "a"]]])
def test_what_is_no_request_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="request"):
        request_from_preset(data)


@fault("I15")
def test_a_good_preset_is_taken_and_an_old_row_read() -> None:
    assert request_to_json(request_from_preset(GOOD)) == GOOD
    assert request_from_preset({"prompt": "a"}) == ClipRequest("a")
    assert request_from_json({**GOOD, "from_a_newer_version": 1}) == request_from_preset(GOOD)


@fault("I15")
@pytest.mark.logs_warnings
@pytest.mark.parametrize(("name", "value"), BAD_VALUES, ids=lambda text: text[:40])
def test_a_stored_form_is_taken_whole_or_not_at_all(
    name: str, value: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "window.json"
    path.write_text(f'{{"volume": 0.5, "form": {preset_text(name, value)}}}', encoding="utf-8")
    assert load_window_state(path).form is None
    assert name in caplog.text or "NaN" in caplog.text or "Infinity" in caplog.text


@fault("I15")
def test_a_seed_being_typed_does_not_cost_the_prompt_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    save_json(path, WindowState(form={**GOOD, "seed": 9_999_999_999}))
    assert load_window_state(path).form == {**GOOD, "seed": None}
    save_json(path, WindowState(form=GOOD))
    assert load_window_state(path).form == GOOD


BAD_FILES = {
    "a huge one": b'{"theme": "' + b"x" * 50_000_000 + b'"}',
    "deeply nested": b'{"form": ' * 100_000 + b"1" + b"}" * 100_000,
    "a list": b"[]",
    "a text": b'"demo"',
    "a YAML bomb": b"a: &a ['x','x']\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
    "not a number": b'{"jobs_at_a_time": NaN, "volume": NaN}',
    "an endless number": b'{"jobs_at_a_time": 1e400, "volume": 1e400}',
    "yes instead of a number": b'{"jobs_at_a_time": true, "volume": true}',
    "a number in words": b'{"jobs_at_a_time": "4", "volume": "0.5"}',
    "a list instead of a word": b'{"theme": ["dark"], "geometry": ["x"]}',
    "bytes": b"\xff\xfe\x00",
    "nothing": b"",
}


@fault("I15")
@pytest.mark.logs_warnings
@pytest.mark.parametrize("name", BAD_FILES)
def test_settings_are_taken_whole_or_set_aside(name: str, tmp_path: Path) -> None:
    for load, default in ((load_settings, Settings()), (load_window_state, WindowState())):
        path = tmp_path / f"{load.__name__}.json"
        path.write_bytes(BAD_FILES[name])
        began = time.perf_counter()
        assert load(path) == default
        assert time.perf_counter() - began < 1.0
        assert path.with_name(path.name + ".damaged").read_bytes() == BAD_FILES[name]
        assert not path.exists()


@fault("I15")
@pytest.mark.logs_warnings
def test_one_wrong_setting_is_named_and_the_others_are_not_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "settings.json"
    save_json(path, Settings("pixeldojo", "/clips", 7))
    stored = json.loads(path.read_text())
    path.write_text(json.dumps({**stored, "alert_when_ready": "no"}))
    assert load_settings(path) == Settings()
    assert "alert_when_ready" in caplog.text
    path.write_text(json.dumps({**stored, "from_a_newer_version": 1}))
    assert load_settings(path) == Settings("pixeldojo", "/clips", 7)


@fault("I15")
@pytest.mark.parametrize("sizes", [[10**30, 1, 1], [-1, 5, 5], [True, 1, 1], ["1", 2, 3], [1e9]])
def test_panel_widths_that_no_screen_has_are_forgotten(sizes: list[object], tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.write_text(json.dumps({"splitter": sizes, "loop": False}))
    assert load_window_state(path) == WindowState(loop=False)


# --- requests that must not be sent ---

END_ALONE = Frame(FrameKind.URL, "https://example.com/end.png")
WRONG = [
    ("duration_s", {"duration_s": 0}), ("duration_s", {"duration_s": 16}),
    ("duration_s", {"duration_s": -1}), ("duration_s", {"duration_s": 1.5}),
    ("duration_s", {"duration_s": True}), ("style", {"style": "cyberpnk"}),
    ("thinking", {"thinking": "Auto"}), ("aspect_ratio", {"aspect_ratio": "16x9"}),
    ("resolution", {"resolution": "8K"}), ("seed", {"seed": -1}), ("seed", {"seed": 2**31}),
    ("end_frame", {"multi_clip": True, "end_frame": END_ALONE}), ("prompt", {"prompt": " \u3000\n"}),
]  # fmt: skip


@fault("I16")
@pytest.mark.parametrize(("field", "changes"), WRONG, ids=str)
def test_a_wrong_value_is_told_with_its_field(field: str, changes: dict[str, object]) -> None:
    request = replace(ClipRequest("a fox"), **changes)  # type: ignore[arg-type]
    (found,) = violations(request, PIXVERSE_V6)
    assert found.field == field
    assert found.message.endswith(".")


@fault("I16")
@asynchronous
async def test_nothing_wrong_is_queued_or_sent(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    posts = count_posts(simulator)

    async with harness_on(simulator, data_dir, key) as harness:
        for field, changes in WRONG:
            with pytest.raises(UserError) as caught:
                await harness.engine.generate(replace(SHORT, **changes))  # type: ignore[arg-type]
            assert caught.value.problem.code is ProblemCode.INVALID
            assert caught.value.problem.field == field
        assert harness.repository.all() == []
    assert count_posts(simulator) == posts


def count_posts(simulator: SimulatorProcess) -> int:
    """How many paid requests have reached the service."""
    return sum(r["method"] == "POST" for r in simulator.requests("api"))


# --- names of clips ---

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


# --- a whole batch ---


@pytest.fixture
def database(data_dir: Path) -> Iterator[JobStore]:
    made = JobStore(data_dir)
    made.open()
    yield made
    made.close()


@fault("I18")
def test_a_thousand_queued_jobs_are_all_kept_in_order(database: JobStore, data_dir: Path) -> None:
    base = Job(
        id="", origin="demo", request=SHORT, state=JobState.QUEUED, created_at=1.0, updated_at=1.0,
        price=10,
    )  # fmt: skip
    for n in range(1000):
        database.add_job(replace(base, id=f"{n:032x}", position=n, request=replace(SHORT, seed=n)))
    database.close()
    database.open()
    kept = database.load_jobs()
    assert [job.request.seed for job in kept] == list(range(1000))
    assert sum(job.price for job in kept) == 10_000
    assert {job.state for job in kept} == {JobState.QUEUED}


@fault("I18")
@asynchronous
async def test_of_many_queued_jobs_no_more_than_the_limit_are_sent_at_once(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(min_job_s=30)
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key, jobs_at_a_time=2) as harness:
        for n in range(50):
            await harness.engine.generate(replace(SHORT, seed=n))
        await harness.until(lambda: len(harness.in_state(JobState.ACCEPTED)) == 2)
        await asyncio.sleep(0)
        assert len(harness.in_state(JobState.QUEUED)) == 48
        harness.engine.pause()
    assert len(simulator.ledger()) == before + 2
