"""Checks of arguments, each with one sentence that says what is right.

Every function returns the checked value in a plain type, or raises `ValueError` (`TypeError` where
the type itself is wrong) with the argument's name, what was expected and what came.
"""

from collections.abc import Collection
from numbers import Integral, Real

import numpy as np


def check_count(name: str, value: object, *, at_least: int = 1, at_most: int | None = None) -> int:
    """Check a whole number.

    Args:
        name: The argument's name, for the message.
        value: What the caller gave.
        at_least: The smallest number allowed.
        at_most: The largest number allowed, or None for no limit.

    Returns:
        The value as a Python int.

    Raises:
        TypeError: If the value is not a whole number (booleans are none).
        ValueError: If it is out of bounds.
    """
    wanted = _say_bounds("a whole number", at_least, at_most)
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be {wanted}, but {_show(value)} came.")
    number = int(value)
    if number < at_least or (at_most is not None and number > at_most):
        raise ValueError(f"{name} must be {wanted}, but {_show(value)} came.")
    return number


def check_number(
    name: str, value: object, *, at_least: float = 0.0, at_most: float | None = None
) -> float:
    """Check a finite number.

    Args:
        name: The argument's name, for the message.
        value: What the caller gave.
        at_least: The smallest number allowed.
        at_most: The largest number allowed, or None for no limit.

    Returns:
        The value as a Python float.

    Raises:
        TypeError: If the value is not a number (booleans are none).
        ValueError: If it is NaN, infinite or out of bounds.
    """
    wanted = _say_bounds("a finite number", at_least, at_most)
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} must be {wanted}, but {_show(value)} came.")
    number = float(value)
    if not np.isfinite(number) or number < at_least or (at_most is not None and number > at_most):
        raise ValueError(f"{name} must be {wanted}, but {_show(value)} came.")
    return number


def check_seed(value: object, *, name: str = "seed") -> int:
    """Check a seed: a whole number of at least 0, so that a draw can always be repeated.

    Args:
        value: What the caller gave.
        name: The argument's name, for the message.

    Returns:
        The seed as a Python int.

    Raises:
        TypeError: If the seed is not a whole number; None is none either.
        ValueError: If it is negative.
    """
    return check_count(name, value, at_least=0)


def check_flag(name: str, value: object) -> bool:
    """Check a switch: True or False.

    Args:
        name: The argument's name, for the message.
        value: What the caller gave.

    Returns:
        The value as a Python bool.

    Raises:
        TypeError: If it is anything but a boolean.
    """
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, but {_show(value)} came.")
    return bool(value)


def check_choice(name: str, value: object, choices: Collection[str]) -> str:
    """Check a word that must be one of a few.

    Args:
        name: The argument's name, for the message.
        value: What the caller gave.
        choices: The words allowed.

    Returns:
        The value.

    Raises:
        ValueError: If it is none of the choices.
    """
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be {_say_choices(choices)}, but {_show(value)} came.")
    return value


def check_choices(name: str, values: object, choices: Collection[str]) -> tuple[str, ...]:
    """Check a list of words: at least one, each one of a few, none twice.

    Args:
        name: The argument's name, for the message.
        values: What the caller gave.
        choices: The words allowed.

    Returns:
        The words as a tuple, in the order given.

    Raises:
        TypeError: If no list or tuple came; a single word must be put into one, ("word",).
        ValueError: If it is empty, or a word is unknown or comes twice.
    """
    wanted = f"a tuple of one or more of {', '.join(map(repr, choices))}, each once"
    if not isinstance(values, tuple | list):
        raise TypeError(f"{name} must be {wanted}, but {_show(values)} came.")
    known = all(isinstance(value, str) and value in choices for value in values)
    if not values or not known or len(set(values)) != len(values):
        raise ValueError(f"{name} must be {wanted}, but {_show(values)} came.")
    return tuple(values)


def check_images(name: str, images: object) -> np.ndarray:
    """Check a stack of pictures: (N, H, W) or (N, H, W, C), uint8 or floats in [0, 1].

    Args:
        name: The argument's name, for the message.
        images: What the caller gave.

    Returns:
        The same array; nothing is copied.

    Raises:
        TypeError: If it is no NumPy array, or of another dtype.
        ValueError: If it is of another rank, empty, or has floats outside [0, 1] or NaN.
    """
    wanted = "an array (N, H, W) or (N, H, W, C) of uint8, or of floats in [0, 1]"
    if not isinstance(images, np.ndarray):
        raise TypeError(f"{name} must be {wanted}, but a {type(images).__name__} came.")
    if images.dtype != np.uint8 and images.dtype.kind != "f":
        raise TypeError(f"{name} must be {wanted}, but {images.dtype} came.")
    if images.ndim not in (3, 4) or images.size == 0:
        advice = ": give a single picture as image[None]." if images.ndim == 2 else "."
        raise ValueError(f"{name} must be {wanted}, but the shape {images.shape} came{advice}")
    if images.dtype.kind == "f":
        low, high = float(images.min()), float(images.max())
        if not (low >= 0 and high <= 1):
            raise ValueError(
                f"{name} must be {wanted}, but values from {low:g} to {high:g} came: divide "
                "0..255 by 255 first."
            )
    return images


def _say_bounds(kind: str, at_least: float, at_most: float | None) -> str:
    if at_most is None:
        return f"{kind} of at least {at_least:.15g}"
    return f"{kind} from {at_least:.15g} to {at_most:.15g}"


def _say_choices(choices: Collection[str]) -> str:
    return "one of " + ", ".join(map(repr, choices))


def _show(value: object) -> str:
    """Show a value in a message: one line, never a whole array."""
    if isinstance(value, np.ndarray):
        return f"an array {value.shape}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "..."
