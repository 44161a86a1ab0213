"""Networks that turn a digit into a digit: cleaned of noise, or made from a code."""

import keras
from keras import layers

from labhelpers.arguments import check_count, check_flag
from labhelpers.models.layers import SeededLayers

_IMAGE_SHAPE = (28, 28, 1)
_NUM_PIXELS = 28 * 28


def build_dense_autoencoder(
    code_size: int = 96, *, hidden_units: int = 128, seed: int | None = None
) -> keras.Model:
    """Builds the dense autoencoder as reported: 784-128-96-128-784, 226,416 parameters.

    The layer named "code" is the bottleneck. All before it is the encoder, all after it the
    decoder. Hidden layers are relu, and the last is a sigmoid.

    Args:
        code_size: Units of the bottleneck.
        hidden_units: Units of the layer before it and of the layer after it.
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, 28, 28, 1) in [0, 1] to images of the same shape and range.

    Raises:
        TypeError: If a number of units is no whole number.
        ValueError: If one is below 1.

    Example:
        >>> build_dense_autoencoder().count_params()
        226416
    """
    check_count("code_size", code_size)
    check_count("hidden_units", hidden_units)
    seeded = SeededLayers(seed)
    return keras.Sequential(
        [
            keras.Input(_IMAGE_SHAPE, name="image"),
            layers.Flatten(name="flatten"),
            seeded.dense(hidden_units, activation="relu", name="encoder_hidden"),
            seeded.dense(code_size, activation="relu", name="code"),
            seeded.dense(hidden_units, activation="relu", name="decoder_hidden"),
            seeded.dense(_NUM_PIXELS, activation="sigmoid", name="pixels"),
            layers.Reshape(_IMAGE_SHAPE, name="clean_image"),
        ],
        name="dense_autoencoder",
    )


def build_denoiser(
    width: int = 24, *, is_told_noise: bool = False, seed: int | None = None
) -> keras.Model:
    """Builds a convolutional denoiser that works at a half and at a quarter of the size.

    conv w 5x5 / 2, conv w, conv 2w / 2, conv 2w twice, transposed conv w 4x4 / 2, conv w,
    transposed conv 1 4x4 / 2 with a sigmoid; batch normalisation and relu after each but the last.
    82,585 parameters at a width of 24.

    Args:
        width: Filters w at a half of the size; twice as many at a quarter.
        is_told_noise: Whether images have a second channel that holds the amount of noise.
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, 28, 28, 1), or (N, 28, 28, 2) if it is told the noise, in [0, 1] to
        clean images (N, 28, 28, 1) in [0, 1].

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If `width` is below 1.
    """
    check_count("width", width)
    seeded = SeededLayers(seed)
    steps = [
        seeded.conv(width, 5, strides=2, padding="same", use_bias=False, name="half"),
        seeded.conv(width, 3, padding="same", use_bias=False, name="half_2"),
        seeded.conv(2 * width, 3, strides=2, padding="same", use_bias=False, name="quarter"),
        seeded.conv(2 * width, 3, padding="same", use_bias=False, name="quarter_2"),
        seeded.conv(2 * width, 3, padding="same", use_bias=False, name="quarter_3"),
        seeded.conv_transpose(width, 4, strides=2, use_bias=False, name="grow"),
        seeded.conv(width, 3, padding="same", use_bias=False, name="half_3"),
    ]
    stack = [keras.Input((28, 28, 1 + check_flag("is_told_noise", is_told_noise)), name="image")]
    for step in steps:
        # A short memory: these networks train for a few hundred steps an epoch.
        norm = layers.BatchNormalization(momentum=0.9, name=f"{step.name}_norm")
        stack += [step, norm, layers.ReLU(name=f"{step.name}_relu")]
    last = seeded.conv_transpose(1, 4, strides=2, activation="sigmoid", name="clean_image")
    return keras.Sequential([*stack, last], name="denoiser")
