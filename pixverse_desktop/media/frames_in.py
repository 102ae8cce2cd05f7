"""Start and end frames: from any picture a user has to the JPEG that is sent.

The order matters: size, then kind by content, then the pixel count from the header, and only then
decoding; orientation applied, transparency flattened, metadata (position, names) left behind.
Limits follow section 2 of the service's contract.
"""

from __future__ import annotations

import io
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from pixverse_desktop.core.problems import ProblemCode, UserError, problem

FILE_LIMIT_BYTES = 20 * 2**20
SIDE_LIMIT_PX = 10_000
PIXEL_LIMIT = 120_000_000
LONG_SIDE_PX = 1920
SENT_LIMIT_BYTES = 3 * 2**20
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_BACKGROUND = (255, 255, 255)
_LEAST_SIDE_PX = 16


@dataclass(frozen=True, slots=True)
class PreparedFrame:
    """A JPEG ready to send, its size in pixels, and a note on what was done to it."""

    jpeg: bytes
    width: int
    height: int
    note: str = ""


def refusal_of_file(path: Path) -> str:
    """Why the file cannot be a frame, as a sentence; "" when its first bytes look like one."""
    try:
        info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            return "A folder cannot be used; drop one picture."
        if not stat.S_ISREG(info.st_mode):
            return "This is not a file that can be read."
        if info.st_size == 0:
            return "This file is empty."
        if info.st_size > FILE_LIMIT_BYTES:
            return "This file is larger than 20 MB."
        with path.open("rb") as file:
            return refusal_of_bytes(file.read(64))
    except OSError as error:
        return f"This file cannot be read ({error.strerror or 'unknown reason'})."


def refusal_of_bytes(head: bytes) -> str:
    """Why data that starts with ``head`` is no picture we take; "" when it is one."""
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")):
        return ""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ""
    if head.startswith(b"%PDF"):
        return "A PDF is not a picture; use JPEG, PNG or WebP."
    if head.lstrip()[:4].lower() in (b"<svg", b"<?xm"):
        return "An SVG drawing cannot be used; save it as PNG."
    if head[4:8] == b"ftyp" and head[8:12] not in (b"heic", b"heix", b"mif1", b"avif"):
        return "A video cannot be used as a frame; use JPEG, PNG or WebP."
    return "This is not a JPEG, PNG, WebP or GIF picture."


def read_picture(path: Path) -> bytes:
    """The bytes of a picture file. Raises UserError (FRAME) with the reason."""
    reason = refusal_of_file(path)
    if reason:
        raise UserError(problem(ProblemCode.FRAME, reason))
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(problem(ProblemCode.FRAME, f"{path.name} cannot be read.")) from error


def prepare(data: bytes) -> PreparedFrame:
    """Make the picture in ``data`` ready to send. Raises UserError (FRAME) with the reason."""
    reason = "There is no picture in it." if not data else refusal_of_bytes(data[:64])
    if len(data) > FILE_LIMIT_BYTES:
        reason = "This picture is larger than 20 MB."
    if reason:
        raise UserError(problem(ProblemCode.FRAME, reason))
    try:
        with warnings.catch_warnings():
            # Pillow only warns between one and two times its limit; here that is an error.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _prepare(data)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        wrong = problem(ProblemCode.FRAME, "This picture has too many pixels.", str(error))
        raise UserError(wrong) from None
    except (OSError, ValueError, SyntaxError, KeyError, IndexError, MemoryError) as error:
        text = "This picture is damaged and cannot be read whole."
        raise UserError(problem(ProblemCode.FRAME, text, str(error))) from None


def _prepare(data: bytes) -> PreparedFrame:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        width, height = opened.size
        if max(width, height) > SIDE_LIMIT_PX or width * height > PIXEL_LIMIT:
            text = f"This picture has {width} × {height} pixels; 10000 a side is the limit."
            raise UserError(problem(ProblemCode.FRAME, text))
        if min(width, height) < _LEAST_SIDE_PX:
            text = f"This picture has only {width} × {height} pixels."
            raise UserError(problem(ProblemCode.FRAME, text))
        moving = getattr(opened, "n_frames", 1) > 1
        opened.draft("RGB", (LONG_SIDE_PX * 2, LONG_SIDE_PX * 2))  # JPEG: decode at a lower size
        opened.load()
        picture = ImageOps.exif_transpose(opened)
        picture = _to_srgb(picture)
    picture.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX), Image.Resampling.LANCZOS)
    note = "Only its first picture is used." if moving else ""
    return PreparedFrame(_encoded(picture), picture.width, picture.height, note)


def _to_srgb(picture: Image.Image) -> Image.Image:
    """8-bit sRGB without transparency, whatever it was."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I;16") or picture.mode == "I":
        # 16-bit grey: scaled, where convert() would clip everything bright to white.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        over = picture.convert("RGBA")
        flat = Image.new("RGBA", over.size, (*_BACKGROUND, 255))
        return Image.alpha_composite(flat, over).convert("RGB")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile: the plain numbers are the best guess
    return picture.convert("RGB")


def _encoded(picture: Image.Image) -> bytes:
    """JPEG of at most 3 MB: quality first, then size."""
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)  # a fresh picture carries no metadata
    for quality in (92, 85, 75, 60):
        buffer = io.BytesIO()
        clean.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= SENT_LIMIT_BYTES:
            return buffer.getvalue()
    clean.thumbnail((LONG_SIDE_PX // 2, LONG_SIDE_PX // 2), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    clean.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
