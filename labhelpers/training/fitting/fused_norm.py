"""Batch normalisation in one kernel: what costs most beside convolutions in TensorFlow on a CPU.

Keras takes a dozen float32 passes over the images of every layer. TensorFlow's kernel reads and
writes bfloat16 as it is and counts in float32; the numbers are the same within rounding.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras

from labhelpers.models.layer_costs import list_layers

# Below, the kernel would use another epsilon on some devices.
_LEAST_EPSILON = 1.001e-5


@contextmanager
def fuse_batch_norm(model: keras.Model) -> Iterator[None]:
    """Lets a model's batch normalisations train by one kernel, and gives their own back.

    Only those over the last axis of images (N, H, W, C), without renormalisation, are changed, and
    only while they train.
    """
    layers = [layer for layer in list_layers(model) if _can_be_fused(layer)]
    for layer in layers:
        layer.call = _make_call(layer, layer.call)
    try:
        yield
    finally:
        for layer in layers:
            del layer.call


def _can_be_fused(layer: keras.layers.Layer) -> bool:
    if type(layer) is not keras.layers.BatchNormalization or "call" in vars(layer):
        return False
    spec = layer.input_spec
    return (
        layer.built
        and spec.ndim == 4
        and layer.axis in (-1, 3)
        and not layer.synchronized
        and not getattr(layer, "renorm", False)
        and layer.epsilon >= _LEAST_EPSILON
        and layer.variable_dtype == "float32"
    )


def _make_call(layer: Any, own: Callable[..., Any]) -> Callable[..., Any]:
    import tensorflow as tf

    def call(inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if not training or not layer.trainable or mask is not None:
            return own(inputs, training=training, mask=mask)
        channels = layer.moving_mean.shape
        nothing = tf.zeros((0,), tf.float32)  # the kernel takes the images' own mean here
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=layer.gamma.value if layer.scale else tf.ones(channels),
            offset=layer.beta.value if layer.center else tf.zeros(channels),
            mean=nothing,
            variance=nothing,
            epsilon=layer.epsilon,
            is_training=True,
        )
        # The kernel's variance is that of a sample, divided by n - 1; Keras divides by n.
        n = tf.cast(tf.reduce_prod(tf.shape(inputs)[:3]), tf.float32)
        variance = variance * (n - 1) / n
        for average, new in ((layer.moving_mean, mean), (layer.moving_variance, variance)):
            average.assign(average * layer.momentum + new * (1.0 - layer.momentum))
        return outputs

    return call
