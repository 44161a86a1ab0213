"""Where data lives on this machine."""

import contextlib
import os
import tempfile
from pathlib import Path


def data_root() -> Path:
    """Returns the folder in which data files live; it need not exist yet.

    It is LABHELPERS_DATA, else the platform's cache folder: ~/.cache/labhelpers on Linux,
    ~/Library/Caches/labhelpers on macOS, AppData/Local/labhelpers/Cache on Windows.
    """
    chosen = os.environ.get("LABHELPERS_DATA", "").strip()
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("labhelpers", appauthor=False))


def find_cache_folder() -> Path:
    """Returns the folder for what can be made again: in the data folder where that can be written.

    Where it cannot, a folder of your own among the system's temporary files.

    Raises:
        DataError: If neither can be written.
    """
    from labhelpers.data.fetch.data_error import DataError

    user = os.geteuid() if hasattr(os, "geteuid") else os.environ.get("USERNAME", "")
    own = Path(tempfile.gettempdir()) / f"labhelpers-{user}"
    for folder in (data_root() / "cache", own):
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700 if folder == own else 0o777, parents=True, exist_ok=True)
            if folder == own and hasattr(os, "geteuid") and own.stat().st_uid != user:
                # Someone else made a folder of this name: what is in it is not ours.
                continue
            with tempfile.TemporaryFile(dir=folder):
                return folder
    raise DataError(
        data_root(),
        expected="a folder in which decoded pictures can be kept",
        came="neither this one nor the system's folder for temporary files can be written",
        way_on="Set LABHELPERS_DATA to a folder of your own.",
    )
