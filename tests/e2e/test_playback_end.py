"""Playback ends whenever it is asked to: a player that is closed while it starts never hangs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.clips import make_clip


def test_players_closed_while_they_start_all_close(tmp_path: Path) -> None:
    # Two in a hundred hung when a playback thread had to wait for the interpreter's lock.
    clip = make_clip(tmp_path / "clip.mp4", frames=72, audio_s=3.0)
    command = [sys.executable, "-m", "tests.e2e.deck_driver", str(clip), "120"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "all closed", done.stderr[-3000:]
