"""The door of a data set of pictures: a folder {train,test}/<class>/*."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from labhelpers.data.fetch.data_error import refuse
from labhelpers.data.fetch.disk import explain_disk, is_there
from labhelpers.data.fetch.picture_archives import (
    SUMS,
    compare_sums,
    format_sums,
    read_known,
    read_sums,
    read_variant,
    recall_known,
    unpack_pictures,
)
from labhelpers.data.fetch.registry import PictureSet
from labhelpers.data.folders.folder_index import digest_content, index_folder
from labhelpers.data.sets.door import Door

SPLITS = ("train", "test")


@dataclass(frozen=True)
class PictureDoor(Door):
    """How one data set of pictures is fetched and checked."""

    spec: PictureSet

    def check(self) -> str:
        """Reads every file, and returns a few words on them."""
        digests = self.list_digests(None)
        return f"{len(digests):,} pictures: {self.name_variant(digests)}"

    def list_digests(self, memory: dict[str, Path] | None) -> dict[str, str]:
        """Lists SHA-256 of all pictures, by name, and compares them with the folder's own list.

        `memory` is, for each split, a file in which digests are remembered; None reads all
        pictures.
        """
        digests: dict[str, str] = {}
        for split in SPLITS:
            if not (self.path / split).is_dir():
                raise refuse(self.path, self.spec.wanted, f"there is no folder {split} in it")
            index = index_folder(self.path / split, memory and memory[split])
            missing = [name for name in self.spec.classes if not index.files_of(name)]
            if missing:
                came = f"there are no pictures in {split}/{missing[0]}"
                raise refuse(self.path, self.spec.wanted, came)
            digests |= {f"{split}/{file}": digest for file, digest in index.digests.items()}
        listed = read_sums(self.path / SUMS)
        if listed is None:
            listed = recall_known(digests, read_known(self.spec.known_file))
        compare_sums(self.path, digests, listed)
        return digests

    def name_variant(self, digests: dict[str, str]) -> str:
        """Names the variant that files of these digests are."""
        listed = read_sums(self.path / SUMS) or {}
        claimed = read_variant(self.path) if listed == digests else None
        return self._name_content(digests, claimed)

    def find_by_hand(self) -> list[Path]:
        """Lists the official archive, and what it unpacks to, in the data folder."""
        places = (self.path.parent / self.spec.part.name, self.path.parent / "PetImages")
        return [place for place in places if place.exists()]

    def recover(self) -> None:
        """Goes back to before the first of the two steps in which a new folder takes its place."""
        if self._old.exists() and not is_there(self.path):
            self._old.rename(self.path)

    def install(self, place: Path, origin: str) -> None:
        """Unpacks beside the folder's place, checks, and moves it there in one step."""
        part = self.path.with_name(f"{self.path.name}.part")
        for left_over in (part, self._old):
            shutil.rmtree(left_over, ignore_errors=True)
        try:
            with explain_disk(self.path, self.spec.size_bytes):
                part.mkdir()
                digests = unpack_pictures(place, part)
                self._check_unpacked(place, digests)
                if not (part / SUMS).exists():
                    if origin == "mirror":
                        raise refuse(place, f"a list of digests {SUMS}", "it holds none")
                    official = self.spec.official if origin == "official" else None
                    variant = official or self._name_content(digests)
                    (part / SUMS).write_text(format_sums(digests, variant), "utf-8")
                if self.path.exists():
                    self.path.rename(self._old)
                part.rename(self.path)
        finally:
            for left_over in (part, self._old):
                shutil.rmtree(left_over, ignore_errors=True)

    @property
    def _old(self) -> Path:
        """Where a folder waits while a new one takes its place."""
        return self.path.with_name(f"{self.path.name}.old.part")

    def _check_unpacked(self, place: Path, digests: dict[str, str]) -> None:
        for split in SPLITS:
            for name in self.spec.classes:
                if not any(file.startswith(f"{split}/{name}/") for file in digests):
                    raise refuse(place, f"pictures for {split}/{name}", "it holds none")

    def _name_content(self, digests: dict[str, str], claimed: str | None = None) -> str:
        content = digest_content(list(digests.values()))
        return self.spec.variants.get(content) or claimed or f"own files {content[:8]}"
