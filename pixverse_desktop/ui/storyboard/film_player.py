"""Plays the film in the player: the takes that count one after the other, slates between them."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pixverse_desktop.core.film.plan import FilmPlan, ShotPlan, ShotState
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import SequenceStage
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.storyboard.film_editor import FilmEditor
from pixverse_desktop.ui.storyboard.slate import slate
from pixverse_desktop.ui.storyboard.timeline import Part, Timeline
from pixverse_desktop.ui.widgets.labels import ElidedLabel
from pixverse_desktop.ui.widgets.segmented import Segmented

_SLATE_TICK_MS = 50
_WHOLE, _SHOT = "film", "shot"


class _Shown(NamedTuple):
    """What is on the stage: a shot, and the take, "" for a slate."""

    shot_id: str = ""
    job_id: str = ""


class FilmPlayer(QObject):
    """``place`` is what stands under the stage while the film is shown."""

    def __init__(self, stage: SequenceStage, editor: FilmEditor, pictures: Pictures) -> None:
        super().__init__(editor)
        self._stage = stage
        self._editor = editor
        self._pictures = pictures
        self._awake = False
        self._shown = _Shown()
        self._wants = False  # to play, as far as the user is concerned
        self._looked_at = "none"  # the id of a take that is shown in the place of the film's
        self._slate_ms = 0
        self._on_slate = False
        self._resumes = False
        self._own_choice = False  # the shot is chosen because the film came to it
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_SLATE_TICK_MS)
        self._timer.timeout.connect(self.on_timer_timeout)
        self.timeline = Timeline(pictures)
        self.where = ElidedLabel("", "secondary")
        self.extent = Segmented(self.tr("What is played"))
        self.extent.set_choices([(_WHOLE, self.tr("Whole film")), (_SHOT, self.tr("This shot"))])
        self._build_place()
        stage.moved.connect(self.on_stage_moved)
        stage.ended.connect(self.on_stage_ended)
        stage.failed.connect(self.on_stage_failed)
        self.timeline.scrub_started.connect(self.on_scrub_started)
        self.timeline.sought.connect(self.seek)
        self.timeline.scrub_ended.connect(self.on_scrub_ended)
        editor.changed.connect(self.on_editor_changed)
        editor.shot_chosen.connect(self.on_editor_shot_chosen)

    def set_awake(self, awake: bool) -> None:
        """The film has the stage, or leaves it."""
        if awake == self._awake:
            return
        self._awake = awake
        self._shown = _Shown()
        if awake:
            self._stage.begin(self.place, self.toggle)
            self.on_editor_changed()
        else:
            self._stop()
            self._stage.end()

    @property
    def position_ms(self) -> int:
        """Where the film stands."""
        part = self._part(self._shown.shot_id)
        if part is None:
            return 0
        here = self._slate_ms if self._on_slate else self._stage.position_ms
        return part.first_ms + min(max(0, here), part.length_ms)

    @Slot()
    def toggle(self) -> None:
        """Play, or stand still."""
        if self._wants:
            self._stop()
            return
        part = self._part(self._shown.shot_id)
        if part is None:
            return
        self._wants = True
        if self.position_ms >= part.end_ms - 1:
            last = part.shot_id == self.timeline.parts[-1].shot_id
            first = self.timeline.parts[0] if last and not self._one_shot() else part
            self._show(first, 0)
            return
        self._show(part, self.position_ms - part.first_ms)

    @Slot(int)
    def seek(self, position_ms: int) -> None:
        """Go to a time of the film."""
        part = self.timeline.part_at(position_ms)
        if part is not None:
            self._show(part, min(position_ms - part.first_ms, max(0, part.length_ms - 1)))
            self._choose(part)

    def show_take(self, job: Job) -> None:
        """Look at a take in the place of the one that counts."""
        part = self._part(self._editor.chosen)
        if part is not None and job.id != self._shown.job_id and self._awake:
            self._stop()
            self._looked_at = job.id
            self._on_slate = False
            self._shown = _Shown(part.shot_id, job.id)
            self._stage.show_clip(job, 0, play=False)
            self._tell()

    # --- news ---

    @Slot()
    def on_editor_changed(self) -> None:
        if not self._awake:
            return
        parts = parts_of(self._editor.plan)
        self.timeline.show_parts(parts, self._editor.chosen)
        self.place.setVisible(bool(parts))
        part = self._part(self._editor.chosen)
        if part is None:
            self._shown = _Shown()
            title, text = self.tr("A film begins here"), self.tr("Write it, shot by shot.")
            self._stage.show_slate(slate(None, title, text, self.timeline.font()), playing=False)
            self._stage.set_clock(0, 0, 0)
            return
        wanted = _Shown(part.shot_id, part.take.id if part.take is not None else "")
        looked_at = _Shown(part.shot_id, self._looked_at)
        if self._shown not in (wanted, looked_at):
            self._show(part, 0)
        else:
            self._tell()

    @Slot(str)
    def on_editor_shot_chosen(self, shot_id: str) -> None:
        if self._own_choice or not self._awake:
            return
        part = self._part(shot_id)
        self.timeline.show_parts(self.timeline.parts, shot_id)
        if part is not None and shot_id != self._shown.shot_id:
            self._show(part, 0)

    @Slot()
    def on_stage_moved(self) -> None:
        if self._awake and not self._on_slate:
            self._tell()

    @Slot()
    def on_stage_ended(self) -> None:
        if self._awake and self._wants:
            self._go_on()

    @Slot()
    def on_stage_failed(self) -> None:
        """A film that runs goes on, with a slate in the place of a clip that is gone; one that
        stands leaves what the stage says."""
        part = self._part(self._shown.shot_id)
        if self._awake and self._wants and part is not None and self._shown.job_id:
            self._show_slate(part, 0)

    @Slot()
    def on_timer_timeout(self) -> None:
        """A slate stands for as long as its shot will."""
        part = self._part(self._shown.shot_id)
        self._slate_ms += self._since.restart()
        if part is None:
            self._stop()
        elif self._slate_ms >= part.length_ms:
            self._slate_ms = part.length_ms
            self._go_on()
        else:
            self._tell()

    @Slot()
    def on_scrub_started(self) -> None:
        self._resumes = self._wants
        self._stop()

    @Slot()
    def on_scrub_ended(self) -> None:
        if self._resumes:
            self._resumes = False
            self.toggle()

    # --- inside ---

    def _go_on(self) -> None:
        parts = self.timeline.parts
        ids = [part.shot_id for part in parts]
        here = ids.index(self._shown.shot_id) if self._shown.shot_id in ids else -1
        if here >= 0 and self._one_shot():
            self._show(parts[here], 0)
        elif 0 <= here < len(parts) - 1:
            self._show(parts[here + 1], 0)
            self._choose(parts[here + 1])
        else:
            self._stop()

    def _show(self, part: Part, at_ms: int) -> None:
        self._timer.stop()
        self._on_slate = False
        self._shown = _Shown(part.shot_id, part.take.id if part.take is not None else "")
        if part.take is not None:
            self._stage.show_clip(part.take, at_ms, play=self._wants)
            self._prepare_after(part)
            self._tell()
        else:
            self._show_slate(part, at_ms)

    def _show_slate(self, part: Part, at_ms: int) -> None:
        self._on_slate, self._slate_ms = True, at_ms
        self._stage.show_slate(self._slate_of(part), playing=self._wants)
        if self._wants:
            self._since.start()
            self._timer.start()
        self._tell()

    def _prepare_after(self, part: Part) -> None:
        parts = self.timeline.parts
        after = parts[part.number] if part.number < len(parts) else None
        if after is not None and after.take is not None and not self._one_shot():
            self._stage.prepare(after.take)

    def _slate_of(self, part: Part) -> QImage:
        one = next(one for one in self._editor.shots if one.shot.id == part.shot_id)
        frame = one.shot.request.start_frame
        found = self._pictures.frame(frame) if frame is not None else None
        return slate(
            found.pixmap if found is not None else None,
            one_line(part.name),
            one_line(one.shot.request.prompt),
            self.timeline.font(),
        )

    def _stop(self) -> None:
        self._wants = False
        self._timer.stop()
        if not self._on_slate:
            self._stage.pause()
        elif self._shown.shot_id and self._awake:
            part = self._part(self._shown.shot_id)
            if part is not None:
                self._stage.show_slate(self._slate_of(part), playing=False)

    def _tell(self) -> None:
        part = self._part(self._shown.shot_id)
        if part is None:
            return
        slate_ms = self._slate_ms if self._on_slate else None
        total_ms = self.timeline.parts[-1].end_ms
        self._stage.set_clock(part.first_ms, total_ms, slate_ms)
        position_ms = self.position_ms
        self.timeline.show_ms(position_ms)
        now, length = (
            localised.number(ms / 1000, 1) for ms in (position_ms - part.first_ms, part.length_ms)
        )
        text = self.tr("Shot {number}, {now} of {length} s")
        self.where.short = self.tr("Shot {number}").format(number=part.number)
        self.where.setText(text.format(number=part.number, now=now, length=length))

    def _choose(self, part: Part) -> None:
        """The shot that is seen is the one that is meant."""
        self._own_choice = True
        self._editor.choose(part.shot_id)
        self._own_choice = False

    def _one_shot(self) -> bool:
        return self.extent.value() == _SHOT

    def _part(self, shot_id: str) -> Part | None:
        return next((part for part in self.timeline.parts if part.shot_id == shot_id), None)

    def _build_place(self) -> None:
        self.place = QWidget()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.where, 1)
        head.addWidget(self.extent)
        column = QVBoxLayout(self.place)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.timeline)


def parts_of(plan: FilmPlan | None) -> list[Part]:
    """The shots one after the other, those without a take as long as they are asked for."""
    found: list[Part] = []
    first_ms = 0
    for one in plan.shots if plan is not None else ():
        length_ms = _length_ms(one)
        shot = one.shot
        late = one.state is ShotState.OUT_OF_DATE
        found.append(
            Part(shot.id, one.number, shot.name, first_ms, length_ms, _playable(one),
                 shot.continues, late)
        )  # fmt: skip
        first_ms += length_ms
    return found


def _playable(one: ShotPlan) -> Job | None:
    return one.take if one.take is not None and one.take.clip is not None else None


def _length_ms(one: ShotPlan) -> int:
    take = _playable(one)
    clip = take.clip if take is not None else None
    seconds = clip.duration_s if clip is not None else one.shot.request.duration_s
    return max(1, round(seconds * 1000))
