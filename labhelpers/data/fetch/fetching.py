"""From the name of a file to a file whose digest is right, from whichever place has it."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pooch

from labhelpers.data.fetch.data_error import DataError
from labhelpers.data.fetch.downloader import Patience, download
from labhelpers.data.fetch.network_faults import PlaceError
from labhelpers.data.fetch.places import name_the_ways
from labhelpers.data.fetch.registry import Part


def find_mirror() -> str:
    """Returns the address in LABHELPERS_MIRROR, asked before the official places, or ""."""
    mirror = os.environ.get("LABHELPERS_MIRROR", "").strip().rstrip("/")
    if mirror and (urlsplit(mirror).scheme not in ("http", "https") or not urlsplit(mirror).netloc):
        raise DataError(
            "LABHELPERS_MIRROR",
            expected="an address like http://192.168.0.7:8765",
            came=f"it is {mirror!r}",
            way_on="Copy the line that `labs class serve` prints, or unset it.",
        )
    return mirror


def fetch_part(
    part: Part,
    folder: Path,
    *,
    name: str,
    file: str,
    patience: Patience | None = None,
    show_progress: bool = True,
) -> Path:
    """Returns the path of a downloaded file, after asking one place after the other.

    A file that is there with the right digest is not downloaded again; one with a wrong digest is.
    `file` is what the data set `name` makes of it.
    """
    mirror = find_mirror()
    places = ((mirror,) if mirror else ()) + part.places
    tried = []
    for place in places:
        url = f"{place.rstrip('/')}/{part.name}"
        # Bytes from an earlier try may be what is wrong: then the same place gets a second one.
        for _ in range(1 + (folder / f"{part.name}.part").exists()):
            try:
                return _fetch_with_pooch(part, folder, url, patience, show_progress)
            except PlaceError as error:
                tried.append(f"{urlsplit(url).netloc} {error}")
                break
            except ValueError:
                tried.append(f"{urlsplit(url).netloc} sent other content")
    raise DataError(
        part.name,
        expected=f"{part.size_bytes:,} bytes with SHA-256 {part.sha256[:12]}...",
        came="; ".join(dict.fromkeys(tried)),
        way_on=name_the_ways(name, file),
    )


def _fetch_with_pooch(
    part: Part, folder: Path, url: str, patience: Patience | None, show_progress: bool
) -> Path:
    """Fetches by pooch, which compares digests and moves files into place; raises ValueError."""

    def bring(url: str, output_file: str, _: object) -> None:
        download(
            url,
            Path(output_file),
            size_bytes=part.size_bytes,
            part=folder / f"{part.name}.part",
            patience=patience,
            show_progress=show_progress,
        )

    for left_over in folder.glob("tmp*"):
        # What pooch was about to move into place when an earlier process was killed.
        left_over.unlink(missing_ok=True)
    known = f"sha256:{part.sha256}"
    with _quiet(pooch.get_logger()):
        return Path(pooch.retrieve(url, known, part.name, folder, downloader=bring))


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    level = logger.level
    logger.setLevel("WARNING")
    try:
        yield
    finally:
        logger.setLevel(level)
