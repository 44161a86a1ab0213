"""Processes that fetch a small set, all at once or killed at a given step.

Run as `python small_processes.py SET ADDRESS WHAT NUMBER` with LABHELPERS_DATA set. It is a
program of its own, since forking is safe in a process without threads only.
"""

import json
import os
import signal
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from labhelpers.data import load_image_folder
from labhelpers.data.fetch.downloader import Patience

# The small sets lie a folder above, where pytest finds them and a program of its own does not.
sys.path.insert(0, str(Path(__file__).parents[1]))
from small_sets import is_good, make_small_cifar, make_small_mnist, make_small_pets

HASTE = Patience(stall_s=5, tries=3, wait_s=0.01)
# What leaves a trace on the disk or the network, as Python's own audit events name it.
STEPS = ("open", "os.", "shutil.", "socket.connect", "socket.bind", "fcntl.", "tempfile.")


def prepare(name, address):
    make = {
        "mnist": make_small_mnist,
        "cifar10": make_small_cifar,
        "cats_vs_dogs": make_small_pets,
    }[name]
    return make(address)[:2]


def fetch(door, arrays):
    door.fetch(patience=HASTE, show_progress=False)
    return is_good(door, arrays)


def kill_at(number):
    """Kills this process just before its step of that number."""
    step = 0

    def watch(event, _):
        nonlocal step
        if event.startswith(STEPS):
            step += 1
            if step == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def fork(act):
    """Runs a function in a process of its own, and returns its id."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if act() else 2
        finally:
            os._exit(code)
    return pid


def finish(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def clear(root):
    for path in sorted(root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def fetch_at_once(door, arrays, number):
    """Returns the exit codes of processes that fetch at once."""
    return [finish(pid) for pid in [fork(lambda: fetch(door, arrays)) for _ in range(number)]]


def kill_at_every_step(door, arrays, stride, act=fetch):
    """Kills a process at each step in turn, and lets another one try after it.

    Returns how many were killed, and the steps after which the next try was not good.
    """
    root, step, bad = door.path.parent, 0, []
    while True:
        step += stride

        def act_until_killed(step=step):
            kill_at(step)
            return act(door, arrays)

        code = finish(fork(act_until_killed))
        if code == 0:
            return {"killed": step // stride - 1, "bad": bad}
        assert code == -signal.SIGKILL, code
        if finish(fork(lambda: act(door, arrays))) != 0:
            bad.append(step)
        left = [path for path in root.iterdir() if path.is_file() or any(path.iterdir())]
        names = {path.name for path in left} - {door.path.name, f".{door.spec.name}.lock", "cache"}
        # Only what is small and has a name of its own may stay behind in the cache.
        names |= {path.name for path in root.glob("cache/*.part") if ".json." not in path.name}
        if names:
            bad.append((step, sorted(names)))
        clear(root)


def take(door, arrays):
    """Takes the set from the stick, a folder beside the data folder."""
    stick = Path(os.environ["LABHELPERS_DATA"]).with_name("stick")
    door.take(stick / door.spec.part.name if hasattr(door.spec, "part") else stick)
    return is_good(door, arrays)


def decode(_, __):
    """Decodes the pictures of the stick, beside the data folder."""
    stick = Path(os.environ["LABHELPERS_DATA"]).with_name("stick")
    data = load_image_folder(stick, size_px=16, show_progress=False)
    with Image.open(stick / data.files[-1]) as picture:
        slow = np.asarray(picture.resize((16, 16), Image.Resampling.BILINEAR)).astype(int)
    return len(data.labels) == 4 and np.abs(data.images[-1] - slow).mean() < 6


def main():
    name, address, what, number = sys.argv[1:]
    door, arrays = prepare(name, address)
    act = {"taking": take, "decoding": decode}.get(what, fetch)
    act(door, arrays)
    clear(Path(os.environ["LABHELPERS_DATA"]))
    if what == "at once":
        print(json.dumps(fetch_at_once(door, arrays, int(number))))
    else:
        print(json.dumps(kill_at_every_step(door, arrays, int(number), act)))


if __name__ == "__main__":
    main()
