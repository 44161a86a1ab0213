"""Trains the networks that come with the widgets, and draws their still pictures.

    python -m labhelpers.authoring.widget_weights.train_shapes [NAME ...]

writes `weights/NAME.bin` for each network, and `weights/WIDGET.svg` for each widget whose networks
were all trained, or that has none. The networks are those of the chapters in which the widgets
stand; seeds are fixed. Six minutes on two cores for all.
"""

import sys
from collections.abc import Callable, Collection

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from matplotlib import rc_context

from labhelpers.data import make_denoising_pairs, make_shapes, make_triangles
from labhelpers.data.drawn.outlines import KINDS
from labhelpers.insight.show.style import use_style
from labhelpers.models.shape_networks import (
    build_global_pool_cnn,
    build_hourglass,
    build_linear,
    build_small_cnn,
)
from labhelpers.training import fit_model
from labhelpers.widgets.corner_finder import draw_found_still
from labhelpers.widgets.draw_and_classify import PACKAGED, draw_classified_still
from labhelpers.widgets.export import export_model
from labhelpers.widgets.live_training import MESSAGE as LIVE_MESSAGE
from labhelpers.widgets.noise_explorer import draw_noise_still
from labhelpers.widgets.package_files import FOLDER as PACKAGED_FILES
from labhelpers.widgets.stills import close_still

FOLDER = PACKAGED_FILES / "weights"
SIZE_PX = 72
_SEED = 11
# After which epochs the still picture of one layer shows its weights.
_SHOWN_EPOCHS = (0, 6, 40)


def train_hourglass() -> keras.Model:
    """Trains the hourglass on free shapes under noise from 0 to 400 (chapter "The hourglass")."""
    noisy, clean = make_denoising_pairs(12_000, noise=(0.0, 400.0), seed=_SEED, dtype="uint8")
    model = build_hourglass(seed=_SEED)
    fit_bytes(model, noisy, clean / np.float32(255), "binary_crossentropy", epochs=5, batch_size=16)
    return model


def train_linear() -> keras.Model:
    """Trains one layer on free shapes (chapter "Shapes anywhere")."""
    model = build_linear(seed=_SEED)
    # From zero, so that each weight shows what was learned, and nothing of where it began.
    model.set_weights([np.zeros_like(weights) for weights in model.get_weights()])
    return _train_classifier(model, epochs=10)


def train_corner_finder() -> keras.Model:
    """Trains a small regressor on free triangles, in whatever order it names their corners."""
    images, vertices = make_triangles(40_000, noise=20.0, seed=_SEED, dtype="uint8")
    model = build_corner_finder(seed=_SEED)
    targets = (vertices / SIZE_PX).reshape(-1, 6)
    fit_bytes(model, images, targets, measure_corner_loss, epochs=10, batch_size=64)
    return model


def build_corner_finder(size_px: int = SIZE_PX, *, seed: int | None = None) -> keras.Model:
    """Builds a regressor small enough for a page: 138,310 parameters at 72 px.

    It takes images (N, size_px, size_px, 1), float in [0, 1], to coordinates (N, 6) in [0, 1]: x
    and y of three corners, as shares of the frame.
    """
    keras.utils.set_random_seed(seed or 0)
    blocks = []
    for number, (filters, kernel) in enumerate(((16, 5), (32, 3), (64, 3), (64, 3)), start=1):
        name = f"conv_{number}"
        blocks += [
            layers.Conv2D(filters, kernel, 2, padding="same", use_bias=False, name=name),
            layers.BatchNormalization(name=f"batch_norm_{number}"),
            layers.Activation("relu", name=f"relu_{number}"),
        ]
    return keras.Sequential(
        [
            keras.Input((size_px, size_px, 1), name="image"),
            *blocks,
            layers.Flatten(name="flatten"),
            layers.Dense(48, activation="relu", name="dense"),
            layers.Dense(6, activation="sigmoid", name="corners"),
        ],
        name="corner_finder",
    )


def measure_corner_loss(true: keras.KerasTensor, found: keras.KerasTensor) -> keras.KerasTensor:
    """Measures the mean distance of three corners under the best of the six matchings."""
    right, answer = ops.reshape(true, (-1, 3, 2)), ops.reshape(found, (-1, 3, 2))
    gaps = answer[:, :, None] - right[:, None, :]
    away = ops.sqrt(ops.sum(ops.square(gaps), axis=-1) + 1e-8)
    orders = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    sums = [sum(away[:, corner, order[corner]] for corner in range(3)) for order in orders]
    return ops.min(ops.stack(sums, axis=-1), axis=-1) / 3


def draw_live_still() -> str:
    """Draws, as SVG, one layer as it learns centred shapes with Adam (chapter "One layer")."""
    keeper = _PictureKeeper()
    run = fit_model(
        build_linear(seed=_SEED),
        make_shapes(300, seed=0),
        validation=make_shapes(300, seed=1),
        epochs=_SHOWN_EPOCHS[-1],
        batch_size=32,
        optimizer=keras.optimizers.Adam(1e-3),
        loss="sparse_categorical_crossentropy",
        seed=0,
        callbacks=(keeper,),
        show_progress=False,
    )
    limit = max(np.abs(picture).max() for picture in keeper.pictures.values())
    with rc_context():
        use_style()
        figure = plt.figure(figsize=(7, 2.9))
        left, right = figure.subfigures(1, 2)
        for row, epoch in zip(left.subplots(3, len(KINDS)), _SHOWN_EPOCHS, strict=True):
            for axes, picture, kind in zip(row, keeper.pictures[epoch], KINDS, strict=True):
                axes.imshow(picture[::2, ::2], cmap="RdBu", vmin=-limit, vmax=limit)
                axes.set(xticks=[], yticks=[])
                axes.grid(False)
                if epoch == 0:
                    axes.set_title(kind, fontsize=9)
            row[0].set_ylabel(f"epoch {epoch}", fontsize=9)
        axes = right.subplots()
        steps = range(1, _SHOWN_EPOCHS[-1] + 1)
        axes.semilogy(steps, run.history["loss"], label="training")
        axes.semilogy(steps, run.history["val_loss"], label="validation")
        axes.set(xlabel="epoch", ylabel="loss of Adam")
        axes.legend()
        return close_still(figure, LIVE_MESSAGE)


class _PictureKeeper(keras.callbacks.Callback):
    """Keeps the weights of one layer as pictures, their mean over the classes taken away."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: dict[int, np.ndarray] = {}

    def on_train_begin(self, logs: object = None) -> None:
        self._keep(0)

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        if epoch + 1 in _SHOWN_EPOCHS:
            self._keep(epoch + 1)

    def _keep(self, epoch: int) -> None:
        kernel = self.model.layers[-1].get_weights()[0]
        centred = kernel - kernel.mean(axis=1, keepdims=True)
        self.pictures[epoch] = centred.T.reshape(-1, SIZE_PX, SIZE_PX)


def round_weights(model: keras.Model) -> keras.Model:
    """Rounds kernels to float16, so that Keras and the page compute with the same numbers."""
    rounded = [
        w.astype("float16").astype("float32") if w.ndim > 1 else w for w in model.get_weights()
    ]
    model.set_weights(rounded)
    return model


def _train_classifier(model: keras.Model, *, epochs: int) -> keras.Model:
    images, labels = make_shapes(
        30_000, kinds=KINDS, free=True, noise=20.0, seed=_SEED, dtype="uint8"
    )
    fit_bytes(
        model, images, labels, "sparse_categorical_crossentropy", epochs=epochs, batch_size=32
    )
    return model


def fit_bytes(
    model: keras.Model,
    images: np.ndarray,
    targets: np.ndarray,
    loss: str | Callable[..., keras.KerasTensor],
    *,
    epochs: int,
    batch_size: int,
) -> None:
    """Fits a model of float images to uint8 ones, with a rate that falls to zero."""
    steps = epochs * -(-len(images) // batch_size)
    # The page divides by 255 itself: the layer that does it here is not part of the network.
    first = keras.Input(model.input_shape[1:])
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    fit_model(
        keras.Sequential([first, layers.Rescaling(1 / 255), *model.layers]),
        (images, targets),
        epochs=epochs,
        batch_size=batch_size,
        optimizer=keras.optimizers.Adam(rate),
        loss=loss,
        seed=_SEED,
    )


def pick_names(names: list[str], known: Collection[str]) -> list[str]:
    """Returns the names that are wanted, all without; ends the program for an unknown one."""
    unknown = set(names) - {*known}
    if unknown:
        sys.exit(f"no network is called {', '.join(unknown)}; there are {', '.join(known)}")
    return list(names or known)


RECIPES: dict[str, Callable[[], keras.Model]] = {
    "linear": train_linear,
    # As in the chapter "Shapes anywhere".
    "small_cnn": lambda: _train_classifier(build_small_cnn(seed=_SEED), epochs=8),
    "global_pool_cnn": lambda: _train_classifier(build_global_pool_cnn(seed=_SEED), epochs=10),
    "hourglass": train_hourglass,
    "corner_finder": train_corner_finder,
}


# By widget: the networks whose answers its still picture shows, and what draws it.
STILLS: dict[str, tuple[tuple[str, ...], Callable[..., str]]] = {
    "noise_explorer": (("hourglass",), draw_noise_still),
    "corner_finder": (("corner_finder",), draw_found_still),
    "draw_and_classify": (
        tuple(PACKAGED.values()),
        lambda *models: draw_classified_still(dict(zip(PACKAGED, models, strict=True)), KINDS),
    ),
    "live_training": ((), draw_live_still),
}


def main(names: list[str]) -> None:
    """Trains networks, all without names, and writes their files."""
    FOLDER.mkdir(exist_ok=True)
    models = {}
    for name in pick_names(names, RECIPES):
        models[name] = round_weights(RECIPES[name]())
        size = export_model(models[name], FOLDER / f"{name}.bin")
        print(f"{name}: {size:,} bytes", flush=True)
    for widget, (needed, draw) in STILLS.items():
        if set(needed) <= set(models):
            text = draw(*(models[one] for one in needed))
            (FOLDER / f"{widget}.svg").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
