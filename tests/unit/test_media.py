"""Pictures in and clips looked into, with real files."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pixverse_desktop.core.errors import DownloadFailed, UserError
from pixverse_desktop.media.image_prepare import is_clip, prepare, read_picture, refusal_of_file
from pixverse_desktop.media.mp4_check import NotMp4, check_mp4
from pixverse_desktop.media.probe import inspect_part
from pixverse_desktop.media.video_frames import frame_at, thumbnail
from tests.support.pictures import near


def picture(mode: str = "RGB", size: tuple[int, int] = (64, 40), form: str = "PNG", **how) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, how.pop("color", 0)).save(out, form, **how)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_becomes_rgb_jpeg(mode: str) -> None:
    done = prepare(picture(mode))
    image = opened(done.jpeg)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (64, 40))


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "GIF", "AVIF"])
def test_every_format(form: str) -> None:
    assert prepare(picture(form=form)).width == 64


def test_cmyk() -> None:
    assert opened(prepare(picture("CMYK", form="JPEG")).jpeg).mode == "RGB"


def test_sixteen_bit_grey_keeps_its_tones() -> None:
    data = io.BytesIO()
    Image.fromarray(np.full((40, 64), 32768, np.uint16)).save(data, "PNG")
    assert abs(opened(prepare(data.getvalue()).jpeg).getpixel((5, 5))[0] - 128) < 3


def test_transparency_becomes_white() -> None:
    assert opened(prepare(picture("RGBA", color=(0, 0, 0, 0))).jpeg).getpixel((5, 5)) == (255,) * 3


def test_orientation_is_applied_and_metadata_left_behind() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a private note"
    done = prepare(picture(form="JPEG", exif=exif))
    assert (done.width, done.height) == (40, 64)
    assert b"a private note" not in done.jpeg
    assert not opened(done.jpeg).getexif()


def test_large_pictures_shrink_and_moving_ones_are_noted() -> None:
    done = prepare(picture(size=(4000, 1000)))
    assert (done.width, done.height) == (1920, 480)
    frames = [Image.new("RGB", (32, 32), c) for c in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert "first" in prepare(out.getvalue()).note


PICTURES = Path(__file__).parent.parent / "data" / "pictures"


def test_a_real_avif_is_taken_wherever_it_comes_from(tmp_path: Path) -> None:
    done = prepare(read_picture(PICTURES / "real.avif"))
    assert (done.width, done.height, done.note) == (320, 180, "")
    exif = Image.Exif()
    exif[0x0112] = 6
    assert prepare(picture(form="AVIF", exif=exif)).height == 64
    whole = picture(form="AVIF", color="red")
    assert opened(prepare(whole).jpeg).getpixel((9, 9))[0] > 240
    generic = whole[:8] + b"mif1" + whole[12:]  # it says AVIF among what it is compatible with
    assert prepare(generic).width == 64
    for length in (20, 60, len(whole) // 2, len(whole) - 1):
        with pytest.raises(UserError):
            prepare(whole[:length])


def heic(image: Image.Image, **how: object) -> bytes:
    """As a phone writes a picture."""
    from pillow_heif import from_pillow

    out = io.BytesIO()
    from_pillow(image).save(out, quality=90, **how)
    return out.getvalue()


def test_heic_is_read_upright_and_cut_ones_are_refused(tmp_path: Path) -> None:
    tall = Image.new("RGB", (64, 96), "red")
    tall.paste((0, 0, 255), (0, 0, 64, 48))  # blue above
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side
    whole = heic(tall)
    path = tmp_path / "IMG_0001.HEIC"
    path.write_bytes(whole)
    assert refusal_of_file(path) == ""
    assert not is_clip(path)
    shown = opened(prepare(read_picture(path)).jpeg)
    assert shown.size == (64, 96)
    assert near(shown.getpixel((30, 10)), (0, 0, 255))
    assert near(shown.getpixel((30, 90)), (255, 0, 0))
    turned = opened(prepare(heic(tall, exif=exif.tobytes())).jpeg)
    assert turned.size == (96, 64)
    assert near(turned.getpixel((90, 30)), (0, 0, 255))
    for length in (24, 200, len(whole) // 2):
        with pytest.raises(UserError):
            prepare(whole[:length])


@pytest.mark.parametrize("brand", ["heic", "heix", "heim", "heis", "hevc", "mif1", "msf1"])
def test_a_heic_that_is_only_a_beginning_is_damaged(brand: str) -> None:
    data = (PICTURES / "brand_hevc.heic").read_bytes().replace(b"hevc", brand.encode())
    with pytest.raises(UserError, match="damaged"):
        prepare(data)


def test_a_jpeg_is_one_whatever_it_is_called_and_with_its_last_two_bytes_gone() -> None:
    whole = prepare(read_picture(PICTURES / "jpeg_named.heic"))
    cut = prepare(read_picture(PICTURES / "base_cut_last2.jpg"))
    assert cut.jpeg == whole.jpeg
    assert cut.note == "The end of its file is missing; the picture is all there."


def header_only_png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    crc = struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + crc


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.4", b"<svg xmlns='x'/>", b"<html>", b"\x7fELF", picture()[:60],
     picture(size=(500, 500), color=7)[:-30], picture(form="JPEG", size=(300, 300))[:400],
     header_only_png(100_000, 100_000), header_only_png(20_000, 20_000), picture(size=(4, 4))],
    ids=["empty", "pdf", "svg", "html", "elf", "cut", "cut-end", "cut-jpeg", "bomb", "wide", "tiny"],
)  # fmt: skip
def test_what_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(UserError) as caught:
        prepare(data)
    assert caught.value.problem.message.endswith(".")


def test_files_are_judged_before_they_are_read(tmp_path: Path) -> None:
    empty = tmp_path / "empty.png"
    empty.touch()
    big = tmp_path / "big.png"
    with big.open("wb") as file:
        file.truncate(21 * 2**20)
    lying = tmp_path / "lying.png"
    lying.write_bytes(b"%PDF-1.7")
    assert "empty" in refusal_of_file(empty)
    assert "folder" in refusal_of_file(tmp_path)
    assert "20 MB" in refusal_of_file(big)
    assert "PDF" in refusal_of_file(lying)
    assert "cannot be read" in refusal_of_file(tmp_path / "gone.png")
    assert "not a file" in refusal_of_file(Path("/dev/null"))
    good = tmp_path / "good.txt"
    good.write_bytes(picture())
    assert refusal_of_file(good) == ""
    assert read_picture(good) == picture()
    with pytest.raises(UserError):
        read_picture(empty)


def write_clip(path: Path, frames: int = 30, size: tuple[int, int] = (64, 36)) -> Path:
    """An H.264 clip whose frame n is grey of level 16 + 6n; 10 frames a second, with B-frames."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.options = {"crf": "10", "bf": "2", "g": "12"}
        for n in range(frames):
            level = np.full((size[1], size[0], 3), 16 + 6 * n, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(level, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def test_a_clip_is_probed(tmp_path: Path) -> None:
    clip = inspect_part(write_clip(tmp_path / "a.part"))
    assert (clip.width, clip.height, clip.fps, clip.has_audio) == (64, 36, 10.0, False)
    assert clip.duration_s == pytest.approx(3.0, abs=0.01)


@pytest.mark.parametrize("index", [0, 1, 11, 12, 13, 23, 28, 29])
def test_exact_frames(tmp_path: Path, index: int) -> None:
    still = frame_at(write_clip(tmp_path / "a.mp4"), index, 640)
    assert still.index == index
    assert still.frame_count == 30
    assert abs(still.rgb[0] - (16 + 6 * index)) <= 2


def test_frames_outside_are_the_ends(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4")
    assert frame_at(clip, -5, 640).index == 0
    assert frame_at(clip, 99, 640).index == 29


def test_thumbnails_are_small(tmp_path: Path) -> None:
    still = thumbnail(write_clip(tmp_path / "a.mp4", size=(640, 360)), 160)
    assert (still.width, still.height) == (160, 90)
    assert len(still.rgb) >= still.stride * still.height


def test_cut_files_are_refused_at_every_length(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "a.mp4").read_bytes()
    path = tmp_path / "b.part"
    for length in range(0, len(whole) - 1, max(1, len(whole) // 40)):
        path.write_bytes(whole[:length])
        with pytest.raises(NotMp4):
            check_mp4(path)


@pytest.mark.parametrize(
    "data",
    [b"", b"<html></html>", b"ffconcat version 1.0\nfile /etc/hostname\n", b"#EXTM3U\n", b"\0" * 500,
     b"%PDF-1.4", b"\x7fELF" + b"\0" * 60, b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\x08mdat"],
)  # fmt: skip
def test_other_things_are_refused_and_removed(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.part"
    path.write_bytes(data)
    with pytest.raises(DownloadFailed):
        inspect_part(path)
    assert not path.exists()
