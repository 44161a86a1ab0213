"""A real HTTP server on this machine that can go wrong in every way a server goes wrong."""

import contextlib
import hashlib
import http.server
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Resource:
    """A file on the server, with what goes wrong at the first, second, ... request for it."""

    content: bytes
    faults: list[Callable] = field(default_factory=list)
    has_version: bool = True

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'


class FaultServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, Resource] = {}
        self.log: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def put(self, name: str, content: bytes, *faults: Callable, has_version: bool = True) -> str:
        self.files[f"/{name}"] = Resource(content, list(faults), has_version)
        return f"{self.address}/{name}"

    def count(self, name: str) -> int:
        return sum(path == f"/{name}" for path, _ in self.log)

    def ranges(self, name: str) -> list[str]:
        return [headers.get("range", "") for path, headers in self.log if path == f"/{name}"]

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextlib.contextmanager
def running() -> Iterator[FaultServer]:
    server = FaultServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    timeout = 20

    def do_GET(self) -> None:
        headers = {key.lower(): value for key, value in self.headers.items()}
        self.server.log.append((self.path, headers))
        resource = self.server.files.get(self.path)
        if resource is None:
            self.send_error(404)
            return
        act = resource.faults.pop(0) if resource.faults else serve
        act(self, resource)

    def log_message(self, *_: object) -> None:
        pass


def begin(handler: _Handler, resource: Resource, *, with_ranges: bool = True) -> bytes:
    """Sends the headers of a right answer, and returns the bytes that should follow."""
    content, etag = resource.content, resource.etag
    wanted = handler.headers.get("Range", "")
    condition = handler.headers.get("If-Range")
    start = 0
    if with_ranges and wanted and condition in (None, etag):
        start = int(wanted.removeprefix("bytes=").partition("-")[0])
        if start >= len(content):
            handler.send_response(416)
            handler.send_header("Content-Range", f"bytes */{len(content)}")
            handler.end_headers()
            return b""
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    else:
        handler.send_response(200)
    if resource.has_version:
        handler.send_header("ETag", etag)
    handler.send_header("Content-Length", str(len(content) - start))
    handler.end_headers()
    return content[start:]


def serve(handler: _Handler, resource: Resource) -> None:
    """What a good server does."""
    handler.wfile.write(begin(handler, resource))


def ignore_ranges(handler: _Handler, resource: Resource) -> None:
    handler.wfile.write(begin(handler, resource, with_ranges=False))


def truncate(at: int) -> Callable:
    """Promises all, sends `at` bytes, says goodbye."""

    def act(handler: _Handler, resource: Resource) -> None:
        handler.wfile.write(begin(handler, resource)[:at])

    return act


def truncate_without_ranges(at: int) -> Callable:
    def act(handler: _Handler, resource: Resource) -> None:
        handler.wfile.write(begin(handler, resource, with_ranges=False)[:at])

    return act


def die(at: int) -> Callable:
    """Sends `at` bytes, then the connection is reset, as by a server that crashes."""

    def act(handler: _Handler, resource: Resource) -> None:
        handler.wfile.write(begin(handler, resource)[:at])
        handler.wfile.flush()
        time.sleep(0.05)
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()

    return act


def stall(at: int) -> Callable:
    """Sends `at` bytes, then nothing more, with the connection open."""

    def act(handler: _Handler, resource: Resource) -> None:
        handler.wfile.write(begin(handler, resource)[:at])
        handler.wfile.flush()
        handler.server.released.wait(20)

    return act


def stall_before_answer(handler: _Handler, _: Resource) -> None:
    handler.server.released.wait(20)


def trickle(handler: _Handler, resource: Resource) -> None:
    """Sends a byte now and then, so that no single wait is long."""
    content = begin(handler, resource)
    with contextlib.suppress(OSError):
        for i in range(len(content)):
            if handler.server.released.wait(0.05):
                return
            handler.wfile.write(content[i : i + 1])
            handler.wfile.flush()


def answer(code: int, body: bytes = b"no", **headers: str) -> Callable:
    def act(handler: _Handler, _: Resource) -> None:
        handler.send_response(code)
        for key, value in headers.items():
            handler.send_header(key.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def change_midway(at: int, content: bytes) -> Callable:
    """Sends `at` bytes of the file, and then holds another one under its name."""

    def act(handler: _Handler, resource: Resource) -> None:
        handler.wfile.write(begin(handler, resource)[:at])
        resource.content = content

    return act


def swap_unasked(content: bytes) -> Callable:
    """Answers a range with bytes of another version, as if nothing had been asked of it."""

    def act(handler: _Handler, resource: Resource) -> None:
        resource.content = content
        start = int(handler.headers["Range"].removeprefix("bytes=").partition("-")[0])
        handler.send_response(206)
        handler.send_header("ETag", resource.etag)
        handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        handler.wfile.write(content[start:])

    return act


def send_endless(handler: _Handler, _: Resource) -> None:
    """Says no length, and sends for ever."""
    handler.send_response(200)
    handler.end_headers()
    with contextlib.suppress(OSError):
        while not handler.server.released.is_set():
            handler.wfile.write(bytes(1 << 16))


def talk_nonsense(handler: _Handler, _: Resource) -> None:
    handler.wfile.write(b"\x00\x01\x02 what is HTTP\r\n\r\n")
