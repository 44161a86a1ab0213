"""Precision: which one to train in, and lending it to a model for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras

from labhelpers.models.layer_costs import list_layers
from labhelpers.training.fitting.workload import Workload
from labhelpers.training.hardware import Gpu, pick_fast_precision

PRECISIONS = ("float32", "bfloat16", "float16")

# Multiplications an image (convolutions) or a step (dense layers) from which a lower precision
# paid on a CPU with AMX; smaller networks spend their time elsewhere and stay exact.
_LARGE_CONVOLUTIONS = 5_000_000
_LARGE_DENSE_STEP = 400_000_000


def choose_precision(
    model: keras.Model, work: Workload, *, batch_size: int, gpu: Gpu | None, matrix_unit: str | None
) -> str:
    """Chooses the precision to train a model in; one that somebody gave a precision keeps it."""
    if any(layer.compute_dtype != "float32" for layer in list_layers(model)):
        return "float32"
    large = (
        work.convolutional >= _LARGE_CONVOLUTIONS or work.dense * batch_size >= _LARGE_DENSE_STEP
    )
    return pick_fast_precision(gpu, matrix_unit) if large else "float32"


@contextmanager
def lend_precision(model: keras.Model, precision: str) -> Iterator[None]:
    """Lets a compiled model compute in a lower precision, and gives its own back at the end.

    Weights stay in float32, and so does what makes the model's outputs: a softmax over rounded
    numbers, and a loss of it, would lose small differences. With "float16" the optimizer scales the
    loss, so that small gradients do not vanish.
    """
    if precision == "float32":
        yield
        return
    kept = _find_output_layers(model)
    changed = [
        layer
        for layer in [model, *list_layers(model)]
        if layer.compute_dtype == "float32" and not any(layer is k for k in kept)
    ]
    policies = [layer.dtype_policy for layer in changed]
    optimizer = model.optimizer
    try:
        for layer in changed:
            layer.dtype_policy = f"mixed_{precision}"
        if precision == "float16" and not isinstance(
            optimizer, keras.optimizers.LossScaleOptimizer
        ):
            model.optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        yield
    finally:
        for layer, policy in zip(changed, policies, strict=True):
            layer.dtype_policy = policy
        model.optimizer = optimizer
        # What was traced meanwhile computes in the lower precision.
        model.train_function = model.test_function = model.predict_function = None


def _find_output_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """Finds the layers that make a model's outputs, with the weights that feed a softmax."""
    try:
        outputs = keras.tree.flatten(model.outputs)
        found = [output._keras_history.operation for output in outputs]
    except (AttributeError, ValueError):
        return list(model.layers[-1:])
    for layer in list(found):
        while not layer.weights:
            nodes = layer._inbound_nodes
            parents = nodes[-1].parent_nodes if nodes else []
            if len(parents) != 1:
                break
            layer = parents[0].operation
            found.append(layer)
    nested = [part for layer in found if isinstance(layer, keras.Model) for part in layer.layers]
    return found + nested[-1:]
