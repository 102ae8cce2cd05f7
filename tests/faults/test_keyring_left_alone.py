"""The keyring is not touched before a key was kept in it, and never for the demo: one without a
default keyring answers every question with a dialog that asks for a new password."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from pixverse_desktop.app import Program
from pixverse_desktop.cli import entry
from pixverse_desktop.core.service import custom_origin, pixeldojo_origin
from pixverse_desktop.services import runtime
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.runtime import find_key
from pixverse_desktop.services.secrets import Secrets
from pixverse_desktop.services.settings import Settings, load_settings
from tests.show import driver
from tests.support.keyrings import GoodKeyring
from tests.support.simulator_process import SimulatorProcess

REAL = pixeldojo_origin()


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[GoodKeyring]:
    """Counts who asks it; the user's own settings are those of a new user."""
    own = paths_below(tmp_path / "own")
    monkeypatch.setattr(runtime, "paths_of_user", lambda: own, raising=False)
    before, made = keyring.get_keyring(), GoodKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def kept_before(data_dir: Path, **settings: object) -> None:
    data_dir.mkdir(exist_ok=True)
    (data_dir / "settings.json").write_text(json.dumps(settings))


@pytest.mark.parametrize("before", [None, {"service": "pixeldojo"}, {"keys_kept": [REAL.id]}])
def test_the_demo_never_asks(
    backend: GoodKeyring, data_dir: Path, before: dict[str, object] | None
) -> None:
    if before is not None:
        kept_before(data_dir, **before)
    known: list[bool] = []

    async def script(program: Program) -> None:
        await driver.until(lambda: program.engine, "the service")
        known.append(program.key_known)

    driver.drive(script, data_dir)
    assert backend.callers == []
    assert known == [before == {"keys_kept": [REAL.id]}]


def test_a_new_user_with_another_service_is_not_asked_for_a_password(
    backend: GoodKeyring, simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    """Only when a key is kept; from then on it is found, and removed it is forgotten."""
    touched: list[int] = []

    async def script(program: Program) -> None:
        await driver.until(lambda: program.engine, "the service")
        touched.append(len(backend.callers))
        program.commands.set_key(key, lambda outcome: None)
        await driver.until(lambda: program.bridge.status.has_key, "the key")

    async def again(program: Program) -> None:
        await driver.until(lambda: program.bridge.status.has_key, "the key")
        program.commands.remove_key(lambda: None)
        await driver.until(lambda: program.engine and not program.bridge.status.has_key, "no key")
        touched.append(len(backend.callers))

    async def third(program: Program) -> None:
        await driver.until(lambda: program.engine, "the service")
        touched.append(len(backend.callers))

    for part in (script, again, third):
        driver.drive(part, data_dir, fixed=custom_origin(simulator.api_url))
    assert touched[0] == 0
    assert touched[2] == touched[1]
    assert backend.kept == {}
    assert not load_settings(data_dir / "settings.json").keeps_key(
        custom_origin(simulator.api_url).id
    )


@pytest.mark.parametrize(
    ("before", "found"),
    [
        (None, False),
        ({"service": "pixeldojo"}, True),  # written before it was noted
        ({"theme": "dark"}, True),
        ({"service": "pixeldojo", "keys_kept": []}, False),
        ({"keys_kept": [REAL.id]}, True),
    ],
)
@pytest.mark.parametrize("place", ["data", "own"])
def test_a_key_that_was_kept_is_found(
    backend: GoodKeyring, tmp_path: Path, key: str, before: dict[str, object] | None, found: bool,
    place: str,
) -> None:  # fmt: skip
    backend.kept["pixverse-desktop", REAL.id] = key
    if before is not None:
        kept_before(tmp_path / place, **before)
    paths = paths_below(tmp_path / "data")
    settings = load_settings(paths.settings)
    assert bool(find_key(Secrets(), REAL, settings, paths)) is found
    assert bool(backend.callers) is found


def test_the_command_line_leaves_it_alone_too(
    backend: GoodKeyring, simulator: SimulatorProcess, data_dir: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    command = ["generate", "--prompt", "x", "--data-dir", str(data_dir)]
    assert entry.main([*command, "--api-url", simulator.api_url]) == 3
    assert "no API key" in capsys.readouterr().err
    assert backend.callers == []


def test_what_is_noted_is_kept_with_the_settings() -> None:
    both = Settings(keys_kept=()).with_key("a", True).with_key("b", True).with_key("a", True)
    assert both.keys_kept == ("b", "a")
    assert both.with_key("b", False).keys_kept == ("a",)
