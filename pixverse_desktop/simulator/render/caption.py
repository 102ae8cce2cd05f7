"""The prompt as a caption, and the small mark that says the clip is simulated."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter, ImageFont

_MAX_LINES = 2


class Caption:
    """Both texts as one overlay, prepared once a clip."""

    def __init__(self, prompt: str, size: tuple[int, int]) -> None:
        width, height = size
        short = min(size)
        points = max(9.0, short * 0.030)
        font = ImageFont.load_default(points)
        small = ImageFont.load_default(max(8.0, short * 0.021))
        margin = short * 0.045
        self._text = Image.new("L", size)
        pen = ImageDraw.Draw(self._text)
        lines = _wrapped(" ".join(prompt.split()), font, width - 2 * margin - short * 0.16)
        step = points * 1.38
        top = height - margin - step * len(lines)
        for i, line in enumerate(lines):
            pen.text((margin, top + i * step), line, fill=205, font=font)
        mark = "simulated"
        pen.text((width - margin - small.getlength(mark), margin * 0.8), mark, fill=120, font=small)
        shadow = self._text.filter(ImageFilter.GaussianBlur(short * 0.006))
        self._shadow = shadow.point([min(150, v * 2) for v in range(256)])

    def draw(self, frame: Image.Image, strength: float = 1.0) -> None:
        """Write both onto a frame; `strength` from 0 to 1 fades them."""
        if strength <= 0:
            return
        shadow, text = self._shadow, self._text
        if strength < 1:
            fade = [round(v * strength) for v in range(256)]
            shadow, text = shadow.point(fade), text.point(fade)
        frame.paste((6, 8, 14), mask=shadow)
        frame.paste((255, 255, 255), mask=text)


def _wrapped(
    text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: float
) -> list[str]:
    lines: list[str] = []
    current = ""
    for word in text.split(" "):
        longer = f"{current} {word}".strip()
        if font.getlength(longer) <= width:
            current = longer
            continue
        if current:
            lines.append(current)
        if len(lines) == _MAX_LINES:
            return [*lines[:-1], _ellipsised(lines[-1], font, width)]
        current = word if font.getlength(word) <= width else _ellipsised(word, font, width)
    return [*lines, current] if current else lines


def _ellipsised(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: float) -> str:
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip(" ,;.") + "…"
