"""The words of a row, the order of rows, and that a change touches one row."""

from __future__ import annotations

import time
from typing import ClassVar

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.jobs.job_text import clock, row_text
from pixverse_desktop.ui.jobs.model import Index
from pixverse_desktop.ui.queue.queue_list import QueueList
from pixverse_desktop.ui.queue.queue_rows import QueueRows
from pixverse_desktop.ui.queue.recent_rows import RecentRows
from pixverse_desktop.ui.queue.views import RecentGrid
from tests.support.factories import make_job

NOW = 10_000.0
S = JobState
CLIP = Clip("/nowhere/clip.mp4", 1, "x", 640, 360, 5.0, 24.0, True)


def no_estimate(_request: ClipRequest) -> float | None:
    return None


class Spy:
    """Writes down what a model tells its views."""

    def __init__(self, model: QueueRows | RecentRows) -> None:
        self.changed: list[tuple[int, int]] = []
        self.inserted: list[int] = []
        self.removed: list[int] = []
        self.resets = 0
        model.dataChanged.connect(self.on_changed)
        model.rowsInserted.connect(self.on_inserted)
        model.rowsRemoved.connect(self.on_removed)
        model.modelReset.connect(self.on_reset)

    def on_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self.changed.append((first.row(), last.row()))

    def on_inserted(self, _parent: QModelIndex, first: int, _last: int) -> None:
        self.inserted.append(first)

    def on_removed(self, _parent: QModelIndex, first: int, _last: int) -> None:
        self.removed.append(first)

    def on_reset(self) -> None:
        self.resets += 1


def rows_of(*jobs: Job) -> QueueRows:
    rows = QueueRows(no_estimate, now=lambda: NOW)
    rows.queue = rows.queue._replace(origin_id="demo")
    rows.reset(jobs)
    return rows


def ids(rows: QueueRows | RecentRows) -> list[str]:
    return [job.id for n in range(rows.rowCount()) if (job := rows.job_at(n)) is not None]


@pytest.mark.parametrize(
    ("state", "changes", "line", "aside", "tone"),
    [
        (S.QUEUED, {}, "720p · 5 s", "Waiting", "muted"),
        (S.SUBMITTING, {}, "Sending · 720p · 5 s", "", "running"),
        (S.UNCONFIRMED, {}, "720p · 5 s", "Unconfirmed", "warn"),
        (S.ACCEPTED, {"submitted_at": NOW - 42}, "Generating · 720p · 5 s", "0:42", "running"),
        (
            S.ACCEPTED,
            {"submitted_at": NOW - 5, "remote_status": "queued"},
            "In line · 720p · 5 s",
            "0:05",
            "running",
        ),
        (
            S.ACCEPTED,
            {"submitted_at": NOW - 5, "remote_status": "Upscaling_v2"},
            "Upscaling_v2 · 720p · 5 s",
            "0:05",
            "running",
        ),
        (
            S.ACCEPTED,
            {"submitted_at": NOW - 90, "finished_at": NOW - 3, "expires_at": NOW + 42},
            "Downloading · 720p · 5 s",
            "Expires in 0:42",
            "warn",
        ),
        (S.VERIFIED, {}, "Saving · 720p · 5 s", "Saving", "running"),
        (S.REJECTED, {}, "720p · 5 s", "Refused", "error"),
        (S.FAILED, {}, "720p · 5 s", "Failed", "error"),
        (S.NO_FILE, {}, "720p · 5 s", "No file", "warn"),
        (S.EXPIRED, {}, "720p · 5 s", "Expired", "warn"),
    ],
)
def test_every_state_has_its_words(
    state: JobState, changes: dict[str, object], line: str, aside: str, tone: str
) -> None:
    text = row_text(make_job(1, state, **changes), NOW)
    assert (text.prompt, text.line, text.aside, text.tone) == ("Clip 1", line, aside, tone)


def test_progress_and_estimate() -> None:
    running = make_job(1, S.ACCEPTED, submitted_at=NOW - 42)
    assert row_text(running, NOW, progress=0.649).aside == "Saving 64 %"
    assert row_text(running, NOW, progress=0.649).line.startswith("Downloading")
    assert row_text(running, NOW, expected_s=70).aside == "0:42 of ~1:10"
    assert row_text(running, NOW, expected_s=30).aside == "0:42"
    assert clock(3725) == "1:02:05"


def test_what_differs_from_the_usual_is_said() -> None:
    request = ClipRequest(
        "a\nb  c\u202e",
        resolution="540p", duration_s=8, aspect_ratio="9:16", style="3d_animation",
    )  # fmt: skip
    text = row_text(make_job(1, request=request), NOW)
    assert text.prompt == "a b c"
    assert text.line == "540p · 8 s · 9:16 · 3d animation"
    framed = ClipRequest("x", aspect_ratio="9:16", start_frame=Frame(FrameKind.FILE, "a.jpg"))
    assert row_text(make_job(1, request=framed), NOW).line == "720p · 5 s"


def test_rows_keep_their_place_and_new_ones_come_last() -> None:
    rows = rows_of(
        make_job(3), make_job(1, S.ACCEPTED), make_job(2, S.FAILED), make_job(9, S.SAVED)
    )
    assert ids(rows) == ["job1", "job2", "job3"]
    spy = Spy(rows)
    rows.put(make_job(3, S.SUBMITTING))
    rows.put(make_job(4))
    assert ids(rows) == ["job1", "job2", "job3", "job4"]
    assert (spy.changed, spy.inserted, spy.removed, spy.resets) == ([(2, 2)], [3], [], 0)
    rows.put(make_job(1, S.SAVED, clip=CLIP))
    rows.put(make_job(2, S.FAILED, hidden=True))
    assert ids(rows) == ["job3", "job4"]
    rows.put(make_job(2, S.FAILED))
    assert ids(rows) == ["job2", "job3", "job4"]


def test_counts_follow_every_move() -> None:
    rows = rows_of(make_job(1), make_job(2), make_job(3, S.ACCEPTED))
    assert ids(rows) == ["job3", "job1", "job2"]  # what waits comes last
    assert (rows.running(), rows.waiting(), rows.first_running()) == (1, 2, 0)
    rows.put(make_job(1, S.SUBMITTING))
    assert (rows.running(), rows.waiting(), rows.first_running()) == (2, 1, 0)
    rows.put(make_job(1, S.UNCONFIRMED))
    rows.put(make_job(2, S.UNCONFIRMED))
    newest = rows.newest_unconfirmed()
    assert newest is not None
    assert newest.id == "job2"
    rows.put(make_job(2, S.DROPPED, hidden=True))
    rows.put(make_job(3, S.SAVED, clip=CLIP))
    assert (rows.running(), rows.waiting()) == (0, 0)


def test_a_tick_repaints_running_rows_in_sight_alone() -> None:
    jobs = [make_job(n, S.ACCEPTED if n in (1, 3, 8) else S.FAILED) for n in range(10)]
    rows = rows_of(*jobs)
    spy = Spy(rows)
    rows.tick(0, 5)
    assert spy.changed == [(1, 1), (3, 3)]


def test_progress_repaints_its_row_when_the_percent_changed() -> None:
    rows = rows_of(make_job(1, S.FAILED), make_job(2, S.ACCEPTED, submitted_at=NOW))
    spy = Spy(rows)
    for fraction in (0.5, 0.501, 0.52):
        rows.set_progress("job2", fraction)
    rows.set_progress("unknown", 0.5)
    assert spy.changed == [(1, 1), (1, 1)]
    job = rows.job_at(1)
    assert job is not None
    assert rows.text_of(job).aside == "Saving 52 %"


class CountingRows(QueueRows):
    """Counts what its view asks."""

    size_asked = 0
    painted: ClassVar[set[int]] = set()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        self.size_asked += 1
        return super().rowCount(parent)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        self.painted.add(index.row())
        return super().data(index, role)


@pytest.mark.parametrize("view_type", [QueueList, RecentGrid])
def test_a_change_paints_its_row_and_lays_no_other_out(
    qtbot: QtBot, view_type: type[QueueList | RecentGrid]
) -> None:
    rows = CountingRows(no_estimate, now=lambda: NOW)
    rows.reset(make_job(n, S.ACCEPTED) for n in range(1000))
    view = view_type(rows, "Queue")
    qtbot.addWidget(view)
    view.resize(372, 400)
    view.show()
    qtbot.waitExposed(view)
    qtbot.wait(50)
    rows.size_asked = 0
    rows.painted.clear()
    rows.set_progress("job2", 0.5)
    qtbot.waitUntil(lambda: 2 in rows.painted)
    qtbot.wait(50)
    assert rows.painted == {2}
    assert rows.size_asked < 100
    view.dataChanged(rows.index(0, 0), rows.index(999, 0))
    qtbot.waitUntil(lambda: len(rows.painted) > 1)
    assert len(rows.painted) < 100


def test_the_learned_time_is_asked_once_and_for_the_service_in_use() -> None:
    asked: list[ClipRequest] = []

    def expected_s(request: ClipRequest) -> float:
        asked.append(request)
        return 60.0

    rows = QueueRows(expected_s, now=lambda: NOW)
    rows.queue = rows.queue._replace(origin_id="demo")
    here = [make_job(n, S.ACCEPTED, submitted_at=NOW - 10) for n in (1, 2)]
    other = make_job(3, S.ACCEPTED, submitted_at=NOW - 10, origin="https://pixeldojo.ai")
    rows.reset([*here, other])
    texts = [rows.text_of(job).aside for job in (*here, other)]
    assert texts == ["0:10 of ~1:00", "0:10 of ~1:00", "0:10"]
    assert len(asked) == 1


def test_recent_clips_are_newest_first() -> None:
    rows = RecentRows()
    saved = [make_job(n, S.SAVED, clip=CLIP, finished_at=100.0 * n) for n in (1, 2, 3)]
    rows.reset([*saved, make_job(4)])
    assert ids(rows) == ["job3", "job2", "job1"]
    rows.put(make_job(4, S.SAVED, clip=CLIP, finished_at=1000.0))
    rows.put(make_job(2, S.SAVED, clip=CLIP, finished_at=200.0, hidden=True))
    assert ids(rows) == ["job4", "job3", "job1"]
    rows.put(saved[1])
    assert ids(rows) == ["job4", "job3", "job2", "job1"]
    rows.put(make_job(3, S.ACCEPTED))
    assert ids(rows) == ["job4", "job2", "job1"]


def test_a_thousand_jobs_are_quick() -> None:
    rows = rows_of(*(make_job(n) for n in range(1000)))
    started = time.perf_counter()
    for n in range(0, 1000, 2):
        rows.put(make_job(n, S.SUBMITTING))
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("changes", "fetched", "done"),
    [
        ({"state": S.QUEUED}, None, None),
        ({"state": S.ACCEPTED, "submitted_at": NOW - 10}, None, 0.25),
        ({"state": S.ACCEPTED, "submitted_at": NOW - 400}, None, 0.95),
        ({"state": S.ACCEPTED, "submitted_at": NOW + 9}, None, 0.0),
        ({"state": S.ACCEPTED, "submitted_at": NOW - 400}, 0.5, 0.975),
        ({"state": S.ACCEPTED, "submitted_at": NOW - 10, "finished_at": NOW}, None, 0.95),
        ({"state": S.VERIFIED, "submitted_at": NOW - 10}, None, 1.0),
        ({"state": S.FAILED, "submitted_at": NOW - 10}, None, None),
    ],
)
def test_a_bar_never_reaches_its_end_by_time_alone(
    qapp: object, changes: dict[str, object], fetched: float | None, done: float | None
) -> None:
    rows = QueueRows(lambda _request: 40.0, now=lambda: NOW)
    rows.queue = rows.queue._replace(origin_id="demo")
    job = make_job(1, **changes)  # type: ignore[arg-type]
    rows.reset([job])
    if fetched is not None:
        rows.set_progress(job.id, fetched)
    assert rows.progress_of(job) == (None if done is None else pytest.approx(done))
