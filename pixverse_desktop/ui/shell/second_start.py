"""What a start does when the data folder is held by another program already."""

from __future__ import annotations

import time
from typing import IO, assert_never

from pixverse_desktop.core.service import Origin, OriginKind
from pixverse_desktop.services.data_lock import lock_data_folder
from pixverse_desktop.services.paths import Paths

OTHER_SERVICE = (
    "The window on this data folder uses another service than the one asked for, and a window "
    "cannot change it. Close that window first, or name another folder with --data-dir."
)
_HAND_OVER_S = 6.0


class FolderInUse(Exception):
    """A command without a window holds the data folder."""


class OtherService(Exception):
    """The window that is there uses another service than the one asked for."""


def service_name(origin: Origin) -> str:
    """A service as a later start names it to the first window."""
    return "demo" if origin.kind is OriginKind.DEMO else origin.api_url


def second_start(paths: Paths, pictures: list[str], wanted: Origin | None) -> IO[bytes] | None:
    """None when the window that is there took over; the lock when that window just ended.

    Raises OtherService when that window cannot do what was asked, and FolderInUse when a command
    works on the folder, which cannot take over.
    """
    from pixverse_desktop.ui.shell.single_instance import HandOver, hand_over, kept_address

    service = service_name(wanted) if wanted is not None else ""
    until = time.monotonic() + _HAND_OVER_S
    while time.monotonic() < until:
        match hand_over(kept_address(paths.socket, paths.data), pictures, service=service):
            case HandOver.TAKEN:
                return None
            case HandOver.OTHER_SERVICE:
                raise OtherService
            case HandOver.UNANSWERED:
                pass
            case never:
                assert_never(never)
        if lock := lock_data_folder(paths):
            return lock
    raise FolderInUse
