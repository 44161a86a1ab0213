"""Calling a student's function and finding the hint that fits what came back."""

import copy
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Failed:
    """What is not right yet.

    Attributes:
        message: What came, in a sentence; may be empty.
        hint: What to do; may be empty, where the exercise's own hint serves.
        untouched: Whether the stub is as it was.
    """

    message: str
    hint: str = ""
    untouched: bool = False


# A student's function, and what a check finds out about it step by step: None for what is right,
# else what is not, or a hint. What it returns in the end is said in the place of `done`.
Answer = Callable[..., Any]
Findings = Generator[Failed | str | None, None, str | None]


class AnswerError(Exception):
    """The student's function raised; the cause is the error, `call` what was asked."""

    def __init__(self, call: str):
        super().__init__(call)
        self.call = call


def expect(
    answer: Answer,
    *args: Any,
    right: Any,
    tolerance: float = 1e-6,
    hints: Mapping[str, Any] = MappingProxyType({}),
    hint: str = "",
) -> Failed | None:
    """Calls the student's function and compares what it returns.

    Args:
        answer: The student's function.
        *args: What to call it with. It gets copies, and must not change them.
        right: The right value: a number, text, truth value, array, or a tuple or list of such.
            Or a function from what came to whether it is right.
        tolerance: Numbers may differ by this, relative to the larger of 1 and the right value.
        hints: What to say, and the wrong value that it answers; in place of a value, several by
            `any_of`, or a function that is asked whether it fits. The first that fits is said.
        hint: What to say when none fits; without, the exercise's own hint.

    Returns:
        None when all is right, else what is not.
    """
    call = _describe_call(answer, args)
    passed = tuple(_copy(argument) for argument in args)
    try:
        value = answer(*passed)
    except Exception as error:
        raise AnswerError(call) from error
    if value is None or value is Ellipsis:
        return Failed(f"`{call}` returned nothing yet.", untouched=True)
    if _fits(right, value, tolerance):
        if not any(map(_differs, args, passed)):
            return None
        return Failed(
            f"`{call}` returns the right thing, but changes what it was given.",
            "Work on a copy, for example `x = x.copy()`, or build something new.",
        )
    for fitting, wrong in hints.items():
        if _fits(wrong, value, tolerance):
            return Failed(f"`{call}` returned `{describe(value)}`.", fitting)
    if not callable(right) and (mismatch := _find_mismatch(right, value)):
        return Failed(f"`{call}` returned {mismatch}.", hint)
    return Failed(f"`{call}` returned `{describe(value)}`, which is not right yet.", hint)


def same(right: Any, value: Any, tolerance: float) -> bool:
    """Whether two values are equal up to the tolerance, of the same kind and shape."""
    value = _to_numpy(value)
    if isinstance(right, tuple | list):
        return (
            isinstance(value, tuple | list | np.ndarray)
            and len(value) == len(right)
            and all(same(r, v, tolerance) for r, v in zip(right, value, strict=True))
        )
    if right is None or isinstance(right, str):
        return type(right) is type(value) and right == value
    if isinstance(right, bool | np.bool_):
        return isinstance(value, bool | np.bool_) and bool(right) == bool(value)
    if not _is_numeric(right):
        return bool(right == value)
    if not _is_numeric(value) or isinstance(value, bool) or np.shape(value) != np.shape(right):
        return False
    r, v = np.asarray(right), np.asarray(value)
    if r.dtype == bool or v.dtype == bool:
        return r.dtype == v.dtype and bool((r == v).all())
    with np.errstate(all="ignore"):
        close = abs(r - v) <= tolerance * np.maximum(1.0, abs(r))
    return bool((close | (r == v) | (np.isnan(r) & np.isnan(v))).all())


def describe(value: Any) -> str:
    """A short text of a value."""
    value = _to_numpy(value)
    if isinstance(value, np.ndarray) and value.size > 6:
        return f"array of shape {value.shape}"
    if isinstance(value, np.ndarray):
        text = np.array2string(value, precision=4, separator=", ")
        return " ".join(text.split())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.6g}"
    if callable(value) and hasattr(value, "__name__"):
        return str(value.__name__)
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "..."


@dataclass(frozen=True)
class _AnyOf:
    values: tuple[Any, ...]


def any_of(*values: Any) -> _AnyOf:
    """Several wrong values that one hint answers."""
    return _AnyOf(values)


def _fits(pattern: Any, value: Any, tolerance: float) -> bool:
    if isinstance(pattern, _AnyOf):
        return any(_fits(one, value, tolerance) for one in pattern.values)
    if not callable(pattern):
        return same(pattern, value, tolerance)
    try:
        return bool(pattern(_to_numpy(value)))
    except Exception:
        return False


def _find_mismatch(right: Any, value: Any) -> str | None:
    """Says how the kind or the shape differs, if it does."""
    value = _to_numpy(value)
    if not _is_numeric(right) or isinstance(right, bool | np.bool_):
        wanted, got = type(right).__name__, type(value).__name__
        return None if wanted == got else f"a {got}; a {wanted} is wanted"
    if isinstance(value, list | tuple) and isinstance(right, np.ndarray):
        return f"a {type(value).__name__}; a NumPy array is wanted"
    if not _is_numeric(value):
        return f"a {type(value).__name__}; a number or an array of numbers is wanted"
    if np.shape(value) != np.shape(right):
        return f"{_describe_shape(value)}; {_describe_shape(right)} is wanted"
    if np.isfinite(right).all() and not np.isfinite(value).all():
        return "a value that is not finite (NaN or infinity)"
    return None


def _describe_shape(value: Any) -> str:
    return f"shape {np.shape(value)}" if np.shape(value) else "a single number"


def _is_numeric(value: Any) -> bool:
    if isinstance(value, bool | int | float | complex | np.number | np.bool_):
        return True
    return isinstance(value, np.ndarray) and value.dtype.kind in "biufc"


def _to_numpy(value: Any) -> Any:
    """Turns a backend's tensor into an array; leaves all else as it is."""
    if hasattr(value, "__array__") and not isinstance(value, np.ndarray | np.generic):
        try:
            return np.asarray(value)
        except Exception:
            return value
    return value


def _copy(argument: Any) -> Any:
    try:
        return copy.deepcopy(argument)
    except Exception:
        return argument


def _differs(before: Any, after: Any) -> bool:
    """Whether an array, or one in a list, tuple or dictionary, was changed."""
    if isinstance(before, np.ndarray):
        return not same(before, after, 0.0)
    if isinstance(before, list | tuple):
        return len(before) != len(after) or any(map(_differs, before, after))
    if isinstance(before, dict):
        return before.keys() != after.keys() or any(_differs(before[k], after[k]) for k in before)
    return isinstance(before, int | float | str) and not same(before, after, 0.0)


def _describe_call(answer: Answer, args: tuple[Any, ...]) -> str:
    name = getattr(answer, "__name__", "your function")
    return f"{name}({', '.join(describe(a) for a in args)})"
