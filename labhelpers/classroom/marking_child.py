"""The process in which a student's code runs; `labs class mark` starts it and ends it.

It reads one JSON object from its standard input and writes one JSON line for each step: that an
exercise begins, and what its check says.
"""

import ast
import json
import os
import sys
from typing import Any

from labhelpers.lesson.checks import examine

try:
    import resource
except ImportError:  # Windows
    resource = None

_MEMORY_BYTES = 4 * 2**30
_FILE_BYTES = 2**20


def main() -> None:
    """Runs definitions, then checks the answers that are asked for."""
    task = json.loads(sys.stdin.read())
    tell = _take_over_output()
    _limit_resources()
    space: dict[str, Any] = {"__name__": "__main__"}
    failures: dict[str, str] = {}
    for text in task["code"]:
        tell({"begins": "definitions"})
        _run(text, space, failures)
    for exercise, answer in task["answers"].items():
        tell({"begins": exercise})
        try:
            # The student's own words, in the process that is there for them.
            given = eval(answer, space)  # noqa: S307
        except BaseException as error:
            fault = failures.get(answer, f"{type(error).__name__}: {error}")
            if isinstance(error, NameError):
                fault += "; functions, imports and constants count, not the book's solutions"
            tell({"exercise": exercise, "status": "failed", "message": fault})
            continue
        verdict = examine(exercise, given)
        tell({"exercise": exercise, "status": verdict.status, "message": verdict.message})
    # Threads that a student has left behind are not waited for.
    os._exit(0)


def _run(text: str, space: dict[str, Any], failures: dict[str, str]) -> None:
    """Runs one definition; one that fails is remembered under the name it would have given."""
    try:
        exec(compile(text, "the notebook", "exec"), space)  # noqa: S102
    except BaseException as error:
        fault = f"{type(error).__name__}: {error}"
        for node in ast.parse(text).body:
            failures[getattr(node, "name", "")] = fault


def _take_over_output() -> Any:
    """Keeps the way to the parent for itself: what a student prints goes nowhere."""
    mine = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)

    def tell(step: dict[str, str]) -> None:
        print(json.dumps(step), file=mine, flush=True)

    return tell


def _limit_resources() -> None:
    """Bounds memory and files, where the system can (Linux, and in part macOS)."""
    if resource is None:
        return
    for name, amount in (
        ("RLIMIT_DATA", _MEMORY_BYTES),
        ("RLIMIT_FSIZE", _FILE_BYTES),
        ("RLIMIT_CORE", 0),
    ):
        try:
            most = resource.getrlimit(getattr(resource, name))[1]
            if most == resource.RLIM_INFINITY or most > amount:
                resource.setrlimit(getattr(resource, name), (amount, amount))
        except (AttributeError, ValueError, OSError):
            continue


if __name__ == "__main__":
    main()
