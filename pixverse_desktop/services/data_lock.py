"""The lock on a data folder: one program at a time, or two could pay for the same clip."""

from __future__ import annotations

import errno
import sys
from typing import IO

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.services.paths import Paths

_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_data_folder(paths: Paths) -> IO[bytes] | None:
    """Hold the data folder for this program until what is returned is closed; None when another
    one holds it.

    Freed by the system when the program dies. Raises OSError when the folder cannot be written,
    UserError (DISK) when its disk knows no locks.
    """
    paths.data.mkdir(parents=True, exist_ok=True)
    file = paths.lock.open("ab")
    try:
        _lock(file)
    except OSError as error:
        file.close()
        if isinstance(error, (BlockingIOError, PermissionError)):  # the second is Windows'
            return None
        if error.errno not in _NO_LOCKS:
            raise
        text = Message("no_locks", folder=str(paths.data), reason=str(error.strerror))
        raise UserError(problem(ProblemCode.DISK, text)) from error
    return file
