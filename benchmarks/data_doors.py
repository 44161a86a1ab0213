"""How quickly data come through their doors, beside plain Pillow and beside what is wanted.

Run with `python -m benchmarks.data_doors`. Wanted: MNIST in 0.3 s and CIFAR-10 in 0.6 s from their
files; 3,000 JPEGs to 160 px at no less than 0.9 of what two processes of plain Pillow with draft
mode reach, and at least 10 times that from the cache. Pictures are those of cats and dogs, or
drawn ones where there are none. All ways are timed in turns, on files that were read before.
Plain Pillow is timed twice: with the filter it takes when none is named, and with ours.
"""

import argparse
import functools
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from labhelpers.data import DataError, data_root, load_cifar10, load_image_folder, load_mnist
from labhelpers.training import describe_hardware

COUNT, SIZE_PX = 3000, 160


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_known_args()[0].rounds
    hardware = describe_hardware()
    print(f"{hardware.cpu}, {hardware.cores} cores; Pillow {Image.__version__}, {rounds} rounds")
    for title, load, wanted_s in (("MNIST", load_mnist, 0.3), ("CIFAR-10", load_cifar10, 0.6)):
        try:
            first_s, *later_s = [time_once(load) for _ in range(rounds + 1)]
            before_s = time.process_time()
            load()
            busy_s = time.process_time() - before_s
        except DataError as error:
            print(f"{title}: not measured, {error.came}")
            continue
        print(
            f"{title}: {statistics.median(later_s):.3f} s (first {first_s:.3f}, "
            f"best {min(later_s):.3f}, of which {busy_s:.3f} at work); wanted < {wanted_s} s"
        )
    with tempfile.TemporaryDirectory() as scratch:
        folder = data_root() / "cats_vs_dogs" / "train"
        if not folder.is_dir():
            folder = draw_pictures(Path(scratch) / "drawn")
        compare(folder, Path(scratch), rounds)


def compare(folder: Path, scratch: Path, rounds: int) -> None:
    """Times plain Pillow, our decoding and our cache, in turns."""
    files = sorted(folder.glob("*/*.jpg"))[:COUNT]
    plain_s, same_s, ours_s, cached_s = [], [], [], []
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        halves = [files[0::2], files[1::2]]
        for number in range(-1, rounds):
            # The first round warms up: files come from memory in all that are counted.
            plain = time_once(lambda: pool.map(read_plainly, halves, chunksize=1))
            same = time_once(lambda: pool.map(read_with_our_filter, halves, chunksize=1))
            os.environ["LABHELPERS_DATA"] = str(scratch / str(number))
            ours = time_once(lambda: load_pictures(folder))
            cached = time_once(lambda: touch(load_pictures(folder).images))
            if number >= 0:
                plain_s.append(plain)
                same_s.append(same)
                ours_s.append(ours)
                cached_s.append(cached)
    count = len(files)
    for title, seconds, wanted in (
        ("plain Pillow, 2 processes", plain_s, ""),
        ("the same with our filter", same_s, ""),
        ("load_image_folder", ours_s, ">= 0.9 of it"),
        ("from the cache, every pixel", cached_s, ">= 10 of it"),
    ):
        ratios = [a / b for a, b in zip(plain_s, seconds, strict=True)]
        print(
            f"{title}: {count / statistics.median(seconds):,.0f} pictures a second "
            f"({min(seconds):.3f} to {max(seconds):.3f} s), ratio {statistics.median(ratios):.2f} "
            f"({min(ratios):.2f} to {max(ratios):.2f}) {wanted}"
        )


def load_pictures(folder: Path) -> object:
    """Our way: all checks, written to the cache."""
    return load_image_folder(
        folder, size_px=SIZE_PX, limit_per_class=COUNT // 2, show_progress=False
    )


def read_plainly(files: list[Path], resample: Image.Resampling | None = None) -> int:
    """Plain Pillow with draft mode: arrays are made and thrown away."""
    total = 0
    for file in files:
        with Image.open(file) as image:
            image.draft("RGB", (SIZE_PX, SIZE_PX))
            small = image.convert("RGB").resize((SIZE_PX, SIZE_PX), resample)
        total += np.asarray(small).nbytes
    return total


read_with_our_filter = functools.partial(read_plainly, resample=Image.Resampling.BILINEAR)


def touch(images: np.ndarray) -> int:
    """Reads every pixel, a batch at a time."""
    return sum(int(images[i : i + 64].max()) for i in range(0, len(images), 64))


def time_once(act: Callable[[], object]) -> float:
    """Returns how many seconds a call takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def draw_pictures(folder: Path) -> Path:
    """Draws pictures of 320 px, as many as are wanted."""
    random = np.random.RandomState(0)
    for number in range(COUNT):
        coarse = random.randint(0, 256, (24, 32, 3)).astype(np.uint8)
        path = folder / ("cat", "dog")[number % 2] / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(coarse).resize((320, 240), Image.Resampling.BICUBIC)
        picture.save(path, quality=80)
    return folder


if __name__ == "__main__":
    main()
