"""Files made durable: written aside, synced, renamed, and the folder synced."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from pathlib import Path

_CHUNK_BYTES = 1 << 20
# How a file system says that it has no such thing: some network and FUSE ones cannot sync.
_UNKNOWN_THERE = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


def sync(descriptor: int) -> bool:
    """Make an open file or folder survive a power cut; False where the file system cannot do that,
    which is no reason to lose what was written. Raises OSError."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNKNOWN_THERE:
            raise
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Make a rename inside ``folder`` survive a power cut, where the system can (POSIX)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> bool:
    """Make the content of ``path`` survive a power cut; False where that cannot be done."""
    with path.open("rb+") as file:
        return sync(file.fileno())


def free_bytes(folder: Path) -> int | None:
    """Free space on the disk of ``folder``; None where the file system does not know.

    Raises OSError when there is no such folder.
    """
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        if error.errno not in _UNKNOWN_THERE:
            raise
        return None
    return usage.free if usage.total else None


def write_durably(path: Path, data: bytes) -> None:
    """Write ``data`` so that ``path`` is the old file or the whole new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: two threads may store the same picture at the same moment.
    aside = path.with_name(f"{path.name}.{os.urandom(16).hex()}.tmp")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            sync(file.fileno())
        aside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def copy_to_new(source: Path, target: Path) -> None:
    """Copy a file to a name that must be free: a whole copy or nothing.

    Raises FileExistsError when ``target`` appeared meanwhile, OSError for the disk.
    """
    aside = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    try:
        shutil.copyfile(source, aside)
        try:
            os.link(aside, target)
        except FileExistsError:
            raise
        except (OSError, AttributeError):  # no hard links on this file system
            with target.open("xb"):
                pass
            aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """Hex digest of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
