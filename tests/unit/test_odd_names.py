"""Names that are not UTF-8 come back byte for byte from everything that is kept."""

from __future__ import annotations

import io
import logging
import os
from pathlib import Path

import pytest
from PIL import Image

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.text import json_text, percent_encoded, writable
from pixverse_desktop.services import logs
from pixverse_desktop.services.frames import frame_from_file
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.settings import Settings, load_settings, save_json
from pixverse_desktop.store.job_store import JobStore
from tests.support.factories import plain_job

FOLDER = os.fsdecode(b"d\xe9p\xf4t")


def job_saved_in(folder: Path) -> Job:
    clip = Clip(str(folder / "狐.mp4"), 5, "00", 640, 360, 5.0, 24.0, True)
    return plain_job(state=JobState.SAVED, clip=clip, remote_id="r")


@pytest.mark.logs_warnings
def test_a_job_comes_back_from_the_database_and_from_the_journal(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    job = job_saved_in(folder)
    store = JobStore(folder)
    store.open()
    store.add_jobs(job)
    store.close()
    again = JobStore(folder)
    assert again.open() is None
    assert again.load_jobs() == [job]
    again.close()
    for left in folder.glob("pixverse.db*"):
        left.unlink()
    rebuilt = JobStore(folder)
    assert rebuilt.open() is not None
    assert rebuilt.load_jobs() == [job]
    assert rebuilt.load_jobs()[0].clip == job.clip
    rebuilt.close()


def test_the_clip_folder_comes_back_from_the_settings(tmp_path: Path) -> None:
    mine = Settings(clip_folder=str(tmp_path / FOLDER))
    save_json(tmp_path / FOLDER / "settings.json", mine)
    assert load_settings(tmp_path / FOLDER / "settings.json") == mine


def test_the_label_of_a_picture_can_be_kept(tmp_path: Path) -> None:
    picture = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    held = io.BytesIO()
    Image.new("RGB", (64, 64)).save(held, "JPEG")
    picture.write_bytes(held.getvalue())
    frame, _, _ = frame_from_file(picture, paths_below(tmp_path / "data"))
    assert frame.label == "caf\ufffd.jpg"


def test_the_forms_of_a_name() -> None:
    name = os.fsdecode(b"caf\xe9 \xe7\x8b\x90")
    assert json_text([name]) == r'["caf\udce9 狐"]'
    assert writable(name) == "caf\ufffd 狐"
    assert percent_encoded(f"https://example.com/{name}") == "https://example.com/caf%E9 狐"


def test_the_log_names_such_a_folder(tmp_path: Path) -> None:
    before = set(logging.getLogger().handlers)
    log = logs.Logs(tmp_path)
    (handler,) = set(logging.getLogger().handlers) - before
    # Not through the logger: what pytest captures is sent on, which such a name cannot be.
    handler.handle(logging.makeLogRecord({"msg": "nothing in %s", "args": (FOLDER,)}))
    log.close()
    written = (tmp_path / "pixverse-desktop.log").read_text(encoding="utf-8")
    assert r"nothing in d\udce9p\udcf4t" in written
