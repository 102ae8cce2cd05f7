"""A simulator in its own process, for any test that speaks HTTP. Standard library only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class SimulatorProcess:
    """Starts on construction; use as a context manager, or call `kill` yourself.

    `api_url` (ends in /api/v1) and `media_url` are there as soon as it is constructed. `extra` are
    more command-line arguments. The same `state_dir` given again continues where it was.
    """

    def __init__(self, state_dir: Path, *extra: str, workers: int = 1) -> None:
        self.state_dir = Path(state_dir)
        command = [
            sys.executable,
            "-m",
            "pixverse_desktop.simulator",
            "--state-dir",
            str(state_dir),
            "--until-stdin-closes",
            "--render-workers",
            str(workers),
        ]
        if "--scenario" not in extra:  # prices by the meter are for the tests that ask for them
            command += ["--scenario", str(ROOT / "resources/demo/scenarios/flat-10.json")]
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(
            [*command, *extra],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            self.kill()
            raise RuntimeError(f"the simulator did not start (exit {self.process.returncode})")
        ready = json.loads(line)
        self.api_url: str = ready["api_url"]
        self.media_url: str = ready["media_url"]
        self.pid: int = ready["pid"]

    def __enter__(self) -> SimulatorProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def control(self, path: str, body: object = None, method: str | None = None) -> Any:
        """Call a control route ("faults", "settings", …): GET without a body, POST with one."""
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.api_url.removesuffix('/api/v1')}/sim/{path}"
        request = urllib.request.Request(url, data=data, method=method)
        # Loopback must not go through a proxy of the environment.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.load(answer)

    def state(self) -> Any:
        """Balance, settings and counts."""
        return self.control("state")

    def ledger(self) -> list[Any]:
        """Charges made, oldest first."""
        return list(self.control("ledger")["charges"])

    def requests(self, origin: str | None = None) -> list[Any]:
        """Requests received, oldest first; of one origin ("api", "media") when asked."""
        received = self.control("requests")["requests"]
        return [entry for entry in received if origin in (None, entry["origin"])]

    def settings(self, **changes: object) -> Any:
        """Change settings."""
        return self.control("settings", changes)["settings"]

    def fault(self, on: str, kind: str, **fields: object) -> None:
        """Order one fault."""
        self.control("faults", [{"on": on, "kind": kind, **fields}])

    def reset(self, credits: int = 500) -> None:
        """Withdraw all faults and set the balance."""
        self.control("faults", method="DELETE")
        self.control("refill", {"credits": credits})

    def wait_until_no_jobs_run(self, timeout_s: float = 60.0) -> None:
        """Poll until every job is completed or failed."""
        end_s = time.monotonic() + timeout_s
        while {"pending", "processing"} & set(self.state()["jobs"]):
            if time.monotonic() > end_s:
                raise TimeoutError("jobs are still running")
            time.sleep(0.03)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                try:
                    pipe.close()
                except OSError:
                    pass
