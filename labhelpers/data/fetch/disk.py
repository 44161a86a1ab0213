"""What a disk may refuse, said in one sentence; and holding a place against other processes."""

import contextlib
import errno
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from labhelpers.data.fetch.data_error import DataError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OLD_S = 60
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)
_IN_THE_WAY = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR)


@contextlib.contextmanager
def explain_disk(
    path: Path, needed_bytes: int | None = None, clear: Callable[[], None] | None = None
) -> Iterator[None]:
    """Turns what the disk refuses into one sentence; calls `clear` when it is full."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        if error.errno in _FULL:
            if clear is not None:
                clear()
            expected = f"room for {needed_bytes:,} bytes" if needed_bytes else "room"
            came = "the disk is full"
            way_on = "Free some space, or set LABHELPERS_DATA to a folder on another disk."
        elif error.errno in _FORBIDDEN:
            expected, came = "a folder that can be written", "it cannot"
            way_on = "Set LABHELPERS_DATA to a folder of your own."
        elif error.errno in _IN_THE_WAY:
            expected, came = "a folder, or none yet", "something else is in its place"
            way_on = "Move that away, or set LABHELPERS_DATA to another folder."
        else:
            expected, came = "a place that can be read and written", "the system refuses it"
            way_on = "Try again, or set LABHELPERS_DATA to another folder."
        came = f"{came} ({error.strerror})"
        raise DataError(path, expected=expected, came=came, way_on=way_on) from error


def is_there(path: Path) -> bool:
    """Says whether a file or folder of the data folder is there; an empty folder is none."""
    root = path.parent
    with explain_disk(root):
        if root.exists() and not root.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        return any(path.iterdir()) if path.is_dir() else path.exists()


def check_room(folder: Path, needed_bytes: int) -> None:
    """Checks before the work that a folder's disk has room for its result."""
    with explain_disk(folder, needed_bytes):
        free = shutil.disk_usage(folder).free
        if free < needed_bytes:
            raise OSError(errno.ENOSPC, f"{free:,} bytes are free")


def write_aside(path: Path, content: bytes) -> None:
    """Writes, in one step, what can be made again: a disk that refuses it is no obstacle.

    What a killed process left of an earlier try is cleared away after a minute.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        for left_over in path.parent.glob(f"{path.name}.*.part"):
            if time.time() - left_over.stat().st_mtime > _OLD_S:
                left_over.unlink()
        part.write_bytes(content)
        part.replace(path)
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def hold_lock(folder: Path, name: str) -> Iterator[None]:
    """Keeps other processes from making `name` in the data folder at the same time.

    The operating system holds the lock and lets it go when the process ends, however it ends. So a
    lock file that was left behind blocks nobody.
    """
    with explain_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f".{name}.lock")
        try:
            lock.acquire(timeout=0.2)
        except Timeout:
            print(f"{name}: another process is getting it; waiting.", file=sys.stderr)
            lock.acquire(poll_interval=0.1)
    try:
        yield
    finally:
        lock.release()
