"""Drag the corners of a triangle, and see where a network finds them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import traitlets

from labhelpers.arguments import check_number, say_wrong
from labhelpers.data.drawn.coverage import cover_polygons
from labhelpers.widgets.export import check_square_input, pack_model, read_header
from labhelpers.widgets.live_widget import LiveWidget
from labhelpers.widgets.package_files import read_still, read_weights
from labhelpers.widgets.stills import answer, draw_triangles_still

if TYPE_CHECKING:
    import keras

_LARGEST_NOISE = 1000.0
_CORNERS = ((14.0, 20.0), (60.0, 12.0), (30.0, 62.0))
# Of a picture's width: a plain triangle, a flat one, and a sliver.
_EXAMPLES = (
    ((0.2, 0.28), (0.83, 0.17), (0.42, 0.86)),
    ((0.1, 0.6), (0.9, 0.45), (0.5, 0.8)),
    ((0.3, 0.1), (0.36, 0.1), (0.7, 0.9)),
)
_MESSAGE = (
    "Three triangles, and in orange where a network sees their corners. It is about right where "
    "corners are blunt, and wrong where a triangle is a sliver."
)


class CornerFinder(LiveWidget):
    """The widget of `show_corner_finder`; its attributes may be read and set live.

    Attributes:
        corners: x and y of the three corners, in px, y down.
        noise: Amplitude of the noise on the picture, in grey values of 255.
        weights: The network, as `pack_model` packs it.
    """

    module: ClassVar[str] = "corner_finder"
    height_px: ClassVar[tuple[int, int]] = (360, 620)

    corners = traitlets.List(traitlets.Float(), minlen=6, maxlen=6).tag(sync=True)
    noise = traitlets.Float(20.0).tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)

    def set_model(self, model: "keras.Model") -> None:
        """Puts another model, as for `show_corner_finder`, in the place of the one at work."""
        weights = pack_model(model)
        _check_corners(np.reshape(self.corners, (3, 2)), _check_network(weights))
        self.weights = weights


def show_corner_finder(
    model: "keras.Model | None" = None,
    *,
    corners: Sequence[Sequence[float]] = _CORNERS,
    noise: float = 20.0,
) -> CornerFinder:
    """Shows a triangle whose corners can be dragged, and where a network sees them.

    The error is the mean distance of the three corners under the best of the six matchings, in
    px, as `measure_vertex_errors` measures it. The page draws the triangle, adds the noise, and
    runs the network; it needs no kernel.

    Args:
        model: From images (S, S, 1) in [0, 1] to six numbers in [0, 1], x and y of three corners
            as shares of the frame; as `export_model` takes it. Without, a small network that
            comes with the package.
        corners: Three corners (x, y) to begin with, in px.
        noise: Amplitude of the noise on the picture, in grey values of 255.

    Returns:
        The widget; it shows as the last value of a cell.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If the model cannot run in a page, or a corner lies outside of its images.
    """
    noise = check_number("noise", noise, at_most=_LARGEST_NOISE)
    weights = read_weights("corner_finder") if model is None else pack_model(model)
    size = _check_network(weights)
    still = read_still("corner_finder") if model is None else draw_found_still(model)
    return CornerFinder(
        weights=weights,
        corners=_check_corners(corners, size),
        noise=noise,
        still=still,
        message=_MESSAGE,
    )


def draw_found_still(model: "keras.Model") -> str:
    """Draws three triangles, and where a network sees their corners, as an `<svg>`."""
    size = model.input_shape[1]
    corners = np.array(_EXAMPLES) * size
    greys = 255.0 - cover_polygons(corners, size)
    random = np.random.RandomState(0).random_sample(greys.shape)
    images = ((greys + 20 * random + 20) / 295).astype("float32")
    found = answer(model, images[..., None]).reshape(-1, 3, 2) * size
    return draw_triangles_still(images, found, true_corners=corners, message=_MESSAGE)


def _check_network(weights: bytes) -> int:
    gives = "six numbers, x and y of three corners"
    return check_square_input(read_header(weights), output=[6], gives=gives)


def _check_corners(corners: Sequence[Sequence[float]], size: int) -> list[float]:
    points = np.asarray(corners, dtype=np.float64)
    if points.shape != (3, 2) or not ((points >= 0) & (points <= size)).all():
        wanted = f"three corners (x, y) from 0 to {size}"
        raise ValueError(say_wrong("corners", wanted, points.tolist()))
    # Half pixels are the steps of the sliders that move them.
    return (np.rint(2 * points) / 2).ravel().tolist()
