"""Pictures to try the program with: every sort a camera or a joker could make, built in memory."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageCms

RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 20), (20, 20, 230), (250, 250, 250)


def encoded(image: Image.Image, form: str, **how: object) -> bytes:
    """The file of an image."""
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    """The image of a file."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def noise(size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture that hardly compresses, so that every byte of its file counts."""
    small = bytes((i * 7919 + i // 7 * 104729) % 251 for i in range(size[0] * size[1] * 3))
    return Image.frombytes("RGB", size, small)


def corners(size: tuple[int, int] = (96, 64)) -> Image.Image:
    """Red, green, blue and white quarters: top left, top right, bottom left, bottom right."""
    image = Image.new("RGB", size, WHITE)
    half = (size[0] // 2, size[1] // 2)
    image.paste(RED, (0, 0, *half))
    image.paste(GREEN, (half[0], 0, size[0], half[1]))
    image.paste(BLUE, (0, half[1], half[0], size[1]))
    return image


def near(seen: object, wanted: tuple[int, int, int], slack: int = 25) -> bool:
    """True for the same colour, as far as a JPEG keeps it."""
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= slack for a, b in zip(seen, wanted, strict=True))


def chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int, *, bits: int = 8, colour: int = 2) -> bytes:
    """The start of a PNG that promises a size."""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)


def png_of_500_megapixels() -> bytes:
    """A real one: 22,400 pixels a side, one bit each, in some 60 kB."""
    side = 22_400
    packer = zlib.compressobj(1)
    row = b"\0" * (1 + side // 8)
    data = b"".join(packer.compress(row * 700) for _ in range(side // 700)) + packer.flush()
    return png_header(side, side, bits=1, colour=0) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def jpeg_that_claims(width: int, height: int) -> bytes:
    """A small JPEG whose header promises another size."""
    data = bytearray(encoded(noise(), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def profile_with_red_and_blue_swapped() -> bytes:
    """An ICC profile by which red numbers mean blue: only who reads it gets the colours right."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made.replace(b"rXYZ", b"????", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"????", b"bXYZ")


def _word_of(pixel: object) -> str:
    assert isinstance(pixel, tuple)
    bright = tuple(value > 128 for value in pixel)
    return {
        (True, False, False): "red", (False, True, False): "green",
        (False, False, True): "blue", (True, True, True): "white",
    }.get(bright, str(pixel))  # fmt: skip


def corner_colours(image: Image.Image) -> tuple[str, ...]:
    places = ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9))
    at = [(int(image.width * x), int(image.height * y)) for x, y in places]
    return tuple(_word_of(image.getpixel(place)) for place in at)
