"""What the NumPy network refuses, each in one sentence that says what is right."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

_CHOICES = {
    "activation": ("sigmoid", "relu"),
    "initialisation": ("zero", "normal", "glorot"),
    "dtype": ("float32", "float64"),
}


def check_design(widths: Sequence[int], activation: str, initialisation: str, dtype: str) -> None:
    """Refuses widths that are no layers, and names that are not known."""
    fits = isinstance(widths, Sequence) and len(widths) >= 2
    if not fits or any(not _is_whole(width) for width in widths):
        raise ValueError(
            f"widths must be at least two whole numbers of at least 1, but is {widths!r}. "
            "Write the inputs, then the units of each layer: (784, 100, 10)."
        )
    given = {"activation": activation, "initialisation": initialisation, "dtype": dtype}
    for name, value in given.items():
        if value not in _CHOICES[name]:
            known = " or ".join(f'"{choice}"' for choice in _CHOICES[name])
            raise ValueError(f"{name} must be {known}, but is {value!r}. Choose one of them.")


def check_layers(weights: Sequence[np.ndarray], biases: Sequence[np.ndarray]) -> None:
    """Refuses layers of which one does not take what the one before it gives."""
    shapes, lengths = [w.shape for w in weights], [b.shape for b in biases]
    if not shapes or any(len(shape) != 2 for shape in shapes) or lengths != [s[1:] for s in shapes]:
        raise ValueError(
            "weights must be (inputs, units) and biases (units,), one of each for every layer, but "
            f"their shapes are {shapes} and {lengths}. Let make_numpy_network make both."
        )
    for number, (before, shape) in enumerate(pairwise(shapes), start=2):
        if before[1] != shape[0]:
            raise ValueError(
                f"weights must fit, but layer {number} takes {shape[0]} values where the one "
                f"before it has {before[1]} units. Give layer {number} weights of shape "
                f"({before[1]}, {shape[1]})."
            )


def flatten_images(images: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Turns images (N, ...) into rows (N, inputs) of the weights' dtype; uint8 into [0, 1]."""
    images = np.asarray(images)
    size = math.prod(images.shape[1:]) if images.ndim > 1 else 0
    if size != len(weight):
        raise ValueError(
            f"images must have {len(weight)} values each, as many as the first layer has inputs, "
            f"but their shape is {images.shape}. Give an array (N, ...) that fits, or make a "
            f"network whose widths begin with {size or '...'}."
        )
    rows = images.reshape(len(images), size)
    if images.dtype == np.uint8:
        return np.multiply(rows, 1 / 255, dtype=weight.dtype)
    if images.dtype.kind != "f":
        raise ValueError(
            f"images must be uint8, or floats from 0 to 1, but are {images.dtype}. "
            "Use images.astype('float32') / 255."
        )
    return rows.astype(weight.dtype, copy=False)


def check_labels(labels: np.ndarray, images: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Returns labels (N,) as an array, or refuses those that do not fit images and classes."""
    labels, images = np.asarray(labels), np.asarray(images)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be whole numbers in one dimension, (N,), but are {labels.dtype} with "
            f"shape {labels.shape}. From one-hot labels, take labels.argmax(axis=1)."
        )
    if not len(labels) or len(labels) != len(images):
        raise ValueError(
            f"labels must be as many as images, and at least one, but there are {len(labels)} for "
            f"{len(images)} images. Give the labels of exactly these images."
        )
    if labels.min() < 0 or labels.max() >= len(bias):
        raise ValueError(
            f"labels must be from 0 to {len(bias) - 1}, one for each unit of the last layer, but "
            f"go from {labels.min()} to {labels.max()}. Widen the last layer, or mend the labels."
        )
    if images.dtype.kind == "f" and len(images) and not _within(images, 0.0, 1.0):
        raise ValueError(
            f"images must be finite and from 0 to 1, but go from {images.min():g} to "
            f"{images.max():g}. Divide bytes by 255, or leave them uint8."
        )
    return labels


def check_settings(epochs: int, batch_size: int, rate: float, rate_decay: float, l2: float) -> None:
    """Refuses settings that could not train."""
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if not _is_whole(value):
            raise ValueError(
                f"{name} must be a whole number of at least 1, but is {value!r}. Try {name}=10."
            )
    if not (_is_number(rate) and rate > 0):
        raise ValueError(
            f"rate must be a number above 0, but is {rate!r}: with it, no weight would move, or "
            "all would be lost. Try rate=0.1."
        )
    for name, value in (("rate_decay", rate_decay), ("l2", l2)):
        if not (_is_number(value) and value >= 0):
            raise ValueError(f"{name} must be a number of at least 0, but is {value!r}. Try 0.")


def _within(values: np.ndarray, low: float, high: float) -> bool:
    return bool(values.min() >= low and values.max() <= high)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 1


def _is_number(value: Any) -> bool:
    known = isinstance(value, int | float | np.integer | np.floating)
    return known and not isinstance(value, bool) and math.isfinite(value)
