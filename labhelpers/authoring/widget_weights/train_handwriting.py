"""Trains the networks of the widgets on handwritten digits, and picks the digits they begin with.

    python -m labhelpers.authoring.widget_weights.train_handwriting [NAME ...]

writes `weights/handwriting/NAME.bin` for each network; "samples", the digits and the still
pictures, needs them all. The plain networks learn MNIST as it is; the drawn ones, which read what
somebody draws with a mouse or a finger, learn it bent, turned and scaled a little. Seeds are fixed.
About five minutes on two cores for all. The test set gives the digits to begin with, and a score to
print; nothing is chosen by it.
"""

import sys
from collections.abc import Callable

import keras
import numpy as np

from labhelpers.authoring.widget_weights.train_shapes import fit_bytes, pick_names, round_weights
from labhelpers.data import load_mnist
from labhelpers.data.distortions import distort_elastically
from labhelpers.models import build_compact_cnn, build_dense
from labhelpers.widgets.adversarial import (
    ATTACKED_FIRST,
    FIRST_DIGIT,
    draw_adversarial_still,
    find_directions,
)
from labhelpers.widgets.digit_breaker import draw_broken_still
from labhelpers.widgets.digit_drawer import draw_drawn_still
from labhelpers.widgets.export import export_model, read_header
from labhelpers.widgets.handwriting import (
    DRAWN,
    DRAWN_HIDDEN,
    PLAIN,
    PLAIN_HIDDEN,
    SAMPLES_PER_DIGIT,
    read_samples,
)
from labhelpers.widgets.package_files import FOLDER as PACKAGED_FILES

FOLDER = PACKAGED_FILES / "weights" / "handwriting"
_SEED = 11


def train(name: str) -> keras.Model:
    """Trains a network of images in [0, 1] on uint8 ones, with a rate that falls to zero."""
    model = BUILDERS[name](seed=_SEED)
    epochs, copies = RECIPES[name]
    data = load_mnist()
    images = [data.x_train]
    # Little: the page brings drawings to the size and place of MNIST's own.
    limits = {"rotation": 12.0, "scaling": 0.15, "shift": 1.5}
    for seed in range(copies):
        images.append(distort_elastically(data.x_train, alpha=24.0, sigma=5.0, **limits, seed=seed))
    fit_bytes(
        model,
        np.concatenate(images),
        np.tile(data.y_train, 1 + copies),
        "sparse_categorical_crossentropy",
        epochs=epochs,
        batch_size=64,
    )
    print(f"{name}: right on the test set {measure_test_score(model):.4f}", flush=True)
    return model


def measure_test_score(model: keras.Model) -> float:
    """Measures the share of MNIST's test digits that a network of images in [0, 1] gets right."""
    data = load_mnist()
    chances = model.predict(np.float32(data.x_test) / 255, batch_size=256, verbose=0)
    return float((chances.argmax(axis=1) == data.y_test).mean())


def restore(name: str) -> keras.Model:
    """Builds a network that is written already, with the weights of its file."""
    model = BUILDERS[name](seed=_SEED)
    packed = (FOLDER / f"{name}.bin").read_bytes()
    values = packed[-read_header(packed)["bytes"] :]
    weights, offset = [], 0
    for array in model.get_weights():
        kind = np.dtype("<f2" if array.ndim > 1 else "<f4")
        weights.append(np.frombuffer(values, kind, array.size, offset).reshape(array.shape))
        offset += array.size * kind.itemsize
    model.set_weights([w.astype(np.float32) for w in weights])
    return model


def pick_samples() -> np.ndarray:
    """Picks three test digits of each class, the first that all networks read rightly."""
    data = load_mnist()
    first = slice(0, 1_000)
    images, labels = data.x_test[first], data.y_test[first]
    right = np.ones(len(images), bool)
    for name in RECIPES:
        chances = restore(name).predict(images / np.float32(255), verbose=0)
        right &= chances.argmax(axis=1) == labels
    picked = [np.flatnonzero(right & (labels == digit))[:SAMPLES_PER_DIGIT] for digit in range(10)]
    return images[np.concatenate(picked)]


def write_samples() -> None:
    """Writes the digits that the widgets begin with, their directions, and all still pictures."""
    (FOLDER / "samples.bin").write_bytes(pick_samples().tobytes())
    images, labels = (part[::SAMPLES_PER_DIGIT] for part in read_samples())
    models = {name: restore(name) for name in RECIPES}
    attacked = models[next(iter(ATTACKED_FIRST.values()))]
    (FOLDER / "signs.bin").write_bytes(find_directions(attacked, images, labels).tobytes())
    plain = {name: models[file] for name, file in PLAIN.items()}
    stills = (
        draw_drawn_still({name: models[file] for name, file in DRAWN.items()}),
        draw_broken_still(plain),
        draw_adversarial_still(attacked, images[FIRST_DIGIT], FIRST_DIGIT),
    )
    for name, text in zip(WIDGETS, stills, strict=True):
        (FOLDER / f"{name}.svg").write_text(text + "\n", encoding="utf-8")


BUILDERS: dict[str, Callable[..., keras.Model]] = {
    "plain_dense": lambda seed=None: build_dense(PLAIN_HIDDEN, seed=seed),
    "plain_convolutional": build_compact_cnn,
    "drawn_dense": lambda seed=None: build_dense(DRAWN_HIDDEN, seed=seed),
    "drawn_convolutional": build_compact_cnn,
}
WIDGETS = ("digit_drawer", "digit_breaker", "adversarial")
# Epochs, and distorted copies of the training images beside them.
RECIPES: dict[str, tuple[int, int]] = {
    "plain_dense": (12, 0),
    "plain_convolutional": (5, 0),
    "drawn_dense": (4, 1),
    "drawn_convolutional": (4, 1),
}


def main(names: list[str]) -> None:
    """Trains networks, all without names; "samples" writes the digits and the still pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in pick_names(names, (*RECIPES, "samples")):
        if name == "samples":
            write_samples()
            continue
        size = export_model(round_weights(train(name)), FOLDER / f"{name}.bin")
        print(f"{name}: {size:,} bytes", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
