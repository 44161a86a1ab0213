"""Says in one sentence what is wrong with the arguments of a fit, before it starts."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from labhelpers.arguments import check_choice, check_count, check_seed, say_wrong
from labhelpers.models.layer_costs import list_layers
from labhelpers.training.fitting.precision import PRECISIONS

_RESCALERS = (
    keras.layers.Rescaling,
    keras.layers.Normalization,
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.Lambda,
    keras.layers.Embedding,
)
# Losses that compare labels and outputs number by number.
_ELEMENTWISE = (
    "binary_crossentropy",
    "huber",
    "mae",
    "mean_absolute_error",
    "mean_squared_error",
    "mse",
)
# Above what standardised images reach, below what unscaled ones do.
_SCALED_AT_MOST = 30.0
_AUTO = 'Leave it at "auto" to let the machine decide.'


def check_options(
    *,
    epochs: Any,
    batch_size: Any,
    patience: Any,
    has_validation: bool,
    precision: Any,
    steps_per_execution: Any,
    jit_compile: Any,
    seed: Any,
    callbacks: Any,
    backend: str,
) -> None:
    """Raises a ValueError or a TypeError about the first option of `fit_model` that cannot be."""
    check_count("epochs", epochs, way_on="Start with 5.")
    check_count("batch_size", batch_size, way_on="Start with 32.")
    if patience is not None:
        check_count("patience", patience, way_on="Use None to train through all epochs.")
        if not has_validation:
            raise ValueError(
                "patience needs validation data to watch, but validation is None. "
                "Give validation=(images, labels), or leave patience out."
            )
    check_choice("precision", precision, ("auto", *PRECISIONS), way_on=_AUTO)
    if steps_per_execution != "auto":
        check_count("steps_per_execution", steps_per_execution, way_on=_AUTO)
        if steps_per_execution > 1 and backend not in ("tensorflow", "jax"):
            raise ValueError(
                f"steps_per_execution must be 1 with {backend}, but is {steps_per_execution!r}: "
                'only TensorFlow and JAX run many steps at once. Leave it at "auto".'
            )
    if jit_compile not in ("auto", True, False):
        raise ValueError(say_wrong("jit_compile", 'True, False or "auto"', jit_compile, _AUTO))
    if seed is not None:
        check_seed(seed, at_most=2**32 - 1)
    if not isinstance(callbacks, Sequence) or not all(
        isinstance(callback, keras.callbacks.Callback) for callback in callbacks
    ):
        raise ValueError(
            f"callbacks must be a list of keras.callbacks.Callback objects, but is {callbacks!r}. "
            "Put your callbacks in square brackets, each made by calling its class."
        )


def check_pair(name: str, pair: Any) -> tuple[np.ndarray, np.ndarray]:
    """Checks that images and labels fit together, and returns them as arrays, not copied."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        way_on = f"Write {name}=(images, labels)."
        raise ValueError(say_wrong(name, "a pair (images, labels)", pair, way_on))
    images, labels = (np.asanyarray(part) for part in pair)
    for part, array in ((f"{name} images", images), (f"{name} labels", labels)):
        if array.dtype.kind not in "biuf":
            way_on = "Turn names of classes into whole numbers first."
            raise ValueError(say_wrong(part, "an array of numbers", array, way_on))
        if array.ndim == 0 or len(array) == 0:
            way_on = "Look at how you cut the data."
            raise ValueError(say_wrong(part, "an array of at least one example", array, way_on))
        # The least and the largest pass NaN and infinity on, without a copy of the array.
        if array.dtype.kind == "f" and not np.isfinite([array.min(), array.max()]).all():
            raise ValueError(
                f"{part} must be finite numbers, but hold NaN or infinity. "
                "Find them with np.isfinite; a division by zero is the usual cause."
            )
    if len(images) != len(labels):
        raise ValueError(
            f"{name} must have one label for each image, but has {len(images):,} images and "
            f"{len(labels):,} labels. Cut both the same way."
        )
    return images, labels


def check_compiled(model: Any) -> None:
    """Refuses a model that cannot learn, or not at the rate it has."""
    if not model.compiled or model.optimizer is None:
        raise ValueError(
            "optimizer and loss must be given for a model that is not compiled, but are missing. "
            'Write for example fit_model(..., optimizer="adam", '
            'loss="sparse_categorical_crossentropy", metrics=["accuracy"]).'
        )
    rate = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    # A schedule may well start from 0, to warm up.
    own_rate = getattr(model.optimizer, "_learning_rate", None)
    scheduled = isinstance(own_rate, keras.optimizers.schedules.LearningRateSchedule)
    if not math.isfinite(rate) or rate < 0 or (rate == 0 and not scheduled):
        raise ValueError(
            f"the learning rate of optimizer must be a number above 0, but is {rate!r}. "
            "Start with 0.001 for Adam, 0.01 for SGD."
        )


def check_inputs(name: str, images: np.ndarray, model: keras.Model) -> None:
    """Refuses images that do not have the shape a model takes; warns of their range."""
    shape = getattr(model, "input_shape", None)
    if isinstance(shape, tuple) and all(n is None or isinstance(n, int) for n in shape):
        fits = len(shape) == images.ndim and all(
            want in (None, got) for want, got in zip(shape[1:], images.shape[1:], strict=True)
        )
        if not fits:
            want = ", ".join("any" if n is None else str(n) for n in shape[1:])
            advice = "Reshape the images, or build the model for them."
            if len(shape) == images.ndim + 1 and shape[-1] == 1:
                advice = "Add the channel: images[..., np.newaxis]."
            elif len(shape) == images.ndim + 1:
                advice = "One image alone needs a first axis: images[np.newaxis]."
            raise ValueError(
                f"{name} images must have shape (N, {want}), which this model takes, but have "
                f"shape {images.shape}. {advice}"
            )
    if images.dtype.kind == "b" or name != "train":
        return
    if are_unscaled(images, model):
        warnings.warn(
            f"train images go up to {images.max():g}, and the model does not rescale them: "
            "networks learn badly from such large numbers. Divide the images by 255, or begin the "
            "model with keras.layers.Rescaling(1 / 255).",
            stacklevel=4,  # the line that called fit_model
        )


def are_unscaled(images: np.ndarray, model: keras.Model) -> bool:
    """Tells whether images look like grey values to 255 that no layer of the model scales."""
    return images.max() > _SCALED_AT_MOST and images.min() >= 0 and not _rescales(model)


def check_targets(name: str, labels: np.ndarray, model: keras.Model) -> None:
    """Refuses labels that do not go with a built and compiled model's loss and outputs."""
    outputs = getattr(model, "output_shape", None)
    if not isinstance(outputs, tuple) or not outputs or not isinstance(outputs[-1], int):
        return
    loss, classes = _name_loss(model.loss), outputs[-1]
    wanted = way_on = None
    came = f"have shape {labels.shape}"
    if loss == "sparse_categorical_crossentropy":
        low, high = labels.min(), labels.max()
        if labels.ndim == len(outputs) and labels.shape[-1] == classes and classes > 1:
            wanted = "class numbers (N,)"
            way_on = (
                "Use the loss categorical_crossentropy for one-hot labels, or "
                "labels.argmax(axis=-1)."
            )
        elif low < 0 or high >= classes:
            wanted = f"from 0 to {classes - 1}, one for each of the model's {classes} outputs,"
            came = f"go from {low} to {high}"
            way_on = f"Give the model {int(high) + 1} outputs, or number the classes from 0."
    elif loss == "categorical_crossentropy" and labels.shape[1:] != outputs[1:]:
        wanted = f"one-hot, of shape (N, {classes}),"
        way_on = (
            "Use the loss sparse_categorical_crossentropy for class numbers, or "
            "keras.utils.to_categorical(labels)."
        )
    elif loss in _ELEMENTWISE and labels.size != len(labels) * math.prod(filter(None, outputs[1:])):
        wanted = f"of the shape of the model's outputs, {('N', *outputs[1:])},"
        way_on = (
            "Reshape the labels, or change the last layer; class numbers take the loss "
            "sparse_categorical_crossentropy."
        )
    elif loss == "binary_crossentropy" and (labels.min() < 0 or labels.max() > 1):
        wanted, came = "from 0 to 1", f"go from {labels.min():g} to {labels.max():g}"
        way_on = "Number the two classes 0 and 1; divide images by 255."
    if wanted:
        raise ValueError(
            f"{name} labels must be {wanted} for the loss {loss}, but {came}. {way_on}"
        )


def _name_loss(loss: Any) -> str:
    if isinstance(loss, str):
        return loss
    if isinstance(loss, keras.losses.Loss):
        return getattr(loss, "name", "")
    return getattr(loss, "__name__", "")


def _rescales(model: keras.Model) -> bool:
    known = keras.layers.__dict__.values()
    # A layer of the reader's own may well rescale; so may a nested model.
    return any(
        isinstance(layer, _RESCALERS)
        or (type(layer) not in known and not isinstance(layer, keras.Model))
        for layer in list_layers(model)
    )
