"""The door behind which a data set of arrays lies: from a name to a verified file to arrays."""

import contextlib
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labhelpers.data.fetch.archives import Opener, copy_limited, open_shelf, refuse
from labhelpers.data.fetch.data_error import REPLACE, DataError, name_the_ways
from labhelpers.data.fetch.disk import check_room, explain_disk, hold_lock, is_there
from labhelpers.data.fetch.downloader import Patience
from labhelpers.data.fetch.fetching import fetch_from_mirror, fetch_part, find_mirror, say_aside
from labhelpers.data.fetch.network_faults import PlaceError
from labhelpers.data.fetch.places import data_root
from labhelpers.data.fetch.registry import ArraySet
from labhelpers.data.sets.arrays import read_arrays, write_arrays
from labhelpers.data.sets.image_data import ImageData
from labhelpers.data.sets.standins import draw_set, standin_wanted

Arrays = dict[str, np.ndarray]

_FRAME_BYTES = 100_000


@dataclass(frozen=True)
class ArrayDoor:
    """How one data set is fetched, checked and loaded.

    Attributes:
        spec: Its names, sizes and digests.
        assemble: Makes the arrays from the files of the official download, opened by name;
            raises FileNotFoundError with the name of one that is missing.
        settle: Checks arrays against the digests and puts them into the order that counts; its
            first argument names their file for its messages.
        read: Reads and settles the arrays of a .npz file.
    """

    spec: ArraySet
    assemble: Callable[[Opener, ArraySet], Arrays]
    settle: Callable[[object, Arrays, ArraySet], Arrays]
    read: Callable[[Path, ArraySet], Arrays]

    @property
    def path(self) -> Path:
        """Where the file is, or would be."""
        return data_root() / self.spec.file_name

    @property
    def size_bytes(self) -> int:
        """Size of all the arrays."""
        return sum(int(np.prod(shape)) for shape in self.spec.shapes.values())

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

    def fetch(self, *, patience: Patience | None = None, show_progress: bool = True) -> Path:
        """Returns the path of the file, after downloading what it is made from if need be.

        Args:
            patience: How long to wait for a server and how often to try.
            show_progress: Whether to show a bar.

        Raises:
            DataError: If it is missing and cannot be had.
        """
        path = self.path
        downloads = path.parent / "downloads" / self.spec.name
        was_there = is_there(path)
        if was_there and not downloads.exists():
            return path
        # Once the file is there, all that may be left to do is to clear up after a process that
        # was killed; a folder that is read-only is no reason then not to load.
        forgiven = (DataError,) if was_there else ()
        with contextlib.suppress(*forgiven), hold_lock(path.parent, self.spec.name):
            if not is_there(path):
                self._bring(path, downloads, patience, show_progress)
            shutil.rmtree(downloads, ignore_errors=True)
            with contextlib.suppress(OSError):
                downloads.parent.rmdir()
        return path

    def take(self, place: Path) -> Path:
        """Takes the data set from a stick, and returns the path of its new home.

        Args:
            place: The .npz file, or a file of the official download beside the others, or a
                folder or a zip file that holds either.

        Raises:
            DataError: If it is not there, or is wrong; what is in the data folder stays then.
        """
        path = self.path
        if place.name in [part.name for part in self.spec.parts]:
            place = place.parent
        with hold_lock(path.parent, self.spec.name):
            try:
                with explain_disk(path.parent):
                    arrays = self._find(place, path)
            except FileNotFoundError as error:
                expected = f"{self.spec.file_name} or the files of the official download"
                raise refuse(place, expected, f"there is no {error} in it") from error
            write_arrays(path, arrays)
        return path

    def verify(self) -> str:
        """Reads the whole file and checks it.

        Returns:
            A few words on what is there.

        Raises:
            DataError: If the file is missing or wrong.
        """
        if not is_there(self.path):
            raise DataError(
                self.path,
                expected=f"a copy of {self.spec.title}",
                came="there is no such file",
                way_on=name_the_ways(self.spec.name, self.spec.file_name),
            )
        self.read(self.path, self.spec)
        return f"{self.spec.train_count:,} + {self.spec.test_count:,} images, digests right"

    def _bring(
        self, path: Path, downloads: Path, patience: Patience | None, show_progress: bool
    ) -> None:
        """Makes the file from what lies in the data folder, from the mirror or the download."""
        options = {"patience": patience, "show_progress": show_progress}
        with explain_disk(downloads):
            downloads.mkdir(parents=True, exist_ok=True)
        try:
            arrays = self._find(path.parent, path, depth=1)
        except FileNotFoundError:
            arrays = self._ask_mirror(downloads, options) if find_mirror() else None
        if arrays is None:
            needed_bytes = sum(part.size_bytes for part in self.spec.parts) + self.size_bytes
            check_room(downloads, needed_bytes)
            names = {"name": self.spec.name, "file": self.spec.file_name}
            for part in self.spec.parts:
                fetch_part(part, downloads, **names, **options)
            arrays = self._find(downloads, path, depth=1)
        write_arrays(path, arrays)

    def _ask_mirror(self, downloads: Path, options: dict) -> Arrays | None:
        # In a folder of its own: what is wrong there is never met again.
        folder = downloads / "mirror"
        with explain_disk(folder):
            folder.mkdir(exist_ok=True)
        try:
            limit_bytes = self.size_bytes + _FRAME_BYTES
            file = fetch_from_mirror(
                self.spec.file_name, folder, limit_bytes=limit_bytes, **options
            )
            arrays = read_arrays(file, self.spec.shapes)
            return self.settle(file, arrays, self.spec)
        except PlaceError as error:
            reason = str(error)
        except DataError as error:
            reason = error.came
        say_aside(
            f"{find_mirror()}/{self.spec.file_name} is of no use: {reason}. "
            "Asking the official places."
        )
        return None

    def _find(self, place: Path, path: Path, depth: int = 4) -> Arrays:
        """Makes settled arrays from what lies in a folder, a zip file or a .npz file.

        Raises FileNotFoundError with the name of what is missing.
        """
        if place.suffix == ".npz":
            return self.settle(place, read_arrays(place, self.spec.shapes), self.spec)
        with open_shelf(place, depth=depth) as open_part:
            stream = open_part(self.spec.file_name)
            if stream is None:
                return self.settle(place, self.assemble(open_part, self.spec), self.spec)
            # It may be a file in a zip file: read from a plain copy of it.
            copy = path.with_name(path.name + ".part")
            with stream:
                copy_limited(stream, copy, self.size_bytes + _FRAME_BYTES, self.spec.file_name)
        try:
            arrays = read_arrays(copy, self.spec.shapes)
            return self.settle(place / self.spec.file_name, arrays, self.spec)
        finally:
            copy.unlink(missing_ok=True)


def check_labels(source: object, arrays: Arrays, spec: ArraySet) -> None:
    """Checks that labels stand for classes.

    Digests say that an array is another; this says what is wrong with it.

    Args:
        source: Where the arrays come from, for the message.
        arrays: The arrays by name.
        spec: The data set.

    Raises:
        DataError: If a label is too large.
    """
    for name in ("y_train", "y_test"):
        largest = int(arrays[name].max())
        if largest >= len(spec.classes):
            raise DataError(
                source,
                expected=f"labels from 0 to {len(spec.classes) - 1} in {name}",
                came=f"there is a {largest}",
                way_on=REPLACE,
            )


def read_exactly(stream: io.BufferedIOBase, count: int, name: str) -> bytes:
    """Reads what must be all of a file.

    Args:
        stream: The file.
        count: Its size in bytes.
        name: Its name, for the message.

    Raises:
        DataError: If it has more or fewer bytes.
    """
    content = stream.read(count + 1)
    if len(content) != count:
        came = f"it has {'more' if len(content) > count else f'{len(content):,}'}"
        raise refuse(name, f"{count:,} bytes", came)
    return content
