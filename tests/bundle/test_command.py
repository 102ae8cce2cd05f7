"""The bundle's commands: a clip without Python, any locale, and what is loaded by entry points."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop import __version__
from pixverse_desktop.core.service import custom_origin
from tests.support.keyrings import PrivateBus
from tests.support.simulator_process import ROOT, SimulatorProcess

MOST_MIB = 420
_SHORT = ("--resolution", "360p", "--duration", "1")


def call(
    bundle: Path, env: dict[str, str], *arguments: str, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(bundle / "pixverse-desktop"), *arguments],
        env=env, cwd=cwd, capture_output=True, encoding="utf-8", timeout=110, check=False,
    )  # fmt: skip


def made(bundle: Path, env: dict[str, str], data: Path, prompt: str) -> dict[str, Any]:
    """A clip of the demo service; gives the line that was printed."""
    arguments = ("generate", "--demo", "--json", "--prompt", prompt, "--data-dir", str(data))
    done = call(bundle, env, *arguments, *_SHORT)
    assert done.returncode == 0, done.stderr + done.stdout
    line: dict[str, Any] = json.loads(done.stdout)
    assert Path(line["path"]).stat().st_size > 1000
    return line


def test_version_and_size(bundle: Path, plain: dict[str, str]) -> None:
    assert call(bundle, plain, "--version").stdout == f"pixverse-desktop {__version__}\n"
    files = [p for p in bundle.rglob("*") if p.is_file() and not p.is_symlink()]
    assert sum(p.stat().st_size for p in files) <= MOST_MIB * 2**20


@pytest.mark.parametrize("locale", ["C.UTF-8", "C", "fr_FR.ISO-8859-1"])
def test_a_clip_of_the_demo_in_any_locale(
    bundle: Path, plain: dict[str, str], tmp_path: Path, locale: str
) -> None:
    if locale.startswith("fr"):
        if shutil.which("localedef") is None:
            pytest.skip("no locale can be made here")
        place = str(tmp_path / locale)
        command = ["localedef", "-i", "fr_FR", "-f", "ISO-8859-1", place]
        subprocess.run(command, check=True, timeout=60)
    env = {**plain, "LC_ALL": locale, "LOCPATH": str(tmp_path)}
    line = made(bundle, env, tmp_path / "data", "狐 in snow")
    assert "狐 in snow" in line["path"]
    assert (line["state"], line["error"]) == ("saved", None)


def test_a_film_is_exported_with_its_cuts(
    bundle: Path, plain: dict[str, str], tmp_path: Path
) -> None:
    film = tmp_path / "film.json"
    shots = [
        {"name": name, "prompt": name, "duration": 1, "resolution": "360p"}
        for name in ("one", "two")
    ]
    film.write_text(json.dumps({"version": 1, "name": "Film", "shots": shots}), encoding="utf-8")
    service = ("--demo", "--data-dir", str(tmp_path / "data"))
    done = call(bundle, plain, "film", "run", str(film), *service)
    assert done.returncode == 0, done.stderr + done.stdout
    places = {kind: tmp_path / f"cuts.{kind}" for kind in ("mp4", "otio", "edl")}
    cuts = ["--otio", str(places["otio"]), "--edl", str(places["edl"])]
    done = call(
        bundle, plain, "film", "export", str(film), *service, "--output", str(places["mp4"]), *cuts
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(places["otio"].read_text())["OTIO_SCHEMA"].startswith("Timeline")
    assert "FROM CLIP NAME" in places["edl"].read_text()


_WITH_KEYRING = """
import json, subprocess, sys
from pixverse_desktop.core.service import custom_origin
from pixverse_desktop.services.secrets import Secrets
key, program, url, *more = json.loads(sys.stdin.read())
print(Secrets().save(custom_origin(url), key))
command = [program, "generate", "--json", "--prompt", "a fox", "--api-url", url, *more]
print(subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")
def test_the_key_is_found_in_the_systems_keyring(
    bundle: Path, simulator: SimulatorProcess, key: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    kept_for = custom_origin(simulator.api_url).id
    (data / "settings.json").write_text(json.dumps({"keys_kept": [kept_for]}), encoding="utf-8")
    program = str(bundle / "pixverse-desktop")
    given = [key, program, simulator.api_url, "--data-dir", str(data), *_SHORT]
    kept, line, *_ = PrivateBus(tmp_path).run(_WITH_KEYRING, json.dumps(given))
    assert kept == "keyring"
    assert (json.loads(line)["state"], json.loads(line)["error"]) == ("saved", None)


def test_other_programs_get_the_users_own_libraries() -> None:
    hook = ROOT / "packaging" / "bundle" / "own_environment.py"
    code = f"exec(open({str(hook)!r}).read()); print(os.environ.get('LD_LIBRARY_PATH'))"
    for before in ({}, {"LD_LIBRARY_PATH_ORIG": "/mine"}):
        env = {**os.environ, "LD_LIBRARY_PATH": "/bundle", **before}
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == (before.get("LD_LIBRARY_PATH_ORIG") or "None")
