"""Words for the service's values, and a picture's shape as one says it."""

from __future__ import annotations

from math import gcd

from PySide6.QtCore import QCoreApplication

from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.output_size import output_size
from pixverse_desktop.core.model.parameters import Group, ParameterSpec
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.rules import (
    Choice,
    Flag,
    Image,
    IntRange,
    Json,
    Number,
    Rows,
    Text,
    rows_text,
)
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translate

_SAME_SHAPE = 1.1
_NAMED = ((21, 9), (2, 1), (16, 9), (16, 10), (3, 2), (4, 3), (5, 4), (1, 1))


def label_for(value: str) -> str:
    """A value of the service as a word; one that is new here is only made readable."""
    known = {
        "none": translate("ValueLabels", "None"),
        "anime": translate("ValueLabels", "Anime"),
        "3d_animation": translate("ValueLabels", "3D animation"),
        "clay": translate("ValueLabels", "Clay"),
        "comic": translate("ValueLabels", "Comic"),
        "cyberpunk": translate("ValueLabels", "Cyberpunk"),
        "auto": translate("ValueLabels", "Auto"),
        "enabled": translate("ValueLabels", "Always"),
        "disabled": translate("ValueLabels", "Never"),
    }
    if value in known:
        return known[value]
    words = value.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def parameter_spec(name: str) -> ParameterSpec:
    """What is known of a parameter by its name alone, whatever model it belongs to."""
    known = PIXVERSE_V6.get(name)
    if known is not None:
        return known
    words = name.replace("_", " ").strip()
    return ParameterSpec(name, name, Json(), Group.MORE, words[:1].upper() + words[1:])


def parameter_label(spec: ParameterSpec) -> str:
    """What a parameter is called."""
    return QCoreApplication.translate("Parameter", spec.label)


def parameter_help(spec: ParameterSpec) -> str:
    """What it does, in a sentence."""
    return QCoreApplication.translate("Parameter", spec.help) if spec.help else ""


def value_text(spec: ParameterSpec, value: object) -> str:
    """A parameter's value in words; "" for one that is not set."""
    rule = spec.rule
    if value is None:
        return ""
    match rule:
        case Choice():
            return label_for(str(value))
        case Flag():
            return translate("ValueLabels", "On") if value else translate("ValueLabels", "Off")
        case IntRange(unit="seconds"):
            return translate("ValueLabels", "{seconds} s").format(seconds=value)
        case Json() if isinstance(value, Frame | tuple):
            return Image().shown(value)
        case Json() if isinstance(value, str):
            return value
        case Json() if told := rows_text(value):
            return told
        case Number() if isinstance(value, int | float):
            return localised.shortest(value)
        case Text() | IntRange() | Number() | Rows() | Json() | Image():
            return rule.shown(value)


def shape_of(width: int, height: int) -> str:
    """The shape of a picture, such as "16:10"; "" when its size is unknown."""
    if width <= 0 or height <= 0:
        return ""
    ratio = max(width, height) / min(width, height)
    for across, down in _NAMED:
        if abs(ratio - across / down) <= 0.012 * (across / down):
            return f"{across}:{down}" if width >= height else f"{down}:{across}"
    common = gcd(width, height)
    across, down = width // common, height // common
    if max(across, down) <= 32:
        return f"{across}:{down}"
    return f"{ratio:.2f}:1" if width >= height else f"1:{ratio:.2f}"


def frames_note(request: ClipRequest) -> str:
    """What one should know of the pictures before paying for them; "" for nothing.

    A picture is very small when its short side is less than half of the clip's; two have different
    shapes when one is more than a tenth wider, for its height, than the other.
    """
    start, end = request.start_frame, request.end_frame
    size = output_size(request)
    notes = []
    for frame, words in (
        (
            start,
            translate(
                "ValueLabels", "The start frame has only {size} pixels and will be enlarged."
            ),
        ),
        (
            end,
            translate("ValueLabels", "The end frame has only {size} pixels and will be enlarged."),
        ),
    ):
        if frame and size and 0 < 2 * min(frame.width, frame.height) < min(size):
            notes.append(words.format(size=f"{frame.width} × {frame.height}"))
    if start and end and start.width * start.height * end.width * end.height:
        ratio = start.width * end.height / (start.height * end.width)
        if max(ratio, 1 / ratio) > _SAME_SHAPE:
            words = translate(
                "ValueLabels",
                "The end frame ({end}) has another shape than the start frame ({start}).",
            )
            shapes = [shape_of(frame.width, frame.height) for frame in (start, end)]
            notes.append(words.format(start=shapes[0], end=shapes[1]))
    return " ".join(notes)
