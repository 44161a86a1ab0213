"""The weights of a layer while it learns, epoch by epoch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from labhelpers.arguments import check_count
from labhelpers.training import fit_model, get_seed, set_seed
from labhelpers.training.fitting.loops import Pair


@dataclass(frozen=True)
class RecordedTraining:
    """What a training left, epoch by epoch.

    Attributes:
        epochs: Numbers of the epochs whose weights were kept, ascending; 0 is before training.
        weights: (F, K, H, W), for each of those epochs the weights of the K answers as pictures,
            their mean over the answers taken away.
        loss: Mean training loss of every epoch, the first epoch first.
        val_loss: The same on validation images; empty without any.
    """

    epochs: tuple[int, ...]
    weights: np.ndarray
    loss: tuple[float, ...]
    val_loss: tuple[float, ...]


def record_training(
    build: Callable[[], keras.Model],
    train: Pair,
    validation: Pair | None = None,
    *,
    optimizers: Mapping[str, Any],
    epochs: int,
    batch_size: int,
    loss: Any = "sparse_categorical_crossentropy",
    image_shape: tuple[int, int] | None = None,
    frames: int = 10,
    seed: int | None = None,
) -> dict[str, RecordedTraining]:
    """Trains a dense layer with each of some optimisers, and keeps its weights as it learns.

    All trainings begin with the same weights and see the same batches. Epochs are kept densely at
    the start, where much happens, and ever more thinly.

    Args:
        build: Builds the model. Its first dense layer sees the pixels of an image, in rows.
        train: (images (N, H, W, 1), labels (N,)).
        validation: The same, scored after each epoch.
        optimizers: Each under the name to show.
        epochs: Times to go through the training images.
        batch_size: Images a step.
        loss: As for `model.compile`.
        image_shape: (height, width) of the images; that of `train` without.
        frames: Most epochs whose weights to keep.
        seed: Of the first weights and of the order; `get_seed()` without.

    Returns:
        By name, what each left: `show_training` shows it.

    Raises:
        ValueError: If the model has no dense layer that sees the pixels, or a training fails.
        TypeError: If optimizers is not a dict of optimisers by name.
    """
    epochs = check_count("epochs", epochs)
    kept = _choose_epochs(epochs, check_count("frames", frames, at_least=2))
    if not isinstance(optimizers, Mapping) or not optimizers:
        raise TypeError(
            f"optimizers must be a dict of optimisers by name, but {optimizers!r} came. "
            'Pass for example {"Adam": keras.optimizers.Adam(1e-3)}.'
        )
    height, width = image_shape or np.shape(train[0])[1:3]
    seed = get_seed() if seed is None else seed
    recorded = {}
    for name, optimizer in optimizers.items():
        set_seed(seed)
        model = build()
        keeper = _WeightKeeper(_find_first_layer(model, (height, width)), kept, (height, width))
        run = fit_model(
            model,
            train,
            validation=validation,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            loss=loss,
            seed=seed,
            callbacks=(keeper,),
            show_progress=False,
        )
        recorded[name] = RecordedTraining(
            kept,
            np.stack(keeper.pictures),
            tuple(run.history["loss"]),
            tuple(run.history.get("val_loss", ())),
        )
    return recorded


def _choose_epochs(epochs: int, frames: int) -> tuple[int, ...]:
    """Chooses 0, 1, ... and ever wider steps up to the last epoch."""
    if epochs < frames:
        return tuple(range(epochs + 1))
    spread = np.geomspace(1, epochs, frames - 1)
    # Wherever rounding would name an epoch twice, the next one is free.
    chosen = np.maximum(np.rint(spread).astype(int), np.arange(1, frames))
    return (0, *chosen.tolist())


def _find_first_layer(model: keras.Model, shape: tuple[int, int]) -> keras.layers.Dense:
    layer = next((layer for layer in model.layers if isinstance(layer, keras.layers.Dense)), None)
    if layer is None or layer.kernel.shape[0] != shape[0] * shape[1]:
        raise ValueError(
            f"build must return a model whose first dense layer sees the {shape[0]} x {shape[1]} "
            f"pixels of an image, but {model.name!r} has "
            + ("none." if layer is None else f"one with {layer.kernel.shape[0]} inputs.")
        )
    return layer


class _WeightKeeper(keras.callbacks.Callback):
    """Keeps the weights of a layer after chosen epochs, as pictures."""

    def __init__(
        self, layer: keras.layers.Dense, kept: tuple[int, ...], shape: tuple[int, int]
    ) -> None:
        super().__init__()
        self.layer, self.kept, self.shape = layer, kept, shape
        self.pictures: list[np.ndarray] = []

    def keep(self) -> None:
        weights = np.asarray(self.layer.get_weights()[0], np.float32)
        centred = weights - weights.mean(axis=1, keepdims=True)
        self.pictures.append(centred.T.reshape(-1, *self.shape))

    def on_train_begin(self, logs: Any = None) -> None:
        self.pictures = []
        self.keep()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch + 1 in self.kept:
            _ = self.model  # JAX gives the weights back to a model that is asked for
            self.keep()
