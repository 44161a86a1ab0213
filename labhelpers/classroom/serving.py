"""A teacher's machine that hands verified data to a class over the local network."""

import contextlib
import hashlib
import http.server
import os
import re
import socket
import sys
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from labhelpers.data.fetch.disk import is_there
from labhelpers.data.fetch.picture_archives import SUMS, format_sums
from labhelpers.data.sets.door import Door
from labhelpers.data.sets.picture_door import PictureDoor

_BLOCK_BYTES = 1 << 18
_MOST_CONNECTIONS = 128
_SILENCE_S = 60
_RANGE = re.compile(r"^bytes=(\d{1,15})-(\d{0,15})$")


class ChangedError(Exception):
    """A file is not the one any more that was verified."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a served file: bytes, or a file on the disk as it was when it was verified."""

    size: int
    content: bytes | None = None
    path: Path | None = None
    changed_ns: int = 0

    @classmethod
    def of_file(cls, path: Path) -> "Piece":
        """Returns the piece that is a whole file."""
        status = path.stat()
        return cls(status.st_size, path=path, changed_ns=status.st_mtime_ns)

    def read(self, start: int, count: int) -> Iterator[bytes]:
        """Reads bytes from `start` on; raises ChangedError where the file is another now."""
        if self.content is not None:
            yield self.content[start : start + count]
            return
        with self.path.open("rb") as file:
            status = os.fstat(file.fileno())
            if (status.st_size, status.st_mtime_ns) != (self.size, self.changed_ns):
                raise ChangedError(self.path)
            file.seek(start)
            while count > 0:
                block = file.read(min(_BLOCK_BYTES, count))
                if not block:
                    raise ChangedError(self.path)
                count -= len(block)
                yield block


@dataclass(frozen=True)
class ServedFile:
    """A file that is served, put together from pieces."""

    name: str
    version: str  # what changes when its content does
    pieces: tuple[Piece, ...]

    @cached_property
    def size(self) -> int:
        """How many bytes it has."""
        return sum(piece.size for piece in self.pieces)

    def read(self, start: int, count: int) -> Iterator[bytes]:
        """Reads `count` bytes from `start` on."""
        for piece in self.pieces:
            if start < piece.size and count > 0:
                now = min(count, piece.size - start)
                yield from piece.read(start, now)
                count, start = count - now, 0
            else:
                start -= piece.size


def prepare(door: Door) -> ServedFile:
    """Verifies a data set, and returns it as a file to be served.

    Pictures become a tar archive that is put together while it is sent, and takes no room.
    """
    if not is_there(door.path):
        door.verify()
    if not isinstance(door, PictureDoor):
        # Its state before the check counts: what is changed during it is noticed later.
        piece = Piece.of_file(door.path)
        door.verify()
        with door.path.open("rb") as file:
            version = hashlib.file_digest(file, "sha256").hexdigest()
        return ServedFile(door.spec.file_name, version, (piece,))
    before = {path: Piece.of_file(path) for path in door.path.glob("*/*/*") if path.is_file()}
    digests = door.list_digests(None)
    variant = door.name_variant(digests)
    sums = format_sums(digests, variant).encode("utf-8", "surrogateescape")
    pieces = [*_frame(f"{door.spec.name}/{SUMS}", Piece(len(sums), sums))]
    for file in sorted(digests):
        pieces += _frame(f"{door.spec.name}/{file}", before[door.path / file])
    pieces.append(Piece(1024, bytes(1024)))
    return ServedFile(door.spec.served_name, hashlib.sha256(sums).hexdigest(), tuple(pieces))


def _frame(name: str, piece: Piece) -> Iterator[Piece]:
    """Puts a tar header before a piece, and fills its last block."""
    info = tarfile.TarInfo(name)
    info.size = piece.size
    header = info.tobuf(tarfile.GNU_FORMAT, errors="surrogateescape")
    yield Piece(len(header), header)
    yield piece
    rest = -piece.size % tarfile.BLOCKSIZE
    yield Piece(rest, bytes(rest))


class DataServer(http.server.ThreadingHTTPServer):
    """Serves a few known files and nothing else: it lists nothing and opens no other path."""

    daemon_threads = True
    request_queue_size = _MOST_CONNECTIONS

    def __init__(
        self, files: list[ServedFile], *, host: str = "127.0.0.1", port: int = 8765
    ) -> None:
        self.files = {f"/{file.name}": file for file in files}
        self.places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)

    @property
    def address(self) -> str:
        """What to set LABHELPERS_MIRROR to, on another machine if it listens to others."""
        host, port = self.server_address[:2]
        if host in ("0.0.0.0", "::"):  # noqa: S104 - asked for by name
            host = _find_own_address()
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def handle_error(self, request: object, client_address: tuple) -> None:
        """Says in one line what went wrong with one request; the others go on."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            print(f"{client_address[0]} {type(error).__name__}: {error}", file=sys.stderr)


class _Handler(http.server.BaseHTTPRequestHandler):
    server_version = "labhelpers"
    sys_version = ""
    timeout = _SILENCE_S
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Sends a file, or the part of it that is asked for."""
        self._answer(with_content=True)

    def do_HEAD(self) -> None:
        """Sends the headers alone."""
        self._answer(with_content=False)

    def log_message(self, form: str, *args: object) -> None:
        """Says nothing: what was sent is said when it is sent."""

    def _answer(self, *, with_content: bool) -> None:
        file = self.server.files.get(self.path)
        if file is None:
            self._refuse(404)
        elif not self.server.places.acquire(blocking=False):
            self._refuse(503, ("Retry-After", "5"))
        else:
            try:
                self._send(file, with_content)
            finally:
                self.server.places.release()

    def _refuse(self, code: int, *headers: tuple[str, str]) -> None:
        self.send_response(code)
        for key, value in (*headers, ("Content-Length", "0"), ("Connection", "close")):
            self.send_header(key, value)
        self.end_headers()
        self.close_connection = True

    def _send(self, file: ServedFile, with_content: bool) -> None:
        start, end = 0, file.size - 1
        etag = f'"{file.version}"'
        match = _RANGE.match(self.headers.get("Range", ""))
        if match and self.headers.get("If-Range") in (None, etag):
            start, end = int(match[1]), min(int(match[2] or end), end)
            if start > end:
                self._refuse(416, ("Content-Range", f"bytes */{file.size}"))
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end}/{file.size}")
        else:
            self.send_response(200)
        for key, value in (
            ("Content-Type", "application/octet-stream"),
            ("Content-Length", str(end - start + 1)),
            ("Accept-Ranges", "bytes"),
            ("ETag", etag),
        ):
            self.send_header(key, value)
        self.end_headers()
        if not with_content:
            return
        try:
            for block in file.read(start, end - start + 1):
                self.wfile.write(block)
        except (ChangedError, OSError) as error:
            # The receiver sees that bytes are missing, and asks for the rest.
            self.close_connection = True
            if isinstance(error, ChangedError):
                print(f"{error} has changed since it was verified: start again", file=sys.stderr)
            return
        print(f"{self.client_address[0]} has {file.name} ({end - start + 1:,} bytes)")


def _find_own_address() -> str:
    """Returns the address under which others in the local network reach this machine."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Sends nothing: it only asks the system which way it would go.
        probe.connect(("192.0.2.1", 9))
        return probe.getsockname()[0]
    return socket.gethostname()
