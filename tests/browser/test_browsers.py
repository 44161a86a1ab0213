"""A machine without a browser is told how to get one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from browsers import ADVICE, find_system_browser

PROGRAM = Path(__file__).with_name("browsers.py")
FIND = """
import sys
from playwright.sync_api import sync_playwright
sys.path.insert(0, sys.argv[1])
from browsers import find_browser
with sync_playwright() as playwright:
    find_browser(playwright)
"""


@pytest.fixture
def bare(tmp_path):
    """Variables of a machine without browsers, package manager and network."""
    return {
        **os.environ,
        "PATH": str(tmp_path),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers"),
        "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",
    }


def test_the_set_up_says_what_to_do_where_no_browser_can_be_had(bare):
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], env=bare, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == ADVICE


def test_so_do_the_tests(bare):
    command = [sys.executable, "-c", FIND, str(PROGRAM.parent)]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == f"FileNotFoundError: {ADVICE}"


def test_a_browser_that_is_there_is_taken_as_it_is():
    done = subprocess.run([sys.executable, str(PROGRAM)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_systems_browser_comes_first(tmp_path, monkeypatch):
    own = tmp_path / "chromium"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_system_browser() == str(own)
    assert "apt-get install chromium" in ADVICE
    assert sys.executable in ADVICE
