"""A setting is one line: its type and limits, and what it takes to apply it, come of that line."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.spending import Limits
from pixverse_desktop.core.records import record
from pixverse_desktop.services.settings import (
    Settings,
    Takes,
    WindowState,
    between,
    load,
    save_json,
    setting,
)


@record
class MoreSettings(Settings):
    """With one setting of each kind more than the program has."""

    snow: int = setting(3, Takes.RESTYLE, between(0, 9))
    rain: int = setting(1, Takes.ENGINE)
    wind: str = setting("", Takes.LIMITS)
    fog: bool = setting(False)


def test_an_additional_setting_is_stored_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    mine = MoreSettings(service="pixeldojo", snow=7, wind="north", fog=True)
    save_json(path, mine)
    assert load(path, MoreSettings()) == mine
    assert json.loads(path.read_text())["snow"] == 7
    assert load(path, Settings()) == Settings("pixeldojo")  # an older program reads the rest


@pytest.mark.logs_warnings
def test_an_additional_setting_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"snow": 12, "theme": "light"}')
    assert load(path, MoreSettings()) == MoreSettings(theme="light", snow=9)
    path.write_text('{"snow": "much", "theme": "light"}')
    assert load(path, MoreSettings()) == MoreSettings()
    assert path.with_name("settings.json.damaged").exists()


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({}, set()),
        ({"fog": True}, {Takes.NOTHING}),
        ({"snow": 4}, {Takes.RESTYLE}),
        ({"wind": "south"}, {Takes.LIMITS}),
        ({"rain": 2}, {Takes.ENGINE}),
        ({"snow": 4, "rain": 2}, {Takes.RESTYLE, Takes.ENGINE}),
    ],
)
def test_the_program_renews_what_the_setting_says(
    change: dict[str, object], needed: set[Takes]
) -> None:
    old = MoreSettings()
    new = replace(old, **change)
    program = RunningProgram(old)
    assert new.needed_after(old) == needed
    assert Program.apply_settings(program, new) is (Takes.ENGINE in needed)
    assert program.settings is new
    assert program.styled == (["system"] if Takes.RESTYLE in needed else [])
    assert program.limits == ([(4, Limits())] if Takes.LIMITS in needed else [])


@pytest.mark.parametrize(
    ("name", "value", "needed"),
    [
        ("service", "pixeldojo", Takes.ENGINE), ("clip_folder", "/clips", Takes.ENGINE),
        ("proxy", "http://h:1", Takes.ENGINE), ("clip_name", "{seed}", Takes.ENGINE),
        ("start_field", "a", Takes.ENGINE), ("end_field", "a", Takes.ENGINE),
        ("theme", "light", Takes.RESTYLE), ("text_size", 150, Takes.RESTYLE), ("jobs_at_a_time", 1, Takes.LIMITS),
        ("daily_limit", Decimal(9), Takes.LIMITS), ("notices", "off", Takes.NOTHING),
        ("keep_awake", False, Takes.NOTHING), ("sound_output", ("a", "A"), Takes.NOTHING),
        ("rate_credits", Decimal(9), Takes.NOTHING), ("rate_money", Decimal(9), Takes.NOTHING),
        ("rate_currency", "EUR", Takes.NOTHING), ("strip_dismissed", True, Takes.NOTHING),
        ("keys_kept", (), Takes.NOTHING), ("shortcuts", {"mute": ["Y"]}, Takes.NOTHING),
    ],
)  # fmt: skip
def test_what_each_setting_takes(name: str, value: object, needed: Takes) -> None:
    assert replace(Settings(), **{name: value}).needed_after(Settings()) == {needed}


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ({"mute": ["Y"], "loop": "Y"}, {"mute": ["Y"]}),
        ({"mute": ["Y"], "loop": [1]}, {"mute": ["Y"]}),
        ({"mute": ["Y"], "loop": ["Y" * 41]}, {"mute": ["Y"]}),
        ({"mute": ["Y"], "loop": list("ABCDE")}, {"mute": ["Y"]}),
        ({"mute": {"deeper": []}}, None),
        ([["mute", "Y"]], None), ("mute", None), (7, None), (1.5, None), (True, None), ({}, None),
    ],
)  # fmt: skip
def test_broken_keys_of_commands_cost_nothing_else(
    tmp_path: Path, stored: object, kept: object
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "light", "shortcuts": stored}))
    assert load(path, Settings()) == Settings(theme="light", shortcuts=kept)
    save_json(path, Settings(shortcuts={"mute": ["Ctrl+Y"]}))
    assert load(path, Settings()).shortcuts == {"mute": ["Ctrl+Y"]}


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ({"alert_when_ready": False}, "off"),
        ({"alert_when_ready": True}, "all"),
        ({"alert_when_ready": False, "notices": "failures"}, "failures"),
        ({"notices": "loud"}, "all"),
        ({}, "all"),
    ],
)
def test_the_setting_of_an_earlier_version_is_taken_over(
    tmp_path: Path, stored: dict[str, object], kept: str
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "light", **stored}))
    assert load(path, Settings()) == Settings(theme="light", notices=kept)


def test_a_password_that_an_earlier_version_kept_is_gone_from_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "light", "proxy": "http://jane:hush@proxy.test:1"}))
    assert load(path, Settings()).proxy == "http://jane@proxy.test:1"
    assert "hush" not in path.read_text()
    assert load(path, Settings()) == Settings(theme="light", proxy="http://jane@proxy.test:1")


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        (["usb-1", "Headset"], ("usb-1", "Headset")),
        ([], ()),
        (["usb-1"], ()),
        (["", "Headset"], ()),
        (["usb-1", 7], ()),
    ],
)
def test_a_sound_device_has_an_id_and_a_name(tmp_path: Path, stored: object, kept: object) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "light", "sound_output": stored}))
    assert load(path, Settings()) == Settings(theme="light", sound_output=kept)


def test_defaults_make_sense_themselves() -> None:
    for kept in (Settings(), WindowState()):
        for known in fields(kept):
            default = getattr(kept, known.name)
            assert type(default) in known.metadata["kinds"]
            assert known.metadata["fit"](default) == default


class RunningProgram:
    """As much of the program as settings are applied to; itself its theme and its engine."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine = self._theme = self
        self.styled: list[str] = []
        self.limits: list[tuple[int, Limits]] = []

    def set_look(self, mode: str, _text_size: int) -> None:
        self.styled.append(mode)

    def configure(self, jobs_at_a_time: int, limits: Limits) -> None:
        self.limits.append((jobs_at_a_time, limits))
