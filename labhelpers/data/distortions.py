"""Distorted pictures: elastic fields, small turns, scalings and shifts, in one resampling.

As P. Simard, D. Steinkraus and J. Platt, "Best practices for convolutional neural networks applied
to visual document analysis" (ICDAR 2003), drew new handwriting from old.
"""

from dataclasses import dataclass

import numpy as np

from labhelpers.arguments import check_images, check_number, check_seed
from labhelpers.data.streams import Stream, cut_into_parts

# Pixels worked on at once: the dozen arrays of that size fit into a core's cache.
_PIXELS_AT_ONCE = 1 << 16
_LARGEST_PX = 1e4
# Where `scipy.ndimage.gaussian_filter` cuts its kernel, in standard deviations.
_KERNEL_REACH = 4.0


@dataclass(frozen=True)
class _Affine:
    """The largest turn (radians), relative scaling and shift (px) to draw."""

    rotation: float
    scaling: float
    shift: float

    def __bool__(self) -> bool:
        return bool(self.rotation or self.scaling or self.shift)


def distort_elastically(
    images: np.ndarray,
    *,
    alpha: float,
    sigma: float,
    rotation: float = 0.0,
    scaling: float = 0.0,
    shift: float = 0.0,
    seed: int,
) -> np.ndarray:
    """Bend pictures as another hand might have drawn them; optionally turn, scale and shift them.

    Each pixel draws a displacement uniformly from [-1, 1] in x and in y. Both fields are blurred by
    a Gaussian of standard deviation `sigma` and multiplied by `alpha`; far from the edges their
    root mean square is 0.163 alpha / sigma: 1.4 px for Simard's 34 and 4. Turn, scalings and shift
    are drawn for each picture, uniformly between minus and plus the given limits, about its centre.
    All goes into one bilinear resampling. The draws are frozen, and each picture's depend on its
    place alone; values may differ between machines by the rounding of float32.

    Args:
        images: (N, H, W) or (N, H, W, C), uint8 or floats in [0, 1]. Outside lies 0.
        alpha: Strength of the field, in px, at least 0.
        sigma: Standard deviation of the blur, in px, at least 0.1.
        rotation: Largest turn, in degrees, 0 to 180.
        scaling: Largest relative scaling of each axis, 0 to 0.9.
        shift: Largest shift in x and in y, in px, at least 0.
        seed: A whole number of at least 0.

    Returns:
        New pictures of the same shape, dtype and range; uint8 is rounded.

    Raises:
        TypeError, ValueError: If an argument is of the wrong type, rank or range.
    """
    images = check_images("images", images)
    alpha = check_number("alpha", alpha, at_most=_LARGEST_PX)
    sigma = check_number("sigma", sigma, at_least=0.1, at_most=_LARGEST_PX)
    affine = _Affine(
        np.deg2rad(check_number("rotation", rotation, at_most=180.0)),
        check_number("scaling", scaling, at_most=0.9),
        check_number("shift", shift, at_most=_LARGEST_PX),
    )
    seed = check_seed(seed)
    fields, frames = Stream(seed, "elastic fields"), Stream(seed, "elastic frames")
    height, width = images.shape[1:3]
    blur_y = (alpha * _make_blur(height, sigma)).astype(np.float32)
    blur_x = _make_blur(width, sigma).astype(np.float32)

    result = np.empty(images.shape, images.dtype)
    for part in cut_into_parts(len(images), images[0].size, _PIXELS_AT_ONCE):
        count = part.stop - part.start
        points = _draw_frames(frames, count, height, width, affine)
        if alpha:
            points = points + _draw_fields(fields, count, blur_y, blur_x)
        result[part] = _read_between(images[part], points[:, 0], points[:, 1])
    return result


def _make_blur(size: int, sigma: float) -> np.ndarray:
    """Returns the blur along an axis as a matrix (size, size): zeros lie beyond the ends."""
    reach = int(_KERNEL_REACH * sigma + 0.5)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    distances = np.arange(size)[:, None] - np.arange(size)
    inside = abs(distances) <= reach
    return np.where(inside, kernel[np.where(inside, distances, 0) + reach], 0.0) / kernel.sum()


def _draw_fields(stream: Stream, count: int, blur_y: np.ndarray, blur_x: np.ndarray) -> np.ndarray:
    """Draws displacements in y and x, (count, 2, height, width) float32, in px.

    A Gaussian blur is separable: along x it is one product with a small matrix, along y another.
    """
    height, width = len(blur_y), len(blur_x)
    draws = _to_both_signs(stream.draw_shorts(count, 2 * height * width))
    along_x = draws.reshape(-1, width) @ blur_x
    return np.matmul(blur_y, along_x.reshape(count, 2, height, width))


def _draw_frames(
    stream: Stream, count: int, height: int, width: int, affine: _Affine
) -> np.ndarray:
    """Draws where each pixel is read before it is bent, (count or 1, 2, height, width) float32."""
    y, x = np.meshgrid(
        np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32), indexing="ij"
    )
    if not affine:
        return np.stack([y, x])[None]
    draws = _to_both_signs(stream.draw_shorts(count, 5))
    turn, (scale_y, scale_x) = draws[:, 0] * affine.rotation, 1 + draws[:, 1:3].T * affine.scaling
    centre = np.float32([(height - 1) / 2, (width - 1) / 2])
    # Rows give y and x of a point from the (y, x, 1) of its pixel, both counted from the centre.
    matrices = np.empty((count, 2, 3), np.float32)
    matrices[:, 0, 0], matrices[:, 0, 1] = np.cos(turn) * scale_y, np.sin(turn) * scale_x
    matrices[:, 1, 0], matrices[:, 1, 1] = -np.sin(turn) * scale_y, np.cos(turn) * scale_x
    matrices[:, :, 2] = draws[:, 3:5] * affine.shift + centre
    pixels = np.stack([(y - centre[0]).ravel(), (x - centre[1]).ravel(), np.ones(y.size)])
    return np.matmul(matrices, pixels.astype(np.float32)).reshape(count, 2, height, width)


def _to_both_signs(shorts: np.ndarray) -> np.ndarray:
    """Turns 16-bit numbers into float32: the middles of 65,536 equal parts of [-1, 1]."""
    numbers = shorts.astype(np.float32)
    numbers += np.float32(0.5 - 2**15)
    numbers *= np.float32(2.0**-15)
    return numbers


def _read_between(images: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Reads images (n, H, W) or (n, H, W, C) at points, bilinearly; y and x are (n or 1, H, W)."""
    count, height, width = images.shape[:3]
    # A frame of zeros: a pixel on the near sides, two on the far ones, so that every point,
    # once cut off there, has four neighbours.
    framed = np.pad(images, [(0, 0), (1, 2), (1, 2), *[(0, 0)] * (images.ndim - 3)])
    framed = framed.astype(np.result_type(np.float32, images.dtype), copy=False)
    y, x = np.clip(y + 1, 0, height + 1), np.clip(x + 1, 0, width + 1)
    row, column = y.astype(np.int32), x.astype(np.int32)
    step = width + 3
    first = np.arange(count, dtype=np.intp)[:, None, None] * ((height + 3) * step)
    places = first + (row * step + column)
    y, x = y - row.astype(np.float32), x - column.astype(np.float32)
    if images.ndim == 4:
        y, x = y[..., None], x[..., None]
        values = framed.reshape(-1, images.shape[3])
    else:
        values = framed.reshape(-1)
    upper = _blend(values.take(places, axis=0), values[1:].take(places, axis=0), x)
    lower = _blend(values[step:].take(places, axis=0), values[step + 1 :].take(places, axis=0), x)
    read = _blend(upper, lower, y)
    if images.dtype == np.uint8:
        return np.rint(read, out=read)
    return np.clip(read, 0, 1, out=read)


def _blend(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Goes a share of the way from one array to another; overwrites the second."""
    second -= first
    second *= share
    second += first
    return second
