"""Hand-written stand-ins for what the window is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel, QWidget

from pixverse_desktop.api.wire import request_body
from pixverse_desktop.core.batch.patterns import Lists
from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.film import Film, Shot
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.ledger import ledger_of
from pixverse_desktop.core.jobs.marks import Mark
from pixverse_desktop.core.jobs.queue_order import Place
from pixverse_desktop.core.jobs.states import IN_FLIGHT, JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.price import LearnedPrices, Price, Shape, request_of, shape_of
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.route import SYSTEM
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.media.image_prepare import refusal_of_file
from pixverse_desktop.services.application import AddedClips, FrameSource, KeyOutcome
from pixverse_desktop.services.batch_files import GivenTable, bytes_of, read_given, write_cells
from pixverse_desktop.services.export import Export
from pixverse_desktop.services.frames import (
    frame_from_file,
    frame_from_url,
    store_frame,
)
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.services.secrets import proxy_entry
from pixverse_desktop.services.settings import Settings, WindowState
from pixverse_desktop.services.told_body import read_body
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.player.panel import PlayerPanel
from tests.support.factories import demo_status

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


class FakeWorkers:
    """Keeps calls until ``run_all``; with ``at_once`` each runs inside the call."""

    def __init__(self, at_once: bool = True) -> None:
        self.at_once = at_once
        self.waiting: list[Callable[[], None]] = []
        self.lanes: list[Lane] = []

    def call(
        self,
        lane: Lane,
        fn: Callable[..., object],
        *args: object,
        then: Callable[[object], None],
        otherwise: Callable[[UserError], None] | None = None,
    ) -> None:
        self.lanes.append(lane)

        def work() -> None:
            try:
                value = fn(*args)
            except UserError as error:
                if otherwise is not None:
                    otherwise(error)
            else:
                then(value)

        if self.at_once:
            work()
        else:
            self.waiting.append(work)

    def run_all(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


class FakeFilms:
    """Films that are only looked at."""

    def __init__(self, known: dict[str, Film]) -> None:
        self.find = known.get


class FakeBus(QObject):
    """Signals as the real one's; commands are only written down."""

    jobs_reset = Signal(object)
    job_changed = Signal(object)
    jobs_changed = Signal(object)
    progress_changed = Signal(str, float)
    status_changed = Signal(object)
    films_reset = Signal()
    film_changed = Signal(str)
    notice = Signal(object)

    def __init__(self, status: ServiceStatus) -> None:
        super().__init__()
        self.jobs: dict[str, Job] = {}
        self.jobs_known = True
        self.status = status
        self.calls: list[tuple[object, ...]] = []
        self.links: dict[str, str] = {}
        self.answers: list[Callable[[object], None]] = []
        self.known_films: dict[str, Film] = {}

    def show_job(self, job: Job) -> None:
        self.jobs[job.id] = job
        self.job_changed.emit(job)

    def show_status(self, status: ServiceStatus) -> None:
        self.status = status
        self.status_changed.emit(status)

    def films(self) -> FakeFilms:
        return FakeFilms(self.known_films)

    def change_films(self, change: Callable[[Any], object], then: Callable[[object], None]) -> None:
        """Films are only made here."""
        made: list[Film] = []

        def create(name: str, shots: tuple[Shot, ...], _clips: object) -> None:
            made.append(Film("f", name, shots))

        change(SimpleNamespace(create=create))
        self.calls.append(("create_film", made[0].name))
        then(made[0])

    def find_job(self, job_id: str) -> Job | None:
        return self.jobs.get(job_id)

    def expected_s(self, request: ClipRequest) -> float | None:
        return 45.0

    def price(self, request: ClipRequest) -> Price:
        rule = self.status.model.price
        return LearnedPrices(self.jobs.values()).expected("demo", shape_of(request), rule)

    def generate(self, request: ClipRequest) -> None:
        self.calls.append(("generate", request))

    def all_jobs(self) -> list[Job]:
        return list(self.jobs.values())

    def generate_all(
        self,
        cells: Sequence[Cell],
        then: Callable[[object], None],
        *,
        background: bool,
        ceiling: Decimal,
    ) -> None:
        self.calls.append(("generate_all", list(cells), background, ceiling))
        self.answers.append(then)

    def clip_link(self, job_id: str, then: Callable[[object], None]) -> None:
        self.calls.append(("clip_link", job_id))
        then(self.links.get(job_id, problem(ProblemCode.EXPIRED, Message("clip_link_gone"))))

    def told_body(self, request: ClipRequest, then: Callable[[object], None]) -> None:
        body = request_body(request, self.status.model, lambda frame: jpeg_bytes(1920, 1080))
        then(read_body(json.dumps(body).encode()))

    def choose_model(self, model_id: str) -> None:
        self.calls.append(("choose_model", model_id))

    def ledger(self, then: Callable[[object], None]) -> None:
        then(ledger_of(self.jobs.values()))

    def known_price(self, shape: Shape) -> Price:
        return self.price(request_of(shape))

    def list_models(self, then: Callable[[object], None]) -> None:
        self.calls.append(("list_models",))
        self.answers.append(then)

    def check_service(self, then: Callable[[object], None]) -> None:
        self.calls.append(("check_service",))
        self.answers.append(then)

    def add_by_id(self, text: str, job_id: str | None, then: Callable[[object], None]) -> None:
        self.calls.append(("add_by_id", text, job_id))
        self.answers.append(then)

    def scan(self, then: Callable[[object], None]) -> None:
        self.calls.append(("survey",))
        self.answers.append(then)

    def rescue(self, scan: object, then: Callable[[object], None]) -> None:
        self.calls.append(("rescue", scan))
        self.answers.append(then)

    def retry(self, job_id: str, *, silent: bool = False) -> None:
        self.calls.append(("retry silent" if silent else "retry", job_id))

    def fetch_again(self, job_id: str) -> None:
        self.calls.append(("fetch_again", job_id))

    def remove(self, job_id: str) -> None:
        self.calls.append(("remove", job_id))

    def undo_remove(self, job_id: str) -> None:
        self.calls.append(("undo_remove", job_id))

    def delete_for_good(self, job_id: str) -> None:
        self.calls.append(("delete_for_good", job_id))

    def mark(
        self, marks: Mapping[str, Mark], then: Callable[[dict[str, Mark]], None] | None = None
    ) -> None:
        self.calls.append(("mark", dict(marks)))
        before = {job_id: self.jobs[job_id].mark for job_id in marks}
        for job_id, mark in marks.items():
            self.show_job(self.jobs[job_id].marked(mark))
        if then is not None:
            then(before)

    def move_waiting(
        self,
        job_ids: Sequence[str],
        before: str | None,
        background: bool | None,
        then: Callable[[object], None],
    ) -> None:
        self.calls.append(("move", tuple(job_ids), before, background))
        then({job_id: Place(0, False) for job_id in job_ids})

    def withdraw_batch(self, batch: str, then: Callable[[object], None]) -> None:
        self.calls.append(("withdraw_batch", batch))
        jobs = [job for job in self.jobs.values() if job.batch == batch]
        waiting = sum(job.state is JobState.QUEUED for job in jobs)
        then((waiting, sum(job.state in IN_FLIGHT for job in jobs)))

    def take_back(self, job_ids: Sequence[str], then: Callable[[object], None]) -> None:
        self.calls.append(("take_back", *job_ids))
        self._change_together(job_ids, state=JobState.WITHDRAWN, hidden=True)
        then(list(job_ids))

    def queue_again(self, job_ids: Sequence[str]) -> None:
        self.calls.append(("queue_again", *job_ids))
        self._change_together(job_ids, state=JobState.QUEUED, hidden=False)

    def _change_together(self, job_ids: Sequence[str], **changes: object) -> None:
        changed = [
            replace(self.jobs[job_id], **changes)  # type: ignore[arg-type]
            for job_id in job_ids
            if job_id in self.jobs
        ]
        self.jobs |= {job.id: job for job in changed}
        self.jobs_changed.emit(tuple(changed))

    def put_back_waiting(self, places: object) -> None:
        self.calls.append(("put_back", tuple(places)))  # type: ignore[arg-type]

    def pause_jobs(self, job_ids: Sequence[str], until: float | None = None) -> None:
        self.calls.append(("pause_jobs", tuple(job_ids), until))

    def go_on(self, job_ids: Sequence[str]) -> None:
        self.calls.append(("go_on", tuple(job_ids)))

    def pause_queue_after(self, job_id: str, *, wanted: bool) -> None:
        self.calls.append(("pause_queue_after", job_id, wanted))

    def begin_edit(self, job_id: str, then: Callable[[object], None]) -> None:
        self.calls.append(("begin_edit", job_id))
        self.answers.append(then)

    def end_edit(self, job_id: str) -> None:
        self.calls.append(("end_edit", job_id))

    def save_edit(self, job_id: str, request: ClipRequest, then: Callable[[object], None]) -> None:
        self.calls.append(("save_edit", job_id, request))
        self.answers.append(then)

    def pause(self, until: float | None = None) -> None:
        self.calls.append(("pause",) if until is None else ("pause", until))

    def resume(self) -> None:
        self.calls.append(("resume",))


class QueueBus(FakeBus):
    """Writes down the commands that the queue gives."""

    def check_now(self, job_id: str) -> None:
        self.calls.append(("check_now", job_id))

    def drop_unconfirmed(self, job_id: str) -> None:
        self.calls.append(("drop_unconfirmed", job_id))

    def send_again(self, job_id: str) -> None:
        self.calls.append(("send_again", job_id))

    def remove(self, job_id: str) -> None:
        self.calls.append(("remove", job_id))
        self.show_job(replace(self.jobs[job_id], hidden=True))

    def undo_remove(self, job_id: str) -> None:
        self.calls.append(("undo_remove", job_id))
        self.show_job(replace(self.jobs[job_id], hidden=False))


class FakeCommands:
    """The program's side, without a disk: files are the paths it was told of."""

    def __init__(self) -> None:
        self.settings = Settings(theme="dark")
        self.window_state = WindowState()
        self.calls: list[tuple[object, ...]] = []
        self.key = ""
        self.key_problem: UserError | None = None
        self.key_storage = "keyring"
        self.bad_files: dict[str, str] = {}
        self.prepared: list[FrameSource] = []
        self.size = (1920, 1200)
        self.own_clips: dict[str, Job] = {}
        self.clip_lengths: dict[str, float] = {}
        self.export_problem: UserError | None = None
        self.lists: dict[str, Sequence[str]] = {}
        self.gone_frames: set[str] = set()
        self.answers: list[Callable[[object], None]] = []  # of tests of the network

    def apply_settings(self, settings: Settings) -> None:
        self.settings = settings
        theme.install(RESOURCES, *settings.look)
        self.calls.append(("apply_settings", settings))

    def save_window_state(self, state: WindowState) -> None:
        self.window_state = state
        self.calls.append(("save_window_state", state))

    def add_clips(self, paths: list[Path], then: Callable[[AddedClips], None]) -> None:
        self.calls.append(("add_clips", paths))
        then(AddedClips(added=2, located=1, known=4, foreign=1))

    def read_clip(self, path: Path, then: Callable[[Job | None], None]) -> None:
        then(self.own_clips.get(path.name))

    def export_clip(
        self, job: Job, target: Path, kind: Export, then: Callable[[UserError | None], None]
    ) -> None:
        self.calls.append(("export_clip", job.id, target, kind))
        then(self.export_problem)

    def show_log(self) -> None:
        self.calls.append(("show_log",))

    def set_key(self, key: str, then: Callable[[KeyOutcome], None]) -> None:
        if self.key_problem is not None:
            then(KeyOutcome(False, "", self.key_problem.problem))
            return
        self.key = key
        self.settings = replace(self.settings, service="pixeldojo")
        then(KeyOutcome(True, self.key_storage, None))

    def remove_key(self, then: Callable[[], None]) -> None:
        self.key = ""
        then()

    def has_key(self) -> bool:
        return bool(self.key)

    def use_service(self, service: str) -> None:
        self.settings = replace(self.settings, service=service)
        self.calls.append(("use_service", service))

    def network(self) -> FakeCommands:
        return self

    def check_file(self, path: str, then: Callable[[str], None]) -> None:
        then(self.bad_files.get(path, ""))

    def test(self, settings: Settings, typed: str, then: Callable[[object], None]) -> None:
        self.calls.append(("test", settings, typed))
        self.answers.append(then)

    def use(self, settings: Settings, typed: str, then: Callable[[str], None]) -> None:
        self.calls.append(("use", settings, typed))
        entry = proxy_entry(settings.proxy)
        stored = self.key_storage if typed else ""
        self.settings = settings.with_key(entry, True) if stored == "keyring" else settings
        then(stored)

    def diagnose(self, window: Sequence[str], report: object) -> str:
        self.calls.append(("diagnose", report))
        return "\n".join(["Pixverse Desktop diagnostics", *window])

    def refill_demo(self) -> None:
        self.calls.append(("refill_demo",))

    def clip_folder(self) -> Path:
        return Path(self.settings.clip_folder or Path.home() / "Videos" / "Pixverse Desktop")

    def free_space(self, then: Callable[[int | None], None]) -> None:
        then(212_000_000_000)

    def reveal(self, path: Path) -> None:
        self.calls.append(("reveal", path))

    def check_frame_file(self, path: str) -> str:
        return self.bad_files.get(path, "")

    def prepare_frame(self, source: FrameSource) -> tuple[Frame, bytes, str]:
        reason = self.bad_files.get(source.path, "") or self.bad_files.get(source.url, "")
        if reason:
            raise UserError(problem(ProblemCode.FRAME, reason))
        self.prepared.append(source)
        kind = FrameKind.URL if source.url else FrameKind.FILE
        value = source.url or f"frame{len(self.prepared)}.jpg"
        return Frame(kind, value, *self.size, source.label), jpeg_bytes(*self.size), ""

    def frame_preview(self, frame: Frame) -> bytes:
        return jpeg_bytes(frame.width or 16, frame.height or 9)

    def clip_seconds(self, address: str) -> float:
        self.calls.append(("clip_seconds", address))
        if address not in self.clip_lengths:
            raise UserError(problem(ProblemCode.FRAME, Message("clip_unmeasured")))
        return self.clip_lengths[address]

    def word_lists(self) -> Lists:
        return self.lists.get

    def frame_is_gone(self, frame: Frame) -> bool:
        return frame.value in self.gone_frames

    def read_table(
        self, path: str, model: ModelSpec, without: Collection[str], text: str | None = None
    ) -> GivenTable:
        def frame(text: str) -> Frame:
            return self.prepare_frame(FrameSource(path=text, label=Path(text).name))[0]

        data = bytes_of(Path(path)) if text is None else text.encode()
        return read_given(data, Path(path), model, self.word_lists(), frame, without)

    def write_table(self, cells: Sequence[Cell], model: ModelSpec, path: str) -> None:
        write_cells(cells, model, Path("/frames"), Path(path))

    def request_close(self) -> None:
        self.calls.append(("request_close",))

    def names(self) -> list[object]:
        return [call[0] for call in self.calls]


class RealFrames(FakeCommands):
    """Frames are read, fetched and stored by the program's own parts."""

    def __init__(self, paths: Paths) -> None:
        super().__init__()
        self.paths = paths

    def check_frame_file(self, path: str) -> str:
        return refusal_of_file(Path(path))

    def prepare_frame(self, source: FrameSource) -> tuple[Frame, bytes, str]:
        if source.path:
            return frame_from_file(Path(source.path), self.paths)
        if source.data:
            return store_frame(source.data, source.label, self.paths)
        return frame_from_url(source.url, self.paths, SYSTEM)


class FakeTools(QObject):
    """Writes down what was asked of the tools of the player."""

    def __init__(self, calls: list[tuple[object, ...]], parent: QObject) -> None:
        super().__init__(parent)
        self._calls = calls

    def set_in(self) -> None:
        self._calls.append(("set_in",))

    def set_out(self) -> None:
        self._calls.append(("set_out",))

    def clear_in(self) -> None:
        self._calls.append(("clear_in",))

    def clear_out(self) -> None:
        self._calls.append(("clear_out",))

    def clear_range(self) -> None:
        self._calls.append(("clear_range",))

    def run_back(self) -> None:
        self._calls.append(("run_back",))

    def stand(self) -> None:
        self._calls.append(("stand",))

    def run_forward(self) -> None:
        self._calls.append(("run_forward",))

    def show_actual_size(self) -> None:
        self._calls.append(("show_actual_size",))

    def show_fitted(self) -> None:
        self._calls.append(("show_fitted",))

    def save_frame(self) -> None:
        self._calls.append(("save_frame",))

    def copy_frame(self) -> None:
        self._calls.append(("copy_frame",))


class FakePlayer(QWidget):
    said = Signal(str)
    example_chosen = Signal(str)
    job_shown = Signal(object)
    reuse_requested = Signal(object)
    pick_requested = Signal(object)
    clip_played = Signal(object)
    clip_menu_wanted = Signal(object, object, bool)
    frame_requested = Signal(object, int, str)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[object, ...]] = []
        self.idle = True
        self.current_job: Job | None = None
        self.tools = FakeTools(self.calls, self)
        self.stage = self

    def show_job(self, job: Job | None, autoplay: bool = True) -> None:
        self.calls.append(("show_job", job))
        self.job_shown.emit(job)

    def toggle_play(self) -> None:
        self.calls.append(("toggle_play",))

    def step(self, frames: int) -> None:
        self.calls.append(("step", frames))

    def use_last_frame(self) -> None:
        self.calls.append(("use_last_frame",))

    def use_shown_frame(self, slot: str) -> None:
        self.calls.append(("use_shown_frame", slot))

    def toggle_full_screen(self) -> None:
        self.calls.append(("toggle_full_screen",))

    def leave_full_screen(self) -> None:
        self.calls.append(("leave_full_screen",))

    def toggle_loop(self) -> None:
        self.calls.append(("toggle_loop",))

    def toggle_mute(self) -> None:
        self.calls.append(("toggle_mute",))

    def change_volume(self, by: float) -> None:
        self.calls.append(("change_volume", by))

    def set_picked(self, picked: bool) -> None:
        self.picked = picked

    def lend_stage(self, place: object) -> None:
        self.calls.append(("lend_stage", place))

    def show_clip_line(self, shown: bool) -> None:
        self.line_shown = shown

    def is_idle(self) -> bool:
        return self.idle


class FakeQueue(QWidget):
    playing: Job | None = None
    split: tuple[int, ...] = ()

    def set_split(self, heights: Sequence[int]) -> None:
        self.split = tuple(heights)

    def __init__(self) -> None:
        super().__init__()
        self.trashed: list[str] = []

    def show_new(self, new_clips: object) -> None:
        self.new_clips = new_clips

    def on_clips_trashed(self, job_ids: list[str]) -> None:
        if self.isVisible():
            self.trashed += job_ids

    def show_playing(self, job: Job | None) -> None:
        self.playing = job

    def newest_clip(self) -> Job | None:
        return None

    job_selected = Signal(object)
    reuse_requested = Signal(object)
    edit_requested = Signal(object)
    said = Signal(str)
    job_id_wanted = Signal(object)
    copy_requested = Signal(object)
    pick_requested = Signal(object)
    sheet_requested = Signal(object, str)
    clip_menu_wanted = Signal(object, object, bool)


def make_actions(context: UiContext) -> ClipActions:
    """What clips are asked for, without a window around it."""
    return ClipActions(context, QWidget())


def jpeg_bytes(width: int, height: int) -> bytes:
    """A small JPEG of that shape."""
    scale = max(1, max(width, height) // 96)
    image = QImage(max(1, width // scale), max(1, height // scale), QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG")
    return bytes(held.data())


def make_context(status: ServiceStatus | None = None, *, at_once: bool = True) -> UiContext:
    """A context of fakes."""
    commands = FakeCommands()
    return UiContext(
        bridge=FakeBus(status or demo_status()),
        workers=FakeWorkers(at_once),
        settings=commands.settings,
        commands=commands,
        frames_folder=Path("/nowhere"),
        resources=RESOURCES,
    )


def level_of(image: QImage) -> int:
    """Which frame a picture is, by its grey."""
    level = image.pixelColor(image.width() // 2, image.height() // 2).green()
    return round((level - 10) / 12)


def shown_index(player: PlayerPanel) -> int:
    """Which frame the still on the stage is."""
    return level_of(player.video_area.still.image)


def said(panel: ComposePanel) -> str:
    """Everything the panel says at the moment."""
    words = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    return "\n".join([*words, panel.frames.wells[FrameSlot.START].accessibleDescription()])
