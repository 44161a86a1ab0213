"""A kill at any time leaves what was there whole."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from small_books import CHAPTER, is_gone, wait_for

# The cell says who runs it, then takes longer than any patience of this test.
WAITING = CHAPTER.replace(
    "base = 0.5",
    "import os, pathlib, time\n"
    'pathlib.Path("../../_build").mkdir(exist_ok=True)\n'
    'pathlib.Path(f"../../_build/running-{os.getpid()}").touch()\n'
    "time.sleep(300)\nbase = 0.75",
)


def list_kernels(book):
    """The processes that have reached the cell that waits."""
    return [int(path.name.split("-")[1]) for path in book.checkout.build.glob("running-*")]


EXECUTE = ("book", "run", "1")
REPLICATE = ("book", "replicate", "A1", "--seeds", "2")
SIDE_BY_SIDE = (*REPLICATE, "--force", "--jobs", "2")


@pytest.mark.parametrize(
    ("number", "command"),
    [
        (signal.SIGKILL, EXECUTE),
        (signal.SIGINT, EXECUTE),
        (signal.SIGTERM, EXECUTE),
        (signal.SIGINT, REPLICATE),
        (signal.SIGTERM, SIDE_BY_SIDE),
    ],
)
def test_a_kill_in_mid_run_changes_no_file(copied_book, number, command):
    copied_book.write("01_first", WAITING)
    before = copied_book.snapshot()
    process = copied_book.start_labs(*command)
    wait_for(lambda: list_kernels(copied_book))
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert copied_book.snapshot() == before
    wait_for(lambda: all(map(is_gone, list_kernels(copied_book))), 10)
    if number == signal.SIGKILL:
        assert process.returncode == -signal.SIGKILL
    else:
        assert process.returncode == 130
        assert err.splitlines()[-1].startswith("labs: stopped")
        assert "Traceback" not in err
    assert out == ""


# Writes two files of several megabytes again and again, all of one letter or all of the other.
WRITER = """
import sys
from pathlib import Path
from labhelpers.lesson.result_files import replace_files
first, second = Path(sys.argv[1]), Path(sys.argv[2])
print("ready", flush=True)
while True:
    for letter in "ab":
        replace_files({first: letter * 3_000_000, second: letter * 3_000_000})
"""


def test_a_kill_while_files_are_written_leaves_each_whole(tmp_path):
    files = tmp_path / "first.txt", tmp_path / "second.txt"
    for file in files:
        file.write_text("a" * 3_000_000)
    for delay_ms in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, *map(str, files)], stdout=subprocess.PIPE
        )
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.02 + delay_ms * 0.007)
        process.kill()
        process.communicate()
        for file in files:
            text = file.read_text()
            assert text in ("a" * 3_000_000, "b" * 3_000_000)
    left = {path.name for path in tmp_path.iterdir()} - {file.name for file in files}
    # What a killed process leaves is never taken for a notebook, and git ignores it.
    assert all(name.startswith(".") and name.endswith(".part") for name in left)
