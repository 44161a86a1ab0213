"""Unpacking pictures out of archives and folders that nobody has checked."""

import contextlib
import hashlib
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from labhelpers.data.fetch.archives import LimitedReader, explain_reading, open_tar
from labhelpers.data.fetch.data_error import DataError, refuse

SUMS = "SHA256SUMS"
_MOST_BYTES = 4_000_000_000
_FRAME_BYTES = 400_000_000
_MOST_FILE_BYTES = 100_000_000
_MOST_FILES = 200_000
_LINE = re.compile(r"^([0-9a-f]{64}) [ *](.+)$")
_NUMBERED = re.compile(r"^(?:(cat|dog)s?[._-]?)?0*(\d{1,9})(\.[a-z]{3,5})$")
_CLASSES = {"cat": "cat", "cats": "cat", "dog": "dog", "dogs": "dog"}
_SPLITS = {"train": "train", "training": "train", "test": "test", "testing": "test"}
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\/]')

Entry = tuple[str, BinaryIO]


def place_picture(name: str) -> str | None:
    """Says where in the data folder a file of an archive belongs; None for what is no cat or dog.

    A split that is there is kept: .../train/cat/x.jpg. Where there is none, the file's number
    decides: .../Cat/120.jpg and .../cat.120.jpg become test pictures if it is divisible by 10.
    """
    *folders, base = [part for part in PurePosixPath(name).parts if part != "."]
    lower = [folder.lower() for folder in folders]
    owner = _CLASSES.get(lower[-1]) if lower else None
    split = _SPLITS.get(lower[-2]) if len(lower) > 1 else None
    if base == SUMS:
        return SUMS
    if base.startswith(".") or base.lower() in ("thumbs.db", "desktop.ini"):
        return None
    if owner and split:
        return f"{split}/{owner}/{base}"
    match = _NUMBERED.match(base.lower())
    owner = owner or (match and _CLASSES.get(match[1] or ""))
    if not owner or not match:
        return None
    number = int(match[2])
    return f"{'test' if number % 10 == 0 else 'train'}/{owner}/{owner}.{number}{match[3]}"


def unpack_pictures(place: Path, target: Path, *, limit_bytes: int = _MOST_BYTES) -> dict[str, str]:
    """Copies pictures out of a zip file, a tar file or a folder; returns SHA-256 of each, by name.

    Nothing is written but plain files within `target`, under the names that `place_picture` gives.
    An archive that holds a link, a device, a path that leads out of it, or more than it should, is
    refused, and so is a picture that is not what the list of digests in it says.
    """
    digests: dict[str, str] = {}
    seen: set[str] = set()
    left = limit_bytes
    with _open_entries(place) as entries:
        for count, (name, stream) in enumerate(entries):
            if count > _MOST_FILES:
                raise refuse(place, f"at most {_MOST_FILES:,} files", "it holds more")
            file = place_picture(name)
            if file is None:
                continue
            if _UNSAFE.search(PurePosixPath(file).name):
                raise refuse(name, "a file name that every system can hold", "it is none")
            if file.lower() in seen:
                raise refuse(name, f"one file for {file} in {place}", "there are two")
            seen.add(file.lower())
            limited = LimitedReader(stream, min(left, _MOST_FILE_BYTES), name)
            digests[file], size = _write(limited, target / file)
            left -= size
    listed = read_sums(target / SUMS)
    digests.pop(SUMS, None)
    if listed is not None:
        compare_sums(place, digests, listed)
    return digests


def read_sums(path: Path) -> dict[str, str] | None:
    """Reads a list of digests in the form of sha256sum, or returns None where there is none."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise refuse(path, "a list of digests", f"it cannot be read ({error})") from error
    found = [_LINE.match(line) for line in lines if line and not line.startswith("#")]
    if not all(found):
        raise refuse(path, "lines of a digest and a name", "one is none")
    return {match[2]: match[1] for match in found}


def read_known(name: str) -> dict[str, str]:
    """Reads a list of this package: the beginning of each picture's digest, by its name."""
    if not name:
        return {}
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return {file: short for short, _, file in (line.partition("  ") for line in lines[1:])}


def recall_known(digests: dict[str, str], known: dict[str, str]) -> dict[str, str]:
    """Says what the files of a folder without a list should begin with, if it is one that is known.

    It is known where nine of ten known files are there and right; else it is a folder of its own.
    """
    shared = {file: short for file, short in known.items() if file in digests}
    right = sum(digests[file].startswith(short) for file, short in shared.items())
    return shared if right and right >= 0.9 * len(known) else {}


def format_sums(digests: dict[str, str], variant: str) -> str:
    """Returns the text of a list of digests, for `sha256sum -c` and for us."""
    lines = [f"# {variant}", *(f"{digests[file]}  {file}" for file in sorted(digests))]
    return "\n".join(lines) + "\n"


def read_variant(folder: Path) -> str | None:
    """Returns the name of the variant in a folder's list of digests, or None."""
    with contextlib.suppress(OSError, ValueError), (folder / SUMS).open(encoding="utf-8") as file:
        first = file.readline(200)
        return first[2:].strip() if first.startswith("# ") else None
    return None


def compare_sums(place: Path, digests: dict[str, str], listed: dict[str, str]) -> None:
    """Refuses files of which one is missing, or of another digest than is listed."""
    for file, digest in listed.items():
        if not digests.get(file, "").startswith(digest):
            came = "its content is another" if file in digests else "there is no such file"
            raise DataError(
                place / file,
                expected=f"the picture that is listed (SHA-256 {digest[:12]}...)",
                came=came,
                way_on="Put a good copy of it there, or delete the folder of the whole set to have "
                "that fetched again.",
            )


def _write(stream: BinaryIO, path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        while block := stream.read(1 << 20):
            digest.update(block)
            size += len(block)
            file.write(block)
    return digest.hexdigest(), size


@contextlib.contextmanager
def _open_entries(place: Path) -> Iterator[Iterator[Entry]]:
    """Opens a folder, a zip file or a tar file; yields its plain files, refuses all else."""
    try:
        with explain_reading(place):
            is_folder = place.is_dir()
            if not is_folder:
                place.open("rb").close()
        if is_folder:
            yield _walk(place)
        elif zipfile.is_zipfile(place):
            with zipfile.ZipFile(place) as archive:
                yield _list_zip(archive)
        else:
            with open_tar(place.open("rb"), _MOST_BYTES + _FRAME_BYTES, str(place)) as archive:
                yield _list_tar(archive)
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise refuse(place, "a whole archive", f"it is damaged ({error})") from error
    except (NotImplementedError, ValueError) as error:
        raise refuse(place, "a zip or tar file", f"it is packed otherwise ({error})") from error


def _walk(place: Path) -> Iterator[Entry]:
    for path in sorted(place.rglob("*")):
        if path.is_file():
            with explain_reading(path):
                stream = path.open("rb")
            with stream:
                yield path.relative_to(place.parent).as_posix(), stream


def _list_zip(archive: zipfile.ZipFile) -> Iterator[Entry]:
    for member in archive.infolist():
        kind = stat.S_IFMT(member.external_attr >> 16)
        if member.is_dir():
            _check_name(member.filename)
            continue
        if kind not in (0, stat.S_IFREG):
            raise refuse(member.filename, "a plain file", "it is a link or a device")
        _check_name(member.filename)
        with archive.open(member) as stream:
            yield member.filename.replace("\\", "/"), stream


def _list_tar(archive: tarfile.TarFile) -> Iterator[Entry]:
    for member in archive:
        _check_name(member.name)
        if member.isdir():
            continue
        if not member.isreg():
            raise refuse(member.name, "a plain file", "it is a link or a device")
        with archive.extractfile(member) as stream:
            yield member.name, stream


def _check_name(name: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or re.match(r"^[a-zA-Z]:", name):
        raise refuse(name, "a path within the archive", "it leads out of it")
