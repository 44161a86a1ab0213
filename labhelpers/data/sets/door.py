"""The door behind which a data set lies: from its name to verified files on this machine.

What is there is taken. What is missing is made from what was put beside it by hand, else asked of
the mirror, else downloaded from the official places. Only what was verified gets its name.
"""

import abc
import contextlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labhelpers.data.fetch.data_error import DataError, refuse
from labhelpers.data.fetch.disk import check_room, explain_disk, hold_lock, is_there
from labhelpers.data.fetch.downloader import Patience, download
from labhelpers.data.fetch.fetching import fetch_part, find_mirror
from labhelpers.data.fetch.network_faults import PlaceError
from labhelpers.data.fetch.places import data_root, name_the_ways
from labhelpers.data.fetch.registry import ArraySet, PictureSet


@dataclass(frozen=True)
class Door(abc.ABC):
    """How a data set is fetched and checked, whatever it is made of."""

    spec: ArraySet | PictureSet

    @property
    def path(self) -> Path:
        """Where the file or the folder is, or would be."""
        return data_root() / self.spec.file_name

    @abc.abstractmethod
    def check(self) -> str:
        """Reads and checks what is there, and returns a few words on it."""

    @abc.abstractmethod
    def install(self, place: Path, origin: str) -> None:
        """Checks what lies in a place, and puts it behind the door in one step.

        Args:
            place: A file, an archive or a folder.
            origin: "stick" for what a reader named, "found" for what lay in the data folder,
                "mirror" for what a mirror gave, "official" for the official download.

        Raises:
            DataError: If it is wrong; what is behind the door stays then.
            FileNotFoundError: If something is missing in it, with its name.
        """

    @abc.abstractmethod
    def find_by_hand(self) -> list[Path]:
        """Lists the places beside the door where a reader may have put a download."""

    def recover(self) -> None:  # noqa: B027 - what is written in one step needs none
        """Undoes what a process that was killed has left halfway."""

    def fetch(self, *, patience: Patience | None = None, show_progress: bool = True) -> Path:
        """Returns the path of the data, after downloading what it is made from if need be."""
        path = self.path
        downloads = path.parent / "downloads" / self.spec.name
        was_there = is_there(path)
        if was_there and not downloads.exists():
            return path
        # Once the data is there, all that may be left to do is to clear up after a process that
        # was killed; a folder that is read-only is no reason then not to load.
        forgiven = (DataError,) if was_there else ()
        with contextlib.suppress(*forgiven), hold_lock(path.parent, self.spec.name):
            self.recover()
            if not is_there(path):
                self._bring(downloads, patience=patience, show_progress=show_progress)
            shutil.rmtree(downloads, ignore_errors=True)
            with contextlib.suppress(OSError):
                downloads.parent.rmdir()
        return path

    def take(self, place: Path) -> Path:
        """Takes the data set from a stick, and returns the path of its new home.

        `place` may be a file, an archive or a folder, of the official download or of what lies
        behind such a door. If it is refused, what is in the data folder stays.
        """
        with hold_lock(self.path.parent, self.spec.name), explain_disk(self.path.parent):
            try:
                self.install(place, "stick")
            except FileNotFoundError as error:
                raise refuse(place, self.spec.wanted, f"there is no {error} in it") from error
        return self.path

    def verify(self) -> str:
        """Reads all of the data, checks it, and returns a few words on what is there."""
        if not is_there(self.path):
            raise DataError(
                self.path,
                expected=f"a copy of {self.spec.title}",
                came="there is no such file or folder",
                way_on=name_the_ways(self.spec.name, self.spec.file_name),
            )
        return self.check()

    def _bring(self, downloads: Path, **options: Any) -> None:
        """Gets what is missing from the data folder, from the mirror or the official places."""
        with explain_disk(downloads):
            downloads.mkdir(parents=True, exist_ok=True)
        for place in self.find_by_hand():
            with contextlib.suppress(FileNotFoundError):
                self.install(place, "found")
                return
        if find_mirror() and self._ask_mirror(downloads / "mirror", **options):
            return
        parts = self.spec.parts
        check_room(downloads, sum(part.size_bytes for part in parts) + self.spec.size_bytes)
        for part in parts:
            fetch_part(part, downloads, name=self.spec.name, file=self.spec.file_name, **options)
        archive = downloads / parts[0].name if len(parts) == 1 else downloads
        self.install(archive, "official")

    def _ask_mirror(self, folder: Path, **options: Any) -> bool:
        """Says whether the mirror had it."""
        # In a folder of its own: what is wrong there is never met again.
        with explain_disk(folder):
            folder.mkdir(exist_ok=True)
        url = f"{find_mirror()}/{self.spec.served_name}"
        file = folder / self.spec.served_name
        try:
            file.unlink(missing_ok=True)
            download(url, file, limit_bytes=self.spec.limit_bytes, **options)
            self.install(file, "mirror")
            return True
        except PlaceError as error:
            reason = str(error)
        except DataError as error:
            if isinstance(error.__cause__, OSError):
                raise  # It is this machine's disk that refuses.
            reason = f"{error.file} {error.came}"
        print(f"{url} is of no use: {reason}. Asking the official places.", file=sys.stderr)
        return False
