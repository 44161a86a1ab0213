"""Convolutional networks of the MNIST chapters: grey images of one digit, 28 by 28 pixels."""

from collections.abc import Sequence

import keras
from keras import layers

from labhelpers.models.seeding import LayerSeeds


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
    shape = _check_image_shape(image_shape)
    if isinstance(num_classes, bool) or not isinstance(num_classes, int) or num_classes < 1:
        raise ValueError(
            f"num_classes must be a whole number of at least 1, but is {num_classes!r}. "
            "Give the number of classes that your labels name, 10 for digits."
        )
    seeds = LayerSeeds(seed)
    stack: list[layers.Layer] = [keras.Input(shape, name="image")]
    if rescale:
        stack.append(layers.Rescaling(1 / 255, name="rescale"))
    if len(shape) == 2:
        stack.append(layers.Reshape((*shape, 1), name="one_channel"))
    for number in (1, 2):
        stack += [
            layers.Conv2D(
                32,
                3,
                padding="same",
                activation="relu",
                kernel_initializer=keras.initializers.GlorotUniform(seed=seeds.draw()),
                name=f"conv_{number}",
            ),
            layers.MaxPooling2D(2, name=f"pool_{number}"),
        ]
    stack += [
        layers.Flatten(name="flatten"),
        layers.Dense(
            num_classes,
            activation="softmax",
            kernel_initializer=keras.initializers.GlorotUniform(seed=seeds.draw()),
            name="probabilities",
        ),
    ]
    return keras.Sequential(stack, name="small_convolutional")


def _check_image_shape(image_shape: Sequence[int]) -> tuple[int, ...]:
    shape = tuple(image_shape) if isinstance(image_shape, Sequence) else (image_shape,)
    whole = all(isinstance(n, int) and not isinstance(n, bool) for n in shape)
    if not whole or len(shape) not in (2, 3) or min(shape[:2]) < 4 or min(shape) < 1:
        raise ValueError(
            "image_shape must be (height, width) or (height, width, channels) with at least 4 "
            f"pixels each way, but is {image_shape!r}. MNIST's images are (28, 28)."
        )
    return shape
