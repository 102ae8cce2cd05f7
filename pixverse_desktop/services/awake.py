"""Keeps the computer from falling asleep, each system by its own means; never beyond our own end.

Where a system has none of them, nothing happens.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import subprocess
import sys
import threading

from pixverse_desktop.services.secrets import ENVIRONMENT_VARIABLE

log = logging.getLogger(__name__)

_START_LIMIT_S = 5.0
_END_LIMIT_S = 2.0
_ES_CONTINUOUS, _ES_SYSTEM_REQUIRED = 0x80000000, 0x00000001


class Awake:
    """Off at first. Methods block; they run on workers, and may meet there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ending: threading.Event | None = None  # of the thread that asks Windows

    def keep(self, why: str) -> bool:
        """Keep awake from now on, ``why`` is for the system to show; False where it cannot be."""
        with self._lock:
            if sys.platform == "win32":
                return self._ask_windows()
            if self._process is not None and self._process.poll() is None:
                return True
            self._let_go()
            self._process = _started(why)
            return self._process is not None

    def release(self) -> bool:
        """Let the computer sleep again; gives False, as it is not kept awake any more."""
        with self._lock:
            self._let_go()
            if self._ending is not None:
                self._ending.set()
                self._ending = None
        return False

    def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _ask_windows(self) -> bool:
        # Windows keeps what it was asked for as long as the thread that asked.
        if self._ending is None:
            self._ending = threading.Event()
            asking = threading.Thread(target=_stay_awake, args=(self._ending,), daemon=True)
            asking.start()
        return True


def _started(why: str) -> subprocess.Popen[bytes] | None:
    """The child that keeps awake; None where there is no such program, or it may not."""
    command, echoes = _command(why)
    program = shutil.which(command[0])
    if program is None:
        return None
    env = {name: value for name, value in os.environ.items() if name != ENVIRONMENT_VARIABLE}
    try:
        process = subprocess.Popen(
            [program, *command[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
        )
    except OSError as error:
        log.info("%s did not start: %s", command[0], error)
        return None
    if echoes and not _answers(process):
        log.info("%s may not keep this computer awake", command[0])
        _end(process)
        return None
    return process


def _command(why: str) -> tuple[list[str], bool]:
    """What to start, and whether it gives back what it is told once it keeps awake."""
    if sys.platform == "darwin":
        return ["caffeinate", "-i", "-w", str(os.getpid())], False
    # ``cat`` ends when our end of its input is gone, in whatever way we ended.
    inhibit = ["systemd-inhibit", "--what=sleep:idle", "--who=Pixverse Desktop", f"--why={why}"]
    return [*inhibit, "--mode=block", "cat"], True


def _answers(process: subprocess.Popen[bytes]) -> bool:
    """Whether a line comes back: ``cat`` is started once the system has agreed."""
    assert process.stdin is not None
    assert process.stdout is not None
    # A system that does not answer must not hang a worker for ever.
    watchdog = threading.Timer(_START_LIMIT_S, process.kill)
    watchdog.start()
    try:
        process.stdin.write(b"\n")
        process.stdin.flush()
        return process.stdout.readline() == b"\n"
    except OSError:
        return False
    finally:
        watchdog.cancel()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close its input, at which it ends, or insist; it is waited for."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    if sys.platform == "darwin":
        process.kill()  # caffeinate waits for our end, not for that of its input
    try:
        process.wait(_END_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _stay_awake(ending: threading.Event) -> None:
    import ctypes

    ask = ctypes.windll.kernel32.SetThreadExecutionState  # type: ignore[attr-defined,unused-ignore]
    ask(_ES_CONTINUOUS | _ES_SYSTEM_REQUIRED)
    ending.wait()
    ask(_ES_CONTINUOUS)
