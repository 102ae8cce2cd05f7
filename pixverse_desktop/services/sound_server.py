"""Whether there is a sound server to reach, on Linux."""

from __future__ import annotations

import os
import socket
from pathlib import Path

_LIMIT_S = 1.0


def sound_server_is_there() -> bool:
    """BLOCKING. Whether PulseAudio, or what stands in for it, takes connections; True where it is
    not reached by a socket of this machine, so that it can only be tried."""
    named = os.environ.get("PULSE_SERVER", "").split()
    if named and not named[0].startswith(("/", "unix:")):
        return True
    path = Path(named[0].removeprefix("unix:")) if named else _usual_socket()
    try:
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(_LIMIT_S)
            asked.connect(str(path))
    except OSError:
        return False
    return True


def _usual_socket() -> Path:
    own = os.environ.get("PULSE_RUNTIME_PATH")
    run = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    return (Path(own) if own else Path(run) / "pulse") / "native"
