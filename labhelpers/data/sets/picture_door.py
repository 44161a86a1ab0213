"""The door behind which a data set of pictures lies: a folder {train,test}/<class>/*."""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from labhelpers.data.fetch.archives import refuse
from labhelpers.data.fetch.data_error import REPLACE, DataError, name_the_ways
from labhelpers.data.fetch.disk import check_room, explain_disk, hold_lock, is_there
from labhelpers.data.fetch.downloader import Patience
from labhelpers.data.fetch.fetching import fetch_from_mirror, fetch_part, find_mirror, say_aside
from labhelpers.data.fetch.network_faults import PlaceError
from labhelpers.data.fetch.picture_archives import (
    SUMS,
    compare_sums,
    read_known,
    read_sums,
    read_variant,
    recall_known,
    unpack_pictures,
    write_sums,
)
from labhelpers.data.fetch.places import data_root
from labhelpers.data.fetch.registry import PictureSet
from labhelpers.data.folders.folder_index import digest_content, index_folder

SPLITS = ("train", "test")
_MOST_SERVED_BYTES = 4_000_000_000


@dataclass(frozen=True)
class PictureDoor:
    """How one data set of pictures is fetched and checked.

    Attributes:
        spec: Its names, sizes and digests.
    """

    spec: PictureSet

    @property
    def path(self) -> Path:
        """Where the folder is, or would be."""
        return data_root() / self.spec.name

    @property
    def served_name(self) -> str:
        """Name of the archive that `labs class serve` hands over."""
        return f"{self.spec.name}.tar"

    def fetch(self, *, patience: Patience | None = None, show_progress: bool = True) -> Path:
        """Returns the path of the folder, after downloading and unpacking it if need be.

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
        forgiven = (DataError,) if was_there else ()
        with contextlib.suppress(*forgiven), hold_lock(path.parent, self.spec.name):
            old = _name_old(path)
            if old.exists() and not is_there(path):
                # A process was killed between its two steps: back to before the first.
                old.rename(path)
            if not is_there(path):
                self._bring(path, downloads, patience, show_progress)
            shutil.rmtree(downloads, ignore_errors=True)
            with contextlib.suppress(OSError):
                downloads.parent.rmdir()
        return path

    def take(self, place: Path) -> Path:
        """Takes the pictures from a stick: a folder, a zip file or a tar file.

        Args:
            place: What holds them: .../{train,test}/<class>/*, whose split is kept, or the
                official .../<Class>/<number>.jpg, which is split by the numbers.

        Raises:
            DataError: If it is wrong; what is in the data folder stays then.
        """
        path = self.path
        with hold_lock(path.parent, self.spec.name):
            self._unpack(place, path)
        return path

    def verify(self) -> str:
        """Reads every file and checks it.

        Returns:
            A few words on what is there.

        Raises:
            DataError: If the folder is missing, or a file in it is missing or wrong.
        """
        if not is_there(self.path):
            ways = name_the_ways(self.spec.name, self.spec.name)
            raise self._miss("there is no such folder", ways)
        digests = self.list_digests(None)
        return f"{len(digests):,} pictures: {self.name_variant(digests)}"

    def list_digests(self, memory: dict[str, Path] | None) -> dict[str, str]:
        """Lists the digests of all pictures, and compares them with the folder's own list.

        Args:
            memory: For each split, a file in which digests are remembered, or None to read all.

        Returns:
            SHA-256 of each file, by its name from the data set's folder on.

        Raises:
            DataError: If a file is missing or another, or a class is.
        """
        digests: dict[str, str] = {}
        for split in SPLITS:
            if not (self.path / split).is_dir():
                raise self._miss(f"there is no folder {split} in it", REPLACE)
            index = index_folder(self.path / split, memory and memory[split])
            missing = [name for name in self.spec.classes if not index.files_of(name)]
            if missing:
                raise self._miss(f"there are no pictures in {split}/{missing[0]}", REPLACE)
            digests |= {f"{split}/{file}": digest for file, digest in index.digests.items()}
        listed = read_sums(self.path / SUMS)
        if listed is None:
            listed = recall_known(digests, read_known(self.spec.known_file))
        compare_sums(self.path, digests, listed)
        return digests

    def name_variant(self, digests: dict[str, str]) -> str:
        """Names the variant that these files are.

        Args:
            digests: SHA-256 of each picture, by name.
        """
        content = digest_content(list(digests.values()))
        listed = read_sums(self.path / SUMS) or {}
        claimed = read_variant(self.path) if listed == digests else None
        return self.spec.variants.get(content) or claimed or f"own files {content[:8]}"

    def _bring(
        self, path: Path, downloads: Path, patience: Patience | None, show_progress: bool
    ) -> None:
        part = self.spec.part
        options = {"patience": patience, "show_progress": show_progress}
        with explain_disk(downloads):
            downloads.mkdir(parents=True, exist_ok=True)
        for by_hand in (path.parent / part.name, path.parent / "PetImages"):
            if by_hand.exists():
                return self._unpack(by_hand, path)
        if find_mirror() and self._ask_mirror(path, downloads / "mirror", options):
            return None
        check_room(downloads, part.size_bytes + self.spec.size_bytes)
        names = {"name": self.spec.name, "file": self.spec.name}
        archive = fetch_part(part, downloads, **names, **options)
        return self._unpack(archive, path, variant=self.spec.official)

    def _ask_mirror(self, path: Path, folder: Path, options: dict) -> bool:
        with explain_disk(folder):
            folder.mkdir(exist_ok=True)
        try:
            archive = fetch_from_mirror(
                self.served_name, folder, limit_bytes=_MOST_SERVED_BYTES, **options
            )
            self._unpack(archive, path, needs_sums=True)
            return True
        except PlaceError as error:
            reason = str(error)
        except DataError as error:
            reason = f"{error.file} {error.came}"
        say_aside(
            f"{find_mirror()}/{self.served_name} is of no use: {reason}. "
            "Asking the official places."
        )
        return False

    def _unpack(
        self, place: Path, path: Path, *, variant: str | None = None, needs_sums: bool = False
    ) -> None:
        """Unpacks beside the folder's place, checks, and moves it there in one step."""
        part, old = path.with_name(f"{path.name}.part"), _name_old(path)
        for left_over in (part, old):
            shutil.rmtree(left_over, ignore_errors=True)
        try:
            with explain_disk(path, self.spec.size_bytes):
                part.mkdir()
                digests = unpack_pictures(place, part)
                for split in SPLITS:
                    for name in self.spec.classes:
                        if not any(file.startswith(f"{split}/{name}/") for file in digests):
                            raise refuse(place, f"pictures for {split}/{name}", "it holds none")
                is_listed = (part / SUMS).exists()
                if needs_sums and not is_listed:
                    raise refuse(place, f"a list of digests {SUMS}", "it holds none")
                if not is_listed:
                    content = digest_content(list(digests.values()))
                    known = self.spec.variants.get(content)
                    write_sums(part, digests, variant or known or f"own files {content[:8]}")
                if path.exists():
                    path.rename(old)
                part.rename(path)
        finally:
            for left_over in (part, old):
                shutil.rmtree(left_over, ignore_errors=True)

    def _miss(self, came: str, way_on: str) -> DataError:
        return DataError(
            self.path,
            expected=f"{self.spec.title}: pictures in train and test, a folder for each class",
            came=came,
            way_on=way_on,
        )


def _name_old(path: Path) -> Path:
    """Returns where a folder waits while a new one takes its place."""
    return path.with_name(f"{path.name}.old.part")
