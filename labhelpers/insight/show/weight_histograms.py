"""Histograms of weights: how large the numbers are that a layer multiplies by."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from labhelpers.insight.measure.features import collect_weights
from labhelpers.insight.show.style import COLOURS, LINE_STYLES

_MOST_BINS, _LEAST_BINS = 60, 12
_COLUMNS = 3


def plot_weight_histograms(
    models: "keras.Model | Mapping[str, keras.Model]", *, layers: Sequence[str] | None = None
) -> Figure:
    """Draws histograms of weights, a panel for each layer, a line for each model.

    Within a panel all models share axis and bins, so that widths can be compared. Heights are
    shares of the layer's weights, on a logarithmic axis: a few large weights can be seen, too.

    Args:
        models: One, or several by name. Compared models have layers of the same names.
        layers: Names of layers; without, all with a kernel that the first model has.

    Returns:
        The figure; show it with `show_figure`.

    Raises:
        TypeError: If one is no Keras model.
        ValueError: If there is no model, or a layer is not in all.
    """
    named: dict[str, Any] = dict(models) if isinstance(models, Mapping) else {"": models}
    if not named:
        raise ValueError("models must hold at least one model, but is empty.")
    collected = {name: collect_weights(model, layers=layers) for name, model in named.items()}
    wanted = list(next(iter(collected.values())))
    for name, kernels in collected.items():
        if lacking := [layer for layer in wanted if layer not in kernels]:
            raise ValueError(
                f"layers must be in every model, but {name!r} has no {lacking[0]!r}; it has "
                f"{', '.join(kernels)}. Name those to compare."
            )
    columns = min(len(wanted), _COLUMNS)
    rows = -(-len(wanted) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(7.0, 2.6 * rows), squeeze=False)
    for axes in grid.ravel()[len(wanted) :]:
        axes.set_axis_off()
    for axes, layer in zip(grid.ravel(), wanted, strict=False):
        _draw(axes, {name: kernels[layer] for name, kernels in collected.items()})
        axes.set(title=layer, xlabel="weight", yscale="log")
    for row in grid:
        row[0].set_ylabel("share of weights")
    if len(named) > 1:
        handles, labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
    return figure


def _draw(axes: Axes, kernels: Mapping[str, np.ndarray]) -> None:
    reach = max(float(np.abs(one).max()) for one in kernels.values()) or 1.0
    # A few hundred weights in many bins would show the bins and not the weights.
    size = max(one.size for one in kernels.values())
    bins = int(np.clip(np.sqrt(size), _LEAST_BINS, _MOST_BINS))
    edges = np.linspace(-reach, reach, bins + 1)
    for number, (name, one) in enumerate(kernels.items()):
        counts = np.histogram(one, edges)[0]
        look = number % len(COLOURS)
        axes.stairs(
            counts / one.size,
            edges,
            color=COLOURS[look],
            linestyle=LINE_STYLES[look],
            linewidth=1.5,
            label=name,
        )
