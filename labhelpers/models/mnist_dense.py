"""Networks of the MNIST chapters: grey images of one digit, 28 by 28 pixels."""

from collections.abc import Sequence

import keras
from keras import layers

from labhelpers.arguments import check_count, say_wrong
from labhelpers.models.layers import SeededLayers


def build_dense(
    hidden: Sequence[int] = (64, 64),
    *,
    activation: str | None = "relu",
    rescale: bool = False,
    image_shape: Sequence[int] = (28, 28),
    num_classes: int = 10,
    seed: int | None = None,
) -> keras.Model:
    """Builds a fully connected network over all pixels.

    flatten, dense 64 relu twice, dense 10 softmax, as reported first: 55,050 parameters.
    `hidden=(500, 300)` is the report's second network and Hinton's reference: 545,810.

    Args:
        hidden: Number of units of each hidden layer, first to last; may be empty.
        activation: Of the hidden layers.
        rescale: Whether the network itself divides its input by 255, and so takes images
            0..255 (uint8 too) as they were loaded. By default it takes images in [0, 1].
        image_shape: Shape of one image, (height, width) or (height, width, channels).
        num_classes: Number of classes.
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, *image_shape) to probabilities (N, num_classes).

    Raises:
        TypeError, ValueError: If a number of units or classes is no whole number of at least 1, or
            the shape is no image's.
    """
    hidden = tuple(hidden) if isinstance(hidden, Sequence) else (hidden,)
    for units in hidden:
        check_count("hidden", units, way_on="Write for example hidden=(64, 64).")
    check_count("num_classes", num_classes)
    if not isinstance(image_shape, Sequence) or len(image_shape) not in (2, 3):
        wanted = "(height, width) or (height, width, channels)"
        raise ValueError(say_wrong("image_shape", wanted, image_shape, "MNIST's are (28, 28)."))
    seeded = SeededLayers(seed)
    return keras.Sequential(
        [
            keras.Input(image_shape, name="image"),
            *([layers.Rescaling(1 / 255, name="rescale")] if rescale else []),
            layers.Flatten(name="flatten"),
            *(
                seeded.dense(units, activation=activation, name=f"hidden_{number}")
                for number, units in enumerate(hidden, start=1)
            ),
            seeded.dense(num_classes, activation="softmax", name="probabilities"),
        ],
        name="dense",
    )
