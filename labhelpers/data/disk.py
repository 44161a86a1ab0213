"""What a disk may refuse, said in one sentence; and holding a place against other processes."""

import contextlib
import errno
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from labhelpers.data.errors import DataError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)
_IN_THE_WAY = (errno.EEXIST, errno.ENOTDIR)


@contextlib.contextmanager
def explain_disk(
    path: Path, needed_bytes: int | None = None, clear: Callable[[], None] | None = None
) -> Iterator[None]:
    """Turns what the disk refuses into one sentence; for `with`.

    Args:
        path: The file or folder that is being written.
        needed_bytes: How much room it needs, if that is known.
        clear: Called when the disk is full, to give back what was written.

    Raises:
        DataError: In place of the OSError of a full, a read-only or a forbidden disk.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            if clear is not None:
                clear()
            raise DataError(
                path,
                expected=f"room for {needed_bytes:,} bytes" if needed_bytes else "room",
                came=f"the disk is full ({error.strerror})",
                way_on="Free some space, or set LABHELPERS_DATA to a folder on another disk.",
            ) from error
        if error.errno in _FORBIDDEN:
            raise DataError(
                path,
                expected="a folder that can be written",
                came=f"it cannot ({error.strerror})",
                way_on="Set LABHELPERS_DATA to a folder of your own.",
            ) from error
        if error.errno in _IN_THE_WAY:
            raise DataError(
                path,
                expected="a folder, or none yet",
                came=f"something else is in its place ({error.strerror})",
                way_on="Move that away, or set LABHELPERS_DATA to another folder.",
            ) from error
        raise


def check_room(folder: Path, needed_bytes: int) -> None:
    """Checks before the work that there is room for its result.

    Args:
        folder: A folder that exists.
        needed_bytes: How much is needed.

    Raises:
        DataError: If less is free.
    """
    with explain_disk(folder, needed_bytes):
        free = shutil.disk_usage(folder).free
        if free < needed_bytes:
            raise OSError(errno.ENOSPC, f"{free:,} bytes are free")


@contextlib.contextmanager
def hold_lock(folder: Path, name: str) -> Iterator[None]:
    """Keeps other processes from making the same thing; for `with`.

    The operating system holds the lock and lets it go when the process ends, however it ends. So
    a lock file that was left behind blocks nobody.

    Args:
        folder: The data folder; it is made if need be.
        name: What is being made.

    Raises:
        DataError: If the folder cannot be written.
    """
    from filelock import FileLock, Timeout

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
