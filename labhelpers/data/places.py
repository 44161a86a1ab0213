"""Where data lives on this machine."""

import os
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
