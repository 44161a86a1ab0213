"""What is shown while a chapter runs, where there is no terminal and where there is one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from labhelpers.authoring.run.run_progress import Progress, load_seconds

CELLS = [{"id": name} for name in "abcd"]


def told(capsys):
    return capsys.readouterr().err.splitlines()


def test_the_minutes_left_come_from_the_run_before(capsys):
    with Progress("A chapter", CELLS, {"a": 60.0, "b": 60.0, "c": 60.0, "d": 120.0}):
        assert told(capsys) == ["A chapter: 4 cells, about 5.0 minutes left"]


def test_a_new_cell_counts_as_the_mean_of_the_others(capsys):
    with Progress("A chapter", CELLS, {"a": 60.0, "b": 60.0, "c": 60.0}):
        assert told(capsys) == ["A chapter: 4 cells, about 4.0 minutes left"]


def test_without_a_run_before_no_minutes_are_promised(capsys):
    with Progress("A chapter", CELLS, {}):
        assert told(capsys) == ["A chapter: 4 cells"]
    with Progress("A chapter", CELLS, {"other": 60.0, "a": 1.0}):
        assert told(capsys) == ["A chapter: 4 cells"]


def test_a_slower_machine_makes_the_rest_longer(capsys, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("labhelpers.authoring.run.run_progress.time.monotonic", lambda: clock[0])
    with Progress("A chapter", CELLS, dict.fromkeys("abcd", 60.0)) as progress:
        told(capsys)
        clock[0] += 5.0
        progress.start_cell(1)
        assert told(capsys) == []  # not a line for each cell
        clock[0] += 115.0
        progress.start_cell(1)
        assert told(capsys) == ["A chapter: cell 2 of 4, 120 s, about 6.0 minutes left"]
        clock[0] += 115.0
        progress.start_cell(3)
        assert told(capsys) == ["A chapter: cell 4 of 4, 235 s, about 1.3 minutes left"]


@pytest.mark.parametrize("text", ["", "no json", "{}", '{"metadata": {"labhelpers": 3}}'])
def test_times_are_unknown_without_an_executed_notebook(tmp_path, text):
    path = tmp_path / "a.ipynb"
    assert load_seconds(path) == {}
    path.write_text(text)
    assert load_seconds(path) == {}


def test_in_a_terminal_there_is_a_bar():
    code = (
        "import time\n"
        "from labhelpers.authoring.run.run_progress import Progress\n"
        "cells = [{'id': name} for name in 'abcd']\n"
        "with Progress('A chapter', cells, dict.fromkeys('abcd', 60.0)) as progress:\n"
        "    progress.start_cell(0)\n"
        "    time.sleep(0.5)\n"
        "    progress.start_cell(3)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        stderr=subprocess.PIPE,
        env=os.environ | {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "100"},
        encoding="utf-8",
        check=True,
    )
    assert "A chapter: cell 1 of 4" in done.stderr
    assert "about 4.0 minutes left" in done.stderr
    assert "A chapter: cell 4 of 4" in done.stderr
