"""The diagnostics: what support needs is in them, what is the user's own is not."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pixverse_desktop.cli import entry
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.redaction import register_secret
from pixverse_desktop.core.service import ServiceReport
from pixverse_desktop.services.data_lock import lock_data_folder
from pixverse_desktop.services.diagnostics import diagnose, without_user
from pixverse_desktop.services.logs import Logs
from pixverse_desktop.services.paths import Paths, paths_below
from pixverse_desktop.services.settings import DRAFT, Settings, save_json
from pixverse_desktop.store.job_store import JobStore
from tests.support.factories import SHORT, make_job, saved_job
from tests.support.films import chain
from tests.support.simulator_process import ROOT

PASSWORD = "hush-canary-of-the-proxy"
PROMPT = "A red fox turns its head, canary one"
OTHER = "an owl that nobody may read of"
USER = "janedoe"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with a home folder of that name."""
    made = tmp_path / USER
    made.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(made))
    for name in ("LOGNAME", "USER", "USERNAME"):
        monkeypatch.setenv(name, USER)
    return made


@pytest.fixture
def paths(home: Path) -> Paths:
    """A data folder with jobs, a film, a board and a log that says more than it should."""
    made = paths_below(home / "data")
    made.data.mkdir()
    store = JobStore(made.data)
    store.open()
    clip = saved_job(1, PROMPT)
    assert clip.clip is not None
    clip = replace(clip, clip=replace(clip.clip, path=str(home / "clips" / "red fox canary.mp4")))
    store.add_jobs(clip, saved_job(2, "fox"), make_job(3, JobState.QUEUED))
    film = chain("dawn")
    shot = replace(film.shots[0], request=SHORT.changed(prompt=OTHER))
    store.films.save(replace(film, name="The secret film", shots=(shot,)))
    store.close()
    return made


@pytest.fixture
def logged(paths: Paths, home: Path, key: str) -> None:
    register_secret(key)
    register_secret(PASSWORD)
    log = Logs(paths.logs)
    for number in range(300):
        logging.getLogger("probe").warning("line %d", number)
    for said in (
        f"Bearer {key}", f"key {key}", f"http://{USER}:{PASSWORD}@proxy.example:1", PROMPT,
        f"wrong: {OTHER!r}", "The secret film cannot be read", f"{home}/clips/a.mp4",
        "my holiday, summer.mp4 is not one of our clips", f"/media/{USER.title()}/x",
        f"{home}/clips/red fox canary.mp4 cannot be written",
    ):  # fmt: skip
        logging.getLogger("probe").warning(said)
    log.close()


@pytest.mark.logs_warnings
def test_nothing_of_the_users_own_is_in_it(
    paths: Paths, logged: None, key: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{USER}:{PASSWORD}@proxy.example:1")
    preset = {**DRAFT, "name": "Mine", "values": {"prompt": PROMPT}}
    settings = Settings(
        "pixeldojo", str(home / "clips"), proxy=f"http://{USER}@proxy.example:1", proxy_use="own",
        presets=(preset,), keys_kept=(f"proxy http://{USER}@proxy.example:1",),
    )  # fmt: skip
    report = ServiceReport([Message("check_new", name="glow")], {"/models": {"models": []}})
    text = diagnose(paths, settings, "pixeldojo", ["screen 1: 100 × 100, scale 2"], report)
    for secret in (key, PASSWORD, PROMPT, OTHER, "secret film", "holiday", "summer", "red fox"):
        assert secret not in text, secret
    assert USER not in text.lower()
    assert "'fox'" not in text
    for told in (
        "data folder: ~/data", "clip folder: ~/clips", "jobs: 3 (queued 1, saved 2)", "films: 1",
        "proxy: http://***@proxy.example:1", "presets: 1", "strip_dismissed: False", "variables set: HTTPS_PROXY",
        "screen 1: 100 × 100, scale 2", "The model has a parameter that is new here: glow.",
        "line 299", "in use: pixeldojo",
    ):  # fmt: skip
        assert told in text, told
    assert "line 100\n" not in text
    assert len(text.split("== Log ==\n")[1].splitlines()) == 200


def test_an_empty_folder_and_a_damaged_list_are_told(home: Path) -> None:
    paths = paths_below(home / "none")
    assert "database: none" in diagnose(paths, Settings(), "demo")
    assert not paths.data.exists()
    paths.data.mkdir()
    (paths.data / "pixverse.db").write_bytes(b"rubbish " * 500)
    assert "cannot be read (DatabaseError)" in diagnose(paths, Settings(), "demo")


def test_a_user_is_replaced_as_a_whole_word_alone(home: Path) -> None:
    assert without_user(f"{home}/x, {USER}s, C:\\Users\\{USER}\\y") == (
        f"~/x, {USER}s, C:\\Users\\***\\y"
    )


def test_the_command_works_while_the_window_is_open_and_replaces_nothing(
    paths: Paths, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_json(paths.settings, Settings())
    before = {path: path.stat().st_mtime_ns for path in paths.data.iterdir()}
    lock = lock_data_folder(paths)
    assert lock is not None
    command = ["diagnostics", "--data-dir", str(paths.data)]
    assert entry.main(command) == 0
    shown = capsys.readouterr().out
    assert "jobs: 3" in shown
    output = home / "told.txt"
    assert entry.main([*command, "--output", str(output), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(output)}
    assert output.read_text(encoding="utf-8").startswith("Pixverse Desktop diagnostics")
    assert entry.main([*command, "--output", str(output)]) == 2
    assert entry.main([*command, "--output", str(home / "none" / "x")]) == 9
    lock.close()
    assert before.items() <= {p: p.stat().st_mtime_ns for p in paths.data.iterdir()}.items()


@pytest.mark.logs_warnings
@pytest.mark.parametrize("stored", ["{ torn", '{"proxy": "http://me:%s@proxy.example:1"}'])
def test_the_command_changes_nothing_on_the_disk(
    paths: Paths, capsys: pytest.CaptureFixture[str], stored: str
) -> None:
    """Neither settings that every start sets aside, nor those that it writes anew."""
    paths.settings.write_text(stored.replace("%s", PASSWORD), encoding="utf-8")
    before = files_below(paths.data)
    assert entry.main(["diagnostics", "--data-dir", str(paths.data)]) == 0
    assert PASSWORD not in capsys.readouterr().out
    assert files_below(paths.data) == before


def test_who_has_read_enough_hears_of_no_error(paths: Paths) -> None:
    command = [sys.executable, "-m", "pixverse_desktop", "diagnostics", "--data-dir"]
    process = subprocess.Popen(
        [*command, str(paths.data)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()  # as head does after its lines
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(30) == 0


def test_where_nothing_is_it_makes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "none of ours"
    empty.mkdir()
    entry.main(["diagnostics", "--data-dir", str(empty)])
    assert "none" in capsys.readouterr().out
    assert files_below(empty) == {}


def files_below(folder: Path) -> dict[Path, tuple[int, bytes]]:
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }
