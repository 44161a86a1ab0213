"""The door of MNIST: seventy thousand handwritten digits."""

import hashlib

import numpy as np

from labhelpers.data.arrays import read_arrays
from labhelpers.data.errors import DataError, name_the_ways
from labhelpers.data.images import ImageData
from labhelpers.data.places import data_root
from labhelpers.data.registry import MNIST, ArraySet
from labhelpers.data.standins import draw_set, standin_wanted


def load_mnist() -> ImageData:
    """Loads MNIST: 60,000 training and 10,000 test images of handwritten digits.

    The file is mnist.npz in the data folder (see `data_root`); a copy from anywhere will do,
    since its content is checked each time against the digests of the original files.

    Returns:
        Images uint8 (N, 28, 28), ink 255 on ground 0; labels int64 (N,), the digit itself. A
        drawn stand-in of the same shapes in the smoke profile or with LABHELPERS_STANDIN=1.

    Raises:
        DataError: If there is no copy, or the one there is not MNIST.

    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits" (1998).
    """
    if standin_wanted():
        return draw_set(MNIST)
    path = data_root() / MNIST.file_name
    try:
        arrays = read_arrays(path, MNIST.shapes)
    except FileNotFoundError:
        raise DataError(
            path,
            expected="a copy of MNIST",
            came="there is no such file",
            way_on=name_the_ways(MNIST.name, MNIST.file_name),
        ) from None
    check_idx_digests(path, arrays, MNIST)
    return ImageData(
        x_train=arrays["x_train"],
        y_train=arrays["y_train"].astype(np.int64),
        x_test=arrays["x_test"],
        y_test=arrays["y_test"].astype(np.int64),
        classes=MNIST.classes,
        name=MNIST.title,
        source=str(path),
    )


def make_idx_header(array: np.ndarray) -> bytes:
    """Returns the header that an idx file of a uint8 array begins with."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes


def check_idx_digests(path: object, arrays: dict[str, np.ndarray], spec: ArraySet) -> None:
    """Checks arrays against the digests of the idx files they come from.

    Args:
        path: Where they were read, for the message.
        arrays: The arrays by name.
        spec: The data set, with a digest for each name.

    Raises:
        DataError: If an array is another.
    """
    for name, wanted in spec.digests.items():
        digest = hashlib.sha256(make_idx_header(arrays[name]))
        digest.update(arrays[name])
        if digest.hexdigest() != wanted:
            raise DataError(
                path,
                expected=f"{spec.title}'s {name} (SHA-256 {wanted[:12]}...)",
                came=f"its content is another ({digest.hexdigest()[:12]}...)",
                way_on="Delete the file, and it will be fetched again.",
            )
