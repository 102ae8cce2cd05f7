"""Keyrings that are missing, locked, hanging or wrong, A3 to A8."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import (
    HoldReason,
    custom_origin,
    pixeldojo_origin,
)
from pixverse_desktop.services import secrets
from pixverse_desktop.services.secrets import Secrets
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.dialogs.settings_dialog import SettingsDialog
from tests.faults.catalogue import fault
from tests.show import driver
from tests.support.commands import run_generate
from tests.support.engine_harness import harness_on, live_harness
from tests.support.factories import SHORT
from tests.support.keyrings import (
    GoodKeyring,
    LookalikeKeyring,
    PlainFileKeyring,
    PrivateBus,
    SeveralKeyrings,
    UseKeyring,
)
from tests.support.loops import asynchronous
from tests.support.simulator_process import SimulatorProcess
from tests.support.window_fakes import RESOURCES, make_context

REAL = pixeldojo_origin()


@fault("A3", "A4", "A7")
@pytest.mark.parametrize(
    "backend",
    [pytest.param(fail.Keyring(), marks=fault("A3"), id="A3-no backend"),
     pytest.param(GoodKeyring("none"), marks=fault("A3"), id="A3-no keyring"),
     pytest.param(SeveralKeyrings(), marks=fault("A3"), id="A3-empty chain"),
     pytest.param(GoodKeyring("locked"), marks=fault("A4"), id="A4-locked"),
     pytest.param(GoodKeyring("dismissed"), marks=fault("A4"), id="A4-dismissed"),
     pytest.param(null.Keyring(), marks=fault("A6"), id="A6-null"),
     pytest.param(PlainFileKeyring(), marks=fault("A6"), id="A6-plain file"),
     pytest.param(LookalikeKeyring(), marks=fault("A6"), id="A6-lookalike"),
     pytest.param(SeveralKeyrings(PlainFileKeyring(), null.Keyring()), marks=fault("A6"),
                  id="A6-chain of bad ones"),
     pytest.param(GoodKeyring("forgets"), marks=fault("A7"), id="A7-forgets"),
     pytest.param(GoodKeyring("changes"), marks=fault("A7"), id="A7-changes"),
     pytest.param(GoodKeyring("refuses"), marks=fault("A7"), id="A7-refuses")],
)  # fmt: skip
def test_without_a_good_keyring_the_key_lasts_for_this_session(
    use_keyring: UseKeyring, backend: KeyringBackend, key: str
) -> None:
    use_keyring(backend)
    mine = Secrets()
    assert mine.save(REAL, key) == "session"
    found = mine.find(REAL)
    assert found is not None
    assert (found.key, found.source) == (key, "session")
    assert key not in repr(found)
    for bad in getattr(backend, "backends", [backend]):
        if isinstance(bad, PlainFileKeyring | LookalikeKeyring):
            assert bad.callers == []
    # The next start knows no key, rather than a wrong one.
    again = Secrets().find(REAL)
    assert again is None or backend.__dict__.get("trouble") == "changes"
    mine.remove(REAL)
    assert mine.find(REAL) is None or backend.__dict__.get("trouble") == "changes"


@fault("A3", "A6")
def test_that_a_key_is_not_kept_is_said(qtbot: QtBot) -> None:
    theme.install(RESOURCES, "dark")
    context = make_context()
    context.commands.key_storage = "session"
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = SettingsDialog(context, parent)
    dialog.open_at("service", focus_key=True)
    dialog.service.key.setText("pd_some-key")
    dialog.service.save_button.click()
    assert dialog.service.result.text() == "No keyring here: kept for this session only."
    assert dialog.service.result.property("role") == "note"
    assert dialog.service.key.text() == ""


@fault("A6")
def test_of_several_keyrings_only_a_good_one_is_used(use_keyring: UseKeyring, key: str) -> None:
    plain, good = PlainFileKeyring(), GoodKeyring()
    use_keyring(SeveralKeyrings(plain, good))
    assert Secrets().save(REAL, key) == "keyring"
    assert plain.callers == []
    assert list(good.kept.values()) == [key]


FIND_AND_SAVE = """
import sys, time
from pixverse_desktop.core.service import pixeldojo_origin
from pixverse_desktop.services.secrets import Secrets
key, began = sys.stdin.readline().strip(), time.monotonic()
mine = Secrets()
print(mine.find(pixeldojo_origin()))
print(mine.save(pixeldojo_origin(), key), mine.find(pixeldojo_origin()).source)
print(time.monotonic() - began < 10)
"""


@fault("A3", "A6")
@pytest.mark.parametrize(
    "backend",
    [pytest.param("no.such.module.Keyring", marks=fault("A6")),
     pytest.param("keyring.backends.null.Keyring", marks=fault("A6")),
     pytest.param("os.getcwd", marks=fault("A6")),
     pytest.param("nonsense", marks=fault("A6")),
     pytest.param("", marks=fault("A3"), id="A3-no bus")],
)  # fmt: skip
def test_a_keyring_named_wrongly_by_the_environment(backend: str, key: str, tmp_path: Path) -> None:
    left_out = ("PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "XDG_RUNTIME_DIR")
    env = {k: v for k, v in os.environ.items() if k not in left_out}
    env |= {"HOME": str(tmp_path)} | ({"PYTHON_KEYRING_BACKEND": backend} if backend else {})
    done = subprocess.run(
        [sys.executable, "-c", FIND_AND_SAVE], input=key + "\n", env=env, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["None", "session session", "True"], done.stderr
    assert key not in done.stderr


@fault("A3")
def test_the_command_line_says_how_to_give_a_key_without_a_keyring(
    simulator: SimulatorProcess, data_dir: Path
) -> None:
    before = len(simulator.ledger())
    done = run_generate(data_dir, simulator.api_url)
    assert done.returncode == 3
    assert "PIXELDOJO_API_KEY" in done.stderr
    assert len(simulator.ledger()) == before


@fault("A3", "A4")
@asynchronous
async def test_a_queue_without_its_key_waits_and_goes_on_with_it(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())
    async with live_harness(data_dir, custom_origin(simulator.api_url), "") as harness:
        await harness.engine.generate(SHORT)
        await harness.until(lambda: harness.held_for() is HoldReason.KEY)
        assert len(harness.in_state(JobState.QUEUED)) == 1
    assert len(simulator.ledger()) == before
    async with harness_on(simulator, data_dir, key) as harness:
        await harness.until_saved(1)
    assert len(simulator.ledger()) == before + 1


@fault("A4")
def test_a_real_keyring_that_stays_locked_is_given_up(tmp_path: Path, key: str) -> None:
    bridge = PrivateBus(tmp_path)
    assert bridge.run(FIND_AND_SAVE, key + "\n") == ["None", "keyring session", "True"]
    assert bridge.run(FIND_AND_SAVE, key + "\n", locked=True) == ["None", "session session", "True"]


@fault("A8")
def test_a_frozen_program_finds_the_keyring_without_package_metadata(
    tmp_path: Path, key: str
) -> None:
    frozen = (
        "import importlib.metadata as a\n"
        "try:\n    import importlib_metadata as b\nexcept ImportError:\n    b = a\n"
        "a.entry_points = b.entry_points = lambda **how: ()\n"
    )
    save = FIND_AND_SAVE.replace(", mine.find(pixeldojo_origin()).source", "")
    assert PrivateBus(tmp_path).run(frozen + save, key + "\n") == ["None", "keyring", "True"]


@fault("A8")
def test_every_system_has_its_keyring_named() -> None:
    source = Path(secrets.__file__).read_text(encoding="utf-8")
    named = re.findall(r"^ +import (keyring\.backends\.\w+)", source, re.MULTILINE)
    assert {f"{name}." for name in named} == set(secrets._ALLOWED)
    assert all(importlib.util.find_spec(name) for name in named)


@fault("A5")
@pytest.mark.parametrize("trouble", ["hangs", "hangs at get", "hangs at set"])
def test_a_keyring_that_hangs_is_given_up_in_time(
    use_keyring: UseKeyring, monkeypatch: pytest.MonkeyPatch, key: str, trouble: str
) -> None:
    backend = GoodKeyring(trouble)
    use_keyring(backend)
    assert secrets._LIMIT_S == 5.0
    monkeypatch.setattr(secrets, "_LIMIT_S", 0.05)
    mine = Secrets()
    began = time.monotonic()
    assert mine.find(REAL) is None
    assert mine.save(REAL, key) == "session"
    assert mine.find(REAL) is not None
    mine.remove(REAL)
    assert time.monotonic() - began < 2.0
    assert threading.main_thread() not in backend.callers
    backend.release.set()


@fault("A5")
def test_a_keyring_that_hangs_never_stops_the_window(
    use_keyring: UseKeyring,
    monkeypatch: pytest.MonkeyPatch,
    simulator: SimulatorProcess,
    data_dir: Path,
    key: str,
) -> None:
    backend = GoodKeyring("hangs")
    use_keyring(backend)
    monkeypatch.setattr(secrets, "_LIMIT_S", 0.6)
    data_dir.mkdir()
    (data_dir / "settings.json").write_text("{}")  # of an older version: a key may be kept
    gaps: list[float] = []

    async def script(program: Program) -> None:
        await driver.until(lambda: program.engine, "the service")
        strip = program.window.notice_strip
        await driver.until(strip.isVisible, "the notice")
        assert strip.label.text().startswith("The system's keyring did not answer")
        outcomes: list[object] = []
        backend.callers.clear()
        program.commands.set_key(key, outcomes.append)
        last = time.monotonic()
        while not outcomes:
            await asyncio.sleep(0.005)
            gaps.append(time.monotonic() - last)
            last = time.monotonic()
        assert backend.callers
        assert threading.main_thread() not in backend.callers
        assert getattr(outcomes[0], "stored", "") == "session"

    try:
        driver.drive(script, data_dir, fixed=custom_origin(simulator.api_url))
    finally:
        backend.release.set()
    assert len(gaps) > 20
    assert max(gaps) < 0.3
