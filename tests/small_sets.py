"""Small data sets with registries of their own, as real files: what the doors are tested with."""

import gzip
import hashlib
import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from odd_pictures import draw, save

from labhelpers.data.fetch.registry import CATS_VS_DOGS, CIFAR10, MNIST, Part
from labhelpers.data.sets.cifar10 import CIFAR10_DOOR
from labhelpers.data.sets.mnist import MNIST_DOOR, make_idx_header
from labhelpers.data.sets.picture_door import PictureDoor

BATCHES = [*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin"]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make_arrays(spec, seed=0):
    random = np.random.RandomState(seed)
    arrays = {name: random.randint(0, 256, shape) for name, shape in spec.shapes.items()}
    for name in ("y_train", "y_test"):
        arrays[name] %= 10
    return {name: array.astype(np.uint8) for name, array in arrays.items()}


def make_part(name, content, *places):
    return Part(name, len(content), digest(content), places)


def make_small_mnist(*places):
    """Returns a door of 60 + 20 digits, its arrays, and the four files of its download."""
    spec = replace(MNIST, train_count=60, test_count=20)
    arrays = make_arrays(spec)
    idx = {name: make_idx_header(array) + array.tobytes() for name, array in arrays.items()}
    files = {
        part.name: gzip.compress(content, mtime=0)
        for part, content in zip(MNIST.parts, idx.values(), strict=True)
    }
    spec = replace(
        spec,
        parts=tuple(make_part(name, content, *places) for name, content in files.items()),
        digests={name: digest(content) for name, content in idx.items()},
    )
    return replace(MNIST_DOOR, spec=spec), arrays, files


def make_small_cifar(*places):
    """Returns a door of 50 + 10 photographs, its arrays in digest order, and its archive."""
    spec = replace(CIFAR10, train_count=50, test_count=10)
    arrays = make_arrays(spec)
    # Two images that differ in their label alone, and one that is there twice.
    arrays["x_train"][1] = arrays["x_train"][0]
    arrays["y_train"][:2] = 3, 4
    arrays["x_train"][2], arrays["y_train"][2] = arrays["x_train"][3], arrays["y_train"][3]
    bins, settled, extra = {}, {}, {}
    for split, names in (("train", BATCHES[:5]), ("test", BATCHES[5:])):
        x, y = arrays[f"x_{split}"], arrays[f"y_{split}"]
        planes = x.transpose(0, 3, 1, 2).reshape(len(x), -1)
        rows = np.concatenate([y[:, None], planes], axis=1)
        for name, block in zip(names, np.split(rows, len(names)), strict=True):
            bins[name] = block.tobytes()
        digests = [
            digest(bytes([label]) + image.tobytes()) for image, label in zip(x, y, strict=True)
        ]
        order = np.argsort(digests, kind="stable")
        settled[f"x_{split}"], settled[f"y_{split}"] = x[order], y[order]
        joined = b"".join(bytes.fromhex(one) for one in sorted(digests))
        extra[split] = digest(joined)
    extra |= {name: digest(content) for name, content in bins.items()}
    archive = make_tar({f"cifar-10-batches-bin/{name}": content for name, content in bins.items()})
    spec = replace(
        spec,
        parts=(make_part("cifar-10-binary.tar.gz", archive, *places),),
        digests={name: digest(array.tobytes()) for name, array in settled.items()},
        extra_digests=extra,
    )
    return replace(CIFAR10_DOOR, spec=spec), settled, {"cifar-10-binary.tar.gz": archive}, bins


def make_small_pets(*places):
    """Returns a door of 10 pictures in the official form, what they are, and their archive."""
    pictures = {
        f"PetImages/{name}/{number}.jpg": save(draw(40, 30, seed=50 * k + number), "JPEG")
        for k, name in enumerate(("Cat", "Dog"))
        for number in (0, 1, 10, 666, 12499)
    }
    extra = {"PetImages/Cat/Thumbs.db": b"system", "readme[1].txt": b"read me"}
    archive = make_zip(pictures | extra)
    spec = replace(
        CATS_VS_DOGS,
        part=make_part("kagglecatsanddogs_5340.zip", archive, *places),
        size_bytes=len(archive),
    )
    expected = {}
    for name, content in pictures.items():
        _, owner, file = name.lower().split("/")
        split = "test" if int(file.removesuffix(".jpg")) % 10 == 0 else "train"
        expected[f"{split}/{owner}/{owner}.{file}"] = content
    return PictureDoor(spec), expected, {spec.part.name: archive}


def make_zip(files, compression=zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in files.items():
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            archive.writestr(info, content, compress_type=compression)
    return target.getvalue()


def make_tar(files, *members) -> bytes:
    """Packs files, and tar members of any kind before them, into a .tar.gz."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for member in members:
            archive.addfile(member)
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(target.getvalue(), compresslevel=1, mtime=0)


def write_files(folder: Path, files) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def is_good(door, expected) -> bool:
    """Loads a set, and compares it with what it should hold."""
    if isinstance(door, PictureDoor):
        door.verify()
        files = {path for path in door.path.glob("*/*/*") if path.is_file()}
        found = {path.relative_to(door.path).as_posix(): path.read_bytes() for path in files}
        return found == expected
    data = door.load()
    return all(np.array_equal(getattr(data, name), array) for name, array in expected.items())
