"""Drawn digits, centred and scaled as MNIST's are."""

import numpy as np

from labhelpers.arguments import check_images

SIDE_PX = 28
BOX_PX = 20
# Where MNIST's own digits have their centre of mass, but for rounding to whole pixels: in the
# middle of pixel 14, counted from 0, half a pixel below and right of the frame's middle.
MIDDLE_PX = 14.5
# A centre of mass that lies between two pixels is a tie, which rounding must not decide.
_TIE = 1e-6


def centre_digit(images: np.ndarray) -> np.ndarray:
    """Centres and scales drawings of digits as MNIST's were, so that a network may read them.

    The ink's bounding box is cut out and scaled, its aspect ratio kept, until its longer side is 20
    pixels; each new pixel is the mean of the area that it covers. It is then put into 28 by 28
    pixels, by whole pixels, with its centre of mass as near to (14.5, 14.5) px as it can lie
    without leaving the frame (Y. LeCun, C. Cortes and C. Burges, "The MNIST database"; the page
    says the middle, and the images have it half a pixel further). Most images of MNIST come back
    as they are.

    Args:
        images: (N, H, W) or (N, H, W, 1), uint8 or floats in [0, 1]: bright ink on a ground of 0.

    Returns:
        (N, 28, 28) float32 in [0, 1].

    Raises:
        TypeError: If it is no NumPy array of such numbers.
        ValueError: If it is of another shape or range, or a drawing is empty.

    Example:
        >>> drawing = np.zeros((1, 100, 60), np.uint8)
        >>> drawing[0, 10:90, 50:58] = 255
        >>> rows, columns = np.nonzero(centre_digit(drawing)[0])
        >>> [int(n) for n in (rows.min(), rows.max(), columns.min(), columns.max())]
        [5, 24, 14, 15]
    """
    one_channel = "Give one channel, for example images.mean(axis=3)."
    images = check_images("images", images, channels=(1,), way_on=one_channel)
    drawings = images.reshape(images.shape[:3])
    empty = np.flatnonzero(~drawings.any(axis=(1, 2)))
    if len(empty):
        raise ValueError(
            f"images[{empty[0]}] is empty: all its pixels are 0. Draw a digit in bright ink on a "
            "ground of 0, or leave this one out."
        )
    white = 255.0 if images.dtype == np.uint8 else 1.0
    return np.stack([_centre(drawing / white) for drawing in drawings]).astype(np.float32)


def _centre(drawing: np.ndarray) -> np.ndarray:
    """Centres one drawing, (H, W) float in [0, 1] with ink."""
    rows, columns = np.nonzero(drawing)
    ink = drawing[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    longer = max(ink.shape)
    height, width = (max(1, (2 * BOX_PX * n + longer) // (2 * longer)) for n in ink.shape)
    fitted = _average(ink.shape[0], height) @ ink @ _average(ink.shape[1], width).T
    top, left = (_place(fitted.sum(axis=axis)) for axis in (1, 0))
    frame = np.zeros((SIDE_PX, SIDE_PX))
    frame[top : top + height, left : left + width] = fitted.clip(0, 1)
    return frame


def _average(size: int, new_size: int) -> np.ndarray:
    """Returns the matrix (new_size, size) of means over the part that each new pixel covers."""
    edges = np.arange(new_size + 1) * size / new_size
    pixels = np.arange(size)
    covered = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return covered.clip(0) * new_size / size


def _place(mass: np.ndarray) -> int:
    """Says where ink begins whose centre of mass lies in the middle; `mass` along an axis."""
    centre = (mass * (np.arange(len(mass)) + 0.5)).sum() / mass.sum()
    start = int(np.floor(MIDDLE_PX - centre + 0.5 + _TIE))
    return min(max(start, 0), SIDE_PX - len(mass))
