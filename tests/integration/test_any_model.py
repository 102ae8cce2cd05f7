"""Any video model, from the command line: what is asked is what is sent, charged and told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.simulator_process import ROOT, SimulatorProcess

PICTURE = str(ROOT / "resources" / "demo" / "start.jpg")
METER = {("360p", True, 1): 1.17, ("540p", False, 3): 3.5, ("1080p", True, 2): 7.67}


@pytest.fixture(scope="module")
def metered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """A service that bills by second, resolution and sound."""
    with SimulatorProcess(tmp_path_factory.mktemp("metered")) as process:
        process.settings(billing="metered", render="cached")
        process.reset(1000)
        yield process


class Told:
    """One finished command: exit code and its one line of JSON."""

    def __init__(self, code: int, line: Any) -> None:
        self.code = code
        self.line = line


def run(service: SimulatorProcess, data_dir: Path, key: str, *arguments: str) -> Told:
    command = [sys.executable, "-m", "tests.support.quick_command", *arguments, "--json"]
    command += ["--data-dir", str(data_dir), "--api-url", service.api_url]
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        command, env={**env, "PIXELDOJO_API_KEY": key}, capture_output=True, text=True, timeout=110,
        check=False, cwd=ROOT,
    )  # fmt: skip
    assert key not in done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 1, done.stdout + done.stderr
    return Told(done.returncode, json.loads(lines[0]))


def last_body(service: SimulatorProcess) -> dict[str, Any]:
    return dict(service.ledger()[-1]["input"])


def test_models_are_video_models_with_a_price_for_people(
    metered: SimulatorProcess, data_dir: Path, key: str
) -> None:
    told = run(metered, data_dir, key, "models")
    assert told.code == 0
    prices = {row["id"]: row["price"] for row in told.line}
    assert prices["pixverse-v6"] == "10 credits"
    assert prices["kling-v2-1-pro"] == "2 credits a second"
    assert prices["wan-2-5"] == "1 to 3.5 credits a second"
    assert "flux-still" not in prices


MADE = [
    ("kling-v2-1-pro", ["--prompt", "a fox", "--set", "duration=10", "--set", "cfg_scale=0.7"],
     {"prompt": "a fox", "duration": "10", "aspect_ratio": "16:9", "cfg_scale": 0.7}, 20),
    ("wan-2-5", ["--prompt", "a fox", "--set", "resolution=1080", "--set", 'duration="5"',
                 "--set", "enableAudio=true"],
     {"prompt": "a fox", "resolution": "1080", "duration": 5, "aspectRatio": "16:9",
      "enableAudio": True}, 17.5),
    ("seedance-story", ["--prompt", "a fox", "--set", "tier=3", "--set", "mode=quality", "--set",
                        'multi_prompt=[{"prompt": "a", "duration": 2}]', "--set", "duration=2"],
     {"prompt": "a fox", "tier": 3, "mode": "quality",
      "duration": 2, "multi_prompt": [{"prompt": "a", "duration": 2}]}, 2.5),
    ("vidu-reference", ["--prompt", "a fox", "--set", f'reference_urls=["{PICTURE}"]',
                        "--set", "duration=8"],
     {"prompt": "a fox", "duration": 8}, 20),
    ("lucy-extend", ["--set", "video_url=https://example.com/a.mp4", "--set", "video_duration=4"],
     {"video_url": "https://example.com/a.mp4", "video_duration": 4}, 6),
    ("sync-speech", ["--set", "script=Good day", "--set", f"image={PICTURE}"],
     {"script": "Good day"}, 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("model", "arguments", "body", "cost"), MADE, ids=[m[0] for m in MADE])
def test_a_clip_of_each_model(
    model: str, arguments: list[str], body: dict[str, Any], cost: float,
    metered: SimulatorProcess, data_dir: Path, key: str,
) -> None:  # fmt: skip
    price = run(metered, data_dir, key, "price", "--model", model, *arguments).line
    told = run(metered, data_dir, key, "generate", "--model", model, *arguments)
    assert (told.code, told.line["state"], told.line["error"]) == (0, "saved", None)
    assert told.line["credit_cost"] == cost
    assert float(price["low"]) <= cost <= float(price["high"])
    sent = last_body(metered)
    assert {name: sent[name] for name in body} == body
    pictures = {"image", "reference_urls", "seed"}
    assert set(sent) - set(body) <= pictures
    (row,) = run(metered, data_dir, key, "spend").line["rows"]
    assert (row["model"], row["source"]) == (model, "charged")
    assert float(row["charged"]) == cost


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--model", "wan-2-5", "--prompt", "a", "--set", "webhook_url=https://x"], "webhook_url"),
     (["--model", "wan-2-5", "--prompt", "a", "--set", "nothing=1"], "nothing"),
     (["--model", "wan-2-5", "--prompt", "a", "--set", "duration=7"], "duration"),
     (["--model", "wan-2-5", "--prompt", "a", "--set", "duration=soon"], "duration"),
     (["--model", "wan-2-5", "--prompt", "a", "--style", "clay"], "--style"),
     (["--model", "wan-2-5"], "prompt"), (["--model", "no-such-model", "--prompt", "a"], "no-such"),
     (["--model", "vidu-reference", "--prompt", "a"], "reference_urls"),
     (["--model", "kling-v2-1-pro", "--prompt", "a", "--set", "cfg_scale=9"], "cfg scale"),
     (["--prompt", "a", "--set", "duration=99"], "duration"), ([], "prompt"),
     (["--prompt", "a", "--set", "duration"], "duration"),
     (["--prompt", "a", "--set", "start_image_url=" + "[" * 5000], "start_image_url"),
     (["--prompt", "a", "--set", 'start_image_url=["https://x/1.png", "https://x/2.png"]'], "room")],
)  # fmt: skip
def test_what_does_not_fit_is_refused_before_anything_is_sent(
    arguments: list[str], said: str, metered: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(metered.ledger())
    told = run(metered, data_dir, key, "generate", *arguments)
    assert told.code == 2
    assert said in told.line["error"]
    assert len(metered.ledger()) == before


def test_a_price_is_a_range_until_it_was_charged(
    metered: SimulatorProcess, data_dir: Path, key: str
) -> None:
    long = ("price", "--prompt", "a", "--duration", "15", "--resolution", "1080p")
    told = run(metered, data_dir, key, *long).line
    assert (told["low"], told["high"], told["seen"]) == ("10", "57.5", 0)
    assert "guessed from the listed" in told["reason"]
    for (resolution, sound, seconds), cost in METER.items():
        shape = ["--resolution", resolution, "--duration", str(seconds)]
        shape += [] if sound else ["--no-audio"]
        made = run(metered, data_dir, key, "generate", "--prompt", "a", *shape).line
        assert made["credit_cost"] == cost
        again = run(metered, data_dir, key, "price", "--prompt", "a", *shape).line
        assert float(again["low"]) == float(again["high"]) == cost
        assert again["seen"] == 1
    spent = run(metered, data_dir, key, "spend").line
    assert float(spent["charged"]) == pytest.approx(sum(METER.values()))
    assert spent["unexplained"] == "0"
    assert len(spent["rows"]) == 3
    assert run(metered, data_dir, key, "spend", "--since", "2999-01-01").line["rows"] == []
    table = data_dir / "spend.csv"
    assert run(metered, data_dir, key, "spend", "--csv", str(table)).code == 0
    assert len(table.read_text(encoding="utf-8-sig").splitlines()) == 4
    assert run(metered, data_dir, key, "spend", "--csv", str(table)).code == 2


def test_nothing_is_sent_that_may_cost_more_than_was_agreed(
    metered: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(metered.ledger())
    shape = ("--prompt", "a", "--duration", "15", "--resolution", "1080p")
    told = run(metered, data_dir, key, "generate", *shape, "--max-credits", "57.4")
    assert told.code == 4
    assert "57.5" in told.line["error"]
    assert len(metered.ledger()) == before


def test_the_check_finds_what_differs(metered: SimulatorProcess, data_dir: Path, key: str) -> None:
    told = run(metered, data_dir, key, "check")
    assert told.line["findings"] == []
    try:
        metered.settings(
            schema_overrides={"style": None, "glow": {"type": "boolean"}}, list_mode="bare"
        )
        told = run(metered, data_dir, key, "check")
    finally:
        metered.settings(schema_overrides={}, list_mode="echo")
    said = " ".join(told.line["findings"])
    assert "no parameter style" in said
    assert "new here: glow" in said
    assert "does not repeat" in said
    assert "a fox" not in json.dumps(told.line)
