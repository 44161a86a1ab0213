"""Hashes of code that stay the same when only its comments and docstrings change."""

import ast
import hashlib
import io
import tokenize


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
