"""The training of a layer, epoch by epoch: weights as pictures beside the curves of the loss."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib import rc_context

from labhelpers.arguments import check_count
from labhelpers.insight.show.style import use_style
from labhelpers.widgets.base import LiveWidget
from labhelpers.widgets.stills import close_still
from labhelpers.widgets.strips import encode_signed, pack_strip

if TYPE_CHECKING:
    import keras

    Pair = tuple[np.ndarray, np.ndarray]

_MOST_BYTES = 300_000
_MESSAGE = (
    "The weights of a layer as pictures while it learns, and the loss on training and validation "
    "images. What speaks for a class (blue) and against it (red) comes out of the random first "
    "weights, and the loss falls."
)


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


class TrainingExplorer(LiveWidget):
    """The widget of `show_training`; its attributes may be read and set live.

    Attributes:
        chosen: Which training is shown, from 0.
        frame: Which of its kept epochs, from 0.
        titles: What the pictures stand for.
        picture_size: Height and width of one picture of weights, in pixels.
        trainings: Name, epochs, curves and packed weights of each.
    """

    module: ClassVar[str] = "training"
    height_px: ClassVar[tuple[int, int]] = (345, 530)

    chosen = traitlets.Int(0).tag(sync=True)
    frame = traitlets.Int(0).tag(sync=True)
    titles = traitlets.List(traitlets.Unicode()).tag(sync=True)
    picture_size = traitlets.List(traitlets.Int()).tag(sync=True)
    trainings = traitlets.List(traitlets.Dict()).tag(sync=True)

    def set_trainings(self, trainings: Mapping[str, RecordedTraining]) -> None:
        """Puts other trainings in the place of those shown.

        Args:
            trainings: As for `show_training`, of a layer of the same shape.
        """
        shape = _check_trainings(trainings)
        if shape != (len(self.titles), *self.picture_size):
            raise ValueError(
                "trainings must hold weights (answers, height, width) of the shape shown, "
                f"{(len(self.titles), *self.picture_size)}, but hold {shape}."
            )
        packed = _pack(trainings)
        with self.hold_sync():
            self.frame = self.chosen = 0
            self.trainings = packed


def record_training(
    build: "Callable[[], keras.Model]",
    train: "Pair",
    validation: "Pair | None" = None,
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
        What to give to `show_training`.

    Raises:
        ValueError: If the model has no dense layer that sees the pixels, or a training fails.
        TypeError: If optimizers is not a dict of optimisers by name.
    """
    from labhelpers.training import fit_model, get_seed, set_seed

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
        keeper = _make_keeper(model, kept, (height, width))
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


def show_training(
    trainings: Mapping[str, RecordedTraining], *, classes: Sequence[str]
) -> TrainingExplorer:
    """Shows trainings epoch by epoch: the weights as pictures, and the loss as curves.

    One symmetric colour scale a training: blue speaks for a class, red against it. It needs no
    kernel.

    Args:
        trainings: What `record_training` returned.
        classes: What the layer's answers stand for, in their order.

    Returns:
        The widget; it shows as the last value of a cell.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If trainings and classes do not fit, or do not fit into a page.
    """
    count, height, width = _check_trainings(trainings)
    if isinstance(classes, str) or not all(isinstance(name, str) for name in classes):
        raise TypeError(f"classes must be a list of texts, but {classes!r} came.")
    if len(classes) != count:
        raise ValueError(
            f"classes must name the {count} answers of the layer, but holds {len(classes)} names."
        )
    return TrainingExplorer(
        trainings=_pack(trainings),
        titles=[f"for {name}" for name in classes],
        picture_size=[height, width],
        still=draw_training_still(trainings, classes),
        message=_MESSAGE,
    )


def _choose_epochs(epochs: int, frames: int) -> tuple[int, ...]:
    """Chooses 0, 1, ... and ever wider steps up to the last epoch."""
    if epochs < frames:
        return tuple(range(epochs + 1))
    spread = np.geomspace(1, epochs, frames - 1)
    # Wherever rounding would name an epoch twice, the next one is free.
    chosen = np.maximum(np.rint(spread).astype(int), np.arange(1, frames))
    return (0, *chosen.tolist())


def _make_keeper(model: "keras.Model", kept: tuple[int, ...], shape: tuple[int, int]) -> Any:
    import keras

    layer = next((layer for layer in model.layers if isinstance(layer, keras.layers.Dense)), None)
    if layer is None or layer.kernel.shape[0] != shape[0] * shape[1]:
        raise ValueError(
            f"build must return a model whose first dense layer sees the {shape[0]} x {shape[1]} "
            f"pixels of an image, but {model.name!r} has "
            + ("none." if layer is None else f"one with {layer.kernel.shape[0]} inputs.")
        )

    class Keeper(keras.callbacks.Callback):
        """Keeps the weights of chosen epochs."""

        def keep(self) -> None:
            weights = np.asarray(layer.get_weights()[0], np.float32)
            centred = weights - weights.mean(axis=1, keepdims=True)
            self.pictures.append(centred.T.reshape(-1, *shape))

        def on_train_begin(self, logs: Any = None) -> None:
            self.pictures = []
            self.keep()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch + 1 in kept:
                _ = self.model  # JAX gives the weights back to a model that is asked for
                self.keep()

    return Keeper()


def _check_trainings(trainings: Mapping[str, RecordedTraining]) -> tuple[int, ...]:
    if not isinstance(trainings, Mapping) or not trainings:
        raise TypeError("trainings must be what record_training returned: a dict by name.")
    shapes = set()
    for name, one in trainings.items():
        if not isinstance(one, RecordedTraining):
            raise TypeError(
                f"trainings must hold RecordedTraining, but {name!r} is a {type(one).__name__}."
            )
        if one.weights.ndim != 4 or len(one.weights) != len(one.epochs):
            raise ValueError(
                f"trainings must hold weights (epochs, answers, height, width), but {name!r} holds "
                f"{one.weights.shape} for {len(one.epochs)} epochs."
            )
        if not np.isfinite(one.weights).all():
            raise ValueError(f"trainings must be finite, but the weights of {name!r} are not.")
        shapes.add(one.weights.shape[1:])
    if len(shapes) > 1:
        raise ValueError(f"trainings must be of one layer, but are of the shapes {sorted(shapes)}.")
    return shapes.pop()


def _pack(trainings: Mapping[str, RecordedTraining]) -> list[dict[str, Any]]:
    packed = []
    for name, one in trainings.items():
        limit = float(np.abs(one.weights).max()) or 1.0
        pictures = encode_signed(one.weights, limit).reshape(-1, *one.weights.shape[2:])
        packed.append(
            {
                "name": str(name),
                "epochs": [int(epoch) for epoch in one.epochs],
                "loss": [float(f"{value:.6g}") for value in one.loss],
                "val_loss": [float(f"{value:.6g}") for value in one.val_loss],
                "limit": limit,
                "strip": pack_strip(pictures),
            }
        )
    size = sum(len(one["strip"]) for one in packed)
    if size > _MOST_BYTES:
        raise ValueError(
            f"trainings must take at most {_MOST_BYTES:,} bytes in a page, but take {size:,}. "
            "Record fewer: record_training(..., frames=8)."
        )
    return packed


def draw_training_still(
    trainings: Mapping[str, RecordedTraining],
    classes: Sequence[str],
    *,
    message: str = _MESSAGE,
) -> str:
    """Draws the first training: weights at the start, in the middle and at the end; the loss.

    Args:
        trainings: What `record_training` returned.
        classes: What the layer's answers stand for, in their order.
        message: What it shows, for those who do not see it.

    Returns:
        An `<svg>` element.
    """
    name, first = next(iter(trainings.items()))
    shown = (0, len(first.epochs) // 2, len(first.epochs) - 1)
    limit = float(np.abs(first.weights).max()) or 1.0
    with rc_context():
        use_style()
        figure = plt.figure(figsize=(7, 2.9))
        left, right = figure.subfigures(1, 2)
        grid = left.subplots(len(shown), len(classes), squeeze=False)
        for row, frame in zip(grid, shown, strict=True):
            for axes, picture, title in zip(row, first.weights[frame], classes, strict=True):
                axes.imshow(picture[::2, ::2], cmap="RdBu", vmin=-limit, vmax=limit)
                axes.set(xticks=[], yticks=[])
                axes.grid(False)
                if frame == 0:
                    axes.set_title(title, fontsize=9)
            row[0].set_ylabel(f"epoch {first.epochs[frame]}", fontsize=9)
        axes = right.subplots()
        steps = range(1, len(first.loss) + 1)
        axes.semilogy(steps, first.loss, label="training")
        if first.val_loss:
            axes.semilogy(steps, first.val_loss, label="validation")
        axes.set(xlabel="epoch", ylabel=f"loss of {name}")
        axes.legend()
        return close_still(figure, message)
