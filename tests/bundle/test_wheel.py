"""A built wheel: what is in it, and that ``pipx install`` makes a program of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

from pixverse_desktop import __version__
from tests.support.simulator_process import ROOT

pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("pipx") is None:
        pytest.skip("`make bundle` brings pipx")
    place = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(place), "."]
    subprocess.run(command, cwd=ROOT, check=True, timeout=110)
    (made,) = place.glob("*.whl")
    return made


def test_it_holds_what_the_program_reads(wheel: Path) -> None:
    assert wheel.name == f"pixverse_desktop-{__version__}-py3-none-any.whl"
    names = set(ZipFile(wheel).namelist())
    for name in ("style.qss", "demo/start.jpg", "translations/pixverse_en.qm", "THIRD_PARTY.md"):
        assert f"pixverse_desktop/resources/{name}" in names
    assert not any(name.startswith(("tests/", "bench/", "packaging/")) for name in names)


@pytest.mark.timeout(600)
def test_pipx_installs_it_and_it_makes_a_clip(wheel: Path, tmp_path: Path) -> None:
    env = {
        **os.environ,
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_MAN_DIR": str(tmp_path / "man"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    install = [sys.executable, "-m", "pipx", "install", "--python", sys.executable, str(wheel)]
    subprocess.run(install, env=env, check=True, timeout=500, capture_output=True)
    program = str(tmp_path / "bin" / "pixverse-desktop")
    made = subprocess.run(
        [program, "generate", "--demo", "--json", "--prompt", "a fox", "--duration", "1",
         "--resolution", "360p", "--data-dir", str(tmp_path / "data")],
        env=env, cwd=tmp_path, check=True, timeout=110, capture_output=True, text=True,
    )  # fmt: skip
    assert Path(json.loads(made.stdout)["path"]).is_file()
    subprocess.run(
        [sys.executable, "-m", "pipx", "uninstall", "pixverse-desktop"],
        env=env, check=True, timeout=110, capture_output=True,
    )  # fmt: skip
    assert not Path(program).exists()
