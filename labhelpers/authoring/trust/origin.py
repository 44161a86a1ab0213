"""The commit whose code made a chapter's outputs, and its files."""

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.notebooks import parse_notebook, read_run
from labhelpers.authoring.chapters.sources import Chapter, hash_code, list_code, read_source
from labhelpers.authoring.trust.closure import Package, hash_numbers, make_package
from labhelpers.authoring.trust.compare import compare_cells
from labhelpers.lesson.book_error import BookError
from labhelpers.lesson.result_files import read_text

_ARCHIVE = ("archive", "--format=tar")
# How far back is looked, from the commit that brought the outputs in, for the code that made them.
_MOST_COMMITS = 200
# What two runs write beside the exported files: compiled modules, caches.
_SPARE_BYTES = 200_000_000


@dataclass(frozen=True)
class Origin:
    """Where a chapter's outputs come from: a commit, the chapter in it, and all the outputs."""

    commit: str
    text: str
    notebook: Any


def find_origin(checkout: Checkout, chapter: Chapter, about: Mapping[str, Any]) -> Origin:
    """Finds the commit whose code gives the very hashes that a notebook says of its run.

    Raises BookError if there is no such commit, with the way on.
    """
    path = chapter.notebook.relative_to(checkout.root).as_posix()
    wanted = _get_key(about)
    first, committed = None, None
    for commit in _git(checkout.root, "log", "--format=%H", "--", path).decode().split():
        text = _show(checkout.root, commit, path)
        if _get_key(read_run(text)) != wanted:
            if first is not None:
                break
            continue
        first = commit
        committed = committed or _take_whole(chapter, text, wanted)
    here = _take_whole(chapter, read_text(chapter.notebook), wanted)
    if here and committed:
        _check_untouched(chapter, committed, here, path)
    notebook = here or committed
    named = about.get("verified")
    tried = [named] if named and _try_git(checkout.root, "cat-file", "-t", named) else []
    source = chapter.source.relative_to(checkout.root).as_posix()
    if first is None and tried:
        return _take_verified(checkout.root, chapter, about, notebook)
    if first is None and not named:
        raise BookError(_explain_missing(checkout.root, chapter, committed=False))
    for commit in _walk(checkout.root, tried, first, source):
        text = _show(checkout.root, commit, source)
        if text is not None and _makes(checkout.root, commit, chapter, text, about):
            if notebook is None:
                raise BookError(
                    f"{chapter.name}: no commit holds its notebook with all its outputs; take it "
                    f"as git has it, or run labs book run {chapter.number}"
                )
            return Origin(commit, text, notebook)
    raise BookError(_explain_missing(checkout.root, chapter, committed=True))


def check_repository(root: Path) -> None:
    """Raises BookError where the old code cannot be had from git at all."""
    if shutil.which("git") is None:
        raise BookError(
            "git is not installed, and labs book verify takes the old code from it: install git, "
            "or run labs book run"
        )
    try:
        _git(root, "rev-parse", "--is-inside-work-tree")
    except BookError as error:
        raise BookError(
            f"{error}; labs book verify takes the old code from git: clone the book's repository, "
            "or run labs book run"
        ) from None


def export_tree(root: Path, commit: str, target: Path) -> None:
    """Writes the package and the chapters of a commit into a folder."""
    packed = _git(root, *_ARCHIVE, commit, "--", "pyproject.toml", "labhelpers", "book/chapters")
    check_room(target, 3 * len(packed) + _SPARE_BYTES)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(target, filter="data")


def check_room(folder: Path, needed_bytes: int) -> None:
    """Raises BookError where a disk has less room than is needed."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise BookError(
            f"{folder} has {free / 1e6:,.0f} MB free and {needed_bytes / 1e6:,.0f} MB are needed "
            "for the old code: make room, or set TMPDIR to a folder on another disk"
        )


def _take_verified(root: Path, chapter: Chapter, about: Mapping[str, Any], notebook: Any) -> Origin:
    """Returns the commit that uncommitted hashes were verified against: it gives the same."""
    commit = about["verified"]
    text = _show(root, commit, chapter.source.relative_to(root).as_posix())
    same = text is not None and hash_code(read_source(chapter, text=text)) == about["code_sha256"]
    if text is None or not same or notebook is None:
        raise BookError(
            f"{chapter.name}: what labs book verify wrote was not committed before its cells were "
            "changed again: take the notebook and the ledger as git has them (git checkout), then "
            "labs book verify again"
        )
    return Origin(commit, text, notebook)


def _check_untouched(chapter: Chapter, committed: Any, here: Any, path: str) -> None:
    """Raises BookError where outputs of the committed run say something else than it left."""
    dates = {notebook.metadata["labhelpers"].get("date") for notebook in (committed, here)}
    if len(dates) > 1:  # a run of its own, that is not committed yet
        return
    before, after = list_code(committed.cells), list_code(here.cells)
    for number, cells in enumerate(zip(before, after, strict=True)):
        if compare_cells(*cells, number=number):
            raise BookError(
                f"{chapter.name}: the output of code cell {number + 1} is not the one that the run "
                f"left: take the notebook as git has it (git checkout {path}), or "
                f"run labs book run {chapter.number}"
            )


def _walk(root: Path, tried: list[str], first: str | None, source: str) -> Iterator[str]:
    """Yields the commits that may have made the outputs, the likeliest first."""
    yield from tried
    if first is not None:
        past = ("log", f"-{_MOST_COMMITS}", "--format=%H", first, "--", "labhelpers", source)
        yield from dict.fromkeys([first, *_git(root, *past).decode().split()])


def _makes(root: Path, commit: str, chapter: Chapter, text: str, about: Mapping[str, Any]) -> bool:
    """Says whether a commit's code gives the hashes that a notebook holds."""
    cells = read_source(chapter, text=text)
    same = hash_code(cells) == about["code_sha256"]
    return same and hash_numbers(_read_commit(root, commit), cells) == about["numbers_sha256"]


@lru_cache(maxsize=256)
def _read_commit(root: Path, commit: str) -> Package:
    packed = _git(root, *_ARCHIVE, commit, "--", ":(glob)labhelpers/**/*.py")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = {file.name: archive.extractfile(file) for file in archive if file.isfile()}
        return make_package({name: f.read().decode("utf-8") for name, f in files.items() if f})


def _get_key(about: Mapping[str, Any]) -> tuple[Any, Any]:
    return about.get("code_sha256"), about.get("numbers_sha256")


def _take_whole(chapter: Chapter, text: str | None, wanted: tuple[Any, Any]) -> Any:
    """Returns a notebook whose outputs are all those of its run; None for another."""
    if text is None or _get_key(read_run(text)) != wanted:
        return None
    notebook = parse_notebook(chapter, text)
    return notebook if hash_code(notebook.cells) == wanted[0] else None


def _explain_missing(root: Path, chapter: Chapter, *, committed: bool) -> str:
    if _git(root, "rev-parse", "--is-shallow-repository").decode().strip() == "true":
        told = (
            "this clone does not hold the commit that made its outputs: run git fetch "
            "--unshallow, then labs book verify again"
        )
    elif committed:
        told = (
            "no commit holds the code that made its outputs; it was changed before they were "
            f"committed: run labs book run {chapter.number}"
        )
    else:
        told = (
            "its outputs are in no commit yet, so the code that made them is not known: commit "
            "them together with that code, and change it after that; or run labs book run "
            f"{chapter.number}"
        )
    return f"{chapter.name}: {told}"


def _show(root: Path, commit: str, path: str) -> str | None:
    return _try_git(root, "show", f"{commit}:./{path}")


def _try_git(root: Path, *arguments: str) -> str | None:
    """Runs git and returns what it says; None where it fails."""
    try:
        return _git(root, *arguments).decode("utf-8")
    except BookError:
        return None


def _git(root: Path, *arguments: str) -> bytes:
    """Runs git in a folder and returns what it says."""
    # The command is this program's own.
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True)  # noqa: S603, S607
    if done.returncode:
        said = (done.stderr.decode(errors="replace").strip().splitlines() or ["nothing"])[-1]
        raise BookError(f"git {arguments[0]} failed in {root}: {said}")
    return done.stdout
