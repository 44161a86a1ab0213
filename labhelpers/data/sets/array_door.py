"""The door of a data set of arrays: one .npz file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labhelpers.data.fetch.archives import Opener, copy_limited, open_shelf
from labhelpers.data.fetch.data_error import refuse
from labhelpers.data.fetch.registry import ArraySet
from labhelpers.data.sets.arrays import read_arrays, write_arrays
from labhelpers.data.sets.door import Door
from labhelpers.data.sets.image_data import ImageData
from labhelpers.data.sets.standins import draw_set, standin_wanted

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class ArrayDoor(Door):
    """How one data set is fetched, checked and loaded.

    `assemble` makes the arrays from the files of the official download and raises FileNotFoundError
    with the name of one that is missing; `settle` checks arrays, of a source that it names, and
    puts them into the order that counts; `read` reads and settles those of a .npz file.
    """

    spec: ArraySet
    assemble: Callable[[Opener, ArraySet], Arrays]
    settle: Callable[[object, Arrays, ArraySet], Arrays]
    read: Callable[[Path, ArraySet], Arrays]

    def load(self) -> ImageData:
        """Loads the data set, fetching it first if need be, or draws its stand-in."""
        if standin_wanted():
            return draw_set(self.spec)
        path = self.fetch()
        arrays = self.read(path, self.spec)
        return ImageData(
            x_train=arrays["x_train"],
            y_train=arrays["y_train"].astype(np.int64),
            x_test=arrays["x_test"],
            y_test=arrays["y_test"].astype(np.int64),
            classes=self.spec.classes,
            name=self.spec.title,
            source=str(path),
        )

    def check(self) -> str:
        """Reads the whole file, and returns a few words on it."""
        self.read(self.path, self.spec)
        return f"{self.spec.train_count:,} + {self.spec.test_count:,} images, digests right"

    def find_by_hand(self) -> list[Path]:
        """Lists the data folder itself, for files of the official download in it."""
        return [self.path.parent]

    def install(self, place: Path, origin: str) -> None:
        """Checks the arrays in a .npz file, an archive or a folder, and writes them."""
        if place.name in [part.name for part in self.spec.parts]:
            place = place.parent
        # What a reader names may hold folders; other data sets lie in those of the data folder.
        write_arrays(self.path, self._find(place, depth=4 if origin == "stick" else 1))

    def _find(self, place: Path, depth: int) -> Arrays:
        """Makes settled arrays; raises FileNotFoundError with the name of what is missing."""
        if place.suffix == ".npz":
            return self.settle(place, read_arrays(place, self.spec.shapes), self.spec)
        name = self.spec.file_name
        with open_shelf(place, depth=depth) as open_part:
            stream = open_part(name)
            if stream is None:
                return self.settle(place, self.assemble(open_part, self.spec), self.spec)
            # It may be a file in a zip file: read from a plain copy of it.
            copy = self.path.with_name(f"{name}.part")
            with stream:
                copy_limited(stream, copy, self.spec.limit_bytes, name)
        try:
            return self.settle(place / name, read_arrays(copy, self.spec.shapes), self.spec)
        finally:
            copy.unlink(missing_ok=True)


def check_label_range(source: object, arrays: Arrays, spec: ArraySet) -> None:
    """Checks that labels stand for classes: digests say that an array is another, this says how."""
    for name in ("y_train", "y_test"):
        largest = int(arrays[name].max())
        if largest >= len(spec.classes):
            expected = f"labels from 0 to {len(spec.classes) - 1} in {name}"
            raise refuse(source, expected, f"there is a {largest}")
