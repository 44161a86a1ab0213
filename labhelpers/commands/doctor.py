"""What this machine has for the book, and what it lacks."""

import shutil
import sys
from pathlib import Path

from labhelpers.authoring.trust.versions import find_backends, find_version
from labhelpers.data.fetch.places import data_root
from labhelpers.data.sets.catalogue import DOORS
from labhelpers.data.sets.door import Door
from labhelpers.training import Hardware, choose_profile, describe_hardware
from labhelpers.training.hardware import find_backend_name

_NEEDED_GB = 3.0


def examine_machine() -> tuple[list[tuple[str, str]], list[str]]:
    """Looks at the machine, the backends, the data and the space left.

    Returns what was found, as pairs of a title and a text; and what to do, one sentence each.
    """
    found, advice = [], []
    hardware = describe_hardware()
    python = ".".join(str(number) for number in sys.version_info[:3])
    found.append(("Python", f"{python} in {sys.prefix}"))
    found.append(("Processor", _describe_processor(hardware)))
    found.append(("Memory", f"{hardware.memory_gb:.1f} GB"))
    found.append(("GPU", hardware.gpu or "none"))
    found.append(("Precision", f"{hardware.precision} for large networks"))
    installed = find_backends()
    listed = ", ".join(f"{name} {version}" for name, version in installed.items())
    found.append(("Keras", find_version("keras") or "not installed"))
    found.append(("Backends", listed or "none"))
    found.append(("Profile", choose_profile().name))
    advice += _advise_on_backends(installed, find_backend_name())
    if hardware.memory_gb and hardware.memory_gb < _NEEDED_GB:
        advice.append(f"Memory is short: use LABHELPERS_PROFILE=quick under {_NEEDED_GB:.0f} GB.")
    more, missing = examine_data()
    return found + more, advice + missing


def examine_data() -> tuple[list[tuple[str, str]], list[str]]:
    """Looks for the data sets, and for room for those that are missing.

    Returns what was found, and what to do.
    """
    root = data_root()
    free_bytes = shutil.disk_usage(_find_existing(root)).free
    found = [("Data folder", f"{root}, {free_bytes / 1e9:.1f} GB free")]
    advice, needed_bytes = [], 0
    for name, door in DOORS.items():
        there = door.path.exists()
        size_bytes = _measure_need(door)
        missing = f"missing: labs data get {name} ({size_bytes / 1e6:,.0f} MB)"
        found.append((door.spec.title, f"there: {door.path}" if there else missing))
        needed_bytes += 0 if there else size_bytes
    if needed_bytes:
        advice.append("What is missing is downloaded when a chapter first asks for it.")
    if free_bytes < needed_bytes:
        advice.append(
            f"Room is short: all that is missing needs {needed_bytes / 1e9:.1f} GB; set "
            "LABHELPERS_DATA to a folder on another disk."
        )
    return found, advice


def _measure_need(door: Door) -> int:
    """Returns the room that a data set needs, with its download where both are kept."""
    return door.spec.size_bytes + sum(part.size_bytes for part in door.spec.parts)


def _find_existing(path: Path) -> Path:
    """Returns the nearest folder above a path that is there."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _describe_processor(hardware: Hardware) -> str:
    plural = "" if hardware.cores == 1 else "s"
    unit = f", {hardware.matrix_unit} for fast bfloat16" if hardware.matrix_unit else ""
    return f"{hardware.cpu}, {hardware.cores} core{plural}{unit}"


def _advise_on_backends(installed: dict[str, str], wanted: str) -> list[str]:
    if not installed or not find_version("keras"):
        return ['No backend: chapters cannot run. Type: pip install -e ".[tensorflow]"']
    if wanted not in installed:
        there = ", ".join(installed)
        return [f"Keras is set to {wanted}, but there is {there}: set KERAS_BACKEND={there}."]
    return []
