"""Still pictures of widgets: for print, for pages without JavaScript, and for failures."""

from collections.abc import Sequence

import numpy as np
from matplotlib import rc_context

from labhelpers.insight.figure import draw_svg
from labhelpers.insight.pictures import plot_images
from labhelpers.insight.style import use_style


def draw_still(images: np.ndarray, *, titles: Sequence[str], columns: int, message: str) -> str:
    """Draws pictures in rows as an `<svg>` that takes the page's colours.

    Args:
        images: (N, H, W), (N, H, W, 1) or (N, H, W, 3), uint8 or floats in [0, 1].
        titles: One for each picture.
        columns: Pictures a row.
        message: What they show, for those who do not see them.

    Returns:
        The element, its text alternative in it.
    """
    import matplotlib.pyplot as plt

    with rc_context():
        use_style()
        figure = plot_images(images, titles=titles, columns=columns)
        try:
            return draw_svg(figure, message)
        finally:
            plt.close(figure)
