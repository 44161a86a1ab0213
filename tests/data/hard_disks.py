"""Disks that are full or read-only, by whatever means this machine allows: real ones, always."""

import contextlib
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


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
    above = [path for path in folder.parents if path.is_relative_to(tempfile.gettempdir())]
    modes = [(path, stat.S_IMODE(path.stat().st_mode)) for path in (*entries, *above)]
    user = os.geteuid()
    try:
        for path in entries:
            path.chmod(0o555)
        for path in above:
            path.chmod(stat.S_IMODE(path.stat().st_mode) | 0o011)
        if user == 0:
            os.seteuid(65534)
        yield
    finally:
        if user == 0:
            os.seteuid(0)
        for path, mode in modes:
            path.chmod(mode)
