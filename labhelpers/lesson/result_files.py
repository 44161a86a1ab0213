"""The book's files that a chapter reads, and how files are written: whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

# Says to a chapter's kernel which ledger, claims and timings are meant, when it runs from a
# checkout and the package does not. Its name stays: verifying runs older code, which reads it.
RESULTS_VARIABLE = "LABHELPERS_COURSE_FILES"


def find_results() -> Path:
    """Returns the folder of the ledger, the claims and the timings that a chapter reads."""
    chosen = os.environ.get(RESULTS_VARIABLE, "").strip()
    return Path(chosen) if chosen else Path(__file__).resolve().parent / "results"


def replace_files(contents: Mapping[Path, str]) -> None:
    """Writes files so that each is, at any moment, either the old one or the new one.

    All new contents are on disk before the first file is replaced, in the order given. Files whose
    content does not change are left alone. Two processes that may write the same file hold
    `lock_files`.
    """
    changed = {path: text for path, text in contents.items() if read_text(path) != text}
    parts = {path: path.with_name(f".{path.name}.part") for path in changed}
    try:
        for path, text in changed.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with parts[path].open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for path in changed:
            parts[path].replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def read_text(path: Path) -> str | None:
    """Reads a text file with its line endings as they are; None when it is not there."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
