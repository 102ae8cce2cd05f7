"""Prompts of any sort: the same text from the editor to the wire and back."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData
from pytestqt.qtbot import QtBot

from pixverse_desktop.api import wire
from pixverse_desktop.api.http import parse_json
from pixverse_desktop.core.jobs.file_name import clip_name
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.jobs.job_text import one_line
from tests.fuzz.scale import PROMPTS, one_case, tried
from tests.support.factories import make_job
from tests.support.window_fakes import RESOURCES, make_context

pytestmark = pytest.mark.timeout(1800)

# With lone surrogates, control characters, every plane, and what is special to Qt's editor.
ANY = st.characters(exclude_categories=())
SPECIAL = st.sampled_from(
    ["\0", "\r\n", "\r", "\n", "\t", "\x0b", "\x0c", "\x85", "\xa0", "\xad", "\u200b", "\u200d",
     "\u2028", "\u2029", "\u202e", "\u2066", "\ufdd0", "\ufdd1", "\ufffc", "\ufffe", "\ufeff",
     "\ud83d", "\ude00", "\U0001f98a", "e\u0301", "\u0301", "\U000e0041", "\U0010ffff", "<b>",
     "&amp;", "\\", '"', "{0}", "%s", "\u05d0", "\u0645\u06cc\u200c", "fox "]
)  # fmt: skip
TEXTS = st.text(ANY, max_size=60) | st.lists(SPECIAL | st.text(ANY, max_size=3), max_size=40).map(
    "".join
)


def normal(text: str) -> str:
    """What the editor promises: every end of a line becomes one ``\\n``."""
    return re.sub("\r\n|[\r\u2028\u2029\ufdd0\ufdd1]", "\n", sendable(text))


def sendable(text: str) -> str:
    """Without NUL, lone surrogates, what is no character, and byte order marks at the start."""
    return re.sub("[\0\ud800-\udfff\ufffe\uffff]", "", text).lstrip("\ufeff")


@pytest.fixture
def panel(qtbot: QtBot) -> ComposePanel:
    theme.install(RESOURCES, "dark")
    made = ComposePanel(make_context())
    qtbot.addWidget(made)
    made.resize(336, 900)
    made.show()
    return made


@pytest.fixture
def database(tmp_path: Path) -> Iterator[JobStore]:
    made = JobStore(tmp_path)
    made.open()
    # The text is tried here, not the disk.
    made._database.connection.execute("PRAGMA synchronous = OFF")
    yield made
    made.close()


@pytest.mark.parametrize("way", ["pasted", "filled in"])
def test_a_prompt_goes_from_the_editor_to_the_wire_and_back(
    panel: ComposePanel, database: JobStore, way: str
) -> None:
    prompt, noticed = panel.form.prompt, list[str]()
    prompt.noticed.connect(noticed.append)

    @tried(PROMPTS // 2)
    @given(TEXTS)
    def comes_back(text: str) -> None:
        with one_case():
            prompt.clear()
            noticed.clear()
            if way == "pasted":
                mime = QMimeData()
                mime.setData("text/plain", text.encode("utf-8", "surrogatepass"))
                text = mime.text()  # as Qt hands it on
                prompt.insertFromMimeData(mime)
            else:
                prompt.set_text(text)
            request = replace(panel.request(), seed=1)
            wanted = normal(text)
            assert request.prompt == wanted
            if unicodedata.is_normalized("NFC", text):
                assert unicodedata.is_normalized("NFC", request.prompt) or wanted != text
            assert bool(noticed) is (sendable(text) != text)
            check_storage(request, database)

    comes_back()


def check_storage(request: ClipRequest, database: JobStore) -> None:
    """Into the database and out again, onto the wire and out of its echo."""
    job = make_job(request=request)
    database.add_jobs(job)
    (kept,) = database.load_jobs()
    database._database.connection.execute("DELETE FROM transitions")
    database._database.connection.execute("DELETE FROM jobs")
    assert kept == job
    body = json.dumps(wire.request_body(kept.request, PIXVERSE_V6, lambda frame: b"")).encode()
    sent = parse_json(body)
    assert isinstance(sent, dict)
    assert sent["prompt"] == request.prompt
    echoed = wire.read_job({"jobId": "j", "status": "pending", "input": sent})
    assert echoed is not None
    assert (echoed.prompt or "") == request.prompt
    blank = not request.prompt.strip()
    assert [v.field for v in violations(request, PIXVERSE_V6)] == (["prompt"] if blank else [])
    assert "\n" not in one_line(request.prompt)
    assert len(clip_name(job).encode()) < 144
