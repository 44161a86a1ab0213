"""Still pictures of widgets: for print, for pages without JavaScript, and for failures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from labhelpers.insight.measure.triangles import measure_vertex_errors
from labhelpers.insight.show.figure import draw_svg
from labhelpers.insight.show.image_plots import plot_images
from labhelpers.insight.show.style import COLOURS, use_style

if TYPE_CHECKING:
    import keras


def answer(model: "keras.Model", images: np.ndarray) -> np.ndarray:
    """Asks a model about a few images, without the trouble that `predict` takes for many."""
    import keras

    return keras.ops.convert_to_numpy(model(images, training=False))


def draw_still(images: np.ndarray, *, titles: Sequence[str], columns: int, message: str) -> str:
    """Draws pictures in rows as an `<svg>` that takes the page's colours.

    The pictures are (N, H, W), (N, H, W, 1) or (N, H, W, 3), uint8 or floats in [0, 1]; the message
    says what they show to those who do not see them.
    """
    with rc_context():
        use_style()
        figure = plot_images(images, titles=titles, columns=columns)
        # Titles of several lines are higher than they are taken for.
        lines = max(title.count("\n") for title in titles)
        figure.set_figheight(figure.get_figheight() + 0.1 * lines)
        return close_still(figure, message)


def draw_triangles_still(
    images: np.ndarray, found: np.ndarray, *, true_corners: np.ndarray, message: str
) -> str:
    """Draws pictures (N, S, S) of triangles with the outline that a network sees in each.

    The corners found and the right ones are (N, 3, 2), in px.
    """
    errors = measure_vertex_errors(found, true_corners)
    with rc_context():
        use_style()
        titles = [f"error {error:.1f} px" for error in errors]
        figure = plot_images(images, titles=titles, columns=len(images))
        for axes, corners in zip(figure.axes, found, strict=True):
            # The centre of the first pixel is (0.5, 0.5) for us, (0, 0) for matplotlib.
            axes.fill(*(corners - 0.5).T, fill=False, edgecolor=COLOURS[1], linewidth=2)
        return close_still(figure, message)


def close_still(figure: Figure, message: str) -> str:
    """Draws a figure as an `<svg>` that takes the page's colours, and closes it."""
    try:
        return draw_svg(figure, message)
    finally:
        plt.close(figure)
