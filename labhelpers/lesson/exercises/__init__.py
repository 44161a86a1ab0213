"""Exercises: what a check asks of a student's function; `one_layer.py` holds `one-layer-...`.

The check runs a generator's steps in order and stops at the first that yields a hint.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from labhelpers.lesson.exercises.expectations import Answer, Failed, Findings, any_of, expect

__all__ = [
    "Answer",
    "Exercise",
    "Failed",
    "Findings",
    "any_of",
    "exercise",
    "expect",
    "find_exercise",
    "list_exercises",
]

Steps = Callable[[Answer], Findings]


@dataclass(frozen=True)
class Exercise:
    """What a check asks, as `exercise` was told; `steps` is the decorated generator."""

    name: str
    hint: str
    steps: Steps
    done: str
    limit_s: float


_EXERCISES: dict[str, Exercise] = {}


def exercise(
    name: str, *, hint: str, done: str = "", limit_s: float = 10.0
) -> Callable[[Steps], Steps]:
    """Registers the exercise that the decorated generator checks.

    Args:
        name: The name of its file with hyphens, a hyphen, and its own: "one-layer-scores".
        hint: What to say of an attempt when no other hint fits; never before the first.
        done: A sentence to say when all is right. A generator that returns a text has that said
            instead.
        limit_s: Seconds the student's function may take, all steps together.

    Raises:
        ValueError: If the name does not begin with that of its file, or is taken, or there is
            no hint.
    """
    if not hint.strip():
        raise ValueError(f"hint must say something, but is empty, in the exercise {name!r}.")

    def register(steps: Steps) -> Steps:
        prefix = steps.__module__.rpartition(".")[2].replace("_", "-")
        if steps.__module__.startswith(f"{__name__}.") and not name.startswith(f"{prefix}-"):
            raise ValueError(f"name must begin with '{prefix}-', but is {name!r}.")
        known = _EXERCISES.get(name)
        if known is not None and known.steps.__code__.co_filename != steps.__code__.co_filename:
            raise ValueError(f"name must be new, but {name!r} is an exercise already.")
        _EXERCISES[name] = Exercise(name, hint, steps, done, limit_s)
        return steps

    return register


def find_exercise(name: str) -> Exercise | None:
    """Returns the exercise of that name, or None. Loads only its chapter's file."""
    for module in pkgutil.iter_modules(__path__):
        if name.startswith(module.name.replace("_", "-") + "-"):
            importlib.import_module(f"{__name__}.{module.name}")
    return _EXERCISES.get(name)


def list_exercises() -> list[str]:
    """Returns the names of all exercises, sorted."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return sorted(_EXERCISES)
