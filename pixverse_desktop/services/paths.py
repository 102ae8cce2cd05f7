"""Where files lie, on each system, or all of them below one folder (``--data-dir``)."""

from __future__ import annotations

from pathlib import Path

from pixverse_desktop.core.records import record

_APP = "Pixverse Desktop"


@record
class Paths:
    """Every path the program writes to."""

    data: Path  # database, journal, copies, frames, the simulator's state
    config: Path  # settings
    cache: Path
    logs: Path
    clips: Path  # the default clip folder

    @property
    def database(self) -> Path:
        """The list of jobs."""
        return self.data / "pixverse.db"

    @property
    def frames(self) -> Path:
        """Prepared start and end frames."""
        return self.data / "frames"

    @property
    def thumbnails(self) -> Path:
        """Small pictures of clips; made anew when deleted."""
        return self.cache / "thumbnails"

    @property
    def simulator(self) -> Path:
        """The demo service's own jobs, ledger and clips."""
        return self.data / "simulator"

    @property
    def lock(self) -> Path:
        """Held while a program uses the data folder."""
        return self.data / "instance.lock"

    @property
    def socket(self) -> Path:
        """Says where the window on the data folder hears of later starts."""
        return self.data / "instance.socket"

    @property
    def settings(self) -> Path:
        """The user's choices."""
        return self.config / "settings.json"

    @property
    def window(self) -> Path:
        """Sizes and the form."""
        return self.config / "window.json"


def paths_below(folder: Path) -> Paths:
    """Everything below ``folder``."""
    folder = folder.expanduser().absolute()
    return Paths(folder, folder, folder / "cache", folder / "logs", folder / "clips")


def paths_of_user() -> Paths:
    """The system's own places."""
    import platformdirs  # with --data-dir, and before the key is looked for, nobody asks

    dirs = platformdirs.PlatformDirs("pixverse-desktop", appauthor=False, roaming=False)
    return Paths(
        dirs.user_data_path,
        dirs.user_config_path,
        dirs.user_cache_path,
        dirs.user_log_path,
        dirs.user_videos_path / _APP,
    )


def resources() -> Path:
    """The folder shipped with the program: inside the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"
