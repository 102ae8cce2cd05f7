"""The bundle under test: moved to another folder, as a user would who unpacks it somewhere."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.simulator_process import ROOT

BUNDLE = Path(os.environ.get("PIXVERSE_BUNDLE", ROOT / "dist" / "pixverse-desktop"))


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, in another place with a name that is hard on programs."""
    if not (BUNDLE / "pixverse-desktop").exists():
        pytest.skip("no bundle: `make bundle` makes one")
    moved = tmp_path_factory.mktemp("moved") / "a folder — déplacé"
    try:
        shutil.copytree(BUNDLE, moved, symlinks=True, copy_function=os.link)
    except OSError:  # another disk
        shutil.rmtree(moved, ignore_errors=True)
        shutil.copytree(BUNDLE, moved, symlinks=True)
    return moved


@pytest.fixture
def plain() -> dict[str, str]:
    """An environment without Python in it."""
    kept = ("DISPLAY", "XAUTHORITY", "HOME", "TMPDIR", "LANG")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    return {
        **env,
        "PATH": "/usr/bin:/bin",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
