"""Which versions of Keras, NumPy and the backend made what, and whether others agree."""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any

from labhelpers.authoring.chapters.sources import Chapter
from labhelpers.authoring.trust.compare import Difference
from labhelpers.lesson.ledger import Entry, name_versions

# Names under which each backend is installed.
_PACKAGES = {
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel"),
    "jax": ("jax",),
    "torch": ("torch",),
}
# Another version may order the sums of a step otherwise: this much is rounding.
_ROUNDING = 1e-4


def find_version(package: str) -> str | None:
    """Returns the version of an installed package; None where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def find_backends() -> dict[str, str]:
    """Finds the installed backends and their versions, without importing them."""
    found = {}
    for name, packages in _PACKAGES.items():
        versions = [find_version(package) for package in packages]
        found[name] = next((version for version in versions if version), None)
    return {name: version for name, version in found.items() if version}


def make_fingerprint(about: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    """Makes what a notebook keeps of a run in smoke, so that other versions can be set beside it.

    It has `values` (by row and metric, times left out), `machine`, and `versions`, a list of all
    that gave these values. `about` is what the notebook says of its run.
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

    Returns a difference for each value that moved by more than rounding.
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
    """Finds what is installed here, by the names under which results hold their versions.

    `backend` is the one that is asked about, such as "tensorflow"; None for none.
    """
    found = {"numpy": find_version("numpy")}
    if backend is not None:
        chosen = os.environ.get("KERAS_BACKEND", "").strip() or backend
        found |= {"backend": chosen, "backend_version": find_backends().get(chosen)}
        found["keras"] = find_version("keras")
    return {name: version for name, version in found.items() if version is not None}


def list_other_versions(
    made: Sequence[tuple[Chapter, Mapping[str, Any]]],
    entries: Sequence[Entry],
    homes: Mapping[str, Chapter],
) -> dict[str, set[int]]:
    """Lists results that other versions made than are installed, but those where smoke agreed.

    `made` holds chapters with what their notebooks say of their run, and `homes` the chapter that
    measures each row. Returns numbers of chapters by the sentence that says so.
    """
    agreed = {chapter.number: about.get("smoke", {}).get("versions", []) for chapter, about in made}
    results = [
        (about["versions"], chapter.notebook.name, chapter.number) for chapter, about in made
    ]
    results += [(e.versions, e.row, homes[e.row].number) for e in entries if e.row in homes]
    groups: dict[tuple[str, str], tuple[dict[str, None], set[int]]] = {}
    for versions, what, number in results:
        before = name_versions(versions)
        here = name_versions(find_installed(versions.get("backend")))
        if before != here and dict(here) not in agreed.get(number, []):
            named, numbers = groups.setdefault((_join(before), _join(here)), ({}, set()))
            named[what] = None
            numbers.add(number)
    return {
        f"{', '.join(named)}: made with {before}; installed: {here}": numbers
        for (before, here), (named, numbers) in groups.items()
    }


def _join(versions: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions)
