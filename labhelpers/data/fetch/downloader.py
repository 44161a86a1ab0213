"""Bringing one file from one address, over a network that may break at any moment."""

import functools
import http.client
import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import certifi
from tqdm import tqdm

from labhelpers.data.fetch.disk import check_room, explain_disk
from labhelpers.data.fetch.network_faults import PassingError, PlaceError, is_network, judge

_BLOCK_BYTES = 1 << 18
_PROGRESS_BYTES = 1 << 16


@dataclass(frozen=True)
class Patience:
    """How long a download waits, and how often it tries."""

    # A connection without a byte, or with fewer than the slowest, for so long is given up.
    stall_s: float = 30.0
    slowest_bytes_per_s: float = 200.0
    # In a row that bring little new. A try that brings at least 64 KiB is free, so that a large
    # file comes through a network that breaks every minute.
    tries: int = 4
    wait_s: float = 1.0  # before the second try; doubled before each one after it
    longest_wait_s: float = 120.0  # that a server may ask for


def download(
    url: str,
    target: Path,
    *,
    size_bytes: int | None = None,
    limit_bytes: int | None = None,
    part: Path | None = None,
    patience: Patience | None = None,
    show_progress: bool = True,
) -> None:
    """Downloads a file, going on where an earlier try stopped.

    Bytes go to `part`, else to `<target>.part`; beside it, a .json file remembers which version of
    the file they are of. A later call, in this process or another, asks the server for the rest of
    that version (Range with If-Range), and starts again when the server has another one. Only a
    whole file gets the name `target`, in one step. Nothing is known yet of its content: compare its
    digest. Two processes must not download the same target at once: hold a lock.

    Raises:
        PlaceError: If this address does not give the file.
        DataError: If this machine cannot take it: a full disk, a folder that is read-only.
    """
    part = part or target.with_name(target.name + ".part")
    limit_bytes = limit_bytes if size_bytes is None else size_bytes
    transfer = _Transfer(url, target, part, size_bytes, limit_bytes, patience or Patience())
    with _Bar(part.name.removesuffix(".part"), show=show_progress) as bar:
        transfer.run(bar.move, bar.say)


class _Bar:
    """A progress bar that appears with the first bytes, and sentences about what is waited for."""

    def __init__(self, title: str, *, show: bool) -> None:
        self.title, self.show = title, show
        self.bar = None

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def move(self, done: int, total: int | None) -> None:
        if self.bar is None:
            self.bar = tqdm(
                desc=self.title, unit="B", unit_scale=True, mininterval=0.5, disable=not self.show
            )
        self.bar.total = total
        self.bar.update(done - self.bar.n)

    def say(self, text: str) -> None:
        if self.show:
            tqdm.write(f"{self.title}: {text}", file=sys.stderr)


@dataclass(frozen=True)
class _Transfer:
    """One download, try after try."""

    url: str
    target: Path
    part: Path
    size_bytes: int | None
    limit_bytes: int | None
    patience: Patience

    @property
    def notes(self) -> Path:
        return self.part.with_name(self.part.name + ".json")

    def run(self, report: Callable[[int, int | None], None], say: Callable[[str], None]) -> None:
        """Tries until the file is whole, or the tries are used up."""
        furthest, failures = self._count_bytes(), 0
        while True:
            try:
                with explain_disk(self.target, self.size_bytes, self._forget):
                    self._try_once(report)
                    with self.part.open("r+b") as file:
                        os.fsync(file.fileno())
                    self.part.replace(self.target)
                    self.notes.unlink(missing_ok=True)
                return
            except PassingError as error:
                done = self._count_bytes()
                failures = 1 if done - furthest >= _PROGRESS_BYTES else failures + 1
                furthest = max(done, furthest)
                if failures >= self.patience.tries:
                    raise PlaceError(f"{error} ({failures} tries)") from error
                wait_s = error.wait_s
                if wait_s is None:
                    wait_s = self.patience.wait_s * 2 ** (failures - 1)
                if wait_s > self.patience.longest_wait_s:
                    raise PlaceError(f"{error}, and asks to wait {wait_s:.0f} s") from error
                say(f"the server {error}; trying again in {wait_s:.0f} s")
                time.sleep(wait_s)

    def _forget(self) -> None:
        # The bytes go first: notes without bytes are harmless, bytes with wrong notes are not.
        self.part.unlink(missing_ok=True)
        self.notes.unlink(missing_ok=True)

    def _count_bytes(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _read_notes(self) -> tuple[int, str, int | None]:
        """Returns how many bytes are there, of which version, and of how many; or (0, "", None)."""
        try:
            notes = json.loads(self.notes.read_text("utf-8"))
            start = self._count_bytes()
            if start and notes["url"] == self.url and notes["version"]:
                return start, str(notes["version"]), notes["total"]
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            pass
        return 0, "", None

    def _try_once(self, report: Callable[[int, int | None], None]) -> None:
        start, version, total = self._read_notes()
        if start and start == total:
            return
        headers = {"User-Agent": "labhelpers", "Accept-Encoding": "identity"}
        if start:
            headers |= {"Range": f"bytes={start}-", "If-Range": version}
        try:
            request = urllib.request.Request(self.url, headers=headers)  # noqa: S310
            with _make_opener().open(request, timeout=self.patience.stall_s) as answer:
                start, total = self._check_answer(answer, start, version)
                check_room(self.part.parent, (total or 0) - start)
                with self.part.open("ab") as file:
                    self._copy(answer, file, start, total, report)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, OSError) and not is_network(error):
                raise
            if isinstance(error, urllib.error.HTTPError) and error.code == 416:
                self._forget()
                raise PassingError("has no more of that file", wait_s=0) from error
            raise judge(error, self.patience.stall_s) from error

    def _check_answer(
        self, answer: http.client.HTTPResponse, start: int, version: str
    ) -> tuple[int, int | None]:
        """Returns at which byte the answer begins, and how many the file has in all."""
        length = answer.headers.get("Content-Length", "")
        total = int(length) if length.isdigit() else None
        came_version = _read_version(answer.headers)
        if answer.status == 206 and start:
            unit, _, rest = answer.headers.get("Content-Range", "").partition(" ")
            span, _, whole = rest.partition("/")
            total = int(whole) if whole.isdigit() else None
            is_rest = unit == "bytes" and span.partition("-")[0] == str(start)
            if not is_rest or total is None or came_version not in ("", version):
                self._forget()
                raise PassingError("changed its file midway", wait_s=0)
        elif answer.status == 200:
            start = 0
        else:
            raise PlaceError(f"answered {answer.status} {answer.reason}")
        is_wrong = self.size_bytes is not None and total not in (None, self.size_bytes)
        if is_wrong or (self.limit_bytes is not None and (total or 0) > self.limit_bytes):
            self._forget()
            kind = answer.headers.get_content_type()
            login = " (a login page?)" if kind == "text/html" else ""
            raise PlaceError(f"offers another file, {total:,} bytes of {kind}{login}")
        if start == 0:
            self._forget()
            self.part.touch()
            notes = {"url": self.url, "version": came_version, "total": total}
            self.notes.write_text(json.dumps(notes), "utf-8")
        return start, total

    def _copy(
        self,
        answer: http.client.HTTPResponse,
        file: BinaryIO,
        done: int,
        total: int | None,
        report: Callable[[int, int | None], None],
    ) -> None:
        patience = self.patience
        mark_s, mark = time.monotonic(), done
        while block := answer.read1(_BLOCK_BYTES):
            file.write(block)
            done += len(block)
            report(done, total)
            if self.limit_bytes is not None and done > self.limit_bytes:
                self._forget()
                raise PlaceError(f"sends more than the {self.limit_bytes:,} bytes expected")
            now = time.monotonic()
            if now - mark_s > patience.stall_s:
                if done - mark < patience.slowest_bytes_per_s * (now - mark_s):
                    raise PassingError(f"sent only {done - mark} bytes in {now - mark_s:.0f} s")
                mark_s, mark = now, done
        wanted = total if total is not None else self.size_bytes
        if wanted is not None and done != wanted:
            raise PassingError(f"stopped after {done:,} of {wanted:,} bytes")


def _read_version(headers: http.client.HTTPMessage) -> str:
    """Returns what names this version of a file, strongly enough to go on with it, or ""."""
    tag = headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    return headers.get("Last-Modified", "")


def _make_opener() -> urllib.request.OpenerDirector:
    """Returns an opener for http and https alone: no redirect leads to a file or to FTP."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=_make_tls_context()),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


@functools.cache
def _make_tls_context() -> ssl.SSLContext:
    """Returns what trusts the certificates that this machine trusts, and those of Mozilla."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
