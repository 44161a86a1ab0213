"""Files are written whole, and by one process at a time."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from labhelpers.authoring.chapters.checkout import Checkout, lock_files
from labhelpers.lesson.result_files import read_text, replace_files

# Adds one to a number in a file, slowly, a few times.
COUNTER = """
import sys, time
from pathlib import Path
from labhelpers.authoring.chapters.checkout import Checkout, lock_files
from labhelpers.lesson.result_files import replace_files
checkout, path = Checkout(Path(sys.argv[1])), Path(sys.argv[1]) / "number.txt"
for _ in range(5):
    with lock_files(checkout):
        number = int(path.read_text())
        time.sleep(0.01)
        replace_files({path: str(number + 1)})
"""


def test_processes_wait_for_each_other(tmp_path):
    path = tmp_path / "number.txt"
    path.write_text("0")
    command = [sys.executable, "-c", COUNTER, str(tmp_path)]
    processes = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0] * 4
    assert path.read_text() == "20"


def test_a_killed_process_holds_no_lock(tmp_path):
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from labhelpers.authoring.chapters.checkout import Checkout, lock_files\n"
        "with lock_files(Checkout(Path(sys.argv[1]))):\n"
        "    print('held', flush=True)\n    time.sleep(300)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    process.kill()
    process.communicate()
    start = time.monotonic()
    with lock_files(Checkout(tmp_path)):
        assert time.monotonic() - start < 5


def test_when_one_file_cannot_be_written_none_is(tmp_path):
    first = tmp_path / "first.txt"
    first.write_text("old")
    (tmp_path / "blocked").write_text("a file, not a folder")
    with pytest.raises(OSError, match="blocked"):
        replace_files({first: "new", tmp_path / "blocked" / "second.txt": "new"})
    assert first.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"first.txt", "blocked"}


def test_an_unchanged_file_is_not_touched(tmp_path):
    path = tmp_path / "first.txt"
    replace_files({path: "text é\n"})
    assert path.read_bytes() == "text é\n".encode()
    before = path.stat()
    replace_files({path: "text é\n"})
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino
    assert read_text(tmp_path / "nothing") is None
