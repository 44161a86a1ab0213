"""Rows of images, and weights shown as images."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from labhelpers.arguments import check_count, check_images, check_texts
from labhelpers.insight.show.style import COLOURS, INK

_WIDTH_IN = 7.0
_DIVERGING = "RdBu"


def plot_images(
    images: np.ndarray,
    *,
    titles: Sequence[str] | None = None,
    columns: int = 8,
    marked: Sequence[bool] | None = None,
) -> Figure:
    """Draws images in rows.

    Args:
        images: (N, H, W), (N, H, W, 1) or (N, H, W, 3); uint8, or float in [0, 1].
        titles: One for each image.
        columns: Images a row.
        marked: Whether to mark each image, with a frame and a cross before its title.

    Returns:
        The figure; show it with `show_figure`.

    Raises:
        TypeError, ValueError: If an argument does not fit.
    """
    images = check_pixels(images)
    count = len(images)
    if titles is not None:
        titles = check_texts("titles", titles, count=count)
    columns = check_count("columns", columns)
    if marked is not None and len(marked) != count:
        raise ValueError(f"marked must hold {count} values, one an image, but holds {len(marked)}.")
    shown = min(columns, count)
    lines = max((t.count("\n") + 1 for t in titles), default=0) if titles else 0
    figure, grid = _make_grid(count, shown, columns, images.shape[1] / images.shape[2], lines)
    for index, axes in enumerate(grid):
        is_marked = marked is not None and bool(marked[index])
        _draw_picture(axes, images[index], marked=is_marked)
        title = titles[index] if titles else ""
        if is_marked:
            title = f"✗ {title}".strip()
        if title:
            axes.set_title(title, fontsize=_title_size(columns), pad=3)
    return figure


def plot_weights(
    weights: np.ndarray, *, titles: Sequence[str] | None = None, columns: int = 5
) -> Figure:
    """Draws the columns of a dense layer as pictures, on one symmetric colour scale.

    Blue is positive, red negative, white zero; both ends of the scale are equally far from zero.

    Args:
        weights: (pixels, num_units), a dense layer's kernel over squares, or pictures (N, H, W).
        titles: One for each picture.
        columns: Pictures a row.

    Returns:
        The figure; show it with `show_figure`.

    Raises:
        TypeError, ValueError: If titles do not fit, or weights are not finite or fill no shape.
    """
    pictures = _check_weights(weights)
    if titles is not None:
        titles = check_texts("titles", titles, count=len(pictures))
    columns = check_count("columns", columns)
    limit = float(abs(pictures).max()) or 1.0
    shown = min(columns, len(pictures))
    ratio = pictures.shape[1] / pictures.shape[2]
    figure, grid = _make_grid(len(pictures), shown, max(shown, 3), ratio, 1 if titles else 0)
    for index, axes in enumerate(grid):
        shown_image = axes.imshow(
            pictures[index], cmap=_DIVERGING, vmin=-limit, vmax=limit, interpolation="none"
        )
        _frame(axes)
        if titles:
            axes.set_title(titles[index], fontsize=_title_size(shown), pad=3)
    figure.colorbar(shown_image, ax=list(grid), label="weight", shrink=0.8, aspect=14)
    return figure


def check_pixels(images: np.ndarray) -> np.ndarray:
    """Checks images (N, H, W), (N, H, W, 1) or (N, H, W, 3) of uint8, bool or floats in [0, 1].

    Returns (N, H, W) or (N, H, W, 3), uint8. Floats may leave the range by rounding.
    """
    images = np.asarray(images)
    if images.dtype == bool:
        images = images.astype(np.uint8) * 255
    if images.dtype.kind == "f" and images.size:
        inside = images.clip(0, 1)
        images = inside if abs(images - inside).max() <= 1e-6 else images
    images = check_images("images", images, channels=(1, 3))
    if images.shape[3:] == (1,):
        images = images[..., 0]
    return images if images.dtype == np.uint8 else np.round(images * 255).astype(np.uint8)


def _check_weights(weights: np.ndarray) -> np.ndarray:
    weights = np.asarray(weights, dtype=np.float64)
    if weights.ndim == 2:
        side = round(weights.shape[0] ** 0.5)
        if side**2 != weights.shape[0]:
            raise ValueError(
                "weights must have a row for each pixel of a square, but have "
                f"{weights.shape[0]} rows. Pass weights.T.reshape(-1, height, width)."
            )
        weights = weights.T.reshape(-1, side, side)
    if weights.ndim != 3 or not weights.size:
        raise ValueError(
            f"weights must have shape (pixels, num_units) or (N, H, W), but have {weights.shape}."
        )
    if not np.isfinite(weights).all():
        raise ValueError("weights must be finite, but hold NaN or infinity.")
    return weights


def _title_size(columns: int) -> float:
    return 11.0 if columns <= 6 else 10.0 if columns <= 8 else 9.0


def _make_grid(
    count: int, shown: int, columns: int, ratio: float, lines: int
) -> tuple[Figure, list[Axes]]:
    """Lays out `count` pictures in rows of `shown`, each as wide as one of `columns`."""
    rows = -(-count // shown)
    tile_in = _WIDTH_IN / columns
    height_in = rows * (tile_in * min(ratio, 3) + 0.2 * lines + 0.05)
    figure, grid = plt.subplots(
        rows, shown, figsize=(tile_in * shown, height_in), squeeze=False, layout="constrained"
    )
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0.02, hspace=0.02)
    flat = list(grid.ravel())
    for axes in flat[count:]:
        axes.set_axis_off()
    return figure, flat[:count]


def _draw_picture(axes: Axes, picture: np.ndarray, *, marked: bool = False) -> None:
    # As three channels: a colour map would round some values to their neighbours.
    if picture.ndim == 2:
        picture = np.stack([picture] * 3, axis=-1)
    axes.imshow(picture, interpolation="none")
    _frame(axes, marked=marked)


def _frame(axes: Axes, *, marked: bool = False) -> None:
    """Puts one rectangle round an image in place of axes and clipping: a third of the bytes."""
    axes.set_axis_off()
    axes.images[0].set_clip_on(False)
    axes.add_patch(
        Rectangle(
            (0, 0),
            1,
            1,
            transform=axes.transAxes,
            fill=False,
            clip_on=False,
            edgecolor=COLOURS[1] if marked else INK,
            linewidth=3 if marked else 0.6,
        )
    )
