"""Which texts of some code only word its errors, so that they move no number."""

import ast
import re
from collections.abc import Iterator

# By custom: `say_wrong(...) -> str` words an error, and `way_on=` is the advice at its end.
_SAYING = re.compile(r"_?say(_\w+)?")
_ADVICE = "way_on"
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Assignment = ast.Assign | ast.AugAssign | ast.AnnAssign


def find_wording(tree: ast.Module) -> list[ast.stmt | ast.keyword]:
    """Finds the parts of code whose texts do nothing but word errors.

    They are `raise` statements; functions `say_...` that return a text; arguments `way_on=`; and
    assignments of what is used in such parts alone.
    """
    parts: list[ast.stmt | ast.keyword] = []
    for node in ast.walk(tree):
        says = isinstance(node, _Function) and _SAYING.fullmatch(node.name) and _gives_text(node)
        advises = isinstance(node, ast.keyword) and node.arg == _ADVICE
        if isinstance(node, ast.Raise) or says or advises:
            parts.append(node)
    for scope in [*(n for n in ast.walk(tree) if isinstance(n, _Function)), tree]:
        parts += _find_assignments(scope, parts)
    return parts


def find_texts(node: ast.AST) -> Iterator[ast.expr]:
    """Yields the outermost literal texts, what an f-string computes included."""
    for child in ast.iter_child_nodes(node):
        is_text = isinstance(child, ast.Constant) and isinstance(child.value, str)
        if is_text or isinstance(child, ast.JoinedStr):
            yield child
        else:
            yield from find_texts(child)


def _find_assignments(
    scope: _Function | ast.Module, parts: list[ast.stmt | ast.keyword]
) -> list[_Assignment]:
    """Finds a scope's assignments of names that are used in some parts alone."""
    assigned: dict[str, list[_Assignment]] = {}
    inside = scope.body if isinstance(scope, ast.Module) else list(ast.walk(scope))
    for node in (node for node in inside if isinstance(node, _Assignment)):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        # Other modules may use a public name of this one.
        if isinstance(target, ast.Name) and (inside is not scope.body or target.id[0] == "_"):
            assigned.setdefault(target.id, []).append(node)
    uses = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id in assigned]
    uses = [use for use in uses if isinstance(use.ctx, ast.Load)]
    assigned = {n: found for n, found in assigned.items() if any(u.id == n for u in uses)}
    wording = {id(node) for part in parts for node in ast.walk(part)}
    while True:
        own = {id(n) for found in assigned.values() for one in found for n in ast.walk(one)}
        lost = {use.id for use in uses if id(use) not in wording | own} & assigned.keys()
        if not lost:
            return [one for found in assigned.values() for one in found]
        assigned = {name: found for name, found in assigned.items() if name not in lost}


def _gives_text(node: _Function) -> bool:
    return isinstance(node.returns, ast.Name) and node.returns.id == "str"
