"""Where the sound server is looked for, on a real socket."""

from __future__ import annotations

import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pixverse_desktop.services.sound_server import sound_server_is_there

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it is asked on Linux alone")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("PULSE_SERVER", "PULSE_RUNTIME_PATH"):
        monkeypatch.delenv(name, raising=False)
    with tempfile.TemporaryDirectory() as short:  # the name of a socket has 107 letters at most
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        (Path(short) / "pulse").mkdir()
        yield Path(short) / "pulse"


def test_it_is_there_when_it_takes_connections(folder: Path) -> None:
    assert not sound_server_is_there()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "native"))
        assert not sound_server_is_there()  # left behind by one that was killed
        server.listen()
        assert sound_server_is_there()


@pytest.mark.parametrize(
    "named", ["unix:{folder}/other", "{folder}/other", "unix:{folder}/other x"]
)
def test_a_server_that_the_user_names(
    folder: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("PULSE_SERVER", named.format(folder=folder))
    assert not sound_server_is_there()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "other"))
        server.listen()
        assert sound_server_is_there()


def test_one_on_another_machine_can_only_be_tried(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "tcp:sound.example:4713")
    assert sound_server_is_there()


def test_another_folder_for_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere")
    monkeypatch.setenv("PULSE_RUNTIME_PATH", str(folder))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "native"))
        server.listen()
        assert sound_server_is_there()
