"""Convolutional networks of the MNIST chapters: grey images of one digit, 28 by 28 pixels."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from labhelpers.arguments import check_count, check_number, say_wrong
from labhelpers.models.layers import LayerSeeds


def build_small_convolutional(
    *,
    rescale: bool = False,
    image_shape: Sequence[int] = (28, 28),
    num_classes: int = 10,
    seed: int | None = None,
) -> keras.Model:
    """Builds the small convolutional network that was reported to equal one of 624,202 parameters.

    conv 32 3x3 relu, pool, conv 32 3x3 relu, pool, flatten, dense 10 softmax, the convolutions
    padded ("same"): 25,258 parameters.

    Args:
        rescale: Whether the network itself divides its input by 255, and so takes images
            0..255 (uint8 too) as they were loaded. By default it takes images in [0, 1].
        image_shape: Shape of one image, (height, width), as MNIST comes, or (height, width,
            channels); at least 4 pixels each way.
        num_classes: Number of classes.
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, *image_shape) to probabilities (N, num_classes).

    Raises:
        ValueError: If the image is too small for two pools, or a number is no whole number.

    Example:
        >>> build_small_convolutional().count_params()
        25258
    """
    stack = _Stack(image_shape, least=4, rescale=rescale, seed=seed)
    for number in (1, 2):
        stack.conv(32, padding="same", name=f"conv_{number}")
        stack.pool(name=f"pool_{number}")
    return stack.finish(num_classes, name="small_convolutional")


def build_large_convolutional(
    *,
    rescale: bool = False,
    image_shape: Sequence[int] = (28, 28),
    num_classes: int = 10,
    seed: int | None = None,
) -> keras.Model:
    """Builds the reported network that pads its convolutions: 624,202 parameters.

    conv 64 3x3 relu, pool, conv 128 3x3 relu twice, pool, flatten, dense 64 relu, dense 10
    softmax, the convolutions padded ("same").

    Args:
        rescale: Whether the network itself divides its input by 255, and so takes images
            0..255 (uint8 too) as they were loaded. By default it takes images in [0, 1].
        image_shape: Shape of one image, (height, width) or (height, width, channels); at least
            4 pixels each way.
        num_classes: Number of classes.
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, *image_shape) to probabilities (N, num_classes).

    Raises:
        ValueError: If the image is too small for two pools, or a number is no whole number.

    Example:
        >>> build_large_convolutional().count_params()
        624202
    """
    stack = _Stack(image_shape, least=4, rescale=rescale, seed=seed)
    stack.conv(64, padding="same", name="conv_1")
    stack.pool(name="pool_1")
    stack.conv(128, padding="same", name="conv_2")
    stack.conv(128, padding="same", name="conv_3")
    stack.pool(name="pool_2")
    stack.dense(64, name="hidden")
    return stack.finish(num_classes, name="large_convolutional")


def build_overlapping_convolutional(
    filters: Sequence[int] = (32, 64, 100),
    *,
    pool_stride: int = 1,
    rescale: bool = False,
    image_shape: Sequence[int] = (28, 28),
    num_classes: int = 10,
    seed: int | None = None,
) -> keras.Model:
    """Builds the reported network whose pools overlap: 7,298,726 parameters.

    (conv 3x3 relu, max-pool 2x2 with stride 1) with 32, 64 and 100 filters, flatten, dense 200
    relu, dense 10 softmax, nothing padded. A pool with stride 1 keeps the size but for a pixel,
    so that the first dense layer sees 19 by 19 places and holds nearly all the parameters.

    Args:
        filters: Number of filters of each convolution, first to last.
        pool_stride: Of the pools. 2 halves the size each time: 98,726 parameters.
        rescale: Whether the network itself divides its input by 255, and so takes images
            0..255 (uint8 too) as they were loaded. By default it takes images in [0, 1].
        image_shape: Shape of one image, (height, width) or (height, width, channels); large
            enough to leave a pixel after the last pool.
        num_classes: Number of classes.
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, *image_shape) to probabilities (N, num_classes).

    Raises:
        ValueError: If the image is too small, or a number is no whole number of at least 1.

    Example:
        >>> build_overlapping_convolutional().count_params()
        7298726
        >>> build_overlapping_convolutional((16, 32, 64)).count_params()
        4646306
    """
    if not isinstance(filters, list | tuple) or not filters:
        wanted = "the number of filters of each convolution"
        way_on = "Write for example filters=(32, 64, 100)."
        raise ValueError(say_wrong("filters", wanted, filters, way_on))
    for count in filters:
        check_count("filters", count)
    check_count("pool_stride", pool_stride)
    least = 1
    for _ in filters:
        least = (least - 1) * pool_stride + 2 + 2
    stack = _Stack(image_shape, least=least, rescale=rescale, seed=seed)
    for number, count in enumerate(filters, start=1):
        stack.conv(count, name=f"conv_{number}")
        stack.pool(strides=pool_stride, name=f"pool_{number}")
    stack.dense(200, name="hidden")
    return stack.finish(num_classes, name="overlapping_convolutional")


def build_strided_convolutional(
    filters: int = 32,
    strides: int = 2,
    *,
    l2: float = 0.0,
    rescale: bool = False,
    image_shape: Sequence[int] = (28, 28),
    num_classes: int = 10,
    seed: int | None = None,
) -> keras.Model:
    """Builds the reported network that strides, with dropout: 126,786 parameters.

    conv 3x3 relu twice with a stride, max-pool 2x2, dropout, flatten, dense 392 relu, dropout,
    dense 10 softmax, nothing padded. The report does not say how much is dropped: a quarter of
    the maps' values and half of the hidden units here.

    Args:
        filters: Number of filters of both convolutions.
        strides: Of both convolutions; 4 leaves a single place to the dense layer.
        l2: Adds this times the sum of the squared weights to the loss, for every layer's kernel.
        rescale: Whether the network itself divides its input by 255, and so takes images
            0..255 (uint8 too) as they were loaded. By default it takes images in [0, 1].
        image_shape: Shape of one image, (height, width) or (height, width, channels); large
            enough to leave a pixel after the pool.
        num_classes: Number of classes.
        seed: Draws the first weights and the dropout; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, *image_shape) to probabilities (N, num_classes).

    Raises:
        ValueError: If the image is too small, a number is no whole number of at least 1, or
            `l2` is negative or not finite.

    Example:
        >>> build_strided_convolutional().count_params()
        126786
        >>> build_strided_convolutional(filters=8).count_params()
        33210
        >>> build_strided_convolutional(strides=4).count_params()
        26434
    """
    check_count("filters", filters)
    check_count("strides", strides)
    check_number("l2", l2, way_on="Write for example l2=1e-4.")
    least = (2 - 1) * strides**2 + 2 * strides + 3
    stack = _Stack(image_shape, least=least, rescale=rescale, seed=seed, l2=l2)
    stack.conv(filters, strides=strides, name="conv_1")
    stack.conv(filters, strides=strides, name="conv_2")
    stack.pool(name="pool")
    stack.dropout(0.25, name="dropout_1")
    stack.dense(392, name="hidden")
    stack.dropout(0.5, name="dropout_2")
    return stack.finish(num_classes, name="strided_convolutional")


class _Stack:
    """Collects seeded, named layers, so that a builder reads as its architecture."""

    def __init__(
        self,
        image_shape: Sequence[int],
        *,
        least: int,
        rescale: bool,
        seed: int | None,
        l2: float = 0.0,
    ) -> None:
        shape = _check_image_shape(image_shape, least)
        self._seeds = LayerSeeds(seed)
        self._l2 = l2
        self._flat = False
        self._layers: list[layers.Layer] = [keras.Input(shape, name="image")]
        if rescale:
            self._layers.append(layers.Rescaling(1 / 255, name="rescale"))
        if len(shape) == 2:
            self._layers.append(layers.Reshape((*shape, 1), name="one_channel"))

    def _weights(self) -> dict[str, Any]:
        # Keras' own first weights, with a seed.
        first = keras.initializers.GlorotUniform(seed=self._seeds.draw())
        penalty = keras.regularizers.L2(self._l2) if self._l2 else None
        return {"kernel_initializer": first, "kernel_regularizer": penalty}

    def conv(self, filters: int, *, strides: int = 1, padding: str = "valid", name: str) -> None:
        options = {"strides": strides, "padding": padding, "activation": "relu", "name": name}
        self._layers.append(layers.Conv2D(filters, 3, **options, **self._weights()))

    def pool(self, *, strides: int = 2, name: str) -> None:
        self._layers.append(layers.MaxPooling2D(2, strides=strides, name=name))

    def dropout(self, rate: float, *, name: str) -> None:
        self._layers.append(layers.Dropout(rate, seed=self._seeds.draw(), name=name))

    def dense(self, units: int, *, activation: str = "relu", name: str) -> None:
        if not self._flat:
            self._layers.append(layers.Flatten(name="flatten"))
            self._flat = True
        self._layers.append(
            layers.Dense(units, activation=activation, name=name, **self._weights())
        )

    def finish(self, num_classes: int, *, name: str) -> keras.Model:
        check_count("num_classes", num_classes)
        self.dense(num_classes, activation="softmax", name="probabilities")
        return keras.Sequential(self._layers, name=name)


def _check_image_shape(image_shape: Sequence[int], least: int) -> tuple[int, ...]:
    shape = tuple(image_shape) if isinstance(image_shape, Sequence) else (image_shape,)
    whole = all(isinstance(n, int) and not isinstance(n, bool) for n in shape)
    if not whole or len(shape) not in (2, 3) or min(shape[:2]) < least or min(shape) < 1:
        wanted = f"(height, width) or (height, width, channels), at least {least} pixels each way"
        way_on = "MNIST's images are (28, 28)."
        raise ValueError(say_wrong("image_shape", wanted, image_shape, way_on))
    return shape
