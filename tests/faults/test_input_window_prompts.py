"""Prompts and values in the window, I13, I16 and I18."""

from __future__ import annotations

import json
import time
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData
from pytestqt.qtbot import QtBot

from pixverse_desktop.api import wire
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.pixverse_v6 import MAX_SEED, PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.store.job_store import JobStore, StoreError
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.close_dialog import close_sentence
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.faults.catalogue import fault
from tests.support.factories import make_job
from tests.support.window_fakes import (
    FakeBus,
    FakePlayer,
    make_context,
    said,
)

pytestmark = pytest.mark.usefixtures("themed")


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467 by the sea"


RTL = "\u202eabc \u05e9\u05dc\u05d5\u05dd \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"


KEPT = {
    "emoji": FAMILY,
    "right to left": RTL,
    "combining": "a" + "\u0301" * 1000,
    "composed": unicodedata.normalize("NFC", "e\u0301a\u0308"),
    "decomposed": unicodedata.normalize("NFD", "\u00e9\u00e4"),
    "fixed spaces": "1\u00a0000 pixels\u202fwide",
    "lines and tabs": "Shot 1\n\tShot 2\n\n",
    "astral": "\U0001f98a" * 2500,
    "quotes": "\"a\" 'b' \\n {0} %s </script>",
}


@fault("I13")
@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("way", ["pasted", "filled in"])
def test_a_prompt_comes_back_the_same(
    panel: ComposePanel, tmp_path: Path, name: str, way: str
) -> None:
    enter(panel, KEPT[name], way)
    request = replace(panel.request(), seed=1)
    assert request.prompt == KEPT[name]
    assert "left out" not in said(panel)
    assert stored_and_sent(request, tmp_path) == KEPT[name]


@fault("I13")
@pytest.mark.parametrize("way", ["pasted", "filled in"])
@pytest.mark.parametrize("text", ["a\0b", "\0", "a\0\0b\0", "\0" * 200 + "ab"], ids=ascii)
def test_what_cannot_be_sent_is_left_out_and_said(
    panel: ComposePanel, tmp_path: Path, text: str, way: str
) -> None:
    enter(panel, text, way)
    clean = text.replace("\0", "")
    assert panel.request().prompt == clean
    assert "Characters that cannot be sent were left out." in said(panel)
    if clean:
        assert stored_and_sent(replace(panel.request(), seed=1), tmp_path) == clean


@fault("I13")
@pytest.mark.parametrize("mark", ["\ufffe", "\ufeff", "\uffff", "\0\ufffe"], ids=ascii)
def test_a_mark_at_the_start_does_not_turn_the_bytes_around(panel: ComposePanel, mark: str) -> None:
    mime = QMimeData()
    mime.setData("text/plain", f"{mark}a fox".encode())
    panel.form.prompt.insertFromMimeData(mime)
    assert panel.request().prompt == "a fox"
    panel.form.prompt.clear()
    panel.form.prompt.set_text(f"{mark}a fox")
    assert panel.request().prompt == "a fox"
    assert one_line(f"{mark}a fox") == "a fox"


@fault("I13")
def test_lone_surrogates_are_left_out_and_said_and_never_reach_the_disk(
    panel: ComposePanel, tmp_path: Path
) -> None:
    panel.form.prompt.set_text("a\ud800b\udfff")
    assert panel.request().prompt == "ab"
    assert "left out" in said(panel)
    database = JobStore(tmp_path)
    database.open()
    with pytest.raises(StoreError):  # said, not a crash; the form and the rules stop it before
        database.add_jobs(make_job(request=ClipRequest("a\ud800b", seed=1)))
    assert database.load_jobs() == []
    database.close()


@fault("I13")
@pytest.mark.parametrize("way", ["pasted", "filled in"])
@pytest.mark.parametrize("text", ["x" * 100_000, "x" * 1_000_000, "fox " * 250_000], ids=len)
def test_a_far_too_long_prompt_is_cut_said_and_shown_quickly(
    panel: ComposePanel, text: str, way: str
) -> None:
    began = time.perf_counter()
    enter(panel, text, way)
    panel.grab()
    assert time.perf_counter() - began < 0.5
    kept = panel.request().prompt
    assert text.startswith(kept)
    assert len(kept) == (5_000 if way == "pasted" else 20_000)
    assert "was cut" in said(panel) if way == "pasted" else "left out" in said(panel)
    heard: list[object] = []
    panel.generate_requested.connect(heard.append)
    panel.cost.button.click()
    assert len(heard) == (1 if way == "pasted" else 0)


@fault("I13")
def test_lists_show_joined_letters_whole_and_turn_nothing_around() -> None:
    assert one_line(FAMILY) == FAMILY
    assert one_line(RTL) == RTL.replace("\u202e", "")
    assert one_line("a\u2066b\u061cc\0d\ud800e") == "abcde"


def enter(panel: ComposePanel, text: str, way: str) -> None:
    """Paste a text into the prompt, or have the program fill it in."""
    if way == "filled in":
        panel.form.prompt.set_text(text)
        return
    mime = QMimeData()
    mime.setText(text)
    panel.form.prompt.insertFromMimeData(mime)


def stored_and_sent(request: ClipRequest, tmp_path: Path) -> str:
    """The prompt as it is on the wire after a stay in the database."""
    database = JobStore(tmp_path)
    database.open()
    database.add_jobs(make_job(request=request))
    database.close()
    database.open()
    (job,) = database.load_jobs()
    database.close()
    assert job.request == request
    body = json.dumps(wire.request_body(job.request, PIXVERSE_V6, lambda frame: b"")).encode()
    return str(json.loads(body)["prompt"])


@fault("I16")
@pytest.mark.parametrize(
    ("field", "changes", "words"),
    [("prompt", {"prompt": "  "}, "the prompt is empty"),
     ("prompt", {"prompt": "x" * 5001}, "takes 5,000"),
     ("negative_prompt", {"negative_prompt": "x" * 2049}, "takes 2,048"),
     ("seed", {"seed": MAX_SEED + 1}, "The seed must be 0 to 2147483647."),
     ("end_frame", {"multi_clip": True, "end_frame": Frame(FrameKind.URL, "https://e.com/e.png")},
      "An end frame needs a start frame.")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_generate_points_at_the_wrong_field(
    panel: ComposePanel, field: str, changes: dict[str, object], words: str
) -> None:
    heard: list[object] = []
    panel.generate_requested.connect(heard.append)
    panel.activateWindow()
    panel.frames.load_previews()
    panel.set_request(replace(ClipRequest("a fox"), **changes))  # type: ignore[arg-type]
    panel.frames._unseen.clear()  # no preview of an address that nobody serves
    panel.cost.button.click()
    assert heard == []
    assert words in said(panel)
    marks = {
        "prompt": panel.form.prompt,
        "negative_prompt": panel.form.field("negative_prompt"),
        "seed": panel.form.seed.edit,
        "end_frame": panel.frames.wells[FrameSlot.END],
    }
    assert panel.focusWidget() is marks[field]
    if field != "end_frame":
        assert marks[field].property("invalid") is True


@fault("I16")
@pytest.mark.parametrize("duration", [0, 16, -1, 10**30, -(10**30)])
def test_a_duration_no_model_has_stays_in_the_range(panel: ComposePanel, duration: int) -> None:
    panel.set_request(ClipRequest("a fox", duration_s=duration))
    assert panel.request().duration_s == (15 if duration > 0 else 1)


@fault("I15", "I16")
def test_what_the_model_does_not_offer_stays_at_its_default(panel: ComposePanel) -> None:
    odd = ClipRequest(
        "a fox", resolution="8K", aspect_ratio="2:1", thinking="Auto", style="cyberpnk", seed=-1
    )
    panel.set_request(odd)
    assert panel.request() == ClipRequest("a fox")


@fault("I18")
def test_a_thousand_queued_jobs_are_counted_with_their_price(qtbot: QtBot) -> None:
    context = make_context()
    bridge = context.bridge
    assert isinstance(bridge, FakeBus)
    bridge.jobs = {job.id: job for job in map(make_job, range(1000))}
    queue = QueuePanel(context)
    window = MainWindow(context, FakePlayer(), queue)
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    window.show()
    assert window.status_bar.work.text() == "1000 waiting · 10,000 credits"
    assert queue.header.counts.text() == "1,000 waiting"
    assert queue.rows.rowCount() == 1000
    assert close_sentence(bridge.jobs.values()) == "1000 stay in the queue."
    bridge.show_job(replace(bridge.jobs["job0"], state=JobState.WITHDRAWN, hidden=True))
    assert window.status_bar.work.text() == "999 waiting · 9,990 credits"
    assert window.compose.cost.button.accessibleName() == "Generate, 10 credits"
