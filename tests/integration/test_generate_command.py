"""``pixverse-desktop generate`` as a user runs it: a process, its exit code, its one line."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from pixverse_desktop.media.metadata_tag import read_tag
from pixverse_desktop.services.data_lock import lock_data_folder
from pixverse_desktop.services.paths import paths_below
from tests.support.paid_service import PaidService
from tests.support.scripted_server import reply
from tests.support.simulator_process import ROOT, SimulatorProcess


class Run:
    """One finished run of the command."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.err = err
        lines = out.splitlines()
        assert len(lines) == 1, f"stdout is not one line: {out!r} / {err!r}"
        self.line: dict[str, Any] = json.loads(lines[0])
        assert list(self.line) == [
            "job_id", "state", "seed", "credit_cost", "credits_remaining", "path", "error",
        ]  # fmt: skip


def generate(
    data_dir: Path, *arguments: str, api_url: str = "", key: str = "", prompt: str = "ocean waves"
) -> Run:
    """Run ``generate --json`` in a process without a display."""
    command = [sys.executable, "-m", "tests.support.quick_command", "generate", "--json"]
    command += ["--prompt", prompt, "--data-dir", str(data_dir), *arguments]
    if api_url:
        command += ["--api-url", api_url]
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    if key:
        env["PIXELDOJO_API_KEY"] = key
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=110, check=False, cwd=ROOT
    )
    assert key not in done.stdout + done.stderr or not key
    return Run(done.returncode, done.stdout, done.stderr)


def stored_states(data_dir: Path) -> list[str]:
    with sqlite3.connect(next(data_dir.glob("*.db"))) as connection:
        rows = connection.execute("SELECT state FROM jobs ORDER BY position").fetchall()
    connection.close()
    return [row[0] for row in rows]


def short(simulator: SimulatorProcess, data_dir: Path, key: str, *more: str, **how: str) -> Run:
    """A one-second 360p clip from the shared simulator."""
    arguments = ("--resolution", "360p", "--duration", "1", *more)
    return generate(data_dir, *arguments, api_url=simulator.api_url, key=key, **how)


def test_0_a_clip_is_saved(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    run = short(simulator, data_dir, key, "--seed", "42", prompt="saved one")
    assert run.code == 0
    assert run.line["state"] == "saved"
    assert run.line["error"] is None
    assert run.line["seed"] == 42
    assert run.line["credit_cost"] == 10
    charge = simulator.ledger()[-1]
    assert charge["jobId"] == run.line["job_id"]
    assert run.line["credits_remaining"] == charge["balance_after"]
    clips = list(data_dir.rglob("*.mp4"))
    assert [str(p) for p in clips] == [run.line["path"]]
    with av.open(str(clips[0])) as clip:
        assert (clip.streams.video[0].width, clip.streams.video[0].height) == (640, 360)
    assert stored_states(data_dir) == ["saved"]
    assert not list(data_dir.rglob("*.part"))
    assert not list(data_dir.rglob("*.etag"))


def test_0_the_copy_is_named(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.mp4"
    run = short(simulator, data_dir, key, "--output", str(copy))
    assert (run.code, run.line["path"]) == (0, str(copy))
    (original,) = data_dir.rglob("*.mp4")
    assert original.read_bytes() == copy.read_bytes()


def test_0_on_the_demo(data_dir: Path) -> None:
    run = generate(data_dir, "--demo", "--resolution", "360p", "--duration", "1", "--no-audio")
    assert (run.code, run.line["state"]) == (0, "saved")
    assert len(list(data_dir.rglob("*.mp4"))) == 1
    assert [p.name for p in data_dir.glob("*.db")] == ["pixverse.db"]


def test_a_clip_goes_on_from_another_ones_still(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    run = short(simulator, data_dir, key, "--start-frame", "tests/data/clips/tagged_by_0_1.mp4")
    assert run.code == 0
    said = json.loads(read_tag(Path(run.line["path"])) or "")
    assert said["request"]["start_frame"]["parent"] == "0123abcd"
    assert said["request"]["start_frame"]["width"] == 160


@pytest.mark.parametrize(
    "arguments",
    [
        ("--duration", "16"),
        ("--duration", "0"),
        ("--duration", "1.5"),
        ("--duration", "five"),
        ("--resolution", "8K"),
        ("--aspect-ratio", "2:1"),
        ("--style", "oil"),
        ("--thinking", "maybe"),
        ("--seed", "-1"),
        ("--seed", "2147483648"),
        ("--end-frame", "resources/demo/end.jpg"),
        ("--start-frame", "pyproject.toml"),
        ("--start-frame", "no-such-file.png"),
        ("--start-frame", "ftp://example.com/a.png"),
        ("--start-frame", "tests/data/clips/rot90.mp4@9"),
        ("--output", "pyproject.toml"),
        ("--demo", "--api-url", "https://example.com"),
        ("--nonsense",),
        ("--prompt", "   "),
    ],
    ids=" ".join,
)
def test_2_bad_arguments_spend_nothing(
    simulator: SimulatorProcess, data_dir: Path, key: str, arguments: tuple[str, ...]
) -> None:
    before = len(simulator.ledger())
    api = {} if "--api-url" in arguments else {"api_url": simulator.api_url}
    run = generate(data_dir, *arguments, key=key, **api)
    assert run.code == 2
    assert run.line["error"]
    assert len(simulator.ledger()) == before


@pytest.mark.parametrize("url", ["http://example.com/api/v1", "ftp://x", "https://u:p@h/", "x"])
def test_2_an_api_url_is_https_or_loopback(data_dir: Path, url: str) -> None:
    assert generate(data_dir, api_url=url).code == 2


def test_2_wins_over_8(data_dir: Path, key: str) -> None:
    url = f"http://127.0.0.1:{free_port()}/api/v1"
    assert generate(data_dir, "--duration", "99", api_url=url, key=key).code == 2


def test_2_the_live_schema_judges(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.settings(schema_overrides={"duration": {"maximum": 8}})
    try:
        assert generate(data_dir, "--duration", "9", api_url=simulator.api_url, key=key).code == 2
    finally:
        simulator.settings(schema_overrides={})


@pytest.fixture
def camel_case() -> Iterator[PaidService]:
    """A service whose model has few settings, under names of its own."""
    schema = json.loads((ROOT / "tests" / "data" / "schema_camel_case.json").read_text())
    with PaidService() as service:
        service.always[""] = reply("200 OK", json.dumps({"requestSchema": schema}).encode())
        yield service


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("--duration", "5"), "duration"), (("--style", "none"), "style"),
     (("--thinking", "auto"), "thinking"), (("--no-multi-clip",), "several shots"),
     (("--start-frame", "resources/demo/start.jpg"), "start frame"),
     (("--aspect-ratio", "1:1"), "aspect ratio")],
)  # fmt: skip
def test_2_an_option_that_the_model_lacks_is_named_and_nothing_is_sent(
    camel_case: PaidService, data_dir: Path, key: str, arguments: tuple[str, ...], named: str
) -> None:
    run = generate(data_dir, *arguments, api_url=f"{camel_case.url}/api/v1", key=key)
    assert (run.code, camel_case.posts()) == (2, [])
    assert named in run.line["error"]


def test_0_the_models_own_names_are_sent(camel_case: PaidService, data_dir: Path, key: str) -> None:
    asked = ("--aspect-ratio", "9:16", "--no-audio", "--negative-prompt", "rain", "--seed", "7")
    run = generate(data_dir, *asked, api_url=f"{camel_case.url}/api/v1", key=key, prompt="a fox")
    assert run.code == 0
    assert camel_case.posts() == [
        {"prompt": "a fox", "resolution": "720p", "seed": 7, "aspectRatio": "9:16",
         "generateAudio": False, "negativePrompt": "rain"}
    ]  # fmt: skip


def test_3_no_key(simulator: SimulatorProcess, data_dir: Path) -> None:
    assert generate(data_dir, api_url=simulator.api_url).code == 3


def test_3_a_refused_key(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.settings(rejected_keys=[hashlib.sha256(key.encode()).hexdigest()])
    run = short(simulator, data_dir, key)
    assert run.code == 3
    assert run.line["state"] == "withdrawn"
    assert stored_states(data_dir) == ["withdrawn"]


def test_4_no_credits(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.control("refill", {"credits": 5})
    run = short(simulator, data_dir, key)
    assert (run.code, run.line["state"]) == (4, "withdrawn")


def test_5_rejected(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    body = '{"error": {"code": "invalid_request", "message": "prompt is not allowed"}}'
    simulator.fault("run", "status", status=400, body=body)
    run = short(simulator, data_dir, key)
    assert (run.code, run.line["state"]) == (5, "rejected")
    assert "prompt is not allowed" in run.line["error"]


def test_6_failed_at_the_service(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.fault("job", "fail_job", error="content moderation", times=None)
    run = short(simulator, data_dir, key)
    assert (run.code, run.line["state"]) == (6, "failed")
    assert "content moderation" in run.line["error"]


def test_7_a_lost_answer_without_a_list(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(list_mode="none")
    simulator.fault("run", "drop_after_charge")
    before = len(simulator.ledger())
    run = short(simulator, data_dir, key)
    assert (run.code, run.line["state"]) == (7, "unconfirmed")
    assert len(simulator.ledger()) == before + 1
    # The next run leaves it alone: one more charge, its own.
    assert short(simulator, data_dir, key).code == 0
    assert len(simulator.ledger()) == before + 2
    assert stored_states(data_dir) == ["unconfirmed", "saved"]


def test_0_a_lost_answer_found_in_the_list(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.fault("run", "reset_after_charge")
    before = len(simulator.ledger())
    run = short(simulator, data_dir, key)
    assert (run.code, run.line["state"]) == (0, "saved")
    assert len(simulator.ledger()) == before + 1


def test_8_nobody_listens(data_dir: Path, key: str) -> None:
    run = generate(data_dir, api_url=f"http://127.0.0.1:{free_port()}/api/v1", key=key)
    assert (run.code, run.line["state"]) == (8, "withdrawn")


def test_9_an_unwritable_output(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    before = len(simulator.ledger())
    run = short(simulator, data_dir, key, "--output", "/proc/nowhere/clip.mp4")
    assert run.code == 9
    assert len(simulator.ledger()) == before


def test_9_an_unwritable_data_folder(tmp_path: Path, key: str) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("not a folder")
    assert generate(blocked / "data", "--demo").code == 9


def test_10_another_instance(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    lock = lock_data_folder(paths_below(data_dir))
    assert lock is not None
    with lock:
        assert short(simulator, data_dir, key).code == 10


def test_11_expired(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.fault("download", "expired_url", times=None)
    run = short(simulator, data_dir, key)
    assert (run.code, run.line["state"]) == (11, "expired")


def test_12_no_file(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.fault("job", "no_output", times=None)
    run = short(simulator, data_dir, key)
    assert (run.code, run.line["state"]) == (12, "no_file")


def test_130_interrupted(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    simulator.settings(min_job_s=30)
    command = [sys.executable, "-m", "pixverse_desktop", "generate", "--json", "--prompt", "x y"]
    command += ["--data-dir", str(data_dir), "--api-url", simulator.api_url]
    env = {**os.environ, "PIXELDOJO_API_KEY": key}
    before = len(simulator.ledger())
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    while len(simulator.ledger()) == before:
        assert process.poll() is None
    process.send_signal(2)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert json.loads(out)["state"] in ("accepted", "submitting", "unconfirmed")


def test_frames_travel_as_data(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    run = short(
        simulator, data_dir, key,
        "--start-frame", "resources/demo/start.jpg", "--end-frame", "resources/demo/end.jpg",
    )  # fmt: skip
    assert run.code == 0
    body = [r for r in simulator.requests("api") if r.get("body")][-1]["body"]
    assert body["start_image_url"]["media_type"] == "image/jpeg"
    assert body["end_image_url"]["media_type"] == "image/jpeg"
    assert "aspect_ratio" not in body


def test_the_media_host_never_sees_the_key(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    assert short(simulator, data_dir, key).code == 0
    media = simulator.requests("media")
    assert media
    assert not any(request["has_authorization"] for request in media)


def test_help_lists_the_exit_codes() -> None:
    command = [sys.executable, "-m", "pixverse_desktop", "generate", "--help"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for code in ("0", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "130"):
        assert f"\n  {code} " in text


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
