"""The book's most accurate small network for MNIST, trained: a judge for the autoencoders."""

from pathlib import Path

import keras
import numpy as np
from keras import layers

from labhelpers.models.layers import SeededLayers

# (filters, kernel size, stride, padding) of the convolutions.
_CONVOLUTIONS = (
    (16, 5, 2, "same"),
    (20, 3, 1, "same"),
    (20, 3, 1, "same"),
    (28, 3, 2, "same"),
    (28, 3, 1, "valid"),
    (16, 1, 1, "valid"),
)
WEIGHTS = Path(__file__).parent / "weights" / "digit_classifier.npz"


def build_digit_classifier(*, seed: int | None = None) -> keras.Model:
    """Builds the champion of the chapter *Small and strong*: 23,946 parameters.

    Six convolutions with batch normalisation and relu, flatten, dense 10 softmax.

    Args:
        seed: Draws the first weights; None leaves it to Keras' global seed.

    Returns:
        A model from images (N, 28, 28, 1) in [0, 1] to probabilities (N, 10). The input of its last
        layer, (N, 400), serves as features of an image.

    Example:
        >>> build_digit_classifier().count_params()
        23946
    """
    seeded = SeededLayers(seed)
    stack = [keras.Input((28, 28, 1), name="image")]
    for number, (filters, kernel_size, strides, padding) in enumerate(_CONVOLUTIONS, start=1):
        stack += [
            seeded.conv(
                filters,
                kernel_size,
                strides=strides,
                padding=padding,
                use_bias=False,
                name=f"conv_{number}",
            ),
            layers.BatchNormalization(momentum=0.9, name=f"norm_{number}"),
            layers.ReLU(name=f"relu_{number}"),
        ]
    stack += [
        layers.Flatten(name="features"),
        seeded.dense(10, activation="softmax", name="probabilities"),
    ]
    return keras.Sequential(stack, name="digit_classifier")


def load_digit_classifier() -> keras.Model:
    """Loads the network of `build_digit_classifier`, trained on MNIST.

    It was trained as the champion of *Small and strong* was, on the 60,000 training images in 28
    distorted versions, and reads 0.996 of the test images. Its weights come with the package.

    Returns:
        A compiled model with the metric "accuracy"; images and probabilities as there.

    Raises:
        OSError: If the package's file of weights is missing.
    """
    model = build_digit_classifier(seed=0)
    with np.load(WEIGHTS, allow_pickle=False) as held:
        model.set_weights([held[f"w{number:02}"] for number in range(len(held.files))])
    model.trainable = False
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
