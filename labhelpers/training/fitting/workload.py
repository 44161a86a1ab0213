"""How much a network computes: what decides which precision and compilation pay."""

from dataclasses import dataclass

import keras

from labhelpers.models.layer_costs import count_multiply_adds, list_kernel_shapes, list_layers

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
class Workload:
    """The multiplications that one image costs on its way forward."""

    dense: int
    convolutional: int
    fusable: bool  # whether every layer is of a kind that XLA compiles well on a CPU


def estimate_workload(model: keras.Model) -> Workload:
    """Counts the multiplications an image costs a built model, layer by layer."""
    dense = convolutional = 0
    fusable = True
    for layer in list_layers(model):
        if isinstance(layer, keras.Model):
            continue
        fusable = fusable and type(layer) in _FUSABLE
        if list_layers(layer):
            continue  # its parts are counted for themselves
        if any(len(shape) > 2 for shape in list_kernel_shapes(layer)):
            convolutional += count_multiply_adds(layer)
        else:
            dense += count_multiply_adds(layer)
    return Workload(dense=dense, convolutional=convolutional, fusable=fusable)
