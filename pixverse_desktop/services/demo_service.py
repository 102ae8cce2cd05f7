"""Starts and ends the built-in demo service, a process of its own that never outlives us."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import threading
from decimal import Decimal
from pathlib import Path

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.redaction import register_secret
from pixverse_desktop.services.secrets import ENVIRONMENT_VARIABLE
from pixverse_desktop.simulator import processes

_START_LIMIT_S = 20.0
_KEY_VARIABLE = "PIXVERSE_SIMULATOR_KEY"  # the simulator's own name for it


class SimulatorProcess:
    """The demo service while the program runs. Methods block; they run on workers."""

    def __init__(self, state_dir: Path, scenario: Path | None = None) -> None:
        self._state_dir = state_dir
        self._scenario = scenario
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False
        self._lock = threading.Lock()  # start and stop may meet on two workers
        self.api_url = ""
        self.key = secrets.token_urlsafe(24)  # nobody else on this machine reads the demo's jobs
        register_secret(self.key)

    def start(self) -> str:
        """Start it and give its API URL. Raises UserError when it does not come up."""
        command = processes.command("simulator")
        command += ["--state-dir", str(self._state_dir), "--until-stdin-closes"]
        if self._scenario is not None:
            command += ["--scenario", str(self._scenario)]
        with self._lock:
            if self._stopped:
                raise _not_started("it was stopped meanwhile")
            process = self._process = _popen(command, self.key)
        # A service that says nothing must not hang the window's worker for ever.
        watchdog = threading.Timer(_START_LIMIT_S, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            self.api_url = str(json.loads(line)["api_url"])
            return self.api_url
        except (ValueError, KeyError, TypeError) as error:
            self.stop()
            raise _not_started("no answer from the demo service") from error
        finally:
            watchdog.cancel()

    def balance(self) -> Decimal:
        """The play credits left. Raises UserError when the demo service does not answer."""
        return self._credits("state")

    def refill(self) -> Decimal:
        """Fill up the play credits; gives the new balance. Raises UserError."""
        return self._credits("refill", b"{}")

    def _credits(self, route: str, body: bytes | None = None) -> Decimal:
        url = f"{self.api_url.removesuffix('/api/v1')}/sim/{route}"
        import urllib.request  # loads half of HTTP: not before the first paint
        from http.client import HTTPException

        # Our own process on loopback: never through a proxy.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            headers = {"Authorization": f"Bearer {self.key}"}
            request = urllib.request.Request(url, data=body, headers=headers)
            with opener.open(request, timeout=5) as reply:
                return Decimal(str(json.loads(reply.read())["balance"]))
        except (
            OSError, HTTPException, ValueError, KeyError, TypeError, ArithmeticError,
        ) as error:  # fmt: skip
            text = Message("demo_silent")
            raise UserError(problem(ProblemCode.OFFLINE, text, str(error))) from error

    def stop(self) -> None:
        """Close its standard input, at which it ends; wait a moment, then insist."""
        with self._lock:
            self._stopped = True
            process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(2.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _popen(command: list[str], key: str) -> subprocess.Popen[str]:
    kept = {k: v for k, v in os.environ.items() if k != ENVIRONMENT_VARIABLE}
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**kept, _KEY_VARIABLE: key},
        )
    except OSError as error:
        raise _not_started(str(error)) from error


def _not_started(detail: str) -> UserError:
    return UserError(problem(ProblemCode.OFFLINE, Message("demo_not_started"), detail))
