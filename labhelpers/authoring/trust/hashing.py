"""Hashes of what outputs are made from: of code, comments left out, and of widgets."""

import ast
import hashlib
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from labhelpers.authoring.chapters.checkout import Checkout

_WIDGETS = "labhelpers.widgets."
_IMPORT = re.compile(r'^import .* from "\./([\w.]+)";', re.MULTILINE)


def hash_meaning(source: str) -> str:
    """Hashes what code does: comments, docstrings, blank lines and line ends do not count.

    Args:
        source: Python code. What is not Python is hashed as it is.

    Returns:
        SHA-256 in hexadecimal, the same on every version of Python.
    """
    return hashlib.sha256(strip_code(source).encode()).hexdigest()


def strip_code(source: str) -> str:
    """Returns code without comments, docstrings and blank lines.

    Args:
        source: Python code. What is not Python comes back as it is.
    """
    source = source.replace("\r\n", "\n")
    try:
        tree = ast.parse(source)
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, ValueError, tokenize.TokenError):
        return source
    lines = source.split("\n")  # as Python counts lines, not as texts do
    for token in reversed(tokens):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for first, last in _find_docstrings(tree):
        for row in range(first, last + 1):
            lines[row - 1] = ""
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _find_docstrings(tree: ast.Module) -> list[tuple[int, int]]:
    """Returns the first and last line of docstrings that have their lines to themselves."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, holders) or ast.get_docstring(node, clean=False) is None:
            continue
        text, after = node.body[0], node.body[1:2]
        starts_line = isinstance(node, ast.Module) or text.lineno > node.lineno
        if starts_line and not (after and after[0].lineno <= (text.end_lineno or text.lineno)):
            found.append((text.lineno, text.end_lineno or text.lineno))
    return found


def drop_short_profiles(source: str) -> str:
    """Returns code as the full profile runs it: without `quick=` and `smoke=` of each `pick(...)`.

    Args:
        source: Python code. What is not Python comes back as it is.
    """
    source = source.replace("\r\n", "\n")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return source
    starts = [0]
    lines = [line.encode() for line in source.split("\n")]  # as Python counts lines and columns
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    whole = b"\n".join(lines)
    kept, end = [], 0
    for first, last in sorted(_find_short_profiles(tree)):
        start, stop = (starts[row - 1] + column for row, column in (first, last))
        if start >= end:  # else it lies within one that is gone
            kept.append(whole[end:start])
            end = stop
    return b"".join([*kept, whole[end:]]).decode()


def _find_short_profiles(tree: ast.Module) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yields where `quick=...` and `smoke=...` begin and end, as row and column in bytes."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        for one in node.keywords if node.func.attr == "pick" else ():
            if one.arg in ("quick", "smoke"):
                last = one.value.end_lineno or one.lineno, one.value.end_col_offset or 0
                yield (one.lineno, one.col_offset), last


def hash_widgets(checkout: Checkout, metadata: Mapping[str, Any]) -> str | None:
    """Hashes what the widgets of a notebook are made of, beside Python.

    Args:
        checkout: The repository.
        metadata: The notebook's metadata.

    Returns:
        SHA-256 of the widgets' modules with all that they import, of the style that they share,
        and of the networks that come with the package: those in `weights`, and in `weights/part`
        for each `part.js` that is imported; None for a notebook without widgets.
    """
    saved = metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    classes = {one["state"].get("_anywidget_id", "") for one in saved.get("state", {}).values()}
    names = {name.removeprefix(_WIDGETS).split(".")[0] for name in classes if _WIDGETS in name}
    if not names:
        return None
    folder = checkout.root / "labhelpers" / "widgets"
    files = {path for name in names for path in _follow_imports(folder / f"{name}.js")}
    parts = {file.stem for file in files}
    files |= {folder / "widgets.css", *folder.glob("weights/*")}
    files |= {path for part in parts for path in folder.glob(f"weights/{part}/*")}
    digest = hashlib.sha256()
    for file in sorted(path for path in files if path.is_file()):
        content = file.read_bytes()
        if file.suffix != ".bin":
            content = content.replace(b"\r\n", b"\n")
        digest.update(file.name.encode() + b"\0" + content)
    return digest.hexdigest()


def _follow_imports(file: Path) -> Iterator[Path]:
    """Yields a module and all that it imports."""
    if not file.is_file():
        return
    yield file
    for name in re.findall(
        r'^import .* from "\./([\w.]+)";', file.read_text("utf-8"), re.MULTILINE
    ):
        yield from _follow_imports(file.with_name(name))
