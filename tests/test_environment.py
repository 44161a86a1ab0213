"""The ways to install and the commands in the papers agree with pyproject.toml and each other."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from typer.main import get_command

from labhelpers.commands.cli import app

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def conda_dependencies():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


def code_of(paper):
    """The commands in a paper's shell blocks, one a line."""
    text = (ROOT / paper).read_text(encoding="utf-8")
    blocks = re.findall(r"```(?:sh|powershell)\n(.*?)```", text, flags=re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_conda_installs_the_package_itself_and_nothing_of_its_own():
    names = [entry for entry in conda_dependencies() if isinstance(entry, str)]
    assert {Requirement(name).name for name in names} == {"python", "pip"}
    (pip,) = [entry["pip"] for entry in conda_dependencies() if isinstance(entry, dict)]
    (line,) = pip
    found = re.fullmatch(r"-e \.\[([a-z,]+)\]", line)
    assert found
    wanted = found[1].split(",")
    assert set(wanted) <= set(EXTRAS)
    # Binder opens JupyterLab, and a chapter needs a backend.
    assert {"tensorflow", "lab"} <= set(wanted)


def test_conda_takes_a_python_that_the_package_takes():
    (python,) = [
        Requirement(entry).specifier
        for entry in conda_dependencies()
        if isinstance(entry, str) and entry.startswith("python")
    ]
    required = SpecifierSet(PROJECT["requires-python"])
    taken = [f"3.{minor}" for minor in range(8, 20) if python.contains(f"3.{minor}")]
    assert taken
    assert all(required.contains(version) for version in taken)
    assert f">={taken[0]}" in str(required)


def test_extras_bound_what_they_ask_for_from_below():
    for extra, requirements in EXTRAS.items():
        for requirement in map(Requirement, requirements):
            lower = {clause.operator for clause in requirement.specifier} & {">=", "==", "~="}
            assert lower, f"{extra}: {requirement}"


def test_building_pages_installs_no_backend():
    names = {Requirement(text).name.lower() for text in [*PROJECT["dependencies"], *EXTRAS["book"]]}
    assert not names & {"tensorflow", "tensorflow-cpu", "keras", "jax", "torch"}


def test_colab_holds_what_the_package_needs():
    held = {}
    for line in (ROOT / "tests/colab-requirements.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            held[requirement.name.lower()] = next(iter(requirement.specifier)).version
    assert held["keras"] == "3.10.0"
    assert held["numpy"] == "2.0.2"
    assert held["tensorflow-cpu"].startswith("2.19.")
    for text in PROJECT["dependencies"]:
        requirement = Requirement(text)
        assert requirement.name.lower() in held, f"Colab's list lacks {text}"
        assert requirement.specifier.contains(held[requirement.name.lower()]), text


@pytest.fixture(scope="module")
def make_targets():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"(?m)^([a-z-]+):.*## ", text))


def test_make_has_what_the_design_promises(make_targets):
    promised = {"setup", "test", "book", "execute", "replicate", "bench", "serve", "check", "help"}
    assert promised <= make_targets


def test_make_help_lists_every_target(make_targets):
    make = shutil.which("make")
    assert make, "make is not installed"
    told = subprocess.run([make, "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert make_targets == set(re.findall(r"(?m)^  make (\S+)", told.stdout))


@pytest.mark.parametrize("python", ["no-such-python", "./too-old"])
def test_make_says_which_python_it_needs(tmp_path, python):
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    old = tmp_path / "too-old"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2 && exit\nexit 1\n')
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "book", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "Python 3.11 or newer" in done.stderr.splitlines()[0]
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("paper", ["README.md", "CONTRIBUTING.md"])
def test_the_papers_name_targets_and_commands_that_exist(paper, make_targets):
    lines = code_of(paper)
    text = "\n".join([*lines, *re.findall(r"`([^`\n]+)`", (ROOT / paper).read_text("utf-8"))])
    assert lines
    named = set(re.findall(r"\bmake ([a-z-]+)", text))
    assert named
    assert named <= make_targets
    assert find_strangers(re.findall(r"\blabs ([a-z]+(?: [a-z]+)?)", text)) == []


def find_strangers(lines):
    """The lines that begin with no command of `labs`, in the group where one is wanted."""
    top = get_command(app)

    def is_known(first, second=None):
        command = top.get_command(None, first)
        is_group = hasattr(command, "list_commands")
        return command and (not is_group or second in [None, *command.list_commands(None)])

    return [line for line in lines if not is_known(*line.split())]


def test_make_wraps_commands_that_exist():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    wrapped = set(re.findall(r"\$\(BIN\)/labs ([a-z]+ [a-z]+)", text))
    assert len(wrapped) >= 7
    assert find_strangers(wrapped) == []


def test_the_papers_link_to_files_that_exist():
    for paper in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / paper).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if not target.startswith("https://"):
                assert (ROOT / target).is_file(), f"{paper}: {target}"


def test_ci_runs_what_the_readme_says():
    text = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert {"make book", "make test"} <= set(text.splitlines())
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(ROOT / ".ci/run")], check=True)


def test_versions_and_licences_agree():
    import labhelpers

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"] == labhelpers.__version__
    assert citation["license"] == PROJECT["license"].split(" AND ")
    for name in PROJECT["license-files"]:
        assert (ROOT / name).stat().st_size > 1000
