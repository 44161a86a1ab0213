"""Seeded layers: all that is random in a network follows from the network's own seed."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

from labhelpers.arguments import check_seed, say_wrong


class SeededLayers:
    """Makes layers as Keras makes them by default, each with a seed of its own.

    Seeds are handed out in the order in which the layers are made. Two layers of a network must
    not start from the same draw, and a network built twice from one seed must start the same both
    times, whatever was built before it.

    Args:
        seed: A whole number from 0 up, or None: then Keras draws from its global seed (see
            `keras.utils.set_random_seed`).
        l2: Adds this times the sum of the squared weights to the loss, for every kernel.

    Raises:
        TypeError: If the seed is neither None nor a whole number.
        ValueError: If the seed is negative.

    Example:
        >>> first, again = (SeededLayers(0).dropout(0.5, name="dropout") for _ in range(2))
        >>> first.seed == again.seed
        True
    """

    def __init__(self, seed: int | None, *, l2: float = 0.0) -> None:
        self._l2 = l2
        # RandomState's stream is frozen: a seed means the same on every NumPy.
        self._stream = None
        if seed is not None:
            self._stream = np.random.RandomState([check_seed(seed) % 2**32])

    def conv(
        self,
        filters: int,
        kernel_size: int,
        *,
        name: str,
        activation: str | None = None,
        strides: int = 1,
        padding: str = "valid",
        use_bias: bool = True,
    ) -> layers.Layer:
        """Makes a `keras.layers.Conv2D`."""
        return layers.Conv2D(
            filters,
            kernel_size,
            strides=strides,
            padding=padding,
            activation=activation,
            use_bias=use_bias,
            name=name,
            **self._choose_kernel(),
        )

    def conv_transpose(
        self,
        filters: int,
        kernel_size: int,
        *,
        name: str,
        strides: int,
        activation: str | None = None,
        use_bias: bool = True,
    ) -> layers.Layer:
        """Makes a padded `keras.layers.Conv2DTranspose`: maps `strides` times as wide."""
        return layers.Conv2DTranspose(
            filters,
            kernel_size,
            strides=strides,
            padding="same",
            activation=activation,
            use_bias=use_bias,
            name=name,
            **self._choose_kernel(),
        )

    def dense(self, units: int, *, name: str, activation: str | None = None) -> layers.Layer:
        """Makes a `keras.layers.Dense`."""
        return layers.Dense(units, activation=activation, name=name, **self._choose_kernel())

    def dropout(self, rate: float, *, name: str) -> layers.Layer:
        """Makes a `keras.layers.Dropout`."""
        return layers.Dropout(rate, seed=self._draw_seed(), name=name)

    def _choose_kernel(self) -> dict[str, Any]:
        penalty = keras.regularizers.L2(self._l2) if self._l2 else None
        first = keras.initializers.GlorotUniform(seed=self._draw_seed())
        return {"kernel_initializer": first, "kernel_regularizer": penalty}

    def _draw_seed(self) -> int | None:
        if self._stream is None:
            return None
        return int(self._stream.randint(0, 2**31 - 1))


def make_image_input(
    image_shape: Sequence[int], *, rescale: bool, add_channel: bool = False, at_least_px: int = 1
) -> list[Any]:
    """Makes the first layers of a network that takes images as they come.

    Args:
        image_shape: Shape of one image, (height, width) or (height, width, channels).
        rescale: Whether to divide 0..255 by 255.
        add_channel: Whether to give grey images (height, width) their channel.
        at_least_px: The least height and width that the network can work on.

    Returns:
        An input, and the layers that prepare the images.

    Raises:
        ValueError: If the shape is no image's, or too small.
    """
    shape = tuple(image_shape) if isinstance(image_shape, Sequence) else (image_shape,)
    whole = all(isinstance(n, int) and not isinstance(n, bool) for n in shape)
    if not whole or len(shape) not in (2, 3) or min(shape[:2]) < at_least_px or min(shape) < 1:
        wanted = (
            f"(height, width) or (height, width, channels), at least {at_least_px} pixels a side"
        )
        way_on = "MNIST's images are (28, 28)."
        raise ValueError(say_wrong("image_shape", wanted, image_shape, way_on))
    made: list[Any] = [keras.Input(shape, name="image")]
    if rescale:
        made.append(layers.Rescaling(1 / 255, name="rescale"))
    if add_channel and len(shape) == 2:
        made.append(layers.Reshape((*shape, 1), name="one_channel"))
    return made
