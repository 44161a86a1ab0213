"""Reliability diagrams: how often answers are right against how sure they are."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from labhelpers.insight.measure.calibration import Calibration
from labhelpers.insight.show.style import COLOURS, INK, LINE_STYLES, MARKERS

_LEAST = 10


def plot_reliability(
    calibrations: Calibration | Mapping[str, Calibration], *, ax: Axes | None = None
) -> Axes:
    """Draws how often answers are right against how sure they are.

    On the diagonal, probabilities can be taken at their word; below it, the classifier is too
    sure. Each bin is a point at its mean confidence, with a bar of one standard error of its share
    (counted with one more right and one more wrong answer, so that a share of 0 has a bar too).
    Bins of fewer than ten images are left out of the picture: their shares are chance.

    Args:
        calibrations: One, or several by name.
        ax: Axes to draw on; new ones without.

    Returns:
        The axes; show them with `show_figure(axes.figure, alt=...)`.

    Raises:
        ValueError: If there is nothing to draw.
    """
    if isinstance(calibrations, Calibration):
        calibrations = {"": calibrations}
    if (
        not isinstance(calibrations, Mapping)
        or not calibrations
        or not all(isinstance(one, Calibration) for one in calibrations.values())
    ):
        raise ValueError(
            "calibrations must be what measure_calibration returned, or several by name, but is "
            f"a {type(calibrations).__name__}."
        )
    if ax is None:
        ax = plt.subplots(figsize=(4.6, 4.2))[1]
    ax.plot([0, 1], [0, 1], color=INK, linewidth=1, linestyle=":")
    for number, (name, one) in enumerate(calibrations.items()):
        there = one.counts >= _LEAST
        score, count = one.score[there], one.counts[there]
        share = (score * count + 1) / (count + 2)
        look = number % len(COLOURS)
        ax.errorbar(
            one.confidence[there],
            score,
            yerr=np.sqrt(share * (1 - share) / (count + 2)),
            color=COLOURS[look],
            linestyle=LINE_STYLES[look],
            marker=MARKERS[look],
            capsize=2,
            elinewidth=1,
            label=f"{name}: error {one.error:.4f}".removeprefix(": "),
        )
    ax.set(xlabel="probability of the answer", ylabel="share right", xlim=(0, 1), ylim=(0, 1.03))
    ax.legend()
    return ax
