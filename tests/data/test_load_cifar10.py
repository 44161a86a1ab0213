"""load_cifar10: a file of full size, in an order of its own, in little memory."""

import hashlib
import subprocess
import sys

import numpy as np

from labhelpers.data.sets.cifar10 import CIFAR10_DOOR

# A set of full size whose digests are reckoned here; loads it, and says by how much the memory
# grew at its peak beside the size of what came.
PROGRAM = """
import hashlib, resource, sys
from dataclasses import replace
import numpy as np
from labhelpers.data.sets import cifar10
from labhelpers.data.fetch.registry import CIFAR10

stored = np.load(sys.argv[1], mmap_mode="r")
spec = replace(
    CIFAR10,
    digests=dict(pair.split("=") for pair in sys.argv[2].split(",")),
    extra_digests=dict(pair.split("=") for pair in sys.argv[3].split(",")),
)
cifar10.CIFAR10_DOOR = replace(cifar10.CIFAR10_DOOR, spec=spec)
np.ones((2000, 2000)).sum()
for _ in range(2):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = cifar10.load_cifar10()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    arrays = (data.x_train, data.y_train, data.x_test, data.y_test)
    size = sum(array.nbytes for array in arrays)
    print(grown, size, hashlib.sha256(data.x_train).hexdigest())
    del data, arrays
"""


def test_a_file_of_full_size_loads_in_less_than_twice_its_arrays(root):
    spec = CIFAR10_DOOR.spec
    random = np.random.RandomState(0)
    arrays, digests, free = {}, {}, {}
    for split in ("train", "test"):
        x = random.bytes(int(np.prod(spec.shapes[f"x_{split}"])))
        arrays[f"x_{split}"] = np.frombuffer(x, np.uint8).reshape(spec.shapes[f"x_{split}"])
        y = random.randint(0, 10, spec.shapes[f"y_{split}"]).astype(np.uint8)
        arrays[f"y_{split}"] = y
        rows = np.concatenate([y[:, None], arrays[f"x_{split}"].reshape(len(y), -1)], axis=1)
        each = [hashlib.sha256(row).digest() for row in rows]
        order = np.array(sorted(range(len(y)), key=each.__getitem__))
        free[split] = hashlib.sha256(b"".join(sorted(each))).hexdigest()
        digests[f"x_{split}"] = hashlib.sha256(arrays[f"x_{split}"][order]).hexdigest()
        digests[f"y_{split}"] = hashlib.sha256(y[order]).hexdigest()
    root.mkdir()
    np.savez(root / "cifar10.npz", **arrays)
    given = [
        ",".join(f"{name}={value}" for name, value in table.items()) for table in (digests, free)
    ]
    out = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(root / "cifar10.npz"), *given],
        capture_output=True,
        text=True,
    )
    assert out.returncode == 0, out.stderr
    for line in out.stdout.splitlines():
        grown_bytes, size_bytes, content = line.split()
        assert int(size_bytes) >= 60000 * 3072
        assert int(grown_bytes) < 1.5 * int(size_bytes)
        assert content == digests["x_train"]
    assert len(out.stdout.splitlines()) == 2
