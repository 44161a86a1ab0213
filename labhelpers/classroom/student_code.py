"""What a student's notebook defines and asks to have checked, read as text: nothing is run."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Lines that only IPython understands: magics, commands to the system, questions.
_NOT_PYTHON = re.compile(r"^\s*(%|!|\?)|\?\s*$")
_BOOKS_OWN = "solution_"
_KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Handed:
    """What was handed in, in one file."""

    code: Sequence[str]  # imports, functions, classes and constants of all cells, in their order
    answers: dict[str, str]  # by exercise, the expression given to its last `check`
    broken: Sequence[tuple[str, str]]  # cells that are not Python, and what is wrong with them

    def find_broken(self, exercise: str) -> str:
        """Says what is wrong with the cell that holds an exercise; empty if it is whole."""
        answer = self.answers.get(exercise, "")
        for text, fault in self.broken:
            defines = answer.isidentifier() and re.search(rf"\bdef\s+{answer}\b", text)
            if defines or f'"{exercise}"' in text or f"'{exercise}'" in text:
                return fault
        return ""


def read_handed(path: Path) -> Handed:
    """Reads a student's notebook; raises ValueError if it is none."""
    code: list[str] = []
    answers: dict[str, str] = {}
    broken: list[tuple[str, str]] = []
    for text in _read_cells(path):
        try:
            # A null byte, or brackets a thousand deep, are found by other names.
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = f" in line {error.lineno}" if getattr(error, "lineno", None) else ""
            broken.append((text, f"{type(error).__name__}{line}: {getattr(error, 'msg', error)}"))
            continue
        code += [ast.unparse(statement) for statement in tree.body if _is_definition(statement)]
        answers.update(_find_checks(tree))
    for text, _ in broken:
        for name in re.findall(r"\bcheck\(\s*[\"']([\w-]+)[\"']", text):
            answers.setdefault(name, "")
    return Handed(code, answers, broken)


def _read_cells(path: Path) -> Iterator[str]:
    try:
        cells = json.loads(path.read_bytes())["cells"]
        found = [cell for cell in cells if cell["cell_type"] == "code"]
        texts = ["".join(cell["source"]) for cell in found]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"not a notebook ({type(error).__name__}: {error})") from None
    for text in texts:
        if text.lstrip().startswith("%%"):
            first, _, rest = text.lstrip().partition("\n")
            text = rest if first.split()[0] in ("%%time", "%%timeit", "%%capture") else ""
        kept = [_blank(line) for line in text.split("\n")]
        yield "\n".join(kept)


def _blank(line: str) -> str:
    """Puts `pass` in place of what only IPython understands."""
    if _NOT_PYTHON.search(line) and "#" not in line.split("?")[0]:
        return line[: len(line) - len(line.lstrip())] + "pass"
    return line


def _is_definition(statement: ast.stmt) -> bool:
    """Whether a statement may be run without the chapter around it: it only gives names."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return not statement.name.startswith(_BOOKS_OWN)
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return statement.value is not None and _is_constant(statement.value)
    return isinstance(statement, _KEPT)


def _is_constant(value: ast.expr) -> bool:
    if isinstance(value, ast.Lambda):
        return True
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _get_name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def _find_checks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yields exercise and answer of each `check("...", ...)` in a cell, in their order."""
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and _get_name(n.func) == "check"]
    for call in sorted(calls, key=lambda c: (c.lineno, c.col_offset)):
        given: list[Any] = [*call.args, *(k.value for k in call.keywords)]
        if len(given) == 2 and isinstance(given[0], ast.Constant):
            yield str(given[0].value), ast.unparse(given[1])
