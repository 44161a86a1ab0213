"""A recorded training, epoch by epoch: weights as pictures beside the curves of the loss."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib import rc_context

from labhelpers.arguments import check_texts
from labhelpers.insight.measure.weight_history import RecordedTraining
from labhelpers.insight.show.style import use_style
from labhelpers.widgets.live_widget import LiveWidget
from labhelpers.widgets.stills import close_still
from labhelpers.widgets.strips import check_page_bytes, encode_signed, pack_strip

_MESSAGE = (
    "The weights of a layer as pictures while it learns, and the loss on training and validation "
    "images. What speaks for a class (blue) and against it (red) comes out of the random first "
    "weights, and the loss falls."
)


class TrainingExplorer(LiveWidget):
    """The widget of `show_training`; its attributes may be read and set live.

    Attributes:
        chosen: Which training is shown, from 0.
        frame: Which of its kept epochs, from 0.
        titles: What the pictures stand for.
        picture_size: Height and width of one picture of weights, in pixels.
        trainings: Name, epochs, curves and packed weights of each.
    """

    module: ClassVar[str] = "recorded_training"
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
    classes = check_texts("classes", classes)
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
    check_page_bytes(
        "trainings",
        sum(len(one["strip"]) for one in packed),
        way_on="Record fewer: record_training(..., frames=8).",
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
