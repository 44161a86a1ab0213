"""Curves and tables of counts as figures."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from labhelpers.arguments import check_labels
from labhelpers.insight.show.style import COLOURS, INK, MARKERS

if TYPE_CHECKING:
    from labhelpers.training import Run

_NAMES = {"loss": "loss", "accuracy": "score", "mae": "mean absolute error"}


def plot_history(
    runs: "Mapping[str, Run] | Run",
    metric: str = "loss",
    *,
    validation: bool | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draws how a measure went, epoch by epoch, counted from 1.

    Training is a solid line, validation a dashed one; runs differ in colour and in marker.

    Args:
        runs: A run of `fit_model`, or several by name.
        metric: A name in the runs' history, such as "loss" or "accuracy".
        validation: Whether to draw validation too; without, where there is some.
        ax: Axes to draw on; new ones without.

    Returns:
        The axes, to add to; show them with `show_figure(axes.figure, alt=...)`.

    Raises:
        ValueError: If a history does not hold the metric.
    """
    named = dict(runs) if isinstance(runs, Mapping) else {"": runs}
    if not named:
        raise ValueError("runs must hold at least one run, but is empty.")
    curves = []
    for index, (name, run) in enumerate(named.items()):
        history = getattr(run, "history", None)
        if not isinstance(history, Mapping):
            raise ValueError(
                "runs must be what fit_model returned, or such by name, but "
                f"{name or 'it'!r} is a {type(run).__name__}."
            )
        keys = [("training", metric)]
        if validation or (validation is None and f"val_{metric}" in history):
            keys.append(("validation", f"val_{metric}"))
        for split, key in keys:
            if key not in history:
                raise ValueError(
                    f"metric must be one that the history holds, but {key!r} is not in it: there "
                    f"are {', '.join(sorted(history))}. Compile with it among the metrics, or "
                    "fit with validation data."
                )
            curves.append((index, name, split, history[key]))
    axes = ax if ax is not None else plt.subplots(layout="constrained")[1]
    several = len({split for _, _, split, _ in curves}) > 1
    for index, name, split, values in curves:
        epochs = np.arange(1, len(values) + 1)
        label = f"{name}, {split}" if name and several else name or split
        axes.plot(
            epochs,
            values,
            color=COLOURS[index % len(COLOURS)],
            linestyle="-" if split == "training" else (0, (4, 2)),
            linewidth=1.8 if split == "training" else 1.5,
            marker=MARKERS[index % len(MARKERS)],
            markevery=max(1, len(values) // 8),
            markersize=5,
            markerfacecolor=COLOURS[index % len(COLOURS)] if split == "training" else "none",
            label=label,
        )
    axes.set(xlabel="epoch", ylabel=_NAMES.get(metric, metric.replace("_", " ")))
    longest = max(len(values) for *_, values in curves)
    axes.set_xlim(0.5, longest * 1.02 + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.legend()
    return axes


def plot_confusion(
    labels: Sequence[int] | np.ndarray,
    predictions: Sequence[int] | np.ndarray,
    *,
    classes: Sequence[str],
    ax: Axes | None = None,
) -> Axes:
    """Draws how often each class was taken for each: a row for each right class.

    Right answers, on the diagonal, are in blue; mistakes in orange, the stronger the more of the
    row they are. The count stands in each cell.

    Args:
        labels: (N,) the right classes, whole numbers.
        predictions: (N,) the answers.
        classes: Name of each class.
        ax: Axes to draw on; new ones without.

    Returns:
        The axes; show them with `show_figure(axes.figure, alt=...)`.

    Raises:
        TypeError: If labels or predictions are no whole numbers.
        ValueError: If labels, predictions and classes do not fit together.
    """
    classes = [str(name) for name in classes]
    k = len(classes)
    labels = check_labels("labels", labels, num_classes=k)
    predictions = check_labels("predictions", predictions, count=len(labels), num_classes=k)
    counts = np.zeros((k, k), dtype=np.int64)
    np.add.at(counts, (labels, predictions), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    if ax is None:
        side_in = min(7.0, 2.0 + 0.42 * k)
        ax = plt.subplots(figsize=(side_in, side_in * 0.88), layout="constrained")[1]
    for row in range(k):
        for column in range(k):
            share = shares[row, column]
            if counts[row, column]:
                colour = COLOURS[0] if row == column else COLOURS[1]
                # A mistake shows from the first on; a share alone would hide it.
                strength = 0.4 * share if row == column else min(0.2 + 1.5 * share, 0.45)
                ax.add_patch(
                    plt.Rectangle(
                        (column - 0.5, row - 0.5), 1, 1, color=colour, alpha=strength, linewidth=0
                    )
                )
            ax.text(
                column,
                row,
                f"{counts[row, column]}" if counts[row, column] else "·",
                ha="center",
                va="center",
                color=INK,
                fontsize=9 if k > 6 else 11,
                fontweight="bold" if row == column else "normal",
            )
    ax.set(
        xlim=(-0.5, k - 0.5),
        ylim=(k - 0.5, -0.5),
        aspect="equal",
        xlabel="answer",
        ylabel="right class",
    )
    turn = {"rotation": 45, "ha": "right"} if max(map(len, classes)) > 4 and k > 4 else {}
    ax.set_xticks(range(k), classes, **turn)
    ax.set_yticks(range(k), classes)
    ax.grid(False)
    ax.tick_params(length=0)
    return ax
