"""What the window is given: signals to watch, workers to ask, and the commands of the program."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.records import record

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    from pixverse_desktop.core.batch.patterns import Lists
    from pixverse_desktop.core.engine.new_jobs import Cell
    from pixverse_desktop.core.model.parameters import ModelSpec
    from pixverse_desktop.core.service import ServiceReport
    from pixverse_desktop.services.batch_files import GivenTable
    from pixverse_desktop.services.engine_bridge import EngineBridge
    from pixverse_desktop.services.export import Export
    from pixverse_desktop.services.film_files import FilmFiles
    from pixverse_desktop.services.network import NetworkCommands
    from pixverse_desktop.services.qt_workers import Workers
    from pixverse_desktop.services.settings import Settings, WindowState
    from pixverse_desktop.store.clip_search import Library
from pixverse_desktop.services.application import AddedClips, FrameSource, KeyOutcome


class AppCommands(Protocol):
    """What the window may ask of the program; all of it returns at once unless marked BLOCKING."""

    @property
    def settings(self) -> Settings:
        """The settings in use."""

    @property
    def window_state(self) -> WindowState:
        """The window's state as last loaded or saved."""

    def apply_settings(self, settings: Settings) -> None:
        """Save the settings off the main thread; they take effect at once."""

    def save_window_state(self, state: WindowState) -> None:
        """Save the window's state off the main thread."""

    def set_key(self, key: str, then: Callable[[KeyOutcome], None]) -> None:
        """Trim, test at the service and store a key, then use PixelDojo."""

    def remove_key(self, then: Callable[[], None]) -> None:
        """Forget the key for PixelDojo."""

    def has_key(self) -> bool:
        """True when a key for PixelDojo is known."""

    def use_service(self, service: str) -> None:
        """Use "demo" or "pixeldojo"."""

    def network(self) -> NetworkCommands:
        """How the paid service is reached: tried out and changed."""

    def diagnose(self, window: Sequence[str], report: ServiceReport | None) -> str:
        """BLOCKING. What support needs to know, without keys, passwords and prompts."""

    def refill_demo(self) -> None:
        """Fill up the demo's play money."""

    def clip_folder(self) -> Path:
        """Where clips are saved."""

    def free_space(self, then: Callable[[int | None], None]) -> None:
        """Hand over the free bytes at the clip folder later."""

    def reveal(self, path: Path) -> None:
        """Show a file or folder in the system's file manager."""

    def show_log(self) -> None:
        """Show the folder of the log in the system's file manager."""

    def add_clips(self, paths: list[Path], then: Callable[[AddedClips], None]) -> None:
        """Take clips of this program into the list, from files and folders; ``then`` later."""

    def read_clip(self, path: Path, then: Callable[[Job | None], None]) -> None:
        """Hand over later what a clip says about itself; None when it is not this program's."""

    def export_clip(
        self, job: Job, target: Path, kind: Export, then: Callable[[UserError | None], None]
    ) -> None:
        """Write a clip, or what it was made with, to a file; ``then`` hears what went wrong."""

    def check_frame_file(self, path: str) -> str:
        """BLOCKING. The reason why a file cannot be a frame, or ""."""

    def prepare_frame(self, source: FrameSource) -> tuple[Frame, bytes, str]:
        """BLOCKING. Normalise and store a picture: the frame, its JPEG, a note ("" for none).

        Raises UserError with the sentence.
        """

    def frame_preview(self, frame: Frame) -> bytes:
        """BLOCKING. The JPEG bytes of a stored frame; raises UserError when it is gone."""

    def clip_seconds(self, address: str) -> float:
        """BLOCKING. How long the clip at an address lasts; raises UserError with the sentence."""

    def word_lists(self) -> Lists:
        """The user's lists of words; asking for one is BLOCKING."""

    def frame_is_gone(self, frame: Frame) -> bool:
        """BLOCKING. Whether a kept picture is no longer there."""

    def read_table(
        self, path: str, model: ModelSpec, without: Collection[str], text: str | None = None
    ) -> GivenTable:
        """BLOCKING. A table of clips or a list of prompts, without some columns; ``text`` instead
        of what is in the file, which names it then. Raises UserError with the sentence."""

    def write_table(self, cells: Sequence[Cell], model: ModelSpec, path: str) -> None:
        """BLOCKING. Write clips as a table that reads back as the same. Raises UserError."""

    def film_files(self) -> FilmFiles:
        """Films as files on the disk."""

    def request_close(self) -> None:
        """Wind down and end the program."""


class ReviewTools(Protocol):
    """What judging a take needs; the commands on it are called by their names."""

    def stand(self) -> None:
        """Stand still."""


class SequenceStage(Protocol):
    """Several clips shown as one; the view that shows them says which comes when."""

    @property
    def moved(self) -> SignalInstance:
        """Signal: the position, or whether it plays."""

    @property
    def ended(self) -> SignalInstance:
        """Signal: the clip on the stage has come to its end."""

    @property
    def failed(self) -> SignalInstance:
        """Signal: the clip on the stage cannot be played."""

    @property
    def position_ms(self) -> int:
        """Where the clip on the stage stands."""

    def begin(self, timeline: QWidget, toggle: Callable[[], None]) -> None:
        """From now on ``timeline`` stands under the stage, and Play asks ``toggle``."""

    def end(self) -> None:
        """Back to single clips."""

    def show_clip(self, job: Job, at_ms: int, *, play: bool) -> None:
        """A clip from there on."""

    def prepare(self, job: Job) -> None:
        """That clip comes next: its first frame is at hand when it does."""

    def show_slate(self, image: QImage, *, playing: bool) -> None:
        """A picture in the place of a clip that is not there."""

    def set_clock(self, before_ms: int, total_ms: int, slate_ms: int | None = None) -> None:
        """How long all before the clip and all together is; ``slate_ms``: where a slate stands."""

    def pause(self) -> None:
        """Stand still."""


class Player(Protocol):
    """What the window asks of the player panel."""

    @property
    def said(self) -> SignalInstance:
        """Signal: a sentence for the window to show."""

    @property
    def tools(self) -> ReviewTools:
        """For judging the shown clip."""

    @property
    def stage(self) -> QWidget:
        """Where the clip is shown."""

    @property
    def current_job(self) -> Job | None:
        """The job whose clip is shown."""

    @property
    def sequence(self) -> SequenceStage:
        """For a view that plays several clips as one."""

    def show_job(self, job: Job | None, autoplay: bool = True) -> None:
        """Show a job's clip, or how far it is, or nothing."""

    def toggle_play(self) -> None:
        """Play or pause."""

    def show_clip_line(self, shown: bool) -> None:
        """Tell of the clip over the transport, or leave that to what stands below."""

    def lend_stage(self, place: QVBoxLayout | None) -> None:
        """Show clip and transport in ``place``; None brings them back."""

    def leave_full_screen(self) -> None:
        """Stop filling the screen, if it does."""

    def is_idle(self) -> bool:
        """True while nothing plays."""


@record
class UiContext:
    """Handed to every panel."""

    bridge: EngineBridge
    workers: Workers
    settings: Settings
    commands: AppCommands
    frames_folder: Path
    resources: Path
    thumbnails: Path | None = None  # a cache: None keeps nothing
    # None without a database; what it gives is asked on the store's lane.
    library: Callable[[], Library] | None = None
