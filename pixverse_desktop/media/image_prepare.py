"""Start and end frames: from any picture a user has to the JPEG that is sent.

The order matters: size, then kind by content, then the pixel count from the header, and only then
decoding; orientation applied, transparency flattened, metadata (position, names) left behind.
Limits follow section 2 of the service's contract.
"""

from __future__ import annotations

import io
import stat
import warnings
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageCms

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.media.jpeg_end import with_end

FILE_LIMIT_BYTES = 20 * 2**20
SIDE_LIMIT_PX = 10_000
PIXEL_LIMIT = 90_000_000  # decoded whole: 360 MB at most
# A JPEG is decoded at a lower size, so that a camera's largest pictures are welcome. (Progressive
# ones are not: all of them has to be in memory at once.)
JPEG_SIDE_LIMIT_PX = 20_000
JPEG_PIXEL_LIMIT = 178_000_000
_SMALL_SIDE_PX = 512
LONG_SIDE_PX = 1920
SENT_LIMIT_BYTES = 3 * 2**20
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF")
# What files of the MP4 family that hold pictures call themselves: AVIF, and HEIC with its kin.
_AVIF = frozenset({b"avif", b"avis"})
_HEIC = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2",
     b"msf1"}
)  # fmt: skip
_BACKGROUND = (255, 255, 255)
_LEAST_SIDE_PX = 16
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PNG_END = b"IEND\xaeB`\x82"


@record
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
            return Message("folder_dropped")
        if not stat.S_ISREG(info.st_mode):
            return Message("not_a_file")
        if info.st_size == 0:
            return Message("file_empty")
        if info.st_size > FILE_LIMIT_BYTES:
            return Message("file_too_large")
        with path.open("rb") as file:
            return refusal_of_bytes(file.read(64))
    except OSError as error:
        return Message("file_unreadable", reason=error.strerror or Message("unknown_reason"))


def refusal_of_bytes(head: bytes) -> str:
    """Why data that starts with ``head`` is no picture we take; "" when it is one."""
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")):
        return ""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ""
    brands = _brands(head)
    if brands & (_AVIF | _HEIC):
        return ""
    if head.startswith(b"%PDF"):
        return Message("pdf")
    if head.lstrip()[:4].lower() in (b"<svg", b"<?xm"):
        return Message("svg")
    if brands:
        return Message("video_as_frame")
    return Message("not_a_picture")


def is_clip(path: Path) -> bool:
    """True for a file that starts like a video of the MP4 family. Raises OSError."""
    with path.open("rb") as file:
        brands = _brands(file.read(64))
    return bool(brands) and not brands & (_AVIF | _HEIC)


def _brands(head: bytes) -> set[bytes]:
    """What a file of the MP4 family says it is, in its first box; empty for any other file."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4]), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}


def read_picture(path: Path) -> bytes:
    """The bytes of a picture file. Raises UserError (FRAME) with the reason."""
    reason = refusal_of_file(path)
    if reason:
        raise _refused(reason)
    try:
        with path.open("rb") as file:
            return file.read(FILE_LIMIT_BYTES + 1)  # it may be growing
    except OSError as error:
        raise _refused(Message("named_unreadable", name=path.name)) from error


def prepare(data: bytes) -> PreparedFrame:
    """Make the picture in ``data`` ready to send. Raises UserError (FRAME) with the reason."""
    reason = refusal_of_bytes(data[:64]) if data else Message("no_picture")
    if len(data) > FILE_LIMIT_BYTES:
        reason = Message("picture_too_large")
    if reason:
        raise _refused(reason)
    try:
        with warnings.catch_warnings():
            # Pillow's warnings: about pixels, which are counted here, and about odd metadata.
            warnings.simplefilter("ignore")
            return _prepare_whole(data)
    except UserError:
        raise
    except Image.DecompressionBombError as error:
        wrong = problem(ProblemCode.FRAME, Message("picture_too_many_pixels"), str(error))
        raise UserError(wrong) from None
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise nearly everything
        text = Message("picture_damaged")
        detail = f"{type(error).__name__}: {error}"
        raise UserError(problem(ProblemCode.FRAME, text, detail)) from None


def small_copy(jpeg: bytes) -> bytes:
    """A prepared picture at a size fit to be kept inside a clip. Raises UserError (FRAME)."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            opened.draft("RGB", (_SMALL_SIDE_PX, _SMALL_SIDE_PX))
            picture = opened.convert("RGB")
    except (OSError, ValueError) as error:
        raise _refused(Message("stored_picture_unreadable")) from error
    picture.thumbnail((_SMALL_SIDE_PX, _SMALL_SIDE_PX), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _prepare_whole(data: bytes) -> PreparedFrame:
    try:
        return _prepare(data)
    except OSError:
        ended = with_end(data, _pixels_of)
        if ended is None:
            raise
    note = "The end of its file is missing; the picture is all there."
    return replace(_prepare(ended), note=note)


def _load(opened: Image.Image) -> None:
    # JPEG: decode at half, a quarter or an eighth, with half as much again as is sent.
    factor = 1.5 * LONG_SIDE_PX / max(opened.size)
    opened.draft("RGB", (int(opened.width * factor), int(opened.height * factor)))
    opened.load()


def _pixels_of(jpeg: bytes) -> bytes:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
        _check_size(opened)
        _load(opened)
        return opened.tobytes()


def _prepare(data: bytes) -> PreparedFrame:
    if _brands(data[:64]) & _HEIC:
        from pillow_heif import register_heif_opener  # loads a decoder of its own

        register_heif_opener()
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        _check_size(opened)
        if opened.format == "PNG" and _PNG_END not in data:
            raise OSError("the end is missing")  # Pillow does without
        moving = getattr(opened, "n_frames", 1) > 1
        _load(opened)
        picture = _to_srgb(_upright(opened))
    picture.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX), Image.Resampling.LANCZOS)
    if min(picture.size) < _LEAST_SIDE_PX:
        raise _refused(Message("picture_too_narrow"))
    note = Message("first_picture_only") if moving else ""
    return PreparedFrame(_encoded(picture), picture.width, picture.height, note)


def _check_size(opened: Image.Image) -> None:
    """Judge the header's size before anything is decoded. Raises UserError."""
    width, height = opened.size
    side, pixels = SIDE_LIMIT_PX, PIXEL_LIMIT
    if opened.format in ("JPEG", "MPO") and not opened.info.get("progressive"):
        side, pixels = JPEG_SIDE_LIMIT_PX, JPEG_PIXEL_LIMIT
    size = {"width": width, "height": height}
    if max(width, height) > side:
        raise _refused(Message("picture_side_limit", **size, most=side))
    if width * height > pixels:
        raise _refused(Message("picture_pixel_limit", **size, most=pixels // 10**6))
    if min(width, height) < _LEAST_SIDE_PX:
        raise _refused(Message("picture_too_small", **size))


def _refused(text: str) -> UserError:
    return UserError(problem(ProblemCode.FRAME, text))


def _upright(picture: Image.Image) -> Image.Image:
    """The picture as the camera was held; broken notes about that do not spoil a whole picture."""
    try:
        turn = _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - the reader of notes raises nearly everything, too
        turn = None
    return picture if turn is None else picture.transpose(turn)


def _to_srgb(picture: Image.Image) -> Image.Image:
    """8-bit sRGB without transparency, whatever it was."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I;16") or picture.mode == "I":
        # 16-bit grey: scaled, where convert() would clip everything bright to white.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        over = picture.convert("RGBA")
        flat = Image.new("RGBA", over.size, (*_BACKGROUND, 255))
        grey = picture.mode in ("L", "LA")
        picture = Image.alpha_composite(flat, over).convert("L" if grey else "RGB")
    elif picture.mode == "P":
        picture = picture.convert("RGB")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
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
