"""A real sound server that is heard, loses devices, dies and comes back while a clip plays."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="PulseAudio is Linux's")
_LIMIT_S = 40.0
_ROOT = Path(__file__).parents[2]


class SoundServer:
    """PulseAudio with the outputs ``one`` and ``two``, for this test alone."""

    def __init__(self, home: Path) -> None:
        for tool in ("pulseaudio", "pactl"):
            assert shutil.which(tool), f"{tool} is needed (packaging/linux/system-deps.sh tests)"
        (home / "client.conf").write_text("autospawn = no\n", encoding="utf-8")
        run = home / "run"
        run.mkdir(mode=0o700)
        own = {"HOME": str(home), "XDG_RUNTIME_DIR": str(run), "XDG_CONFIG_HOME": str(home)}
        left_out = ("PULSE_SERVER", "PULSE_RUNTIME_PATH", "DBUS_SESSION_BUS_ADDRESS")
        self.env = {k: v for k, v in os.environ.items() if k not in left_out} | own
        self.env["PULSE_CLIENTCONFIG"] = str(home / "client.conf")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["pulseaudio", "--daemonize=no", "-n", "--exit-idle-time=-1"]
        loads = ["module-native-protocol-unix", *map(_null_sink, ("one", "two"))]
        self._process = subprocess.Popen(
            [*command, *(f"--load={module}" for module in loads)],
            env=self.env, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + _LIMIT_S
        while not self.told("info"):
            assert time.monotonic() < until
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def told(self, *command: str) -> str:
        """What pactl says; "" where it fails."""
        done = subprocess.run(
            ["pactl", *command], env=self.env, capture_output=True, text=True, check=False
        )
        return done.stdout if done.returncode == 0 else ""

    def heard_on(self) -> str:
        """The name of the output that something plays on, "" for none."""
        sinks = self.told("list", "short", "sinks").splitlines()
        names = dict(line.split("\t")[:2] for line in sinks)
        inputs = self.told("list", "short", "sink-inputs").splitlines()
        return names.get(inputs[0].split("\t")[1], "") if inputs else ""


class Playing:
    """The program's player, in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def state(self) -> dict[str, object]:
        """How it goes now. Fails where the process has ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the player has ended with {self._process.wait()}"
        return json.loads(line)  # type: ignore[no-any-return]

    def wait_for(self, holds: Callable[[dict[str, object]], bool]) -> None:
        until = time.monotonic() + _LIMIT_S
        while not holds(self.state()):
            assert time.monotonic() < until

    def wait_until_it_moves(self) -> None:
        before = self.state()["at"]
        self.wait_for(lambda now: now["at"] != before)

    def hear_on(self, device: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(device + "\n")
        self._process.stdin.flush()

    def end(self) -> int:
        self._process.communicate(timeout=_LIMIT_S)
        return self._process.returncode


def _null_sink(name: str) -> str:
    return f"module-null-sink sink_name={name} sink_properties=device.description={name}"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SoundServer]:
    made = SoundServer(tmp_path)
    made.start()
    yield made
    made.kill()


@contextmanager
def playing(server: SoundServer) -> Iterator[Playing]:
    clip = _ROOT / "tests" / "data" / "clips" / "withsound.mp4"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.sound_driver", str(clip)], cwd=_ROOT,
        env={**server.env, "QT_QPA_PLATFORM": "offscreen"}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        yield Playing(process)
        process.kill()


def test_a_device_that_is_gone_gives_way_and_comes_back(server: SoundServer) -> None:
    with playing(server) as player:
        player.wait_for(lambda _: server.heard_on() == "one")
        assert player.state()["names"] == {"one": "one", "two": "two"}
        player.hear_on("two")
        player.wait_for(lambda _: server.heard_on() == "two")
        loaded = server.told("list", "short", "modules").splitlines()
        two = next(line.split("\t")[0] for line in loaded if "sink_name=two" in line)
        server.told("unload-module", two)
        player.wait_for(lambda _: server.heard_on() == "one")
        server.told("load-module", *_null_sink("two").split(" "))
        player.wait_for(lambda _: server.heard_on() == "two")
        player.hear_on("default")
        player.wait_for(lambda _: server.heard_on() == "one")
        assert player.end() == 0


def test_a_sound_server_that_ends_and_comes_back(server: SoundServer) -> None:
    with playing(server) as player:
        player.wait_for(lambda _: server.heard_on() == "one")
        server.kill()
        player.wait_for(lambda now: bool(now["lost"]))
        for _ in range(3):
            player.wait_until_it_moves()  # without a sound
        time.sleep(3.5)  # Qt itself tries once, after 3 s, and never again
        server.start()
        player.wait_for(lambda now: not now["lost"])
        player.wait_for(lambda _: server.heard_on() == "one")
        player.wait_until_it_moves()
        assert player.end() == 0


def test_the_program_ends_while_there_is_no_sound_server(server: SoundServer) -> None:
    with playing(server) as player:
        player.wait_for(lambda _: server.heard_on() == "one")
        server.kill()
        player.wait_for(lambda now: bool(now["lost"]))
        assert player.end() == 0
