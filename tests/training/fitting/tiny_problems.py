"""Small problems that a small network learns in a second, and what fits them."""

import keras
import numpy as np

from labhelpers.training import fit_model

CLASSES = 3


def make_images(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noisy 8x8 pictures of a bright row: which third it lies in is the class."""
    stream = np.random.RandomState(seed)
    labels = stream.randint(0, CLASSES, count)
    images = stream.rand(count, 8, 8, 1).astype("float32") * 0.6
    rows = labels * 3 + stream.randint(0, 2, count)
    images[np.arange(count), rows] += 0.4
    return images, labels.astype("int64")


def build_tiny_dense(seed: int = 0, **options) -> keras.Model:
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(CLASSES, activation="softmax"),
        ],
        **options,
    )


def build_tiny_cnn(seed: int = 0) -> keras.Model:
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(8, 3, padding="same", name="conv"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.ReLU(name="relu"),
            keras.layers.MaxPooling2D(2, name="pool"),
            keras.layers.Flatten(name="flatten"),
            keras.layers.Dense(CLASSES, name="logits"),
            keras.layers.Softmax(name="softmax"),
        ]
    )


def fit(model, train, **options):
    """fit_model with the settings that most tests share."""
    settings = {
        "epochs": 2,
        "batch_size": 32,
        "optimizer": keras.optimizers.SGD(0.1, momentum=0.9),
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
        "show_progress": False,
        "seed": 0,
        "jit_compile": False,  # compiling takes longer than these problems
    }
    return fit_model(model, train, **{**settings, **options})
