"""What a screen reader says on every screen, in Tab order, as files to be read.

``make read-aloud`` writes them anew; read them then.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.support.read_aloud import read
from tests.support.screens import SCREENS, screen

FILES = Path(__file__).resolve().parents[1] / "data" / "read_aloud"


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_read_as_it_is_written_down(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    with screen(qtbot, tmp_path, name) as shown:
        qtbot.wait(1)
        said = read(shown)
    file = FILES / f"{name}.txt"
    if os.environ.get("READ_ALOUD") == "write":
        FILES.mkdir(exist_ok=True)
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8")
    assert "NO NAME" not in said
