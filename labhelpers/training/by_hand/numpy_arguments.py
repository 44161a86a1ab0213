"""What the NumPy network refuses, each in one sentence that says what is right."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from labhelpers import arguments
from labhelpers.arguments import check_choice, check_count, check_number, say_wrong

_ACTIVATIONS = ("sigmoid", "relu")
_INITIALISATIONS = ("zero", "normal", "glorot")
_DTYPES = ("float32", "float64")
_WIDTHS = "Write the inputs, then the units of each layer: (784, 100, 10)."


def check_design(widths: Sequence[int], activation: str, initialisation: str, dtype: str) -> None:
    """Refuses widths that are no layers, and names that are not known."""
    if not isinstance(widths, Sequence) or len(widths) < 2:
        raise ValueError(say_wrong("widths", "at least two whole numbers", widths, _WIDTHS))
    for width in widths:
        check_count("widths", width, way_on=_WIDTHS)
    check_choice("activation", activation, _ACTIVATIONS)
    check_choice("initialisation", initialisation, _INITIALISATIONS)
    check_choice("dtype", dtype, _DTYPES)


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
    images = np.asarray(images)
    labels = arguments.check_labels("labels", labels, count=len(images), num_classes=len(bias))
    if images.dtype.kind == "f" and not (images.min() >= 0 and images.max() <= 1):
        raise ValueError(
            f"images must be finite and from 0 to 1, but go from {images.min():g} to "
            f"{images.max():g}. Divide bytes by 255, or leave them uint8."
        )
    return labels


def check_settings(epochs: int, batch_size: int, rate: float, rate_decay: float, l2: float) -> None:
    """Refuses settings that could not train."""
    check_count("epochs", epochs, way_on="Try epochs=10.")
    check_count("batch_size", batch_size, way_on="Try batch_size=10.")
    check_number("rate", rate, is_more=True, way_on="Try rate=0.1.")
    check_number("rate_decay", rate_decay, way_on="Try 0.")
    check_number("l2", l2, way_on="Try 0.")
