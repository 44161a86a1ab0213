"""Pictures decoded once: a file of pixels that is opened as a memory map, named by its content."""

import contextlib
import hashlib
import itertools
import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import PIL
from tqdm import tqdm

from labhelpers.data.fetch.data_error import DataError
from labhelpers.data.fetch.disk import check_room, explain_disk, hold_lock
from labhelpers.data.fetch.places import find_cache_folder
from labhelpers.data.folders.decoding import RULE, PictureError, Sizing, read_picture
from labhelpers.data.folders.folder_index import Finding

_CHUNK = 16


@dataclass(frozen=True)
class Decoded:
    """Pictures as one array."""

    images: np.ndarray  # uint8 (N, S, S, C), a memory map that cannot be written
    files: tuple[str, ...]  # of each image
    findings: tuple[Finding, ...]


def decode_folder(
    folder: Path,
    groups: list[dict[str, str]],
    sizing: Sizing,
    *,
    limit: int | None,
    show_progress: bool = True,
) -> Decoded:
    """Decodes pictures, or opens what an earlier call decoded.

    `groups` are the files of each class and their digests; of each, the first `limit` usable
    pictures are taken, or all.
    """
    key = _name_content(groups, sizing, limit)
    cache = find_cache_folder()
    found = _open(cache, key, sizing)
    if found is None:
        with hold_lock(cache, key):
            found = _open(cache, key, sizing)
            if found is None:
                _decode(folder, groups, sizing, limit, cache / f"{key}.u8", show_progress)
                found = _open(cache, key, sizing)
        with contextlib.suppress(OSError):
            (cache / f".{key}.lock").unlink()
    if found is None:
        raise DataError(
            cache / f"{key}.u8",
            expected="the pictures that were just written there",
            came="they are not there",
            way_on="Is another program clearing that folder? Try again.",
        )
    return found


def _name_content(groups: list[dict[str, str]], sizing: Sizing, limit: int | None) -> str:
    facts = [RULE, PIL.__version__, sizing.shape, sizing.fit, limit, groups]
    digest = hashlib.sha256(json.dumps(facts).encode("utf-8", "surrogateescape")).hexdigest()
    return f"pictures-{sizing.size_px}x{sizing.channels}-{digest[:24]}"


def _open(cache: Path, key: str, sizing: Sizing) -> Decoded | None:
    try:
        facts = json.loads((cache / f"{key}.json").read_text("utf-8"))
        files = tuple(facts["files"])
        findings = tuple(Finding(*finding) for finding in facts["findings"])
        shape = (len(files), *sizing.shape)
        if (cache / f"{key}.u8").stat().st_size != int(np.prod(shape)):
            return None
        if not files:
            return Decoded(np.empty(shape, np.uint8), files, findings)
        images = np.memmap(cache / f"{key}.u8", np.uint8, mode="r", shape=shape)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Decoded(images, files, findings)


def _decode(
    folder: Path,
    groups: list[dict[str, str]],
    sizing: Sizing,
    limit: int | None,
    path: Path,
    show_progress: bool,
) -> None:
    """Decodes in threads, and writes pixels as they come: they are never all in memory."""
    counts = [len(group) if limit is None else min(limit, len(group)) for group in groups]
    needed_bytes = sum(counts) * int(np.prod(sizing.shape))
    check_room(path.parent, needed_bytes)
    part = path.with_suffix(".part")
    files: list[str] = []
    findings: list[Finding] = []
    with (
        explain_disk(path, needed_bytes, lambda: part.unlink(missing_ok=True)),
        part.open("wb") as target,
        ThreadPoolExecutor(count_workers()) as pool,
        tqdm(
            desc=f"decoding {folder.name}",
            total=sum(counts),
            unit=" pictures",
            leave=False,
            delay=1,
            mininterval=0.5,
            disable=not show_progress,
        ) as bar,
    ):
        for group, count in zip(groups, counts, strict=True):
            results = _read_all(pool, folder, list(group), sizing, count)
            with contextlib.closing(results):
                files += _write_good(results, count, target, findings, bar.update)
    facts = {
        "files": files,
        "findings": [[finding.file, finding.what, finding.left_out] for finding in findings],
    }
    with explain_disk(path, needed_bytes):
        part.replace(path)
        notes = path.with_suffix(".json.part")
        notes.write_text(json.dumps(facts), "utf-8")
        notes.replace(path.with_suffix(".json"))


def count_workers() -> int:
    """Returns how many threads decode: one for each core that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_Result = tuple[str, np.ndarray | None, list[str]]


def _read_all(
    pool: ThreadPoolExecutor, folder: Path, files: list[str], sizing: Sizing, count: int
) -> Iterator[_Result]:
    """Reads pictures in order, a few chunks ahead of whoever asks, never all at once."""

    def read(chunk: list[str]) -> list[_Result]:
        return [_read(folder, file, sizing) for file in chunk]

    chunks = (files[start : start + _CHUNK] for start in range(0, len(files), _CHUNK))
    ahead = min(2 * count_workers(), -(-count // _CHUNK))
    waiting = [pool.submit(read, chunk) for chunk in itertools.islice(chunks, ahead)]
    try:
        while waiting:
            yield from waiting.pop(0).result()
            waiting += [pool.submit(read, chunk) for chunk in itertools.islice(chunks, 1)]
    finally:
        for task in waiting:
            task.cancel()


def _read(folder: Path, file: str, sizing: Sizing) -> _Result:
    try:
        return (file, *read_picture(folder / file, sizing))
    except PictureError as error:
        return file, None, [str(error)]
    except OSError as error:
        return file, None, [f"cannot be read ({error.strerror})"]


def _write_good(
    results: Iterable[_Result], count: int, target: BinaryIO, findings: list[Finding], tick: object
) -> list[str]:
    """Writes the first usable pictures, and returns their files."""
    files: list[str] = []
    for file, pixels, notes in results:
        findings += [Finding(file, note, pixels is None) for note in notes]
        if pixels is not None:
            target.write(np.ascontiguousarray(pixels))
            files.append(file)
            tick(1)
        if len(files) == count:
            break
    return files
