"""The setup cell installs the package into Colab and changes nothing that is there."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest
from colab_environment import STAMP, python_path
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
SESSION = ROOT / "tests" / "colab_session.py"
CHAPTERS = sorted((ROOT / "book/chapters").glob("*.py"))


def run(*command, cwd=None, **variables):
    """Run a command without the network where pip is concerned, and stop the test if it fails."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LABHELPERS_")},
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "MPLBACKEND": "agg",
        **variables,
    }
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def held(python):
    """Each package of an environment with its version."""
    listed = json.loads(run(python, "-m", "pip", "list", "--format=json"))
    return {canonicalize_name(entry["name"]): entry["version"] for entry in listed}


def code_cells(chapter):
    cells = jupytext.read(chapter).cells
    return [
        (cell.metadata.get("tags", []), cell.source)
        for cell in cells
        if cell.cell_type == "code" and cell.source.strip()
    ]


@pytest.fixture(scope="session")
def colab():
    """The Python of the environment that holds what Colab holds, without this package."""
    assert STAMP.exists(), (
        "the environment that holds what Colab holds is missing: run `make test`, or "
        "`python tests/colab_environment.py` where there is no make"
    )
    python = python_path()
    run(python, "-m", "pip", "uninstall", "--yes", "--quiet", "labhelpers")
    yield python
    run(python, "-m", "pip", "uninstall", "--yes", "--quiet", "labhelpers")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The package as a wheel, built away from the checkout and without the network."""
    source = tmp_path_factory.mktemp("source")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "labhelpers", source / "labhelpers", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copy(ROOT / name, source / name)
    target = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run(*pip, "--wheel-dir", target, source)
    (built,) = target.glob("labhelpers-*.whl")
    return built


@pytest.fixture(scope="session")
def installed(colab, wheel, tmp_path_factory):
    """What the environment held before and after the setup cell of a chapter ran in it."""
    folder = tmp_path_factory.mktemp("content")
    (setup,) = [code for tags, code in code_cells(CHAPTERS[0]) if "setup" in tags]
    (folder / "cells.json").write_text(json.dumps([setup]), encoding="utf-8")
    before = held(colab)
    said = run(colab, SESSION, "cells.json", cwd=folder, LABHELPERS_SOURCE=str(wheel))
    return before, held(colab), said


def test_colab_holds_the_versions_we_mean(colab):
    versions = held(colab)
    assert versions["keras"] == "3.10.0"
    assert versions["numpy"] == "2.0.2"
    tensorflow = versions.get("tensorflow-cpu") or versions.get("tensorflow")
    assert tensorflow.startswith("2.19.")
    assert "labhelpers" not in versions


def test_the_setup_cell_adds_the_package_and_changes_nothing(installed):
    before, after, said = installed
    assert {name: after.get(name) for name in before} == before
    assert set(after) - set(before) == {"labhelpers"}
    assert "site-packages" in said


def test_all_that_the_package_needs_is_there(installed, colab):
    assert "No broken requirements" in run(colab, "-m", "pip", "check")


def test_the_installed_package_has_its_files(installed, colab):
    script = (
        "from importlib.resources import files; course = files('labhelpers.lesson') / 'results'; "
        "print(all((course / name).is_file() "
        "for name in ('ledger.jsonl', 'claims.toml', 'timings.json')))"
    )
    assert run(colab, "-c", script).strip() == "True"


def test_a_widget_is_made_on_what_colab_holds(installed, colab):
    script = (
        "from labhelpers.insight import show_draw_and_classify; "
        "state = show_draw_and_classify().get_state(); "
        "print(len(state['_esm']) > 10_000, len(state['networks']), len(state['still']) > 1_000)"
    )
    assert run(colab, "-c", script).strip() == "True 3 True"


def test_all_chapters_have_the_same_setup_cell():
    setups = {code for chapter in CHAPTERS for tags, code in code_cells(chapter) if "setup" in tags}
    assert len(setups) == 1
    for chapter in CHAPTERS:
        assert "setup" in code_cells(chapter)[0][0], chapter.name


def test_outside_colab_the_setup_cell_installs_nothing(tmp_path):
    (setup,) = [code for tags, code in code_cells(CHAPTERS[0]) if "setup" in tags]
    script = tmp_path / "setup.py"
    script.write_text(setup, encoding="utf-8")
    run(sys.executable, script, cwd=tmp_path, LABHELPERS_SOURCE="/no/such/wheel")
    assert [path.name for path in tmp_path.iterdir()] == ["setup.py"]


def run_in_colab(python, cells, folder):
    """Run cells in smoke, without data and without a GPU; returns what they printed."""
    (folder / "cells.json").write_text(json.dumps(cells), encoding="utf-8")
    return run(
        python,
        SESSION,
        "cells.json",
        cwd=folder,
        LABHELPERS_PROFILE="smoke",
        LABHELPERS_DATA=str(folder / "no-data"),
        CUDA_VISIBLE_DEVICES="",
        TF_CPP_MIN_LOG_LEVEL="3",
    )


def test_a_whole_chapter_runs_on_what_colab_holds(installed, colab, tmp_path):
    cells = [code for _, code in code_cells(CHAPTERS[0])]
    assert "site-packages" in run_in_colab(colab, cells, tmp_path)


def test_every_chapter_starts_on_what_colab_holds(installed, colab, tmp_path):
    first = {"setup", "imports", "parameters"}
    cells = [
        code for chapter in CHAPTERS for tags, code in code_cells(chapter) if first & set(tags)
    ]
    assert len(cells) >= 3 * len(CHAPTERS)
    said = run_in_colab(colab, cells, tmp_path)
    assert said.count("Profile: smoke") == len(CHAPTERS)


def test_a_seed_draws_the_frozen_pictures_on_the_oldest_numpy(installed, colab):
    # The digests and how they are taken are those of the tests of shapes, which need packages
    # that Colab lacks.
    tree = ast.parse((ROOT / "tests/data/test_shapes.py").read_text(encoding="utf-8"))
    wanted = [
        ast.unparse(node)
        for node in tree.body
        if (isinstance(node, ast.FunctionDef) and node.name == "digest")
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FROZEN")
    ]
    assert len(wanted) == 2
    script = [
        "import hashlib, json",
        "import numpy as np",
        "from labhelpers.data import make_denoising_pairs, make_shapes, make_triangles",
        *wanted,
        "print(json.dumps([[digest(*draw()), frozen] for draw, frozen in FROZEN.values()]))",
    ]
    pairs = json.loads(run(colab, "-c", "\n".join(script)))
    assert len(pairs) >= 3
    for drawn, frozen in pairs:
        assert drawn == frozen
