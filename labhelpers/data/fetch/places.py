"""Where data lives on this machine."""

import contextlib
import os
import tempfile
from pathlib import Path

from platformdirs import user_cache_dir

from labhelpers.data.fetch.data_error import DataError

_THREE_WAYS = (
    "With a network: run `labs data get {name}`. Without: put {file} from a stick into {root}, or "
    "set LABHELPERS_MIRROR to the address of a machine that runs `labs class serve`. To try the "
    "chapter on drawn stand-in data: set LABHELPERS_STANDIN=1."
)


def data_root() -> Path:
    """Returns the folder in which data files live; it need not exist yet.

    It is LABHELPERS_DATA, else the platform's cache folder: ~/.cache/labhelpers on Linux,
    ~/Library/Caches/labhelpers on macOS, AppData/Local/labhelpers/Cache on Windows.
    """
    chosen = os.environ.get("LABHELPERS_DATA", "").strip()
    if chosen:
        return Path(chosen).expanduser().absolute()
    return Path(user_cache_dir("labhelpers", appauthor=False))


def find_cache_folder() -> Path:
    """Returns the folder for what can be made again: in the data folder where that can be written.

    Where it cannot, a folder of your own among the system's temporary files.
    """
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


def name_the_ways(name: str, file: str) -> str:
    """Returns the three ways on for a reader who has no copy of a data set."""
    return _THREE_WAYS.format(name=name, file=file, root=data_root())
