"""Names that are not UTF-8, and locales that are not: a clip is made, paid for once and kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.simulator_process import SimulatorProcess

PICTURE = os.fsdecode(b"caf\xe9.jpg")
FOLDER = os.fsdecode(b"d\xe9p\xf4t")


def generate(
    simulator: SimulatorProcess,
    data: Path,
    key: str,
    *more: str,
    prompt: str = "waves",
    **environment: str,
) -> dict[str, Any]:
    """Run ``generate --json``; gives its line, after looking that the clip is there."""
    command = [sys.executable, "-m", "pixverse_desktop", "generate", "--json", "--prompt", prompt]
    command += ["--data-dir", str(data), "--resolution", "360p", "--duration", "1", *more]
    if "--demo" not in more:
        command += ["--api-url", simulator.api_url]
    env = {**os.environ, "PIXELDOJO_API_KEY": key, **environment}
    raw = [os.fsencode(word) for word in command]
    done = subprocess.run(raw, env=env, capture_output=True, timeout=110, check=False)
    line: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode, line["error"]) == (0, None), done.stderr
    assert Path(line["path"]).is_file()
    return line


def test_a_picture_and_folders_whose_names_are_not_utf_8(
    simulator: SimulatorProcess, tmp_path: Path, key: str
) -> None:
    data, clips = tmp_path / FOLDER, tmp_path / os.fsdecode(b"cl\xefps")
    data.mkdir()
    clips.mkdir()
    (data / "settings.json").write_text(json.dumps({"clip_folder": str(clips)}))
    Image.new("RGB", (640, 360), "red").save(tmp_path / PICTURE)
    before = len(simulator.ledger())
    made = generate(
        simulator, data, key, "--start-frame", str(tmp_path / PICTURE),
        "--output", str(tmp_path / os.fsdecode(b"copi\xe9.mp4")),
    )  # fmt: skip
    assert Path(made["path"]) == tmp_path / os.fsdecode(b"copi\xe9.mp4")
    saved = list(clips.glob("*.mp4"))
    assert len(saved) == 1
    assert len(simulator.ledger()) == before + 1
    # What was kept is read again: the same clip as a frame of the next one, from the same folder.
    generate(simulator, data, key, "--start-frame", str(saved[0]), prompt="goes on")


def test_the_demo_service_in_such_a_folder(
    simulator: SimulatorProcess, tmp_path: Path, key: str
) -> None:
    made = generate(simulator, tmp_path / FOLDER, "", "--demo")
    assert FOLDER in made["path"]


@pytest.mark.parametrize("locale", ["C", "fr_FR.ISO-8859-1"])
def test_a_prompt_that_the_locale_cannot_write(
    simulator: SimulatorProcess, tmp_path: Path, key: str, locale: str
) -> None:
    made = tmp_path / "locales"
    made.mkdir()
    if locale != "C":
        if shutil.which("localedef") is None:
            pytest.skip("no locale can be made here")
        name, _, form = locale.partition(".")
        subprocess.run(
            ["localedef", "-i", name, "-f", form, str(made / locale)], check=True, timeout=60
        )
    old = {"LC_ALL": locale, "LOCPATH": str(made), "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    line = generate(simulator, tmp_path / "data", key, prompt="狐 in snow", **old)
    assert "狐 in snow" in line["path"]
    assert simulator.ledger()[-1]["input"]["prompt"] == "狐 in snow"
    assert [p.name for p in (tmp_path / "data" / "clips").glob("*狐*.mp4")] == [
        Path(line["path"]).name
    ]
