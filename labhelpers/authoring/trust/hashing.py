"""Hashes of what code means: comments, docstrings and the wording of errors left out."""

import ast
import hashlib
import io
import re
import tokenize
from collections.abc import Iterator
from functools import lru_cache

from labhelpers.authoring.trust.wording import find_texts, find_wording


def hash_meaning(source: str) -> str:
    """Hashes what code does: comments, docstrings, blank lines and line ends do not count.

    What is not Python is hashed as it is. Returns SHA-256 in hexadecimal, the same on every version
    of Python.
    """
    return hashlib.sha256(strip_code(source).encode()).hexdigest()


@lru_cache(maxsize=4096)
def hash_module(source: str) -> str:
    """Hashes what a module of the package does; the wording of its errors does not count.

    Returns the first 12 hexadecimal digits of the SHA-256, the same on every version of Python.
    """
    return hashlib.sha256(blank_errors(strip_code(source)).encode()).hexdigest()[:12]


def strip_code(source: str) -> str:
    """Returns code without comments, docstrings and blank lines.

    What is not Python comes back as it is.
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

    What is not Python comes back as it is.
    """
    source = source.replace("\r\n", "\n")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return source
    return _replace_spans(source, [(*span, b"") for span in _find_short_profiles(tree)])


def blank_errors(source: str) -> str:
    """Returns code without the texts that only word its errors, each statement of them in a line.

    What is not Python comes back as it is.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return source
    texts = [text for part in find_wording(tree) for text in find_texts(part)]
    blanked = _replace_spans(source, [(*_find_span(text), b"''") for text in texts])
    parts = find_wording(ast.parse(blanked))
    return _replace_spans(blanked, [(*_find_span(part), None) for part in parts])


_Place = tuple[int, int]


def _find_span(node: ast.stmt | ast.expr | ast.keyword) -> tuple[_Place, _Place]:
    """Returns where a node begins and ends, as row from 1 and column in bytes."""
    end = node.end_lineno or node.lineno, node.end_col_offset or 0
    return (node.lineno, node.col_offset), end


def _replace_spans(source: str, spans: list[tuple[_Place, _Place, bytes | None]]) -> str:
    """Replaces parts of code; None stands for the part itself, without white space.

    The lines of `source` end in line feeds. `spans` holds begin, end and new text of each part; one
    that lies within another is left out.
    """
    starts = [0]
    lines = [line.encode() for line in source.split("\n")]  # as Python counts lines and columns
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    whole = b"\n".join(lines)
    kept, end = [], 0
    for first, last, new in sorted(spans, key=lambda span: span[:2]):
        start, stop = (starts[row - 1] + column for row, column in (first, last))
        if start >= end:
            # A comma before the bracket that closes is there by the length of the line alone.
            squeezed = re.sub(rb",(?=[)\]])", b"", b"".join(whole[start:stop].split()))
            squeezed = squeezed.replace(b"=('')", b"=''")  # and so are these brackets
            kept += [whole[end:start], squeezed if new is None else new]
            end = stop
    return b"".join([*kept, whole[end:]]).decode()


def _find_short_profiles(tree: ast.Module) -> Iterator[tuple[_Place, _Place]]:
    """Yields where `quick=...` and `smoke=...` begin and end."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        for one in node.keywords if node.func.attr == "pick" else ():
            if one.arg in ("quick", "smoke"):
                last = one.value.end_lineno or one.lineno, one.value.end_col_offset or 0
                yield (one.lineno, one.col_offset), last
