"""A body as it is shown: the same keys and values, and pictures by their sizes."""

from __future__ import annotations

import base64
import json

import pytest
from PIL import Image

from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.services.told_body import ToldPicture, read_body
from tests.support.pictures import encoded


def test_pictures_are_measured_and_all_else_stays() -> None:
    jpeg = encoded(Image.new("RGB", (192, 108)), "JPEG")
    link = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
    body = {"prompt": "a fox", "seed": 5, "image_urls": [link, "https://example.com/a.png"],
            "shots": [{"prompt": "a", "duration": 2.5}], "note": None}  # fmt: skip
    told = ToldPicture("JPEG", 192, 108, len(jpeg))
    expected = {**body, "image_urls": [told, "https://example.com/a.png"]}
    assert read_body(json.dumps(body).encode()) == expected


def test_a_picture_that_cannot_be_read_still_has_a_size() -> None:
    told = read_body(b'{"image": "data:image/jpeg;base64,AAAA"}')
    assert told == {"image": ToldPicture("JPEG", 0, 0, 3)}


def test_a_body_nested_beyond_reading_is_a_sentence() -> None:
    deep = b'{"note": ' + b"[" * 900 + b"]" * 900 + b"}"
    with pytest.raises(UserError, match="nested too deeply") as caught:
        read_body(deep)
    assert caught.value.problem.code is ProblemCode.INVALID
