"""What lies in a folder of classes: names, sizes and digests of its files."""

import hashlib
import io
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from labhelpers.data.fetch.data_error import DataError
from labhelpers.data.fetch.disk import write_aside

_LARGE_BYTES = 1 << 24
_ASIDE = re.compile(r"^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """What is to be said about a file of a folder.

    Attributes:
        file: Its name, from the folder on, with slashes.
        what: What it is, or what was done to it.
        left_out: Whether it is not among the images.
    """

    file: str
    what: str
    left_out: bool

    def __str__(self) -> str:
        return f"{self.file} {self.what}"


@dataclass(frozen=True)
class FolderIndex:
    """The files of a folder of classes."""

    folder: Path
    classes: tuple[str, ...]  # names of the folders within it, sorted
    # SHA-256 of each file, by its name from the folder on; in the order of classes, then of names,
    # numbers in names by their size.
    digests: dict[str, str]
    findings: tuple[Finding, ...]

    def files_of(self, name: str) -> list[str]:
        """Returns the files of a class."""
        return [file for file in self.digests if file.startswith(f"{name}/")]


def index_folder(folder: Path, memory: Path | None = None) -> FolderIndex:
    """Lists the files of a folder of classes, with their digests.

    In the file `memory` digests are remembered: a file whose size and time of change are the same
    as then is not read again. None reads all.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(
            folder,
            expected="a folder with one folder for each class",
            came=f"it cannot be opened ({error.strerror})",
            way_on="Check the path.",
        ) from error
    findings = []
    classes = [entry.name for entry in entries if entry.is_dir() and not _ASIDE.match(entry.name)]
    for entry in entries:
        if entry.name not in classes:
            findings.append(Finding(entry.name, "lies outside of the classes", True))
    if not classes:
        raise DataError(
            folder,
            expected="one folder for each class in it, such as cat/ and dog/",
            came=f"it holds {len(entries)} files and no folder",
            way_on="Put each class's pictures into a folder of their own.",
        )
    known = _recall(memory)
    seen: dict[str, list] = {}
    for name in classes:
        for entry in sorted(os.scandir(folder / name), key=lambda entry: _count_up(entry.name)):
            file = f"{name}/{entry.name}"
            if entry.is_dir():
                findings.append(Finding(file, "is a folder within a class: not looked into", True))
            elif _ASIDE.match(entry.name):
                findings.append(Finding(file, "is a file of the system, no picture", True))
            else:
                seen[file] = _look_at(entry, known.get(file), findings, file)
    seen = {file: facts for file, facts in seen.items() if facts}
    if seen != known:
        _remember(memory, seen)
    digests = {file: facts[2] for file, facts in seen.items()}
    return FolderIndex(folder, tuple(classes), digests, tuple(findings))


def digest_content(digests: list[str]) -> str:
    """Returns the digest of a set of files from SHA-256 of each, whatever their order."""
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


def _look_at(
    entry: os.DirEntry, known: list | None, findings: list[Finding], file: str
) -> list | None:
    """Returns size, time of change and digest of a file, or None where it cannot be read."""
    try:
        if not entry.is_file():
            findings.append(Finding(file, "is no plain file", True))
            return None
        status = entry.stat()
        if known and known[:2] == [status.st_size, status.st_mtime_ns]:
            return known
        with open(entry.path, "rb", buffering=0) as stream:  # noqa: PTH123 - quicker than Path
            digest = _digest(stream, status.st_size)
        return [status.st_size, status.st_mtime_ns, digest]
    except OSError as error:
        findings.append(Finding(file, f"cannot be read ({error.strerror})", True))
        return None


def _digest(stream: io.RawIOBase, size: int) -> str:
    if size > _LARGE_BYTES:
        return hashlib.file_digest(stream, "sha256").hexdigest()
    return hashlib.sha256(stream.read()).hexdigest()


def _count_up(name: str) -> list:
    """Sorts "cat.10.jpg" after "cat.9.jpg"."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _recall(memory: Path | None) -> dict[str, list]:
    try:
        known = json.loads(memory.read_text("utf-8")) if memory else {}
    except (OSError, ValueError):
        return {}
    is_whole = isinstance(known, dict) and all(
        isinstance(facts, list) and len(facts) == 3 and isinstance(facts[2], str)
        for facts in known.values()
    )
    return known if is_whole else {}


def _remember(memory: Path | None, seen: dict[str, list]) -> None:
    # What cannot be remembered is looked up again the next time.
    if memory is not None:
        write_aside(memory, json.dumps(seen).encode())
