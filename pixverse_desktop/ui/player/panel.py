"""The centre: one clip, how it is played, and what can be done with it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.base.command import Command
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.playback.filmstrip import FilmstripMaker
from pixverse_desktop.ui.playback.frame_decoder import StillFrame
from pixverse_desktop.ui.player.body_place import BodyPlace
from pixverse_desktop.ui.player.controls import Controls
from pixverse_desktop.ui.player.making_page import AwaitedClip
from pixverse_desktop.ui.player.playback_settings import PlaybackSettings
from pixverse_desktop.ui.player.review_tools import ReviewTools
from pixverse_desktop.ui.player.sequence import SequenceStage
from pixverse_desktop.ui.player.transport import Transport
from pixverse_desktop.ui.player.video_area import Page, VideoArea
from pixverse_desktop.ui.widgets.labels import plain_label

if TYPE_CHECKING:
    from pixverse_desktop.ui.playback.media_player import MediaPlayer


class PlayerPanel(QWidget):
    """Plays the clip of a saved job. Everything slow happens on workers or in QtMultimedia."""

    reuse_requested = Signal(object)  # Job
    frame_requested = Signal(object, int, str)  # Job, frame (-1: the last), "start" or "end"
    pick_requested = Signal(object)  # list of Job
    clip_menu_wanted = Signal(object, object, bool)  # QMenu, list of Job, file missing: fill it
    clip_played = Signal(object)  # Job: it has begun to run, the first time since it was shown
    state_changed = Signal()
    job_shown = Signal(object)  # Job, or None: what is on the stage now
    said = Signal(str)  # a sentence for the window to show
    example_chosen = Signal(str)  # a prompt for the form

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._bridge = context.bridge
        self._commands = context.commands
        self._job: Job | None = None
        self._resumes = False  # plays on after scrubbing
        self._closed = False
        self._missing = False  # the clip's file
        self._autoplayed = True
        self.setAccessibleName(self.tr("Player"))
        self.setMinimumWidth(320)
        self.video_area = VideoArea(known=self._bridge.jobs_known)
        self.controls = Controls()
        self.transport = Transport(context.workers, self.video_area.long_side_px, self)
        self.playback_settings = PlaybackSettings(context.commands, self.transport, self.controls)
        self.tools = ReviewTools(self.transport, self.video_area, self.controls, context.workers)
        self.awaited = AwaitedClip(context, self.video_area.making, self)
        self.film = FilmstripMaker(context.workers, self)
        self.sequence = SequenceStage(self)
        self._filmed = ""
        self._ran = False  # since it was put on the stage
        self.menu = QMenu(self)
        self._build_layout()
        self._connect()

    @property
    def stage(self) -> QWidget:
        """Where the clip is shown."""
        return self.video_area

    @property
    def current_job(self) -> Job | None:
        """The job whose clip is on the stage."""
        return self._job

    def show_job(self, job: Job | None, autoplay: bool = True) -> None:
        """Play the clip of ``job`` from its start; None, or a job without a clip, empties it."""
        if self._closed:
            return
        clip = job.clip if job is not None and job.state is JobState.SAVED else None
        self._job = job if clip is not None else None
        self._autoplayed = autoplay
        self._ran = False
        self._resumes = self._missing = False
        self.tools.shuttle.rest()
        self.film.stop()
        self._filmed = ""
        self.note.hide()
        self.awaited.show(job if clip is None and _is_made_yet(job) else None)
        if self.awaited.job is not None:
            self.video_area.show_page(Page.MAKING)
        elif clip is None:
            self.video_area.show_empty(job)
        elif self.video_area.page is Page.EMPTY:
            self.video_area.show_nothing()
        self.controls.set_clip(clip is not None, clip is None or clip.has_audio)
        self.controls.line.show_job(self._job)
        self.transport.load(clip, play=autoplay)
        self.job_shown.emit(self._job)

    def is_idle(self) -> bool:
        """True when another clip may take the stage: none is loaded, or it was seen to its end."""
        if self.place.is_full_screen or self.sequence.is_on:
            return False
        seen = self.transport.at_end or self.transport.rounds > 0 or self._is_untouched()
        return self._job is None or seen or self.video_area.page is Page.PROBLEM

    def shutdown(self) -> None:
        """Stop and let go of the file and the sound; safe to repeat."""
        if self._closed:
            return
        self.leave_full_screen()
        self.playback_settings.finish()
        self._closed = True
        self.film.stop()
        self.awaited.show(None)
        self.tools.shuttle.rest()
        self.video_area.show_page(Page.EMPTY)
        self.transport.close()

    # --- commands ---

    @Slot()
    def toggle_play(self) -> None:
        """Play or pause."""
        if self.sequence.toggle():
            return
        led = self.tools.shuttle.runs
        self.tools.shuttle.rest()
        if self.transport.is_playing or led:
            self.transport.pause()
        elif self.transport.is_playable:
            self.transport.play()
        else:
            self.tools.run_forward()

    def step(self, frames: int) -> None:
        """Pause, and go ``frames`` on or back, exactly."""
        self.tools.shuttle.rest()
        self.transport.step(frames)

    @Slot()
    def toggle_loop(self) -> None:
        """Begin again at the end, or stop there."""
        self.playback_settings.toggle_loop()

    @Slot()
    def toggle_mute(self) -> None:
        """Sound on or off."""
        self.playback_settings.toggle_mute()

    def change_volume(self, by: float) -> None:
        """Louder by a share of the whole, or quieter."""
        self.controls.mute.louder(by)

    @Slot(bool)
    def set_picked(self, picked: bool) -> None:
        """Whether the clip on the stage is one of the best."""
        self.controls.line.set_picked(picked)

    def show_clip_line(self, shown: bool) -> None:
        """Tell of the clip over the transport, or leave that to what stands below."""
        self.controls.line.setVisible(shown)

    @Slot()
    def use_last_frame(self) -> None:
        """Go on from where the clip ends: its last frame becomes the start frame."""
        self._ask_for_frame(-1, "start")

    def use_shown_frame(self, slot: str) -> None:
        """The frame on the stage becomes the "start" or "end" frame."""
        self.tools.stand()
        self._ask_for_frame(self.transport.shown_index, slot)

    def _ask_for_frame(self, index: int, slot: str) -> None:
        if self._job is None or self._missing:
            return  # the stage says that the file is missing, and what to do
        self.leave_full_screen()
        self.frame_requested.emit(self._job, index, slot)

    def leave_full_screen(self) -> None:
        """The window is wanted in front."""
        if self.place.is_full_screen:
            self.toggle_full_screen()

    @Slot()
    def toggle_full_screen(self) -> None:
        """Give the stage the whole screen, or take it back."""
        if self.place.is_full_screen or (self._job is not None and not self._closed):
            self.place.toggle_full_screen()

    def lend_stage(self, place: QVBoxLayout | None) -> None:
        """Show clip and transport in ``place``; None brings them back."""
        self.place.lend(place)

    # --- what came from the transport ---

    @Slot()
    def on_transport_changed(self) -> None:
        transport = self.transport
        self.controls.set_time(*self.sequence.time())
        self.controls.set_frame(transport.shown_index, transport.count)
        self.controls.seek.set_range(transport.range_ms())
        self.controls.play.set_playing(transport.is_playing or self.tools.shuttle.runs)
        self.state_changed.emit()
        self.sequence.on_transport_changed()

    @Slot(object)
    def on_transport_still_ready(self, still: StillFrame) -> None:
        opens = self._filmed != self.transport.path
        if opens:
            self._filmed = self.transport.path
            self.film.want(Path(self._filmed), self.transport.count)
            self.video_area.set_shape(still.shape)
        self.video_area.still.set_image(still.image)
        self.video_area.show_page(Page.STILL)
        if opens:
            self.video_area.still.repaint()  # before the deck loads the file, which takes longer

    @Slot()
    def on_transport_video_runs(self) -> None:
        self.video_area.show_page(Page.VIDEO)
        self._tell_played()

    @Slot(object)
    def on_transport_player_made(self, media_player: MediaPlayer) -> None:
        if media_player.video is not None:
            self.video_area.video.set_video(media_player.video)
        self.playback_settings.show()

    @Slot()
    def on_transport_unplayable(self) -> None:
        self.note.show()
        self._tell_played()  # as far as it can be here

    def _tell_played(self) -> None:
        if self._job is not None and not self._ran:
            self._ran = True
            self.clip_played.emit(self._job)

    @Slot(object)
    def on_film_made(self, images: list[QImage]) -> None:
        self.controls.seek.set_film(images)

    @Slot()
    def on_shuttle_changed(self) -> None:
        self.playback_settings.show()
        self.on_transport_changed()

    @Slot(object)
    def on_transport_failed(self, still: StillFrame) -> None:
        fetchable = self._job is not None and self._job.remote_id is not None
        self._missing = still.missing
        if still.missing:
            sentence = self.tr("The file of this clip is no longer where it was saved.")
            self.video_area.show_problem(sentence, "", fetch=fetchable, reveal=not fetchable)
        else:
            sentence = self.tr("This clip cannot be played here.")
            self.video_area.show_problem(sentence, still.trouble[:300], fetch=False, reveal=True)
        self.film.stop()
        self.controls.offer_less(self.place.is_full_screen)

    # --- what came from the bus ---

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        awaited = self.awaited.job
        if awaited is not None and job.id == awaited.id and job.state is not JobState.SAVED:
            self.show_job(job)  # what is saved is put on the stage by the window
        if self._job is None or job.id != self._job.id:
            return
        if job.deleted:
            self.show_job(None)
        elif self.video_area.page is Page.PROBLEM and job.state is JobState.SAVED:
            self.show_job(job)  # it was fetched again
        elif job.clip is not None:
            self._job = job
            self.controls.line.show_job(job)

    # --- what the user does ---

    @Slot()
    def on_video_area_double_clicked(self) -> None:
        # The first click of the two has toggled it already.
        self.toggle_play()
        self.toggle_full_screen()

    @Slot()
    def on_seek_scrub_started(self) -> None:
        self._resumes = self.transport.is_playing
        self.tools.stand()

    @Slot()
    def on_seek_scrub_ended(self) -> None:
        if self._resumes:
            self._resumes = False
            self.transport.play()

    @Slot(QPoint)
    def on_controls_menu_wanted(self, place: QPoint) -> None:
        self._fill_menu()
        self.controls.add_folded(self.menu)
        self.menu.popup(place - QPoint(0, self.menu.sizeHint().height()))

    @Slot(QPoint)
    def on_stage_menu_wanted(self, place: QPoint) -> None:
        self._fill_menu()
        if not self.menu.isEmpty():
            self.menu.popup(place)

    def _fill_menu(self) -> None:
        self.menu.clear()
        job = self._job or self.awaited.job
        if job is not None:
            self.clip_menu_wanted.emit(self.menu, [job], self._missing)

    @Slot()
    def on_reuse_clicked(self) -> None:
        if self._job is None:
            return
        self.leave_full_screen()
        self.reuse_requested.emit(self._job)

    @Slot()
    def on_pick_clicked(self) -> None:
        if self._job is not None:
            self.pick_requested.emit([self._job])

    @Slot()
    def on_reveal_clicked(self) -> None:
        if self._job is not None and self._job.clip is not None:
            self._commands.reveal(Path(self._job.clip.path))

    @Slot()
    def on_fetch_clicked(self) -> None:
        if self._job is not None:
            self._bridge.fetch_again(self._job.id)
            self.video_area.show_problem(
                self.tr("The clip is being fetched again."), "", fetch=False, reveal=False
            )

    @Slot(object)
    def on_place_command_pressed(self, pressed: Command) -> None:
        pressed.start(self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint.stage(self)

    # --- inside ---

    def _is_untouched(self) -> bool:
        """Only stands there since the start of the program: nobody asked for it."""
        transport = self.transport
        return not self._autoplayed and not transport.is_playing and transport.position_ms == 0

    def _build_layout(self) -> None:
        self._body = QWidget()
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.video_area, 1)
        self.note = plain_label(
            self.tr(
                "Clips cannot run here, only be shown frame by frame: this "
                "system has no way to play video."
            ),
            "secondary",
            wrap=True,
        )
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.hide()
        inner.addWidget(self.note)
        inner.addWidget(self.controls)
        self.place = BodyPlace(self, self._body, self.video_area, self.controls)

    def _connect(self) -> None:
        transport, controls, video_area = self.transport, self.controls, self.video_area
        transport.changed.connect(self.on_transport_changed)
        transport.still_ready.connect(self.on_transport_still_ready)
        transport.video_runs.connect(self.on_transport_video_runs)
        transport.player_made.connect(self.on_transport_player_made)
        transport.failed.connect(self.on_transport_failed)
        transport.unplayable.connect(self.on_transport_unplayable)
        self.place.changed.connect(self.state_changed)
        self.place.command_pressed.connect(self.on_place_command_pressed)
        self.film.made.connect(self.on_film_made)
        self.tools.shuttle.changed.connect(self.on_shuttle_changed)
        self.tools.said.connect(self.said)
        self._bridge.job_changed.connect(self.on_bridge_job_changed)
        self._bridge.jobs_reset.connect(self.video_area.on_jobs_known)
        video_area.clicked.connect(self.toggle_play)
        video_area.examples.chosen.connect(self.example_chosen)
        video_area.menu_wanted.connect(self.on_stage_menu_wanted)
        video_area.double_clicked.connect(self.on_video_area_double_clicked)
        video_area.fetch_button.clicked.connect(self.on_fetch_clicked)
        video_area.reveal_button.clicked.connect(self.on_reveal_clicked)
        controls.seek.scrub_started.connect(self.on_seek_scrub_started)
        controls.seek.sought.connect(transport.seek)
        controls.seek.scrub_ended.connect(self.on_seek_scrub_ended)
        controls.play.clicked.connect(self.toggle_play)
        controls.back.clicked.connect(partial(self.step, -1))
        controls.forward.clicked.connect(partial(self.step, 1))
        controls.loop.clicked.connect(self.toggle_loop)
        controls.mute.clicked.connect(self.toggle_mute)
        controls.full_screen.clicked.connect(self.toggle_full_screen)
        controls.line.reuse_clicked.connect(self.on_reuse_clicked)
        controls.line.continue_clicked.connect(self.use_last_frame)
        controls.line.pick_clicked.connect(self.on_pick_clicked)
        controls.menu_wanted.connect(self.on_controls_menu_wanted)


def _is_made_yet(job: Job | None) -> bool:
    """Whether a clip may still come of a job."""
    return job is not None and (job.is_active or job.state is JobState.UNCONFIRMED)
