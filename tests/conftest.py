"""For every test: the key canary, no unexpected warnings in the log or from Qt, a simulator to speak with."""

from __future__ import annotations

import gc
import logging
import os
import re
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.support.simulator_process import SimulatorProcess

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Never the developer's own keyring or key.
os.environ.pop("PIXELDOJO_API_KEY", None)
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

# Qt writes by itself, and each of its lines can be told in what a test wrote. A message handler in
# Python could wait for ever: QtMultimedia's threads log while the main thread waits for them with
# the interpreter's lock held.
os.environ["QT_MESSAGE_PATTERN"] = "Qt %{type} %{category}: %{message}"
_QT_COMPLAINT = re.compile(r"^Qt (?:info|warning|critical|fatal) .*", re.M)
_QT_MAY_SAY = re.compile(
    r"This plugin does not support"  # what a window asks of the offscreen platform
    r"|Qt info qt\.(?:multimedia|text\.font)"  # FFmpeg's version, its decoders, the fonts there are
    # A machine without PipeWire, sound or a graphics card.
    r"|symbolsresolver|PulseAudioService|No audio device detected|ThreadLocalRhiHolder::ensureRhi"
    r"|mediadataholder: .* Immediate exit requested"  # another clip before this one was open
)

# Split, so that this very file does not hold what must be found nowhere.
KEY_CANARY = "pd_canary_" + "7f3e9d2b" + "c1a85046"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logs_warnings: warnings in the program's log are expected")
    config.addinivalue_line("markers", "fault(*ids): proves faults of the catalogue, by id")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test in which Qt complains has failed."""
    report = yield
    if call.when == "teardown" and report.passed:
        lines = _QT_COMPLAINT.findall(report.capstderr)
        complaints = [line for line in lines if not _QT_MAY_SAY.search(line)]
        if complaints:
            report.outcome = "failed"
            report.longrepr = "Qt complained:\n" + "\n".join(complaints)
    return report


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The application of the tests is in the program's own style."""
    from pixverse_desktop.ui.shell.application import FUSION

    return ["pixverse-desktop", *FUSION]


def _settle() -> None:
    """Let Qt do what a test left to be done while its output is still captured."""
    core = sys.modules.get("PySide6.QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        # Not processEvents: timers and sockets of a loop that a test closed must stay where they are.
        core.QCoreApplication.sendPostedEvents()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    yield
    _settle()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Generator[None, bool | None, bool | None]:
    """Garbage is collected between tests, on the main thread alone, as the program does.

    A collection on a test's server or worker would free there the widgets that an earlier test
    left in cycles, and Qt ends the process over that, some tests later.
    """
    gc.disable()
    done = yield
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            break
    return done


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    yield
    _settle()


@pytest.fixture
def key() -> str:
    """An API key that must never be written anywhere."""
    return KEY_CANARY


@pytest.fixture(scope="session", autouse=True)
def _the_key_is_nowhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    yield
    needle = KEY_CANARY.encode()
    root = tmp_path_factory.getbasetemp()
    files = [p for p in root.rglob("*") if p.is_file() and not p.is_symlink()]
    assert [str(p) for p in files if needle in p.read_bytes()] == []


@pytest.fixture(autouse=True)
def _no_unexpected_warnings(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    yield
    if request.node.get_closest_marker("logs_warnings"):
        return
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    seen = [r for r in records if r.levelno >= logging.WARNING]
    assert [r.getMessage() for r in seen if r.name.startswith("pixverse_desktop")] == []


@pytest.fixture(scope="session")
def _simulator_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with SimulatorProcess(tmp_path_factory.mktemp("simulator")) as process:
        yield process


@pytest.fixture
def simulator(_simulator_process: SimulatorProcess) -> Iterator[SimulatorProcess]:
    """The simulator with its usual settings, no faults and plenty of credits; clips are cached."""
    normal = {
        "render": "cached",
        "list_mode": "echo",
        "min_job_s": 0,
        "schema_mode": "normal",
        "rejected_keys": [],
        "credit_cost": 10,
        "requests_per_minute": None,
        "url_ttl_s": 3600,
    }
    _simulator_process.settings(**normal)
    _simulator_process.reset(10_000)
    yield _simulator_process
    _simulator_process.settings(**normal)
    _simulator_process.reset(10_000)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder of its own."""
    return tmp_path / "data"
