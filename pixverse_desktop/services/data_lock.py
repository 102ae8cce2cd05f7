"""The lock on a data folder: one program at a time, or two could pay for the same clip."""

from __future__ import annotations

import errno

from filelock import FileLock, Timeout

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.services.paths import Paths

_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


def lock_data_folder(paths: Paths) -> FileLock | None:
    """Hold the data folder for this program; None when another one holds it.

    Freed by the system when the program dies. Raises OSError when the folder cannot be written,
    UserError (DISK) when its disk knows no locks.
    """
    paths.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        text = Message("no_locks", folder=str(paths.data), reason=str(error.strerror))
        raise UserError(problem(ProblemCode.DISK, text)) from error
    return lock
