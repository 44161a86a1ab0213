"""Convolutional networks of the MNIST chapters: grey images of one digit, 28 by 28 pixels."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from labhelpers.arguments import check_count, check_number, say_wrong
from labhelpers.models.layers import SeededLayers


def build_compact_cnn(*, rescale: bool = False, seed: int | None = None) -> keras.Model:
    """Builds the small convolutional network that was reported to equal one of 624,202 parameters.

    conv 32 3x3 relu, pool, conv 32 3x3 relu, pool, flatten, dense 10 softmax, the convolutions
    padded ("same"): 25,258 parameters.

    Args:
        rescale: Whether the network itself divides its input by 255, and so takes images
            0..255 (uint8 too) as they were loaded. By default it takes images in [0, 1].
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, 28, 28) in [0, 1] to probabilities (N, 10).

    Raises:
        TypeError, ValueError: If the seed is no whole number of at least 0.
    """
    seeded = SeededLayers(seed)
    return keras.Sequential(
        [
            *_make_input(rescale=rescale),
            seeded.conv(32, 3, padding="same", activation="relu", name="conv_1"),
            layers.MaxPooling2D(2, name="pool_1"),
            seeded.conv(32, 3, padding="same", activation="relu", name="conv_2"),
            layers.MaxPooling2D(2, name="pool_2"),
            layers.Flatten(name="flatten"),
            seeded.dense(10, activation="softmax", name="probabilities"),
        ],
        name="compact_cnn",
    )


def build_large_cnn(*, seed: int | None = None) -> keras.Model:
    """Builds the reported network that pads its convolutions: 624,202 parameters.

    conv 64 3x3 relu, pool, conv 128 3x3 relu twice, pool, flatten, dense 64 relu, dense 10
    softmax, the convolutions padded ("same").

    Args:
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, 28, 28) in [0, 1] to probabilities (N, 10).

    Raises:
        TypeError, ValueError: If the seed is no whole number of at least 0.
    """
    seeded = SeededLayers(seed)
    return keras.Sequential(
        [
            *_make_input(),
            seeded.conv(64, 3, padding="same", activation="relu", name="conv_1"),
            layers.MaxPooling2D(2, name="pool_1"),
            seeded.conv(128, 3, padding="same", activation="relu", name="conv_2"),
            seeded.conv(128, 3, padding="same", activation="relu", name="conv_3"),
            layers.MaxPooling2D(2, name="pool_2"),
            layers.Flatten(name="flatten"),
            seeded.dense(64, activation="relu", name="hidden"),
            seeded.dense(10, activation="softmax", name="probabilities"),
        ],
        name="large_cnn",
    )


def build_overlapping_cnn(
    filters: Sequence[int] = (32, 64, 100), *, pool_stride: int = 1, seed: int | None = None
) -> keras.Model:
    """Builds the reported network whose pools overlap: 7,298,726 parameters.

    (conv 3x3 relu, max-pool 2x2 with stride 1) with 32, 64 and 100 filters, flatten, dense 200
    relu, dense 10 softmax, nothing padded. A pool with stride 1 keeps the size but for a pixel,
    so that the first dense layer sees 19 by 19 places and holds nearly all the parameters.

    Args:
        filters: Number of filters of each convolution, first to last.
        pool_stride: Of the pools. 2 halves the size each time: 98,726 parameters.
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, 28, 28) in [0, 1] to probabilities (N, 10).

    Raises:
        TypeError, ValueError: If a number cannot be, or no pixel is left after the last pool.
    """
    if not isinstance(filters, list | tuple) or not filters:
        wanted = "the number of filters of each convolution"
        way_on = "Write for example filters=(32, 64, 100)."
        raise ValueError(say_wrong("filters", wanted, filters, way_on))
    check_count("pool_stride", pool_stride)
    for count in filters:
        check_count("filters", count)
    seeded = SeededLayers(seed)
    blocks = []
    for number, count in enumerate(filters, start=1):
        blocks.append(seeded.conv(count, 3, activation="relu", name=f"conv_{number}"))
        blocks.append(layers.MaxPooling2D(2, strides=pool_stride, name=f"pool_{number}"))
    return keras.Sequential(
        [
            *_make_input(),
            *blocks,
            layers.Flatten(name="flatten"),
            seeded.dense(200, activation="relu", name="hidden"),
            seeded.dense(10, activation="softmax", name="probabilities"),
        ],
        name="overlapping_cnn",
    )


def build_strided_cnn(
    filters: int = 32, strides: int = 2, *, l2: float = 0.0, seed: int | None = None
) -> keras.Model:
    """Builds the reported network that strides, with dropout: 126,786 parameters.

    conv 3x3 relu twice with a stride, max-pool 2x2, dropout, flatten, dense 392 relu, dropout,
    dense 10 softmax, nothing padded. The report does not say how much is dropped: a quarter of
    the maps' values and half of the hidden units here.

    Args:
        filters: Number of filters of both convolutions.
        strides: Of both convolutions; 4 leaves a single place to the dense layer.
        l2: Adds this times the sum of the squared weights to the loss, for every layer's kernel.
        seed: Draws the first weights and the dropout; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, 28, 28) in [0, 1] to probabilities (N, 10).

    Raises:
        TypeError, ValueError: If a number cannot be, or no pixel is left after the pool.
    """
    check_count("filters", filters)
    check_count("strides", strides)
    check_number("l2", l2, way_on="Write for example l2=1e-4.")
    seeded = SeededLayers(seed, l2=l2)
    return keras.Sequential(
        [
            *_make_input(),
            seeded.conv(filters, 3, strides=strides, activation="relu", name="conv_1"),
            seeded.conv(filters, 3, strides=strides, activation="relu", name="conv_2"),
            layers.MaxPooling2D(2, name="pool"),
            seeded.dropout(0.25, name="dropout_1"),
            layers.Flatten(name="flatten"),
            seeded.dense(392, activation="relu", name="hidden"),
            seeded.dropout(0.5, name="dropout_2"),
            seeded.dense(10, activation="softmax", name="probabilities"),
        ],
        name="strided_cnn",
    )


def _make_input(*, rescale: bool = False) -> list[Any]:
    """Makes the first layers of a network that takes grey images as MNIST's come."""
    scale = [layers.Rescaling(1 / 255, name="rescale")] if rescale else []
    channel = layers.Reshape((28, 28, 1), name="one_channel")
    return [keras.Input((28, 28), name="image"), *scale, channel]
