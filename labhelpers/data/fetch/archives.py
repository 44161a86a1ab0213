"""Reading gzip, tar and zip files that may be damaged, or made to do harm."""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from labhelpers.data.fetch.data_error import DataError, refuse

_GZIP_MAGIC = b"\x1f\x8b"
_LONGEST_HEADER_BYTES = 1 << 16
_HEADER_TYPES = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
_MOST_FILES = 100_000

Opener = Callable[[str], BinaryIO | None]


class LimitedReader(io.RawIOBase):
    """A stream that gives no more than `limit_bytes`: what stops a file that unpacks for ever."""

    def __init__(self, stream: BinaryIO, limit_bytes: int, name: str) -> None:
        self.stream, self.limit_bytes, self.name, self._done = stream, limit_bytes, name, 0

    def readable(self) -> bool:
        """Says that this can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:
        """Reads into a buffer, and returns how many bytes came."""
        # Never asks for more than one byte past the limit: what is refused is not unpacked.
        room = self.limit_bytes + 1 - self._done
        block = self.stream.read(min(len(buffer), room))
        self._done += len(block)
        if self._done > self.limit_bytes:
            raise refuse(
                self.name, f"at most {self.limit_bytes:,} bytes, unpacked", "it unpacks to more"
            )
        buffer[: len(block)] = block
        return len(block)


class _ShortTarInfo(tarfile.TarInfo):
    """A tar member whose extra headers stay short: tarfile reads each into memory as a whole."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _HEADER_TYPES and self.size > _LONGEST_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {self.size:,} bytes")
        return super()._proc_member(archive)


@contextmanager
def unzipped(stream: BinaryIO, limit_bytes: int, name: str) -> Iterator[BinaryIO]:
    """Opens a file, gzipped or not, of at most `limit_bytes` unzipped, and closes it at the end."""
    with stream, io.BufferedReader(stream) as source:
        is_gzip = source.peek(2)[:2] == _GZIP_MAGIC
        plain = gzip.GzipFile(fileobj=source, mode="rb") if is_gzip else source
        try:
            yield io.BufferedReader(LimitedReader(plain, limit_bytes, name), 1 << 18)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise refuse(name, "a whole gzip file", f"it is damaged ({error})") from error


@contextmanager
def open_tar(stream: BinaryIO, limit_bytes: int, name: str) -> Iterator[tarfile.TarFile]:
    """Opens a tar archive, gzipped or not, that is read from front to back."""
    with unzipped(stream, limit_bytes, name) as plain:
        try:
            with tarfile.open(fileobj=plain, mode="r|", tarinfo=_ShortTarInfo) as archive:
                yield archive
        except tarfile.TarError as error:
            raise refuse(name, "a whole archive", f"it is damaged ({error})") from error


def read_exactly(stream: io.BufferedIOBase, count: int, name: str) -> bytes:
    """Reads `count` bytes, which must be all of a file."""
    content = stream.read(count + 1)
    if len(content) != count:
        came = f"it has {'more' if len(content) > count else f'{len(content):,}'}"
        raise refuse(name, f"{count:,} bytes", came)
    return content


@contextmanager
def explain_reading(path: Path) -> Iterator[None]:
    """Turns what keeps a file that was handed over from being opened into one sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise refuse(path, "a folder or an archive", "there is no such thing") from error
    except OSError as error:
        file = error.filename or path
        raise refuse(file, "what can be read", f"it cannot ({error.strerror})") from error


@contextmanager
def open_shelf(place: Path, *, depth: int) -> Iterator[Opener]:
    """Opens a folder or a zip file in which the files of a data set may lie.

    Yields a function that opens a file by its name, wherever it lies in there up to `depth` floors
    of folders, or returns None. `x.gz`, `x` and spellings with other dots (`a-b` for `a.b`) count
    as the same name.
    """
    if place.is_dir():
        with explain_reading(place):
            names = {_simplify(path.name): path for path in reversed(list(_walk(place, depth)))}

        def open_file(name: str) -> BinaryIO | None:
            path = names.get(_simplify(name))
            if path is None:
                return None
            with explain_reading(path):
                return path.open("rb")

        yield open_file
        return
    try:
        with explain_reading(place):
            file = place.open("rb")
        with file, zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            held = {_simplify(Path(member.filename).name): member for member in members}

            def open_member(name: str) -> BinaryIO | None:
                member = held.get(_simplify(name))
                return None if member is None else archive.open(member)

            yield open_member
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
        raise refuse(place, "a folder or a whole zip file", f"it is none ({error})") from error


def copy_limited(stream: BinaryIO, path: Path, limit_bytes: int, name: str) -> None:
    """Copies a stream into a file of at most `limit_bytes`, which is deleted if that fails."""
    reader = LimitedReader(stream, limit_bytes, name)
    try:
        with path.open("wb") as file:
            while block := reader.read(1 << 20):
                file.write(block)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        path.unlink(missing_ok=True)
        raise refuse(name, "a whole file", f"it is damaged ({error})") from error
    except (DataError, OSError):
        path.unlink(missing_ok=True)
        raise


def _simplify(name: str) -> str:
    return name.lower().removesuffix(".gz").replace(".", "-")


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    """Walks through the files of a folder and those within, in order of their names."""
    for count, path in enumerate(sorted(folder.iterdir())):
        if count > _MOST_FILES:
            return
        if path.is_file():
            yield path
        elif path.is_dir() and depth > 1:
            yield from _walk(path, depth - 1)
