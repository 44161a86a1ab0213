"""What a chapter's figures, widgets and answers look like: hashes, and which cells show it."""

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from labhelpers.authoring.chapters.sources import find_tags
from labhelpers.authoring.trust.closure import Package, find_reached, list_imported, pick_effective
from labhelpers.authoring.trust.hashing import hash_module
from labhelpers.widgets.package_files import join_module, read_style

_EXERCISES = "labhelpers.lesson.exercises"
_WEIGHTS = "weights"


def hash_look(root: Path, package: Package, cells: Iterable[Mapping]) -> dict[str, str]:
    """Hashes the modules that a chapter's look comes from: 12 hexadecimal digits by import name.

    A widget's are also those of its JavaScript, of the style, and of the networks that it names.
    """
    cells = list(cells)
    reached = find_reached(package, cells) | set(_find_exercises(package, cells))
    chosen = pick_effective(package, reached, "look")
    named = {text for name in chosen for text in _list_texts(package.sources[name])}
    hashes = {}
    for name in chosen:
        digits = hash_module(package.sources[name])
        file = root.joinpath(*name.split(".")).with_suffix(".js")
        if file.is_file():
            script = join_module(file.stem, folder=file.parent) + read_style(folder=file.parent)
            digits = hashlib.sha256((digits + script).encode()).hexdigest()[:12]
        hashes[name] = digits
    for file in sorted((root / "labhelpers" / "widgets" / _WEIGHTS).rglob("*")):
        if file.stem in named and file.is_file():
            hashes[f"{_WEIGHTS}/{file.name}"] = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    return hashes


def _find_exercises(package: Package, cells: Iterable[Mapping]) -> Iterator[str]:
    """Yields the modules of the exercises that a chapter checks, by the tags of its cells."""
    tags = {tag for cell in cells for tag in find_tags(cell)}
    for tag in tags:
        if found := re.fullmatch(r"exercise-(.+)-check", tag):
            parts = found[1].replace("-", "_").split("_")
            for length in range(1, len(parts) + 1):
                name = f"{_EXERCISES}.{'_'.join(parts[:length])}"
                if name in package.sources:
                    yield name
                    # What a check shares with others shows in its output too.
                    yield from list_imported(package, name)


def _list_texts(source: str) -> Iterator[str]:
    """Yields the texts in some code, of paths the last part."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.rpartition("/")[2]
