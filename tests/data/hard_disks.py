"""Disks that are full or read-only, by whatever means this machine allows: real ones, always."""

import contextlib
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Looked up now: a test may put another folder in its place.
_TEMP = Path(tempfile.gettempdir())


def _mount(*command: str) -> bool:
    if shutil.which("mount") is None or os.geteuid() != 0:
        return False
    return subprocess.run(["mount", *command], capture_output=True).returncode == 0


@contextlib.contextmanager
def small_disk(folder: Path, size_bytes: int) -> Iterator[Path]:
    """A file system of a given size; where none can be mounted, a limit on the size of files."""
    folder.mkdir(parents=True)
    if _mount("-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(folder)):
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield folder
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Makes a folder read-only: by a mount, else by its permissions, which bind all but root."""
    if _mount("--bind", "-o", "ro", str(folder), str(folder)) or (
        _mount("--bind", str(folder), str(folder)) and _mount("-o", "remount,bind,ro", str(folder))
    ):
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    entries = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    with _bound_by_permissions(folder, dict.fromkeys(entries, 0o555)):
        yield


@contextlib.contextmanager
def closed(path: Path) -> Iterator[None]:
    """Takes all permissions from a file or a folder, also for root."""
    with _bound_by_permissions(path, {path: 0}):
        yield


@contextlib.contextmanager
def _bound_by_permissions(path: Path, modes: dict[Path, int]) -> Iterator[None]:
    """Gives paths other permissions, and becomes a user who is bound by them."""
    above = [folder for folder in path.parents if folder.is_relative_to(_TEMP) and folder != _TEMP]
    before = {entry: stat.S_IMODE(entry.stat().st_mode) for entry in (*modes, *above)}
    user = os.geteuid()
    try:
        for entry, mode in modes.items():
            entry.chmod(mode)
        for folder in above:
            folder.chmod(before[folder] | 0o011)
        if user == 0:
            os.seteuid(65534)
        yield
    finally:
        if user == 0:
            os.seteuid(0)
        for entry, mode in before.items():
            entry.chmod(mode)
