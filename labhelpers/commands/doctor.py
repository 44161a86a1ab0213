"""What this machine has for the book, and what it lacks."""

import platform
import shutil
import sys

from labhelpers.authoring.trust.versions import find_backends, find_version
from labhelpers.data.fetch.places import data_root
from labhelpers.data.sets.catalogue import DOORS
from labhelpers.training import Hardware, choose_profile, describe_hardware
from labhelpers.training.hardware import find_backend_name

_NEEDED_GB = 3.0


def examine_machine() -> tuple[list[tuple[str, str]], list[str]]:
    """Looks at the machine, the backends, the data and the space left.

    Returns what was found, as pairs of a title and a text; and what to do, one sentence each.
    """
    hardware, installed = describe_hardware(), find_backends()
    listed = ", ".join(f"{name} {version}" for name, version in installed.items())
    found = [
        ("Python", f"{platform.python_version()} in {sys.prefix}"),
        ("Processor", _describe_processor(hardware)),
        ("Memory", f"{hardware.memory_gb:.1f} GB"),
        ("GPU", hardware.gpu or "none"),
        ("Precision", f"{hardware.precision} for large networks"),
        ("Keras", find_version("keras") or "not installed"),
        ("Backends", listed or "none"),
        ("Profile", choose_profile().name),
    ]
    advice = _advise_on_backends(installed, find_backend_name())
    if hardware.memory_gb and hardware.memory_gb < _NEEDED_GB:
        advice.append(f"Memory is short: use LABHELPERS_PROFILE=quick under {_NEEDED_GB:.0f} GB.")
    more, missing = examine_data()
    return found + more, advice + missing


def examine_data() -> tuple[list[tuple[str, str]], list[str]]:
    """Looks for the data sets, and for room for those that are missing: found, and to do."""
    root = data_root()
    standing = next(folder for folder in (root, *root.parents) if folder.is_dir())
    free_bytes = shutil.disk_usage(standing).free
    found = [("Data folder", f"{root}, {free_bytes / 1e9:.1f} GB free")]
    advice, needed_bytes = [], 0
    for name, door in DOORS.items():
        there = door.path.exists()
        # With its download, where both are kept.
        size_bytes = door.spec.size_bytes + sum(part.size_bytes for part in door.spec.parts)
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
