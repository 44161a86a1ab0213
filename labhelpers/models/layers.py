"""Seeded layers: all that is random in a network follows from the network's own seed."""

from typing import Any

import keras
import numpy as np
from keras import layers

from labhelpers.arguments import check_seed


class SeededLayers:
    """Makes layers as Keras makes them by default, each with a seed of its own.

    Seeds are handed out in the order in which the layers are made, so that no two layers of a
    network start from the same draw, and a network built twice from one seed starts the same both
    times. With seed None, Keras draws from its global seed. `l2` times the sum of every kernel's
    squared weights is added to the loss.
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
    ) -> layers.Layer:
        """Makes a `keras.layers.Conv2D`."""
        return layers.Conv2D(
            filters,
            kernel_size,
            strides=strides,
            padding=padding,
            activation=activation,
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
