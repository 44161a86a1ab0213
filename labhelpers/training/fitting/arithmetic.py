"""How much a network computes: what decides which precision and compilation pay."""

import math
from dataclasses import dataclass

import keras

# Layers of which XLA compiles a whole loop of steps well on a CPU. Convolutions and pools are
# left out on purpose: XLA's own run tens of times slower there than oneDNN's.
_FUSABLE = (
    keras.layers.Activation,
    keras.layers.Add,
    keras.layers.BatchNormalization,
    keras.layers.Concatenate,
    keras.layers.Dense,
    keras.layers.Dropout,
    keras.layers.ELU,
    keras.layers.Flatten,
    keras.layers.GaussianNoise,
    keras.layers.InputLayer,
    keras.layers.LayerNormalization,
    keras.layers.LeakyReLU,
    keras.layers.ReLU,
    keras.layers.Rescaling,
    keras.layers.Reshape,
    keras.layers.Softmax,
)


@dataclass(frozen=True)
class Work:
    """The multiplications that one image costs on its way forward.

    Attributes:
        dense: Those in dense layers.
        convolutional: Those in convolutions.
        fusable: Whether every layer is of a kind that XLA compiles well on a CPU.
    """

    dense: int
    convolutional: int
    fusable: bool


def list_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """Lists a model's layers, with those inside nested models and composite layers."""
    return list(model._flatten_layers(include_self=False))


def estimate_work(model: keras.Model) -> Work:
    """Counts the multiplications an image costs, layer by layer, from the weights' shapes.

    Args:
        model: A built model.

    Returns:
        The counts. A layer whose output shape is not known counts as one position.

    Example:
        >>> from labhelpers.models import build_dense
        >>> estimate_work(build_dense()).dense
        54912
    """
    dense = convolutional = 0
    fusable = True
    for layer in list_layers(model):
        if isinstance(layer, keras.Model):
            continue
        fusable = fusable and type(layer) in _FUSABLE
        if list(layer._flatten_layers(include_self=False)):
            continue  # its parts are counted for themselves
        kernels = [w.shape for w in layer.weights if len(w.shape) >= 2]
        size = sum(math.prod(shape) for shape in kernels)
        if any(len(shape) > 2 for shape in kernels):
            convolutional += size * _count_positions(layer)
        else:
            dense += size
    return Work(dense=dense, convolutional=convolutional, fusable=fusable)


def _count_positions(layer: keras.layers.Layer) -> int:
    """Counts the places where a kernel is laid: the pixels of the layer's output."""
    try:
        shape = layer.output.shape
    except (AttributeError, ValueError):
        return 1
    # (N, height, width, channels), or channels first.
    last = getattr(layer, "data_format", "channels_last") != "channels_first"
    space = shape[1:-1] if last else shape[2:]
    return math.prod(n for n in space if n)
