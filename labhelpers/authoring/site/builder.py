"""The pages: built strictly, and shown."""

import functools
import http.server
import importlib.util
import shutil
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.lesson.book_error import BookError

_BUILDER = "from jupyter_book.cli.main import main; main()"


def find_pages(checkout: Checkout) -> Path:
    """Returns the folder of the built pages; it need not exist yet."""
    return checkout.build / "html"


def build_pages(checkout: Checkout) -> Path:
    """Builds the pages and returns the first; any warning stops it."""
    if importlib.util.find_spec("jupyter_book") is None:
        raise BookError('jupyter-book is not installed: pip install -e ".[book]"')
    command = [sys.executable, "-c", _BUILDER, "build", ".", "-n", "-W", "--keep-going"]
    # The command is this program's own.
    done = subprocess.run(command, cwd=checkout.root)  # noqa: S603
    first = find_pages(checkout) / "index.html"
    if done.returncode or not first.is_file():
        # Pages that were read without being written would not warn again the next time.
        shutil.rmtree(checkout.build / ".doctrees", ignore_errors=True)
        raise BookError("the pages were not built: see the warnings above")
    return first


class _PageHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files, and the book's own page where there is none."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code, message)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing for each file."""


def make_server(checkout: Checkout, *, port: int) -> http.server.ThreadingHTTPServer:
    """Makes a server of the built pages for this machine alone; port 0 is any free one."""
    handler = functools.partial(_PageHandler, directory=str(find_pages(checkout)))
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise BookError(
            f"port {port} cannot be had ({error.strerror}); try labs book serve --port {port + 1}"
        ) from None
