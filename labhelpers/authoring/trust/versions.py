"""Which versions of Keras, NumPy and the backend made what, and whether others agree."""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from labhelpers.authoring.chapters.sources import Chapter
from labhelpers.authoring.trust.compare import Difference
from labhelpers.lesson.ledger import Entry, name_versions

# Another version may order the sums of a step otherwise: this much is rounding.
_ROUNDING = 1e-4
_PACKAGES = {
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel"),
    "jax": ("jax",),
    "torch": ("torch",),
}


def make_fingerprint(about: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    """Makes what a notebook keeps of a run in smoke, so that other versions can be set beside it.

    It has `values` (by row and metric, times left out), `machine`, and `versions`, a list of all
    that gave these values. `about` is what the notebook says of itself, `report` what the run's
    process described.
    """
    values = {
        f"{record['row']} {record['metric']}": record["value"]
        for record in report["records"]
        if not record.get("timing")
    }
    here = dict(name_versions(report["versions"]))
    before = about.get("smoke", {})
    known = before.get("versions", []) if before.get("machine") == _get_machine(report) else []
    return {
        "values": values,
        "machine": _get_machine(report),
        "versions": known if here in known else [*known, here],
    }


def compare_versions(about: Mapping[str, Any], report: Mapping[str, Any]) -> list[Difference]:
    """Compares a run in smoke with what other versions gave in smoke on this kind of machine.

    Returns a difference for each value that moved by more than rounding, where the versions are
    others; none where nothing is known of others, or only of another kind of machine.
    """
    before = about.get("smoke")
    here = dict(name_versions(report["versions"]))
    if not before or here in before["versions"] or before["machine"] != _get_machine(report):
        return []
    told = " and ".join(f"{name} {number}" for name, number in before["versions"][-1].items())
    now = make_fingerprint({}, report)["values"]
    return [
        Difference(f"{key} in smoke, with {told} before", f"{value!r}", f"{now[key]!r}")
        for key, value in before["values"].items()
        if key in now and not math.isclose(value, now[key], rel_tol=_ROUNDING, abs_tol=1e-9)
    ]


def _get_machine(report: Mapping[str, Any]) -> list[str]:
    return [report["machine"]["device"], report["machine"]["precision"]]


def find_installed(backend: str | None) -> dict[str, str]:
    """Finds what is installed here, without loading it.

    Returns versions by the names under which results hold theirs. What is not installed is left
    out. `backend` is the one that is asked about, such as "tensorflow"; None for none.
    """
    found: dict[str, str] = {}
    chosen = os.environ.get("KERAS_BACKEND", "").strip() or backend
    wanted = {"numpy": ("numpy",)}
    if backend is not None:
        wanted |= {"keras": ("keras",), "backend_version": _PACKAGES.get(chosen or "", ())}
        found["backend"] = chosen or backend
    for name, packages in wanted.items():
        for package in packages:
            try:
                found[name] = version(package)
                break
            except PackageNotFoundError:
                continue
    return found


def list_other_versions(
    made: Iterable[tuple[Chapter, Mapping[str, Any]]],
    entries: Sequence[Entry],
    homes: Mapping[str, Chapter],
) -> dict[str, set[int]]:
    """Lists results that other versions made than are installed.

    `made` holds chapters with what their notebooks say of themselves, and `homes` the chapter that
    measures each row. Returned are, for each sentence that says so, the numbers of the chapters in
    which `labs book verify` would tell whether smoke still agrees. Those where it did are left out.
    """
    agreed: dict[int, list[dict[str, str]]] = {}
    groups: dict[tuple[str, str], tuple[list[str], set[int]]] = {}

    def note(versions: Mapping[str, str], what: str, number: int) -> None:
        here = name_versions(find_installed(versions.get("backend")))
        if name_versions(versions) == here or dict(here) in agreed.get(number, []):
            return
        key = (_join(name_versions(versions)), _join(here))
        named, numbers = groups.setdefault(key, ([], set()))
        named += [what] if what not in named else []
        numbers.add(number)

    for chapter, about in made:
        agreed[chapter.number] = about.get("smoke", {}).get("versions", [])
        note(about["versions"], chapter.notebook.name, chapter.number)
    for entry in entries:
        if entry.row in homes:
            note(entry.versions, entry.row, homes[entry.row].number)
    return {
        f"{', '.join(named)}: made with {before}; installed: {here}": numbers
        for (before, here), (named, numbers) in groups.items()
    }


def _join(versions: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions)
