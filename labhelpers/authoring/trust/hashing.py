"""Hashes of what code means: comments, docstrings, layout and the wording of errors left out."""

import ast
import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

# By custom: `say_wrong(...) -> str` words an error, and `way_on=` is the advice at its end.
_SAYING = re.compile(r"_?say(_\w+)?")
_ADVICE = "way_on"
# These say how code was written, and differ between versions of Python.
_NO_MEANING = ("ctx", "kind", "type_comment")
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Assignment = ast.Assign | ast.AugAssign | ast.AnnAssign


def hash_meaning(source: str) -> str:
    """Hashes what code does in the full profile: without `quick=`, `smoke=` of a `pick(...)`.

    What is not Python is hashed as it is. Returns SHA-256 in hexadecimal, the same on every version
    of Python.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return _hash(source.replace("\r\n", "\n"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "pick":
            node.keywords = [one for one in node.keywords if one.arg not in ("quick", "smoke")]
    return _hash(_describe(_drop_docstrings(tree)))


@lru_cache(maxsize=4096)
def hash_module(source: str) -> str:
    """Hashes what a module of the package does; the wording of its errors does not count.

    Returns the first 12 hexadecimal digits of the SHA-256, the same on every version of Python.
    """
    tree = _drop_docstrings(ast.parse(source))
    for part in find_wording(tree):
        _Blank().generic_visit(part)
    return _hash(_describe(tree))[:12]


def find_wording(tree: ast.Module) -> list[ast.AST]:
    """Finds the parts of code whose texts do nothing but word errors.

    They are `raise` statements; functions `say_...` that return a text; arguments `way_on=`; and
    assignments of what is used in such parts alone.
    """
    parts: list[ast.AST] = []
    for node in ast.walk(tree):
        says = isinstance(node, _Function) and _SAYING.fullmatch(node.name) and _gives_text(node)
        advises = isinstance(node, ast.keyword) and node.arg == _ADVICE
        if isinstance(node, ast.Raise) or says or advises:
            parts.append(node)
    for scope in [*(n for n in ast.walk(tree) if isinstance(n, _Function)), tree]:
        parts += _find_assignments(scope, parts)
    return parts


class _Blank(ast.NodeTransformer):
    """Empties literal texts, what an f-string computes included."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.Constant:
        return ast.Constant("")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _drop_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        holds = isinstance(node, ast.Module | ast.ClassDef | _Function)
        if holds and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return tree


def _describe(node: Any) -> str:
    """Describes a tree, or a part of one, in a text that no version of Python words otherwise."""
    if isinstance(node, list):
        return f"[{','.join(map(_describe, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    held = [(name, part) for name, part in ast.iter_fields(node) if name not in _NO_MEANING]
    told = (f"{name}={_describe(part)}" for name, part in held if part is not None and part != [])
    return f"{type(node).__name__}({','.join(told)})"


def _find_assignments(scope: _Function | ast.Module, parts: list[ast.AST]) -> Iterator[ast.AST]:
    """Yields a scope's assignments of names that are used in some parts alone."""
    assigned: dict[str, list[_Assignment]] = {}
    inside = scope.body if isinstance(scope, ast.Module) else list(ast.walk(scope))
    for node in (node for node in inside if isinstance(node, _Assignment)):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        # Other modules may use a public name of this one.
        if isinstance(target, ast.Name) and (inside is not scope.body or target.id[0] == "_"):
            assigned.setdefault(target.id, []).append(node)
    uses = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    assigned = {n: found for n, found in assigned.items() if any(u.id == n for u in uses)}
    wording = {id(node) for part in parts for node in ast.walk(part)}
    lost = {""}
    while lost:
        own = {id(n) for found in assigned.values() for one in found for n in ast.walk(one)}
        lost = {use.id for use in uses if id(use) not in wording | own} & assigned.keys()
        assigned = {name: found for name, found in assigned.items() if name not in lost}
    for found in assigned.values():
        yield from found


def _gives_text(node: _Function) -> bool:
    return isinstance(node.returns, ast.Name) and node.returns.id == "str"
