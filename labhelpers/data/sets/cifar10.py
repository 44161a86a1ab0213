"""The door of CIFAR-10: sixty thousand small colour photographs."""

import contextlib
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import numpy as np

from labhelpers.data.fetch.archives import Opener, open_tar, read_exactly
from labhelpers.data.fetch.data_error import DataError, refuse
from labhelpers.data.fetch.disk import write_aside
from labhelpers.data.fetch.places import find_cache_folder
from labhelpers.data.fetch.registry import CIFAR10, ArraySet
from labhelpers.data.sets.array_door import ArrayDoor, Arrays, check_label_range
from labhelpers.data.sets.arrays import read_arrays
from labhelpers.data.sets.image_data import ImageData

_GATHER_COLUMNS = 256
_SPLITS = ("train", "test")
_BATCHES = (*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin")
_ARCHIVE_FRAME_BYTES = 1 << 20


def load_cifar10() -> ImageData:
    """Loads CIFAR-10: 50,000 training and 10,000 test photographs of ten kinds of things.

    The file is cifar10.npz in the data folder (see `data_root`); where it is missing, it is made
    from the official download. Its content is checked each time, and the images come in the
    order of their digests: so a copy from anywhere, in any order, is as good as the official one,
    and a seed means the same everywhere.

    Returns:
        Images uint8 (N, 32, 32, 3) RGB; labels int64 (N,), indices into `classes`. A drawn
        stand-in of the same shapes in the smoke profile or with LABHELPERS_STANDIN=1.

    Raises:
        DataError: If there is no copy and none can be had, or the one there is not CIFAR-10.

    Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
    """
    return CIFAR10_DOOR.load()


def assemble_cifar10(open_part: Opener, spec: ArraySet) -> Arrays:
    """Makes the arrays, in the files' own order, from the official files, archived or unpacked."""
    arrays = {name: np.empty(shape, np.uint8) for name, shape in spec.shapes.items()}
    filled, suspects = set(), []
    for name, stream in _open_batches(open_part, spec):
        split, count = "train", spec.train_count // (len(_BATCHES) - 1)
        start = _BATCHES.index(name) * count
        if name == _BATCHES[-1]:
            split, count, start = "test", spec.test_count, 0
        height, width, channels = spec.image_shape
        content = read_exactly(stream, count * (1 + height * width * channels), name)
        rows = np.frombuffer(content, np.uint8).reshape(count, -1)
        planes = rows[:, 1:].reshape(count, channels, height, width)
        arrays[f"x_{split}"][start : start + count] = planes.transpose(0, 2, 3, 1)
        arrays[f"y_{split}"][start : start + count] = rows[:, 0]
        filled.add(name)
        if hashlib.sha256(content).hexdigest() != spec.extra_digests[name]:
            suspects.append(name)
    for name in _BATCHES:
        if name not in filled:
            raise FileNotFoundError(name)
    if suspects:
        # The same images in other files are fine; if they are not the same, say which file.
        try:
            return settle_cifar10(suspects[0], arrays, spec)
        except DataError as error:
            expected = f"the official file (SHA-256 {spec.extra_digests[suspects[0]][:12]}...)"
            raise refuse(suspects[0], expected, "its content is another") from error
    return arrays


def _open_batches(open_part: Opener, spec: ArraySet) -> Iterator[tuple[str, BinaryIO]]:
    archive_name = spec.parts[0].name
    raw = open_part(archive_name)
    if raw is None:
        for name in _BATCHES:
            if (stream := open_part(name)) is None:
                raise FileNotFoundError(f"{archive_name} or {name}")
            with stream:
                yield name, stream
        return
    # Straight out of the archive: nothing of it is unpacked to the disk, wherever it points to.
    size_bytes = (spec.train_count + spec.test_count) * (1 + int(np.prod(spec.image_shape)))
    with open_tar(raw, size_bytes + _ARCHIVE_FRAME_BYTES, archive_name) as archive:
        waiting = set(_BATCHES)
        while waiting and (member := archive.next()) is not None:
            name = PurePosixPath(member.name).name
            if name not in _BATCHES:
                continue
            if not member.isreg() or name not in waiting:
                raise refuse(member.name, f"one plain file in {archive_name}", "it is none")
            waiting.remove(name)
            yield name, archive.extractfile(member)


def settle_cifar10(source: object, arrays: Arrays, spec: ArraySet) -> Arrays:
    """Checks that the images are the right ones, and sorts them in place by their digests.

    An image's digest is the SHA-256 of its label's byte and its bytes, row by row, RGB; a split's
    is the SHA-256 of its images' digests, sorted.
    """
    if not _is_settled(arrays, spec):
        _sort(arrays, _find_orders(source, arrays, spec))
    return arrays


def read_cifar10(path: Path, spec: ArraySet) -> Arrays:
    """Reads and settles the arrays of a file.

    Where a file has an order of its own, the digest order is remembered in the cache folder, so
    that the next reading is quicker. What is remembered is not trusted: the result's digests are.
    """
    memory = None
    with contextlib.suppress(DataError):
        memory = find_cache_folder() / f"{spec.name}-order.npy"
    arrays = read_arrays(path, spec.shapes)
    orders = _recall(memory, spec)
    if orders is not None:
        _sort(arrays, orders)
        if _is_settled(arrays, spec):
            return arrays
        # It was another file's order: begin again without it.
        with contextlib.suppress(OSError):
            memory.unlink()
        # Before the second reading: memory is for one set of arrays.
        del arrays
        arrays = read_arrays(path, spec.shapes)
    if not _is_settled(arrays, spec):
        orders = _find_orders(path, arrays, spec)
        _sort(arrays, orders)
        _remember(memory, orders)
    return arrays


def _is_settled(arrays: Arrays, spec: ArraySet) -> bool:
    return all(
        hashlib.sha256(arrays[name]).hexdigest() == wanted for name, wanted in spec.digests.items()
    )


def _find_orders(source: object, arrays: Arrays, spec: ArraySet) -> dict[str, np.ndarray]:
    """Checks a set's order-free digests, and returns the digest order of each split."""
    check_label_range(source, arrays, spec)
    orders = {}
    for split in _SPLITS:
        labels = [bytes([label]) for label in range(256)]
        digests = []
        for image, label in zip(arrays[f"x_{split}"], arrays[f"y_{split}"].tolist(), strict=True):
            digest = hashlib.sha256(labels[label])
            digest.update(image)
            digests.append(digest.digest())
        order = sorted(range(len(digests)), key=digests.__getitem__)
        came = hashlib.sha256(b"".join(digests[i] for i in order)).hexdigest()
        wanted = spec.extra_digests[split]
        if came != wanted:
            expected = f"{spec.title}'s {split} images (digest {wanted[:12]}...)"
            raise refuse(source, expected, f"some image or label in it is another ({came[:12]}...)")
        orders[split] = np.array(order, np.uint32)
    return orders


def _sort(arrays: Arrays, orders: dict[str, np.ndarray]) -> None:
    """Puts images and labels into an order, in place: a copy would need as much memory again."""
    for split, order in orders.items():
        rows = arrays[f"x_{split}"].reshape(len(order), -1)
        for start in range(0, rows.shape[1], _GATHER_COLUMNS):
            columns = slice(start, start + _GATHER_COLUMNS)
            rows[:, columns] = rows[order, columns]
        arrays[f"y_{split}"][:] = arrays[f"y_{split}"][order]


def _recall(memory: Path | None, spec: ArraySet) -> dict[str, np.ndarray] | None:
    if memory is None:
        return None
    try:
        order = np.load(memory, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    counts = (spec.train_count, spec.test_count)
    if order.dtype != np.uint32 or order.shape != (sum(counts),):
        return None
    parts = np.split(order, [spec.train_count])
    if any(part.max() >= count for part, count in zip(parts, counts, strict=True)):
        return None
    return dict(zip(_SPLITS, parts, strict=True))


def _remember(memory: Path | None, orders: dict[str, np.ndarray]) -> None:
    if memory is None:
        return
    content = io.BytesIO()
    np.save(content, np.concatenate([orders[split] for split in _SPLITS]))
    # A disk that is full or read-only costs a second at the next reading, no more.
    write_aside(memory, content.getvalue())


CIFAR10_DOOR = ArrayDoor(CIFAR10, assemble_cifar10, settle_cifar10, read_cifar10)
