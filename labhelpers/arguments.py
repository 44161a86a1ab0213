"""Checks of arguments: each returns the value in a plain type, or raises one line.

That says what was expected, what came, and in `way_on` what to do where the bounds do not say it.
"""

from collections.abc import Collection, Sequence
from numbers import Integral, Real

import numpy as np

_MOST_SHOWN = 9
_ONE_PICTURE = "Give a single picture as image[None]."


def check_count(
    name: str,
    value: object,
    *,
    at_least: int = 1,
    at_most: int | None = None,
    multiple_of: int = 1,
    way_on: str = "",
) -> int:
    """Checks a whole number; booleans are none."""
    kind = "a whole number" if multiple_of == 1 else f"a multiple of {multiple_of}"
    wanted = _say_bounds(kind, at_least, at_most)
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise TypeError(say_wrong(name, wanted, value, way_on))
    number = int(value)
    if number < at_least or (at_most is not None and number > at_most) or number % multiple_of:
        raise ValueError(say_wrong(name, wanted, value, way_on))
    return number


def check_number(
    name: str,
    value: object,
    *,
    at_least: float = 0.0,
    at_most: float | None = None,
    is_more: bool = False,
    way_on: str = "",
) -> float:
    """Checks a finite number; booleans are none. With `is_more` it must be above `at_least`."""
    wanted = _say_bounds("a finite number", at_least, at_most, is_more=is_more)
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(say_wrong(name, wanted, value, way_on))
    number = float(value)
    is_low = number <= at_least if is_more else number < at_least
    if not np.isfinite(number) or is_low or (at_most is not None and number > at_most):
        raise ValueError(say_wrong(name, wanted, value, way_on))
    return number


def check_seed(value: object, *, name: str = "seed", at_most: int | None = None) -> int:
    """Checks a seed: a whole number of at least 0, and not None, so that draws can be repeated."""
    return check_count(name, value, at_least=0, at_most=at_most)


def check_flag(name: str, value: object) -> bool:
    """Checks a switch: True or False."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(say_wrong(name, "True or False", value))
    return bool(value)


def check_choice(name: str, value: object, choices: Collection[str], *, way_on: str = "") -> str:
    """Checks a word that must be one of a few."""
    if not isinstance(value, str) or value not in choices:
        wanted = f"one of {', '.join(map(repr, choices))}"
        raise ValueError(say_wrong(name, wanted, value, way_on))
    return value


def check_choices(name: str, values: object, choices: Collection[str]) -> tuple[str, ...]:
    """Checks a list of words: at least one, each one of a few, none twice."""
    wanted = f"a tuple of one or more of {', '.join(map(repr, choices))}, each once"
    if not isinstance(values, tuple | list):
        raise TypeError(say_wrong(name, wanted, values))
    known = all(isinstance(value, str) and value in choices for value in values)
    if not values or not known or len(set(values)) != len(values):
        raise ValueError(say_wrong(name, wanted, values))
    return tuple(values)


def check_texts(name: str, texts: object, *, count: int | None = None) -> list[str]:
    """Checks texts, or what can be written as such; `count` of them, one for each picture."""
    wanted = (
        "a list of texts" if count is None else f"a list of {count} texts, one for each picture"
    )
    if isinstance(texts, str) or not isinstance(texts, Sequence | np.ndarray):
        raise TypeError(say_wrong(name, wanted, texts))
    if count is not None and len(texts) != count:
        raise ValueError(say_wrong(name, wanted, texts))
    return [str(text) for text in texts]


def check_images(
    name: str,
    images: object,
    *,
    size_px: tuple[int, int] | None = None,
    channels: tuple[int, ...] | None = None,
    way_on: str = "",
) -> np.ndarray:
    """Checks a stack of pictures without a copy: (N, H, W) or (N, H, W, C), uint8 or in [0, 1].

    `size_px` is their height and width, `channels` are the numbers C allowed; None for any.
    """
    height, width = size_px or ("H", "W")
    shapes = [f"(N, {height}, {width})"]
    shapes += [f"(N, {height}, {width}, {c})" for c in channels or ("C",)]
    wanted = f"an array {' or '.join(shapes)} of uint8, or of floats in [0, 1]"
    if not isinstance(images, np.ndarray):
        raise TypeError(say_wrong(name, wanted, images))
    if images.dtype != np.uint8 and images.dtype.kind != "f":
        raise TypeError(say_wrong(name, wanted, images))
    if images.ndim not in (3, 4) or images.size == 0:
        raise ValueError(
            say_wrong(name, wanted, images, _ONE_PICTURE if images.ndim == 2 else way_on)
        )
    has_size = size_px is None or images.shape[1:3] == tuple(size_px)
    if not has_size or (channels and images.ndim == 4 and images.shape[3] not in channels):
        raise ValueError(say_wrong(name, wanted, images, way_on))
    if images.dtype.kind == "f":
        low, high = float(images.min()), float(images.max())
        if not (low >= 0 and high <= 1):
            came = f"values from {low:g} to {high:g}"
            raise ValueError(_say(name, wanted, came, "Divide 0..255 by 255 first."))
    return images


def check_labels(
    name: str, labels: object, *, count: int | None = None, num_classes: int | None = None
) -> np.ndarray:
    """Checks labels, at least one: (N,) whole numbers, not copied if they were an array.

    `count` is how many there must be, and `num_classes` of how many classes; None for any number.
    """
    labels = np.asarray(labels)
    wanted = f"an array ({'N' if count is None else count},) of whole-number labels"
    if num_classes is not None:
        wanted += f" from 0 to {num_classes - 1}"
    one_each = "Give one label for each image."
    if not labels.size:
        raise ValueError(_say(name, wanted, "none", one_each))
    one_hot = f"Turn one-hot labels back with {name}.argmax(axis=1)." if labels.ndim == 2 else ""
    if labels.dtype.kind not in "iu":
        raise TypeError(say_wrong(name, wanted, labels, one_hot))
    if labels.ndim != 1 or count not in (None, len(labels)):
        raise ValueError(say_wrong(name, wanted, labels, one_hot or one_each))
    low, high = labels.min(), labels.max()
    if num_classes is not None and (low < 0 or high >= num_classes):
        way_on = "Number the classes from 0, and give each an output of the model."
        raise ValueError(_say(name, wanted, f"labels from {low} to {high}", way_on))
    return labels


def say_wrong(name: str, wanted: str, value: object, way_on: str = "") -> str:
    """Says in one line what is wrong with an argument.

    An array is shown by its dtype and shape, a long list by its length, another long value by its
    beginning.
    """
    if isinstance(value, np.ndarray):
        return _say(name, wanted, f"{value.dtype} of shape {value.shape}", way_on)
    has_arrays = isinstance(value, tuple | list) and any(isinstance(v, np.ndarray) for v in value)
    if has_arrays or (isinstance(value, tuple | list) and len(value) > _MOST_SHOWN):
        return _say(name, wanted, f"a {type(value).__name__} of {len(value):,}", way_on)
    text = " ".join(repr(value).split())
    return _say(name, wanted, text if len(text) <= 60 else text[:57] + "...", way_on)


def _say(name: str, wanted: str, came: str, way_on: str) -> str:
    return f"{name} must be {wanted}, but {came} came. {way_on}".rstrip()


def _say_bounds(kind: str, at_least: float, at_most: float | None, *, is_more: bool = False) -> str:
    if is_more:
        end = "" if at_most is None else f" and at most {at_most:.15g}"
        return f"{kind} above {at_least:.15g}{end}"
    if at_most is None:
        return f"{kind} of at least {at_least:.15g}"
    return f"{kind} from {at_least:.15g} to {at_most:.15g}"
