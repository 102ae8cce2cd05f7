"""The body of a request as it can be shown: every key and value, and pictures as their sizes."""

from __future__ import annotations

import base64
import binascii
import io
import json
from typing import cast

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record


@record
class ToldPicture:
    """A picture inside a body: its format, pixels (0 when it cannot be read) and bytes."""

    form: str
    width: int
    height: int
    size: int


ToldValue = (
    str | int | float | bool | ToldPicture | list["ToldValue"] | dict[str, "ToldValue"] | None
)
ToldBody = dict[str, ToldValue]


def read_body(body: bytes) -> ToldBody:
    """BLOCKING. What stands in an encoded body, its pictures measured. Raises UserError (INVALID)
    for one that is nested too deeply."""
    try:
        return cast("ToldBody", _told(json.loads(body)))
    except RecursionError:
        raise UserError(problem(ProblemCode.INVALID, Message("body_nested"))) from None


def _told(value: ToldValue) -> ToldValue:
    if isinstance(value, dict):
        return {key: _told(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_told(one) for one in value]
    if isinstance(value, str) and value.startswith("data:image/"):
        return _picture(value)
    return value


def _picture(link: str) -> ToldPicture:
    from PIL import Image  # loaded when it is first needed, after the first paint

    head, _, tail = link.partition(",")
    form = head.removeprefix("data:image/").partition(";")[0].upper()
    try:
        data = base64.b64decode(tail, validate=True)
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
    except (binascii.Error, ValueError, OSError):
        return ToldPicture(form, 0, 0, len(tail) * 3 // 4)
    return ToldPicture(form, width, height, len(data))
