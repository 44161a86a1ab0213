"""How much a network computes, layer by layer."""

import math

import keras


def list_layers(model: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Lists the layers of a model, or of a layer, with those inside nested ones."""
    return list(model._flatten_layers(include_self=False))


def count_multiply_adds(layer: keras.layers.Layer) -> int:
    """Counts the multiply-adds that one example costs a layer on its way forward.

    A kernel is laid on every place of the layer's output, and uses each of its weights there.

    Args:
        layer: A built layer of a model, without layers inside it.

    Returns:
        The number; 0 without a kernel. An output of unknown shape counts as one place.
    """
    size = sum(math.prod(shape) for shape in list_kernel_shapes(layer))
    return size * _count_places(layer) if size else 0


def list_kernel_shapes(layer: keras.layers.Layer) -> list[tuple[int, ...]]:
    """Lists the shapes of what a layer multiplies by: all its weights but biases and scales."""
    return [weight.shape for weight in layer.weights if len(weight.shape) >= 2]


def _count_places(layer: keras.layers.Layer) -> int:
    try:
        shape = layer.output.shape
    except (AttributeError, ValueError):
        return 1
    # (N, height, width, channels), or channels first.
    last = getattr(layer, "data_format", "channels_last") != "channels_first"
    space = shape[1:-1] if last else shape[2:]
    return math.prod(n for n in space if n)
