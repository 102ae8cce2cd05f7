"""Presets: what they hold, how they meet a form, and what is no preset."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.preset import (
    Preset,
    applied,
    is_preset,
    kept_by_preset,
    preset_from_json,
    preset_of,
    preset_to_json,
    presets_in,
)
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.services.preset_files import read_preset, write_preset
from pixverse_desktop.services.settings import Settings, load_settings, save_json

FORM = ClipRequest(
    "a fox", resolution="1080p", duration_s=8, style="clay", seed=7, audio=False,
    start_frame=Frame(FrameKind.FILE, "x.jpg"),
)  # fmt: skip
DRAFT = preset_of("Draft", FORM, PIXVERSE_V6, ["resolution", "duration_s", "audio", "prompt"])


def test_it_holds_what_was_chosen_and_never_prompt_or_pictures() -> None:
    assert DRAFT.values == {"resolution": "1080p", "duration_s": 8, "audio": False}
    assert not {"prompt", "start_frame", "end_frame"} & set(kept_by_preset(FORM, PIXVERSE_V6))


def test_it_changes_only_what_it_holds() -> None:
    before = ClipRequest("another", style="anime", seed=1, end_frame=FORM.start_frame)
    request, lost = applied(DRAFT, before, PIXVERSE_V6)
    assert lost == []
    assert request == before.changed(resolution="1080p", duration_s=8, audio=False)


def test_what_the_model_does_not_take_is_named() -> None:
    odd = Preset("Odd", {"resolution": "8k", "duration_s": 99, "nothing": 1, "style": "clay",
                         "prompt": "no", "start_frame": "no"})  # fmt: skip
    request, lost = applied(odd, ClipRequest("kept"), PIXVERSE_V6)
    assert request == ClipRequest("kept", style="clay")
    assert lost == ["resolution", "duration_s", "nothing", "prompt", "start_frame"]


def test_it_comes_back_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "draft.json"
    write_preset(DRAFT, path)
    assert read_preset(path) == DRAFT
    assert [p.name for p in tmp_path.iterdir()] == ["draft.json"]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{}", "[" * 5000, '{"version":1,"name":"","values":{}}', "\xff",
        '{"version":true,"name":"a","values":{}}', '{"version":1,"name":5,"values":{}}',
        '{"version":1,"name":"a","values":{"x":NaN}}', '{"version":1,"name":"a","values":{"x":[]}}',
        '{"version":1,"name":"a","values":{"x":1e999}}', " " * 2**21,
    ],
)  # fmt: skip
def test_what_is_no_preset_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "preset.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(UserError) as refused:
        read_preset(path)
    assert refused.value.problem.message == "This file holds no preset."


@pytest.mark.logs_warnings
def test_a_newer_one_is_named_kept_and_not_used(tmp_path: Path) -> None:
    newer = preset_to_json(DRAFT) | {"version": 2, "more": {"deep": 1}}
    path = tmp_path / "preset.json"
    path.write_text(json.dumps(newer))
    with pytest.raises(UserError, match="Draft was made by a newer version"):
        read_preset(path)
    settings = tmp_path / "settings.json"
    save_json(settings, Settings(presets=(newer, preset_to_json(DRAFT), {"broken": 1})))
    loaded = load_settings(settings)
    assert loaded.presets == (newer, preset_to_json(DRAFT))
    assert presets_in(loaded.presets) == [DRAFT]


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["version", "name", "values", "model", "x"]), inner, max_size=5),
))  # fmt: skip
def test_anything_is_a_preset_or_none(data: Any) -> None:
    if is_preset(data) and data["version"] == 1:
        assert preset_from_json(preset_to_json(preset_from_json(data))) == preset_from_json(data)
