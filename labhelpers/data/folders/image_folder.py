"""The door of any folder of pictures that has one folder for each class."""

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from labhelpers.arguments import check_choice, check_count, check_flag, say_wrong
from labhelpers.data.fetch.data_error import DataError
from labhelpers.data.fetch.places import find_cache_folder
from labhelpers.data.folders.decoding import FITS, Sizing
from labhelpers.data.folders.folder_cache import decode_folder
from labhelpers.data.folders.folder_index import Finding, FolderIndex, digest_content, index_folder

_SAID_AT_ONCE = 5


@dataclass(frozen=True)
class FolderImages:
    """Pictures of a folder, as arrays.

    Attributes:
        images: uint8 (N, S, S, C), C = 1 for grey or 3 for RGB: a memory map of a file, so that
            only what is looked at comes into memory. It cannot be written: take a copy of a part.
        labels: int64 (N,), indices into `classes`.
        classes: Names of the classes, sorted.
        files: Name of the file of each image, from the folder on.
        name: Name of the data set; says so when it is a stand-in.
        source: Where the pictures came from.
        variant: Which collection of files it is, for results to name.
        findings: What was left out and why, and what was done to some.
        standin: Whether they are drawn, and not the real thing.
    """

    images: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)
    classes: tuple[str, ...]
    files: tuple[str, ...] = field(repr=False)
    name: str
    source: str
    variant: str
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    standin: bool = False

    @property
    def left_out(self) -> tuple[Finding, ...]:
        """The files that are not among the images, each with the reason."""
        return tuple(finding for finding in self.findings if finding.left_out)

    def describe(self) -> str:
        """Returns how many images there are, and every finding, line by line."""
        counts = np.bincount(self.labels, minlength=len(self.classes))
        parts = [f"{count:,} {name}" for name, count in zip(self.classes, counts, strict=True)]
        kept = len(self.findings) - len(self.left_out)
        lines = [
            f"{self.name}: {len(self.labels):,} images ({', '.join(parts)}); "
            f"{len(self.left_out):,} files left out, {kept:,} remarks"
        ]
        for title, is_out in (("left out", True), ("remark", False)):
            lines += [f"{title}: {f}" for f in self.findings if f.left_out is is_out]
        return "\n".join(lines)


def load_image_folder(
    path: str | Path,
    *,
    size_px: int,
    channels: int = 3,
    fit: str = "squash",
    limit_per_class: int | None = None,
    apart_from: str | Path | None = None,
    name: str | None = None,
    show_progress: bool = True,
) -> FolderImages:
    """Loads the pictures of a folder that has one folder for each class.

    They are decoded once, in parallel, into a file of pixels in the cache folder, which later calls
    open as long as the content of the pictures is the same.

    Every file is either among the images or among the findings with its reason: unreadable, empty,
    blank (no two pixels further apart than 8 of 255), far too large, no picture. What was turned
    upright, cut down to 8 bits, taken from print colours or from the first of several pictures is
    named too, and so are files that are there twice.

    Args:
        path: The folder, for example one that holds cat/ and dog/.
        size_px: Width and height of the images, 8 to 2048.
        channels: 1 for grey, 3 for RGB.
        fit: How a picture that is no square becomes one: "squash" stretches it, "crop" takes the
            middle, "pad" adds black bars.
        limit_per_class: How many usable pictures of each class, by name; None takes all.
        apart_from: Another such folder, for example the test pictures: a file that is there too,
            byte for byte, is left out here.
        name: Name of the data set, for reports; None takes the folder's.
        show_progress: Whether to show a bar.

    Returns:
        The images, class by class, files in the order of their names.

    Raises:
        DataError: If there is no such folder, a class has no usable picture, or the disk is full.
        TypeError, ValueError: If an argument is of another type or out of range.
    """
    sizing = check_sizing(size_px, channels, fit)
    if limit_per_class is not None:
        limit_per_class = check_count("limit_per_class", limit_per_class)
    show_progress = check_flag("show_progress", show_progress)
    if name is not None and not isinstance(name, str):
        raise TypeError(say_wrong("name", "text, or None for the folder's name", name))
    folder = check_folder("path", path)
    index = index_folder(folder, name_memory(folder))
    others: FolderIndex | None = None
    if apart_from is not None:
        other = check_folder("apart_from", apart_from)
        others = index_folder(other, name_memory(other))
    loaded = load_index(
        index, sizing, limit_per_class=limit_per_class, others=others, show_progress=show_progress
    )
    loaded = replace(loaded, name=name or folder.name)
    say_findings(loaded)
    return loaded


def check_folder(name: str, value: object) -> Path:
    """Checks that an argument can name a folder; whether there is one is seen later."""
    if not isinstance(value, str | os.PathLike):
        raise TypeError(say_wrong(name, "the path of a folder", value))
    return Path(value).expanduser().absolute()


def check_sizing(size_px: object, channels: object, fit: object) -> Sizing:
    """Checks what pictures shall become."""
    size_px = check_count("size_px", size_px, at_least=8, at_most=2048)
    if isinstance(channels, bool) or channels not in (1, 3):
        raise ValueError(say_wrong("channels", "1 for grey or 3 for RGB", channels))
    return Sizing(size_px, int(channels), check_choice("fit", fit, FITS))


def name_memory(folder: Path) -> Path:
    """Returns the file in which the digests of a folder's files are remembered."""
    key = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    return find_cache_folder() / f"index-{key[:16]}.json"


def load_index(
    index: FolderIndex,
    sizing: Sizing,
    *,
    limit_per_class: int | None,
    others: FolderIndex | None,
    show_progress: bool,
) -> FolderImages:
    """Loads the pictures of an indexed folder, but those that are in `others` too."""
    findings = list(index.findings)
    taken = _find_doubles(index, others, findings)
    groups = [
        {file: index.digests[file] for file in index.files_of(name) if file not in taken}
        for name in index.classes
    ]
    decoded = decode_folder(
        index.folder, groups, sizing, limit=limit_per_class, show_progress=show_progress
    )
    owners = [index.classes.index(file.partition("/")[0]) for file in decoded.files]
    for number, name in enumerate(index.classes):
        if number not in owners:
            raise DataError(
                index.folder / name,
                expected="at least one usable picture",
                came=_count_reasons([*findings, *decoded.findings], name),
                way_on=_name_way_on(index, name),
            )
    return FolderImages(
        images=decoded.images,
        labels=np.array(owners, np.int64),
        classes=index.classes,
        files=decoded.files,
        name=index.folder.name,
        source=str(index.folder),
        variant=f"own files {digest_content(list(index.digests.values()))[:8]}",
        findings=(*findings, *decoded.findings),
    )


def _name_way_on(index: FolderIndex, name: str) -> str:
    below = sorted(path.name for path in (index.folder / name).iterdir() if path.is_dir())
    if below and not index.files_of(name):
        return f"Are {', '.join(below[:3])} the classes? Then load {index.folder / name}."
    return "Put pictures there, or move the folder away."


def say_findings(loaded: FolderImages) -> None:
    """Prints what was left out, by name, where it is little; else how much, and where to look."""
    out = loaded.left_out
    if not out:
        return
    print(f"{loaded.name}: {len(out):,} files left out, .describe() lists all:")
    for finding in out[:_SAID_AT_ONCE]:
        print(f"  {finding}")
    if len(out) > _SAID_AT_ONCE:
        print(f"  and {len(out) - _SAID_AT_ONCE:,} more")


def _find_doubles(
    index: FolderIndex, others: FolderIndex | None, findings: list[Finding]
) -> Collection[str]:
    """Notes files that are there twice, and returns those that are in the other folder too."""
    elsewhere = {digest: file for file, digest in others.digests.items()} if others else {}
    first: dict[str, str] = {}
    taken = set()
    for file, digest in index.digests.items():
        if digest in elsewhere:
            other = f"{others.folder.name}/{elsewhere[digest]}"
            findings.append(Finding(file, f"is the same picture as {other}", True))
            taken.add(file)
        elif digest in first:
            findings.append(Finding(file, f"is the same picture as {first[digest]}", False))
        else:
            first[digest] = file
    return taken


def _count_reasons(findings: list[Finding], name: str) -> str:
    reasons = [str(f) for f in findings if f.left_out and f.file.startswith(f"{name}/")]
    if not reasons:
        return "it is empty"
    return f"all {len(reasons)} are left out, such as {reasons[0]}"
