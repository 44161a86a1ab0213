"""Rooms import from rooms on their left only, and importing them is quick and loads no backend."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "labhelpers"
ROOMS = ("data", "models", "training", "insight", "widgets", "lesson")
# Take from anywhere; nothing takes from them.
WORKSHOPS = ("authoring", "classroom", "commands")
BACKENDS = ("keras", "tensorflow", "jax", "torch")


def imported_names(file, package_root):
    """Every module that a file imports anywhere in it, with relative imports resolved."""
    here = file.relative_to(package_root.parent).with_suffix("").parts
    package = here[:-1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = package[: len(package) - node.level + 1]
                base = ".".join([*up, *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def find_wrong_imports(package_root):
    """Sentences about files that import from a room on their right."""
    wrong = set()
    for place, room in enumerate(ROOMS):
        for file in (package_root / room).rglob("*.py"):
            for name in imported_names(file, package_root):
                parts = name.split(".")
                ours = parts[0] == package_root.name and parts[1:2] and parts[1] in ROOMS
                if ours and ROOMS.index(parts[1]) > place:
                    wrong.add(f"{room}/{file.name} imports from {parts[1]}")
    return wrong


def run_python(code):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT / "book",
        check=True,
    )


def test_rooms_import_only_from_rooms_on_their_left():
    assert find_wrong_imports(PACKAGE) == set()


@pytest.mark.parametrize(
    "line",
    [
        "import labhelpers.training.fitting.fit",
        "from labhelpers.training import fit",
        "from labhelpers import training",
        "from ..training import fit",
        "from .. import training",
        "def later():\n    from labhelpers.training.fitting.fit import fit_model",
    ],
)
def test_the_rule_sees_every_way_to_import(tmp_path, line):
    package = tmp_path / "labhelpers"
    for room in ROOMS:
        (package / room).mkdir(parents=True)
    (package / "models" / "wrong.py").write_text(line)
    assert find_wrong_imports(package) == {"models/wrong.py imports from training"}
    (package / "models" / "wrong.py").write_text("from labhelpers.data import make_shapes")
    assert find_wrong_imports(package) == set()


@pytest.mark.parametrize("place", ["authoring/site", "classroom", "commands", "lesson"])
def test_functions_import_only_what_is_optional(place):
    # A backend, what needs one, and Dask. Whatever else a function needs stands at the top.
    optional = {"distributed", "labhelpers.training.speed"}
    inside = {
        node.module or node.names[0].name
        for file in (PACKAGE / place).rglob("*.py")
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert inside <= optional


def test_every_module_lives_in_a_room():
    folders = {p.name for p in PACKAGE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders == {*ROOMS, *WORKSHOPS}
    beside = {"__init__.py", "__main__.py", "arguments.py", "renamed.py"}
    assert {p.name for p in PACKAGE.glob("*.py")} == beside
    catch_alls = {"utils", "util", "misc", "common", "helpers"}
    assert not {p.stem for p in PACKAGE.rglob("*.py")} & catch_alls


@pytest.mark.parametrize("room", ["", *ROOMS, "commands.cli"])
def test_importing_loads_no_backend(room):
    name = f"labhelpers.{room}".rstrip(".")
    code = f"import json, sys, {name}; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(run_python(code).stdout)
    assert name in loaded
    assert not set(BACKENDS) & set(loaded)
    assert "matplotlib" not in loaded


def test_importing_the_package_is_quick():
    code = (
        "import time; start = time.perf_counter(); import labhelpers; "
        "print(time.perf_counter() - start)"
    )
    # The machine may be busy: the best of three is the package's own time.
    assert min(float(run_python(code).stdout) for _ in range(3)) < 0.3
