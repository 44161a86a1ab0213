"""Networks of the shapes chapters, as reported: grey images of a square, a disk or a triangle.

The convolutions of `build_small_cnn`, `build_global_pool_cnn` and `build_vertex_regressor` were
reported without an activation, so that the max-pools are their only nonlinearity.
"""

import keras
from keras import layers

from labhelpers.arguments import check_count
from labhelpers.models.layers import SeededLayers

_WIDTH = "Give the width of your images in pixels; the reported networks used 72."


def build_linear(size_px: int = 72, *, seed: int | None = None) -> keras.Model:
    """Builds the report's first network: one dense layer with a softmax over all pixels.

    flatten, dense 3 softmax; 15,555 parameters at 72 px.

    Args:
        size_px: Width and height of the images, in pixels.
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, size_px, size_px, 1), float in [0, 1], to probabilities (N, 3).

    Raises:
        TypeError, ValueError: If the size is no whole number, or out of range.
    """
    check_count("size_px", size_px, at_least=1, way_on=_WIDTH)
    seeded = SeededLayers(seed)
    return keras.Sequential(
        [
            keras.Input((size_px, size_px, 1), name="image"),
            layers.Flatten(name="flatten"),
            seeded.dense(3, activation="softmax", name="probabilities"),
        ],
        name="linear",
    )


def build_small_cnn(size_px: int = 72, *, seed: int | None = None) -> keras.Model:
    """Builds the report's second network: one convolution before the dense layer.

    convolution 16 5x5, max-pool 2, flatten, dense 3 softmax; 55,907 parameters at 72 px.

    Args:
        size_px: Width and height of the images, in pixels, at least 6.
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, size_px, size_px, 1), float in [0, 1], to probabilities (N, 3).

    Raises:
        TypeError, ValueError: If the size is no whole number, or out of range.
    """
    check_count("size_px", size_px, at_least=6, way_on=_WIDTH)
    seeded = SeededLayers(seed)
    return keras.Sequential(
        [
            keras.Input((size_px, size_px, 1), name="image"),
            seeded.conv(16, 5, name="conv"),
            layers.MaxPooling2D(2, name="pool"),
            layers.Flatten(name="flatten"),
            seeded.dense(3, activation="softmax", name="probabilities"),
        ],
        name="small_cnn",
    )


def build_global_pool_cnn(size_px: int = 72, *, seed: int | None = None) -> keras.Model:
    """Builds the report's third network: two convolutions and a global max-pool.

    convolution 16 5x5, max-pool 2, convolution 16 5x5, batch normalisation, global max-pool,
    dense 16 (linear), dropout 0.4, dense 3 softmax; 7,219 parameters at any size, 7,187 of them
    trainable.

    Args:
        size_px: Width and height of the images, in pixels, at least 14.
        seed: Draws the first weights and the dropout; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, size_px, size_px, 1), float in [0, 1], to probabilities (N, 3).

    Raises:
        TypeError, ValueError: If the size is no whole number, or out of range.
    """
    check_count("size_px", size_px, at_least=14, way_on=_WIDTH)
    seeded = SeededLayers(seed)
    return keras.Sequential(
        [
            keras.Input((size_px, size_px, 1), name="image"),
            seeded.conv(16, 5, name="conv_1"),
            layers.MaxPooling2D(2, name="pool"),
            seeded.conv(16, 5, name="conv_2"),
            layers.BatchNormalization(name="batch_norm"),
            layers.GlobalMaxPooling2D(name="global_pool"),
            seeded.dense(16, name="linear"),
            seeded.dropout(0.4, name="dropout"),
            seeded.dense(3, activation="softmax", name="probabilities"),
        ],
        name="global_pool_cnn",
    )


def build_vertex_regressor(size_px: int = 72, *, seed: int | None = None) -> keras.Model:
    """Builds the report's regression network: the six vertex coordinates of one triangle.

    convolution 64 7x7, max-pool 2, convolution 256 5x5 twice, max-pool 2, convolution 256 5x5,
    max-pool 2, convolution 1024 3x3, max-pool 2, batch normalisation, flatten, dense 1024
    sigmoid, dropout 0.5, dense 1024 sigmoid, dropout 0.5, dense 6 sigmoid; 8,160,134 parameters
    at 72 px.

    Args:
        size_px: Width and height of the images, in pixels, at least 72.
        seed: Draws the first weights and the dropout; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, size_px, size_px, 1) to shares of the frame (N, 6), in [0, 1].

    Raises:
        TypeError, ValueError: If the size is no whole number, or out of range.
    """
    check_count("size_px", size_px, at_least=72, way_on=_WIDTH)
    seeded = SeededLayers(seed)
    return keras.Sequential(
        [
            keras.Input((size_px, size_px, 1), name="image"),
            seeded.conv(64, 7, name="conv_1"),
            layers.MaxPooling2D(2, name="pool_1"),
            seeded.conv(256, 5, name="conv_2"),
            seeded.conv(256, 5, name="conv_3"),
            layers.MaxPooling2D(2, name="pool_2"),
            seeded.conv(256, 5, name="conv_4"),
            layers.MaxPooling2D(2, name="pool_3"),
            seeded.conv(1024, 3, name="conv_5"),
            layers.MaxPooling2D(2, name="pool_4"),
            layers.BatchNormalization(name="batch_norm"),
            layers.Flatten(name="flatten"),
            seeded.dense(1024, activation="sigmoid", name="dense_1"),
            seeded.dropout(0.5, name="dropout_1"),
            seeded.dense(1024, activation="sigmoid", name="dense_2"),
            seeded.dropout(0.5, name="dropout_2"),
            seeded.dense(6, activation="sigmoid", name="vertices"),
        ],
        name="vertex_regressor",
    )


def build_hourglass(size_px: int = 72, *, seed: int | None = None) -> keras.Model:
    """Builds the report's hourglass: a noisy image in, a clean one out.

    (convolution 32 3x3, max-pool 2) three times, convolution 32 3x3, batch normalisation,
    (upsample 2, convolution 32 3x3) twice, upsample 2, convolution 1 3x3 sigmoid, all with
    padding 'same'; 46,977 parameters at any size.

    Args:
        size_px: Width and height of the images, in pixels, a multiple of 8.
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, size_px, size_px, 1) in [0, 1] to images of the same shape.

    Raises:
        TypeError, ValueError: If the size is no whole number, or out of range.
    """
    check_count("size_px", size_px, at_least=8, multiple_of=8, way_on=_WIDTH)
    seeded = SeededLayers(seed)

    def conv(name: str) -> layers.Layer:
        return seeded.conv(32, 3, activation="relu", padding="same", name=name)

    return keras.Sequential(
        [
            keras.Input((size_px, size_px, 1), name="image"),
            conv("down_1"),
            layers.MaxPooling2D(2, name="pool_1"),
            conv("down_2"),
            layers.MaxPooling2D(2, name="pool_2"),
            conv("down_3"),
            layers.MaxPooling2D(2, name="pool_3"),
            conv("middle"),
            layers.BatchNormalization(name="batch_norm"),
            layers.UpSampling2D(2, name="upsample_1"),
            conv("up_1"),
            layers.UpSampling2D(2, name="upsample_2"),
            conv("up_2"),
            layers.UpSampling2D(2, name="upsample_3"),
            seeded.conv(1, 3, activation="sigmoid", padding="same", name="clean"),
        ],
        name="hourglass",
    )
