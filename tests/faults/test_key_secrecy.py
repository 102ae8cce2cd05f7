"""Where the key must not be, A9."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from pixverse_desktop.app import Program
from pixverse_desktop.core import redaction
from pixverse_desktop.core.errors import (
    ProblemCode,
    problem,
)
from pixverse_desktop.core.service import (
    custom_origin,
)
from pixverse_desktop.services import logs
from tests.faults.catalogue import fault
from tests.show import driver
from tests.support.keyrings import (
    GoodKeyring,
    UseKeyring,
)
from tests.support.simulator_process import SimulatorProcess

LOUD_RUN = """
import logging, os, sys
from pixverse_desktop.cli import entry, generate, runner
from pixverse_desktop.api.client import Client
from pixverse_desktop.core.engine import poller as watcher
from pixverse_desktop.services import logs, secrets
from pixverse_desktop.cli import generate_outcome as job_end
key, what = os.environ["PIXELDOJO_API_KEY"], sys.argv.pop(1)
class Loud(logs.Logs):
    def __init__(self, folder):
        super().__init__(folder)
        for name in ("", "urllib3", "asyncio", "PIL", "requests", "pixverse_desktop"):
            logging.getLogger(name).setLevel(logging.DEBUG)
logs.Logs = Loud
class Probed(secrets.Secrets):
    def find(self, origin, **how):
        found = super().find(origin, **how)
        logging.getLogger("probe").warning("Authorization: Bearer %s of %r", key, [key.encode()])
        return found
runner.Secrets = Probed
watcher._BORDER_WAIT_S = job_end._RECONCILE_S = 0.1
def broken(*args, **kwargs):
    raise RuntimeError(f"broken with {key} in {args!r}")
if what == "poll":
    job, calls = Client.job, []
    def once(self, remote_id):
        calls.append(remote_id)
        return broken(self) if len(calls) == 1 else job(self, remote_id)
    Client.job = once
elif what == "submit":
    Client.submit = broken
elif what == "start":
    generate.request_of = broken
sys.exit(entry.main(sys.argv[1:]))
"""


@fault("A9")
@pytest.mark.parametrize(("what", "code"), [("poll", 0), ("submit", 7), ("start", 9), ("echo", 5)])
def test_the_key_is_in_no_file_no_output_and_no_argument(
    simulator: SimulatorProcess, data_dir: Path, key: str, what: str, code: int
) -> None:
    simulator.settings(min_job_s=0.3)
    if what == "poll":
        simulator.settings(list_mode="none")
    if what == "echo":  # the service quotes the key, once as it is and once in disguise
        said = f"the key {key} or {key.replace('_', chr(92) + 'u005f', 1)} is unknown"
        simulator.fault("run", "status", status=400, body=f'{{"error": {{"message": "{said}"}}}}')
    command = [sys.executable, "-c", LOUD_RUN, what, "generate", "--prompt", "a fox"]
    command += ["--resolution", "360p", "--duration", "1", "--data-dir", str(data_dir)]
    process = subprocess.Popen(
        [*command, "--api-url", simulator.api_url],
        env={**os.environ, "PIXELDOJO_API_KEY": key, "PYTHONASYNCIODEBUG": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    arguments = Path(f"/proc/{process.pid}/cmdline")
    needle = key.encode()
    if arguments.exists():
        assert needle not in arguments.read_bytes()
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err.decode()
    assert needle not in out + err
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    assert {"pixverse.db", "pixverse-desktop.log"} <= {path.name for path in files}
    assert [path for path in files if needle in path.read_bytes()] == []
    log = (data_dir / "logs" / "pixverse-desktop.log").read_text(encoding="utf-8")
    assert "Bearer ***" in log
    assert ("Traceback" in log + err.decode()) is (what in ("poll", "submit", "start"))
    if what == "echo":
        assert "the key *** or *** is unknown" in err.decode()


@fault("A9")
def test_a_clips_signed_address_and_a_longer_key_are_kept_out_too(tmp_path: Path, key: str) -> None:
    redaction.register_secret(key)
    redaction.register_secret(f"{key}-tail")
    running = logs.Logs(tmp_path)
    log = logging.getLogger("probe")
    log.warning('http://media.example:80 "GET /clip.mp4?signature=SIGNED HTTP/1.1" 200 5')
    log.warning("https://media.example/clip.mp4?signature=SIGNED")
    log.warning("%s", {"Authorization": f"Bearer {key}-tail"})
    log.warning("%s-tail", key)
    running.close()
    text = (tmp_path / "pixverse-desktop.log").read_text()
    for secret in (key, "-tail", "SIGNED"):
        assert secret not in text
    assert problem(ProblemCode.INTERNAL, f"x {key}", f"y {key}-tail").message == "x ***"
    assert problem(ProblemCode.INTERNAL, "x", f"y {key}-tail").detail == "y ***"


@fault("A9")
def test_an_error_before_the_log_is_open_shows_no_key(key: str) -> None:
    script = (
        "import logging, sys\nfrom pixverse_desktop.core.redaction import register_secret\n"
        "from pixverse_desktop.services import logs\n"
        "key = sys.stdin.readline().strip()\nregister_secret(key)\n"
        "try:\n    raise OSError(f'no header {key}')\n"
        "except OSError:\n    logging.getLogger('x').exception('failed with %s', key)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=key, capture_output=True, text=True, check=True
    )
    assert "Traceback" in done.stderr
    assert key not in done.stderr


@fault("A9")
def test_the_window_shows_and_keeps_no_key(
    use_keyring: UseKeyring, simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    backend = GoodKeyring()
    use_keyring(backend)
    shown: list[str] = []

    async def script(program: Program) -> None:
        await driver.until(lambda: program.engine, "the service")
        program.window.user_actions.open_key_settings()
        page = program.window.user_actions.settings_dialog.service
        assert page.key.echoMode() is QLineEdit.EchoMode.Password
        page.key.setText(f"Bearer {key}\u200b")
        page.save_button.click()
        await driver.until(lambda: page.result.property("role") == "good", "the stored key")
        await driver.until(lambda: program.engine and program.bridge.status.has_key, "the service")
        program.window.compose.form.prompt.set_text("a fox")
        program.window.save_state()
        for widget in (
            w for top in QApplication.topLevelWidgets() for w in [top, *top.findChildren(QWidget)]
        ):
            for name in ("windowTitle", "text", "toolTip", "accessibleName", "toPlainText"):
                value = getattr(widget, name, None)
                shown.append(str(value()) if callable(value) else "")

    driver.drive(script, data_dir, fixed=custom_origin(simulator.api_url))
    assert list(backend.kept.values()) == [key]
    assert [text for text in shown if key in text] == []
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    assert "window.json" in {path.name for path in files}
    assert [path for path in files if key.encode() in path.read_bytes()] == []
