"""The API key: pasted wrongly, refused, without a keyring, and never where it does not belong."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import json
import logging
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.api.client import Client
from pixverse_desktop.api.http import BearerAuth, NoAuth, Sessions
from pixverse_desktop.api.image_fetch import PictureFetcher
from pixverse_desktop.app import Program
from pixverse_desktop.core import redaction
from pixverse_desktop.core.errors import (
    Action,
    Ambiguous,
    NotSent,
    ProblemCode,
    Rejected,
    Unreachable,
    UserError,
    problem,
)
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import (
    HoldReason,
    Origin,
    OriginKind,
    custom_origin,
    pixeldojo_origin,
)
from pixverse_desktop.services import logs, secrets
from pixverse_desktop.services.secrets import Secrets, clean_key
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.dialogs.settings_dialog import SettingsDialog
from tests.faults.catalogue import fault
from tests.show import driver
from tests.support.engine_harness import EngineHarness, harness_on, live_harness
from tests.support.factories import SHORT
from tests.support.keyrings import (
    GoodKeyring,
    LookalikeKeyring,
    PlainFileKeyring,
    PrivateBus,
    SeveralKeyrings,
)
from tests.support.loops import asynchronous
from tests.support.scripted_server import ScriptedServer, reply
from tests.support.simulator_process import SimulatorProcess
from tests.support.window_fakes import RESOURCES, make_context

REAL = pixeldojo_origin()
UseKeyring = Callable[[KeyringBackend], None]


@pytest.fixture
def use_keyring() -> Iterator[UseKeyring]:
    """Sets the keyring for one test."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def generate(
    data_dir: Path, api_url: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """``generate`` as a process, with its output."""
    command = [sys.executable, "-m", "pixverse_desktop", "generate", "--prompt", "ocean waves"]
    command += ["--resolution", "360p", "--duration", "1", "--data-dir", str(data_dir)]
    return subprocess.run(
        [*command, "--api-url", api_url, *arguments], env={**os.environ, **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


# --- pasted wrongly ---


@fault("A1")
@pytest.mark.parametrize(
    "pasted",
    ["{}", " {}\n", "\t{}\r\n", "\u00a0{}\u3000", '"{}"', "'{}'", "`{}`", "“{}”", "‘{}’", "«{}»",
     "„{}“", "Bearer {}", "bearer  {}", "BEARER\t{}", "Authorization: Bearer {}",
     "authorization:Bearer {}", '"Bearer {}"', 'Bearer "{}"', "'Authorization: Bearer {}'\n",
     "\u200b{}\u200b", "\ufeff{}", "\u200b\"{}\"\u200b", " \u2060'{}' ", "\u200eBearer {}\u200f"],
    ids=ascii,
)  # fmt: skip
def test_what_stands_around_a_key_is_taken_away(pasted: str, key: str) -> None:
    assert clean_key(pasted.format(key)) == key


@fault("A1")
@pytest.mark.parametrize(
    "pasted",
    ["", " ", '""', "Bearer ", "Bearer", "{} {}", "{}\n{}", "{}\r\nX-Evil: 1", "my key is {}",
     "{}\u200b{}", "{}é", "ключ-{}", "{}\0", "{}\x7f", "“{}” or “{}”", 'a"{}', "a\\{}", "ab", "x" * 600],
    ids=ascii,
)  # fmt: skip
def test_what_cannot_be_a_key_is_refused_without_quoting_it(pasted: str, key: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        clean_key(pasted.format(key, key))
    assert key not in str(caught.value)


@fault("A1")
@settings(derandomize=True, database=None, deadline=None, max_examples=500)
@given(st.text(max_size=40) | st.text("ab\"' \n\r\t\u200bBearer:“”", max_size=40))
def test_what_passes_for_a_key_can_stand_in_a_header(pasted: str) -> None:
    try:
        key = clean_key(pasted)
    except ValueError:
        return
    assert clean_key(key) == key
    prepared = requests.Request("GET", "http://127.0.0.1/", auth=BearerAuth(key)).prepare()
    requests.utils.check_header_validity(("Authorization", prepared.headers["Authorization"]))


@fault("A1")
@pytest.mark.parametrize("tail", [" x", "\nX-Evil: 1", "é"], ids=ascii)
def test_a_bad_key_in_the_environment_ends_before_anything_is_asked(
    data_dir: Path, key: str, tail: str
) -> None:
    with ScriptedServer(reply("200 OK", b"{}")) as server:
        done = generate(data_dir, f"{server.url}/api/v1", PIXELDOJO_API_KEY=key + tail)
        assert server.requests == []
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "not an API key" in done.stderr
    assert key not in done.stdout + done.stderr


@fault("A1")
@pytest.mark.parametrize(("stored", "found"), [("{}\n", True), (" '{}' ", True), ("{} {}", False)])
def test_a_key_another_program_put_into_the_keyring_is_cleaned_too(
    use_keyring: UseKeyring, key: str, stored: str, found: bool
) -> None:
    backend = GoodKeyring()
    backend.kept["pixverse-desktop", REAL.id] = stored.format(key, key)
    use_keyring(backend)
    result = Secrets().find(REAL)
    assert (result is not None and result.key == key) is found


# --- refused by the service ---


def forbid(simulator: SimulatorProcess, *keys: str) -> None:
    """From now on the service knows these keys no more."""
    simulator.settings(rejected_keys=[hashlib.sha256(k.encode()).hexdigest() for k in keys])


def held(harness: EngineHarness) -> bool:
    """True while the queue waits for a key."""
    status = harness.sink.status
    return status is not None and status.hold is not None and status.hold.reason is HoldReason.KEY


@fault("A2")
@asynchronous
async def test_a_wrong_key_holds_the_queue_and_costs_nothing(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    forbid(simulator, key)
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        for _ in range(3):
            await harness.engine.generate(SHORT)
        await harness.until(lambda: held(harness))
        assert {job.state for job in harness.repository.all()} == {JobState.QUEUED}
        assert harness.sink.status is not None
        assert harness.sink.status.hold is not None
        assert harness.sink.status.hold.problem is not None
        assert harness.sink.status.hold.problem.action is Action.OPEN_KEY
        assert "key" in harness.sink.status.hold.problem.message
    assert len(simulator.ledger()) == before
    forbid(simulator)
    async with harness_on(simulator, data_dir, key) as harness:
        await harness.until_saved(3)
    assert len(simulator.ledger()) == before + 3


@fault("A2")
@asynchronous
async def test_a_key_revoked_in_the_middle_loses_no_paid_job(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(min_job_s=0.5)
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key, jobs_at_a_time=1) as harness:
        paid = await harness.engine.generate(SHORT)
        waiting = await harness.engine.generate(SHORT)
        await harness.until(lambda: harness.repository.get(paid.id).state is JobState.ACCEPTED)
        forbid(simulator, key)
        harness.engine.configure(2)
        await harness.until(lambda: held(harness))
        assert harness.repository.get(paid.id).state is JobState.ACCEPTED
        assert harness.repository.get(waiting.id).state is JobState.QUEUED
        forbid(simulator)
        harness.engine.resume()
        await harness.engine.check_now(paid.id)
        await harness.until_saved(2)
    assert len(simulator.ledger()) == before + 2


@fault("A2")
@asynchronous
async def test_every_job_remembers_the_key_it_was_paid_with(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    other = f"{key}-of-another-account"
    for mine in (key, other):
        async with harness_on(simulator, data_dir, mine) as harness:
            await harness.engine.generate(SHORT)
            await harness.until_saved(len(harness.repository.all()))
    with sqlite3.connect(data_dir / "pixverse.db") as connection:
        rows = connection.execute("SELECT data FROM jobs ORDER BY position").fetchall()
    connection.close()
    prints = [json.loads(row[0])["key_fingerprint"] for row in rows]
    assert prints == [hashlib.sha256(k.encode()).hexdigest()[:8] for k in (key, other)]


# --- the keyring ---


@fault("A3", "A4", "A7")
@pytest.mark.parametrize(
    "backend",
    [pytest.param(fail.Keyring(), marks=fault("A3"), id="A3-no backend"),
     pytest.param(GoodKeyring("none"), marks=fault("A3"), id="A3-no keyring"),
     pytest.param(SeveralKeyrings(), marks=fault("A3"), id="A3-empty chain"),
     pytest.param(GoodKeyring("locked"), marks=fault("A4"), id="A4-locked"),
     pytest.param(GoodKeyring("dismissed"), marks=fault("A4"), id="A4-dismissed"),
     pytest.param(null.Keyring(), marks=fault("A6"), id="A6-null"),
     pytest.param(PlainFileKeyring(), marks=fault("A6"), id="A6-plain file"),
     pytest.param(LookalikeKeyring(), marks=fault("A6"), id="A6-lookalike"),
     pytest.param(SeveralKeyrings(PlainFileKeyring(), null.Keyring()), marks=fault("A6"),
                  id="A6-chain of bad ones"),
     pytest.param(GoodKeyring("forgets"), marks=fault("A7"), id="A7-forgets"),
     pytest.param(GoodKeyring("changes"), marks=fault("A7"), id="A7-changes"),
     pytest.param(GoodKeyring("refuses"), marks=fault("A7"), id="A7-refuses")],
)  # fmt: skip
def test_without_a_good_keyring_the_key_lasts_for_this_session(
    use_keyring: UseKeyring, backend: KeyringBackend, key: str
) -> None:
    use_keyring(backend)
    mine = Secrets()
    assert mine.save(REAL, key) == "session"
    found = mine.find(REAL)
    assert found is not None
    assert (found.key, found.source) == (key, "session")
    assert key not in repr(found)
    for bad in getattr(backend, "backends", [backend]):
        if isinstance(bad, PlainFileKeyring | LookalikeKeyring):
            assert bad.callers == []
    # The next start knows no key, rather than a wrong one.
    again = Secrets().find(REAL)
    assert again is None or backend.__dict__.get("trouble") == "changes"
    mine.remove(REAL)
    assert mine.find(REAL) is None or backend.__dict__.get("trouble") == "changes"


@fault("A3", "A6")
def test_that_a_key_is_not_kept_is_said(qtbot: QtBot) -> None:
    theme.install(RESOURCES, "dark")
    context = make_context()
    context.commands.key_storage = "session"
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = SettingsDialog(context, parent)
    dialog.open_at("service", focus_key=True)
    dialog.service.key.setText("pd_some-key")
    dialog.service.save_button.click()
    assert dialog.service.result.text() == "No keyring here: kept for this session only."
    assert dialog.service.result.property("role") == "note"
    assert dialog.service.key.text() == ""


@fault("A6")
def test_of_several_keyrings_only_a_good_one_is_used(use_keyring: UseKeyring, key: str) -> None:
    plain, good = PlainFileKeyring(), GoodKeyring()
    use_keyring(SeveralKeyrings(plain, good))
    assert Secrets().save(REAL, key) == "keyring"
    assert plain.callers == []
    assert list(good.kept.values()) == [key]


FIND_AND_SAVE = """
import sys, time
from pixverse_desktop.core.service import pixeldojo_origin
from pixverse_desktop.services.secrets import Secrets
key, began = sys.stdin.readline().strip(), time.monotonic()
mine = Secrets()
print(mine.find(pixeldojo_origin()))
print(mine.save(pixeldojo_origin(), key), mine.find(pixeldojo_origin()).source)
print(time.monotonic() - began < 10)
"""


@fault("A3", "A6")
@pytest.mark.parametrize(
    "backend",
    [pytest.param("no.such.module.Keyring", marks=fault("A6")),
     pytest.param("keyring.backends.null.Keyring", marks=fault("A6")),
     pytest.param("os.getcwd", marks=fault("A6")),
     pytest.param("nonsense", marks=fault("A6")),
     pytest.param("", marks=fault("A3"), id="A3-no bus")],
)  # fmt: skip
def test_a_keyring_named_wrongly_by_the_environment(backend: str, key: str, tmp_path: Path) -> None:
    left_out = ("PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "XDG_RUNTIME_DIR")
    env = {k: v for k, v in os.environ.items() if k not in left_out}
    env |= {"HOME": str(tmp_path)} | ({"PYTHON_KEYRING_BACKEND": backend} if backend else {})
    done = subprocess.run(
        [sys.executable, "-c", FIND_AND_SAVE], input=key + "\n", env=env, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["None", "session session", "True"], done.stderr
    assert key not in done.stderr


@fault("A3")
def test_the_command_line_says_how_to_give_a_key_without_a_keyring(
    simulator: SimulatorProcess, data_dir: Path
) -> None:
    before = len(simulator.ledger())
    done = generate(data_dir, simulator.api_url)
    assert done.returncode == 3
    assert "PIXELDOJO_API_KEY" in done.stderr
    assert len(simulator.ledger()) == before


@fault("A3", "A4")
@asynchronous
async def test_a_queue_without_its_key_waits_and_goes_on_with_it(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())
    async with live_harness(data_dir, custom_origin(simulator.api_url), "") as harness:
        await harness.engine.generate(SHORT)
        await harness.until(lambda: held(harness))
        assert len(harness.in_state(JobState.QUEUED)) == 1
    assert len(simulator.ledger()) == before
    async with harness_on(simulator, data_dir, key) as harness:
        await harness.until_saved(1)
    assert len(simulator.ledger()) == before + 1


@fault("A4")
def test_a_real_keyring_that_stays_locked_is_given_up(tmp_path: Path, key: str) -> None:
    bridge = PrivateBus(tmp_path)
    assert bridge.run(FIND_AND_SAVE, key + "\n") == ["None", "keyring session", "True"]
    assert bridge.run(FIND_AND_SAVE, key + "\n", locked=True) == ["None", "session session", "True"]


@fault("A8")
def test_a_frozen_program_finds_the_keyring_without_package_metadata(
    tmp_path: Path, key: str
) -> None:
    frozen = (
        "import importlib.metadata as a\n"
        "try:\n    import importlib_metadata as b\nexcept ImportError:\n    b = a\n"
        "a.entry_points = b.entry_points = lambda **how: ()\n"
    )
    save = FIND_AND_SAVE.replace(", mine.find(pixeldojo_origin()).source", "")
    assert PrivateBus(tmp_path).run(frozen + save, key + "\n") == ["None", "keyring", "True"]


@fault("A8")
def test_every_system_has_its_keyring_named() -> None:
    source = Path(secrets.__file__).read_text(encoding="utf-8")
    named = re.findall(r"^ +import (keyring\.backends\.\w+)", source, re.MULTILINE)
    assert {f"{name}." for name in named} == set(secrets._ALLOWED)
    assert all(importlib.util.find_spec(name) for name in named)


@fault("A5")
@pytest.mark.parametrize("trouble", ["hangs", "hangs at get", "hangs at set"])
def test_a_keyring_that_hangs_is_given_up_in_time(
    use_keyring: UseKeyring, monkeypatch: pytest.MonkeyPatch, key: str, trouble: str
) -> None:
    backend = GoodKeyring(trouble)
    use_keyring(backend)
    assert secrets._LIMIT_S == 5.0
    monkeypatch.setattr(secrets, "_LIMIT_S", 0.05)
    mine = Secrets()
    began = time.monotonic()
    assert mine.find(REAL) is None
    assert mine.save(REAL, key) == "session"
    assert mine.find(REAL) is not None
    mine.remove(REAL)
    assert time.monotonic() - began < 2.0
    assert threading.main_thread() not in backend.callers
    backend.release.set()


@fault("A5")
def test_a_keyring_that_hangs_never_stops_the_window(
    use_keyring: UseKeyring,
    monkeypatch: pytest.MonkeyPatch,
    simulator: SimulatorProcess,
    data_dir: Path,
    key: str,
) -> None:
    backend = GoodKeyring("hangs")
    use_keyring(backend)
    monkeypatch.setattr(secrets, "_LIMIT_S", 0.6)
    data_dir.mkdir()
    (data_dir / "settings.json").write_text("{}")  # of an older version: a key may be kept
    gaps: list[float] = []

    async def script(program: Program) -> None:
        await driver.until(lambda: program.engine, "the service")
        strip = program.window.notice_strip
        await driver.until(strip.isVisible, "the notice")
        assert strip.label.text().startswith("The system's keyring did not answer")
        outcomes: list[object] = []
        backend.callers.clear()
        program.commands.set_key(key, outcomes.append)
        last = time.monotonic()
        while not outcomes:
            await asyncio.sleep(0.005)
            gaps.append(time.monotonic() - last)
            last = time.monotonic()
        assert backend.callers
        assert threading.main_thread() not in backend.callers
        assert getattr(outcomes[0], "stored", "") == "session"

    try:
        driver.drive(script, data_dir, fixed=custom_origin(simulator.api_url))
    finally:
        backend.release.set()
    assert len(gaps) > 20
    assert max(gaps) < 0.3


# --- where the key must not be ---

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


# --- the environment ---


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home folder whose .netrc has a password for every host, and no proxies but our own."""
    lines = [f"machine {host} login evil password netrc-secret"
             for host in ("service.test", "pictures.test", "127.0.0.1", "localhost")]  # fmt: skip
    file = tmp_path / ".netrc"
    file.write_text("\n".join([*lines, "default login evil password netrc-secret"]) + "\n")
    file.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(file))
    proxies = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    for name in (*proxies, "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names under .test lead to this machine, so that it does not look like this machine."""
    real = socket.getaddrinfo

    def look_up(host: str, *rest: object, **how: object) -> object:
        return real("127.0.0.1" if str(host).endswith(".test") else host, *rest, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def client_of(url: str, key: str | None) -> Client:
    return Client(Origin(OriginKind.CUSTOM, url, f"{url}/api/v1"), key, lambda frame: b"")


def authorizations(server: ScriptedServer) -> list[bytes]:
    """What each request said about who it is from."""
    found = []
    for request in server.requests:
        lines = request.split(b"\r\n\r\n")[0].split(b"\r\n")
        found.append(b" ".join(x for x in lines if b"authorization" in x.lower()))
    return found


@fault("A10")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "service.test"])
def test_netrc_never_replaces_the_key_nor_fills_in_for_it(
    netrc: None, names: None, key: str, host: str
) -> None:
    accepted = b'{"jobId": "j1", "status": "pending", "creditCost": 10}'
    with ScriptedServer(reply("200 OK", accepted)) as server:
        url = server.url.replace("127.0.0.1", host)
        with_key, without = client_of(url, key), client_of(url, None)
        assert with_key.submit(b"{}", "attempt").value.remote_id == "j1"
        assert with_key.job("j1").value.remote_id == "j1"
        assert without.job("j1").value.remote_id == "j1"
        with pytest.raises(Rejected):
            without.submit(b"{}", "attempt")
        bearer = f"Authorization: Bearer {key}".encode()
        assert authorizations(server) == [bearer, bearer, b""]
        assert not any(b"netrc-secret" in request for request in server.requests)


@fault("A10")
def test_media_hosts_and_pictures_get_neither_key_nor_netrc(
    netrc: None, names: None, tmp_path: Path
) -> None:
    with ScriptedServer(reply("200 OK", b"\x89PNG")) as server:
        named = server.url.replace("127.0.0.1", "pictures.test")
        assert PictureFetcher().fetch(f"{named}/a.png") == b"\x89PNG"
        Sessions(proxy="", use_environment=True).get().get(f"{named}/a.mp4", auth=NoAuth()).close()
        client = client_of(server.url, "pd_any-key")
        client.download(f"{server.url}/a.mp4", tmp_path / "a.part", lambda done, total: None)
        assert authorizations(server) == [b"", b"", b""]


@fault("A10")
def test_a_proxy_of_the_environment_is_used_for_others_and_never_for_this_machine(
    netrc: None, names: None, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = reply("200 OK", b'{"jobId": "j1", "status": "pending"}')
    with ScriptedServer(accepted) as server, ScriptedServer(accepted) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        client_of(server.url, key).submit(b"{}", "attempt")
        assert (len(server.requests), len(proxy.requests)) == (1, 0)
        client_of("http://service.test", key).submit(b"{}", "attempt")
        assert (len(server.requests), len(proxy.requests)) == (1, 1)
        assert authorizations(proxy) == [f"Authorization: Bearer {key}".encode()]


@fault("A10")
def test_a_proxy_is_not_shown_the_key_of_a_service_with_https(
    netrc: None, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(reply("502 Bad Gateway")) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        client = client_of("https://service.test", key)
        with pytest.raises(NotSent):
            client.submit(b"{}", "attempt")
        with pytest.raises(Unreachable):
            client.job("j1")
        assert [request.split(b" ")[0] for request in proxy.requests] == [b"CONNECT", b"CONNECT"]
        assert not any(key.encode() in request for request in proxy.requests)


@fault("A10")
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_a_wrong_certificate_file_means_not_sent_and_a_sentence(
    netrc: None,
    names: None,
    key: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    content: str | None,
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content)
    monkeypatch.setenv(variable, str(bundle))
    with ScriptedServer(reply("200 OK", b'{"jobId": "j1", "status": "pending"}')) as server:
        url = server.url.replace("http://127.0.0.1", "https://service.test")
        client = client_of(url, key)
        asked: list[Callable[[], object]] = [
            lambda: client.submit(b"{}", "attempt"),
            lambda: client.job("j1"),
            lambda: PictureFetcher().fetch(f"{url}/a.png"),
        ]
        for ask in asked:
            with pytest.raises(UserError) as caught:
                ask()
            assert not isinstance(caught.value, Ambiguous)
            assert caught.value.problem.message.endswith(".")
            assert key not in caught.value.problem.detail
        with pytest.raises(NotSent):
            client.submit(b"{}", "attempt")
        assert not any(key.encode() in request for request in server.requests)
        # A service on this machine has no certificate to check.
        assert client_of(server.url, key).submit(b"{}", "attempt").value.remote_id == "j1"
