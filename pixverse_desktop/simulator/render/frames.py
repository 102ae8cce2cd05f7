"""The user's pictures: from a file, a loopback address, or a stand-in for any other address."""

from __future__ import annotations

import hashlib
import io
import ipaddress
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from PIL import Image, ImageOps

from pixverse_desktop.simulator.jsontypes import JsonObject, as_object, as_text
from pixverse_desktop.simulator.render.palette import hashed_palette

_FETCH_BYTES = 25_000_000
_FETCH_S = 5.0


@dataclass(frozen=True, slots=True)
class Pictures:
    """The start and end frames, upright and in RGB."""

    start: Image.Image | None
    end: Image.Image | None


def open_pictures(work: JsonObject, folder: Path) -> Pictures:
    """The frames that a job names; raises `ValueError` or `OSError` for one that is broken."""
    return Pictures(_open(work.get("start"), folder), _open(work.get("end"), folder))


def _open(source: object, folder: Path) -> Image.Image | None:
    named = as_object(source)
    if not named:
        return None
    if "file" in named:
        return upright((folder / as_text(named["file"])).read_bytes())
    return _from_address(as_text(named.get("url")))


def upright(data: bytes) -> Image.Image:
    """A picture in RGB, turned as its EXIF says, transparency on white."""
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if "A" in picture.getbands() or "transparency" in picture.info:
        cut_out = picture.convert("RGBA")
        flat = Image.new("RGBA", cut_out.size, "white")
        flat.alpha_composite(cut_out)
        picture = flat
    return picture.convert("RGB")


def _from_address(url: str) -> Image.Image:
    if not _is_loopback(url):
        # Nothing leaves this machine: another host's picture is stood in for.
        return stand_in(url)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    try:
        with opener.open(url, timeout=_FETCH_S) as answer:
            return upright(answer.read(_FETCH_BYTES))
    except (OSError, ValueError) as error:
        raise ValueError(f"the frame at {url} could not be read: {error}") from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def stand_in(url: str) -> Image.Image:
    """A picture drawn from nothing but the address: soft light in the colours of its hash."""
    palette = hashed_palette(url)
    digest = hashlib.sha256(url.encode()).digest()
    x, y = np.meshgrid(np.linspace(0, 1, 1280), np.linspace(0, 1, 720))
    picture = np.zeros((720, 1280, 3))
    picture += np.array(palette.sky[1]) * (1 - y[..., None]) + np.array(palette.near) * y[..., None]
    for i, colour in enumerate((palette.sky[3], palette.glow, palette.sky[2], palette.sun)):
        at_x, at_y = digest[2 * i] / 255, digest[2 * i + 1] / 255
        spot = np.exp(-(((x - at_x) * 1.8) ** 2 + (y - at_y) ** 2) * 9)
        picture += (np.array(colour) - picture) * (spot * 0.75)[..., None]
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
