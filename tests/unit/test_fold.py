"""Words are found however they are spelt: case, accents, the vowels of Hebrew and Arabic."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.library_query import ClipQuery
from pixverse_desktop.core.jobs.marks import Mark, Verdict
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.text import fold
from pixverse_desktop.store.job_rows import job_to_row
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.store.schema import MIGRATIONS, VERSION
from pixverse_desktop.ui.compose.prompt_history import PromptHistory
from tests.support.factories import plain_job

# What is searched for, and the prompt that holds it.
FOUND = [
    ("ışık", "GECE IŞIK"),
    ("IŞIK", "gece ışık"),
    ("isik", "gece ışık"),
    ("strasse", "Eine Straße im Regen"),
    ("STRASSE", "Eine Straße im Regen"),
    ("straße", "EINE STRASSE"),
    ("cafe", "Café au lait"),
    ("café", "CAFE AU LAIT"),
    ("שועל", "שׁוּעָל בַּשֶּׁלֶג"),
    ("שׁוּעָל", "שועל בשלג"),
    ("ثعلب", "ثَعْلَبٌ فِي الثَّلْجِ"),
    ("ثَعْلَبٌ", "ثعلب في الثلج"),
    ("ثعلب", "ثعـــلب"),
    ("ﬁre", "campfire fire"),
    ("लोमड़ी", "हिन्दी में लोमड़ी"),
    ("여우", "눈 속의 여우"),
    ("จิ้งจอก", "สุนัขจิ้งจอกในหิมะ"),
    ("キツネ", "ｷﾂﾈ in snow"),
    ("狐", "雪の中の狐"),
]
NOT_FOUND = [("からす", "がらす"), ("カラス", "ガラス"), ("fox", "f o x"), ("ışık", "aşk")]


def saved(number: int, prompt: str) -> Job:
    clip = Clip(f"/{number}.mp4", 1, "0", 640, 360, 1.0, 24.0, False)
    job = plain_job(id=f"j{number}", remote_id=f"r{number}", state=JobState.SAVED, clip=clip)
    return dataclasses.replace(job, request=dataclasses.replace(job.request, prompt=prompt))


def found_in(store: JobStore, text: str) -> list[str]:
    jobs = store.library.find(ClipQuery(text=text), 0, 10).jobs
    assert store.library.count(ClipQuery(text=text)).clips == len(jobs)
    return [job.request.prompt for job in jobs]


@pytest.mark.parametrize(("text", "prompt"), FOUND)
def test_the_library_finds_it(tmp_path: Path, text: str, prompt: str) -> None:
    store = JobStore(tmp_path)
    store.open()
    store.add_jobs(saved(1, prompt))
    store.add_jobs(saved(2, "something else"))
    assert found_in(store, text) == [prompt]
    store.close()


@pytest.mark.parametrize(("text", "prompt"), NOT_FOUND)
def test_other_letters_are_other_words(tmp_path: Path, text: str, prompt: str) -> None:
    store = JobStore(tmp_path)
    store.open()
    store.add_jobs(saved(1, prompt))
    assert found_in(store, text) == []
    store.close()


@pytest.mark.parametrize(("text", "prompt"), FOUND)
def test_earlier_prompts_are_found_in_the_same_way(qtbot: QtBot, text: str, prompt: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    history = PromptHistory(window)
    history.open_below(QPoint(0, 0), [saved(1, prompt), saved(2, "something else")])
    history.search.setText(text)
    model = history.list.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == [prompt]
    history.hide()


def test_a_fold_is_a_fold() -> None:
    for text, prompt in FOUND:
        assert fold(fold(prompt)) == fold(prompt)
        assert fold(text) in fold(prompt)


def written_before(folder: Path, *jobs: Job) -> None:
    """A database of version 3."""
    path = folder / "pixverse.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for number, script in enumerate(MIGRATIONS[:3], start=1):
            connection.executescript(f"{script} PRAGMA user_version = {number};")
        for job in jobs:
            names = "id, origin, state, remote_id, position, created_at, updated_at, prompt, data"
            marks = ", ".join("?" * 9)
            connection.execute(f"INSERT INTO jobs ({names}) VALUES ({marks})", job_to_row(job))
        connection.execute("INSERT INTO favourites VALUES ('j1')")


def test_an_older_database_is_searched_so_too(tmp_path: Path) -> None:
    old = [saved(1, "gece ışık"), saved(2, "Eine Straße")]
    written_before(tmp_path, *old)
    store = JobStore(tmp_path)
    assert store.open() is None
    assert store._database.connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert store.load_jobs() == [old[0].marked(Mark(Verdict.PICKED)), old[1]]
    assert found_in(store, "IŞIK") == ["gece ışık"]
    assert store.library.counts().picked == 1
    store.add_jobs(saved(3, "IŞIK"))
    assert sorted(found_in(store, "ışık")) == ["IŞIK", "gece ışık"]
    store.close()


@pytest.mark.logs_warnings
def test_an_older_database_with_damage_is_brought_up(tmp_path: Path) -> None:
    written_before(tmp_path, saved(1, "gece ışık"), saved(2, "Eine Straße"))
    with contextlib.closing(sqlite3.connect(tmp_path / "pixverse.db")) as connection:
        connection.execute("UPDATE prompts_data SET block = x'00' WHERE id >= 10")
        damaged = "UPDATE jobs SET prompt = CAST(x'66ff6f78' AS TEXT) WHERE id = 'j2'"
        connection.execute("DROP TRIGGER prompts_changed")
        connection.execute(damaged)
        connection.execute(
            f"{MIGRATIONS[2][MIGRATIONS[2].index('CREATE TRIGGER prompts_changed') :]}"
        )
        connection.commit()
    store = JobStore(tmp_path)
    store.open()
    assert found_in(store, "isik") == ["gece ışık"]
    store.close()


def test_a_prompt_that_changes_or_goes_is_found_as_it_is(tmp_path: Path) -> None:
    store = JobStore(tmp_path)
    store.open()
    store.add_jobs(saved(1, "gece ışık"))
    connection = store._database.connection
    connection.execute("UPDATE jobs SET prompt = 'Straße'")
    assert len(store.library.find(ClipQuery(text="strasse"), 0, 10).jobs) == 1
    assert found_in(store, "isik") == []
    connection.execute("DELETE FROM transitions")
    connection.execute("DELETE FROM jobs")
    assert found_in(store, "strasse") == []
    connection.execute("INSERT INTO prompts (prompts, rank) VALUES ('integrity-check', 1)")
    store.close()
