"""The door of MNIST: seventy thousand handwritten digits."""

import hashlib
from pathlib import Path

import numpy as np

from labhelpers.data.fetch.archives import Opener, read_exactly, unzipped
from labhelpers.data.fetch.data_error import refuse
from labhelpers.data.fetch.registry import MNIST, ArraySet
from labhelpers.data.sets.array_door import ArrayDoor, Arrays, check_label_range
from labhelpers.data.sets.arrays import read_arrays
from labhelpers.data.sets.image_data import ImageData


def load_mnist() -> ImageData:
    """Loads MNIST: 60,000 training and 10,000 test images of handwritten digits.

    The file is mnist.npz in the data folder (see `data_root`); where it is missing, it is made
    from the official download. A copy from anywhere will do, since its content is checked each
    time against the digests of the original files.

    Returns:
        Images uint8 (N, 28, 28), ink 255 on ground 0; labels int64 (N,), the digit itself. A
        drawn stand-in of the same shapes in the smoke profile or with LABHELPERS_STANDIN=1.

    Raises:
        DataError: If there is no copy and none can be had, or the one there is not MNIST.

    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits" (1998).
    """
    return MNIST_DOOR.load()


def assemble_mnist(open_part: Opener, spec: ArraySet) -> Arrays:
    """Makes the arrays from the four idx files, gzipped or not, and names the one that is wrong."""
    arrays = {}
    for part, (name, shape) in zip(spec.parts, spec.shapes.items(), strict=True):
        stream = open_part(part.name)
        if stream is None:
            raise FileNotFoundError(part.name)
        size_bytes = 4 + 4 * len(shape) + int(np.prod(shape))
        file = str(getattr(stream, "name", None) or part.name)
        with unzipped(stream, size_bytes, file) as plain:
            content = read_exactly(plain, size_bytes, file)
        if hashlib.sha256(content).hexdigest() != spec.digests[name]:
            wanted = f"{spec.title}'s {name} (SHA-256 {spec.digests[name][:12]}...)"
            raise refuse(file, wanted, "its content is another")
        array = np.frombuffer(content, np.uint8, offset=4 + 4 * len(shape))
        arrays[name] = array.reshape(shape)
    return arrays


def settle_mnist(source: object, arrays: Arrays, spec: ArraySet) -> Arrays:
    """Checks arrays against the digests of the idx files they come from; returns them."""
    check_label_range(source, arrays, spec)
    for name, wanted in spec.digests.items():
        digest = hashlib.sha256(make_idx_header(arrays[name]))
        digest.update(arrays[name])
        if digest.hexdigest() != wanted:
            expected = f"{spec.title}'s {name} (SHA-256 {wanted[:12]}...)"
            came = f"its content is another ({digest.hexdigest()[:12]}...)"
            raise refuse(source, expected, came)
    return arrays


def make_idx_header(array: np.ndarray) -> bytes:
    """Returns the header that an idx file of a uint8 array begins with."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes


def _read(path: Path, spec: ArraySet) -> Arrays:
    return settle_mnist(path, read_arrays(path, spec.shapes), spec)


MNIST_DOOR = ArrayDoor(MNIST, assemble_mnist, settle_mnist, _read)
