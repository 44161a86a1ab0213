"""The file of a search: a line for each finished training, written so that a kill loses none."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock

_FORM = "labhelpers sweep 1"


class SweepError(RuntimeError):
    """A search cannot go on: its file is of another search or in use, or its workers are gone."""


class SweepFile:
    """A file of JSON lines: the first says which search it is, each further one is a record."""

    def __init__(self, path: Path, about: Mapping[str, Any]) -> None:
        self._path = Path(path)
        self._about = json.loads(json.dumps(dict(about)))

    @contextmanager
    def hold(self) -> Iterator[list[dict[str, Any]]]:
        """Keeps other searches off the file meanwhile, and gives the records that it has.

        The lock is the system's own, so it ends with the process, however that ends.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(self._path.with_name(f".{self._path.name}.lock"), timeout=0)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise SweepError(
                f"{self._path} is being written by another search: wait for it, or name another "
                "file"
            ) from None
        try:
            yield self._read()
        finally:
            lock.release()

    def append(self, record: Mapping[str, Any]) -> None:
        """Adds a record: one write of one line, on the disk before this returns."""
        line = json.dumps(record, allow_nan=False) + "\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            os.write(descriptor, line.encode("ascii"))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _read(self) -> list[dict[str, Any]]:
        """Reads the records; cuts off a last line that a kill or a full disk left unfinished."""
        content = self._path.read_bytes() if self._path.exists() else b""
        whole = content[: content.rfind(b"\n") + 1]
        lines = [self._parse(n, line) for n, line in enumerate(whole.splitlines(), start=1)]
        if lines and lines[0].get("form") != _FORM:
            self._refuse(1)
        if lines and lines[0]["about"] != self._about:
            raise SweepError(self._say_difference(lines[0]["about"]))
        if not lines and content and not content.startswith(b'{"form"'):
            self._refuse(1)  # somebody's own file, without a line end
        if whole != content:
            os.truncate(self._path, len(whole))
        if not lines:
            self.append({"form": _FORM, "about": self._about})
        return lines[1:]

    def _parse(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            self._refuse(number)
        return record

    def _refuse(self, number: int) -> None:
        raise SweepError(
            f"line {number} of {self._path} is none of a search's: name another file, or delete "
            "this one"
        )

    def _say_difference(self, there: Mapping[str, Any]) -> str:
        names = {*there, *self._about}
        differ = sorted(name for name in names if there.get(name) != self._about.get(name))
        differ = [name for name in differ if name != "digest"] or differ
        told = ", ".join(f"{n} {there.get(n)}, not {self._about.get(n)}" for n in differ)
        return (
            f"{self._path} holds another search ({told}): give the same options to go on with "
            "it, or name another file"
        )
