"""Several processes at once, and processes that are killed at every step."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fault_server import stall
from odd_pictures import draw, save
from small_sets import (
    is_good,
    make_small_cifar,
    make_small_mnist,
    make_small_pets,
    write_files,
)

from labhelpers.classroom.serving import DataServer, prepare
from labhelpers.data.fetch.downloader import Patience

PROGRAM = Path(__file__).with_name("small_processes.py")


MAKERS = {
    "mnist": make_small_mnist,
    "cifar10": make_small_cifar,
    "cats_vs_dogs": make_small_pets,
}


@pytest.fixture(params=MAKERS)
def small(request, root, server):
    make = MAKERS[request.param]
    door, arrays, files = make(server.address)[:3]
    for name, content in files.items():
        server.put(name, content)
    return door, arrays, files


def run(door, server, what, number):
    out = subprocess.run(
        [sys.executable, PROGRAM, door.spec.name, server.address, what, str(number)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert out.returncode == 0, out.stderr
    return json.loads(out.stdout.splitlines()[-1])


@pytest.mark.parametrize("number", [2, 8])
def test_processes_at_once_download_once_and_are_all_served(small, server, number):
    door, arrays, files = small
    assert run(door, server, "at once", number) == [0] * number
    # Once by the program to warm up, once by all the processes together.
    assert [server.count(name) for name in files] == [2] * len(files)
    assert is_good(door, arrays)


# Every step of the quickest set, every second one of the others.
STRIDES = {"mnist": 2, "cifar10": 1, "cats_vs_dogs": 2}


def test_a_kill_at_any_step_is_made_good_by_the_next_try(small, server):
    door, _, _ = small
    result = run(door, server, "killed", STRIDES[door.spec.name])
    assert result["bad"] == []
    assert result["killed"] > 30


def test_a_kill_at_any_step_of_taking_from_a_stick_is_made_good(small, server, root):
    door, _, files = small
    write_files(root.with_name("stick"), files)
    result = run(door, server, "taking", 1)
    assert result["bad"] == []
    assert result["killed"] > 10


def test_a_kill_at_any_step_of_decoding_is_made_good(root, server):
    door = make_small_mnist(server.address)[0]
    pictures = {f"{k}/{i}.jpg": save(draw(seed=i + ord(k)), "JPEG") for k in "ab" for i in (1, 2)}
    write_files(root.with_name("stick"), pictures)
    result = run(door, server, "decoding", 1)
    assert result["bad"] == []
    assert result["killed"] > 10


def prepare_after_fetch(door):
    door.fetch(show_progress=False)
    return prepare(door)


def test_a_kill_while_the_mirror_hands_over_is_made_good_too(small, server, monkeypatch, root):
    door, _, _ = small
    with DataServer([prepare_after_fetch(door)], port=0) as mirror:
        file = next(iter(mirror.files.values()))
        server.put(file.name, b"".join(file.read(0, file.size)))
    shutil.rmtree(root)
    monkeypatch.setenv("LABHELPERS_MIRROR", server.address)
    result = run(door, server, "killed", STRIDES[door.spec.name])
    assert result["bad"] == []
    assert result["killed"] > 10


def test_one_that_waits_takes_over_when_the_other_is_killed(small, server):
    door, arrays, files = small
    name, content = next(iter(files.items()))
    server.put(name, content, stall(5))
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from small_processes import prepare; door, _ = prepare(*sys.argv[2:]);"
        "print(door.fetch(show_progress=False))"
    )
    command = [sys.executable, "-c", code, str(PROGRAM.parent), door.spec.name, server.address]
    first = subprocess.Popen(command)
    deadline = time.monotonic() + 30
    while server.count(name) == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    second = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert "another process is getting it" in second.stderr.readline()
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert second.wait(30) == 0
    second.stderr.close()
    assert is_good(door, arrays)
    assert [server.count(name) for name in files] == [2] + [1] * (len(files) - 1)


def test_a_process_that_is_interrupted_leaves_quietly(small, server):
    door, arrays, files = small
    name, content = next(iter(files.items()))
    server.put(name, content, stall(5))
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from small_processes import prepare; door, _ = prepare(*sys.argv[2:]);"
        "door.fetch(show_progress=False)"
    )
    command = [sys.executable, "-c", code, str(PROGRAM.parent), door.spec.name, server.address]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while server.count(name) == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    assert "KeyboardInterrupt" in process.communicate(timeout=30)[1]
    door.fetch(patience=Patience(wait_s=0.01), show_progress=False)
    assert is_good(door, arrays)
