"""Commands that pages and the README show are commands that there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from labhelpers.commands.cli import app

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("book/pages/*.md"))]


def find_lines(text):
    """The `labs` lines of code blocks, without remarks, and the `labs` commands in sentences."""
    for block in re.findall(r"^```(?:sh|powershell)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if found := re.match(r"(?:\S*[/\\])?labs( .*)", line):
                yield found[1].split("#")[0]
    for found in re.findall(r"`labs( [^`]+)`", text):
        yield found.split("#")[0]


LINES = [
    pytest.param(line, id=f"{path.stem}:{line.strip()}")
    for path in TEXTS
    for line in dict.fromkeys(find_lines(path.read_text(encoding="utf-8")))
    if "COMMAND" not in line
]


def test_there_are_such_lines():
    assert len(LINES) > 20


@pytest.mark.parametrize("line", LINES)
def test_a_command_that_is_shown_can_be_given(line):
    command, words = get_command(app), shlex.split(line)
    while words and hasattr(command, "list_commands"):
        name = words.pop(0)
        found = command.get_command(None, name)
        assert found, f"there is no command {name}"
        command = found
    options = {o for parameter in command.params for o in parameter.opts} | {"--help"}
    named = {word for word in words if word.startswith("--")}
    assert named <= options
    places = [p for p in command.params if p.param_type_name == "argument"]
    given = [word for word in words if not word.startswith("-")]
    assert not given or places, f"{given} can be given nowhere"
